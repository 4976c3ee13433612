import { randomBytes } from "node:crypto";

/** Gives so many bytes that nobody can foresee. */
export type RandomBytes = (count: number) => Uint8Array;

/** Exact random choices. */
export interface Coins {
  /** True with probability `numerator / denominator`, which is from 0 to 1. */
  bernoulli(numerator: bigint, denominator: bigint): boolean;
  /** True with probability `exp(-numerator / denominator)`, which is at most 1. */
  bernoulliExp(numerator: bigint, denominator: bigint): boolean;
  /** A uniform integer from 0 to `bound - 1`. */
  below(bound: bigint): bigint;
}

const POOL_BYTES = 256;

/**
 * Choices that follow from a source of random bytes, without any rounding.
 *
 * @param source - the system's cryptographic source if omitted; with one that can be foreseen, noise protects nobody
 */
export function createCoins(source: RandomBytes = randomBytes): Coins {
  let pool = new Uint8Array(0);
  let used = 0;
  const byte = () => {
    if (used === pool.length) {
      pool = new Uint8Array(source(POOL_BYTES));
      used = 0;
    }
    const value = pool[used];
    // spent randomness is not kept: who reads the memory later learns no noise from it
    pool[used++] = 0;
    return value;
  };
  const coins: Coins = {
    bernoulli(numerator, denominator) {
      // compares a uniform number in [0, 1) with the ratio, digit by digit of base 256, as far as they agree
      for (let rest = numerator; ;) {
        const scaled = rest << 8n;
        const digit = Number(scaled / denominator);
        const drawn = byte();
        if (drawn !== digit) return drawn < digit;
        rest = scaled % denominator;
      }
    },

    bernoulliExp: (numerator, denominator) => bernoulliExp(coins, numerator, denominator),

    below(bound) {
      const bits = (bound - 1n).toString(2).length;
      const bytes = Math.ceil(bits / 8);
      for (;;) {
        let draw = 0n;
        for (let i = 0; i < bytes; i++) draw = (draw << 8n) | BigInt(byte());
        draw >>= BigInt(bytes * 8 - bits);
        if (draw < bound) return draw;
      }
    },
  };
  return coins;
}

/**
 * {@link Coins.bernoulliExp} from coins of rational probability alone (Canonne, Kamath and Steinke 2020, arXiv:2004.00010,
 * algorithm 1).
 */
export function bernoulliExp(coins: Pick<Coins, "bernoulli">, numerator: bigint, denominator: bigint): boolean {
  let rest = numerator;
  for (; rest > denominator; rest -= denominator) if (!bernoulliExpBelowOne(coins, 1n, 1n)) return false;
  return bernoulliExpBelowOne(coins, rest, denominator);
}

/** The same for a ratio of at most 1. */
function bernoulliExpBelowOne(coins: Pick<Coins, "bernoulli">, numerator: bigint, denominator: bigint): boolean {
  let k = 1n;
  while (coins.bernoulli(numerator, denominator * k)) k++;
  return k % 2n === 1n;
}
