import { getAddress, isAddress, TypedDataEncoder, type Signer, type TypedDataDomain } from "ethers";
import { z } from "zod";

import { BALLOT_TYPES, GOVERNOR_DOMAIN } from "./protocol.js";

/** What a ballot says; the numbers are those of `ICooperativeGovernor`. */
export const Support = { Against: 0, For: 1, Abstain: 2, Veto: 3 } as const;
export type Support = (typeof Support)[keyof typeof Support];

/** A ballot to sign. `nonce` is 0 for the first ballot and 1 for the single signed change. */
export interface Ballot {
  readonly proposalId: bigint;
  readonly support: Support;
  readonly voter: string;
  readonly nonce: bigint;
}

/** EIP-712 domain of a cooperative's governor. */
export function ballotDomain(governor: string, chainId: bigint): TypedDataDomain {
  return { ...GOVERNOR_DOMAIN, chainId, verifyingContract: governor };
}

/** Signs a ballot for `castVoteBySig`; anybody may send it. */
export async function signBallot(signer: Signer, governor: string, chainId: bigint, ballot: Ballot): Promise<string> {
  return signer.signTypedData(ballotDomain(governor, chainId), BALLOT_TYPES, ballot);
}

/** What a wallet or a key (ERC-7913) signs for a ballot. */
export function ballotDigest(governor: string, chainId: bigint, ballot: Ballot): string {
  return TypedDataEncoder.hash(ballotDomain(governor, chainId), BALLOT_TYPES, ballot);
}

/** A ballot of a batch for `castVotesBySig`. */
export interface SignedBallot {
  readonly signer: string;
  readonly support: Support;
  readonly isChange: boolean;
  readonly signature: string;
}

/**
 * A signed ballot for `castVotesBySig`. A batch in the order of member numbers costs least.
 * @param signer - who signed, as ERC-7913 writes it; `accountOf` of `@artel/sdk/identity` must give the voter
 */
export function signedBallot(ballot: Ballot, signature: string, signer = ballot.voter): SignedBallot {
  return { signer, support: ballot.support, isChange: ballot.nonce === 1n, signature };
}

/**
 * What `castProxied` takes, in the order that costs least.
 * @param principals - member numbers; one named twice counts once
 */
export function proxiedBallot(
  proposalId: bigint,
  support: Support,
  principals: Iterable<bigint>,
): [proposalId: bigint, support: Support, principals: bigint[]] {
  const numbers = [...new Set(principals)].sort((a, b) => (a < b ? -1 : 1));
  return [proposalId, support, numbers];
}

const Address = z
  .string()
  .refine((text) => isAddress(text), "is not an address")
  .transform((text) => getAddress(text));
const Hex = z.string().regex(/^0x([0-9a-fA-F]{2})+$/, "is not pairs of hexadecimal digits");
const Whole = z
  .string()
  .regex(/^\d{1,78}$/, "is not a whole number")
  .transform(BigInt);

/**
 * A signed ballot as a file holds it, with all that it is good for: anybody can tell whether it fits a chain and a
 * governor before sending it. Numbers are text.
 */
export const BallotFile = z.strictObject({
  chainId: Whole,
  governor: Address,
  proposalId: Whole,
  support: z.enum(["against", "for", "abstain", "veto"]),
  voter: Address,
  nonce: z.enum(["0", "1"]).transform(BigInt),
  /** Who signed, as ERC-7913 writes it; of an account or wallet its address. */
  signer: Hex,
  signature: Hex,
});
/** A signed ballot from a file. */
export type BallotFile = z.infer<typeof BallotFile>;

/** Numbers of the supports by the words that files and commands use. */
export const SUPPORTS = {
  against: Support.Against,
  for: Support.For,
  abstain: Support.Abstain,
  veto: Support.Veto,
} as const satisfies Record<BallotFile["support"], Support>;
