import { readFile } from "node:fs/promises";

import type { ProposedAction } from "@artel/sdk";
import { checkFlags } from "@artel/sdk/program";
import { parse } from "yaml";
import { z } from "zod";

import { ACTIONS, type ActionKind } from "./actions.js";
import type { ChainContext } from "./context.js";
import { oneLine } from "./decode.js";
import { CliFlagError, ProposalFileError } from "./errors.js";

/** What a file of a proposal holds; what its actions take is up to their kinds. */
const Draft = z.strictObject({
  title: z.string().min(1),
  description: z.string().min(1).optional(),
  actions: z
    .array(
      z
        .record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
        .refine((action) => Object.keys(action).length === 1, "it has to be one action"),
    )
    .min(1),
});

/** A proposal as a file holds it. */
export interface FiledProposal {
  readonly title: string;
  readonly description?: string;
  readonly actions: readonly ProposedAction[];
}

/**
 * Reads a proposal from a file, YAML or JSON.
 *
 * @throws ProposalFileError naming the line, field or action that is wrong
 */
export async function readProposalFile(
  context: ChainContext,
  cooperative: string,
  file: string,
): Promise<FiledProposal> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new ProposalFileError(file, cause.message, { cause });
  });
  const { title, description, actions } = await draftOf(file, text);
  const built: ProposedAction[] = [];
  for (const [i, action] of actions.entries()) {
    const [[name, fields]] = Object.entries(action);
    const kind = ACTIONS.find((each) => each.name === name);
    const problem = (reason: string) => new ProposalFileError(file, `action ${i + 1}, ${oneLine(name)}: ${reason}`);
    if (kind === undefined) throw problem(`it is none of ${ACTIONS.map((each) => each.name).join(", ")}`);
    try {
      built.push(...(await build(kind, context, cooperative, fields)));
    } catch (error) {
      // What the command line calls a flag is a field here.
      throw error instanceof CliFlagError ? problem(error.problem.replace(/^--/, "")) : error;
    }
  }
  return { title, description, actions: built };
}

async function draftOf(file: string, text: string): Promise<z.infer<typeof Draft>> {
  let content: unknown;
  try {
    // Every value is text, as on the command line: an address in hexadecimal is no number.
    content = parse(text, { schema: "failsafe" });
  } catch (cause) {
    throw new ProposalFileError(file, (cause as Error).message.split(":\n")[0], { cause });
  }
  const { data, error } = Draft.safeParse(content);
  if (error === undefined) return data;
  const [{ path, message }] = error.issues;
  throw new ProposalFileError(file, `${path.join(".") || "the whole"}: ${message}`, { cause: error });
}

/** What a flag without a value is in a file. */
const BOOLEANS = new Map([
  ["true", true],
  ["false", false],
]);

async function build(
  kind: ActionKind,
  context: ChainContext,
  cooperative: string,
  fields: Readonly<Record<string, string | string[]>>,
): Promise<readonly ProposedAction[]> {
  const given = Object.entries(fields).map(([name, value]) => [name, BOOLEANS.get(String(value)) ?? value]);
  const checked = checkFlags(z.strictObject(kind.fields), Object.fromEntries(given), CliFlagError);
  return (await kind.build(context, cooperative, checked)).actions;
}
