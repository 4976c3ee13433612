import { expect } from "chai";
import { id } from "ethers";
import fc from "fast-check";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

const connection: NetworkConnection<"l1"> = await network.create({ network: "l1", chainType: "l1" });
const { ethers, networkHelpers } = connection;

/** Fractional bits of the reference: about 115 decimal digits. */
const BITS = 384n;
const ONE = 1n << BITS;
const WEEK = 604_800n;
const YEARS_34 = 34n * 31_536_000n;
/** Last second of a clock of 48 bits. */
const LAST_SECOND = (1n << 48n) - 1n;
const MAX_VALUE = (1n << 128n) - 1n;

/** ln 2 as the sum of 1 / (k 2^k). */
const LN2 = (() => {
  let sum = 0n;
  for (let k = 1n; k <= BITS; k++) sum += ONE / (k << k);
  return sum;
})();

/** value * 2^(-elapsed / halfLife) with `BITS` fractional bits, right to about 370 of them. */
function decayed(value: bigint, elapsed: bigint, halfLife: bigint): bigint {
  const exponent = ((elapsed % halfLife) * LN2) / halfLife;
  let term = ONE;
  let sum = 0n;
  for (let k = 1n; term !== 0n; k++) {
    sum += term;
    term = (-term * exponent) / (k << BITS);
  }
  return (value * sum) >> (elapsed / halfLife);
}

/** A score as exact arithmetic has it, with the most by which the contract's may be apart. */
class Course {
  /** Fractional bits of a score. */
  static readonly #BITS = 256n;
  /** The score at the start of every week before which it was written. */
  readonly pasts: { epoch: bigint; points: bigint; error: bigint }[] = [];
  #value = 0n;
  #error = 0n;
  #touched = 0n;

  constructor(
    readonly category: string,
    readonly halfLife: bigint,
  ) {}

  /** Whole points. */
  get points(): bigint {
    return this.#value >> Course.#BITS;
  }

  add(points: bigint): void {
    this.#value += points << Course.#BITS;
  }

