import { floorSqrt } from "../integers.js";
import { WeightInputError, WeightRangeError } from "./errors.js";

/** Weights are integers below this bound, 2^24. */
export const WEIGHT_LIMIT = 1 << 24;
/** Weight of one sample of an update that needs no clipping. */
export const WEIGHT_UNIT = 256;

/** The limits a task sets on what an update may weigh. */
export interface WeightCaps {
  /** Samples counted at most. */
  readonly sampleCap: number;
  /** Norm above which an update is scaled down, in quantised units. */
  readonly clipNorm: bigint;
}

/**
 * Weight of an update: `min(samples, cap) * min(1, C / norm)` in steps of 1/256, rounded down.
 *
 * @param samples - declared number of training examples
 * @param norm - declared L2 norm of the delta, quantised units
 * @returns an integer below 2^24
 * @throws WeightInputError for counts, caps or bounds that are not positive
 * @throws WeightRangeError when the sample cap lets a weight reach 2^24
 */
export function updateWeight(samples: bigint, norm: bigint, caps: WeightCaps): number {
  if (samples < 1n) throw new WeightInputError("samples", samples);
  if (norm < 0n) throw new WeightInputError("norm", norm);
  if (!Number.isSafeInteger(caps.sampleCap) || caps.sampleCap < 1)
    throw new WeightInputError("sampleCap", caps.sampleCap);
  if (caps.clipNorm < 1n) throw new WeightInputError("clipNorm", caps.clipNorm);
  const cap = BigInt(caps.sampleCap);
  const full = (samples < cap ? samples : cap) * BigInt(WEIGHT_UNIT);
  const weight = norm <= caps.clipNorm ? full : (full * caps.clipNorm) / norm;
  if (weight >= BigInt(WEIGHT_LIMIT)) throw new WeightRangeError(weight);
  return Number(weight);
}

/** L2 norm of a tensor in quantised units, exact and rounded up. */
export function tensorNorm(tensor: Int32Array): bigint {
  let sum = 0n;
  for (const value of tensor) sum += BigInt(value) * BigInt(value);
  const root = floorSqrt(sum);
  return root * root === sum ? root : root + 1n;
}
