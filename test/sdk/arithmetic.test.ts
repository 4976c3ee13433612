import { MAX_SCORE } from "@artel/sdk";
import { expect } from "chai";
import fc from "fast-check";
import {
  AggregateSetError,
  createRandom,
  SampleCountError,
  ScoreRangeError,
  TensorLengthError,
  tensorNorm,
  toScore,
  updateWeight,
  WEIGHT_LIMIT,
  WeightInputError,
  WeightRangeError,
  weightedMean,
  type WeightedUpdate,
} from "@artel/sdk/learning";

const int32 = fc.oneof(
  fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, -1, 0, 1),
);
const weight = fc.oneof(fc.integer({ min: 1, max: WEIGHT_LIMIT - 1 }), fc.constantFrom(1, WEIGHT_LIMIT - 1));

function referenceMean(updates: readonly WeightedUpdate[]): number[] {
  const total = updates.reduce((sum, { weight }) => sum + BigInt(weight), 0n);
  return Array.from(updates[0].delta, (_, i) => {
    const sum = updates.reduce((sum, { delta, weight }) => sum + BigInt(weight) * BigInt(delta[i]), 0n);
    const quotient = sum / total;
    return Number(sum % total < 0n ? quotient - 1n : quotient);
  });
}

describe("weighted mean", () => {
  const updates = fc.integer({ min: 1, max: 12 }).chain((length) =>
    fc.array(
      fc.record({
        delta: fc.array(int32, { minLength: length, maxLength: length }).map((values) => Int32Array.from(values)),
        weight,
      }),
      { minLength: 1, maxLength: 20 },
    ),
  );

  it("NOD-04 is the floor of the exact mean", () => {
    fc.assert(
      fc.property(updates, (set) => {
        expect([...weightedMean(set)]).to.deep.equal(referenceMean(set));
      }),
      { numRuns: 500 },
    );
  });

  it("NOD-04 stays exact at the largest sums", () => {
    for (const value of [-(2 ** 31), 2 ** 31 - 1]) {
      const set = Array.from({ length: 256 }, (_, k) => ({
        delta: Int32Array.of(value, k % 2 ? value : -value - 1),
        weight: WEIGHT_LIMIT - 1 - (k % 3),
      }));
      expect([...weightedMean(set)]).to.deep.equal(referenceMean(set));
    }
  });

  it("NOD-04 rounds toward minus infinity", () => {
    const of = (...values: number[]) => values.map((value) => ({ delta: Int32Array.of(value), weight: 1 }));
    expect(weightedMean(of(-1, 0))[0]).to.equal(-1);
    expect(weightedMean(of(1, 0))[0]).to.equal(0);
    expect(weightedMean(of(-3, -4))[0]).to.equal(-4);
  });

  it("NOD-04 does not depend on the order", () => {
    fc.assert(
      fc.property(updates, (set) => {
        expect(weightedMean([...set].reverse())).to.deep.equal(weightedMean(set));
      }),
    );
  });

  it("refuses sets without a mean", () => {
    const update = { delta: Int32Array.of(1), weight: 1 };
    expect(() => weightedMean([])).to.throw(AggregateSetError);
    expect(() => weightedMean([{ ...update, weight: 0 }])).to.throw(AggregateSetError);
    expect(() => weightedMean(Array(257).fill(update))).to.throw(AggregateSetError);
    expect(() => weightedMean([update, { ...update, delta: new Int32Array(2) }])).to.throw(TensorLengthError);
    for (const bad of [-1, 0.5, NaN, WEIGHT_LIMIT])
      expect(() => weightedMean([{ ...update, weight: bad }])).to.throw(WeightRangeError);
  });
});

