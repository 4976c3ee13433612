import { dirichletSplit, iidSplit, pick, type Dataset, type Examples } from "@artel/node";
import { createRandom } from "@artel/sdk/learning";

/** How a data set is divided. */
export interface WorldPlan {
  readonly clients: number;
  readonly rounds: number;
  /** Examples that the clients share. */
  readonly training: number;
  /** Concentration of the Dirichlet split among them. */
  readonly concentration: number;
  /** Examples of the test slice of a round. */
  readonly slice: number;
  /** Examples that true contributions are measured on. */
  readonly reference: number;
}

/** Who has which examples; no example is in two places. */
export interface World {
  readonly shares: readonly Examples[];
  /** Test slice of each round. */
  readonly slices: readonly Examples[];
  readonly reference: Examples;
  /** Held-out examples that accuracy is quoted on. */
  readonly test: Examples;
}

/** Divides a data set by a seed. */
export function createWorld(dataset: Dataset, plan: WorldPlan, seed: number): World {
  const { clients, rounds, training, concentration, slice, reference } = plan;
  const sizes = [training, reference, ...Array<number>(rounds).fill(slice)];
  const parts = iidSplit(dataset.train.labels.length, sizes, createRandom("lab", seed, "parts"));
  const [pool, referenceExamples, ...slices] = parts.map((ids) => pick(dataset.train, ids));
  const minimum = Math.floor(training / clients / 10);
  const shares = dirichletSplit(pool.labels, clients, concentration, minimum, createRandom("lab", seed, "split"));
  return {
    shares: shares.map((ids) => pick(pool, ids)),
    slices,
    reference: referenceExamples,
    test: dataset.test,
  };
}
