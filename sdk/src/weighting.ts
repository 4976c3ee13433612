import { ZeroHash } from "ethers";

/** How a score is bent into a weight; the numbers are those of the contracts' `Curve`. */
export const Curve = { Linear: 0, Root: 1, Logarithm: 2 } as const;
export type Curve = (typeof Curve)[keyof typeof Curve];

/** The fields of a policy that say what ballots weigh. */
export interface Weighting {
  /** Category of reputation in the cooperative's own realm. */
  readonly category: string;
  readonly curve: Curve;
  /** The most that a ballot weighs; the least is 1. */
  readonly weightCap: number;
}

/** One member, one vote. */
export const BY_HEADS: Weighting = { category: ZeroHash, curve: Curve.Linear, weightCap: 0 };
