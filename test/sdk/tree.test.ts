import { expect } from "chai";
import { AbiCoder, concat, keccak256, ZeroHash } from "ethers";
import fc from "fast-check";
import { Combining } from "@artel/sdk";
import {
  aggregate,
  type Aggregation,
  type AggregationInputs,
  aggregationTree,
  type AggregationTree,
  boundsOf,
  childRange,
  combine,
  CombiningError,
  endsOf,
  findFault,
  nodesRoot,
  type PostedAnswer,
  tensorRoot,
  TensorLengthError,
  type TreeUpdate,
  TreeUpdateError,
  updatesByNode,
  type Weighted,
  weightOf,
  WithheldContentError,
} from "@artel/sdk/learning";

const INT32_MIN = -(2 ** 31);
const INT32_MAX = 2 ** 31 - 1;
const int32 = fc.oneof(fc.integer({ min: INT32_MIN, max: INT32_MAX }), fc.constantFrom(INT32_MIN, INT32_MAX, -1, 0, 1));
const weight = fc.oneof(fc.integer({ min: 0, max: 2 ** 38 }), fc.constantFrom(0, 1, 2 ** 24 - 1, 2 ** 38));
const children = fc
  .array(fc.record({ tensor: fc.tuple(int32, int32).map((pair) => Int32Array.from(pair)), weight }), {
    minLength: 1,
    maxLength: 32,
  })
  .filter((set) => set.some((child) => child.weight > 0));
const trims = fc.integer({ min: 0, max: 127 });

function floorDiv(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  return dividend % divisor < 0n ? quotient - 1n : quotient;
}

/** One coordinate by the definition, in big integers. */
function reference(set: readonly Weighted[], combining: Combining, trim: number, i: number): number {
  if (combining === Combining.Mean) {
    const sum = set.reduce((total, child) => total + BigInt(child.weight) * BigInt(child.tensor[i]), 0n);
    return Number(floorDiv(sum, BigInt(set.reduce((total, child) => total + child.weight, 0))));
  }
  const sorted = set.map(({ tensor }) => BigInt(tensor[i])).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  if (combining === Combining.Median) return Number(sorted[(sorted.length - 1) >> 1]);
  const out = Number((BigInt(set.length) * BigInt(trim)) / 256n);
  const rest = sorted.slice(out, sorted.length - out);
  return Number(
    floorDiv(
      rest.reduce((sum, value) => sum + value, 0n),
      BigInt(rest.length),
    ),
  );
}

const RULES = { combining: Combining.Mean, trim: 0, parameters: 1, leafCells: 1, sampleCap: 100, clipNorm: 1000n };

function update(id: number, values: number[], samples = 1n, norm = 1n): TreeUpdate {
  const account = `0x${(id + 1).toString(16).padStart(40, "0")}`;
  return { id, account, samples, norm, inner: ZeroHash, delta: Int32Array.from(values) };
}

