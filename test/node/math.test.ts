import { expect } from "chai";
import fc from "fast-check";
import { crossEntropy, crossEntropyGradient, exp, log } from "../../node/src/math.js";

describe("elementary functions", () => {
  it("agree with the language's to 1e-15", () => {
    fc.assert(
      fc.property(fc.double({ min: -708, max: 709, noNaN: true }), (x) => {
        expect(Math.abs(exp(x) / Math.exp(x) - 1)).to.be.at.most(1e-15);
      }),
      { numRuns: 2000 },
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-300, max: 1e300, noNaN: true }), (x) => {
        expect(Math.abs(log(x) - Math.log(x))).to.be.at.most(1e-15 * Math.max(1, Math.abs(Math.log(x))));
      }),
      { numRuns: 2000 },
    );
  });

  it("are right at the ends", () => {
    expect([exp(0), exp(-1000), exp(1000), log(1)]).to.deep.equal([1, 0, Infinity, 0]);
    expect(exp(1)).to.be.closeTo(Math.E, 1e-15);
    expect(Number.isFinite(exp(709)) && exp(-708) > 0).to.be.true;
  });

  it("survive logits that would overflow", () => {
    const logits = Float64Array.of(5000, -5000, 4999);
    expect(crossEntropy(logits, 1)).to.be.closeTo(10_000.3132616875, 1e-6);
    crossEntropyGradient(logits, new Float64Array(3), 1);
    expect([...logits].map((value) => Number(value.toFixed(6)))).to.deep.equal([0.731059, -1, 0.268941]);
  });
});
