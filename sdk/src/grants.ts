import { Interface, ZeroAddress } from "ethers";

import type { IGrants, IMatchingRounds } from "./contracts/index.js";
import type { NetworkContracts } from "./deployments.js";
import type { Action } from "./founding.js";
import { floorSqrt } from "./integers.js";

/** An action of a proposal that may take native currency along. */
export interface FundedAction extends Action {
  /** Wei from the Treasury. */
  readonly value: bigint;
}

const ERC20 = new Interface(["function approve(address spender, uint256 amount) returns (bool)"]);

/** A call together with exactly the money that it takes: approved before it, or native currency with it. */
function funded(token: string, amount: bigint, { target, data }: Action): FundedAction[] {
  if (token === ZeroAddress) return [{ target, data, value: amount }];
  const approval = ERC20.encodeFunctionData("approve", [target, amount]);
  return [
    { target: token, data: approval, value: 0n },
    { target, data, value: 0n },
  ];
}

/**
 * Offers a grant, for a proposal: the sum of its milestones is put aside when it is executed.
 * @param token - address of an ERC-20 token; zero is native currency
 */
export async function grantOffer(
  { grants }: Pick<NetworkContracts, "grants">,
  token: string,
  terms: IGrants.TermsStruct,
): Promise<FundedAction[]> {
  const total = terms.milestones.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  const data = grants.interface.encodeFunctionData("openGrant", [token, total, terms]);
  return funded(token, total, { target: await grants.getAddress(), data });
}

/**
 * Opens a matching round, for a proposal: its pool is put aside when it is executed.
 * @param token - address of an ERC-20 token, of pool and contributions; zero is native currency
 */
export async function matchingRound(
  { matching }: Pick<NetworkContracts, "matching">,
  token: string,
  pool: bigint,
  terms: IMatchingRounds.TermsStruct,
): Promise<FundedAction[]> {
  const data = matching.interface.encodeFunctionData("openRound", [token, pool, terms]);
  return funded(token, pool, { target: await matching.getAddress(), data });
}

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
