import { MAX_SCORE } from "../protocol.js";
import { ScoreRangeError } from "./errors.js";
import { roundHalfAway } from "./quantise.js";

/** Score of an update that is absent or malformed: the least int16. */
export const ABSENT = -32768;

/** Score units in one nat: the unit is 2^-14 nat. */
export const SCORE_UNITS_PER_NAT = 1 << 14;

/**
 * Score of a contribution: `contribution * revealed` in units of 2^-14 nat, rounded half away from zero and
 * saturated to ±{@link MAX_SCORE} (±2 nats).
 *
 * @param contribution - Shapley value of the update, nats
 * @param revealed - number of valid updates revealed in the round, at least 1
 * @throws ScoreRangeError
 */
export function toScore(contribution: number, revealed: number): number {
  if (!Number.isFinite(contribution)) throw new ScoreRangeError(contribution);
  if (!Number.isInteger(revealed) || revealed < 1) throw new ScoreRangeError(revealed);
  const score = roundHalfAway(contribution * revealed * SCORE_UNITS_PER_NAT);
  // adding zero turns -0 into 0
  return Math.max(-MAX_SCORE, Math.min(MAX_SCORE, score)) + 0;
}
