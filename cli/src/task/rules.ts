import { createTrainer, openContentFolder, readModel, readRules } from "@artel/node";
import { ArtelError, type ILearningTasks, type ProposedAction } from "@artel/sdk";
import { cidOfTaskContent, type Manifest } from "@artel/sdk/learning";

import type { Answer } from "../command.js";
import type { ChainContext } from "../context.js";

/** What became of the rules of a task that a proposal opens. */
interface Reading {
  /** Its identifier. */
  readonly manifest: string;
  readonly rules?: Manifest;
  /** Why nobody should rely on it; undefined if there is nothing wrong. */
  readonly problem?: string;
}

/**
 * Reads the rules of the learning tasks that actions open, and holds them and the first model against the terms.
 *
 * @param folder - of the content store
 */
export async function readProposedRules(
  { contracts: { tasks } }: ChainContext,
  actions: readonly ProposedAction[],
  folder: string,
): Promise<Answer> {
  const content = openContentFolder(folder);
  const opened = actions.flatMap(({ target, data }) => {
    const call = target === tasks.target ? tasks.interface.parseTransaction({ data }) : null;
    return call?.name === "openTask" ? [call.args[0] as ILearningTasks.TaskTermsStructOutput] : [];
  });
  const readings = await Promise.all(
    opened.map(async (terms): Promise<Reading> => {
      const manifest = cidOfTaskContent(terms.manifest).toString();
      try {
        const rules = await readRules(terms, content);
        await readModel(terms.initialModel, terms.initialRoot, createTrainer(rules.model).parameterCount, content);
        return { manifest, rules };
      } catch (error) {
        if (!(error instanceof ArtelError)) throw error;
        return { manifest, problem: error.message };
      }
    }),
  );
  return { lines: readings.flatMap(readingLines), json: readings };
}

function readingLines({ manifest, rules, problem }: Reading): string[] {
  if (rules === undefined) return [`Vote with care: ${problem}`];
  const width = Math.max(...Object.keys(rules).map((field) => field.length));
  return [
    `Manifest ${manifest} and first model are there, and agree with the terms.`,
    ...Object.entries(rules).map(([field, value]) => `  ${field.padEnd(width)}  ${JSON.stringify(value)}`),
  ];
}
