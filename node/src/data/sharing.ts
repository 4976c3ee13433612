import { consentIdOf, type ConsentScope, type IConsentRegistry } from "@artel/sdk";
import { sealingKeysOf, type DidDocument } from "@artel/sdk/identity";
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from "@hpke/core";
import { getBytes } from "ethers";

import { ConsentMissingError, SealingKeyMissingError, SharedRecordError } from "../errors.js";
import type { DataStore } from "./DataStore.js";

/** HPKE (RFC 9180), base mode. */
const SUITE = new CipherSuite({
  kem: new DhkemX25519HkdfSha256(),
  kdf: new HkdfSha256(),
  aead: new Aes256Gcm(),
});
const MAGIC = Buffer.from("ARTELSH1", "latin1");
const ENCAPSULATED_BYTES = 32;

/**
 * Seals a record for the grantee of a consent, and for nobody else: magic, encapsulated key (32 bytes), ciphertext and
 * tag. The key is bound to the consent, so that what was shared for one purpose can't be passed off as another's.
 *
 * @param scope - the consent that it is shared under
 * @param consents - where consents are looked up; the chain's latest block says what time it is
 * @param grantee - the grantee's DID document; its key agreement key that was published last is sealed to
 * @throws ConsentMissingError if the subject has not granted this, or no longer
 * @throws SealingKeyMissingError if the grantee has published no X25519 key
 * @throws RecordNameError, RecordMissingError, RecordTamperedError as {@link DataStore.get}
 */
export async function shareRecord(
  store: DataStore,
  name: string,
  scope: ConsentScope,
  consents: IConsentRegistry,
  grantee: DidDocument,
): Promise<Uint8Array> {
  const { subject, dataHash, purpose } = scope;
  const { timestamp } = (await consents.runner!.provider!.getBlock("latest"))!;
  if (!(await consents.isGranted(subject, scope.grantee, dataHash, purpose, timestamp))) {
    throw new ConsentMissingError(scope);
  }
  const key = sealingKeysOf(grantee).at(-1);
  if (key === undefined) throw new SealingKeyMissingError(grantee.id);
  const { enc, ct } = await SUITE.seal(
    { recipientPublicKey: await SUITE.kem.deserializePublicKey(key), info: boundTo(scope) },
    await store.get(name),
  );
  return Buffer.concat([MAGIC, new Uint8Array(enc), new Uint8Array(ct)]);
}

/**
 * Opens what {@link shareRecord} sealed.
 * @param privateKey - the grantee's X25519 key, 32 bytes
 * @throws SharedRecordError if it was altered, sealed under another consent, or to another key
 */
export async function openShared(shared: Uint8Array, scope: ConsentScope, privateKey: Uint8Array): Promise<Uint8Array> {
  const sealed = shared.subarray(MAGIC.length);
  if (!Buffer.from(shared.subarray(0, MAGIC.length)).equals(MAGIC)) throw new SharedRecordError(shared.length);
  try {
    const recipientKey = await SUITE.kem.deserializePrivateKey(privateKey);
    const enc = sealed.slice(0, ENCAPSULATED_BYTES);
    const plain = await SUITE.open({ recipientKey, enc, info: boundTo(scope) }, sealed.slice(ENCAPSULATED_BYTES));
    return new Uint8Array(plain);
  } catch (cause) {
    throw new SharedRecordError(shared.length, { cause });
  }
}

function boundTo(scope: ConsentScope): Uint8Array {
  return Buffer.concat([MAGIC, getBytes(consentIdOf(scope))]);
}