  /** Lets it fade; each touch may cost 2^-32 points and 2^-71 of the value. */
  fadeUntil(time: bigint): void {
    const week = (time / WEEK) * WEEK;
    if (this.#touched !== 0n && this.#touched < week) {
      const [points, error] = [this.#fade(this.#value, week) >> Course.#BITS, this.#errorAt(week)];
      this.pasts.push({ epoch: time / WEEK, points, error });
    }
    this.#error = this.#errorAt(time);
    this.#value = this.#fade(this.#value, time);
    this.#touched = time;
  }

  /** That `lower` is no more than `upper` and as close as this score's contract must be, in whole points. */
  expectNear(lower: bigint, upper: bigint, error = this.#error): void {
    const tolerance = 1n + ((2n * error) >> Course.#BITS);
    expect(lower <= upper && upper - lower <= tolerance, `${lower} to ${upper}, within ${tolerance}`).to.equal(true);
  }

  #fade(value: bigint, time: bigint): bigint {
    return decayed(value, time - this.#touched, this.halfLife) >> BITS;
  }

  #errorAt(time: bigint): bigint {
    return this.#fade(this.#error + (this.#value >> 71n), time) + (1n << (Course.#BITS - 32n));
  }
}

describe("reputation against an arbitrary-precision reference", () => {
  it("REP-05 REP-16 bounds the decay from both sides within the stated precision", async () => {
    const harness = await ethers.deployContract("DecayHarness");
    const halfLives = fc.oneof(
      fc.constantFrom(1n, 604_800n, 7_776_000n, 2n ** 32n - 1n),
      fc.bigInt(1n, 2n ** 32n - 1n),
    );
    const elapsed = fc.oneof(
      fc.constantFrom(0n, 1n, YEARS_34, LAST_SECOND),
      fc.bigInt(0n, YEARS_34),
      fc.bigInt(0n, LAST_SECOND),
    );
    await fc.assert(
      fc.asyncProperty(fc.bigInt(0n, MAX_VALUE), elapsed, halfLives, async (value, seconds, halfLife) => {
        const [down, up] = await harness.bounds(value, seconds, halfLife);
        const exact = decayed(value, seconds, halfLife);
        const tolerance = (exact >> 71n) + ONE;
        const noise = 1n << 160n; // of the reference itself
        expect(down << BITS <= exact + noise, "lower bound").to.equal(true);
        expect(up << BITS >= exact - noise, "upper bound").to.equal(true);
        expect(exact - (down << BITS) <= tolerance, "lower bound is close").to.equal(true);
        expect((up << BITS) - exact <= tolerance, "upper bound is close").to.equal(true);
      }),
      { numRuns: 300, seed: 2027 },
    );
  });

  it("REP-05 REP-09 scores a season of awards and penalties as the reference does, now and at every epoch", async () => {
    const [authority, realm, issuer, ...subjects] = await ethers.getSigners();
    const manager = await ethers.deployContract("AccessManager", [authority.address]);
    const reputation = await ethers.deployContract("Reputation", [await manager.getAddress()]);
    const category = id("learning.contribution");
    const halfLife = 90n * 86_400n;
    await reputation.addCategory(category, halfLife);
    await reputation.connect(realm).appointIssuer(category, issuer.address, 10n ** 20n, 10n ** 20n);

    // the reference keeps every score as a fraction and the time that it was written
    const shadow = subjects.slice(0, 3).map(({ address }) => ({ address, value: 0n, touched: 0n }));
    const valueAt = (entry: (typeof shadow)[number], time: bigint) =>
      decayed(entry.value, time - entry.touched, halfLife) >> BITS;
    const WIDE = 128n; // fractional bits of the reference's scores
    const pasts: { address: string; epoch: bigint; value: bigint }[] = [];

    let random = 7n;
    const next = (bound: bigint) => {
      random = (random * 6_364_136_223_846_793_005n + 1_442_695_040_888_963_407n) % (1n << 64n);
      return (random >> 20n) % bound;
    };
    let time = (BigInt(await networkHelpers.time.latest()) / WEEK + 1n) * WEEK;
    let epoch = time / WEEK;
    for (let step = 0; step < 60; step++) {
      const later = time + 1n + next(WEEK);
      for (; (epoch + 1n) * WEEK <= later; epoch++) {
        for (const entry of shadow) {
          pasts.push({ address: entry.address, epoch: epoch + 1n, value: valueAt(entry, (epoch + 1n) * WEEK) });
        }
      }
      time = later;
      await networkHelpers.time.setNextBlockTimestamp(time);
      const entry = shadow[Number(next(3n))];
      const amount = next(10n ** 9n);
      const args = [realm.address, category, entry.address, amount, id(String(step))] as const;
      entry.value = valueAt(entry, time);
      entry.touched = time;
      if (next(4n) > 0n) {
        await reputation.connect(issuer).award(...args);
        entry.value += amount << WIDE;
      } else {
        const tx = await reputation.connect(issuer).penalise(...args);
        const receipt = await tx.wait();
        const taken: bigint = reputation.interface.parseLog(receipt!.logs[0])!.args.taken;
        const there = entry.value >> WIDE;
        expectClose(taken, amount < there ? amount : there);
        entry.value -= taken << WIDE;
      }
      let sum = 0n;
      for (const { address } of shadow) sum += await reputation.scoreOf(realm.address, category, address);
      const total = await reputation.totalOf(realm.address, category);
      expect(total >= sum && total <= sum + 4n, `${total} covers ${sum}`).to.equal(true);
      expectClose(await reputation.scoreOf(realm.address, category, entry.address), entry.value >> WIDE);
    }
    expect(pasts.length).to.be.greaterThan(60);
    for (const past of pasts) {
      expectClose(await reputation.scoreAtEpoch(realm.address, category, past.address, past.epoch), past.value >> WIDE);
    }
  });

  it("REP-05 REP-09 REP-16 follows the reference at any half-life, over silences of a second to ages", async () => {
    const [authority, realm, issuer, subject] = await ethers.getSigners();
    const manager = await ethers.deployContract("AccessManager", [authority.address]);
    const reputation = await ethers.deployContract("Reputation", [await manager.getAddress()]);
    const writer = reputation.connect(issuer);
    const random = fc.sample(fc.bigInt(1n, 2n ** 32n - 1n), { numRuns: 4, seed: 3 });
    const courses = [1n, 3_600n, 604_800n, 2n ** 32n - 1n, ...random].map(
      (halfLife, index) => new Course(id(`course ${index}`), halfLife),
    );
    for (const { category, halfLife } of courses) {
      await reputation.addCategory(category, halfLife);
      await reputation.connect(realm).appointIssuer(category, issuer.address, 2n ** 88n - 1n, 2n ** 88n - 1n);
    }
    const silences = fc.oneof(
      fc.constantFrom(1n, 1n, WEEK, YEARS_34),
      fc.bigInt(1n, 3n * WEEK),
      fc.constantFrom(...courses.map(({ halfLife }) => halfLife)),
    );
    const steps = fc.sample(fc.tuple(silences, fc.bigInt(0n, 2n ** 80n), fc.integer({ min: 0, max: 3 })), {
      ...{ numRuns: 24, seed: 11 },
    });
    const last = LAST_SECOND - BigInt(2 * courses.length);
    let time = BigInt(await networkHelpers.time.latest());
    for (const [index, [silence, amount, act]] of steps.entries()) {
      // the last two times are the last seconds that there are
      time = index === steps.length - 2 ? last : index === steps.length - 1 ? time : time + silence;
      for (const course of courses) {
        await networkHelpers.time.setNextBlockTimestamp(++time);
        course.fadeUntil(time);
        const evidence = id(String(index));
        if (act === 0) {
          const tx = await writer.penalise(realm.address, course.category, subject.address, amount, evidence);
          const taken: bigint = reputation.interface.parseLog((await tx.wait())!.logs[0])!.args.taken;
          const there = course.points;
          course.expectNear(taken, amount < there ? amount : there);
          course.add(-taken);
        } else {
          // twice in one second
          const amounts = [amount, amount / 3n];
          const subjects = [subject.address, subject.address];
          await writer.awardMany(realm.address, course.category, subjects, amounts, evidence);
          course.add(amounts[0] + amounts[1]);
        }
        // in the second of the write, not of the question
        const then = { blockTag: await ethers.provider.getBlockNumber() };
        const score = await reputation.scoreOf(realm.address, course.category, subject.address, then);
        const total = await reputation.totalOf(realm.address, course.category, then);
        course.expectNear(score, course.points);
        course.expectNear(course.points, total);
      }
    }
    expect(time).to.equal(LAST_SECOND);
    for (const course of courses) {
      expect(course.pasts.length).to.be.greaterThan(10);
      for (const { epoch, points, error } of course.pasts) {
        const score = await reputation.scoreAtEpoch(realm.address, course.category, subject.address, epoch);
        course.expectNear(score, points, error);
      }
    }
  });

  /** The contract rounds down: equal to the reference's whole points, or one less at a boundary. */
  function expectClose(actual: bigint, reference: bigint): void {
    expect(reference - actual, `${actual} against ${reference}`).to.be.oneOf([0n, 1n]);
  }
});
