import { Bytes } from "@graphprotocol/graph-ts";

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

/** A binary CID as text: base58 for version 0, multibase base32 for all others. */
export function cidText(cid: Bytes): string {
  if (cid.length == 34 && cid[0] == 0x12 && cid[1] == 0x20) return cid.toBase58();
  let out = "b";
  let bits: u32 = 0;
  let count = 0;
  for (let i = 0; i < cid.length; i++) {
    // At most 4 bits are left over, so 12 bits at most.
    bits = ((bits & 0x0f) << 8) | cid[i];
    count += 8;
    while (count >= 5) {
      count -= 5;
      out += BASE32.charAt((bits >> count) & 0x1f);
    }
  }
  if (count > 0) out += BASE32.charAt((bits << (5 - count)) & 0x1f);
  return out;
}

/** A vector of scores: two bytes each, big-endian, two's complement. */
export function scores(vector: Bytes): i32[] {
  const out: i32[] = [];
  for (let i = 0; i + 1 < vector.length; i += 2) {
    // The cast takes the low 16 bits as a signed number.
    out.push((((vector[i] as i32) << 8) | (vector[i + 1] as i32)) as i16);
  }
  return out;
}
