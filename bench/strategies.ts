/**
 * Strategies compared on MNIST without a chain: 10 clients of two label shards each, 10 rounds of one local epoch.
 *
 *   npm run bench:strategies
 *
 * Every strategy's recipe is chosen on seeds of their own, by images that nobody trains on. Then other seeds are played
 * with it; their accuracy is that on the 10,000 test images. Last, two of the ten clients send -10 times what they
 * trained, beside the ten all honest and the eight alone. Writes bench/results/strategies.json, and goes on from what is
 * there; delete the file to begin anew.
 */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import {
  createStrategy,
  createTrainer,
  iidSplit,
  loadDataset,
  pick,
  scoreRound,
  shardSplit,
  type Examples,
} from "@artel/node";
import {
  createRandom,
  deltaBetween,
  dequantise,
  quantise,
  SERVER_UNIT,
  tensorNorm,
  updateWeight,
  weightedMean,
} from "@artel/sdk/learning";

const CLIENTS = 10;
const ROUNDS = 10;
const SHARDS_EACH = 2;
const FRACTION_BITS = 16;
const BATCH = 32;
const AUDITORS = 3;
const AUDIT_IMAGES = 1_000;
/** Clients who send -10 times their update, the last of the ten. */
const ATTACKERS = 2;
const MULTIPLE = -10;
/** Below minus this (one nat) a client's accumulated score keeps its updates out. */
const EXCLUSION_SCORE = 16_384;
/** How far scoring may move on along the last step before it asks what an update adds. */
const ALPHAS = [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3];
/** Equal counts, and a norm that most honest updates stay below. */
const CAPS = { sampleCap: 2_000, clipNorm: 4n << BigInt(FRACTION_BITS) };

const CHOOSING_SEEDS = ["s1", "s2"];
const SEEDS = ["1", "2", "3", "4", "5"];

interface Recipe {
  readonly learningRate: number;
  /** Of the client's own descent. */
  readonly momentum: number;
  /** Of FedProx. */
  readonly proximal?: number;
  /** Of the clients' loss by their labels. */
  readonly calibration?: number;
  /** Of the server, units of 2^-16. */
  readonly serverMomentum?: number;
  /** Clients train from the model, not from the look-ahead: FedAvgM. */
  readonly behind?: true;
}

/** Who takes part, and whether clipping and exclusion by score are on. */
interface Setting {
  readonly clients: "ten honest" | "eight honest and two attackers" | "eight honest";
  readonly defended: boolean;
}

interface Run extends Setting {
  readonly seed: string;
  readonly recipe: Recipe;
  /** After each round. */
  readonly accuracy: readonly number[];
  /** Updates left out by score, over all rounds. */
  readonly excluded: { readonly honest: number; readonly attackers: number };
}

const PLAIN: Setting = { clients: "ten honest", defended: false };
const share = (momentum: number) => Math.floor(momentum * SERVER_UNIT);

/** Local recipes that FedAvg chooses from, so that it is at its best. */
const LOCAL: readonly Recipe[] = [
  { learningRate: 0.1, momentum: 0 },
  { learningRate: 0.2, momentum: 0 },
  { learningRate: 0.3, momentum: 0 },
  { learningRate: 0.03, momentum: 0.9 },
  { learningRate: 0.05, momentum: 0.9 },
];

/** What each strategy chooses from. Look-ahead has fewer local recipes than FedAvg. */
const CANDIDATES = {
  /** As published: clients without momentum. */
  fedAvg: LOCAL.filter(({ momentum }) => momentum === 0),
  fedAvgWithLocalMomentum: LOCAL,
  lookAhead: [0.5, 0.7].flatMap((momentum) =>
    [LOCAL[1], LOCAL[3]].map((local) => ({ ...local, serverMomentum: share(momentum) })),
  ),
  /** A calibrated loss has smaller gradients, so clients may take longer steps. */
  calibrated: [0.3, 0.5, 0.7].map((calibration) => ({ ...LOCAL[4], serverMomentum: share(0.7), calibration })),
} satisfies Record<string, readonly Recipe[]>;
type Name = keyof typeof CANDIDATES;

/** Strategies beside each other on one choosing seed, with the mildest local recipe: what was a reason to go on or not. */
const COMPARED: Record<string, Recipe> = {
  fedAvg: LOCAL[0],
  fedProx: { ...LOCAL[0], proximal: 0.1 },
  fedAvgM: { ...LOCAL[0], serverMomentum: share(0.9), behind: true },
  lookAhead: { ...LOCAL[0], serverMomentum: share(0.9) },
};

const file = fileURLToPath(new URL("results/strategies.json", import.meta.url));
const trainer = createTrainer({ kind: "mlp", inputs: 784, hidden: 32, classes: 10 });
const data = await loadDataset("mnist");

