import { expect } from "chai";
import fc from "fast-check";
import {
  applyDelta,
  deltaBetween,
  dequantise,
  FractionBitsError,
  quantise,
  QuantiseRangeError,
  roundHalfAway,
  TensorLengthError,
  TensorOverflowError,
} from "@artel/sdk/learning";

const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });

describe("quantisation", () => {
  it("NOD-01 rounds to the nearest unit, halves away from zero", () => {
    expect([0.5, -0.5, 1.5, -1.5, 2.4, -2.6, 0].map(roundHalfAway)).to.deep.equal([1, -1, 2, -2, 2, -3, 0]);
    expect(roundHalfAway(0.49999999999999994)).to.equal(0);
    expect([...quantise(new Float64Array([1, -1, 0.5, 1 / 131072, -1 / 131072]), 16)]).to.deep.equal([
      65536, -65536, 32768, 1, -1,
    ]);
  });

  it("NOD-01 gives back every value of 24 bits exactly", () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -(2 ** 24), max: 2 ** 24 })),
        fc.integer({ min: 0, max: 30 }),
        (xs, bits) => {
          const tensor = Int32Array.from(xs);
          expect(quantise(dequantise(tensor, bits), bits)).to.deep.equal(tensor);
        },
      ),
    );
  });

  it("NOD-01 stays within half a unit", () => {
    fc.assert(
      fc.property(fc.double({ min: -2000, max: 2000, noNaN: true }), (x) => {
        expect(Math.abs(quantise(new Float64Array([x]), 20)[0] / 2 ** 20 - x)).to.be.at.most(2 ** -21);
      }),
    );
  });

  it("NOD-01 names the first value that does not fit", () => {
    const limit = 2 ** 31 / 65536;
    expect(quantise(new Float64Array([-limit]), 16)[0]).to.equal(-(2 ** 31));
    for (const bad of [limit, NaN, Infinity, -Infinity, -limit - 1]) {
      expect(() => quantise(new Float64Array([0, bad, 0]), 16))
        .to.throw(QuantiseRangeError)
        .that.includes({ index: 1, code: "quantise/range" });
    }
  });

  it("refuses a format int32 can't have", () => {
    for (const bits of [-1, 31, 1.5, NaN])
      expect(() => quantise(new Float32Array(1), bits)).to.throw(FractionBitsError);
  });

  it("steps from one model to another and back", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(int32, int32)), (pairs) => {
        const from = Int32Array.from(pairs, ([a]) => a >> 1);
        const to = Int32Array.from(pairs, ([, b]) => b >> 1);
        expect(applyDelta(from, deltaBetween(from, to))).to.deep.equal(to);
      }),
    );
  });

  it("refuses a step out of range, and one of another length", () => {
    const top = Int32Array.of(0, 2 ** 31 - 1);
    expect(() => applyDelta(top, Int32Array.of(0, 1)))
      .to.throw(TensorOverflowError)
      .that.includes({ index: 1 });
    expect(() => deltaBetween(Int32Array.of(1), Int32Array.of(-(2 ** 31)))).to.throw(TensorOverflowError);
    expect(() => applyDelta(top, Int32Array.of(0))).to.throw(TensorLengthError);
  });
});
