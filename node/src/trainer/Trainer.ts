import type { Recipe } from "@artel/sdk/learning";
import type { Examples } from "../data/examples.js";
import { ExamplesMismatchError, ParameterCountError } from "../errors.js";

/**
 * An engine that trains and evaluates one architecture. Every result is a function of the arguments alone, to the bit,
 * on every platform: results reach the chain, and others recompute them.
 */
export interface Trainer {
  /** Number of parameters of the model. */
  readonly parameterCount: number;

  /** Initial parameters drawn from a seed. */
  initial(seed: string): Float32Array;

  /**
   * Trains from some parameters on some examples; the arguments are left as they are.
   *
   * @param seed - decides the order of the examples
   * @returns the trained parameters
   * @throws ParameterCountError, ExamplesMismatchError
   */
  train(parameters: Float32Array, data: Examples, recipe: Recipe, seed: string): Float32Array;

  /**
   * Mean cross-entropy over the examples, nats.
   *
   * @throws ParameterCountError, ExamplesMismatchError
   */
  loss(parameters: Float32Array, data: Examples): number;

  /**
   * Share of the examples whose most likely class is right, 0 to 1.
   *
   * @throws ParameterCountError, ExamplesMismatchError
   */
  accuracy(parameters: Float32Array, data: Examples): number;

  /**
   * Losses of all coalitions of some deltas: entry `mask` is the mean cross-entropy of
   * `base + sum of weights[k] * deltas[k] over the bits k of mask`. Engines without a fast way leave it out.
   *
   * @returns `2^deltas.length` losses, nats
   * @throws ParameterCountError, ExamplesMismatchError
   */
  coalitionLosses?(
    base: Float32Array,
    deltas: readonly Float32Array[],
    weights: readonly number[],
    data: Examples,
  ): Float64Array;
}

/** {@link Trainer.coalitionLosses} of any trainer, by one evaluation a coalition where it has no faster way. */
export function coalitionLosses(
  trainer: Trainer,
  base: Float32Array,
  deltas: readonly Float32Array[],
  weights: readonly number[],
  data: Examples,
): Float64Array {
  if (trainer.coalitionLosses) return trainer.coalitionLosses(base, deltas, weights, data);
  const parameters = new Float32Array(base.length);
  return Float64Array.from({ length: 1 << deltas.length }, (_, mask) => {
    for (let i = 0; i < base.length; i++) {
      let value = base[i];
      for (let k = 0; k < deltas.length; k++) if (mask & (1 << k)) value += weights[k] * deltas[k][i];
      parameters[i] = value;
    }
    return trainer.loss(parameters, data);
  });
}

/** @throws ParameterCountError unless the parameters are of this model */
export function checkParameters(model: Pick<Trainer, "parameterCount">, parameters: Float32Array): void {
  if (parameters.length !== model.parameterCount)
    throw new ParameterCountError(parameters.length, model.parameterCount);
}

/** @throws ExamplesMismatchError unless there are examples and they have the model's inputs and classes */
export function checkExamples(data: Examples, inputs: number, classes: number): void {
  if (data.labels.length === 0) throw new ExamplesMismatchError(0, "At least one example is needed");
  if (data.features !== inputs) throw new ExamplesMismatchError(data.features, `The model has ${inputs} inputs`);
  if (data.classes > classes) throw new ExamplesMismatchError(data.classes, `The model has ${classes} classes`);
}
