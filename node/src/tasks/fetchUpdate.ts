import { cidFromBytes } from "@artel/sdk/learning";

import type { ModelView } from "../modelView.js";
import { validateUpdate, type DeclaredUpdate } from "../validate.js";

/** An update as fetched, or why it counts as absent. */
export type FetchedUpdate = { readonly delta: Int32Array } | { readonly problem: string };

/**
 * Fetches the content of a revealed update and holds it against what its client declared.
 *
 * @param seen - roots of updates that came before, to which this one is added if it is good
 */
export async function fetchUpdate(
  view: ModelView,
  update: DeclaredUpdate & { readonly cid: Uint8Array },
  seen: Set<string>,
): Promise<FetchedUpdate> {
  const { parameterCount } = await view.trainer();
  let bytes: Uint8Array;
  try {
    bytes = await view.content.get(cidFromBytes(update.cid));
  } catch (error) {
    return { problem: (error as Error).message };
  }
  const outcome = validateUpdate(bytes, update, parameterCount, seen);
  return outcome.valid ? { delta: outcome.delta } : { problem: outcome.reason };
}
