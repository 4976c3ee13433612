/**
 * Accuracy, contributions and time of federated averaging, without a chain.
 *
 *   npx tsx bench/learning.ts --flippers 1 --seed 2 [--keep-flippers] [--hidden 64] [--epochs 2]
 *
 * Prints one JSON object a round, then a summary.
 */
import { parseArgs } from "node:util";
import {
  ABSENT,
  applyDelta,
  createRandom,
  deltaBetween,
  dequantise,
  quantise,
  tensorNorm,
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
  scoreRound,
  shardSplit,
  type DatasetName,
} from "@artel/node";

const { values: flags } = parseArgs({
  options: {
    data: { type: "string", default: "mnist" },
    model: { type: "string", default: "mlp" },
    hidden: { type: "string", default: "32" },
    epochs: { type: "string", default: "1" },
    batch: { type: "string", default: "32" },
    rate: { type: "string", default: "0.03" },
    momentum: { type: "string", default: "0.9" },
    clients: { type: "string", default: "8" },
    rounds: { type: "string", default: "5" },
    auditors: { type: "string", default: "5" },
    "test-samples": { type: "string", default: "2000" },
    alpha: { type: "string", default: "0.5" },
    /** Label shards a client, instead of a Dirichlet split. */
    shards: { type: "string" },
    /** The last clients hold flipped labels. */
    flippers: { type: "string", default: "0" },
    /** Average the flippers' updates too. */
    "keep-flippers": { type: "boolean", default: false },
    cap: { type: "string", default: "65535" },
    clip: { type: "string", default: "1000" },
    bits: { type: "string", default: "16" },
    seed: { type: "string", default: "1" },
    help: { type: "boolean", default: false },
  },
});
if (flags.help) {
  process.stdout.write(`Flags and defaults: ${JSON.stringify(flags)}\n`);
  for (const flag of Object.keys(flags)) process.stdout.write(`  --${flag}\n`);
  process.exit();
}
const clients = Number(flags.clients);
const flippers = Number(flags.flippers);
const fractionBits = Number(flags.bits);
const recipe = {
  localEpochs: Number(flags.epochs),
  batchSize: Number(flags.batch),
  learningRate: Number(flags.rate),
  momentum: Number(flags.momentum),
};
const caps = { sampleCap: Number(flags.cap), clipNorm: BigInt(Math.ceil(Number(flags.clip) * 2 ** fractionBits)) };
const trainer = createTrainer(
  flags.model === "cnn"
    ? { kind: "cnn", side: 28, kernel: 5, channels: [4, 8], classes: 10 }
    : { kind: "mlp", inputs: 784, hidden: Number(flags.hidden), classes: 10 },
);

const data = await loadDataset(flags.data as DatasetName);
const auditSize = Number(flags["test-samples"]);
const [members, ...audits] = iidSplit(
  60_000,
  [50_000, ...Array.from({ length: Number(flags.auditors) }, () => auditSize)],
  createRandom("reserve", flags.seed),
);
const pool = pick(data.train, members);
const random = createRandom("split", flags.seed);
const parts = flags.shards
  ? shardSplit(pool.labels, clients, Number(flags.shards), random)
  : dirichletSplit(pool.labels, clients, Number(flags.alpha), 500, random);
const shares = parts.map((ids, id) => {
  const own = pick(pool, ids);
  return id >= clients - flippers ? flipLabels(own) : own;
});
const tests = audits.map((ids) => pick(data.train, ids));

/** Processor time used so far: unlike the clock, it does not count what else the machine does. */
const processorMs = () => process.cpuUsage().user / 1000;
/** Distances of all scores from their median, in score units. */
const distances: number[] = [];
let trainMs = 0;
let scoreMs = 0;
let global = quantise(trainer.initial(flags.seed), fractionBits);
let lastStep: Int32Array | undefined;
const alphas = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3];
for (let round = 0; round < Number(flags.rounds); round++) {
  const base = dequantise(global, fractionBits);
  const started = processorMs();
  const updates = shares.map((own, id) => {
    const trained = trainer.train(base, own, recipe, `${flags.seed}/${round}/${id}`);
    const delta = deltaBetween(global, quantise(trained, fractionBits));
    const norm = tensorNorm(delta);
    return { id, delta, norm, weight: updateWeight(BigInt(own.labels.length), norm, caps) };
  });
  const trained = processorMs();
  const vectors = tests.map((test) =>
    scoreRound({
      ...{ trainer, global, lastStep, alphas, fractionBits, updates, test, clients },
      panel: updates.map(({ id }) => id),
      seed: `${flags.seed}/${round}`,
      ...{ balances: new Map(), exclusionScore: Infinity },
    }),
  );
  const scored = processorMs();
  trainMs += trained - started;
  scoreMs += scored - trained;
  const columns = updates.map(({ id }) => vectors.map((vector) => vector[id]).sort((a, b) => a - b));
  if (columns.some((column) => column.includes(ABSENT))) throw new Error("an update was left without a score");
  const medians = columns.map((column) => column[(column.length - 1) >> 1]);
  const spread = columns.map((column, id) => Math.max(...column.map((score) => Math.abs(score - medians[id]))));
  distances.push(...columns.flatMap((column, id) => column.map((score) => Math.abs(score - medians[id]))));
  const kept = flags["keep-flippers"] ? updates : updates.slice(0, clients - flippers);
  lastStep = weightedMean(kept);
  global = applyDelta(global, lastStep);
  const accuracy = trainer.accuracy(dequantise(global, fractionBits), data.test);
  const norms = updates.map(({ norm }) => Number((Number(norm) / 2 ** fractionBits).toFixed(2)));
  console.log(JSON.stringify({ round: round + 1, accuracy, medians, spread, norms }));
}
distances.sort((a, b) => a - b);
const epochs = clients * Number(flags.rounds) * recipe.localEpochs;
const scorings = tests.length * Number(flags.rounds);
console.log(
  JSON.stringify({
    parameters: trainer.parameterCount,
    examples: shares.map(({ labels }) => labels.length),
    trainSeconds: Number((trainMs / 1000).toFixed(2)),
    scoreSeconds: Number((scoreMs / 1000).toFixed(2)),
    msPerClientEpoch: Math.round(trainMs / epochs),
    msPerScoring: Math.round(scoreMs / scorings),
    /** Distance from the median that this share of the scores keeps. */
    distance: Object.fromEntries([0.5, 0.9, 0.95, 0.99].map((q) => [q, distances[Math.floor(q * distances.length)]])),
    residentMegabytes: Math.round(process.memoryUsage().rss / 1e6),
  }),
);
