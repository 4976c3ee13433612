import {
  ContentMissingError,
  createStrategy,
  createTrainer,
  iidSplit,
  loadDataset,
  openContentFolder,
  pick,
  scoreRound,
  shardSplit,
  TaskView,
  type Examples,
  type RevealedUpdate,
  type TaskState,
} from "@artel/node";
import type { ILearning } from "@artel/sdk";
import {
  cidOf,
  createRandom,
  deltaBetween,
  dequantise,
  lookAhead,
  manifestCid,
  manifestToBytes,
  quantise,
  serverStep,
  taskContentOf,
  tensorRoot,
  tensorNorm,
  tensorToBytes,
  updateWeight,
  weightCapsOf,
  weightedMean,
  type Manifest,
} from "@artel/sdk/learning";
import { expect } from "chai";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import type { CID } from "multiformats/cid";

import { rejects } from "./rejects.js";

const manifest: Manifest = {
  version: 1,
  dataset: "noise",
  model: { kind: "mlp", inputs: 4, hidden: 3, classes: 2 },
  loss: "cross-entropy",
  recipe: { localEpochs: 2, batchSize: 100, learningRate: 0.2, momentum: 0 },
  fractionBits: 16,
  sampleCap: 2_000,
  clipNorm: 8,
  aggregation: { rule: "mean" },
  privacy: { kind: "open" },
  scoring: { method: "shapley", batch: 8, alphas: [0], test: { kind: "private", samples: 1_000 } },
  seed: "strategy",
};
type Weighed = Required<RevealedUpdate>;

const { fractionBits, recipe } = manifest;
const server = { momentum: 45_875 };
const trainer = createTrainer(manifest.model);
const tensor = (seed: string) => quantise(trainer.initial(seed), fractionBits);

describe("strategies", () => {
  const random = createRandom("strategy");
  const data = {
    pixels: Uint8Array.from({ length: 400 }, () => random.below(256)),
    labels: Uint8Array.from({ length: 100 }, () => random.below(2)),
    features: 4,
    classes: 2,
  };

  it("STR-05 train and step as FedAvg does where the manifest names nothing else", () => {
    const strategy = createStrategy(manifest, trainer);
    const [model, previous] = [tensor("model"), tensor("previous")];
    expect(strategy.start(model, previous)).to.deep.equal(model);
    const trained = trainer.train(dequantise(model, fractionBits), data, recipe, "seed");
    expect(strategy.update(model, data, "seed")).to.deep.equal(deltaBetween(model, quantise(trained, fractionBits)));
    expect(strategy.next(model, previous)).to.deep.equal(serverStep(model, previous));
  });

  it("STR-05 start ahead of the model where the manifest names a momentum", () => {
    const strategy = createStrategy({ ...manifest, server }, trainer);
    const [model, previous] = [tensor("model"), tensor("previous")];
    const start = lookAhead(model, previous, server.momentum);
    expect(strategy.start(model, previous)).to.deep.equal(start);
    const trained = trainer.train(dequantise(start, fractionBits), data, recipe, "seed");
    expect(strategy.update(start, data, "seed")).to.deep.equal(deltaBetween(start, quantise(trained, fractionBits)));
  });

  it("STR-06 pull a client back by rate * proximal * what it has moved, at every step of its descent", () => {
    const start = trainer.initial("start");
    const proximal = 0.75;
    // The whole of the data is one batch, so an epoch is a step.
    const after = (localEpochs: number, more = {}) =>
      trainer.train(start, data, { ...recipe, localEpochs, ...more }, "seed");
    const [one, two] = [after(1), after(2)];
    expect(after(1, { proximal })).to.deep.equal(one);
    const held = after(2, { proximal });
    for (let i = 0; i < start.length; i++) {
      const expected = two[i] - recipe.learningRate * proximal * (one[i] - start[i]);
      expect(held[i]).to.be.closeTo(expected, 1e-6);
    }
    expect(held).not.to.deep.equal(two);
  });
});

