import { createRandom, type ModelSpec } from "@artel/sdk/learning";
import { INTENSITY, type Examples } from "../data/examples.js";
import { crossEntropy, crossEntropyGradient } from "../math.js";
import { glorot } from "./descent.js";
import { trainerOf, type Network } from "./network.js";
import { checkExamples, checkParameters, type Trainer } from "./Trainer.js";

type MlpSpec = Extract<ModelSpec, { kind: "mlp" }>;
type Parameters = Float32Array | Float64Array;

/**
 * A perceptron with one hidden layer of rectified linear units and a softmax output.
 *
 * Parameters lie flat: first weights (input by input), first biases, second weights (hidden unit by unit), second
 * biases.
 */
export function createMlp({ inputs, hidden, classes }: MlpSpec): Trainer {
  const hiddenBias = inputs * hidden;
  const output = hiddenBias + hidden;
  const outputBias = output + hidden * classes;
  const parameterCount = outputBias + classes;

  const logits = new Float64Array(classes);
  const activations = new Float64Array(hidden);
  const hiddenGradient = new Float64Array(hidden);
  // features that are not zero: in an image, few
  const active = new Uint32Array(inputs);
  let activeCount = 0;

  /** Pre-activations of the hidden layer for one example: linear in the parameters. */
  const project = (parameters: Parameters, data: Examples, example: number, out: Float64Array) => {
    for (let j = 0; j < hidden; j++) out[j] = parameters[hiddenBias + j];
    const offset = example * inputs;
    activeCount = 0;
    for (let i = 0; i < inputs; i++) {
      const byte = data.pixels[offset + i];
      if (byte === 0) continue;
      active[activeCount++] = i;
      const value = INTENSITY[byte];
      const row = i * hidden;
      for (let j = 0; j < hidden; j++) out[j] += value * parameters[row + j];
    }
  };

  /** Logits from pre-activations `at` an offset; `tail` holds the output layer from `start` on. */
  const conclude = (tail: Parameters, start: number, pre: Float64Array, at: number) => {
    const bias = start + hidden * classes;
    for (let c = 0; c < classes; c++) logits[c] = tail[bias + c];
    for (let j = 0; j < hidden; j++) {
      const value = pre[at + j];
      if (value <= 0) continue;
      const row = start + j * classes;
      for (let c = 0; c < classes; c++) logits[c] += value * tail[row + c];
    }
  };

  const classify = (parameters: Parameters, data: Examples, example: number) => {
    project(parameters, data, example, activations);
    conclude(parameters, output, activations, 0);
  };

  const addGradient: Network["addGradient"] = (data, offsets, parameters, gradient, example) => {
    classify(parameters, data, example);
    crossEntropyGradient(logits, offsets, data.labels[example]);
    for (let c = 0; c < classes; c++) gradient[outputBias + c] += logits[c];
    for (let j = 0; j < hidden; j++) {
      const value = activations[j];
      hiddenGradient[j] = 0;
      if (value <= 0) continue;
      const row = output + j * classes;
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        sum += logits[c] * parameters[row + c];
        gradient[row + c] += value * logits[c];
      }
      hiddenGradient[j] = sum;
      gradient[hiddenBias + j] += sum;
    }
    const offset = example * inputs;
    for (let a = 0; a < activeCount; a++) {
      const i = active[a];
      const value = INTENSITY[data.pixels[offset + i]];
      const row = i * hidden;
      for (let j = 0; j < hidden; j++) gradient[row + j] += value * hiddenGradient[j];
    }
  };

  const initial = (seed: string): Float32Array => {
    const random = createRandom("mlp", seed);
    const parameters = new Float32Array(parameterCount);
    glorot(parameters.subarray(0, hiddenBias), inputs, hidden, random);
    glorot(parameters.subarray(output, outputBias), hidden, classes, random);
    return parameters;
  };

  return {
    ...trainerOf({ parameterCount, inputs, classes, logits, initial, classify, addGradient }),

    /*
     * The hidden layer is linear before its rectifier, so the projections of base and deltas are computed once and only
     * added up. A Gray code visits the coalitions so that each differs from the last by one member.
     */
    coalitionLosses(base, deltas, weights, data): Float64Array {
      for (const parameters of [base, ...deltas]) checkParameters({ parameterCount }, parameters);
      checkExamples(data, inputs, classes);
      const count = data.labels.length;
      const projectAll = (parameters: Float32Array, weight: number) => {
        const all = new Float64Array(count * hidden);
        for (let example = 0; example < count; example++) {
          project(parameters, data, example, activations);
          for (let j = 0; j < hidden; j++) all[example * hidden + j] = weight * activations[j];
        }
        return all;
      };
      const pre = projectAll(base, 1);
      const steps = deltas.map((delta, k) => projectAll(delta, weights[k]));
      const tail = Float64Array.from(base.subarray(output));
      const tailSteps = deltas.map((delta, k) => Float64Array.from(delta.subarray(output), (v) => weights[k] * v));

      const losses = new Float64Array(1 << deltas.length);
      let mask = 0;
      for (let visit = 0; visit < losses.length; visit++) {
        if (visit > 0) {
          // the lowest set bit of the counter is the member that enters or leaves
          const k = 31 - Math.clz32(visit & -visit);
          mask ^= 1 << k;
          const sign = mask & (1 << k) ? 1 : -1;
          add(pre, steps[k], sign);
          add(tail, tailSteps[k], sign);
        }
        let sum = 0;
        for (let example = 0; example < count; example++) {
          conclude(tail, 0, pre, example * hidden);
          sum += crossEntropy(logits, data.labels[example]);
        }
        losses[mask] = sum / count;
      }
      return losses;
    },
  };
}

function add(target: Float64Array, step: Float64Array, sign: 1 | -1): void {
  for (let i = 0; i < target.length; i++) target[i] += sign * step[i];
}