interface Shares {
  readonly seed: string;
  readonly clients: readonly Examples[];
  /** 10,000 images that nobody trains on. */
  readonly reserve: Examples;
}
let shares: Shares | undefined;

/** A seed's private data; kept until another seed is asked for. */
function divide(seed: string): Shares {
  if (shares?.seed === seed) return shares;
  const [members, reserve] = iidSplit(60_000, [50_000, 10_000], createRandom("reserve", seed));
  const pool = pick(data.train, members);
  const parts = shardSplit(pool.labels, CLIENTS, SHARDS_EACH, createRandom("split", seed));
  const clients = parts.map((ids) => pick(pool, ids));
  shares = { seed, clients, reserve: pick(data.train, reserve) };
  return shares;
}

/** @param measure - examples that accuracy is measured on */
function play(seed: string, recipe: Recipe, setting: Setting, measure: (shares: Shares) => Examples): Run {
  const { learningRate, momentum, proximal, calibration, serverMomentum, behind } = recipe;
  const server = serverMomentum === undefined ? undefined : { momentum: serverMomentum };
  const more = { ...(proximal && { proximal }), ...(calibration && { calibration }) };
  const local = { localEpochs: 1, batchSize: BATCH, learningRate, momentum, ...more };
  const strategy = createStrategy({ recipe: local, server, fractionBits: FRACTION_BITS }, trainer);
  const divided = divide(seed);
  const audits = Array.from({ length: AUDITORS }, (_, auditor) =>
    pick(
      divided.reserve,
      Uint32Array.from({ length: AUDIT_IMAGES }, (_, i) => auditor * AUDIT_IMAGES + i),
    ),
  );
  const attacks = (id: number) => setting.clients === "eight honest and two attackers" && id >= CLIENTS - ATTACKERS;
  const clients = setting.clients === "eight honest" ? CLIENTS - ATTACKERS : CLIENTS;
  const totals = new Array<number>(clients).fill(0);
  const excluded = { honest: 0, attackers: 0 };
  let model = quantise(trainer.initial(seed), FRACTION_BITS);
  let previous = model;
  const accuracy: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const start = strategy.start(model, previous);
    const from = behind ? model : start;
    const updates = divided.clients.slice(0, clients).map((own, id) => {
      const trained = strategy.update(from, own, `${seed}/${round}/${id}`);
      const delta = attacks(id) ? trained.map((value) => MULTIPLE * value) : trained;
      const weight = setting.defended ? updateWeight(BigInt(own.labels.length), tensorNorm(delta), CAPS) : 1;
      return { id, delta, weight };
    });
    let kept = updates;
    if (setting.defended) {
      const lastStep = round === 0 ? undefined : deltaBetween(previous, model);
      const vectors = audits.map((test) =>
        scoreRound({
          ...{ trainer, global: start, lastStep, alphas: ALPHAS, fractionBits: FRACTION_BITS, updates, test, clients },
          panel: updates.map(({ id }) => id),
          seed: `${seed}/${round}`,
          balances: new Map(totals.entries()),
          exclusionScore: EXCLUSION_SCORE,
        }),
      );
      for (const { id } of updates) totals[id] += vectors.map((vector) => vector[id]).sort((a, b) => a - b)[1];
      kept = updates.filter(({ id }) => totals[id] >= -EXCLUSION_SCORE);
      for (const { id } of updates)
        if (!kept.some((update) => update.id === id)) excluded[attacks(id) ? "attackers" : "honest"]++;
    }
    const next = kept.length === 0 ? start : strategy.next(start, weightedMean(kept));
    previous = model;
    model = next;
    accuracy.push(trainer.accuracy(dequantise(model, FRACTION_BITS), measure(divided)));
  }
  return { ...setting, seed, recipe, accuracy, excluded };
}

/** What the file holds; the first two lists grow run by run. */
interface Results {
  readonly choosing: { readonly seed: string; readonly recipe: Recipe; readonly accuracy: number }[];
  readonly runs: Run[];
}

const { choosing, runs }: Results = existsSync(file)
  ? (JSON.parse(readFileSync(file, "utf8")) as Results)
  : { choosing: [], runs: [] };

/** Two objects of the same facts. */
const same = (a: object, b: object) =>
  JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());

function save(conclusions: object = {}): void {
  // a run a line
  const lines = (list: readonly object[]) => `[\n${list.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`;
  const head = Object.entries(conclusions).map(
    ([name, value]) => `  ${JSON.stringify(name)}: ${JSON.stringify(value, undefined, 2).replaceAll("\n", "\n  ")},\n`,
  );
  writeFileSync(file, `{\n${head.join("")}  "choosing": ${lines(choosing)},\n  "runs": ${lines(runs)}\n}\n`);
}