describe("start of a round", () => {
  const folder = mkdtempSync(join(tmpdir(), "artel-strategy-"));
  const content = openContentFolder(folder);
  after(() => rmSync(folder, { recursive: true }));
  const models = ["first", "second", "third", "fourth"].map(tensor);

  /** A task in which these rounds have settled, each with the next of the models; `kept` of the models are there. */
  async function taskWith(settled: readonly bigint[], rules: Manifest, kept = models): Promise<TaskView> {
    await content.put(manifestToBytes(rules));
    for (const model of kept) await content.put(tensorToBytes(model));
    const named = (cid: CID) => {
      const { codec, digest } = taskContentOf(cid);
      return { codec: BigInt(codec), digest };
    };
    const facts = models.map((model, i) => ({
      ...{ modelRoot: tensorRoot(model), previousRoot: tensorRoot(models[Math.max(i - 1, 0)]) },
      ...named(cidOf(tensorToBytes(model))),
    }));
    const { sampleCap, clipNorm } = weightCapsOf(rules);
    const { momentum = 0 } = rules.server ?? {};
    const contract = {
      termsOf: async () => ({
        initialRoot: facts[0].modelRoot,
        initialModel: facts[0],
        manifest: named(manifestCid(rules)),
        ...{ microRho: 0n, schedule: { appeal: 0n } },
        aggregation: {
          ...{ sampleCap: BigInt(sampleCap), clipNorm, combining: 0n, trim: 0n, momentum: BigInt(momentum) },
          parameters: BigInt(models[0].length),
        },
      }),
      filters: {
        RoundSettled: (_: bigint, __?: bigint, root?: string) => root,
        AnswerRevealed: (_: bigint, round: bigint) => round,
      },
      // of rounds that settled, each with one answer
      queryFilter: async (wanted: string | bigint) =>
        settled
          .map((round, i) => ({ args: { round, seat: 0n, ...facts[i + 1] } }))
          .filter(({ args }) => args.modelRoot === wanted || args.round === wanted),
      runner: { provider: { getBlockNumber: async () => 1 } },
    };
    return new TaskView(contract as unknown as ILearning, 1n, 1, content, { seedOf: async () => undefined });
  }
  const stateOf = (round: bigint, model: Int32Array) => ({ round, modelRoot: tensorRoot(model) }) as TaskState;
  const moving: Manifest = { ...manifest, server };
  const ahead = (model: number, previous: number) => lookAhead(models[model], models[previous], server.momentum);

  it("STR-07 is the first model until a round has settled", async () => {
    expect(await (await taskWith([], moving)).start(stateOf(3n, models[0]))).to.deep.equal(models[0]);
  });

  it("STR-07 goes on from the last two models, whatever void rounds lie between", async () => {
    expect(await (await taskWith([2n], moving)).start(stateOf(5n, models[1]))).to.deep.equal(ahead(1, 0));
    expect(await (await taskWith([2n, 3n], moving)).start(stateOf(4n, models[2]))).to.deep.equal(ahead(2, 1));
  });

  it("STR-07 does not move when its own round settles", async () => {
    const task = await taskWith([1n, 2n, 3n], moving);
    expect(await task.start(stateOf(3n, models[2]))).to.deep.equal(ahead(2, 1));
    expect(await task.start(stateOf(4n, models[3]))).to.deep.equal(ahead(3, 2));
  });

  it("STR-07 is the model itself, and needs no other, without momentum", async () => {
    rmSync(folder, { recursive: true });
    const task = await taskWith([1n, 2n], manifest, [models[2]]);
    expect(await task.start(stateOf(3n, models[2]))).to.deep.equal(models[2]);
  });

  it("is read again after content could not be had for a while", async () => {
    const task = await taskWith([], manifest);
    rmSync(folder, { recursive: true });
    await rejects(task.start(stateOf(1n, models[0])), ContentMissingError);
    await taskWith([], manifest);
    expect(await task.start(stateOf(1n, models[0]))).to.deep.equal(models[0]);
  });
});

