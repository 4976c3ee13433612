import { expect } from "chai";
import {
  ABSENT,
  applyDelta,
  batchesOf,
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
  baseOf,
  createTrainer,
  dirichletSplit,
  flipLabels,
  iidSplit,
  loadDataset,
  ParameterCountError,
  pick,
  ScoringInputError,
  scoreRound,
  validateUpdate,
  type RevealedUpdate,
  type ScoringInput,
} from "@artel/node";

type ScoredUpdate = Required<RevealedUpdate>;

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

const NOBODY_EXCLUDED = { balances: new Map<number, number>(), exclusionScore: Infinity };

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
    let lastStep: Int32Array | undefined;
    const totals = new Array<number>(clients).fill(0);
    for (let round = 0; round < 3; round++) {
      const base = dequantise(global, fractionBits);
      const updates: ScoredUpdate[] = [];
      for (const [id, part] of parts.entries()) {
        if (id === 8) continue;
        const own = id === 7 ? flipLabels(pick(pool, part)) : pick(pool, part);
        const trained = trainer.train(base, own, recipe, `test/${round}/${id}`);
        const delta = deltaBetween(global, quantise(trained, fractionBits));
        updates.push({ id, delta, weight: updateWeight(BigInt(part.length), tensorNorm(delta), caps) });
      }
      const vectors = audits.map((ids) =>
        scoreRound({
          ...{ trainer, global, lastStep, alphas: [0, 0.5, 1, 2], fractionBits, updates, test: pick(train, ids) },
          ...{ panel: updates.map(({ id }) => id), seed: `test/${round}`, clients, ...NOBODY_EXCLUDED },
        }),
      );
      for (const vector of vectors) expect(vector[8]).to.equal(ABSENT);
      for (const { id } of updates) totals[id] += vectors.map((vector) => vector[id]).sort((a, b) => a - b)[1];
      lastStep = weightedMean(updates.filter(({ id }) => id !== 7));
      global = applyDelta(global, lastStep);
    }
    expect(trainer.accuracy(dequantise(global, fractionBits), test)).to.be.above(0.86);
    for (const id of [0, 1, 2, 3, 4, 5, 6, 9]) expect(totals[id], `client ${id}`).to.be.above(Math.max(0, totals[7]));
  });
});

