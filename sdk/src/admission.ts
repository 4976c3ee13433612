import { AbiCoder, type Signer, type TypedDataDomain } from "ethers";

/** What a sponsor signs for somebody, for `SponsorAdmission`. */
export interface Vouching {
  /** The cooperative that they are to join. */
  readonly cooperative: string;
  /** Identity of who is to join. */
  readonly did: string;
  /** `Membership.numberOfDid(cooperative, did)` now: a vouch serves one admission. */
  readonly lastNumber: bigint;
  /** Last second at which the vouch is accepted. */
  readonly deadline: bigint;
}

/** A signed vouch, as in `ISponsorAdmission.Vouch`. */
export interface Vouch {
  /** Account of a member. */
  readonly sponsor: string;
  readonly deadline: bigint;
  readonly signature: string;
}

/** What an issuer signs about somebody, for `CredentialAdmission`. */
export interface MembershipCredential {
  /** The issuer's identity. */
  readonly issuer: string;
  /** The cooperative that trusts the issuer. */
  readonly cooperative: string;
  /** Identity of the holder. */
  readonly did: string;
  /** `Membership.numberOfDid(cooperative, did)` now: a credential serves one admission. */
  readonly lastNumber: bigint;
  /** Last second at which the credential is accepted. */
  readonly validUntil: bigint;
}

/** EIP-712 type of a vouch. */
export const VOUCH_TYPES = {
  Vouch: [
    { name: "cooperative", type: "address" },
    { name: "did", type: "address" },
    { name: "lastNumber", type: "uint256" },
    { name: "deadline", type: "uint48" },
  ],
};

/** EIP-712 type of a credential. */
export const CREDENTIAL_TYPES = {
  MembershipCredential: [
    { name: "issuer", type: "address" },
    { name: "cooperative", type: "address" },
    { name: "did", type: "address" },
    { name: "lastNumber", type: "uint256" },
    { name: "validUntil", type: "uint48" },
  ],
};

/** EIP-712 domain of the module that admits by sponsors. */
export function vouchDomain(module: string, chainId: bigint): TypedDataDomain {
  return { name: "Artel Sponsors", version: "1", chainId, verifyingContract: module };
}

/** EIP-712 domain of the module that admits by credential. */
export function credentialDomain(module: string, chainId: bigint): TypedDataDomain {
  return { name: "Artel Credentials", version: "1", chainId, verifyingContract: module };
}

/**
 * Signs a vouch.
 * @param signer - the key of a member's account, or the one behind the wallet contract that is the account
 * @param sponsor - the wallet contract, if the account is one
 */
export async function signVouch(
  signer: Signer,
  module: string,
  chainId: bigint,
  vouching: Vouching,
  sponsor?: string,
): Promise<Vouch> {
  const signature = await signer.signTypedData(vouchDomain(module, chainId), VOUCH_TYPES, vouching);
  return { sponsor: sponsor ?? (await signer.getAddress()), deadline: vouching.deadline, signature };
}

/** The proof for `Membership.join` through sponsors, in the order that the module asks for. */
export function encodeVouches(vouches: readonly Vouch[]): string {
  const ordered = [...vouches].sort((a, b) => (BigInt(a.sponsor) < BigInt(b.sponsor) ? -1 : 1));
  return AbiCoder.defaultAbiCoder().encode(["tuple(address sponsor, uint48 deadline, bytes signature)[]"], [ordered]);
}

/**
 * Signs a credential.
 * @param signer - the key of the owner of the issuer's identity, or the one behind the wallet contract that is the owner
 */
export async function signCredential(
  signer: Signer,
  module: string,
  chainId: bigint,
  credential: MembershipCredential,
): Promise<string> {
  return signer.signTypedData(credentialDomain(module, chainId), CREDENTIAL_TYPES, credential);
}

/** The proof for `Membership.join` through a credential. */
export function encodeCredential({ issuer, validUntil }: MembershipCredential, signature: string): string {
  return AbiCoder.defaultAbiCoder().encode(["address", "uint48", "bytes"], [issuer, validUntil, signature]);
}
