import { floorSqrt } from "./integers.js";

/** Binary digits after the point of a root, as in `MatchingLib`. */
const FRACTION_BITS = 16n;

/**
 * What `MatchingRounds` matches projects with, to the unit.
 *
 * @param pool - amount that is shared out
 * @param projects - for each project what each of its members gave in all, withdrawn projects left out
 * @param minContributors - members that a project needs
 * @returns the match of each project, without what was contributed
 */
export function matchesOf(
  pool: bigint,
  projects: readonly (readonly bigint[])[],
  minContributors: number,
): readonly bigint[] {
  const ideals = projects.map((gifts) => {
    if (gifts.length < minContributors) return 0n;
    const roots = gifts.reduce((sum, gift) => sum + floorSqrt(gift << (2n * FRACTION_BITS)), 0n);
    const given = gifts.reduce((sum, gift) => sum + gift, 0n);
    const square = (roots * roots) >> (2n * FRACTION_BITS);
    return square > given ? square - given : 0n;
  });
  const total = ideals.reduce((sum, ideal) => sum + ideal, 0n);
  return ideals.map((ideal) => (total <= pool ? ideal : (ideal * pool) / total));
}
