import { ABSENT } from "./scores.js";
import { ScoreLengthError } from "./errors.js";

/*
 * The rules by which medians are taken and money is divided, written for reading: whole numbers of any size, plain
 * loops, one rule a function. Contracts compute the same in other ways, and are tested against these.
 */

/** A panel with fewer revealed vectors is void. */
export const MIN_REVEALED_VECTORS = 3;

/** What a panel of auditors says about the clients that it scored. */
export interface PanelVerdict {
  /** Median score of every client, {@link ABSENT} for one without an update. */
  readonly medians: Int16Array;
  /** For every seat the number of its scores that earn. */
  readonly accurate: readonly number[];
  /** Number of updates that the panel scored. */
  readonly updates: number;
}

/**
 * Lower median: of `n` values the one at place `floor((n - 1) / 2)` in ascending order. An odd number of seats may be
 * padded to its full number first, every other missing one with minus and then plus infinity: the median is the same.
 *
 * @param values - at least one
 */
export function lowerMedian(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Whether a score lies within `epsilon` of the median. Absence is close to absence only. */
export function isAccurate(score: number, median: number, epsilon: number): boolean {
  if (score === ABSENT || median === ABSENT) return score === median;
  return Math.abs(score - median) <= epsilon;
}

/**
 * Judges the vectors of a panel. A client without an update has no score, whatever auditors say. No seat earns by a
 * panel whose medians are all 0 or {@link ABSENT}: such vectors take no work.
 *
 * @param seats - by seat its vector, one score a client; undefined for a silent auditor
 * @param revealed - by client whether it has an update that counts
 * @param epsilon - distance from the median that is still accurate, in score units
 * @returns undefined if the panel is void
 * @throws ScoreLengthError for a vector of another length
 */
export function judgePanel(
  seats: readonly (ArrayLike<number> | undefined)[],
  revealed: readonly boolean[],
  epsilon: number,
): PanelVerdict | undefined {
  for (const vector of seats)
    if (vector !== undefined && vector.length !== revealed.length)
      throw new ScoreLengthError(vector.length * 2, revealed.length * 2);
  const vectors = seats.filter((vector) => vector !== undefined);
  if (vectors.length < MIN_REVEALED_VECTORS) return undefined;

  const medians = new Int16Array(revealed.length).fill(ABSENT);
  const accurate = seats.map(() => 0);
  let updates = 0;
  let informative = false;
  revealed.forEach((hasUpdate, client) => {
    if (!hasUpdate) return;
    updates++;
    const median = lowerMedian(vectors.map((vector) => vector[client]));
    medians[client] = median;
    if (median !== ABSENT && median !== 0) informative = true;
    seats.forEach((vector, seat) => {
      if (vector !== undefined && isAccurate(vector[client], median, epsilon)) accurate[seat]++;
    });
  });
  return { medians, accurate: informative ? accurate : seats.map(() => 0), updates };
}

/**
 * What a seat earns for a round: its share of accurate scores, rounded down; the rest is refunded.
 *
 * @param seat - most that the seat can earn
 */
export function auditorPay(seat: bigint, accurate: number, updates: number): bigint {
  return updates === 0 ? 0n : (seat * BigInt(accurate)) / BigInt(updates);
}

/** Balances after a round: raw medians add up, signed; {@link ABSENT} adds nothing. */
export function accumulate(balances: readonly bigint[], medians: ArrayLike<number>): bigint[] {
  return balances.map((balance, client) => {
    const median = medians[client];
    return median === ABSENT ? balance : balance + BigInt(median);
  });
}

/** Whether an update is left out of the aggregate: no score, or a client whose scores so far did clear harm. */
export function isExcluded(median: number, accumulated: bigint, exclusionScore: bigint): boolean {
  return median === ABSENT || accumulated < -exclusionScore;
}

/** A pay period once it is paid. */
export interface PaidPeriod {
  /** What each client earned. */
  readonly pay: readonly bigint[];
  /** What each client begins the next period with: 0, or the negative balance that is left. */
  readonly carried: readonly bigint[];
  /** The part of the pool that nobody earned. */
  readonly refund: bigint;
}

/**
 * Pays a period: `pool * balance / max(sum of positive balances, minimumScore)` to every positive balance, rounded down.
 *
 * @param balances - what the clients' scores in the period add up to, with what was carried into it
 * @param minimumScore - sum of balances that the whole pool takes; below it a part is refunded
 */
export function payPeriod(balances: readonly bigint[], pool: bigint, minimumScore: bigint): PaidPeriod {
  let divisor = 0n;
  for (const balance of balances) if (balance > 0n) divisor += balance;
  if (divisor < minimumScore) divisor = minimumScore;
  const pay = balances.map((balance) => (balance > 0n ? (pool * balance) / divisor : 0n));
  let refund = pool;
  for (const amount of pay) refund -= amount;
  return { pay, carried: balances.map((balance) => (balance < 0n ? balance : 0n)), refund };
}