/** Accuracy of a recipe in the last round of a choosing seed. */
function choosingAccuracy(seed: string, recipe: Recipe): number {
  const known = choosing.find((other) => other.seed === seed && same(other.recipe, recipe));
  if (known) return known.accuracy;
  const accuracy = last(play(seed, recipe, PLAIN, ({ reserve }) => reserve));
  choosing.push({ seed, recipe, accuracy });
  save();
  process.stdout.write(`choosing ${seed} ${JSON.stringify(recipe)} ${accuracy}\n`);
  return accuracy;
}

/** All seeds in a setting. */
function playAll(recipe: Recipe, setting: Setting): Run[] {
  return SEEDS.map((seed) => {
    const known = runs.find(
      (other) =>
        other.seed === seed &&
        same(other.recipe, recipe) &&
        other.clients === setting.clients &&
        other.defended === setting.defended,
    );
    if (known) return known;
    const run = play(seed, recipe, setting, () => data.test);
    runs.push(run);
    save();
    process.stdout.write(`${seed} ${JSON.stringify(recipe)} ${JSON.stringify(setting)} ${last(run)}\n`);
    return run;
  });
}

const last = ({ accuracy }: Pick<Run, "accuracy">) => accuracy.at(-1)!;
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const rounded = (value: number) => Math.round(value * 10_000) / 10_000;

/** Accuracy after the last round over the seeds, and its mean after every round. */
function summarise(played: readonly Run[]) {
  const final = played.map(last);
  return {
    accuracy: rounded(mean(final)),
    lowest: Math.min(...final),
    highest: Math.max(...final),
    byRound: Array.from({ length: ROUNDS }, (_, round) => rounded(mean(played.map(({ accuracy }) => accuracy[round])))),
  };
}

const chosen = Object.fromEntries(
  Object.entries<readonly Recipe[]>(CANDIDATES).map(([name, recipes]) => {
    const scores = recipes.map((recipe) => mean(CHOOSING_SEEDS.map((seed) => choosingAccuracy(seed, recipe))));
    return [name, recipes[scores.indexOf(Math.max(...scores))]];
  }),
) as Record<Name, Recipe>;

const strategies = Object.fromEntries(
  Object.entries(chosen).map(([name, recipe]) => [name, { recipe, ...summarise(playAll(recipe, PLAIN)) }]),
) as Record<Name, { recipe: Recipe } & ReturnType<typeof summarise>>;

const settings = [
  { clients: "ten honest", defended: true },
  { clients: "eight honest and two attackers", defended: true },
  { clients: "eight honest", defended: true },
] as const satisfies readonly Setting[];

/** What an attack costs who trains by a recipe, beside all honest and beside the honest alone. */
function attacked(recipe: Recipe) {
  const outcomes = settings.map((setting) => {
    const played = playAll(recipe, setting);
    const excluded = { honest: 0, attackers: 0 };
    for (const run of played) {
      excluded.honest += run.excluded.honest;
      excluded.attackers += run.excluded.attackers;
    }
    return { ...setting, ...summarise(played), bySeed: played.map(last), excluded };
  });
  return {
    pointsBelowTenHonest: rounded(100 * (outcomes[0].accuracy - outcomes[1].accuracy)),
    pointsBelowTheEightHonestAlone: rounded(100 * (outcomes[2].accuracy - outcomes[1].accuracy)),
    outcomes,
  };
}
const attack = { calibrated: attacked(chosen.calibrated), lookAhead: attacked(chosen.lookAhead) };

const conclusions = {
  about:
    "npm run bench:strategies: accuracy on the 10,000 test images of MNIST after 10 rounds; see docs/adr/0008-strategies.md.",
  setting: {
    clients: CLIENTS,
    shardsEach: SHARDS_EACH,
    rounds: ROUNDS,
    localEpochs: 1,
    batchSize: BATCH,
    choosingSeeds: CHOOSING_SEEDS,
    seeds: SEEDS,
  },
  pointsAboveFedAvg: Object.fromEntries(
    Object.entries(strategies).map(([name, { accuracy }]) => [
      name,
      rounded(100 * (accuracy - strategies.fedAvg.accuracy)),
    ]),
  ),
  strategies,
  attack,
  comparedOnOneChoosingSeed: Object.fromEntries(
    Object.entries(COMPARED).map(([name, recipe]) => [
      name,
      { recipe, accuracy: choosingAccuracy(CHOOSING_SEEDS[0], recipe) },
    ]),
  ),
};
save(conclusions);
process.stdout.write(`${JSON.stringify(conclusions, undefined, 2)}\n`);
