import { expect } from "chai";
import {
  ABSENT,
  applyDelta,
  createRandom,
  deltaBetween,
  dequantise,
  quantise,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  updateWeight,
  weightedMean,
} from "@artel/sdk/learning";
import {
  createTrainer,
  dirichletSplit,
  flipLabels,
  iidSplit,
  loadDataset,
  pick,
  ScoringInputError,
  scoreRound,
  validateUpdate,
  type RevealedUpdate,
} from "@artel/node";

describe("validation of a fetched update", () => {
  const delta = Int32Array.from({ length: 100 }, (_, i) => i - 50);
  const bytes = tensorToBytes(delta);
  const declared = { root: tensorRoot(delta), norm: tensorNorm(delta) };
  const reason = (...args: Parameters<typeof validateUpdate>) => {
    const outcome = validateUpdate(...args);
    return outcome.valid ? undefined : outcome.reason;
  };

  it("NOD-11 accepts what was declared, norm included", () => {
    expect(validateUpdate(bytes, declared, 100, new Set())).to.deep.equal({ valid: true, delta });
    expect(reason(bytes, { ...declared, norm: declared.norm + 1n }, 100, new Set())).to.be.undefined;
    expect(reason(bytes, { ...declared, root: declared.root.toUpperCase().replace("0X", "0x") }, 100, new Set())).to.be
      .undefined;
  });

  it("NOD-11 says why it refuses", () => {
    expect(reason(bytes.subarray(4), declared, 100, new Set())).to.equal("length");
    expect(reason(bytes, declared, 101, new Set())).to.equal("length");
    expect(reason(bytes.with(7, bytes[7] ^ 1), declared, 100, new Set())).to.equal("root");
    expect(reason(bytes, { ...declared, norm: declared.norm - 1n }, 100, new Set())).to.equal("norm");
    const zero = new Int32Array(100);
    expect(reason(tensorToBytes(zero), { root: tensorRoot(zero), norm: 0n }, 100, new Set())).to.equal("zero");
  });

  it("NOD-11 counts the first of equal updates only, and an invalid one not as the first", () => {
    const seen = new Set<string>();
    expect(reason(bytes, { ...declared, norm: 1n }, 100, seen)).to.equal("norm");
    expect(reason(bytes, declared, 100, seen)).to.be.undefined;
    expect(reason(bytes, declared, 100, seen)).to.equal("copy");
  });
});

describe("federated rounds on MNIST", function () {
  this.timeout(60_000);
  const fractionBits = 16;
  const clients = 10;
  const trainer = createTrainer({ kind: "mlp", inputs: 784, hidden: 16, classes: 10 });
  const recipe = { localEpochs: 3, batchSize: 10, learningRate: 0.1, momentum: 0 };
  const caps = { sampleCap: 4000, clipNorm: 4n << 16n };

  it("NOD-16 reach 86 % in three rounds of 8,000 non-IID images, and tell the poisoner from the others", async () => {
    const { train, test } = await loadDataset("mnist");
    const [members, ...audits] = iidSplit(60_000, [8000, 500, 500, 500], createRandom("test", "reserve"));
    const pool = pick(train, members);
    // ids 0 to 6 and 9 are honest, 7 flips its labels, 8 stays away: two batches, one with a gap
    const parts = dirichletSplit(pool.labels, clients, 0.5, 300, createRandom("test", "split"));
    let global = quantise(trainer.initial("test"), fractionBits);
    const totals = new Array<number>(clients).fill(0);
    for (let round = 0; round < 3; round++) {
      const base = dequantise(global, fractionBits);
      const updates: RevealedUpdate[] = [];
      for (const [id, part] of parts.entries()) {
        if (id === 8) continue;
        const own = id === 7 ? flipLabels(pick(pool, part)) : pick(pool, part);
        const trained = trainer.train(base, own, recipe, `test/${round}/${id}`);
        const delta = deltaBetween(global, quantise(trained, fractionBits));
        updates.push({ id, delta, weight: updateWeight(BigInt(part.length), tensorNorm(delta), caps) });
      }
      const vectors = audits.map((ids) =>
        scoreRound({ trainer, global, fractionBits, updates, test: pick(train, ids), clients }),
      );
      for (const vector of vectors) expect(vector[8]).to.equal(ABSENT);
      for (const { id } of updates) totals[id] += vectors.map((vector) => vector[id]).sort((a, b) => a - b)[1];
      global = applyDelta(global, weightedMean(updates.filter(({ id }) => id !== 7)));
    }
    expect(trainer.accuracy(dequantise(global, fractionBits), test)).to.be.above(0.86);
    for (const id of [0, 1, 2, 3, 4, 5, 6, 9]) expect(totals[id], `client ${id}`).to.be.above(Math.max(0, totals[7]));
  });
});

describe("scoring", () => {
  const fractionBits = 16;
  const trainer = createTrainer({ kind: "mlp", inputs: 4, hidden: 3, classes: 2 });
  const random = createRandom("scoring");
  const test = {
    pixels: Uint8Array.from({ length: 400 }, () => random.below(256)),
    labels: Uint8Array.from({ length: 100 }, () => random.below(2)),
    features: 4,
    classes: 2,
  };
  const global = quantise(trainer.initial("global"), fractionBits);
  const update = (id: number, seed = `${id}`): RevealedUpdate => ({
    id,
    delta: quantise(trainer.initial(seed), fractionBits),
    weight: 256 * (id + 1),
  });
  const score = (updates: RevealedUpdate[], clients = 16) =>
    scoreRound({ trainer, global, fractionBits, updates, test, clients });

  it("NOD-06 does not depend on the order of the updates", () => {
    const updates = [0, 1, 2, 5, 9].map((id) => update(id));
    expect(score([...updates].reverse())).to.deep.equal(score(updates));
  });

  it("NOD-06 shares out the gain of a batch", () => {
    const updates = [0, 1, 2].map((id) => update(id));
    const moved = dequantise(applyDelta(global, weightedMean(updates)), fractionBits);
    const gain = trainer.loss(dequantise(global, fractionBits), test) - trainer.loss(moved, test);
    const total = score(updates).reduce((sum, value) => sum + (value === ABSENT ? 0 : value), 0);
    // three roundings of half a unit, times the number revealed, and the rounding of the mean
    expect(total / 3 / 16384).to.be.closeTo(gain, 2e-4);
  });

  it("NOD-05 gives an update without effect nothing, and no update a mark of its own", () => {
    const idle = { id: 1, delta: new Int32Array(trainer.parameterCount), weight: 256 };
    const scores = score([update(0), idle]);
    expect(scores[1]).to.equal(0);
    expect([...scores.subarray(2)]).to.deep.equal(new Array(14).fill(ABSENT));
    expect([...score([])]).to.deep.equal(new Array(16).fill(ABSENT));
  });

  it("refuses ids out of range or given twice, and rounds without weight", () => {
    expect(() => score([update(16)])).to.throw(ScoringInputError, /range/);
    expect(() => score([update(3), update(3)])).to.throw(ScoringInputError, /twice/);
    expect(() => score([{ ...update(0), weight: 0 }])).to.throw(ScoringInputError, /weighs/);
  });
});
