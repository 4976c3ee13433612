import { keccak_256 } from "@noble/hashes/sha3.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";

import { MAX_SEATS } from "../protocol.js";
import { bondPart } from "./demands.js";
import { permutation } from "./panels.js";
import { ABSENT } from "./scores.js";
import { auditorPay, isAccurate, judgePanel, type PanelVerdict } from "./settlement.js";

/** By how many seats a fresh panel is larger than the one it judges, where it can be: so many may be silent. */
const SPARE_SEATS = 2;
const FRESH = keccak_256(utf8ToBytes("artel.panels.fresh.v1"));

/**
 * Seats of the fresh panel of an appeal: up to eleven of the auditors who were not on the panel, an odd number of them.
 *
 * @param panelSeats - auditors on a panel, as in the terms
 * @returns undefined if they are too few: a fresh panel has two seats more than a panel, or eleven
 */
export function freshSeats(auditors: number, panelSeats: number): number | undefined {
  const most = Math.min(auditors - panelSeats, MAX_SEATS);
  const seats = most % 2 === 0 ? most - 1 : most;
  return seats < Math.min(panelSeats + SPARE_SEATS, MAX_SEATS) ? undefined : seats;
}

/**
 * Ids of the auditors of a fresh panel, seat by seat.
 *
 * @param seed - of the appeal, 0x-prefixed bytes32
 * @param auditors - who joined the task
 * @param members - ids of the auditors of the appealed panel
 * @param seats - see {@link freshSeats}
 * @throws PermutationSizeError
 */
export function freshPanel(seed: string, auditors: number, members: readonly number[], seats: number): number[] {
  return [...permutation(seed, FRESH, auditors)].filter((id) => !members.includes(id)).slice(0, seats);
}

/** What an appeal binds of its appellant's stake: what the fresh seats can earn, and part of one's stake. */
export function appealBond(seats: number, seatPay: bigint, auditorStake: bigint): bigint {
  return BigInt(seats) * seatPay + bondPart(auditorStake);
}

/** An appeal when it is settled. Vectors are by client of the panel. */
export interface AppealCase {
  /** By seat of the appealed panel its vector; undefined for a silent auditor. */
  readonly panel: readonly (ArrayLike<number> | undefined)[];
  /** The same of the fresh panel. */
  readonly fresh: readonly (ArrayLike<number> | undefined)[];
  /** By client whether the panel had an update of it to score. */
  readonly revealed: readonly boolean[];
  readonly epsilon: number;
  /** Most that a seat earns. */
  readonly seatPay: bigint;
  readonly bond: bigint;
  readonly missPenalty: bigint;
  /** By seat of the appealed panel what is left of its stake. */
  readonly stakes: readonly bigint[];
}

/**
 * By seat of an appealed panel whether its auditor is an outlier: farther than epsilon from the new medians in more than half
 * of the updates. Nothing is far from an absent one, nor is the absence of what the panel had: clients may have kept it from
 * this auditor.
 *
 * @param panel, revealed, epsilon - as in {@link AppealCase}
 * @param medians - by client, of the fresh panel
 * @param before - by client, of the appealed panel
 */
export function outliersOf(
  panel: AppealCase["panel"],
  medians: ArrayLike<number>,
  before: ArrayLike<number>,
  revealed: readonly boolean[],
  epsilon: number,
): boolean[] {
  const updates = revealed.filter((has) => has).length;
  return panel.map((vector) => {
    if (vector === undefined) return false;
    const isOff = (client: number) =>
      isFar(vector, medians, client, epsilon) && (vector[client] !== ABSENT || before[client] === ABSENT);
    return 2 * revealed.filter((has, client) => has && isOff(client)).length > updates;
  });
}

/** What a fresh panel could not have, the old one may have had: no score is far from absence. */
function isFar(scores: ArrayLike<number>, medians: ArrayLike<number>, client: number, epsilon: number): boolean {
  return medians[client] !== ABSENT && !isAccurate(scores[client], medians[client], epsilon);
}

/** What follows from an appeal. */
export interface AppealOutcome {
  readonly verdict: PanelVerdict;
  /** By client the difference to its score; a negative score stays where the fresh panel finds the update absent. */
  readonly differences: readonly number[];
  /** Updates whose median moved by more than epsilon, or became present. */
  readonly corrected: number;
  /** By seat of the fresh panel its pay. */
  readonly pay: readonly bigint[];
  /** By seat of the appealed panel what it loses. */
  readonly fines: readonly bigint[];
  /** What the appellant has of the fines. */
  readonly given: bigint;
  /** What of the bond is free again. */
  readonly returned: bigint;
  /** What the treasury has, of fines and bond; penalties of silent seats are apart. */
  readonly treasury: bigint;
}

/**
 * Settles an appeal by the plain rules.
 *
 * @returns undefined if the fresh panel revealed less than the appealed one, and more than two of its seats are silent: then
 *   there is no verdict
 * @throws ScoreLengthError for a vector of another length
 */
export function settleAppeal(appeal: AppealCase): AppealOutcome | undefined {
  const { panel, fresh, revealed, epsilon, seatPay, bond } = appeal;
  const count = (seats: AppealCase["panel"]) => seats.filter((vector) => vector !== undefined).length;
  const verdict = judgePanel(fresh, revealed, epsilon);
  const old = judgePanel(panel, revealed, epsilon);
  const vetoed = count(fresh) < count(panel) && fresh.length - count(fresh) > SPARE_SEATS;
  if (verdict === undefined || old === undefined || vetoed) return undefined;

  const { medians, accurate, updates } = verdict;
  const corrected = revealed.filter((has, client) => has && isFar(old.medians, medians, client, epsilon)).length;
  const score = (median: number) => (median === ABSENT ? 0 : median);
  const differences = revealed.map((_, client) => {
    const before = score(old.medians[client]);
    return (medians[client] === ABSENT ? Math.min(before, 0) : medians[client]) - before;
  });

  const pay = accurate.map((scores) => auditorPay(seatPay, scores, updates));
  const paid = pay.reduce((sum, amount) => sum + amount, 0n);
  const isOutlier = outliersOf(panel, medians, old.medians, revealed, epsilon);
  const fines = panel.map((_, seat) => (isOutlier[seat] ? least(appeal.missPenalty, appeal.stakes[seat]) : 0n));
  let owed = paid;
  let given = 0n;
  for (const fine of fines) {
    const repaid = least(owed, fine);
    owed -= repaid;
    given += repaid + (fine - repaid) / 2n;
  }
  const upheld = corrected > 0 || isOutlier.includes(true);
  const returned = upheld ? bond - paid : 0n;
  const fined = fines.reduce((sum, amount) => sum + amount, 0n);
  const treasury = fined - given + (upheld ? 0n : bond - paid);
  return { verdict, differences, corrected, pay, fines, given, returned, treasury };
}

function least(a: bigint, b: bigint): bigint {
  return a < b ? a : b;
}