describe("strategies on MNIST, two label shards a client", function () {
  this.timeout(90_000);
  const clients = 10;
  const mnist = createTrainer({ kind: "mlp", inputs: 784, hidden: 16, classes: 10 });
  const local = { localEpochs: 1, batchSize: 10, learningRate: 0.1, momentum: 0 };
  let parts: Examples[];
  let audit: Examples;
  let measured: Examples;

  before(async () => {
    const { train, test } = await loadDataset("mnist");
    const [members, auditor] = iidSplit(60_000, [8_192, 1_000], createRandom("strategy", "members"));
    const pool = pick(train, members);
    parts = shardSplit(pool.labels, clients, 2, createRandom("strategy", "split")).map((ids) => pick(pool, ids));
    audit = pick(train, auditor);
    measured = pick(
      test,
      Uint32Array.from({ length: 2_000 }, (_, i) => i),
    );
  });

  /** Plays five rounds; `keep` says which updates of a round belong into the model. */
  function accuracyWith(
    step: Manifest["server"],
    keep: (start: Int32Array, lastStep: Int32Array | undefined, updates: Weighed[]) => Weighed[],
    spoil = (_id: number, delta: Int32Array) => delta,
  ): number {
    const strategy = createStrategy({ recipe: local, server: step, fractionBits }, mnist);
    let model = quantise(mnist.initial("strategy"), fractionBits);
    let previous: Int32Array | undefined;
    for (let round = 0; round < 5; round++) {
      const start = strategy.start(model, previous ?? model);
      const updates = parts.map((own, id) => {
        const delta = spoil(id, strategy.update(start, own, `${round}/${id}`));
        return { id, delta, weight: updateWeight(600n, tensorNorm(delta), { sampleCap: 600, clipNorm: 2n << 16n }) };
      });
      const kept = keep(start, previous && deltaBetween(previous, model), updates);
      previous = model;
      model = strategy.next(start, weightedMean(kept));
    }
    return mnist.accuracy(dequantise(model, fractionBits), measured);
  }

  it("STR-08 server momentum is several points ahead of none after five rounds", () => {
    const [without, having] = [undefined, server].map((step) =>
      accuracyWith(step, (_start, _last, updates) => updates),
    );
    expect(having, `${without} without`).to.be.above(without + 0.03);
  });

  it("STR-09 two of ten who send -10 times their updates are left out, and cost what is lost with their data", () => {
    const isAttacker = (id: number) => id >= clients - 2;
    const attack = (id: number, delta: Int32Array) => (isAttacker(id) ? delta.map((value) => -10 * value) : delta);
    const totals = new Int32Array(clients);
    const left: number[][] = [];
    const defended = accuracyWith(
      server,
      (start, lastStep, updates) => {
        const balances = new Map(totals.entries());
        const scores = scoreRound({
          ...{ trainer: mnist, global: start, lastStep, alphas: [0, 0.5, 1], fractionBits, updates, clients },
          ...{ panel: totals.keys(), seed: `${left.length}`, test: audit, balances, exclusionScore: 8_192 },
        });
        scores.forEach((score, id) => (totals[id] += score));
        left.push([...totals.keys()].filter((id) => totals[id] < -8_192));
        return updates.filter(({ id }) => totals[id] >= -8_192);
      },
      attack,
    );
    for (const ids of left.slice(1)) expect(ids).to.include.members([8, 9]);
    const without = accuracyWith(server, (_start, _last, updates) => updates.filter(({ id }) => !isAttacker(id)));
    expect(defended).to.be.above(without - 0.04);
    const undefended = accuracyWith(
      server,
      (_start, _last, updates) => updates.map((update) => ({ ...update, weight: 1 })),
      attack,
    );
    expect(undefended).to.be.below(without - 0.4);
  });
});
