import {
  createRandom,
  deltaOf,
  DeltaRangeError,
  EpsilonRangeError,
  epsilonOf,
  MICRO,
  microRhoFor,
  noiseVariance,
  tensorNorm,
} from "@artel/sdk/learning";
import { bernoulliExp, clip, createCoins, discreteGaussian, discreteLaplace, privatise, type Coins } from "@artel/node";
import { expect } from "chai";
import fc from "fast-check";

/** Thrown where a script of choices ends: the choices that are possible next, and how likely each is. */
class Fork extends Error {
  constructor(readonly options: readonly (readonly [outcome: boolean | bigint, probability: number])[]) {
    super();
  }
}

/** Thrown where a sampler that refused its candidate begins anew. */
class Restart extends Error {}

/**
 * The exact distribution of a sampler, by going through all choices it can make: mass of each outcome, and of the paths that
 * were left because they are less likely than `cutoff`. A sampler draws one integer each time it begins: what comes after
 * the first refusal is left out, for it is distributed as what came before.
 */
function distribution<T>(sample: (coins: Coins) => T, cutoff: number) {
  const mass = new Map<T, number>();
  let lost = 0;
  const explore = (script: readonly (boolean | bigint)[], probability: number) => {
    if (probability < cutoff) {
      lost += probability;
      return;
    }
    let next = 0;
    let isBegun = false;
    const choose = (options: () => Fork["options"]) => {
      if (next === script.length) throw new Fork(options());
      return script[next++];
    };
    const flip = (p: number) => {
      if (p === 0 || p === 1) return p === 1;
      return choose(() => [
        [true, p],
        [false, 1 - p],
      ]) as boolean;
    };
    const coins: Coins = {
      bernoulli: (numerator, denominator) => flip(Number(numerator) / Number(denominator)),
      bernoulliExp: (numerator, denominator) => flip(Math.exp(-Number(numerator) / Number(denominator))),
      below(bound) {
        if (isBegun) throw new Restart();
        isBegun = true;
        return choose(() => Array.from({ length: Number(bound) }, (_, i) => [BigInt(i), 1 / Number(bound)])) as bigint;
      },
    };
    let outcome: T;
    try {
      outcome = sample(coins);
    } catch (fork) {
      if (fork instanceof Restart) return;
      if (!(fork instanceof Fork)) throw fork;
      for (const [choice, p] of fork.options) explore([...script, choice], probability * p);
      return;
    }
    mass.set(outcome, (mass.get(outcome) ?? 0) + probability);
  };
  explore([], 1);
  return { mass, lost };
}

/** Expects the exact probabilities of integers near zero. */
function agrees({ mass, lost }: ReturnType<typeof distribution<bigint>>, weight: (x: number) => number) {
  const range = Array.from({ length: 201 }, (_, i) => i - 100);
  const total = range.reduce((sum, x) => sum + weight(x), 0);
  const accepted = [...mass.values()].reduce((sum, p) => sum + p, 0);
  expect(lost).to.be.below(1e-5);
  for (const x of range)
    expect((mass.get(BigInt(x)) ?? 0) / accepted, `${x}`).to.be.closeTo(weight(x) / total, lost / accepted + 1e-12);
}

/** Coins of a stream that is the same every time. */
function seeded(name: string): Coins {
  const random = createRandom("noise", name);
  return createCoins((count) => Uint8Array.from({ length: count }, () => random.below(256)));
}

/** A source that serves these bytes, and then 0x80 and 0x7f in turn, so that nothing waits for ever. */
const serving = (...bytes: number[]) => {
  const served = TAIL.slice();
  served.set(bytes);
  return () => served;
};
const TAIL = Uint8Array.from({ length: 256 }, (_, i) => (i % 2 ? 0x7f : 0x80));