describe("update weights", () => {
  const caps = { sampleCap: 1000, clipNorm: 500n };

  it("NOD-03 count samples up to the cap and scale down above the norm", () => {
    expect(updateWeight(10n, 500n, caps)).to.equal(2560);
    expect(updateWeight(5000n, 1n, caps)).to.equal(256_000);
    expect(updateWeight(5000n, 1000n, caps)).to.equal(128_000);
    expect(updateWeight(1n, 501n, caps)).to.equal(255);
    expect(updateWeight(1n, 10n ** 30n, caps)).to.equal(0);
  });

  it("never rise with the declared norm, nor fall with the declared samples", () => {
    fc.assert(
      fc.property(fc.bigInt(1n, 5000n), fc.bigInt(0n, 5000n), fc.bigInt(0n, 100n), (samples, norm, more) => {
        const weight = updateWeight(samples, norm, caps);
        expect(updateWeight(samples, norm + more, caps)).to.be.at.most(weight);
        expect(updateWeight(samples + more, norm, caps)).to.be.at.least(weight);
      }),
    );
  });

  it("refuse what is not positive, and caps that reach 2^24", () => {
    expect(() => updateWeight(0n, 1n, caps))
      .to.throw(WeightInputError)
      .that.includes({ field: "samples" });
    expect(() => updateWeight(1n, -1n, caps))
      .to.throw(WeightInputError)
      .that.includes({ field: "norm" });
    expect(() => updateWeight(1n, 1n, { ...caps, clipNorm: 0n })).to.throw(WeightInputError);
    expect(() => updateWeight(1n, 1n, { ...caps, sampleCap: 0 })).to.throw(WeightInputError);
    expect(updateWeight(65535n, 1n, { ...caps, sampleCap: 65535 })).to.equal(65535 * 256);
    expect(() => updateWeight(65536n, 1n, { ...caps, sampleCap: 65536 })).to.throw(WeightRangeError);
  });

  it("NOD-03 use the exact norm, rounded up", () => {
    expect(tensorNorm(new Int32Array(3))).to.equal(0n);
    expect(tensorNorm(Int32Array.of(3, 4))).to.equal(5n);
    expect(tensorNorm(Int32Array.of(1, 1))).to.equal(2n);
    fc.assert(
      fc.property(fc.array(int32, { maxLength: 50 }), (values) => {
        const sum = values.reduce((total, value) => total + BigInt(value) ** 2n, 0n);
        const norm = tensorNorm(Int32Array.from(values));
        expect(norm * norm >= sum && (norm === 0n || (norm - 1n) * (norm - 1n) < sum)).to.be.true;
      }),
    );
  });
});

describe("scores", () => {
  it("NOD-05 count 2^-14 nat times the number revealed, and saturate", () => {
    expect(toScore(1 / 16384, 1)).to.equal(1);
    expect(toScore(-0.1, 8)).to.equal(-13107);
    expect(toScore(5, 8)).to.equal(MAX_SCORE);
    expect(toScore(-5, 8)).to.equal(-MAX_SCORE);
    expect(Object.is(toScore(-1e-9, 8), 0)).to.be.true;
  });

  it("refuse contributions that are not numbers", () => {
    for (const bad of [NaN, Infinity]) expect(() => toScore(bad, 8)).to.throw(ScoreRangeError);
    expect(() => toScore(1, 0)).to.throw(ScoreRangeError);
  });
});

describe("seeded random numbers", () => {
  it("are the same for the same parts, and unrelated for others", () => {
    const draw = (...parts: (string | number)[]) => {
      const random = createRandom(...parts);
      return Array.from({ length: 8 }, () => random.uint32());
    };
    expect(draw("a", 1)).to.deep.equal(draw("a", 1));
    const streams = [draw("a", 1), draw("a", 2), draw("a1"), draw("a", "1", ""), draw("")];
    expect(new Set(streams.flat())).to.have.property("size", 40);
  });

  it("never change: everything seeded depends on them", () => {
    const random = createRandom("artel");
    expect([random.uint32(), random.uint32(), random.below(1000), random.next()]).to.deep.equal([
      2570715335, 2158087051, 272, 0.6089642293009121,
    ]);
  });

  it("are uniform below a bound", () => {
    const random = createRandom("uniform");
    const counts = new Array(6).fill(0);
    for (let i = 0; i < 60_000; i++) counts[random.below(6)]++;
    for (const count of counts) expect(count).to.be.within(9_600, 10_400);
    for (const bad of [0, -1, 1.5, 2 ** 32]) expect(() => random.below(bad)).to.throw(SampleCountError);
  });
});
