import { createRandom, type ModelSpec } from "@artel/sdk/learning";
import { INTENSITY, type Examples } from "../data/examples.js";
import { ModelShapeError } from "../errors.js";
import { crossEntropyGradient } from "../math.js";
import { glorot } from "./descent.js";
import { trainerOf, type Network } from "./network.js";
import type { Trainer } from "./Trainer.js";

type CnnSpec = Extract<ModelSpec, { kind: "cnn" }>;

/** A valid convolution, a rectifier and a 2 x 2 maximum pool, on square planes. */
interface Block {
  readonly inChannels: number;
  readonly inSide: number;
  readonly channels: number;
  /** Side of the convolved plane. */
  readonly side: number;
  /** Side of the pooled plane; an odd last row and column are dropped. */
  readonly pooledSide: number;
  /** Where weights (channel by channel, input channel by input channel, row by row) and biases begin. */
  readonly weights: number;
  readonly biases: number;
  readonly end: number;
  readonly pooled: Float64Array;
  readonly pooledGradient: Float64Array;
  /** Index in the convolved plane of each pooled maximum, or -1 where the rectifier is shut. */
  readonly origin: Int32Array;
}

/**
 * A convolutional network: convolution, rectifier, pool, twice, then a dense softmax output.
 *
 * Parameters lie flat: weights and biases of the first block, of the second, of the output (feature by feature).
 *
 * @throws ModelShapeError when the image is too small for two blocks
 */
export function createCnn({ side, kernel, channels, classes }: CnnSpec): Trainer {
  const first = createBlock(1, side, channels[0], kernel, 0);
  const second = createBlock(channels[0], first.pooledSide, channels[1], kernel, first.end);
  const inputs = side * side;
  const features = second.pooled.length;
  const dense = second.end;
  const denseBias = dense + features * classes;
  const parameterCount = denseBias + classes;

  const image = new Float64Array(inputs);
  const logits = new Float64Array(classes);

  const classify = (parameters: Float32Array | Float64Array, data: Examples, example: number) => {
    for (let i = 0; i < inputs; i++) image[i] = INTENSITY[data.pixels[example * inputs + i]];
    forward(first, kernel, parameters, image);
    forward(second, kernel, parameters, first.pooled);
    for (let c = 0; c < classes; c++) logits[c] = parameters[denseBias + c];
    for (let f = 0; f < features; f++) {
      const value = second.pooled[f];
      if (value === 0) continue;
      const row = dense + f * classes;
      for (let c = 0; c < classes; c++) logits[c] += value * parameters[row + c];
    }
  };

  const addGradient: Network["addGradient"] = (data, offsets, parameters, gradient, example) => {
    classify(parameters, data, example);
    crossEntropyGradient(logits, offsets, data.labels[example]);
    for (let c = 0; c < classes; c++) gradient[denseBias + c] += logits[c];
    for (let f = 0; f < features; f++) {
      const value = second.pooled[f];
      const row = dense + f * classes;
      let sum = 0;
      for (let c = 0; c < classes; c++) {
        sum += logits[c] * parameters[row + c];
        gradient[row + c] += value * logits[c];
      }
      second.pooledGradient[f] = sum;
    }
    backward(second, kernel, parameters, first.pooled, gradient, first.pooledGradient);
    backward(first, kernel, parameters, image, gradient);
  };

  const initial = (seed: string): Float32Array => {
    const random = createRandom("cnn", seed);
    const parameters = new Float32Array(parameterCount);
    const area = kernel * kernel;
    for (const { weights, biases, inChannels, channels } of [first, second])
      glorot(parameters.subarray(weights, biases), inChannels * area, channels * area, random);
    glorot(parameters.subarray(dense, denseBias), features, classes, random);
    return parameters;
  };

  return trainerOf({ parameterCount, inputs, classes, logits, initial, classify, addGradient });
}

function createBlock(inChannels: number, inSide: number, channels: number, kernel: number, weights: number): Block {
  const side = inSide - kernel + 1;
  const pooledSide = side >> 1;
  if (pooledSide < 1) throw new ModelShapeError(inSide, `a plane of side ${inSide} is too small for kernel ${kernel}`);
  const biases = weights + channels * inChannels * kernel * kernel;
  const pooledSize = channels * pooledSide * pooledSide;
  return {
    inChannels,
    inSide,
    channels,
    side,
    pooledSide,
    weights,
    biases,
    end: biases + channels,
    pooled: new Float64Array(pooledSize),
    pooledGradient: new Float64Array(pooledSize),
    origin: new Int32Array(pooledSize),
  };
}

/** Computes `pooled` and `origin` of a block from its input planes. */
function forward(block: Block, kernel: number, parameters: Float32Array | Float64Array, input: Float64Array): void {
  const { inChannels, inSide, side, pooledSide, weights, biases, pooled, origin } = block;
  const area = kernel * kernel;
  for (let channel = 0, out = 0; channel < block.channels; channel++) {
    const bias = parameters[biases + channel];
    const base = weights + channel * inChannels * area;
    for (let py = 0; py < pooledSide; py++) {
      for (let px = 0; px < pooledSide; px++, out++) {
        let best = 0;
        let from = -1;
        for (let corner = 0; corner < 4; corner++) {
          const y = 2 * py + (corner >> 1);
          const x = 2 * px + (corner & 1);
          let sum = bias;
          for (let plane = 0, w = base; plane < inChannels; plane++) {
            for (let ky = 0; ky < kernel; ky++) {
              const row = (plane * inSide + y + ky) * inSide + x;
              for (let kx = 0; kx < kernel; kx++, w++) sum += parameters[w] * input[row + kx];
            }
          }
          if (sum > best) {
            best = sum;
            from = y * side + x;
          }
        }
        pooled[out] = best;
        origin[out] = from;
      }
    }
  }
}

/** Adds the gradient of a block's parameters, given `pooledGradient`; writes that of its input if asked to. */
function backward(
  block: Block,
  kernel: number,
  parameters: Float64Array,
  input: Float64Array,
  gradient: Float64Array,
  inputGradient?: Float64Array,
): void {
  const { inChannels, inSide, side, pooledSide, weights, biases, pooledGradient, origin } = block;
  const area = kernel * kernel;
  const plane = pooledSide * pooledSide;
  inputGradient?.fill(0);
  for (let out = 0; out < origin.length; out++) {
    const from = origin[out];
    const slope = pooledGradient[out];
    if (from < 0 || slope === 0) continue;
    const channel = Math.floor(out / plane);
    const y = Math.floor(from / side);
    const x = from - y * side;
    gradient[biases + channel] += slope;
    for (let p = 0, w = weights + channel * inChannels * area; p < inChannels; p++) {
      for (let ky = 0; ky < kernel; ky++) {
        const row = (p * inSide + y + ky) * inSide + x;
        for (let kx = 0; kx < kernel; kx++, w++) {
          gradient[w] += slope * input[row + kx];
          if (inputGradient) inputGradient[row + kx] += slope * parameters[w];
        }
      }
    }
  }
}
