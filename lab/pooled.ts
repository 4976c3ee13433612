import { pick, type Examples } from "@artel/node";
import type { ModelSpec, Random } from "@artel/sdk/learning";

type MlpSpec = Extract<ModelSpec, { kind: "mlp" }>;

/** A game of all clients of a round. */
export interface PooledGame {
  readonly model: MlpSpec;
  /** What coalitions are added to, see `baseOf`. */
  readonly base: Float32Array;
  readonly deltas: readonly Float32Array[];
  /** Share of each update. */
  readonly weights: readonly number[];
  /** Reference examples, none of them in a test slice. */
  readonly test: Examples;
}

/** What an estimate of the game takes. */
export interface PooledPlan {
  /** Orders drawn, every second the reverse of the one before it. */
  readonly permutations: number;
  /** Parts of the reference examples; an order is walked on one of them, and every part gets equally many. */
  readonly blocks: number;
}

/**
 * Shapley values of the game among all clients, by antithetic sampling: what batches of eight estimate. Utility is minus
 * the cross-entropy. The reference examples are divided into blocks that the orders go through by turns, which changes
 * no expectation and spares most of the work.
 *
 * It lays out parameters as `createMlp` does: the hidden layer is linear before its rectifier, so projections are added.
 *
 * @returns one value an update, nats
 */
export function pooledShapley(game: PooledGame, { permutations, blocks }: PooledPlan, random: Random): Float64Array {
  const players = game.deltas.length;
  const values = new Float64Array(players);
  const count = game.test.labels.length;
  const pairsEach = permutations / 2 / blocks;
  const order = Uint32Array.from({ length: players }, (_, k) => k);
  for (let block = 0; block < blocks; block++) {
    const first = Math.floor((block * count) / blocks);
    const last = Math.floor(((block + 1) * count) / blocks);
    const walk = createWalk(
      game,
      pick(
        game.test,
        Array.from({ length: last - first }, (_, i) => first + i),
      ),
    );
    for (let pair = 0; pair < pairsEach; pair++) {
      random.shuffle(order);
      for (let pass = 0; pass < 2; pass++) {
        walk(order, (player, gain) => (values[player] += (gain * (last - first)) / count / (2 * pairsEach)));
        order.reverse();
      }
    }
  }
  return values;
}

/** Adds players one after another, and tells what each gains. */
function createWalk({ model, base, deltas, weights }: PooledGame, test: Examples) {
  const { inputs, hidden, classes } = model;
  const output = inputs * hidden + hidden;
  const count = test.labels.length;
  const project = (parameters: Float32Array, weight: number) => {
    const all = new Float64Array(count * hidden);
    for (let example = 0; example < count; example++) {
      const at = example * hidden;
      for (let j = 0; j < hidden; j++) all[at + j] = parameters[inputs * hidden + j];
      for (let i = 0; i < inputs; i++) {
        const byte = test.pixels[example * inputs + i];
        if (byte === 0) continue;
        for (let j = 0; j < hidden; j++) all[at + j] += (byte / 255) * parameters[i * hidden + j];
      }
      for (let j = 0; j < hidden; j++) all[at + j] *= weight;
    }
    return all;
  };
  const tailOf = (parameters: Float32Array, weight: number) =>
    Float64Array.from(parameters.subarray(output), (value) => weight * value);
  const start = project(base, 1);
  const startTail = tailOf(base, 1);
  const steps = deltas.map((delta, k) => project(delta, weights[k]));
  const tailSteps = deltas.map((delta, k) => tailOf(delta, weights[k]));

  const pre = new Float64Array(start.length);
  const tail = new Float64Array(startTail.length);
  const logits = new Float64Array(classes);
  const loss = () => {
    let sum = 0;
    for (let example = 0; example < count; example++) {
      for (let c = 0; c < classes; c++) logits[c] = tail[hidden * classes + c];
      for (let j = 0; j < hidden; j++) {
        const value = pre[example * hidden + j];
        if (value > 0) for (let c = 0, w = j * classes; c < classes; c++, w++) logits[c] += value * tail[w];
      }
      let max = logits[0];
      for (let c = 1; c < classes; c++) if (logits[c] > max) max = logits[c];
      let total = 0;
      for (let c = 0; c < classes; c++) total += Math.exp(logits[c] - max);
      sum += Math.log(total) + max - logits[test.labels[example]];
    }
    return sum / count;
  };

  pre.set(start);
  tail.set(startTail);
  const empty = loss();
  return (order: Uint32Array, gained: (player: number, gain: number) => void) => {
    pre.set(start);
    tail.set(startTail);
    let before = empty;
    for (const player of order) {
      const step = steps[player];
      for (let i = 0; i < pre.length; i++) pre[i] += step[i];
      const tailStep = tailSteps[player];
      for (let i = 0; i < tail.length; i++) tail[i] += tailStep[i];
      const after = loss();
      gained(player, before - after);
      before = after;
    }
  };
}
