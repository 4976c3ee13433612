import { expect } from "chai";
import { createRandom, manifestSchema, sliceFor, sliceTime, verifySlice, type CommonTest } from "@artel/sdk/learning";
import { DrandSignatureError, localDrand } from "@artel/sdk/randomness";
import {
  drandTimelock,
  isTestOpen,
  openSlice,
  sealSlices,
  SliceInvalidError,
  SliceRoundError,
  type AuditedRound,
  type Examples,
  type TaskView,
  type Timelock,
} from "@artel/node";

import { rejects } from "./rejects.js";

const FEATURES = 20;
const NOW = 1_000;
const times = { opensAt: 100, interval: 50 };

/** A lock that looks at its clock and hides nothing: what is tested here is what happens around it. */
const lock: Timelock = {
  encrypt: async (content, opensAt) => Buffer.concat([Uint8Array.of(opensAt >> 8, opensAt & 255), content]),
  decrypt: async (sealed, opensAt) => {
    if ((sealed[0] << 8) + sealed[1] !== opensAt) throw new Error("sealed for another time");
    if (opensAt > NOW) throw new Error("too early");
    return sealed.subarray(2);
  },
};

const slice = (seed: string, samples = 30): Examples => {
  const random = createRandom("slice", seed);
  return {
    pixels: Uint8Array.from({ length: samples * FEATURES }, () => random.below(256)),
    labels: Uint8Array.from({ length: samples }, () => random.below(10)),
    features: FEATURES,
    classes: 10,
  };
};
const salt = (index: number) => new Uint8Array(32).fill(index + 1);
const sealed = (count: number) =>
  sealSlices(
    Array.from({ length: count }, (_, i) => slice(`${i}`)),
    times,
    lock,
    salt,
  );

describe("test slices", () => {
  for (const count of [1, 2, 5, 8]) {
    it(`SCO-05 come back from the seal as they were, ${count} of them`, async () => {
      const { plan, sealed: contents } = await sealed(count);
      for (const [i, content] of contents.entries())
        expect(await openSlice(content, plan, i, FEATURES, lock)).to.deep.equal(slice(`${i}`));
    });
  }

  it("SCO-05 make a plan that a manifest takes", async () => {
    const { plan } = await sealed(3);
    const { data } = manifestSchema.shape.scoring.shape.test.safeParse(plan);
    expect(data).to.deep.equal(plan);
  });

  it("SCO-05 are refused if they are not what was committed to", async () => {
    const { plan, sealed: contents } = await sealed(4);
    const other = await sealSlices(
      [0, 1, 2, 3].map((i) => slice(`other ${i}`)),
      times,
      lock,
      salt,
    );
    const open = (content: Uint8Array, change: Partial<CommonTest> = {}, index = 2, features = FEATURES) =>
      rejects(openSlice(content, { ...plan, ...change }, index, features, lock), SliceInvalidError);
    await open(other.sealed[2]);
    await open(contents[2], { root: other.plan.root });
    // one slice fewer or more under the same root: the tree is bound to their number
    await open(contents[2], { slices: plan.slices.slice(0, 3) });
    await open(contents[2], { slices: [...plan.slices, "another"] });
    await open(contents[2], { samples: 29 });
    await open(contents[2], {}, 2, FEATURES + 1);
    await open(contents[2].subarray(0, 50));
    await open(contents[2].with(60, contents[2][60] ^ 1));
    // the slice of another round, dressed up with this one's time
    await open(await lock.encrypt(contents[1].subarray(2), 200));
  });

  it("SCO-05 never unpack into more than their plan says", async () => {
    const { plan } = await sealed(2);
    const blank = { ...slice("blank", 10_000), pixels: new Uint8Array(10_000 * FEATURES) };
    const bomb = await sealSlices([blank, blank], times, lock, salt);
    await rejects(openSlice(bomb.sealed[0], plan, 0, FEATURES, lock), SliceInvalidError, /larger than/);
  });

  it("SCO-05 hide under a salt which examples they hold", async () => {
    const slices = [slice("0"), slice("1")];
    const [first, second] = await Promise.all(
      [salt, (i: number) => salt(i + 7)].map((drawSalt) => sealSlices(slices, times, lock, drawSalt)),
    );
    expect(first.plan.root).to.not.equal(second.plan.root);
    expect(verifySlice(first.plan.root, 2, 0, new Uint8Array(64), [`0x${"00".repeat(32)}`])).to.be.false;
  });

  it("SCO-05 stay shut before their time", async () => {
    const { plan, sealed: contents } = await sealSlices(
      [slice("0"), slice("1")],
      { ...times, interval: NOW },
      lock,
      salt,
    );
    await openSlice(contents[0], plan, 0, FEATURES, lock);
    await rejects(openSlice(contents[1], plan, 1, FEATURES, lock), Error, /^too early$/);
  });

  it("SCO-05 open with a drand network's signature of their round, and are refused under another round", async () => {
    const { network, sign } = localDrand({ secretKey: `0x${"11".repeat(32)}`, genesis: 0n, period: 10n });
    const asked: bigint[] = [];
    const drand = drandTimelock(network, (round) => {
      asked.push(round);
      return sign(round).signature;
    });
    const { plan, sealed: contents } = await sealSlices([slice("0"), slice("1")], times, drand, salt);
    expect(await openSlice(contents[1], plan, 1, FEATURES, drand)).to.deep.equal(slice("1"));
    expect(asked).to.deep.equal([16n]);
    const early = await drand.encrypt(new Uint8Array(100), 90);
    await rejects(openSlice(early, plan, 1, FEATURES, drand), SliceRoundError, /round 10, not 16/);
    const forged = drandTimelock(network, () => sign(15n).signature);
    await rejects(openSlice(contents[1], plan, 1, FEATURES, forged), DrandSignatureError);
  });

  it("are of one size", async () => {
    await rejects(sealSlices([slice("0"), slice("1", 31)], times, lock, salt), SliceInvalidError);
  });

  it("SCO-06 serve the first round whose updates were revealed before they could be read", async () => {
    const { plan } = await sealed(4);
    expect([0, 1, 2, 3].map((i) => sliceTime(plan, i))).to.deep.equal([100, 150, 200, 250]);
    expect([0, 99, 100, 101, 150, 151, 250].map((second) => sliceFor(plan, second))).to.deep.equal([
      0, 0, 0, 1, 1, 2, 3,
    ]);
    expect(sliceFor(plan, 251)).to.be.undefined;
    for (let deadline = 0; deadline <= 250; deadline++)
      expect(sliceTime(plan, sliceFor(plan, deadline)!)).to.be.at.least(deadline);
  });

  it("SCO-06 are waited for until their second, private data for nothing", async () => {
    const { plan } = await sealed(2);
    const isOpen = async (now: bigint, test: unknown = plan) => {
      const manifest = async () => ({ scoring: { test } });
      const view = { manifest, revealDeadline: async () => 101n, now: async () => now } as unknown as TaskView;
      return isTestOpen({ view }, { round: 1n } as AuditedRound);
    };
    expect(await isOpen(149n)).to.equal(false);
    expect(await isOpen(150n)).to.equal(true);
    expect(await isOpen(0n, { kind: "private", samples: 1_000 })).to.equal(true);
  });
});
