import { ABSENT, batchesOf, dequantise, exactShapley, toScore } from "@artel/sdk/learning";
import type { Examples } from "./data/examples.js";
import { ScoringInputError } from "./errors.js";
import { checkParameters, coalitionLosses, type Trainer } from "./trainer/Trainer.js";

/** An update that was revealed, fetched and found valid. */
export interface RevealedUpdate {
  /** Client id within the task, from 0. */
  readonly id: number;
  readonly delta: Int32Array;
  /** Aggregation weight, see `updateWeight`. */
  readonly weight: number;
}

/** What an auditor scores. */
export interface ScoringInput {
  readonly trainer: Trainer;
  /** The global model the updates start from, quantised. */
  readonly global: Int32Array;
  readonly fractionBits: number;
  /** All valid updates of the round, in any order. */
  readonly updates: readonly RevealedUpdate[];
  /** The auditor's test data. */
  readonly test: Examples;
  /** Number of client ids in the task. */
  readonly clients: number;
}

/**
 * Scores the updates of a round by contribution.
 *
 * Update k moves the model by `w_k * delta_k`, where `w_k` is its share of the weight of all updates of the round. The
 * utility of a coalition is minus the cross-entropy, on the test data, of the global model moved by its members; the
 * contribution is the exact Shapley value within the batch of eight that shares `id >> 3`.
 *
 * @returns one score a client id, see `toScore`; `ABSENT` for clients without an update
 * @throws ScoringInputError for an id out of range, a repeated id, or updates that weigh nothing together
 * @throws ParameterCountError, ExamplesMismatchError
 */
export function scoreRound({ trainer, global, fractionBits, updates, test, clients }: ScoringInput): Int16Array {
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

  const base = dequantise(global, fractionBits);
  checkParameters(trainer, base);
  for (const batch of batchesOf(byId.keys())) {
    const members = batch.map((id) => byId.get(id)!);
    const deltas = members.map(({ delta }) => dequantise(delta, fractionBits));
    const weights = members.map(({ weight }) => weight / totalWeight);
    const losses = coalitionLosses(trainer, base, deltas, weights, test);
    const contributions = exactShapley(members.length, (mask) => -losses[mask]);
    members.forEach(({ id }, k) => {
      scores[id] = toScore(contributions[k], byId.size);
    });
  }
  return scores;
}
