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
  /** Ids of the clients that were excluded when the round began: their updates are in no model unless this round redeems them. */
  readonly excluded: ReadonlySet<number>;
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
 * Excluded clients are in no coalition, or else who undoes their harm would be credited for what never happened. Their
 * own score is what their update adds to all others of its batch together, which is their way back.
 *
 * @returns one score a client id, see `toScore`; `ABSENT` for everybody outside the panel or without known values
 * @throws ScoringInputError for an id out of range, a repeated id, or updates that weigh nothing together
 * @throws ParameterCountError, ExamplesMismatchError
 */
export function scoreRound(input: ScoringInput): Int16Array {
  const { fractionBits, updates, panel, seed, clients, excluded } = input;
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
  for (const batch of batchesOf(new Set(panel), seed)) {
    const members = batch.flatMap((id): Member[] => {
      const { delta, weight } = byId.get(id) ?? {};
      return delta === undefined ? [] : [{ id, delta: dequantise(delta, fractionBits), weight: weight! / totalWeight }];
    });
    const included = members.filter(({ id }) => !excluded.has(id));
    const losses = lossesOf(input, base, included);
    const contributions = exactShapley(included.length, (mask) => -losses[mask]);
    included.forEach(({ id }, k) => {
      scores[id] = toScore(contributions[k], byId.size);
    });
    const outside = members.filter(({ id }) => excluded.has(id));
    if (outside.length === 0) continue;
    const together = movedBy(base, included);
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

/** Losses of all coalitions of some members, by bit mask. */
function lossesOf({ trainer, test }: ScoringInput, base: Float32Array, members: readonly Member[]): Float64Array {
  const deltas = members.map(({ delta }) => delta);
  const weights = members.map(({ weight }) => weight);
  return coalitionLosses(trainer, base, deltas, weights, test);
}

/** A model that all of these moved. */
function movedBy(base: Float32Array, members: readonly Member[]): Float32Array {
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
