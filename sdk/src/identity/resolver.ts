import { computeAddress, getAddress, type Provider } from "ethers";

import { DIDRegistry__factory } from "../contracts/index.js";
import { buildDocument, type DidDocument } from "./document.js";
import { readHistory } from "./history.js";

/** A chain that the resolver reads. */
export interface ResolverNetwork {
  readonly provider: Provider;
  /** Address of its DIDRegistry. */
  readonly registry: string;
  readonly chainId: bigint;
  /** Names in a DID beside the chain id in hexadecimal; `mainnet` also stands for none. */
  readonly names?: readonly string[];
}

/** What guardians can do to an identity, and what its owner announced; times in ISO 8601. */
export interface RecoveryState {
  readonly threshold: number;
  readonly superThreshold: number;
  /** Seconds. */
  readonly delay: number;
  /** When other guardians may be put in force. */
  readonly guardiansDue?: string;
  /** When the identity may be deactivated. */
  readonly deactivationDue?: string;
  /** Whether the owner has used the one cancellation. */
  readonly cancelled: boolean;
  readonly running?: { readonly successor: string; readonly readyAt: string; readonly uncancellable: boolean };
}

/** Metadata of a document, as DID Core names them, and the state of recovery. */
export interface DocumentMetadata {
  /** Block of the last change in this version. */
  readonly versionId?: string;
  readonly updated?: string;
  /** Block of the change that ended this version. */
  readonly nextVersionId?: string;
  readonly nextUpdate?: string;
  readonly deactivated?: true;
  /** Of the latest version only, and only with guardians. */
  readonly recovery?: RecoveryState;
}

/** Why a DID did not resolve, in the words of DID Resolution. */
export type ResolutionError =
  "invalidDid" | "invalidDidUrl" | "methodNotSupported" | "representationNotSupported" | "notFound" | "internalError";

/** Result of a resolution; its shape is that of the package `did-resolver`. */
export interface ResolutionResult {
  readonly didResolutionMetadata: {
    readonly contentType?: string;
    readonly error?: ResolutionError;
    readonly message?: string;
  };
  readonly didDocument: DidDocument | null;
  readonly didDocumentMetadata: DocumentMetadata;
}

/** Options of a resolution. */
export interface ResolutionOptions {
  /** Media type of the document: `application/did+ld+json` (default), `application/did+json`. */
  readonly accept?: string;
}

const JSON_LD = "application/did+ld+json";
const PLAIN_JSON = "application/did+json";
const DID_ETHR = /^did:ethr:(?:([\w.-]+(?::[\w.-]+)*):)?(0x[0-9a-fA-F]{40}|0x0[23][0-9a-fA-F]{64})$/;