describe("combining", () => {
  for (const [name, combining] of Object.entries(Combining)) {
    it(`AGG-03 ${name} is exact and independent of the order`, () => {
      fc.assert(
        fc.property(children, trims, (set, trim) => {
          const combined = combine(set, { combining, trim });
          expect([...combined]).to.deep.equal([0, 1].map((i) => reference(set, combining, trim, i)));
          expect(combine([...set].reverse(), { combining, trim })).to.deep.equal(combined);
        }),
        { numRuns: 300 },
      );
    });
  }

  it("AGG-03 rounds toward minus infinity", () => {
    const of = (...values: number[]) => values.map((value) => ({ tensor: Int32Array.of(value), weight: 1 }));
    for (const combining of [Combining.Mean, Combining.TrimmedMean]) {
      expect(combine(of(-1, 0), { combining, trim: 0 })[0]).to.equal(-1);
      expect(combine(of(1, 0), { combining, trim: 0 })[0]).to.equal(0);
    }
    expect(combine(of(-4, -3), { combining: Combining.Median, trim: 0 })[0]).to.equal(-4);
  });

  it("AGG-03 the bounds of what stays are elements of the sorted values", () => {
    fc.assert(
      fc.property(children, trims, fc.constantFrom(Combining.TrimmedMean, Combining.Median), (set, trim, combining) => {
        const [low, high] = endsOf(set.length, { combining, trim });
        const sorted = set.map(({ tensor }) => tensor[1]).sort((a, b) => a - b);
        const [lowest, highest] = boundsOf(set, { combining, trim }, 1, 2);
        expect([lowest[0], highest[0]]).to.deep.equal([sorted[low], sorted[sorted.length - 1 - high]]);
      }),
      { numRuns: 100 },
    );
  });

  it("refuses what it can't combine", () => {
    const one = [{ tensor: Int32Array.of(1), weight: 1 }];
    expect(() => combine([], RULES))
      .to.throw(CombiningError)
      .that.includes({ code: "tree/combining" });
    expect(() => combine([{ tensor: Int32Array.of(1), weight: 0 }], RULES)).to.throw(CombiningError);
    expect(() => combine([{ tensor: Int32Array.of(1), weight: 2 ** 44 }], RULES)).to.throw(CombiningError);
    expect(() => combine([{ tensor: Int32Array.of(1), weight: 0.5 }], RULES)).to.throw(CombiningError);
    expect(() => combine([...one, { tensor: Int32Array.of(1, 2), weight: 1 }], RULES)).to.throw(TensorLengthError);
    for (const trim of [128, -1, 0.5])
      expect(() => combine(one, { combining: Combining.TrimmedMean, trim })).to.throw(CombiningError);
  });
});

describe("the aggregation tree", () => {
  it("AGG-01 shares children so that numbers differ by one at most, and each has one parent", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(1, 2, 3, 4, 32), (count, arity) => {
        const nodes = Math.ceil(count / arity);
        const ranges = Array.from({ length: nodes }, (_, i) => childRange(i, count, nodes));
        expect(ranges[0][0]).to.equal(0);
        expect(ranges.at(-1)![1]).to.equal(count);
        const sizes = ranges.map(([start, end]) => end - start);
        expect(ranges.slice(1).map(([start]) => start)).to.deep.equal(ranges.slice(0, -1).map(([, end]) => end));
        expect(Math.max(...sizes)).to.be.at.most(Math.min(arity, Math.min(...sizes) + 1));
      }),
    );
  });

  it("AGG-01 has updates by place of their cell, then by id", () => {
    const updates = [17, 3, 16, 9, 0].map((id) => update(id, [id]));
    const byNode = updatesByNode([2, 0, 1], updates, { ...RULES, leafCells: 2 });
    expect(byNode.map((under) => under.map(({ id }) => id))).to.deep.equal([
      [16, 17],
      [0, 3, 9],
    ]);
  });

  it("AGG-01 refuses updates without a place", () => {
    expect(() => updatesByNode([0], [update(8, [1])], RULES)).to.throw(TreeUpdateError);
    expect(() => updatesByNode([0], [update(1, [1]), update(1, [1])], RULES))
      .to.throw(TreeUpdateError)
      .that.includes({ code: "tree/update" });
  });

  it("AGG-01 commits to all nodes by the hash of the top", () => {
    const updates = Array.from({ length: 40 }, (_, cell) => update(cell * 8, [cell]));
    const tree = aggregationTree(
      updates.map((_, cell) => cell),
      updates,
      RULES,
    );
    expect(tree.map((level) => level.length)).to.deep.equal([40, 2, 1]);
    const hash = (root: string, nodeWeight: number, below: string) =>
      keccak256(AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256", "bytes32"], [root, nodeWeight, below]));
    const lowest = updates.map(({ delta }) => hash(tensorRoot(delta), 256, ZeroHash));
    const halves = [lowest.slice(0, 20), lowest.slice(20)].map((part, i) =>
      hash(tree[1][i].root, 20 * 256, keccak256(concat(part))),
    );
    expect(nodesRoot(tree)).to.equal(hash(tree[2][0].root, 40 * 256, keccak256(concat(halves))));
    // floor of the means of 0 to 19 and of 20 to 39, then of these
    expect([...tree[1].map(({ tensor }) => tensor![0]), tree[2][0].tensor![0]]).to.deep.equal([9, 29, 19]);
  });

  it("AGG-02 weighs by samples and norm, and leaves what has no weight empty", () => {
    expect(weightOf(update(0, [1], 7n, 1000n), RULES)).to.equal(7 * 256);
    expect(weightOf(update(0, [1], 700n, 2000n), RULES)).to.equal((100 * 256) / 2);
    expect(weightOf(update(0, [1], 0n, 1n), RULES)).to.equal(0);
    const tree = aggregationTree([0, 1, 2], [update(8, [5], 2n), update(16, [9], 0n)], RULES);
    expect(tree[0].map((node) => node.weight)).to.deep.equal([0, 512, 0]);
    expect(tree[0][2]).to.deep.equal({ root: ZeroHash, weight: 0 });
    expect(tree[1]).to.deep.equal([tree[0][1]]);
  });

  it("AGG-04 the next model is the aggregate on where the round started, held within int32 twice", () => {
    const step = (model: number, previous: number, delta: number, momentum: number) =>
      aggregate({
        order: [0],
        updates: [update(0, [delta])],
        rules: RULES,
        model: Int32Array.of(model),
        previous: Int32Array.of(previous),
        momentum,
      }).model[0];
    expect(step(10, 7, 5, 0)).to.equal(15);
    expect(step(10, 7, 5, 2 ** 15)).to.equal(16);
    expect(step(7, 10, 5, 2 ** 15)).to.equal(10); // floor(-1.5) = -2
    expect(step(INT32_MAX, 0, 1, 1)).to.equal(INT32_MAX);
    expect(step(INT32_MAX, INT32_MIN, -1, 65_535)).to.equal(INT32_MAX - 1);
    expect(step(INT32_MIN, INT32_MAX, -1, 65_535)).to.equal(INT32_MIN);
  });
});

