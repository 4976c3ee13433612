/*
 * Zero-concentrated differential privacy (zCDP; Bun and Steinke 2016, arXiv:1605.02265). What is spent on the same data
 * adds up exactly (their lemma 1.7), so that whole millionths of rho can be counted on a chain. Here two data sets of one
 * client are neighbours whatever they hold: what a client publishes tells little about any of its examples, and about all
 * of them together.
 */
import { DeltaRangeError, EpsilonRangeError } from "./errors.js";

/** Units of rho in one: privacy is counted in whole millionths. */
export const MICRO = 1_000_000;

/** How much noise a client adds to an update. */
export interface NoiseTerms {
  /** L2 norm that no update exceeds before it gets noise, in quantised units. */
  readonly clipNorm: bigint;
  /** Privacy that an update spends, in millionths of rho. */
  readonly microRho: bigint;
}

/** A ratio of integers, the denominator positive. */
export interface Ratio {
  readonly numerator: bigint;
  readonly denominator: bigint;
}

/**
 * Variance of the discrete Gaussian noise that every coordinate gets, in quantised units, exact:
 * `sigma^2 = sensitivity^2 / (2 rho)` (Canonne, Kamath and Steinke 2020, arXiv:2004.00010). Two updates within the norm are
 * at most twice the norm apart.
 */
export function noiseVariance({ clipNorm, microRho }: NoiseTerms): Ratio {
  const sensitivity = 2n * clipNorm;
  return { numerator: sensitivity * sensitivity * BigInt(MICRO), denominator: 2n * microRho };
}

/**
 * Smallest delta for which spending so much is sure to be (epsilon, delta)-differentially private: the least value of
 * `exp((a - 1)(a rho - epsilon)) / (a - 1) * (1 - 1/a)^a` over orders `a > 1` (Canonne, Kamath and Steinke 2020,
 * section 2.3).
 *
 * @param microRho - privacy spent, in millionths of rho
 * @throws EpsilonRangeError
 */
export function deltaOf(microRho: bigint, epsilon: number): number {
  if (!(epsilon >= 0 && epsilon < Infinity)) throw new EpsilonRangeError(epsilon);
  if (microRho <= 0n) return 0;
  const rho = Number(microRho) / MICRO;
  // The slope of the logarithm grows with the order, from minus infinity, and is positive at `high`. Every order gives a
  // true bound, so that it does no harm to miss the best by little.
  let low = 1;
  let high = (epsilon + 1) / (2 * rho) + 2;
  for (let i = 0; i < STEPS; i++) {
    const order = (low + high) / 2;
    if ((2 * order - 1) * rho - epsilon + Math.log1p(-1 / order) < 0) low = order;
    else high = order;
  }
  const log = (high - 1) * (high * rho - epsilon) + high * Math.log1p(-1 / high) - Math.log(high - 1);
  return Math.min(1, Math.exp(log));
}

/**
 * Smallest epsilon for which spending so much is sure to be (epsilon, delta)-differentially private, to the precision of
 * the numbers; see {@link deltaOf}.
 *
 * @param microRho - privacy spent, in millionths of rho
 * @param delta - between 0 and 1, both excluded
 * @throws DeltaRangeError
 */
export function epsilonOf(microRho: bigint, delta: number): number {
  if (!(delta > 0 && delta < 1)) throw new DeltaRangeError(delta);
  if (microRho <= 0n) return 0;
  const rho = Number(microRho) / MICRO;
  let low = 0;
  // what Bun and Steinke's proposition 1.3 gives is always enough
  let high = rho + 2 * Math.sqrt(rho * -Math.log(delta));
  for (let i = 0; i < STEPS; i++) {
    const middle = (low + high) / 2;
    if (deltaOf(microRho, middle) > delta) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * Most privacy that may be spent, in millionths of rho, to stay (epsilon, delta)-differentially private. For a task divide
 * it by the number of updates that a client may publish.
 *
 * @throws EpsilonRangeError if nothing can be spent, DeltaRangeError
 */
export function microRhoFor(epsilon: number, delta: number): bigint {
  if (!(delta > 0 && delta < 1)) throw new DeltaRangeError(delta);
  let low = 0n;
  let high = 1n;
  while (deltaOf(high, epsilon) <= delta) high *= 2n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (deltaOf(middle, epsilon) <= delta) low = middle;
    else high = middle;
  }
  if (low === 0n) throw new EpsilonRangeError(epsilon);
  return low;
}

/** Halvings after which an interval of doubles is as narrow as it gets, or nearly. */
const STEPS = 100;
