import { cidFromBytes, tensorFromBytes } from "@artel/sdk/learning";

import { validateUpdate } from "../validate.js";
import type { RevealedUpdate, TaskView } from "./taskView.js";

/** An update as fetched, or why it counts as absent. */
export type FetchedUpdate = { readonly delta: Int32Array } | { readonly problem: string };

/**
 * Fetches the content of a revealed update and holds it against what its client declared.
 *
 * @param seen - roots revealed in earlier rounds
 */
export async function fetchUpdate(
  view: TaskView,
  update: RevealedUpdate,
  seen: ReadonlySet<string>,
): Promise<FetchedUpdate> {
  const { parameterCount } = await view.trainer();
  let delta: Int32Array;
  try {
    delta = tensorFromBytes(await view.content.get(cidFromBytes(update.cid)), parameterCount);
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const problem = validateUpdate(delta, update, seen);
  return problem === undefined ? { delta } : { problem };
}
