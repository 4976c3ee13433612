import type { Manifest, ModelSpec } from "@artel/sdk/learning";

import type { Rules } from "./scenario.js";

/** Fraction bits of models and updates. */
export const FRACTION_BITS = 16;

/** What a task of the laboratory has in its manifest. */
export function manifestOf({ recipe, sampleCap, clipNorm, alphas }: Rules, model: ModelSpec, seed: string): Manifest {
  return {
    ...{ version: 1, dataset: "mnist", model, loss: "cross-entropy", recipe, fractionBits: FRACTION_BITS },
    ...{ sampleCap, clipNorm, aggregation: { rule: "mean" }, privacy: { kind: "open" } },
    // the laboratory hands out the slices: no party of it has to wait for the time at which they can be read
    scoring: { method: "shapley", batch: 8, alphas: [...alphas], test: { kind: "private", samples: 1_000 } },
    seed,
  };
}
