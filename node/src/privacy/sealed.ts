import { createCipheriv, createDecipheriv, createHash, hkdfSync } from "node:crypto";

import { Aes256Gcm, CipherSuite, HkdfSha256 } from "@hpke/core";
import { XWing } from "@hpke/hybridkem-x-wing";
import { AbiCoder, getAddress, getBytes } from "ethers";

import { KeyFormatError, RecipientsError } from "../errors.js";
import { validateUpdate } from "../validate.js";
import type { OpenedUpdate, PrivacyMode, Recipient, UpdateContext, Unreadability, Wraps } from "./PrivacyMode.js";
import { decodeWraps, encodeWraps, SEALED_BYTES, type Wrap } from "./wraps.js";

/** Who seals and opens: one secret serves a party as a client and as a recipient. */
export interface Sealer {
  /** Address under which the party takes part in the task. */
  readonly account: string;
  /** 32 random bytes that nobody else knows. */
  readonly secret: Uint8Array;
}

/** HPKE (RFC 9180), base mode, with X-Wing (draft-connolly-cfrg-xwing-kem): safe while X25519 or ML-KEM-768 is. */
const SUITE = new CipherSuite({ kem: new XWing(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
const CIPHER = "aes-256-gcm";
const MAGIC = Buffer.from("ARTELSU1", "latin1");
const KEY_BYTES = 32;
const TAG_BYTES = 16;
const ENCAPSULATION_BYTES = SUITE.kem.encSize;
const ENCAPSULATION_SEED_BYTES = 64;
/** Every content key encrypts one plaintext, the one it is derived from: no two can meet under this nonce. */
const NONCE = new Uint8Array(12);

/**
 * The key to publish for a task, so that updates can be sealed to the party.
 *
 * @throws KeyFormatError for a secret of other than 32 bytes
 */
export async function sealingKeyOf(secret: Uint8Array): Promise<Uint8Array> {
  const { publicKey } = await keyPairOf(secret);
  return new Uint8Array(await SUITE.kem.serializePublicKey(publicKey));
}

/**
 * Updates that only their panel and the aggregators can read.
 *
 * An update is encrypted with AES-256-GCM under a key of its own, bound to chain, contract, task, round and client:
 * magic, ciphertext, tag. The key is sealed to each recipient, bound to the same place, the ciphertext and the recipient.
 * It is derived from the client's secret and the update, so that a client that was interrupted comes to the same content
 * without keeping keys, and it leaves these functions only sealed.
 *
 * The randomness of every wrap is derived from the key that it hides, so that whoever reads the update can make the wraps of
 * all other recipients again, and see whether they can read it too. The key is as good as random to everybody else, and no
 * two wraps share their randomness: what is derived from it gives away nothing.
 *
 * GCM does not commit to its key: a ciphertext can be made that opens under two keys. What was opened is therefore held
 * against the root that the client committed to, so that all who read an update read the same.
 *
 * @throws KeyFormatError for a secret of other than 32 bytes
 */
export function sealedMode({ account, secret }: Sealer): PrivacyMode {
  const reader = getAddress(account);
  if (secret.length !== KEY_BYTES) throw new KeyFormatError(secret.length);
  const keyPair = keyPairOf(secret);
  const contentKey = (update: Uint8Array, place: Uint8Array) =>
    derive(secret, Buffer.concat([Buffer.from("content", "latin1"), place, sha256(update)]));

  const seal = (update: Uint8Array, place: Uint8Array, key: Uint8Array) => {
    const cipher = createCipheriv(CIPHER, key, NONCE).setAAD(place);
    return Buffer.concat([MAGIC, cipher.update(update), cipher.final(), cipher.getAuthTag()]);
  };

  const unwrap = async (wraps: Uint8Array | undefined, content: Uint8Array, place: Uint8Array) => {
    if (wraps === undefined) return "wraps-missing";
    const bundle = decodeWraps(wraps);
    if (bundle === undefined) return "wraps-malformed";
    const mine = bundle.find((wrap) => wrap.account === reader);
    if (mine === undefined) return "not-a-recipient";
    const { privateKey } = await keyPair;
    try {
      const key = await SUITE.open(
        {
          recipientKey: privateKey,
          enc: mine.sealed.slice(0, ENCAPSULATION_BYTES),
          info: boundTo(place, content, reader),
        },
        mine.sealed.slice(ENCAPSULATION_BYTES),
      );
      return new Uint8Array(key);
    } catch {
      return "wrap";
    }
  };

  return {
    kind: "sealed",

    protect(update, context) {
      const place = placeOf(context);
      return seal(update, place, contentKey(update, place));
    },

    async wrap(update, context, recipients) {
      if (recipients.length === 0) throw new RecipientsError(0, "an update needs readers");
      const place = placeOf(context);
      const key = contentKey(update, place);
      return wrapsOf(key, place, seal(update, place, key), recipients);
    },

    async open({ content, wraps }, context, { declared, parameters, seen, recipients }): Promise<OpenedUpdate> {
      const unreadable = (reason: Unreadability) => ({ valid: false, reason }) as const;
      const sealed = content.subarray(MAGIC.length);
      if (sealed.length !== parameters * 4 + TAG_BYTES || !MAGIC.equals(content.subarray(0, MAGIC.length)))
        return unreadable("content");
      const place = placeOf(context);
      const key = await unwrap(wraps, content, place);
      if (typeof key === "string") return unreadable(key);
      const plain = decrypt(sealed, key, place);
      if (plain === undefined) return unreadable("ciphertext");
      if (recipients !== undefined) {
        const { bundle } = await wrapsOf(key, place, content, recipients);
        if (Buffer.compare(bundle, wraps!) !== 0) return unreadable("recipients");
      }
      return validateUpdate(plain, declared, parameters, seen);
    },
  };
}

/** The wraps of a key for these recipients. */
async function wrapsOf(
  key: Uint8Array,
  place: Uint8Array,
  content: Uint8Array,
  recipients: readonly Recipient[],
): Promise<Wraps> {
  const wraps: Wrap[] = [];
  const unreached: string[] = [];
  for (const recipient of recipients) {
    const sealed = await sealTo(recipient, key, boundTo(place, content, recipient.account));
    if (sealed === undefined) unreached.push(recipient.account);
    else wraps.push({ account: recipient.account, sealed });
  }
  return { bundle: encodeWraps(wraps), unreached };
}

async function keyPairOf(secret: Uint8Array) {
  if (secret.length !== KEY_BYTES) throw new KeyFormatError(secret.length);
  return SUITE.kem.deriveKeyPair(derive(secret, Buffer.from("recipient", "latin1")).buffer as ArrayBuffer);
}

/** A key for one use. */
function derive(secret: Uint8Array, use: Uint8Array, bytes = KEY_BYTES): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret, MAGIC, use, bytes));
}

