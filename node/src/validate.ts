import { tensorFromBytes, tensorNorm, tensorRoot } from "@artel/sdk/learning";

/** What the chain says about a revealed update. */
export interface DeclaredUpdate {
  /** Root of the delta, bytes32. */
  readonly root: string;
  /** Declared L2 norm in quantised units. */
  readonly norm: bigint;
}

/**
 * Why an update is not counted: `length` (the bytes hold another number of values), `root` (they are not what was
 * committed), `zero` (the update changes nothing), `copy` (an earlier update has the same root), `norm` (the declared
 * norm is below the real one, which would escape clipping).
 */
export type Invalidity = "length" | "root" | "zero" | "copy" | "norm";

/** Outcome of {@link validateUpdate}. */
export type Validation =
  { readonly valid: true; readonly delta: Int32Array } | { readonly valid: false; readonly reason: Invalidity };

/**
 * Checks the fetched bytes of an update against its opening.
 *
 * @param parameters - number of values of the model
 * @param seen - roots of valid updates committed earlier in the round, lower case; a valid update adds its own, so that
 *   of equal updates the first to commit counts when updates are passed in the order of their commitments
 */
export function validateUpdate(
  bytes: Uint8Array,
  declared: DeclaredUpdate,
  parameters: number,
  seen: Set<string>,
): Validation {
  if (bytes.length !== parameters * 4) return { valid: false, reason: "length" };
  const delta = tensorFromBytes(bytes, parameters);
  const root = tensorRoot(delta);
  if (root !== declared.root.toLowerCase()) return { valid: false, reason: "root" };
  const norm = tensorNorm(delta);
  if (norm === 0n) return { valid: false, reason: "zero" };
  if (seen.has(root)) return { valid: false, reason: "copy" };
  if (declared.norm < norm) return { valid: false, reason: "norm" };
  seen.add(root);
  return { valid: true, delta };
}
