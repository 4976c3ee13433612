import { baseOf, createTrainer, excludedBy, scoreRound, type Dataset, type Examples } from "@artel/node";
import {
  createRandom,
  deltaBetween,
  dequantise,
  quantise,
  tensorNorm,
  updateWeight,
  weightCapsOf,
  type WeightCaps,
} from "@artel/sdk/learning";
import { dataSlice, id } from "ethers";

import type { Attack, Member, Submission } from "./attacks/attack.js";
import { ATTACKS } from "./attacks/index.js";
import type { Spent } from "./costs.js";
import { UnknownAttackError } from "./errors.js";
import { FRACTION_BITS, manifestOf } from "./manifest.js";
import { pooledShapley } from "./pooled.js";
import { rulesReferee, type Referee } from "./referee.js";
import type { Scenario } from "./scenario.js";
import { createWorld, type World } from "./world.js";

/** What happened in a round. */
export interface RoundRecord {
  /** Medians by client, as the settlement took them. */
  readonly medians: readonly number[];
  /** Clients whose updates count. */
  readonly revealed: readonly number[];
  /** Clients whose updates were averaged. */
  readonly included: readonly number[];
  /** True contributions in score units, if they were measured. */
  readonly pooled?: readonly number[];
  /** Of the next model, on held-out examples. */
  readonly accuracy: number;
}

/** One task from beginning to end. */
export interface RunRecord {
  readonly scenario: string;
  readonly seed: number;
  /** Conduct of every client. */
  readonly conduct: readonly string[];
  readonly rounds: readonly RoundRecord[];
  /** What each client earned, in the token's smallest unit. */
  readonly pay: readonly string[];
  /** Gas by role and kind of transaction, if a chain decided. */
  readonly spent?: readonly Spent[];
  /** Gas of every client's acts, and of its claim. */
  readonly gas?: readonly number[];
}

/** Attacks and the places of their members. */
interface Group {
  readonly attack: Attack;
  readonly places: readonly number[];
}

const CLASSES = 10;
/** Without defence whatever is claimed counts. */
const UNLIMITED: WeightCaps = { sampleCap: 2 ** 15, clipNorm: 2n ** 62n };

/** Gives places to the cast; everybody else is honest. */
function groupsOf({ cast, clients }: Scenario): Group[] {
  const groups: Group[] = [];
  let next = 0;
  for (const name of [...cast, ...Array<string>(clients).fill("honest")]) {
    const attack = ATTACKS.get(name);
    if (attack === undefined) throw new UnknownAttackError(name, [...ATTACKS.keys()]);
    if (next + attack.members > clients) break;
    groups.push({ attack, places: Array.from({ length: attack.members }, () => next++) });
  }
  return groups;
}

/** Conduct of every client of a scenario, by place. */
function conductOf(scenario: Scenario): string[] {
  return groupsOf(scenario).flatMap(({ attack, places }) => places.map(() => attack.name));
}

/**
 * Plays a scenario: real training, the node's scoring, honest auditors, and a settlement that decides.
 *
 * @param seed - decides data, initial model and, with the reference rules alone, every draw
 * @param referee - decides; without defence there is nothing that contracts could decide, so that the rules do
 * @param progress - told after every round
 */
