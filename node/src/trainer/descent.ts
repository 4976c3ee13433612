import { createRandom, type Recipe } from "@artel/sdk/learning";

/**
 * Mini-batch gradient descent with momentum over shuffled examples, of the loss plus FedProx's proximal term
 * `proximal / 2 * |parameters - start|^2`.
 *
 * @param start - parameters to start from, left as they are
 * @param examples - number of examples
 * @param seed - decides the order of the examples
 * @param addGradient - adds the gradient of one example's loss at `parameters` to `gradient`
 * @returns the trained parameters
 */
export function descend(
  start: Float32Array,
  examples: number,
  recipe: Recipe,
  seed: string,
  addGradient: (parameters: Float64Array, gradient: Float64Array, example: number) => void,
): Float32Array {
  const { localEpochs, batchSize, learningRate, momentum, proximal = 0 } = recipe;
  const pull = learningRate * proximal;
  const random = createRandom("descent", seed);
  const parameters = Float64Array.from(start);
  const gradient = new Float64Array(start.length);
  const velocity = new Float64Array(start.length);
  const order = Uint32Array.from({ length: examples }, (_, i) => i);
  for (let epoch = 0; epoch < localEpochs; epoch++) {
    random.shuffle(order);
    for (let first = 0; first < examples; first += batchSize) {
      const last = Math.min(first + batchSize, examples);
      gradient.fill(0);
      for (let i = first; i < last; i++) addGradient(parameters, gradient, order[i]);
      const step = learningRate / (last - first);
      for (let i = 0; i < parameters.length; i++)
        parameters[i] += velocity[i] = momentum * velocity[i] - step * gradient[i] - pull * (parameters[i] - start[i]);
    }
  }
  return Float32Array.from(parameters);
}

/**
 * Fills a layer with Glorot's uniform distribution: ±sqrt(6 / (fanIn + fanOut)).
 */
export function glorot(layer: Float32Array, fanIn: number, fanOut: number, random: { next(): number }): void {
  const bound = Math.sqrt(6 / (fanIn + fanOut));
  for (let i = 0; i < layer.length; i++) layer[i] = (random.next() * 2 - 1) * bound;
}
