import { Combining } from "../protocol.js";
import { CombiningError, TensorLengthError } from "./errors.js";

/** A tensor and how much it counts. */
export interface Weighted {
  readonly tensor: Int32Array;
  /** Integer, not negative. */
  readonly weight: number;
}

/** What a node of the aggregation tree does with its children. */
export interface CombiningRule {
  readonly combining: Combining;
  /** Of trimmed means: children left out at each end, in 1/256 of their number, rounded down; less than 128. */
  readonly trim: number;
}

const TRIM_UNIT = 256;
/** Weights of a mean add up to less. */
const TOTAL_LIMIT = 2 ** 44;
/** Below this sum of weights a mean takes its values in two digits of 16 bits, from it on in four of 8. */
const WIDE_LIMIT = 2 ** 32;

/**
 * Combines tensors coordinate by coordinate, exactly and independent of their order; means are rounded toward minus
 * infinity.
 *
 * - Mean: `floor(sum(weight * value) / sum(weight))`.
 * - TrimmedMean: the unweighted mean of what {@link endsOf} leaves.
 * - Median: the lower median, element `floor((n - 1) / 2)` of the sorted values.
 *
 * @throws CombiningError for no children, no weight or a trim out of range
 * @throws TensorLengthError when lengths differ
 */
export function combine(children: readonly Weighted[], rule: CombiningRule): Int32Array {
  if (children.length === 0) throw new CombiningError("children", 0);
  const length = children[0].tensor.length;
  let total = 0;
  for (const { tensor, weight } of children) {
    if (tensor.length !== length) throw new TensorLengthError(tensor.length, length);
    if (!Number.isSafeInteger(weight) || weight < 0) throw new CombiningError("weight", weight);
    total += weight;
  }
  if (total < 1 || total >= TOTAL_LIMIT) throw new CombiningError("weight", total);
  if (rule.combining === Combining.Mean) return meanOf(children, total);
  const [low, high] = endsOf(children.length, rule);
  const column = new Int32Array(children.length);
  return Int32Array.from({ length }, (_, i) => {
    sortColumn(children, i, column);
    let sum = 0;
    for (let k = low; k < column.length - high; k++) sum += column[k];
    return Math.floor(sum / (column.length - low - high));
  });
}

/**
 * How many of `count` values are left out at the lower and at the upper end: of a median all but one.
 *
 * @throws CombiningError for a trim out of range
 */
export function endsOf(count: number, { combining, trim }: CombiningRule): readonly [low: number, high: number] {
  if (combining === Combining.Median) return [Math.floor((count - 1) / 2), Math.floor(count / 2)];
  if (!Number.isInteger(trim) || trim < 0 || trim >= TRIM_UNIT / 2) throw new CombiningError("trim", trim);
  const each = Math.floor((count * trim) / TRIM_UNIT);
  return [each, each];
}

/** The lowest and the highest value that {@link endsOf} leaves, coordinate by coordinate, from `start` to `end`. */
export function boundsOf(
  children: readonly Weighted[],
  rule: CombiningRule,
  start: number,
  end: number,
): readonly [lowest: Int32Array, highest: Int32Array] {
  const [low, high] = endsOf(children.length, rule);
  const column = new Int32Array(children.length);
  const lowest = new Int32Array(end - start);
  const highest = new Int32Array(end - start);
  for (let i = start; i < end; i++) {
    sortColumn(children, i, column);
    lowest[i - start] = column[low];
    highest[i - start] = column[column.length - 1 - high];
  }
  return [lowest, highest];
}

/**
 * Weighted mean of tensors of equal lengths, `floor(sum(weight * value) / total)` for each coordinate.
 *
 * @param total - sum of the weights, from 1 to 2^44 - 1
 */
export function meanOf(children: readonly Weighted[], total: number): Int32Array {
  // Values are split into digits, of which the highest is signed. Sums of weighted digits stay below 2^52: doubles add
  // them without loss.
  const bits = total < WIDE_LIMIT ? 16 : 8;
  const shifts = bits === 16 ? [16, 0] : [24, 16, 8, 0];
  const base = 2 ** bits;
  const length = children[0].tensor.length;
  const sums = shifts.map(() => new Float64Array(length));
  for (const { tensor, weight } of children) {
    shifts.forEach((shift, digit) => {
      const mask = digit === 0 ? -1 : base - 1;
      const sum = sums[digit];
      for (let i = 0; i < length; i++) sum[i] += weight * ((tensor[i] >> shift) & mask);
    });
  }
  // Schoolbook division. Every dividend is an integer below 2^53, so that the quotient, if it is no integer, is off the
  // next one by more than 2^-53 of itself: the rounding of a double division never carries it there, and floor is exact.
  const mean = new Int32Array(length);
  for (let i = 0; i < length; i++) {
    let quotient = 0;
    let remainder = 0;
    for (const sum of sums) {
      const dividend = remainder * base + sum[i];
      const digit = Math.floor(dividend / total);
      remainder = dividend - digit * total;
      quotient = quotient * base + digit;
    }
    // a mean lies between its smallest and largest value, so it fits int32
    mean[i] = quotient;
  }
  return mean;
}

/** Sorts the values of one coordinate. */
function sortColumn(children: readonly Weighted[], coordinate: number, column: Int32Array): void {
  for (let k = 0; k < column.length; k++) column[k] = children[k].tensor[coordinate];
  column.sort();
}