describe("faults of an answer", () => {
  const inputs: AggregationInputs = {
    order: [1, 0],
    updates: [update(0, [1, 2]), update(9, [3, 4])],
    rules: { ...RULES, parameters: 2 },
    model: Int32Array.of(5, 6),
    previous: Int32Array.of(5, 6),
    momentum: 0,
  };
  const own = aggregate(inputs);
  const posted = (tree: AggregationTree, model: Int32Array | undefined, right: Aggregation = own): PostedAnswer => ({
    seat: 0,
    answer: {
      modelRoot: tensorRoot(model ?? right.model),
      model: { codec: 0x55, digest: ZeroHash },
      nodesRoot: nodesRoot(tree),
    },
    tree,
    model,
  });

  it("AGG-06 finds none in an answer that is right", () => {
    expect(findFault(posted(own.tree, own.model), own)).to.equal(undefined);
  });

  it("AGG-06 names the lowest node that is wrong first", () => {
    const wrong = { ...own.tree[0][1], tensor: Int32Array.of(1, 3), root: tensorRoot(Int32Array.of(1, 3)) };
    const tree = [[own.tree[0][0], wrong], [wrong]];
    expect(findFault(posted(tree, own.model), own)).to.deep.equal({ kind: "chunk", level: 0, index: 1, chunk: 0 });
    expect(findFault(posted(own.tree, Int32Array.of(0, 0)), own)).to.deep.equal({ kind: "step", chunk: 0 });
  });

  it("says so when an answer's content is missing or another than its roots commit to", () => {
    const withheld = [own.tree[0], [{ root: ZeroHash.replace(/0$/, "1"), weight: own.tree[1][0].weight }]];
    const altered = [own.tree[0], [{ ...withheld[1][0], tensor: Int32Array.of(0, 0) }]];
    const short = [own.tree[1]];
    for (const tree of [withheld, altered, short])
      expect(() => findFault(posted(tree, own.model), own))
        .to.throw(WithheldContentError)
        .that.includes({ code: "dispute/withheld" });
    const wrongModel = posted(own.tree, Int32Array.of(1, 1));
    expect(() => findFault({ ...wrongModel, model: undefined }, own)).to.throw(WithheldContentError);
    const answer = { ...wrongModel.answer, nodesRoot: ZeroHash };
    expect(() => findFault({ ...posted(own.tree, own.model), answer }, own)).to.throw(WithheldContentError);
  });
});
