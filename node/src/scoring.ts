import { ABSENT, batchesOf, dequantise, exactShapley, toScore } from "@artel/sdk/learning";

import type { Examples } from "./data/examples.js";
import { ParameterCountError, ScoringInputError } from "./errors.js";
import { checkParameters, coalitionLosses, type Trainer } from "./trainer/Trainer.js";

/** An update that was revealed in a round. */
export interface RevealedUpdate {
  /** Client id within the task, from 0. */
  readonly id: number;
  /** Aggregation weight, see `updateWeight`. */
  readonly weight: number;
  /** Its values; undefined if they are malformed, can't be had, or are another panel's to score. */
  readonly delta?: Int32Array;
}

/** What an auditor scores. All of it is public, so that anybody can score again. */
export interface ScoringInput {
  readonly trainer: Trainer;
  /** The global model that the updates start from, quantised. */
  readonly global: Int32Array;
  /** The step that led to the global model; undefined if there was none yet. */
  readonly lastStep?: Int32Array;
  /** How far to go on along the last step, ascending from 0: the manifest's grid. */
  readonly alphas: readonly number[];
  readonly fractionBits: number;
  /** All revealed updates of the round, in any order: each weighs in, whether or not its values are known. */
  readonly updates: readonly RevealedUpdate[];
  /** Ids of the clients in the panel, in any order. */
  readonly panel: Iterable<number>;
  /** Public randomness of the round, drawn after the updates were committed to. */
  readonly seed: string;
  /** The test data of the round. */
  readonly test: Examples;
  /** Number of client ids in the task. */
  readonly clients: number;
  /** Balances when the round begins, by client id; 0 for who has none. */
  readonly balances: ReadonlyMap<number, number>;
  /** A client whose balance is below minus this is excluded: its updates are in no model until its balance recovers. */
  readonly exclusionScore: number;
}

/** Ids of the clients that are excluded when a round begins. */
export function excludedBy({
  balances,
  exclusionScore,
}: Pick<ScoringInput, "balances" | "exclusionScore">): Set<number> {
  return new Set([...balances].filter(([, balance]) => balance < -exclusionScore).map(([id]) => id));
}

/**
 * Scores the updates of a panel by contribution.
 *
 * Update k moves the model by `w_k * delta_k`, where `w_k` is its share of the weight of all updates of the round. The
 * utility of a coalition is minus the cross-entropy, on the test data, of the base model moved by its members; the
 * contribution of an update is its exact Shapley value in its batch, which the seed deals out of the panel. The base is
 * the global model moved on along its last step, as far as helps most: what everybody could have sent without any work
 * is there already, and earns nothing. An update whose values are not known takes no part, and leaves the other batches
 * as they are.
 *
 * Excluded clients are in no coalition, or else who undoes their harm would be credited for what never happened, and who
 * meets them charged. Nor is whoever the round itself would exclude: the lowest of them leaves the game, and the others are
 * scored without it, until all who are left stay above exclusion. Who is left out is scored by what its update adds to all
 * others of its batch together, which is its way back.
 *
 * @returns one score a client id, see `toScore`; `ABSENT` for everybody outside the panel or without known values
 * @throws ScoringInputError for an id out of range, a repeated id, or updates that weigh nothing together
 * @throws ParameterCountError, ExamplesMismatchError
 */
