import { ServerMomentumError, TensorLengthError } from "./errors.js";
import { INT32_MAX, INT32_MIN } from "./quantise.js";

/** One, in the fixed point of server steps: momentum is an integer in units of 2^-16. */
export const SERVER_UNIT = 1 << 16;

/**
 * Where a round starts under server momentum, coordinate by coordinate:
 * `saturate(model + floor(momentum * (model - previous) / 2^16))`, with `saturate` to the nearest int32.
 *
 * @param model - the global model
 * @param previous - the global model before it; equal to `model` where there is none
 * @param momentum - integer from 0 to 2^16 - 1, units of 2^-16
 * @throws TensorLengthError when the lengths differ
 * @throws ServerMomentumError
 */
export function lookAhead(model: Int32Array, previous: Int32Array, momentum: number): Int32Array {
  if (previous.length !== model.length) throw new TensorLengthError(previous.length, model.length);
  if (!Number.isInteger(momentum) || momentum < 0 || momentum >= SERVER_UNIT) throw new ServerMomentumError(momentum);
  // A difference is below 2^32 and the product below 2^48: doubles hold both exactly, and the quotient too, because
  // dividing by a power of two only moves the exponent.
  return model.map((value, i) => saturate(value + Math.floor((momentum * (value - previous[i])) / SERVER_UNIT)));
}

/**
 * The next global model, coordinate by coordinate: `saturate(start + mean)`.
 *
 * @param start - where the round started, see {@link lookAhead}
 * @param mean - the aggregate of the round's updates, each a difference to `start`
 * @throws TensorLengthError when the lengths differ
 */
export function serverStep(start: Int32Array, mean: Int32Array): Int32Array {
  if (mean.length !== start.length) throw new TensorLengthError(mean.length, start.length);
  return start.map((value, i) => saturate(value + mean[i]));
}

/** The int32 nearest to an integer. */
function saturate(value: number): number {
  return Math.max(INT32_MIN, Math.min(INT32_MAX, value));
}
