import { noiseVariance, tensorNorm, type NoiseTerms } from "@artel/sdk/learning";

import { createCoins, type Coins } from "./coins.js";
import { discreteGaussian } from "./discreteGaussian.js";

const INT32_MIN = -(2n ** 31n);
const INT32_MAX = 2n ** 31n - 1n;

/** Scales a tensor down to an L2 norm, if it exceeds it; exact, rounded towards zero. */
export function clip(tensor: Int32Array, norm: bigint): Int32Array {
  const actual = tensorNorm(tensor);
  if (actual <= norm) return tensor.slice();
  // division rounds towards zero, and `actual` is rounded up: the result is never above the norm
  return tensor.map((value) => Number((BigInt(value) * norm) / actual));
}

/**
 * An update made differentially private: clipped, then discrete Gaussian noise on every value. What leaves int32 is cut off,
 * which tells nothing more about the data.
 *
 * @param delta - the quantised update
 * @param coins - the system's cryptographic source if omitted
 */
export function privatise(delta: Int32Array, terms: NoiseTerms, coins: Coins = createCoins()): Int32Array {
  const variance = noiseVariance(terms);
  return clip(delta, terms.clipNorm).map((value) => {
    const noised = BigInt(value) + discreteGaussian(coins, variance);
    // within int32 after this
    return Number(noised < INT32_MIN ? INT32_MIN : noised > INT32_MAX ? INT32_MAX : noised);
  });
}
