/*
 * Elementary functions from + - * / alone. Those of the language may differ in the last bit from one engine to the
 * next, and results that reach the chain must not.
 */

const LN2 = 0.6931471805599453;
/** ln 2 in two parts; the first has trailing zeros, so that small multiples of it are exact. */
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;

/** 2^-1022 to 2^1023 at index exponent + 1022, by exact doubling and halving. */
const POWERS_OF_TWO = (() => {
  const powers = new Float64Array(2046);
  powers[1022] = 1;
  for (let i = 1023; i < powers.length; i++) powers[i] = powers[i - 1] * 2;
  for (let i = 1021; i >= 0; i--) powers[i] = powers[i + 1] / 2;
  return powers;
})();

/** Reciprocals of factorials, 1/13! down to 1/0!: Taylor's series on [-ln2/2, ln2/2] is good to the last bit or two. */
const EXP_SERIES = (() => {
  const series = [1];
  for (let i = 1; i <= 13; i++) series.push(series[i - 1] * i);
  return Float64Array.from(series.reverse(), (factorial) => 1 / factorial);
})();

/** e^x to a relative error below 1e-15; 0 below -708, Infinity above 709. */
export function exp(x: number): number {
  if (x < -708) return 0;
  if (x > 709) return Infinity;
  const k = Math.floor(x / LN2 + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let sum = EXP_SERIES[0];
  for (let i = 1; i < EXP_SERIES.length; i++) sum = sum * r + EXP_SERIES[i];
  return k > 1023 ? sum * 2 * POWERS_OF_TWO[k + 1021] : sum * POWERS_OF_TWO[k + 1022];
}

const bits = new DataView(new ArrayBuffer(8));

/** Natural logarithm of a positive normal number, to a relative error below 1e-15. */
export function log(x: number): number {
  bits.setFloat64(0, x);
  const high = bits.getUint32(0);
  let exponent = (high >>> 20) - 1023;
  bits.setUint32(0, (high & 0xfffff) | 0x3ff00000);
  let mantissa = bits.getFloat64(0);
  if (mantissa > 1.4142135623730951) {
    mantissa /= 2;
    exponent += 1;
  }
  // ln m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1), |s| < 0.172
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let i = 23; i >= 1; i -= 2) sum = sum * square + 1 / i;
  return exponent * LN2_LOW + 2 * s * sum + exponent * LN2_HIGH;
}

/**
 * Cross-entropy of one example, nats.
 *
 * @param label - the true class
 */
export function crossEntropy(logits: Float64Array, label: number): number {
  const max = logits[argmax(logits)];
  let sum = 0;
  for (let c = 0; c < logits.length; c++) sum += exp(logits[c] - max);
  return log(sum) + max - logits[label];
}

/**
 * Turns the logits of one example into the gradient of the cross-entropy of `logits + offsets` with respect to them, in
 * place: the probabilities, less one at the true class.
 *
 * @param label - the true class
 */
export function crossEntropyGradient(logits: Float64Array, offsets: Float64Array, label: number): void {
  for (let c = 0; c < logits.length; c++) logits[c] += offsets[c];
  const max = logits[argmax(logits)];
  let sum = 0;
  for (let c = 0; c < logits.length; c++) sum += logits[c] = exp(logits[c] - max);
  for (let c = 0; c < logits.length; c++) logits[c] /= sum;
  logits[label] -= 1;
}

/** Index of the largest value, the first of equals. */
export function argmax(values: Float64Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i++) if (values[i] > values[best]) best = i;
  return best;
}
