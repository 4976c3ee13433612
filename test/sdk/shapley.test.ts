import { expect } from "chai";
import fc from "fast-check";
import { batchesOf, exactShapley, PlayerCountError } from "@artel/sdk/learning";

const games = fc
  .integer({ min: 1, max: 6 })
  .chain((players) =>
    fc.tuple(
      fc.constant(players),
      fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 1 << players, maxLength: 1 << players }),
    ),
  );
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);

describe("Shapley values", () => {
  it("NOD-06 share out what all reach together (efficiency)", () => {
    fc.assert(
      fc.property(games, ([players, worth]) => {
        const all = worth[(1 << players) - 1] - worth[0];
        expect(sum(exactShapley(players, (mask) => worth[mask]))).to.be.closeTo(all, 1e-9);
      }),
    );
  });

  it("NOD-06 give equal players the same (symmetry) and idle ones nothing (null player)", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 16, maxLength: 16 }), (worth) => {
        // players 0 and 1 count by number alone; player 4 changes nothing
        const utility = (mask: number) => worth[(mask & 1) + ((mask >> 1) & 1) + 3 * ((mask >> 2) & 3)];
        const values = exactShapley(5, utility);
        expect(values[0]).to.be.closeTo(values[1], 1e-12);
        expect(values[4]).to.equal(0);
      }),
    );
  });

  it("NOD-06 are linear in the utility", () => {
    fc.assert(
      fc.property(games, ([players, worth]) => {
        const other = (mask: number) => Math.sqrt(mask);
        const a = exactShapley(players, (mask) => worth[mask]);
        const b = exactShapley(players, other);
        const both = exactShapley(players, (mask) => worth[mask] + 2 * other(mask));
        both.forEach((value, k) => expect(value).to.be.closeTo(a[k] + 2 * b[k], 1e-9));
      }),
    );
  });

  it("NOD-06 match a game worked out by hand", () => {
    // one left glove, two right ones: a pair is worth 1
    const values = exactShapley(3, (mask) => (mask & 1 && mask & 6 ? 1 : 0));
    [2 / 3, 1 / 6, 1 / 6].forEach((value, k) => expect(values[k]).to.be.closeTo(value, 1e-12));
  });

  it("refuse games they can't take", () => {
    expect(() => exactShapley(9, () => 0)).to.throw(PlayerCountError);
    expect(exactShapley(0, () => 1)).to.have.length(0);
  });

  it("SCO-04 are dealt into as few batches as hold them, of sizes that differ by at most one", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(100_000), { maxLength: 100 }), fc.string(), (ids, seed) => {
        const batches = batchesOf(ids, seed);
        const sizes = batches.map(({ length }) => length);
        expect(batches).to.have.length(Math.ceil(ids.length / 8));
        if (ids.length > 0) expect(Math.max(...sizes) - Math.min(...sizes)).to.be.at.most(1);
        expect(batches.flat().sort((a, b) => a - b)).to.deep.equal([...ids].sort((a, b) => a - b));
        expect(batchesOf([...ids].reverse(), seed)).to.deep.equal(batches);
      }),
    );
  });

  it("SCO-04 let the seed alone decide who meets whom", () => {
    const ids = Array.from({ length: 40 }, (_, id) => id);
    const meetings = Array.from({ length: 2_000 }, (_, seed) =>
      batchesOf(ids, `${seed}`).some((batch) => batch.includes(0) && batch.includes(1)),
    );
    // 7 of the 39 others share a batch: 359 of 2,000 seeds, give or take four standard deviations of 17
    expect(meetings.filter(Boolean).length).to.be.within(359 - 68, 359 + 68);
  });
});
