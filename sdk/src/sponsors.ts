import { TypedDataEncoder, type Signer } from "ethers";

import { ballotDomain } from "./ballots.js";
import { SPONSORSHIP_TYPES } from "./protocol.js";

/** What a member signs who sponsors another's proposal. */
export interface Sponsoring {
  readonly proposalId: bigint;
  /** Account of the member who proposes: nobody else can use the signature. */
  readonly proposer: string;
  /** Last second at which it is taken. */
  readonly deadline: bigint;
}

/** A sponsor's word as `proposeWithSponsors` takes it, in the order of member numbers. */
export interface Sponsorship {
  /** Who signed, as ERC-7913 writes it: an address, or a verifier and a key. */
  readonly signer: string;
  readonly deadline: bigint;
  readonly signature: string;
}

/** What a wallet or a key (ERC-7913) signs to sponsor a proposal. */
export function sponsorshipDigest(governor: string, chainId: bigint, sponsoring: Sponsoring): string {
  return TypedDataEncoder.hash(ballotDomain(governor, chainId), SPONSORSHIP_TYPES, sponsoring);
}

/**
 * Signs for a proposal that another member will make.
 * @param signer - the key of the sponsor's account, or the one behind the wallet contract that is the account
 * @param account - the wallet contract, if the account is one
 */
export async function signSponsorship(
  signer: Signer,
  governor: string,
  chainId: bigint,
  sponsoring: Sponsoring,
  account?: string,
): Promise<Sponsorship> {
  const signature = await signer.signTypedData(ballotDomain(governor, chainId), SPONSORSHIP_TYPES, sponsoring);
  return { signer: account ?? (await signer.getAddress()), deadline: sponsoring.deadline, signature };
}