describe("scoring", () => {
  const fractionBits = 16;
  const recipe = { localEpochs: 5, batchSize: 10, learningRate: 0.5, momentum: 0 };
  const trainer = createTrainer({ kind: "mlp", inputs: 4, hidden: 3, classes: 2 });
  const random = createRandom("scoring");
  const test = {
    pixels: Uint8Array.from({ length: 400 }, () => random.below(256)),
    labels: Uint8Array.from({ length: 100 }, () => random.below(2)),
    features: 4,
    classes: 2,
  };
  const global = quantise(trainer.initial("global"), fractionBits);
  const update = (id: number, seed = `${id}`): ScoredUpdate => ({
    id,
    delta: quantise(trainer.initial(seed), fractionBits),
    weight: 256 * (id + 1),
  });
  const score = (updates: RevealedUpdate[], change: Partial<ScoringInput> = {}) =>
    scoreRound({
      ...{ trainer, global, alphas: [0], fractionBits, updates, test, clients: 16, seed: "seed" },
      ...NOBODY_EXCLUDED,
      panel: updates.map(({ id }) => id),
      ...change,
    });
  const loss = (model: Int32Array) => trainer.loss(dequantise(model, fractionBits), test);
  const DEBT = 1_000_000;
  /** These clients are excluded when the round begins, and nobody else is by the round. */
  const debtsOf = (...ids: number[]) => ({
    balances: new Map(ids.map((id) => [id, -DEBT])),
    exclusionScore: DEBT - 1,
  });

  it("NOD-06 does not depend on the order of the updates", () => {
    const updates = [0, 1, 2, 5, 9].map((id) => update(id));
    expect(score([...updates].reverse())).to.deep.equal(score(updates));
  });

  it("NOD-06 shares out the gain of a batch", () => {
    const updates = [0, 1, 2].map((id) => update(id));
    const gain = loss(global) - loss(applyDelta(global, weightedMean(updates)));
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

  it("SCO-01 weighs with all updates of the round, and leaves what it can't see as it is", () => {
    const all = Array.from({ length: 16 }, (_, id) => update(id));
    const full = score(all);
    const hidden = score(all.map((one) => (one.id === 5 ? { id: 5, weight: one.weight } : one)));
    const [mates, others] = batchesOf(full.keys(), "seed").sort((a) => (a.includes(5) ? -1 : 1));
    expect(hidden[5]).to.equal(ABSENT);
    for (const id of others) expect(hidden[id], `client ${id}`).to.equal(full[id]);
    expect(mates.some((id) => id !== 5 && hidden[id] !== full[id])).to.be.true;
  });

  it("SCO-01 scores its panel only, by its share of the whole round", () => {
    const all = Array.from({ length: 16 }, (_, id) => update(id));
    const panel = [0, 1, 2];
    const own = score(
      all.map((one) => (panel.includes(one.id) ? one : { id: one.id, weight: one.weight })),
      { panel: [...panel, 40] },
    );
    expect(own).to.deep.equal(score(all, { panel }));
    expect([...own].filter((value) => value !== ABSENT)).to.have.length(3);
    const total = all.reduce((sum, { weight }) => sum + weight, 0);
    const moved = Int32Array.from(global, (value, i) =>
      Math.round(panel.reduce((sum, id) => sum + (all[id].weight / total) * all[id].delta[i], value)),
    );
    const gain = own.subarray(0, 3).reduce((sum, value) => sum + value, 0) / 16 / 16384;
    expect(gain).to.be.closeTo(loss(global) - loss(moved), 2e-4);
  });

  it("SCO-07 leaves excluded clients out of all coalitions, and scores what they add to all others together", () => {
    const all = [0, 1, 2, 3].map((id) => update(id));
    const scores = score(all, debtsOf(1, 3));
    // nobody's score depends on what an excluded client sent
    const changed = all.map((one) => (one.id === 1 ? { ...one, delta: one.delta.map((value) => -10 * value) } : one));
    const others = score(changed, debtsOf(1, 3));
    for (const id of [0, 2, 3]) expect(others[id], `client ${id}`).to.equal(scores[id]);
    expect(others[1]).to.not.equal(scores[1]);
    const unknown = all.map(({ id, weight, delta }) => ({ id, weight, delta: id % 2 === 0 ? delta : undefined }));
    const alone = score(unknown);
    for (const id of [0, 2]) expect(scores[id]).to.equal(alone[id]);
    const total = all.reduce((sum, { weight }) => sum + weight, 0);
    const modelOf = (ids: number[]) =>
      global.map((value, i) => value + ids.reduce((sum, id) => sum + (all[id].weight / total) * all[id].delta[i], 0));
    for (const id of [1, 3]) {
      const added = loss(modelOf([0, 2])) - loss(modelOf([0, 2, id]));
      expect(scores[id] / all.length / 2 ** 14, `client ${id}`).to.be.closeTo(added, 2e-4);
    }
    // nobody else is there: what it adds to the model
    const [only] = score([all[0]], debtsOf(0));
    expect(only).to.equal(score([all[0]])[0]);
  });

  it("SCO-07 leaves out whom the round would exclude, the lowest first, so that nobody is charged for meeting it", () => {
    const all = [0, 1, 2, 3].map((id) => {
      const trained = trainer.train(dequantise(global, fractionBits), test, recipe, `${id}`);
      const delta = deltaBetween(global, quantise(trained, fractionBits));
      return { id, weight: 256, delta: id < 2 ? delta : delta.map((value) => (id === 3 ? -20 : -1) * value) };
    });
    const exclusionScore = 1_000;
    const charged = score(all);
    const without3 = score(all, debtsOf(3));
    // with client 3 the others are credited and charged for its harm
    expect(charged[0]).to.be.above(10 * without3[0]);
    expect(charged[2]).to.be.below(-exclusionScore);
    expect(without3[2]).to.be.within(-exclusionScore, -1);
    expect(score(all, { exclusionScore })).to.deep.equal(without3);
    // what counts is the balance that the score would lead to
    const balances = new Map([2, 3].map((id) => [id, -charged[id]]));
    expect(score(all, { exclusionScore, balances })).to.deep.equal(charged);
    balances.set(3, -1 - charged[3] - exclusionScore);
    expect(score(all, { exclusionScore, balances })).to.deep.equal(without3);
    // all harm: each is scored by what it adds to the model alone
    const harm = all.slice(2);
    expect(score(harm, { exclusionScore: 1 })).to.deep.equal(score(harm, debtsOf(2, 3)));
  });

  it("SCO-03 moves on along the last step as far as helps most, and by the least of equals", () => {
    const trained = trainer.train(dequantise(global, fractionBits), test, recipe, "step");
    const lastStep = deltaBetween(global, quantise(trained, fractionBits));
    const alphas = [0, 0.5, 1, 64];
    const input = { trainer, global, lastStep, alphas, fractionBits, test };
    const at = (alpha: number) =>
      Float32Array.from(global, (value, i) => (value + alpha * lastStep[i]) / 2 ** fractionBits);
    const losses = alphas.map((alpha) => trainer.loss(at(alpha), test));
    const best = alphas[losses.indexOf(Math.min(...losses))];
    expect(best).to.be.above(0);
    expect(baseOf(input)).to.deep.equal(at(best));
    expect(baseOf({ ...input, alphas: [0] })).to.deep.equal(at(0));
    expect(baseOf({ ...input, lastStep: undefined })).to.deep.equal(at(0));
    expect(baseOf({ ...input, lastStep: new Int32Array(global.length) })).to.deep.equal(at(0));
    expect(() => baseOf({ ...input, lastStep: new Int32Array(3) })).to.throw(ParameterCountError);
  });

  it("SCO-03 pays the last step nothing once it is in the base", () => {
    // a step that helps: what training on the test data itself did
    const trained = trainer.train(dequantise(global, fractionBits), test, recipe, "step");
    const lastStep = deltaBetween(global, quantise(trained, fractionBits));
    const rider = { id: 1, delta: lastStep, weight: 256 };
    const alphas = Array.from({ length: 41 }, (_, i) => i / 4);
    const bare = score([update(0), rider]);
    const based = score([update(0), rider], { lastStep, alphas });
    expect(bare[1]).to.be.above(40);
    expect(based[1]).to.be.at.most(bare[1] / 20);
  });

  it("SCO-04 deals by the seed", () => {
    const updates = Array.from({ length: 16 }, (_, id) => update(id));
    expect(score(updates, { seed: "other" })).to.not.deep.equal(score(updates));
    expect(score(updates, { seed: "other" })).to.deep.equal(score([...updates].reverse(), { seed: "other" }));
  });

  it("refuses ids out of range or given twice, and rounds without weight", () => {
    expect(() => score([update(16)])).to.throw(ScoringInputError, /range/);
    expect(() => score([update(3), update(3)])).to.throw(ScoringInputError, /twice/);
    expect(() => score([{ ...update(0), weight: 0 }])).to.throw(ScoringInputError, /weighs/);
  });
});
