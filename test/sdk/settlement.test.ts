import { expect } from "chai";
import fc from "fast-check";
import {
  ABSENT,
  accumulate,
  auditorPay,
  isAccurate,
  isExcluded,
  judgePanel,
  lowerMedian,
  payPeriod,
  ScoreLengthError,
} from "@artel/sdk/learning";

const score = fc.integer({ min: -32768, max: 32767 });
const balance = fc.bigInt({ min: -(1n << 40n), max: 1n << 40n });
const sum = (amounts: readonly bigint[]) => amounts.reduce((total, amount) => total + amount, 0n);

describe("reference rules of medians", () => {
  it("PAN-04 take the lower median of what is there", () => {
    expect(lowerMedian([5])).to.equal(5);
    expect(lowerMedian([9, 1])).to.equal(1);
    expect(lowerMedian([3, 1, 2])).to.equal(2);
    expect(lowerMedian([10, -3, 7, 7])).to.equal(7);
    expect(lowerMedian([4, 40, 400, 4000])).to.equal(40);
  });

  it("PAN-05 fill an odd number of seats with minus and plus infinity by turns, and find the same", () => {
    const seats = fc
      .integer({ min: 1, max: 7 })
      .chain((half) => fc.tuple(fc.constant(2 * half + 1), fc.array(score, { minLength: 1, maxLength: 2 * half + 1 })));
    fc.assert(
      fc.property(seats, ([count, values]) => {
        const padded = [...values];
        while (padded.length < count) padded.push((padded.length - values.length) % 2 === 0 ? -Infinity : Infinity);
        padded.sort((a, b) => a - b);
        expect(padded[(count - 1) / 2]).to.equal(lowerMedian(values));
      }),
    );
  });

  it("PAN-06 stay among the scores of an honest majority, whatever the others say", () => {
    fc.assert(
      fc.property(score, fc.nat(500), fc.array(score, { maxLength: 5 }), (truth, spread, lies) => {
        const honest = lies.map((_, i) => truth + Math.floor((spread * i) / lies.length)).concat(truth + spread);
        const median = lowerMedian([...lies, ...honest]);
        expect(median).to.be.within(truth, truth + spread);
      }),
    );
  });

  it("PAN-05 void a panel with fewer than three vectors", () => {
    const vector = [1, 2];
    expect(judgePanel([vector, vector, undefined, undefined], [true, true], 0)).to.be.undefined;
    expect(judgePanel([], [true], 0)).to.be.undefined;
    const verdict = judgePanel([vector, undefined, vector, undefined, vector], [true, true], 0);
    expect(verdict).to.deep.equal({ medians: Int16Array.of(1, 2), accurate: [2, 0, 2, 0, 2], updates: 2 });
  });

  it("PAN-08 give a client without an update no score, whatever auditors say", () => {
    const verdict = judgePanel(
      [
        [7, 5],
        [7, 5],
        [7, ABSENT],
      ],
      [true, false],
      0,
    );
    expect(verdict).to.deep.equal({ medians: Int16Array.of(7, ABSENT), accurate: [1, 1, 1], updates: 1 });
  });

  it("PAN-03 refuse a vector of another length", () => {
    expect(() => judgePanel([[1], [1], [1, 2]], [true], 0)).to.throw(ScoreLengthError);
  });

  it("PAN-04 PAN-09 count what is within epsilon, and absence as close to absence only", () => {
    expect([-10, -9, 9, 10].map((value) => isAccurate(value, 0, 9))).to.deep.equal([false, true, true, false]);
    expect(isAccurate(ABSENT, ABSENT, 0)).to.be.true;
    expect(isAccurate(ABSENT, -32767, 10)).to.be.false;
    expect(isAccurate(-32767, ABSENT, 10)).to.be.false;
    const seats = [
      [100, 200],
      [108, 200],
      [109, 300],
      [90, 200],
      [ABSENT, 201],
    ];
    expect(judgePanel(seats, [true, true], 8)!.accurate).to.deep.equal([2, 2, 0, 1, 1]);
  });

  it("PAN-07 pay nobody by a panel that says nothing", () => {
    const seats = [
      [0, ABSENT],
      [0, ABSENT],
      [0, 5],
    ];
    expect(judgePanel(seats, [true, true], 10)).to.deep.include({ accurate: [0, 0, 0], updates: 2 });
    expect(judgePanel([[1], [1], [0]], [true], 0)!.accurate).to.deep.equal([1, 1, 0]);
  });
});

describe("reference rules of pay", () => {
  it("PAN-04 pay an auditor its share of accurate scores, rounded down", () => {
    expect(auditorPay(5_000n, 2, 3)).to.equal(3_333n);
    expect(auditorPay(5_000n, 3, 3)).to.equal(5_000n);
    expect(auditorPay(5_000n, 0, 0)).to.equal(0n);
  });

  it("PAN-10 add raw scores up, signed, and absence as nothing", () => {
    const first = accumulate([0n, 0n, -40n], Int16Array.of(300, ABSENT, 10));
    expect(accumulate(first, [200, -20, ABSENT])).to.deep.equal([500n, -20n, -30n]);
  });

  it("PAN-09 PAN-10 leave out who did clear harm, and who has no score", () => {
    expect(isExcluded(500, -512n, 512n)).to.be.false;
    expect(isExcluded(500, -513n, 512n)).to.be.true;
    expect(isExcluded(ABSENT, 10_000n, 512n)).to.be.true;
  });

  it("PAY-02 pay a period as the worked example of docs/spec.md", () => {
    expect(payPeriod([500n, 100n, -30n], 400_000n, 100n)).to.deep.equal({
      pay: [333_333n, 66_666n, 0n],
      carried: [0n, 0n, -30n],
      refund: 1n,
    });
  });

  it("PAY-02 refund what little work does not earn, and everything if nobody did any", () => {
    expect(payPeriod([30n, 20n], 1_000n, 100n)).to.deep.include({ pay: [300n, 200n], refund: 500n });
    expect(payPeriod([-1n, 0n], 1_000n, 0n)).to.deep.equal({ pay: [0n, 0n], carried: [-1n, 0n], refund: 1_000n });
  });

  it("PAY-02 never pay more than the pool, nor less than it by a unit a client where enough was done", () => {
    const inputs = [fc.array(balance, { maxLength: 40 }), fc.bigInt({ min: 0n, max: 1n << 128n }), balance] as const;
    fc.assert(
      fc.property(...inputs, (balances, pool, minimum) => {
        const { pay, carried, refund } = payPeriod(balances, pool, minimum);
        const positive = balances.filter((value) => value > 0n);
        expect(sum(pay) + refund).to.equal(pool);
        expect(refund >= 0n).to.be.true;
        if (positive.length > 0 && sum(positive) >= minimum) expect(refund < BigInt(positive.length)).to.be.true;
        balances.forEach((value, i) => {
          expect(pay[i] > 0n && carried[i] < 0n).to.be.false;
          expect(carried[i]).to.equal(value < 0n ? value : 0n);
        });
      }),
    );
  });
});
