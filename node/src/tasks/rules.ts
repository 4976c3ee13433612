import type { ILearningTasks } from "@artel/sdk";
import {
  cidOfTaskContent,
  modelOfFile,
  parseManifest,
  tensorRoot,
  type Manifest,
  type NamedContent,
} from "@artel/sdk/learning";

import type { ContentStore } from "../content/ContentStore.js";
import { ContentRootMismatchError, RuleUnsupportedError, TermsMismatchError } from "../errors.js";
import { statedRules } from "../publishing.js";

/** The terms of a task that name its rules, and state some of them. */
export type StatedTerms = Pick<
  ILearningTasks.TaskTermsStructOutput,
  "manifest" | "aggregation" | "microRho" | "schedule"
>;

/**
 * The rules of a task, which are also those of its terms.
 *
 * @throws RuleUnsupportedError, TermsMismatchError
 */
export async function readRules(terms: StatedTerms, content: ContentStore): Promise<Manifest> {
  const { aggregation, microRho, schedule } = terms;
  const manifest = parseManifest(await content.get(cidOfTaskContent(terms.manifest)));
  // better to take no part than to publish what was to be masked
  if (manifest.privacy.kind === "secure-aggregation") throw new RuleUnsupportedError("privacy", manifest.privacy.kind);
  const stated = statedRules(manifest);
  for (const [field, value] of Object.entries(stated)) {
    const term = aggregation[field as keyof typeof stated];
    if (BigInt(value) !== term) throw new TermsMismatchError(field, String(value), String(term));
  }
  // a task need not count what noise lets through, but if it does, that
  const told = BigInt(manifest.privacy.noise?.microRho ?? 0);
  if (microRho !== 0n && microRho !== told)
    throw new TermsMismatchError("privacy.noise.microRho", String(told), String(microRho));
  // nobody can wrap an update for a fresh panel, which would find all of them absent
  if (manifest.privacy.kind === "sealed" && schedule.appeal !== 0n)
    throw new TermsMismatchError("schedule.appeal", "0", String(schedule.appeal));
  return manifest;
}

/**
 * The quantised parameters of a global model.
 *
 * @param named - where it is
 * @param root - its tensor root
 * @throws ContentRootMismatchError, TensorLengthError
 */
export async function readModel(
  named: NamedContent,
  root: string,
  parameters: number,
  content: ContentStore,
): Promise<Int32Array> {
  const model = modelOfFile(await content.get(cidOfTaskContent(named)), parameters);
  const actual = tensorRoot(model);
  if (actual !== root) throw new ContentRootMismatchError("The global model", actual, root);
  return model;
}
