import { randomBytes, randomInt } from "node:crypto";
import { writeFile } from "node:fs/promises";

import {
  createTrainer,
  openContentFolder,
  openTaskBeacon,
  pick,
  publishTask,
  readIdx,
  sealSlices,
  type ContentStore,
} from "@artel/node";
import { learningTask } from "@artel/sdk";
import { formatDuration } from "@artel/sdk/bylaws";
import {
  cidOfTaskContent,
  manifestSchema,
  MAX_SLICES,
  slicePlan,
  sliceTime,
  type CommonTest,
  type Manifest,
  type ModelSpec,
  type TestPlan,
} from "@artel/sdk/learning";
import { bigintText } from "@artel/sdk/program";
import { RELAY_TIMEOUT_MS } from "@artel/sdk/randomness";
import { ZeroAddress, ZeroHash } from "ethers";

import type { Answer } from "../command.js";
import { checkConfig } from "../configFile.js";
import type { ChainContext } from "../context.js";
import { CliFlagError, ConfigInvalidError, OutputFileError } from "../errors.js";
import { inSmallest } from "../money.js";
import { decisionOf, governorOf } from "../proposal.js";
import { rehearse } from "../simulate.js";
import { formatMoment } from "../values.js";
import { GUIDE, readPlan, type CommonSlices, type TaskPlan } from "./plan.js";

/** What a task is prepared from, and where it goes. */
export interface Preparation {
  /** File with the plan. */
  readonly plan: string;
  readonly cooperative: string;
  /** Folder of the content store. */
  readonly content: string;
  /** IDX files with the examples of test slices. */
  readonly images?: string;
  readonly labels?: string;
  /** File that the terms go into. */
  readonly out: string;
  readonly drandRelay: readonly string[];
}

const SALT_BYTES = 32;

/**
 * Publishes manifest, first model and sealed test slices of a task, writes its terms down, and tells what proposing them
 * would do.
 *
 * @throws ConfigFileError, ConfigInvalidError, OutputFileError, and what reading the examples and writing content throw
 */
export async function prepareTask(context: ChainContext, given: Preparation): Promise<Answer> {
  const { cooperative, out } = given;
  const governor = await governorOf(context, cooperative);
  const plan = await readPlan(given.plan);
  const invalid = (field: string, reason: string) => invalidIn(given.plan, field, reason);
  const { model, privacy, seed } = manifestOf(plan, standIn(plan.test), given.plan);
  if (privacy.kind === "secure-aggregation")
    throw invalid("manifest.privacy", "no program takes part in such a task yet");
  if (privacy.kind === "sealed" && plan.terms.schedule.appeal !== 0)
    throw invalid("terms.schedule.appeal", "nobody can appeal where updates are sealed: none");
  if (plan.test.kind === "common" && plan.test.interval >= plan.terms.schedule.auditCommit)
    throw invalid("test.interval", "auditors have to score within auditCommit, also when a slice is as late as can be");
  if (plan.terms.startsAt <= (await context.now())) throw invalid("terms.startsAt", "it is over");
  const amounts = await amountsOf(plan.terms, context, given.plan);

  const content = openContentFolder(given.content);
  const test =
    plan.test.kind === "private" ? plan.test : await sealTest(context, plan, plan.test, given, content, model, seed);
  const ruled = await publishTask(manifestOf(plan, test, given.plan), content);
  const { startsAt, ...rest } = plan.terms;
  const terms = {
    ...{ ...rest, ...amounts, ...ruled, startsAt: Number(startsAt) },
    ...{ token: rest.token ?? ZeroAddress, slashRecipient: rest.slashRecipient ?? cooperative },
    ...{ consentPurpose: rest.consentPurpose ?? ZeroHash, reputationCategory: rest.reputationCategory ?? ZeroHash },
  };
  const actions = learningTask(context.contracts, { ...terms, cooperative });
  const { lines: decision, ...when } = await decisionOf(context, governor, cooperative, actions);
  if (startsAt <= when.eta)
    throw invalid(
      "terms.startsAt",
      `proposed now it can be opened from ${formatMoment(when.eta)} on, and not after its start`,
    );
  const rehearsal = await rehearse(context, cooperative, actions, when);
  const text = JSON.stringify(terms, bigintText, 2);
  await writeFile(out, `${text}\n`).catch((cause: Error) => {
    throw new OutputFileError(out, cause.message);
  });

  const manifest = cidOfTaskContent(ruled.manifest).toString();
  const initialModel = cidOfTaskContent(ruled.initialModel).toString();
  return {
    lines: [
      `Manifest ${manifest} and first model ${initialModel} are in ${given.content}.`,
      ...(test.kind === "common" ? [sliceLine(test)] : []),
      `The terms are in ${out}. A member proposes them by`,
      `  npx artel propose task --terms ${out} --cooperative ${cooperative}`,
      ...decision,
      ...rehearsal.lines,
    ],
    json: {
      ...{ out, manifest, initialModel, slices: test.kind === "common" ? test.slices : [] },
      ...{ cooperative, policyClass: when.policyClass, terms, simulation: rehearsal.json },
    },
  };
}