describe("differential privacy: noise", () => {
  it("PRV-09 flips coins of exactly the asked probability", () => {
    for (const [numerator, denominator] of [
      [1n, 2n],
      [1n, 3n],
      [2n, 7n],
      [255n, 256n],
      [123456789n, 1000000007n],
    ] as const) {
      const says = (...bytes: number[]) => createCoins(serving(...bytes)).bernoulli(numerator, denominator);
      const bytes = Array.from({ length: 256 }, (_, byte) => byte);
      // a first byte decides but for one, and after that one so does a second but for one
      const tie = Number((numerator << 8n) / denominator);
      const first = bytes.filter((byte) => byte !== tie && says(byte)).length;
      const second = bytes.filter((byte) => says(tie, byte)).length;
      const exact = (numerator << 16n) / denominator;
      expect(BigInt(first * 256 + second) - exact, `${numerator}/${denominator}`).to.be.within(0n, 1n);
    }
    const coins = createCoins(serving());
    expect(coins.bernoulli(1n, 1n)).to.be.true;
    expect(createCoins(serving(0, 0, 9)).bernoulli(0n, 5n)).to.be.false;
  });

  it("PRV-09 draws integers below a bound evenly", () => {
    const counts = new Map<bigint, number>();
    for (let byte = 0; byte < 256; byte++) {
      // a first byte that is refused is followed by one that is not, and does not count
      const draw = createCoins(serving(byte, 1 << 5)).below(6n);
      if (byte >> 5 < 6) counts.set(draw, (counts.get(draw) ?? 0) + 1);
    }
    expect([...counts.values()]).to.deep.equal(new Array(6).fill(32));
    expect(createCoins(serving(0xff, 0x80)).below(1n)).to.equal(0n);
    fc.assert(
      fc.property(fc.bigInt({ min: 1n, max: 1n << 70n }), (bound) => {
        const draw = createCoins().below(bound);
        return draw >= 0n && draw < bound;
      }),
    );
  });

  it("PRV-09 takes exponentials without rounding", () => {
    for (const [numerator, denominator] of [
      [0n, 1n],
      [1n, 2n],
      [1n, 1n],
      [5n, 3n],
      [3n, 1n],
    ] as const) {
      const { mass, lost } = distribution((coins) => bernoulliExp(coins, numerator, denominator), 1e-9);
      const exact = Math.exp(-Number(numerator) / Number(denominator));
      expect(lost).to.be.below(1e-6);
      expect(mass.get(true) ?? 0).to.be.within(exact - lost, exact + 1e-12);
    }
  });

  it("PRV-09 draws from the discrete Laplace distribution exactly", () => {
    for (const scale of [1n, 3n])
      agrees(
        distribution((coins) => discreteLaplace(coins, scale), 1e-9),
        (x) => Math.exp(-Math.abs(x) / Number(scale)),
      );
  });

  it("PRV-09 draws from the discrete Gaussian distribution exactly", () => {
    for (const variance of [
      { numerator: 1n, denominator: 2n },
      { numerator: 5n, denominator: 2n },
      { numerator: 40n, denominator: 3n },
    ]) {
      const half = Number(variance.denominator) / (2 * Number(variance.numerator));
      agrees(
        distribution((coins) => discreteGaussian(coins, variance), 1e-9),
        (x) => Math.exp(-x * x * half),
      );
    }
  });

  it("PRV-09 has the moments it should have, at the size of real noise", () => {
    const variance = { numerator: 10n ** 13n, denominator: 3n };
    const sigma = Math.sqrt(1e13 / 3);
    const coins = seeded("moments");
    const draws = Array.from({ length: 20_000 }, () => Number(discreteGaussian(coins, variance)) / sigma);
    const moment = (power: number) => draws.reduce((sum, draw) => sum + draw ** power, 0) / draws.length;
    // four standard errors: of the mean 1/sqrt(n), of the square sqrt(2/n), of the fourth power sqrt(96/n)
    expect(Math.abs(moment(1))).to.be.below(4 / Math.sqrt(draws.length));
    expect(Math.abs(moment(2) - 1)).to.be.below(4 * Math.sqrt(2 / draws.length));
    expect(Math.abs(moment(4) - 3)).to.be.below(4 * Math.sqrt(96 / draws.length));
    expect(draws.filter((draw) => Math.abs(draw) < 1.96).length / draws.length).to.be.within(0.94, 0.96);
  });

  it("draws from the system's source if none is given", () => {
    const draws = Array.from({ length: 64 }, () =>
      discreteGaussian(createCoins(), { numerator: 1n << 60n, denominator: 1n }),
    );
    expect(new Set(draws).size).to.be.above(60);
  });

  it("PRV-08 clips to the norm exactly, and leaves shorter updates as they are", () => {
    const values = fc.int32Array({ minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(values, fc.bigInt({ min: 1n, max: 1n << 40n }), (tensor, norm) => {
        const clipped = clip(tensor, norm);
        expect(tensorNorm(clipped) <= norm).to.be.true;
        if (tensorNorm(tensor) <= norm) expect(clipped).to.deep.equal(tensor);
        else {
          // no coordinate loses more than the rounding
          const scale = Number(norm) / Number(tensorNorm(tensor));
          clipped.forEach((value, i) => expect(Math.abs(value - tensor[i] * scale)).to.be.below(1.001));
        }
      }),
    );
    expect([...clip(Int32Array.of(300, -400), 50n)]).to.deep.equal([30, -40]);
  });

  it("PRV-08 adds noise of the manifest's variance to every value, and stays within int32", () => {
    const terms = { clipNorm: 1000n, microRho: 50_000n };
    const { numerator, denominator } = noiseVariance(terms);
    // sensitivity 2000, rho 0.05: 4e6 / 0.1
    expect(numerator / denominator).to.equal(40_000_000n);
    const delta = new Int32Array(5000).fill(10);
    const noised = privatise(delta, terms, seeded("update"));
    const errors = [...noised].map((value) => value - 10);
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    const square = errors.reduce((sum, error) => sum + error * error, 0) / errors.length;
    expect(Math.abs(mean)).to.be.below((4 * Math.sqrt(4e7)) / Math.sqrt(errors.length));
    expect(Math.abs(square / 4e7 - 1)).to.be.below(4 * Math.sqrt(2 / errors.length));
    expect([...delta]).to.deep.equal(new Array(5000).fill(10));

    const edge = privatise(new Int32Array(500), { clipNorm: 1n << 31n, microRho: 100n }, seeded("edge"));
    expect(new Set(edge))
      .to.include(2 ** 31 - 1)
      .and.to.include(-(2 ** 31));
  });
});

describe("differential privacy: accounts", () => {
  /** Smallest delta of the Gaussian mechanism itself (Balle and Wang 2018), by summing up where the loss exceeds epsilon. */
  const gaussianDelta = (rho: number, epsilon: number) => {
    const distance = Math.sqrt(2 * rho);
    const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
    let sum = 0;
    for (let x = -40; x < 40; x += 1e-3)
      sum += Math.max(0, density(x - distance) - Math.exp(epsilon) * density(x)) * 1e-3;
    return sum;
  };

  it("PRV-10 states an epsilon between the exact one of Gaussian noise and the classical bound", () => {
    for (const microRho of [1_000n, 50_000n, 500_000n, 2_000_000n])
      for (const delta of [1e-9, 1e-5, 1e-2]) {
        const rho = Number(microRho) / MICRO;
        const epsilon = epsilonOf(microRho, delta);
        expect(epsilon).to.be.below(rho + 2 * Math.sqrt(rho * Math.log(1 / delta)));
        expect(gaussianDelta(rho, epsilon)).to.be.at.most(delta);
        expect(deltaOf(microRho, epsilon)).to.be.at.most(delta);
        expect(deltaOf(microRho, epsilon * 0.999)).to.be.above(delta);
      }
  });

  it("PRV-10 agrees with the least over all orders, searched by hand", () => {
    for (const [rho, epsilon] of [
      [0.1, 1],
      [0.5, 3],
      [2, 10],
    ]) {
      let least = 1;
      for (let order = 1.001; order < 200; order += 0.001)
        least = Math.min(
          least,
          (Math.exp((order - 1) * (order * rho - epsilon)) / (order - 1)) * (1 - 1 / order) ** order,
        );
      expect(deltaOf(BigInt(rho * MICRO), epsilon)).to.be.within(least * (1 - 1e-4), least * (1 + 1e-9));
    }
  });

  it("PRV-10 finds the most that may be spent, to the unit", () => {
    for (const [epsilon, delta] of [
      [0.1, 1e-6],
      [1, 1e-5],
      [8, 1e-6],
    ]) {
      const most = microRhoFor(epsilon, delta);
      expect(deltaOf(most, epsilon)).to.be.at.most(delta);
      expect(deltaOf(most + 1n, epsilon)).to.be.above(delta);
    }
  });

  it("PRV-10 refuses parameters that bound nothing", () => {
    for (const delta of [0, 1, -1, NaN]) {
      expect(() => epsilonOf(1n, delta)).to.throw(DeltaRangeError);
      expect(() => microRhoFor(1, delta)).to.throw(DeltaRangeError);
    }
    for (const epsilon of [-1, NaN, Infinity]) expect(() => deltaOf(1n, epsilon)).to.throw(EpsilonRangeError);
    expect(() => microRhoFor(1e-9, 1e-9)).to.throw(EpsilonRangeError);
    expect([epsilonOf(0n, 1e-5), deltaOf(0n, 0)]).to.deep.equal([0, 0]);
  });
});
