import { BigInt, Bytes } from "@graphprotocol/graph-ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

/**
 * Left-aligned text in 32 bytes. What is not printable ASCII is answered in hexadecimal: broken UTF-8 would stop the
 * index, and anybody can write it.
 */
export function text(bytes: Bytes): string {
  let length = bytes.length;
  while (length > 0 && bytes[length - 1] == 0) length--;
  for (let i = 0; i < length; i++) {
    if (bytes[i] < 0x20 || bytes[i] > 0x7e) return bytes.toHexString();
  }
  return String.UTF8.decode(bytes.slice(0, length).buffer);
}

/** Text of the CID of content on IPFS: version 1 in base32, of a multicodec code and a sha2-256 digest. */
export function cidText(codec: BigInt, digest: Bytes): string {
  const prefix: u8[] = [0x01];
  // a variable-length integer: seven bits a byte, the lowest first, the highest bit of all but the last set
  let rest = codec.toU32();
  for (; rest > 0x7f; rest >>= 7) prefix.push(((rest & 0x7f) | 0x80) as u8);
  prefix.push(rest as u8);
  // a sha2-256 digest of 32 bytes
  prefix.push(0x12);
  prefix.push(0x20);

  let out = "b";
  let bits: u32 = 0;
  let count = 0;
  const length = prefix.length + digest.length;
  for (let i = 0; i < length; i++) {
    const byte = i < prefix.length ? prefix[i] : digest[i - prefix.length];
    // At most 4 bits are left over, so 12 bits at most.
    bits = ((bits & 0x0f) << 8) | byte;
    count += 8;
    while (count >= 5) {
      count -= 5;
      out += BASE32.charAt((bits >> count) & 0x1f);
    }
  }
  if (count > 0) out += BASE32.charAt((bits << (5 - count)) & 0x1f);
  return out;
}

/** A number in `length` bytes of a word, big-endian, from byte `from` on. */
export function numberIn(word: Bytes, from: i32, length: i32): BigInt {
  const out = new Uint8Array(length);
  // A BigInt is little-endian.
  for (let i = 0; i < length; i++) out[i] = word[from + length - 1 - i];
  return BigInt.fromUnsignedBytes(Bytes.fromUint8Array(out));
}

/** A score that says: there was nothing to score. */
export const ABSENT: i32 = -32768;

/**
 * Scores of a vector, or medians, in the order of their places: place 8i + j is lane j of the panel's cell i. Each word
 * holds two cells in lanes of four bytes, the first lane last; the first cell has the upper half of each lane.
 */
export function scores(vector: Bytes): i32[] {
  const places = (vector.length / 32) * 16;
  const out = new Array<i32>(places);
  for (let place = 0; place < places; place++) {
    const cell = place >> 3;
    const at = (cell >> 1) * 32 + (7 - (place & 7)) * 4 + (cell & 1) * 2;
    out[place] = (((vector[at] as i32) << 8) | (vector[at + 1] as i32)) + ABSENT;
  }
  return out;
}
