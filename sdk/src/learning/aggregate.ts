import { meanOf } from "./combining.js";
import { AggregateSetError, TensorLengthError, WeightRangeError } from "./errors.js";
import { WEIGHT_LIMIT } from "./weights.js";

/** Most updates that are combined at once: below 2^8 of weights below 2^24 stay exact. */
const MAX_CLIENTS = 256;

/** An update ready to be combined. */
export interface WeightedUpdate {
  readonly delta: Int32Array;
  /** Integer from 0 to 2^24 - 1, see {@link updateWeight}. */
  readonly weight: number;
}

/**
 * Weighted mean of updates, `floor(sum(w * q) / sum(w))` for each coordinate, rounded toward minus infinity.
 * Exact in integers, therefore independent of the order of the updates.
 *
 * @throws AggregateSetError when there are no updates, more than 256, or no weight at all
 * @throws WeightRangeError, TensorLengthError for an update that does not fit
 */
export function weightedMean(updates: readonly WeightedUpdate[]): Int32Array {
  if (updates.length === 0 || updates.length > MAX_CLIENTS)
    throw new AggregateSetError(updates.length, `give from 1 to ${MAX_CLIENTS} updates`);
  const length = updates[0].delta.length;
  let total = 0;
  for (const { delta, weight } of updates) {
    if (delta.length !== length) throw new TensorLengthError(delta.length, length);
    if (!Number.isInteger(weight) || weight < 0 || weight >= WEIGHT_LIMIT) throw new WeightRangeError(weight);
    total += weight;
  }
  if (total === 0) throw new AggregateSetError(updates.length, "at least one update needs a positive weight");

  return meanOf(
    updates.map(({ delta, weight }) => ({ tensor: delta, weight })),
    total,
  );
}
