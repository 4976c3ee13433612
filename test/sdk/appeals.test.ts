import { expect } from "chai";
import fc from "fast-check";
import { outliersOf, ABSENT, appealBond, freshPanel, freshSeats, permutation, settleAppeal } from "@artel/sdk/learning";

const SEED = `0x${"5eed".repeat(16)}`;
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);
const flat = (score: number) => Array<number>(4).fill(score);
const terms = { epsilon: 10, seatPay: 100n, bond: 1200n, missPenalty: 1000n, stakes: [3000n, 3000n, 3000n] };
const revealed = [true, true, true, true];
const eleven = (score: number) => Array.from({ length: 11 }, () => flat(score));

describe("reference rules of appeals", () => {
  it("APL-04 a fresh panel has up to eleven seats, an odd number, and two more than the panel", () => {
    expect(freshSeats(14, 3)).to.equal(11);
    expect(freshSeats(100, 9)).to.equal(11);
    expect(freshSeats(9, 3)).to.equal(5);
    expect(freshSeats(8, 3)).to.equal(5);
    expect(freshSeats(7, 3)).to.equal(undefined);
    expect(freshSeats(22, 11)).to.equal(11);
    expect(freshSeats(21, 11)).to.equal(undefined);
  });

  it("APL-04 nobody of the panel is on the fresh one, and nobody twice", () => {
    const members = [3, 7, 11];
    const fresh = freshPanel(SEED, 20, members, 11);
    expect(new Set(fresh).size).to.equal(11);
    expect(fresh.filter((id) => members.includes(id))).to.deep.equal([]);
    expect(() => permutation(SEED, new Uint8Array(32), 0)).to.throw();
  });

  it("APL-03 a bond is what the fresh seats can earn and a 32nd of a stake", () => {
    expect(appealBond(11, 100n, 33n)).to.equal(1102n);
  });

  it("APL-08 outliers pay the fresh panel and the appellant", () => {
    const outcome = settleAppeal({ ...terms, panel: [flat(900), flat(900), flat(5)], fresh: eleven(0x10), revealed })!;
    expect(outcome.differences).to.deep.equal(flat(16 - 900));
    expect(outcome.fines).to.deep.equal([1000n, 1000n, 1000n]);
    expect(outcome.given).to.equal(1000n + 100n + 450n + 500n);
    expect(outcome.returned).to.equal(100n);
    expect(outcome.treasury).to.equal(950n);
  });

  it("APL-08 nobody is an outlier for what the fresh panel could not have", () => {
    const all = [true, true, true];
    const before = [500, 500, 0];
    expect(outliersOf([before, undefined], [ABSENT, ABSENT, 0], before, all, 10)).to.deep.equal([false, false]);
    expect(outliersOf([before], [0, 0, 0], before, all, 10)).to.deep.equal([true]);
  });

  it("APL-08 who could not have what its panel had is no outlier; who denies it with the panel is", () => {
    const all = [true, true, true];
    const starved = [ABSENT, ABSENT, 0];
    expect(outliersOf([starved], [500, 500, 0], [500, 500, 0], all, 10)).to.deep.equal([false]);
    expect(outliersOf([starved], [500, 500, 0], [0, -500, 0], all, 10)).to.deep.equal([false]);
    expect(outliersOf([starved], [500, 500, 0], starved, all, 10)).to.deep.equal([true]);
  });

  it("APL-09 who appeals what is right loses the bond", () => {
    const outcome = settleAppeal({ ...terms, panel: [flat(5), flat(6), flat(7)], fresh: eleven(10), revealed })!;
    expect(outcome).to.include({ corrected: 0, returned: 0n, given: 0n, treasury: 100n });
    expect(outcome.differences).to.deep.equal(flat(4));
  });

  it("APL-06, APL-09 absence takes scores away, forgives no debt, and upholds nothing", () => {
    const before = [50, -50, 20, 20];
    const fresh = Array<number[]>(11).fill([ABSENT, ABSENT, 20, ABSENT]);
    const outcome = settleAppeal({ ...terms, panel: [before, before, before], fresh, revealed })!;
    expect(outcome).to.include({ corrected: 0, returned: 0n });
    expect(outcome.differences.slice(0, 3)).to.deep.equal([-50, 0, 0]);
  });

  it("APL-10 fewer reveals than the panel had are no verdict", () => {
    const fresh = [flat(1), flat(1), ...Array<undefined>(9).fill(undefined)];
    expect(settleAppeal({ ...terms, panel: [flat(5), flat(6), flat(7)], fresh, revealed })).to.equal(undefined);
  });

  it("APL-10 two silent seats of eleven veto no verdict on eleven, three do", () => {
    const silent = (count: number) => [...eleven(900).slice(count), ...Array<undefined>(count).fill(undefined)];
    const appeal = { ...terms, stakes: Array<bigint>(11).fill(3000n), panel: eleven(5), revealed };
    expect(settleAppeal({ ...appeal, fresh: silent(2) })!.differences).to.deep.equal(flat(895));
    expect(settleAppeal({ ...appeal, fresh: silent(3) })).to.equal(undefined);
  });

  it("APL-14 fines, bond and pay add up, whatever is said", () => {
    const score = fc.oneof(fc.constant(ABSENT), fc.integer({ min: -40, max: 40 }));
    const vector = fc.array(score, { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(vector, { minLength: 3, maxLength: 3 }),
        fc.array(fc.option(vector, { nil: undefined }), { minLength: 11, maxLength: 11 }),
        fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
        fc.array(fc.bigInt(0n, 3000n), { minLength: 3, maxLength: 3 }),
        (panel, fresh, revealed, stakes) => {
          const outcome = settleAppeal({ ...terms, panel, fresh, revealed, stakes });
          if (outcome === undefined) return;
          const { pay, fines, given, returned, treasury } = outcome;
          expect(sum(pay) + returned + given + treasury).to.equal(terms.bond + sum(fines));
          fines.forEach((fine, seat) => expect(fine <= stakes[seat] && fine <= terms.missPenalty).to.equal(true));
          expect(returned >= 0n && given >= 0n && treasury >= 0n).to.equal(true);
        },
      ),
    );
  });
});