export async function play(
  scenario: Scenario,
  dataset: Dataset,
  seed: number,
  referee: Referee = rulesReferee,
  progress: (round: number, record: RoundRecord) => void = () => {},
): Promise<RunRecord> {
  const { clients, rounds, rules, defended } = scenario;
  const world = createWorld(dataset, scenario, seed);
  const groups = groupsOf(scenario);
  const model = { kind: "mlp", inputs: world.test.features, hidden: rules.hidden, classes: CLASSES } as const;
  const trainer = createTrainer(model);
  const manifest = manifestOf(rules, model, `lab ${seed}`);
  const caps = defended ? weightCapsOf(manifest) : UNLIMITED;
  let global = quantise(trainer.initial(manifest.seed), FRACTION_BITS);
  const settlement = (defended ? referee : rulesReferee).settlement(manifest.seed, rules.terms.seats);
  await settlement.open({ ...rules.terms, clients, rounds, manifest, initial: global });

  const records: RoundRecord[] = [];
  let lastStep: Int32Array | undefined;
  let bestUpdate: Int32Array | undefined;
  for (let round = 0; round < rounds; round++) {
    const start = dequantise(global, FRACTION_BITS);
    const view = { round, global, lastStep, bestUpdate: scenario.open ? bestUpdate : undefined };
    const submissions = new Map<number, Submission>();
    for (const { attack, places } of groups) {
      const members = places.map((place): Member => {
        const train = (examples: Examples) =>
          deltaBetween(
            global,
            quantise(trainer.train(start, examples, rules.recipe, `lab ${seed} ${round} ${place}`), FRACTION_BITS),
          );
        const random = createRandom("lab", seed, "member", place, round);
        return { id: place, examples: world.shares[place], train, random };
      });
      attack.act(view, members).forEach((submission, i) => {
        // an update that changes nothing is refused
        if (submission?.delta.some((value) => value !== 0)) submissions.set(places[i], submission);
      });
    }
    const declared = [...submissions].map(([place, { delta, samples }]) => ({ id: place, delta, samples }));
    const draw = await settlement.reveal(round, declared);
    const revealed = draw.revealed.filter((place) => !draw.copies.includes(place));
    const updates = declared.map(({ id, delta, samples }) => {
      return { id, delta, weight: updateWeight(BigInt(samples), tensorNorm(delta), caps) };
    });
    const known = updates.map((update) => (revealed.includes(update.id) ? update : { ...update, delta: undefined }));
    const scoring = {
      ...{ trainer, global, lastStep, alphas: rules.alphas, fractionBits: FRACTION_BITS, updates: known, clients },
      ...{ seed: draw.seed, test: world.slices[round], balances: new Map(draw.balances.entries()) },
      exclusionScore: Number(rules.terms.exclusionScore),
    };
    if (defended) {
      for (const panel of draw.panels) {
        // honest auditors of a panel come to the same vector, bit by bit: it is worked out once
        const scores = scoreRound({ ...scoring, panel: panel.clients });
        const openings = panel.auditors.map((auditor) => ({
          ...{ auditor, scores, salt: dataSlice(id(`${auditor} ${round}`), 0, 16) },
        }));
        for (const opening of openings)
          await settlement.commitScores(round, opening.auditor, settlement.commitmentTo(round, opening));
        for (const opening of openings) await settlement.revealScores(round, opening);
      }
    }
    const settled = await settlement.settle(round);
    const included = defended ? settled.included : revealed;
    const kept = updates.filter((update) => included.includes(update.id));
    const pooled = scenario.pooled && pooledOf(scenario, world, scoring, seed, round);
    bestUpdate = bestOf(settled.medians, submissions);
    const next = await settlement.aggregate(round, kept);
    lastStep = deltaBetween(global, next);
    global = next;
    const record = {
      ...{ medians: [...settled.medians], revealed, included: [...included], pooled },
      accuracy: trainer.accuracy(dequantise(global, FRACTION_BITS), world.test),
    };
    records.push(record);
    progress(round, record);
  }
  const { clients: pay, gas, costs } = await settlement.pay();
  return {
    ...{ scenario: scenario.name, seed, conduct: conductOf(scenario), rounds: records, pay: pay.map(String) },
    ...(costs && { spent: costs.spent, gas }),
  };
}

/** True contribution of every client in score units: the game of all whom the round begins without excluding, from the base that was scored from. */
function pooledOf(
  { pooled, clients, rules }: Scenario,
  world: World,
  scoring: Omit<Parameters<typeof scoreRound>[0], "panel">,
  seed: number,
  round: number,
): number[] {
  const total = scoring.updates.reduce((sum, { weight }) => sum + weight, 0);
  const excluded = excludedBy(scoring);
  const updates = scoring.updates.filter(({ id, delta }) => delta !== undefined && !excluded.has(id));
  const values = pooledShapley(
    {
      model: { kind: "mlp", inputs: world.test.features, hidden: rules.hidden, classes: CLASSES },
      base: baseOf(scoring),
      deltas: updates.map(({ delta }) => dequantise(delta!, FRACTION_BITS)),
      weights: updates.map(({ weight }) => weight / total),
      test: world.reference,
    },
    pooled!,
    createRandom("lab", seed, "pooled", round),
  );
  const scores = Array<number>(clients).fill(0);
  updates.forEach((update, k) => (scores[update.id] = values[k] * scoring.updates.length * 2 ** 14));
  return scores;
}

/** The update with the highest median. */
function bestOf(medians: Int16Array, submissions: ReadonlyMap<number, Submission>): Int32Array | undefined {
  let best: number | undefined;
  for (const place of submissions.keys()) if (best === undefined || medians[place] > medians[best]) best = place;
  return best === undefined ? undefined : submissions.get(best)!.delta;
}
