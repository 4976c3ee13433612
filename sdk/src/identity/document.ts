import { computeAddress, getBytes, toUtf8String } from "ethers";

import type { IdentityEvent } from "./history.js";
import { isKeyType, toMultikey } from "./keys.js";

/** A verification method of a DID document; which of the optional members it has follows from its type. */
export interface VerificationMethod {
  readonly id: string;
  readonly type: string;
  readonly controller: string;
  readonly blockchainAccountId?: string;
  readonly publicKeyMultibase?: string;
}

/** A service of a DID document. */
export interface Service {
  readonly id: string;
  readonly type: string;
  readonly serviceEndpoint: string | Record<string, unknown> | readonly (string | Record<string, unknown>)[];
}

/** A DID document in JSON-LD. */
export interface DidDocument {
  readonly "@context": readonly string[];
  readonly id: string;
  readonly verificationMethod: readonly VerificationMethod[];
  readonly authentication: readonly string[];
  readonly assertionMethod: readonly string[];
  readonly keyAgreement?: readonly string[];
  readonly service?: readonly Service[];
}

/** What the events of an identity amount to. */
export interface Version {
  readonly document: DidDocument;
  readonly deactivated: boolean;
}

/** Who a document is about, and when. */
export interface Moment {
  /** The DID as it was asked for. */
  readonly did: string;
  readonly identity: string;
  readonly chainId: bigint;
  /** Unix time in seconds at which ends of validity are judged. */
  readonly now: bigint;
  /** The key in the DID itself, compressed and hexadecimal. */
  readonly publicKey?: string;
}

const CONTEXT = "https://www.w3.org/ns/did/v1";
/** Defines EcdsaSecp256k1RecoveryMethod2020 and blockchainAccountId. */
const RECOVERY_METHOD_CONTEXT = "https://w3id.org/security/suites/secp256k1recovery-2020/v2";
/** Defines Multikey and publicKeyMultibase. */
const MULTIKEY_CONTEXT = "https://w3id.org/security/multikey/v1";
/** Names of attributes that a document shows: section, type and, of a key, purpose. */
export const PUBLISHED = /^did\/(pub|svc)\/(\w+)(?:\/(\w+))?(?:\/\w+)?$/;
const ZERO = "0x0000000000000000000000000000000000000000";

/**
 * The document that a history leaves. Numbers of delegates and services count as in did:ethr, every naming and every
 * revocation, so that a fragment never comes to mean another key.
 * @param history - oldest first, up to the version in question
 */
export function buildDocument(history: readonly IdentityEvent[], moment: Moment): Version {
  const { did, identity, chainId, now, publicKey } = moment;
  const methods = new Map<string, { method: VerificationMethod; purpose: string }>();
  const services = new Map<string, Service>();
  let owner = identity;
  let delegates = 0;
  let served = 0;

  for (const event of history) {
    if (event.kind === "owner") {
      owner = event.owner;
      continue;
    }
    const live = event.validTo > now;
    const text = decodeName(event.name);
    if (event.kind === "delegate") {
      const key = `${event.kind} ${event.name} ${event.delegate}`;
      const id = `${did}#delegate-${++delegates}`;
      methods.delete(key);
      if (live && (text === "veriKey" || text === "sigAuth")) {
        methods.set(key, { method: accountMethod(id, did, chainId, event.delegate), purpose: text });
      }
      continue;
    }
    const key = `${event.kind} ${event.name} ${event.value}`;
    const [, section, type, purpose] = PUBLISHED.exec(text) ?? [];
    if (section === "pub") {
      const id = `${did}#delegate-${++delegates}`;
      const publicKeyMultibase = multikey(type, event.value);
      methods.delete(key);
      if (live && publicKeyMultibase !== undefined) {
        const method = { id, type: "Multikey", controller: did, publicKeyMultibase };
        methods.set(key, { method, purpose: purpose ?? "veriKey" });
      }
    } else if (section === "svc") {
      const id = `${did}#service-${++served}`;
      const serviceEndpoint = endpoint(event.value);
      services.delete(key);
      if (live && serviceEndpoint !== undefined) services.set(key, { id, type, serviceEndpoint });
    }
  }

  if (owner === ZERO) {
    const none = { verificationMethod: [], authentication: [], assertionMethod: [] };
    return { document: { "@context": [CONTEXT], id: did, ...none }, deactivated: true };
  }
  const controllers = [accountMethod(`${did}#controller`, did, chainId, owner)];
  if (publicKey !== undefined && computeAddress(publicKey) === owner) {
    const publicKeyMultibase = toMultikey("Secp256k1", getBytes(publicKey));
    controllers.push({ id: `${did}#controllerKey`, type: "Multikey", controller: did, publicKeyMultibase });
  }
  const published = [...methods.values()];
  const idsFor = (...purposes: string[]) =>
    published.filter(({ purpose }) => purposes.includes(purpose)).map(({ method }) => method.id);
  const verificationMethod = [...controllers, ...published.map(({ method }) => method)];
  const control = controllers.map(({ id }) => id);
  const keyAgreement = idsFor("enc");
  const hasMultikey = verificationMethod.some(({ type }) => type === "Multikey");
  const document = {
    "@context": [CONTEXT, RECOVERY_METHOD_CONTEXT, ...(hasMultikey ? [MULTIKEY_CONTEXT] : [])],
    id: did,
    verificationMethod,
    authentication: [...control, ...idsFor("sigAuth")],
    assertionMethod: [...control, ...idsFor("veriKey", "sigAuth")],
    ...(keyAgreement.length > 0 && { keyAgreement }),
    ...(services.size > 0 && { service: [...services.values()] }),
  };
  return { document, deactivated: false };
}

function accountMethod(id: string, controller: string, chainId: bigint, account: string): VerificationMethod {
  const blockchainAccountId = `eip155:${chainId}:${account}`;
  return { id, type: "EcdsaSecp256k1RecoveryMethod2020", controller, blockchainAccountId };
}

/** A name as text; what is not UTF-8 names nothing that a document shows. */
export function decodeName(name: string): string {
  try {
    return toUtf8String(name).replace(/\0+$/, "");
  } catch {
    return "";
  }
}

/** Anybody may publish any bytes: a key that is none of its type is left out. */
function multikey(type: string, value: string): string | undefined {
  if (!isKeyType(type)) return undefined;
  try {
    return toMultikey(type, getBytes(value));
  } catch {
    return undefined;
  }
}

/** A service's endpoint as DID Core allows it: a URI, a map, or a list of these. */
function endpoint(value: string): Service["serviceEndpoint"] | undefined {
  let text: string;
  try {
    text = toUtf8String(value);
  } catch {
    return undefined;
  }
  if (URL.canParse(text)) return text;
  try {
    const parsed: unknown = JSON.parse(text);
    const sound = Array.isArray(parsed) ? parsed.length > 0 && parsed.every(isEndpoint) : isEndpoint(parsed);
    return sound ? (parsed as Service["serviceEndpoint"]) : undefined;
  } catch {
    return undefined;
  }
}

function isEndpoint(value: unknown): boolean {
  if (typeof value === "string") return URL.canParse(value);
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