function invalidIn(file: string, field: string, reason: string, advice = `see ${GUIDE}`): ConfigInvalidError {
  return new ConfigInvalidError(file, field, reason, advice);
}

/**
 * The manifest of a plan, with what updates are scored on.
 * @throws ConfigInvalidError that names the field as the plan does
 */
function manifestOf(plan: TaskPlan, test: TestPlan, file: string): Manifest {
  const { scoring, ...rest } = plan.manifest;
  return checkConfig(manifestSchema, { ...rest, scoring: { ...scoring, test } }, file, GUIDE, (path) =>
    path[0] === "scoring" && path[1] === "test" ? path.slice(1) : ["manifest", ...path],
  );
}

/** What updates are scored on, before any slice is sealed: what is wrong is better told then. */
function standIn(test: TaskPlan["test"]): TestPlan {
  if (test.kind === "private") return test;
  const { kind, samples, interval } = test;
  return { kind, samples, interval, root: ZeroHash, slices: [""], opensAt: 0 };
}

/** Amounts of the plan in the smallest unit of the task's currency. */
async function amountsOf(terms: TaskPlan["terms"], { provider }: ChainContext, file: string) {
  const { token } = terms;
  const amountOf = (field: "reward" | "auditorStake" | "aggregatorStake" | "missPenalty") =>
    inSmallest(terms[field], token, provider).catch((error: unknown) => {
      if (!(error instanceof CliFlagError)) throw error;
      throw invalidIn(file, `terms.${error.value === token ? "token" : field}`, error.problem, error.advice);
    });
  return {
    reward: await amountOf("reward"),
    auditorStake: await amountOf("auditorStake"),
    aggregatorStake: await amountOf("aggregatorStake"),
    missPenalty: await amountOf("missPenalty"),
  };
}

/** Draws the test slices of a task from the examples, and seals each until it is due. */
async function sealTest(
  { contracts }: ChainContext,
  { terms }: TaskPlan,
  { samples, interval, spare }: CommonSlices,
  { plan: file, images, labels, drandRelay }: Preparation,
  content: ContentStore,
  model: ModelSpec,
  seed: string,
): Promise<CommonTest> {
  if (images === undefined || labels === undefined)
    throw new CliFlagError("Test slices are cut from --images and --labels", undefined);
  const { times, count } = slicePlan({ ...terms, startsAt: Number(terms.startsAt) }, interval);
  const slices = count + spare;
  if (slices > MAX_SLICES)
    throw invalidIn(file, "test.interval", `it makes ${slices} slices, and ${MAX_SLICES} are the most`);
  const examples = await readIdx(images, labels);
  const available = examples.labels.length;
  if (available < slices * samples) {
    const advice = "give more of them, or plan smaller slices, longer intervals or fewer rounds";
    throw new CliFlagError(
      `${slices} slices of ${samples} examples are needed, and ${images} has ${available} examples`,
      available,
      advice,
    );
  }
  const trainer = createTrainer(model);
  trainer.loss(trainer.initial(seed), pick(examples, [0]));
  const { timelock } = await openTaskBeacon(contracts.randomness, { urls: drandRelay, timeoutMs: RELAY_TIMEOUT_MS });
  const ids = secretDraw(available, slices * samples);
  const cut = Array.from({ length: slices }, (_, i) => pick(examples, ids.subarray(i * samples, (i + 1) * samples)));
  const { plan, sealed } = await sealSlices(cut, times, timelock, () => randomBytes(SALT_BYTES));
  for (const slice of sealed) await content.put(slice);
  return plan;
}

/** So many of the numbers below `count`, in an order that nobody can foresee, whatever part of it they have seen. */
function secretDraw(count: number, wanted: number): Uint32Array {
  const ids = Uint32Array.from({ length: count }, (_, i) => i);
  for (let i = 0; i < wanted; i++) {
    const other = randomInt(i, count);
    [ids[i], ids[other]] = [ids[other], ids[i]];
  }
  return ids.subarray(0, wanted);
}

function sliceLine(test: CommonTest): string {
  const { slices, samples, interval } = test;
  const last = formatMoment(BigInt(sliceTime(test, slices.length - 1)));
  return `So are ${slices.length} test slices of ${samples} examples. They open every ${formatDuration(interval)}, from ${formatMoment(BigInt(test.opensAt))} until ${last}.`;
}
