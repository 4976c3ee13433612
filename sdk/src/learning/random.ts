import { sha256 } from "@noble/hashes/sha2.js";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { SampleCountError } from "./errors.js";

/** A seeded stream of pseudo-random numbers, equal on every platform. Not for secrets. */
export interface Random {
  /** The next uniform integer in [0, 2^32). */
  uint32(): number;
  /** The next uniform number in [0, 1), with 53 random bits. */
  next(): number;
  /** The next uniform integer in [0, bound), without modulo bias. */
  below(bound: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<T extends { [index: number]: number; length: number }>(items: T): T;
}

/**
 * Opens a stream named by its parts: equal parts, equal stream; any other part, an unrelated one.
 * The generator is sfc32 keyed with sha2-256 of the parts.
 *
 * @param parts - what the stream is for, for instance `("season-7", "round", 3)`
 */
export function createRandom(...parts: readonly (string | number | bigint)[]): Random {
  const key = sha256(utf8ToBytes(JSON.stringify(parts.map(String))));
  const words = new DataView(key.buffer, key.byteOffset);
  let a = words.getInt32(0);
  let b = words.getInt32(4);
  let c = words.getInt32(8);
  let counter = words.getInt32(12);

  const uint32 = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  const below = (bound: number) => {
    if (!Number.isInteger(bound) || bound < 1 || bound > 0xffffffff) throw new SampleCountError(bound);
    // the largest multiple of bound within 2^32; draws above it would favour small results
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let draw = uint32();
    while (draw >= limit) draw = uint32();
    return draw % bound;
  };
  return {
    uint32,
    below,
    next: () => ((uint32() >>> 5) * 2 ** 26 + (uint32() >>> 6)) / 2 ** 53,
    shuffle: (items) => {
      for (let i = items.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const item = items[i];
        items[i] = items[j];
        items[j] = item;
      }
      return items;
    },
  };
}
