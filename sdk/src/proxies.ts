import { TypedDataEncoder, type Signer, type TypedDataDomain } from "ethers";

/** The topic that stands for all, as `IProxies.ALL_TOPICS`. The others are the classes of the PolicyBook, 0 to 7. */
export const ALL_TOPICS = 255;

/** What a principal says about a proxy, as in `IProxies.Naming`. */
export interface ProxyNaming {
  /** A class of the PolicyBook, or {@link ALL_TOPICS}. */
  readonly topic: number;
  /** Number of the member named. */
  readonly holder: bigint;
  /** Second from which it is over. */
  readonly until: bigint;
  /** How often it may be passed on. */
  readonly passes: number;
}

/** Whose proxy for which topic a signature is about, and when it is good. */
export interface ProxySubject {
  readonly cooperative: string;
  /** Member number of the principal. */
  readonly principal: bigint;
  readonly topic: number;
  /** Of a naming the version that `proxyOf` tells now; of a revocation the last one that it ends, at least that. */
  readonly version: bigint;
  /** Last second at which the signature is accepted. */
  readonly deadline: bigint;
}

/** A naming to sign. */
export type SignedProxyNaming = ProxySubject & ProxyNaming;

/** What `nameProxyBySig` and `revokeBySig` take last, as `Authorization` has it. */
export interface ProxyAuthorization {
  readonly deadline: bigint;
  /** Who signed: an address, or an ERC-7913 signer (verifier and key), hexadecimal. */
  readonly signer: string;
  readonly signature: string;
}

/** EIP-712 type of a naming. */
export const PROXY_NAMING_TYPES = {
  Naming: [
    { name: "cooperative", type: "address" },
    { name: "principal", type: "uint256" },
    { name: "topic", type: "uint8" },
    { name: "holder", type: "uint256" },
    { name: "until", type: "uint48" },
    { name: "passes", type: "uint8" },
    { name: "version", type: "uint64" },
    { name: "deadline", type: "uint256" },
  ],
};

/** EIP-712 type of a revocation. */
export const PROXY_REVOCATION_TYPES = {
  Revocation: [
    { name: "cooperative", type: "address" },
    { name: "principal", type: "uint256" },
    { name: "topic", type: "uint8" },
    { name: "version", type: "uint64" },
    { name: "deadline", type: "uint256" },
  ],
};

/** EIP-712 domain of the proxies of a network. */
export function proxyDomain(proxies: string, chainId: bigint): TypedDataDomain {
  return { name: "Artel Proxies", version: "1", chainId, verifyingContract: proxies };
}

/** What has to be signed to name a proxy, 32 bytes: for keys that are no ethers signer. */
export function proxyNamingDigest(proxies: string, chainId: bigint, naming: SignedProxyNaming): string {
  return TypedDataEncoder.hash(proxyDomain(proxies, chainId), PROXY_NAMING_TYPES, naming);
}

/** What has to be signed to revoke a proxy, 32 bytes: for keys that are no ethers signer. */
export function proxyRevocationDigest(proxies: string, chainId: bigint, revocation: ProxySubject): string {
  return TypedDataEncoder.hash(proxyDomain(proxies, chainId), PROXY_REVOCATION_TYPES, revocation);
}

/**
 * Signs a naming for `nameProxyBySig`; anybody may send it.
 * @param signer - the key of the principal's account, or the one behind the wallet contract that is the account
 * @param account - the wallet contract, if the account is one
 */
export async function signProxyNaming(
  signer: Signer,
  proxies: string,
  chainId: bigint,
  naming: SignedProxyNaming,
  account?: string,
): Promise<ProxyAuthorization> {
  const signature = await signer.signTypedData(proxyDomain(proxies, chainId), PROXY_NAMING_TYPES, naming);
  return { deadline: naming.deadline, signer: account ?? (await signer.getAddress()), signature };
}

/**
 * Signs a revocation for `revokeBySig`; anybody may send it.
 * @param signer - the key of the principal's account, or the one behind the wallet contract that is the account
 * @param account - the wallet contract, if the account is one
 */
export async function signProxyRevocation(
  signer: Signer,
  proxies: string,
  chainId: bigint,
  revocation: ProxySubject,
  account?: string,
): Promise<ProxyAuthorization> {
  const signature = await signer.signTypedData(proxyDomain(proxies, chainId), PROXY_REVOCATION_TYPES, revocation);
  return { deadline: revocation.deadline, signer: account ?? (await signer.getAddress()), signature };
}
