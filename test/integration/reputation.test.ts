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

describe("reputation against an arbitrary-precision reference", () => {
  it("REP-05 bounds the decay from both sides within the stated precision", async () => {
    const harness = await ethers.deployContract("DecayHarness");
    const halfLives = fc.oneof(
      fc.constantFrom(1n, 604_800n, 7_776_000n, 2n ** 32n - 1n),
      fc.bigInt(1n, 2n ** 32n - 1n),
    );
    const elapsed = fc.oneof(
      fc.constantFrom(0n, 1n, 34n * 31_536_000n, 2n ** 48n - 1n),
      fc.bigInt(0n, 34n * 31_536_000n),
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

  /** The contract rounds down: equal to the reference's whole points, or one less at a boundary. */
  function expectClose(actual: bigint, reference: bigint): void {
    expect(reference - actual, `${actual} against ${reference}`).to.be.oneOf([0n, 1n]);
  }
});
