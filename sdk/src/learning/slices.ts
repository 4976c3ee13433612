import { keccak_256 } from "@noble/hashes/sha3.js";
import { SliceContentError, SliceIndexError } from "./errors.js";
import { climb, depthOf, NODE_BYTES, rootOf, siblingsOf } from "./hashTree.js";
import type { CommonTest } from "./manifest.js";

/** A slice is longer than the two hashes that an inner node is made of. */
const MIN_SLICE_BYTES = 2 * NODE_BYTES + 1;

/** When the slices of a plan can be read. */
export type SliceTimes = Pick<CommonTest, "opensAt" | "interval" | "slices">;

/**
 * Root over all test slices of a task: leaves are their hashes, bound to their number.
 *
 * @param slices - content of each slice, with something in it that can't be guessed: data sets are public
 * @returns 0x-prefixed bytes32
 * @throws SliceContentError
 */
export function sliceRoot(slices: readonly Uint8Array[]): string {
  return rootOf(leavesOf(slices), slices.length);
}

/**
 * Sibling hashes that prove a slice against {@link sliceRoot}.
 *
 * @throws SliceIndexError, SliceContentError
 */
export function sliceProof(slices: readonly Uint8Array[], index: number): string[] {
  checkIndex(index, slices.length);
  return siblingsOf(leavesOf(slices), index);
}

/**
 * Tells whether some content is the slice at a place.
 *
 * @param count - number of slices under the root
 * @throws SliceIndexError
 */
export function verifySlice(
  root: string,
  count: number,
  index: number,
  content: Uint8Array,
  siblings: readonly string[],
): boolean {
  checkIndex(index, count);
  if (content.length < MIN_SLICE_BYTES || siblings.length !== depthOf(count)) return false;
  return climb(keccak_256(content), index, siblings, count) === root.toLowerCase();
}

/** What of a task's terms says when its rounds need test slices. */
export interface RoundTimes {
  /** Second at which the first round's Commit opens. */
  readonly startsAt: number;
  readonly rounds: number;
  /** Rounds that may be void. */
  readonly retries: number;
  /** Seconds of the phases. */
  readonly schedule: Readonly<Record<(typeof PHASES)[number], number>>;
}

/** Phases of a round that takes longest. */
const PHASES = [
  "commit",
  "reveal",
  "auditCommit",
  "auditReveal",
  "settle",
  "aggregateCommit",
  "aggregateReveal",
  "longChallenge",
] as const;

/**
 * When the test slices of a task open, and how many it takes so that no round goes without, if each is finished as soon as
 * that is possible and no leading answer is disproved.
 *
 * @param interval - seconds from one slice to the next; auditors wait so long at most for theirs
 */
export function slicePlan(
  { startsAt, rounds, retries, schedule }: RoundTimes,
  interval: number,
): { readonly times: Omit<SliceTimes, "slices">; readonly count: number } {
  const longest = PHASES.reduce((sum, phase) => sum + schedule[phase], 0);
  const count = Math.ceil(((rounds + retries) * longest) / interval) + 1;
  return { times: { opensAt: startsAt + schedule.commit + schedule.reveal, interval }, count };
}

/**
 * Second from which a slice can be read.
 *
 * @throws SliceIndexError
 */
export function sliceTime({ opensAt, interval, slices }: SliceTimes, index: number): number {
  checkIndex(index, slices.length);
  return opensAt + index * interval;
}

/**
 * The slice of a round: the first that nobody could read before the round's updates were all revealed. Rounds that
 * begin late pass over slices that are out already, so a plan has more slices than rounds.
 *
 * @param revealDeadline - first second after the Reveal phase
 * @returns undefined if the plan has no slice left
 */
export function sliceFor({ opensAt, interval, slices }: SliceTimes, revealDeadline: number): number | undefined {
  const index = Math.max(0, Math.ceil((revealDeadline - opensAt) / interval));
  return index < slices.length ? index : undefined;
}

/** Hashes of the slices, side by side. */
function leavesOf(slices: readonly Uint8Array[]): Uint8Array {
  if (slices.length === 0) throw new SliceContentError(0, MIN_SLICE_BYTES);
  const leaves = new Uint8Array(slices.length * NODE_BYTES);
  slices.forEach((slice, i) => {
    if (slice.length < MIN_SLICE_BYTES) throw new SliceContentError(slice.length, MIN_SLICE_BYTES);
    leaves.set(keccak_256(slice), i * NODE_BYTES);
  });
  return leaves;
}

function checkIndex(index: number, count: number): void {
  if (!Number.isInteger(index) || index < 0 || index >= count) throw new SliceIndexError(index, count);
}
