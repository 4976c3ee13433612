import { MAX_CLIENTS } from "../protocol.js";
import { AggregateSetError, TensorLengthError, WeightRangeError } from "./errors.js";
import { WEIGHT_LIMIT } from "./weights.js";

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
 * @throws AggregateSetError when there are no updates, more than {@link MAX_CLIENTS}, or no weight at all
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

  // A sum can reach 2^24 * 2^31 * 2^8 = 2^63, more than a double holds. Each value is split as high * 2^16 + low with
  // |high| <= 2^15 and 0 <= low < 2^16, so that either sum stays within 2^48 and doubles add integers without loss.
  const high = new Float64Array(length);
  const low = new Float64Array(length);
  for (const { delta, weight } of updates) {
    for (let i = 0; i < length; i++) {
      const value = delta[i];
      high[i] += weight * (value >> 16);
      low[i] += weight * (value & 0xffff);
    }
  }
  // Schoolbook division in base 2^16. Every dividend is an integer below 2^49: the nearest quotient short of an integer
  // is off by more than 2^-50 of it, so the rounding of a double division never carries it across, and floor is exact.
  const mean = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    const quotient = Math.floor(high[i] / total);
    const remainder = high[i] - quotient * total;
    // a mean lies between its smallest and largest value, so it fits int32
    mean[i] = quotient * 0x10000 + Math.floor((remainder * 0x10000 + low[i]) / total);
  }
  return mean;
}
