import { AbiCoder, keccak256, TypedDataEncoder, type Signer, type TypedDataDomain } from "ethers";

/** What a consent is about, as in `IConsentRegistry.Scope`. */
export interface ConsentScope {
  /** Address of the subject's identity. */
  readonly subject: string;
  /** Who may use the data; of a learning task its cooperative. */
  readonly grantee: string;
  /** Hash that points to the data, 32 bytes. */
  readonly dataHash: string;
  /** What for, 32 bytes; of a learning task its `consentPurpose`. */
  readonly purpose: string;
}

/** A grant to sign. */
export interface ConsentGrant extends ConsentScope {
  /** Hash of the terms that the subject has read, 32 bytes. */
  readonly termsHash: string;
  /** Second from which the grant is over. */
  readonly expiresAt: bigint;
  /** `consentOf(id).version` now: the signature fits this version alone. */
  readonly version: bigint;
  /** Last second at which the signature is accepted. */
  readonly deadline: bigint;
}

/** A revocation to sign. */
export interface ConsentRevocation extends ConsentScope {
  /**
   * Last version that it ends. One more than `consentOf(id).version` also ends a signed grant that somebody might send
   * first.
   */
  readonly version: bigint;
  /** Last second at which the signature is accepted. */
  readonly deadline: bigint;
}

/** What `grantBySig` and `revokeBySig` take beside what was signed, as in `IConsentRegistry.Approval`. */
export interface ConsentApproval {
  readonly version: bigint;
  readonly deadline: bigint;
  /** Who signed: an address, or an ERC-7913 signer (verifier and key, owner under its `accountOf`), hexadecimal. */
  readonly signer: string;
  readonly signature: string;
}

const SCOPE = [
  { name: "subject", type: "address" },
  { name: "grantee", type: "address" },
  { name: "dataHash", type: "bytes32" },
  { name: "purpose", type: "bytes32" },
];
const VALIDITY = [
  { name: "version", type: "uint64" },
  { name: "deadline", type: "uint48" },
];

/** EIP-712 type of a grant. */
export const CONSENT_GRANT_TYPES = {
  Grant: [...SCOPE, { name: "termsHash", type: "bytes32" }, { name: "expiresAt", type: "uint48" }, ...VALIDITY],
};

/** EIP-712 type of a revocation. */
export const CONSENT_REVOCATION_TYPES = { Revocation: [...SCOPE, ...VALIDITY] };

/** EIP-712 domain of a consent registry. */
export function consentDomain(registry: string, chainId: bigint): TypedDataDomain {
  return { name: "Artel Consent", version: "1", chainId, verifyingContract: registry };
}

/** Id of a consent, as `ConsentRegistry.idOf` computes it. */
export function consentIdOf({ subject, grantee, dataHash, purpose }: ConsentScope): string {
  const types = SCOPE.map(({ type }) => type);
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, [subject, grantee, dataHash, purpose]));
}

/** What has to be signed to grant, 32 bytes: for keys that are no ethers signer. */
export function consentGrantDigest(registry: string, chainId: bigint, grant: ConsentGrant): string {
  return TypedDataEncoder.hash(consentDomain(registry, chainId), CONSENT_GRANT_TYPES, grant);
}

/** What has to be signed to revoke, 32 bytes: for keys that are no ethers signer. */
export function consentRevocationDigest(registry: string, chainId: bigint, revocation: ConsentRevocation): string {
  return TypedDataEncoder.hash(consentDomain(registry, chainId), CONSENT_REVOCATION_TYPES, revocation);
}

/**
 * Signs a grant for `grantBySig`; anybody may send it.
 * @param signer - the key of the subject's owner, or the one behind the wallet contract that is the owner
 * @param owner - the wallet contract, if the owner is one
 */
export async function signConsentGrant(
  signer: Signer,
  registry: string,
  chainId: bigint,
  grant: ConsentGrant,
  owner?: string,
): Promise<ConsentApproval> {
  const signature = await signer.signTypedData(consentDomain(registry, chainId), CONSENT_GRANT_TYPES, grant);
  return { ...validityOf(grant), signer: owner ?? (await signer.getAddress()), signature };
}

/**
 * Signs a revocation for `revokeBySig`; anybody may send it.
 * @param signer - the key of the subject's owner, or the one behind the wallet contract that is the owner
 * @param owner - the wallet contract, if the owner is one
 */
export async function signConsentRevocation(
  signer: Signer,
  registry: string,
  chainId: bigint,
  revocation: ConsentRevocation,
  owner?: string,
): Promise<ConsentApproval> {
  const domain = consentDomain(registry, chainId);
  const signature = await signer.signTypedData(domain, CONSENT_REVOCATION_TYPES, revocation);
  return { ...validityOf(revocation), signer: owner ?? (await signer.getAddress()), signature };
}

function validityOf({ version, deadline }: ConsentGrant | ConsentRevocation) {
  return { version, deadline };
}
