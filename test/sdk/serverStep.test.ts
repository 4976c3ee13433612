import { lookAhead, SERVER_UNIT, ServerMomentumError, serverStep, TensorLengthError } from "@artel/sdk/learning";
import { expect } from "chai";
import fc from "fast-check";

const MIN = -(2 ** 31);
const MAX = 2 ** 31 - 1;
const int32 = fc.oneof(fc.integer({ min: MIN, max: MAX }), fc.constantFrom(MIN, MAX, -1, 0, 1));
const momenta = fc.oneof(
  fc.integer({ min: 0, max: SERVER_UNIT - 1 }),
  fc.constantFrom(0, 1, SERVER_UNIT / 2, SERVER_UNIT - 1),
);

/** The two rules in integers of any size. */
const reference = {
  saturate: (value: bigint) => Number(value < BigInt(MIN) ? BigInt(MIN) : value > BigInt(MAX) ? BigInt(MAX) : value),
  lookAhead(model: number, previous: number, momentum: number) {
    const product = BigInt(momentum) * (BigInt(model) - BigInt(previous));
    const quotient = product / 65536n;
    const floor = product % 65536n < 0n ? quotient - 1n : quotient;
    return this.saturate(BigInt(model) + floor);
  },
  serverStep(start: number, mean: number) {
    return this.saturate(BigInt(start) + BigInt(mean));
  },
};

const tensors = <T>(entry: fc.Arbitrary<T>) => fc.array(entry, { minLength: 1, maxLength: 64 });

describe("server step", () => {
  it("STR-01 looks ahead by the floor of the exact share of the last step", () => {
    fc.assert(
      fc.property(tensors(fc.tuple(int32, int32)), momenta, (pairs, momentum) => {
        const [model, previous] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
        const expected = pairs.map(([a, b]) => reference.lookAhead(a, b, momentum));
        expect([...lookAhead(model, previous, momentum)]).to.deep.equal(expected);
      }),
      { numRuns: 500 },
    );
  });

  it("STR-01 rounds toward minus infinity and ends at the bounds of int32", () => {
    const half = SERVER_UNIT / 2;
    const from = (model: number, previous: number, momentum = half) =>
      lookAhead(Int32Array.of(model), Int32Array.of(previous), momentum)[0];
    expect(from(1, 0)).to.equal(1);
    expect(from(-1, 0)).to.equal(-2);
    expect(from(3, 0)).to.equal(4);
    expect(from(MAX, MIN, SERVER_UNIT - 1)).to.equal(MAX);
    expect(from(MIN, MAX, SERVER_UNIT - 1)).to.equal(MIN);
  });

  it("STR-01 stays where it is without a last step or without momentum", () => {
    fc.assert(
      fc.property(tensors(int32), tensors(int32), momenta, (values, others, momentum) => {
        const model = Int32Array.from(values);
        expect(lookAhead(model, model, momentum)).to.deep.equal(model);
        const previous = Int32Array.from(values, (_, i) => others[i % others.length]);
        expect(lookAhead(model, previous, 0)).to.deep.equal(model);
      }),
    );
  });

  it("STR-02 adds the mean to the start, and ends at the bounds of int32", () => {
    fc.assert(
      fc.property(tensors(fc.tuple(int32, int32)), (pairs) => {
        const [start, mean] = [0, 1].map((side) => Int32Array.from(pairs, (pair) => pair[side]));
        const expected = pairs.map(([a, b]) => reference.serverStep(a, b));
        expect([...serverStep(start, mean)]).to.deep.equal(expected);
      }),
      { numRuns: 500 },
    );
    expect([...serverStep(Int32Array.of(MAX, MIN, MAX), Int32Array.of(1, -1, MIN))]).to.deep.equal([MAX, MIN, -1]);
  });

  it("STR-03 gives every chunk from the same chunk of the tensors it takes", () => {
    const values = fc.array(fc.tuple(int32, int32, int32), { minLength: 65, maxLength: 200 });
    fc.assert(
      fc.property(values, momenta, fc.nat(), (triples, momentum, at) => {
        const [model, previous, mean] = [0, 1, 2].map((side) => Int32Array.from(triples, (triple) => triple[side]));
        const first = at % (triples.length - 64);
        const part = (tensor: Int32Array) => tensor.subarray(first, first + 64);
        const whole = serverStep(lookAhead(model, previous, momentum), mean);
        const chunk = serverStep(lookAhead(part(model), part(previous), momentum), part(mean));
        expect([...chunk]).to.deep.equal([...part(whole)]);
      }),
    );
  });

  it("leaves its arguments alone", () => {
    const model = Int32Array.of(5);
    const previous = Int32Array.of(1);
    const start = lookAhead(model, previous, SERVER_UNIT / 2);
    serverStep(start, previous);
    expect([model[0], previous[0], start[0]]).to.deep.equal([5, 1, 7]);
  });

  it("refuses tensors of different lengths, and momentum out of range", () => {
    const one = Int32Array.of(1);
    expect(() => lookAhead(one, new Int32Array(2), 1)).to.throw(TensorLengthError);
    expect(() => serverStep(one, new Int32Array(2))).to.throw(TensorLengthError);
    for (const bad of [-1, 0.5, NaN, SERVER_UNIT]) expect(() => lookAhead(one, one, bad)).to.throw(ServerMomentumError);
  });
});
