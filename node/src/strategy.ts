import { deltaBetween, dequantise, lookAhead, quantise, serverStep, type Manifest } from "@artel/sdk/learning";

import type { Examples } from "./data/examples.js";
import type { Trainer } from "./trainer/Trainer.js";

/**
 * How the rounds of a task follow from each other: the part of the clients, which is theirs alone, and the part of the
 * aggregators, which is integer arithmetic on public tensors, coordinate by coordinate, for anybody to compute again.
 */
export interface Strategy {
  /**
   * Where a round starts: what clients train from, and what their updates are differences to and scored against.
   *
   * @param model - the global model
   * @param previous - the global model before it; equal to `model` where there is none
   */
  start(model: Int32Array, previous: Int32Array): Int32Array;

  /**
   * The client's part: trains from the start of a round.
   *
   * @param examples - the client's private data
   * @param seed - decides the order of the examples
   * @returns the quantised difference to `start`
   */
  update(start: Int32Array, examples: Examples, seed: string): Int32Array;

  /**
   * The aggregators' part: the next global model.
   *
   * @param start - where the round started
   * @param mean - the updates that belong into the model, combined by the task's aggregation rule
   */
  next(start: Int32Array, mean: Int32Array): Int32Array;
}

/**
 * The strategy of a manifest. Without `recipe.proximal` and `server` it is FedAvg; `recipe.proximal` alone makes it
 * FedProx; `server.momentum` lets rounds start ahead of the model, in the direction of its last step, and both together
 * are FedACG (accelerated client gradient).
 */
export function createStrategy(
  { recipe, server, fractionBits }: Pick<Manifest, "recipe" | "server" | "fractionBits">,
  trainer: Trainer,
): Strategy {
  return {
    start: (model, previous) => (server === undefined ? model : lookAhead(model, previous, server.momentum)),
    update: (start, examples, seed) => {
      const trained = trainer.train(dequantise(start, fractionBits), examples, recipe, seed);
      return deltaBetween(start, quantise(trained, fractionBits));
    },
    next: serverStep,
  };
}
