/*
 * Exact samplers of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential Privacy" (2020, arXiv:2004.00010),
 * algorithms 2 and 3, in integers alone: noise from floating-point samplers can give away what it hides (Mironov 2012).
 */
import { floorSqrt, type Ratio } from "@artel/sdk/learning";

import type { Coins } from "./coins.js";

/** An integer `x` with probability proportional to `exp(-|x| / scale)`, for an integer scale above 0. */
export function discreteLaplace(coins: Coins, scale: bigint): bigint {
  for (;;) {
    const low = coins.below(scale);
    if (!coins.bernoulliExp(low, scale)) continue;
    let high = 0n;
    while (coins.bernoulliExp(1n, 1n)) high++;
    const magnitude = low + scale * high;
    const isNegative = coins.bernoulli(1n, 2n);
    if (isNegative && magnitude === 0n) continue;
    return isNegative ? -magnitude : magnitude;
  }
}

/** An integer `x` with probability proportional to `exp(-x^2 / (2 variance))`. */
export function discreteGaussian(coins: Coins, { numerator, denominator }: Ratio): bigint {
  const scale = floorSqrt(numerator / denominator) + 1n;
  for (;;) {
    const candidate = discreteLaplace(coins, scale);
    // (|x| - variance / scale)^2 / (2 variance), over one denominator
    const distance = (candidate < 0n ? -candidate : candidate) * denominator * scale - numerator;
    if (coins.bernoulliExp(distance * distance, 2n * numerator * denominator * scale * scale)) return candidate;
  }
}
