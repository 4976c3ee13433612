import { encodeBytes32String, hexlify } from "ethers";
import { base58btc } from "multiformats/bases/base58";
import { varint } from "multiformats";

import { KeyInvalidError, KeyPurposeError } from "./errors.js";

/** What a key is for, in the words of did:ethr's attribute names. */
export type KeyPurpose = "veriKey" | "sigAuth" | "enc";

/** A type of key: its code in the multicodec table, lengths of the raw public key in bytes, and what it can do. */
interface KeyForm {
  readonly code: number;
  readonly lengths: readonly number[];
  readonly agrees: boolean;
}

const signs = (code: number, ...lengths: number[]): KeyForm => ({ code, lengths, agrees: false });
const agrees = (code: number, ...lengths: number[]): KeyForm => ({ code, lengths, agrees: true });

/**
 * Types of keys by their name in an attribute: short enough for 32 bytes with any purpose, and without the hyphen that
 * published resolvers stop at. Points of the elliptic curves may be given uncompressed (65 bytes).
 */
export const KEY_FORMS = {
  Secp256k1: signs(0xe7, 33, 65),
  P256: signs(0x1200, 33, 65),
  Ed25519: signs(0xed, 32),
  X25519: agrees(0xec, 32),
  MLKEM512: agrees(0x120b, 800),
  MLKEM768: agrees(0x120c, 1184),
  MLKEM1024: agrees(0x120d, 1568),
  MLDSA44: signs(0x1210, 1312),
  MLDSA65: signs(0x1211, 1952),
  MLDSA87: signs(0x1212, 2592),
  SLHDSASHA2128s: signs(0x1220, 32),
  SLHDSASHAKE128s: signs(0x1221, 32),
  SLHDSASHA2128f: signs(0x1222, 32),
  SLHDSASHAKE128f: signs(0x1223, 32),
  SLHDSASHA2192s: signs(0x1224, 48),
  SLHDSASHAKE192s: signs(0x1225, 48),
  SLHDSASHA2192f: signs(0x1226, 48),
  SLHDSASHAKE192f: signs(0x1227, 48),
  SLHDSASHA2256s: signs(0x1228, 64),
  SLHDSASHAKE256s: signs(0x1229, 64),
  SLHDSASHA2256f: signs(0x122a, 64),
  SLHDSASHAKE256f: signs(0x122b, 64),
} as const satisfies Record<string, KeyForm>;

/** Name of a type of key. */
export type KeyType = keyof typeof KEY_FORMS;

/** An attribute as `DIDRegistry.setAttribute` takes it. */
export interface KeyAttribute {
  /** Left-aligned text in 32 bytes. */
  readonly name: string;
  /** The raw public key, hexadecimal. */
  readonly value: string;
}

/** Whether a name is that of a known type of key. */
export function isKeyType(name: string): name is KeyType {
  return Object.hasOwn(KEY_FORMS, name);
}

/** The form of a type that came from outside. */
function formOf(type: KeyType): KeyForm {
  return KEY_FORMS[type];
}

/** What keys of a type may be published for. */
export function purposesOf(type: KeyType): readonly KeyPurpose[] {
  return formOf(type).agrees ? ["enc"] : ["veriKey", "sigAuth"];
}

/**
 * The attribute that publishes a key.
 * @param type - such as `MLDSA65`
 * @param purpose - `veriKey` to assert, `sigAuth` to log in as well, `enc` to agree on keys
 * @param publicKey - raw bytes
 * @throws KeyInvalidError, KeyPurposeError
 */
export function keyAttribute(type: KeyType, purpose: KeyPurpose, publicKey: Uint8Array): KeyAttribute {
  const purposes = purposesOf(type);
  if (!purposes.includes(purpose)) throw new KeyPurposeError(type, purpose, purposes);
  toMultikey(type, publicKey);
  return { name: attributeName(`did/pub/${type}/${purpose}`), value: hexlify(publicKey) };
}

/** An attribute's name as 32 bytes. At most 32 characters of ASCII: ethers' helper keeps one byte for an end. */
export function attributeName(text: string): string {
  const bytes = new TextEncoder().encode(text);
  return bytes.length === 32 ? hexlify(bytes) : encodeBytes32String(text);
}

/**
 * A public key as the `publicKeyMultibase` of a Multikey: base58btc of the multicodec's varint and the key, points
 * compressed.
 * @throws KeyInvalidError
 */
export function toMultikey(type: KeyType, publicKey: Uint8Array): string {
  const { code, lengths } = formOf(type);
  const uncompressed = lengths.includes(65);
  const key = uncompressed && publicKey.length === 65 ? compress(publicKey) : publicKey;
  const prefixSound = !uncompressed || key[0] === 2 || key[0] === 3;
  if (!lengths.includes(publicKey.length) || !prefixSound) throw new KeyInvalidError(type, publicKey.length, lengths);
  const size = varint.encodingLength(code);
  const bytes = new Uint8Array(size + key.length);
  varint.encodeTo(code, bytes);
  bytes.set(key, size);
  return base58btc.encode(bytes);
}

/** An uncompressed point by its x and the parity of its y; nothing that passes for a point if it is none. */
function compress(point: Uint8Array): Uint8Array {
  const prefix = point[0] === 4 ? 2 + (point[64] & 1) : 0;
  return Uint8Array.of(prefix, ...point.subarray(1, 33));
}