export function scoreRound(input: ScoringInput): Int16Array {
  const { fractionBits, updates, panel, seed, clients } = input;
  const scores = new Int16Array(clients).fill(ABSENT);
  const byId = new Map<number, RevealedUpdate>();
  let totalWeight = 0;
  for (const update of updates) {
    const { id, weight } = update;
    if (!Number.isInteger(id) || id < 0 || id >= clients) throw new ScoringInputError(id, "id out of range");
    if (byId.has(id)) throw new ScoringInputError(id, "given twice");
    byId.set(id, update);
    totalWeight += weight;
  }
  if (byId.size > 0 && !(totalWeight > 0)) throw new ScoringInputError(updates[0].id, "no update weighs anything");

  const base = baseOf(input);
  const excluded = excludedBy(input);
  for (const batch of batchesOf(new Set(panel), seed)) {
    const members = batch.flatMap((id): Member[] => {
      const { delta, weight } = byId.get(id) ?? {};
      return delta === undefined ? [] : [{ id, delta: dequantise(delta, fractionBits), weight: weight! / totalWeight }];
    });
    const candidates = members.filter(({ id }) => !excluded.has(id));
    const included = new Map(play(input, base, candidates, byId.size));
    for (const [{ id }, score] of included) scores[id] = score;
    const outside = members.filter((member) => !included.has(member));
    if (outside.length === 0) continue;
    const together = movedBy(base, included.keys());
    for (const member of outside) {
      const [without, withIt] = lossesOf(input, together, [member]);
      scores[member.id] = toScore(without - withIt, byId.size);
    }
  }
  return scores;
}

/** An update as a coalition has it. */
interface Member {
  readonly id: number;
  readonly delta: Float32Array;
  /** Share of the weight of all updates of the round. */
  readonly weight: number;
}

/**
 * The game of a batch among those whom it does not exclude.
 *
 * @param updates - number of updates of the round
 * @returns who is left, and the scores of these
 */
function play(
  input: ScoringInput,
  base: Float32Array,
  candidates: readonly Member[],
  updates: number,
): [Member, number][] {
  const { balances, exclusionScore } = input;
  const losses = lossesOf(input, base, candidates);
  let left = [...candidates.keys()];
  // each turn takes somebody out
  for (;;) {
    const bit = (mask: number, k: number) => (mask & (1 << k) ? 1 << left[k] : 0);
    const lossOf = (mask: number) => losses[left.reduce((all, _, k) => all | bit(mask, k), 0)];
    const scores = [...exactShapley(left.length, (mask) => -lossOf(mask))].map((value) => toScore(value, updates));
    const isBelow = (k: number) => (balances.get(candidates[left[k]].id) ?? 0) + scores[k] < -exclusionScore;
    const below = [...left.keys()].filter(isBelow);
    if (below.length === 0) return left.map((place, k) => [candidates[place], scores[k]]);
    const lowest = below.reduce((one, other) => (scores[other] < scores[one] ? other : one));
    left = left.filter((_, k) => k !== lowest);
  }
}

/** Losses of all coalitions of some members, by bit mask. */
function lossesOf({ trainer, test }: ScoringInput, base: Float32Array, members: readonly Member[]): Float64Array {
  const deltas = members.map(({ delta }) => delta);
  const weights = members.map(({ weight }) => weight);
  return coalitionLosses(trainer, base, deltas, weights, test);
}

/** A model that all of these moved. */
function movedBy(base: Float32Array, members: Iterable<Member>): Float32Array {
  const moved = base.slice();
  for (const { delta, weight } of members) for (let i = 0; i < moved.length; i++) moved[i] += weight * delta[i];
  return moved;
}

/**
 * The model that coalitions are added to: the global one plus `alpha * lastStep`, with the alpha of the grid that has the
 * lowest loss on the test data; of equals, the smallest.
 *
 * @throws ParameterCountError, ExamplesMismatchError
 */
export function baseOf({
  trainer,
  global,
  lastStep,
  alphas,
  fractionBits,
  test,
}: Pick<ScoringInput, "trainer" | "global" | "lastStep" | "alphas" | "fractionBits" | "test">): Float32Array {
  let best = dequantise(global, fractionBits);
  checkParameters(trainer, best);
  if (lastStep === undefined) return best;
  if (lastStep.length !== global.length) throw new ParameterCountError(lastStep.length, global.length);
  let lowest = Infinity;
  const scale = 2 ** fractionBits;
  for (const alpha of alphas) {
    const moved = Float32Array.from(global, (value, i) => (value + alpha * lastStep[i]) / scale);
    const loss = trainer.loss(moved, test);
    if (loss < lowest) {
      lowest = loss;
      best = moved;
    }
  }
  return best;
}