class Refusal extends Error {
  constructor(
    readonly error: ResolutionError,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Resolves did:ethr against Artel's registry, with what published resolvers leave out: keys of every type as Multikey,
 * deactivation for good, the state of recovery. Never throws; failures are in the result.
 * @param networks - chains to read
 * @returns resolves a DID, or a DID URL with `versionId=<block>`; ends of validity are judged by the chain's clock
 */
export function createResolver(networks: readonly ResolverNetwork[]) {
  return async (didUrl: string, options: ResolutionOptions = {}): Promise<ResolutionResult> => {
    try {
      return await resolve(networks, didUrl, options);
    } catch (cause) {
      const error = cause instanceof Refusal ? cause.error : "internalError";
      const message = cause instanceof Error ? cause.message : String(cause);
      return { didResolutionMetadata: { error, message }, didDocument: null, didDocumentMetadata: {} };
    }
  };
}

/**
 * The same for the package `did-resolver`: `new Resolver(getResolver(networks))`.
 * @param networks - chains to read
 */
export function getResolver(networks: readonly ResolverNetwork[]) {
  const resolveUrl = createResolver(networks);
  return {
    ethr: (_did: string, parsed: { didUrl: string }, _resolver: unknown, options: ResolutionOptions) =>
      resolveUrl(parsed.didUrl, options),
  };
}

async function resolve(
  networks: readonly ResolverNetwork[],
  didUrl: string,
  { accept = JSON_LD }: ResolutionOptions,
): Promise<ResolutionResult> {
  if (accept !== JSON_LD && accept !== PLAIN_JSON) {
    throw new Refusal("representationNotSupported", `There is no ${accept}; ask for ${JSON_LD} or ${PLAIN_JSON}.`);
  }
  const { did, network, identity, publicKey, versionId } = parse(networks, didUrl);
  const { provider, registry, chainId } = network;
  const latest = await blockAt(provider, "latest");
  if (versionId !== undefined && versionId > latest.number) {
    throw new Refusal("notFound", `Block ${versionId} is not on the chain yet.`);
  }
  const history = await readHistory(provider, registry, identity);
  const version = versionId === undefined ? history : history.filter(({ block }) => block <= versionId);
  const next = history[version.length];
  const now = versionId === undefined ? latest.timestamp : (await blockAt(provider, versionId)).timestamp;
  const moment = { did, identity, chainId, now: BigInt(now), publicKey };
  const { document, deactivated } = buildDocument(version, moment);
  const last = version.at(-1);
  const recovery =
    versionId === undefined && !deactivated ? await readRecovery(provider, registry, identity) : undefined;
  const didDocumentMetadata: DocumentMetadata = {
    ...(last && { versionId: String(last.block), updated: iso((await blockAt(provider, last.block)).timestamp) }),
    ...(next && {
      nextVersionId: String(next.block),
      nextUpdate: iso((await blockAt(provider, next.block)).timestamp),
    }),
    ...(deactivated && { deactivated }),
    ...(recovery && { recovery }),
  };
  return {
    didResolutionMetadata: { contentType: accept },
    didDocument: accept === JSON_LD ? document : withoutContext(document),
    didDocumentMetadata,
  };
}

/** Plain JSON leaves out the context, which the type asks for. */
function withoutContext(document: DidDocument): DidDocument {
  const members = Object.entries(document).filter(([name]) => name !== "@context");
  return Object.fromEntries(members) as unknown as DidDocument;
}

function parse(networks: readonly ResolverNetwork[], didUrl: string) {
  const [, did, query] = /^([^?#/;]+)(?:\?([^#]*))?$/.exec(didUrl) ?? [];
  if (did === undefined) throw new Refusal("invalidDidUrl", `${didUrl} is no DID, nor one with a query.`);
  if (/^did:[a-z0-9]+:./.test(did) && !did.startsWith("did:ethr:")) {
    throw new Refusal("methodNotSupported", `${did} is not of the method did:ethr.`);
  }
  const [, name = "mainnet", id] = DID_ETHR.exec(did) ?? [];
  if (id === undefined) throw new Refusal("invalidDid", `${did} is not a did:ethr of an address or a public key.`);
  const network = networks.find(({ chainId, names = [] }) => {
    return names.includes(name) || (/^0x[0-9a-fA-F]+$/.test(name) && BigInt(name) === chainId);
  });
  if (network === undefined) throw new Refusal("notFound", `No chain is configured under the name ${name}.`);
  const version = new URLSearchParams(query).get("versionId");
  if (version !== null && !/^(0|[1-9]\d{0,14})$/.test(version)) {
    throw new Refusal("invalidDidUrl", `versionId ${version} is not the number of a block.`);
  }
  const publicKey = id.length > 42 ? id : undefined;
  try {
    const identity = publicKey === undefined ? getAddress(id.toLowerCase()) : computeAddress(publicKey);
    return { did, network, identity, publicKey, versionId: version === null ? undefined : Number(version) };
  } catch {
    throw new Refusal("invalidDid", `${id} is no point of secp256k1.`);
  }
}

async function blockAt(provider: Provider, tag: number | "latest") {
  const block = await provider.getBlock(tag);
  if (block === null) throw new Refusal("notFound", `The node does not know block ${tag}.`);
  return block;
}

async function readRecovery(
  provider: Provider,
  registry: string,
  identity: string,
): Promise<RecoveryState | undefined> {
  const contract = DIDRegistry__factory.connect(registry, provider);
  const [guards, recovery] = await Promise.all([contract.guardianship(identity), contract.recovery(identity)]);
  if (guards.threshold === 0n) return undefined;
  const { successor, readyAt, uncancellable, cancelled } = recovery;
  return {
    threshold: Number(guards.threshold),
    superThreshold: Number(guards.superThreshold),
    delay: Number(guards.delay),
    ...(guards.guardiansDue !== 0n && { guardiansDue: iso(Number(guards.guardiansDue)) }),
    ...(guards.deactivationDue !== 0n && { deactivationDue: iso(Number(guards.deactivationDue)) }),
    cancelled,
    ...(readyAt !== 0n && { running: { successor, readyAt: iso(Number(readyAt)), uncancellable } }),
  };
}

/** Unix time as DID Core writes it: UTC, without fractions. */
function iso(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace(".000", "");
}
