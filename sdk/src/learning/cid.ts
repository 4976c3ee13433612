import { sha256 } from "@noble/hashes/sha2.js";
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js";
import { CID } from "multiformats/cid";
import * as raw from "multiformats/codecs/raw";
import * as Digest from "multiformats/hashes/digest";
import { CidKindError, ContentTooLargeError } from "./errors.js";

/** Largest content one raw block may hold: 1 MiB. */
export const MAX_CONTENT_BYTES = 1 << 20;

/** Multihash code of sha2-256. */
const SHA2_256 = 0x12;

/**
 * Identifier of some content: CIDv1, raw codec, sha2-256.
 *
 * @throws ContentTooLargeError above {@link MAX_CONTENT_BYTES}
 */
export function cidOf(content: Uint8Array): CID {
  if (content.length > MAX_CONTENT_BYTES) throw new ContentTooLargeError(content.length, MAX_CONTENT_BYTES);
  return CID.createV1(raw.code, Digest.create(SHA2_256, sha256(content)));
}

/**
 * Binary form of an identifier, 36 bytes, as the chain carries it in `bytes`.
 *
 * @throws CidKindError unless CIDv1, raw, sha2-256
 */
export function cidToBytes(cid: CID): Uint8Array {
  return checked(cid).bytes;
}

/**
 * Reads a binary identifier.
 *
 * @throws CidKindError when the bytes are no identifier, or one of another kind
 */
export function cidFromBytes(bytes: Uint8Array): CID {
  let cid: CID;
  try {
    cid = CID.decode(bytes);
  } catch (cause) {
    throw new CidKindError(`0x${bytesToHex(bytes)}`, { cause });
  }
  return checked(cid);
}

/**
 * Reads an identifier from text.
 *
 * @throws CidKindError when the text is no identifier, or one of another kind
 */
export function cidFromString(text: string): CID {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch (cause) {
    throw new CidKindError(text, { cause });
  }
  return checked(cid);
}

/**
 * The sha2-256 digest in an identifier, as a bytes32.
 *
 * @throws CidKindError unless CIDv1, raw, sha2-256
 */
export function cidToDigest(cid: CID): string {
  return `0x${bytesToHex(checked(cid).multihash.digest)}`;
}

/**
 * The identifier of the raw content with this sha2-256 digest.
 *
 * @param digest - 0x-prefixed bytes32
 * @throws CidKindError when `digest` is not 32 bytes of hex
 */
export function cidFromDigest(digest: string): CID {
  if (!/^0x[0-9a-f]{64}$/i.test(digest)) throw new CidKindError(digest);
  return CID.createV1(raw.code, Digest.create(SHA2_256, hexToBytes(digest.slice(2))));
}

function checked(cid: CID): CID {
  const { version, code, multihash } = cid;
  if (version !== 1 || code !== raw.code || multihash.code !== SHA2_256 || multihash.size !== 32)
    throw new CidKindError(cid);
  return cid;
}
