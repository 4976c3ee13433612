import { FractionBitsError, QuantiseRangeError, TensorLengthError, TensorOverflowError } from "./errors.js";

export const INT32_MIN = -(2 ** 31);
export const INT32_MAX = 2 ** 31 - 1;

/**
 * Rounds to the nearest integer, halves away from zero.
 *
 * @param value - a finite number
 */
export function roundHalfAway(value: number): number {
  const whole = Math.trunc(value);
  // the difference of a double and its integer part is exact, so is the comparison
  return Math.abs(value - whole) >= 0.5 ? whole + Math.sign(value) : whole;
}

/**
 * Turns real numbers into int32 fixed point: `round(value * 2^fractionBits)`, halves away from zero.
 * Parameters of the global model and update deltas share this format.
 *
 * @param fractionBits - integer from 0 to 30, the same for a whole task
 * @throws QuantiseRangeError for the first value that is not finite or too large; nothing saturates silently
 * @throws FractionBitsError
 */
export function quantise(values: Float32Array | Float64Array, fractionBits: number): Int32Array {
  const scale = scaleOf(fractionBits);
  const out = new Int32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const scaled = roundHalfAway(values[i] * scale);
    // written so that NaN fails as well
    if (!(scaled >= INT32_MIN && scaled <= INT32_MAX)) throw new QuantiseRangeError(i, values[i], fractionBits);
    out[i] = scaled;
  }
  return out;
}

/**
 * Turns int32 fixed point back into real numbers, rounded to the nearest float32
 * (exact for magnitudes up to 2^24 units).
 *
 * @throws FractionBitsError
 */
export function dequantise(values: Int32Array, fractionBits: number): Float32Array {
  const scale = scaleOf(fractionBits);
  const out = new Float32Array(values.length);
  for (let i = 0; i < values.length; i++) out[i] = values[i] / scale;
  return out;
}

/**
 * The model after a step: `global + delta`, coordinate by coordinate.
 *
 * @throws TensorLengthError when the lengths differ
 * @throws TensorOverflowError when a sum leaves int32
 */
export function applyDelta(global: Int32Array, delta: Int32Array): Int32Array {
  return combine(global, delta, 1);
}

/**
 * The step that leads from one model to another: `trained - global`, coordinate by coordinate.
 *
 * @throws TensorLengthError when the lengths differ
 * @throws TensorOverflowError when a difference leaves int32
 */
export function deltaBetween(global: Int32Array, trained: Int32Array): Int32Array {
  return combine(trained, global, -1);
}

function combine(left: Int32Array, right: Int32Array, sign: 1 | -1): Int32Array {
  if (left.length !== right.length) throw new TensorLengthError(right.length, left.length);
  const out = new Int32Array(left.length);
  for (let i = 0; i < left.length; i++) {
    const value = left[i] + sign * right[i];
    if (value < INT32_MIN || value > INT32_MAX) throw new TensorOverflowError(i, value);
    out[i] = value;
  }
  return out;
}

function scaleOf(fractionBits: number): number {
  if (!Number.isInteger(fractionBits) || fractionBits < 0 || fractionBits > 30)
    throw new FractionBitsError(fractionBits);
  return 1 << fractionBits;
}
