import { ByteArray, Bytes, crypto } from "@graphprotocol/graph-ts";

const ROUNDS = 8;

/**
 * Numbers at the positions `from` to before `to` of a keyed permutation of those below `size`, as `PermutationLib` makes
 * it: eight rounds, each of which adds a hash of one half of a number to the other half, until the number is below `size`.
 * @param domain tells the permutations of a seed apart.
 */
export function permuted(seed: Bytes, domain: string, size: i32, from: i32, to: i32): i32[] {
  // a ceiling of a square root, of at most 2^24
  let a: u32 = 1;
  while (a * a < (size as u32)) a++;
  const b: u32 = (size - 1) / a + 1;
  const key = crypto.keccak256(crypto.keccak256(ByteArray.fromUTF8(domain)).concat(seed));
  // the key, and a word of the round's number in its upper half and the hashed half of the number in its lower
  const input = new ByteArray(64);
  for (let i = 0; i < 32; i++) input[i] = key[i];

  const out: i32[] = [];
  for (let position = from; position < to; position++) {
    let value: u32 = position;
    do {
      let upper = value / b;
      let lower = value % b;
      for (let round = 0; round < ROUNDS; round += 2) {
        upper = (upper + shift(input, round, lower, a)) % a;
        lower = (lower + shift(input, round + 1, upper, b)) % b;
      }
      value = upper * b + lower;
    } while (value >= (size as u32));
    out.push(value);
  }
  return out;
}

/** What a half of a number is shifted by in a round, given the other half. Both halves are below 2^13. */
function shift(input: ByteArray, round: i32, half: u32, modulus: u32): u32 {
  input[47] = round as u8;
  input[62] = (half >> 8) as u8;
  input[63] = (half & 0xff) as u8;
  const hash = crypto.keccak256(input);
  let rest: u32 = 0;
  for (let i = 0; i < hash.length; i++) rest = (rest * 256 + hash[i]) % modulus;
  return rest;
}
