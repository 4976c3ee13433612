import type { Recipe } from "@artel/sdk/learning";
import type { Examples } from "../data/examples.js";
import { argmax, crossEntropy, log } from "../math.js";
import { descend } from "./descent.js";
import { checkExamples, checkParameters, type Trainer } from "./Trainer.js";

/** What sets a network with a softmax output apart; how it is trained and evaluated follows. */
export interface Network {
  /** Number of parameters. */
  readonly parameterCount: number;
  /** Features of an example. */
  readonly inputs: number;
  readonly classes: number;
  /** Logits of the example that was classified last. */
  readonly logits: Float64Array;
  /** Initial parameters drawn from a seed. */
  initial(seed: string): Float32Array;
  /** Computes `logits` for one example. */
  classify(parameters: Float32Array | Float64Array, data: Examples, example: number): void;
  /** Adds the gradient of one example's cross-entropy, its logits raised by `offsets`, at `parameters` to `gradient`. */
  addGradient(
    data: Examples,
    offsets: Float64Array,
    parameters: Float64Array,
    gradient: Float64Array,
    example: number,
  ): void;
}

/** The trainer of a network. */
export function trainerOf(network: Network): Trainer {
  const { parameterCount, inputs, classes, logits } = network;
  const check = (parameters: Float32Array, data: Examples) => {
    checkParameters(network, parameters);
    checkExamples(data, inputs, classes);
  };
  return {
    parameterCount,

    initial: (seed) => network.initial(seed),

    train(parameters: Float32Array, data: Examples, recipe: Recipe, seed: string): Float32Array {
      check(parameters, data);
      const offsets = offsetsOf(data.labels, classes, recipe.calibration);
      return descend(parameters, data.labels.length, recipe, seed, (at, gradient, example) =>
        network.addGradient(data, offsets, at, gradient, example),
      );
    },

    loss(parameters: Float32Array, data: Examples): number {
      check(parameters, data);
      let sum = 0;
      for (let example = 0; example < data.labels.length; example++) {
        network.classify(parameters, data, example);
        sum += crossEntropy(logits, data.labels[example]);
      }
      return sum / data.labels.length;
    },

    accuracy(parameters: Float32Array, data: Examples): number {
      check(parameters, data);
      let right = 0;
      for (let example = 0; example < data.labels.length; example++) {
        network.classify(parameters, data, example);
        if (argmax(logits) === data.labels[example]) right++;
      }
      return right / data.labels.length;
    },
  };
}

/**
 * What raises a client's logits while it trains: the logarithm of each class's share of its labels, mixed with even ones
 * (logit adjustment, Menon et al. 2021; among clients FedLC, Zhang et al. 2022). A class that the client hardly has then
 * needs no pushing down: that it is rare here is no news about its images. Counts stay within the client.
 */
function offsetsOf(labels: Uint8Array, classes: number, calibration = 0): Float64Array {
  const counts = new Float64Array(classes);
  for (const label of labels) counts[label]++;
  // a calibration below 1 keeps the logarithm finite where there are none; 0 raises all alike, which is left out
  return counts.map((count) =>
    calibration === 0 ? 0 : log((calibration * count) / labels.length + (1 - calibration) / classes),
  );
}
