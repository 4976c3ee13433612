import { tensorNorm, type Random } from "@artel/sdk/learning";

/** A tensor of another size, rounded toward zero. */
export function scaled(tensor: Int32Array, factor: number): Int32Array {
  return tensor.map((value) => Math.trunc(value * factor));
}

/** The sum of two tensors. */
export function sum(left: Int32Array, right: Int32Array): Int32Array {
  return left.map((value, i) => value + right[i]);
}

/** Values that mean nothing, even in distribution, with about this norm. */
export function noise(length: number, norm: number, random: Random): Int32Array {
  const values = Float64Array.from({ length }, () => 2 * random.next() - 1);
  const size = Math.sqrt(values.reduce((total, value) => total + value * value, 0));
  return Int32Array.from(values, (value) => Math.round((value * norm) / size));
}

/** Norm of a tensor as a number. */
export function normOf(tensor: Int32Array): number {
  return Number(tensorNorm(tensor));
}