/** The key sealed to a recipient; undefined if its public key is missing or unusable, which nobody else is to suffer for. */
async function sealTo({ publicKey }: Recipient, key: Uint8Array, info: Uint8Array): Promise<Uint8Array | undefined> {
  if (publicKey === undefined) return undefined;
  try {
    const recipientPublicKey = await SUITE.kem.deserializePublicKey(publicKey);
    const ekm = derive(key, Buffer.concat([Buffer.from("encapsulation", "latin1"), info]), ENCAPSULATION_SEED_BYTES);
    const { enc, ct } = await SUITE.seal({ recipientPublicKey, info, ekm }, key);
    const sealed = Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]);
    return sealed.length === SEALED_BYTES ? sealed : undefined;
  } catch {
    return undefined;
  }
}

function decrypt(sealed: Uint8Array, key: Uint8Array, place: Uint8Array): Uint8Array | undefined {
  const decipher = createDecipheriv(CIPHER, key, NONCE, { authTagLength: TAG_BYTES })
    .setAAD(place)
    .setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG_BYTES)), decipher.final()]);
  } catch {
    return undefined;
  }
}

/** What a ciphertext is bound to. */
function placeOf({ chainId, contract, taskId, round, client }: UpdateContext): Uint8Array {
  const types = ["uint256", "address", "uint256", "uint256", "address"];
  return getBytes(AbiCoder.defaultAbiCoder().encode(types, [chainId, contract, taskId, round, client]));
}

/** What a wrap is bound to. */
function boundTo(place: Uint8Array, content: Uint8Array, account: string): Uint8Array {
  return Buffer.concat([place, sha256(content), getBytes(account)]);
}

function sha256(bytes: Uint8Array): Uint8Array {
  return createHash("sha256").update(bytes).digest();
}
