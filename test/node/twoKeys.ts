import { createCipheriv } from "node:crypto";

const NONCE = new Uint8Array(12);
/** Reduction of GF(2^128) in the order of bits that GCM uses. */
const POLYNOMIAL = 0xe1n << 120n;

/**
 * A ciphertext that AES-256-GCM opens under two keys, with the nonce zero: one block of it is solved for, so that both
 * keys give the same tag.
 *
 * @param blocks - length of the plaintexts in blocks of 16 bytes, at least 1
 * @returns ciphertext and tag
 */
export function underTwoKeys(keys: readonly [Uint8Array, Uint8Array], associated: Uint8Array, blocks: number) {
  const ciphertext = Buffer.alloc(blocks * 16, 7);
  const last = ciphertext.subarray(-16).fill(0);
  const [first, second] = keys.map((key) => ({
    tag: toField(tagOf(key, associated, ciphertext)),
    square: squareOf(key),
  }));
  // with x as the last block a tag is tag(0) + x * H^2: the length follows it as the only other block
  const x = multiply(first.tag ^ second.tag, inverse(first.square ^ second.square));
  last.set(Buffer.from(x.toString(16).padStart(32, "0"), "hex"));
  return Buffer.concat([ciphertext, tagOf(keys[0], associated, ciphertext)]);
}

/** The tag of a given ciphertext. */
function tagOf(key: Uint8Array, associated: Uint8Array, ciphertext: Uint8Array): Buffer {
  const stream = createCipheriv("aes-256-gcm", key, NONCE).update(new Uint8Array(ciphertext.length));
  const cipher = createCipheriv("aes-256-gcm", key, NONCE).setAAD(associated);
  cipher.update(stream.map((byte, i) => byte ^ ciphertext[i]));
  cipher.final();
  return cipher.getAuthTag();
}

/** Square of GCM's hash key. */
function squareOf(key: Uint8Array): bigint {
  const h = toField(createCipheriv("aes-256-ecb", key, null).update(new Uint8Array(16)));
  return multiply(h, h);
}

function toField(block: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(block).toString("hex")}`);
}

function multiply(left: bigint, right: bigint): bigint {
  let product = 0n;
  for (let bit = 127n, v = left; bit >= 0n; bit--) {
    if ((right >> bit) & 1n) product ^= v;
    v = v & 1n ? (v >> 1n) ^ POLYNOMIAL : v >> 1n;
  }
  return product;
}

/** By Fermat: to the power of 2^128 - 2. */
function inverse(value: bigint): bigint {
  let power = value;
  let result = 1n << 127n;
  for (let i = 0; i < 127; i++) {
    power = multiply(power, power);
    result = multiply(result, power);
  }
  return result;
}
