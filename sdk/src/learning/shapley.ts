import { PlayerCountError } from "./errors.js";
import { createRandom } from "./random.js";

/** Clients in a batch at most. */
export const BATCH_SIZE = 8;

/** Worth of a coalition; bit k of `mask` says whether player k takes part. */
export type Utility = (mask: number) => number;

/**
 * Shapley values by enumeration: each player's marginal worth, averaged over all orders. They sum to
 * `utility(all) - utility(none)`. Every coalition is asked for once.
 *
 * @param players - at most {@link BATCH_SIZE}
 * @throws PlayerCountError
 */
export function exactShapley(players: number, utility: Utility): Float64Array {
  if (!Number.isInteger(players) || players < 0 || players > BATCH_SIZE)
    throw new PlayerCountError(players, BATCH_SIZE);
  const worth = Float64Array.from({ length: 1 << players }, (_, mask) => utility(mask));
  // weight of a coalition of s others: s! (n - s - 1)! / n!
  const factorial = [1];
  for (let i = 1; i <= players; i++) factorial.push(factorial[i - 1] * i);
  const values = new Float64Array(players);
  for (let mask = 0; mask < worth.length; mask++) {
    const size = bits(mask);
    for (let k = 0; k < players; k++) {
      if (mask & (1 << k)) continue;
      const weight = (factorial[size] * factorial[players - size - 1]) / factorial[players];
      values[k] += weight * (worth[mask | (1 << k)] - worth[mask]);
    }
  }
  return values;
}

/**
 * Divides the clients of a panel into as few batches as hold them, of sizes that differ by at most one. Who meets whom is
 * decided by the seed; the order of the ids does not matter.
 *
 * @param seed - public randomness of the round, drawn after the updates were committed to
 * @returns each batch in ascending order
 */
export function batchesOf(ids: Iterable<number>, seed: string): number[][] {
  const order = createRandom("batches", seed).shuffle([...ids].sort((a, b) => a - b));
  const count = Math.ceil(order.length / BATCH_SIZE);
  const start = (batch: number) => Math.floor((batch * order.length) / count);
  return Array.from({ length: count }, (_, batch) => order.slice(start(batch), start(batch + 1)).sort((a, b) => a - b));
}

function bits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest; rest &= rest - 1) count++;
  return count;
}
