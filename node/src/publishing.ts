import { Combining, type ILearningTasks } from "@artel/sdk";
import {
  manifestToBytes,
  quantise,
  taskContentOf,
  tensorRoot,
  tensorToBytes,
  weightCapsOf,
  type Manifest,
  type TaskContent,
} from "@artel/sdk/learning";

import type { ContentStore } from "./content/ContentStore.js";
import { createTrainer } from "./trainer/create.js";

/** The terms of a task that follow from its rules. */
export interface RuledTerms {
  readonly aggregation: ILearningTasks.AggregationStruct;
  /** Tensor root of the first model. */
  readonly initialRoot: string;
  readonly initialModel: TaskContent;
  readonly manifest: TaskContent;
}

const COMBINING = {
  mean: Combining.Mean,
  "trimmed-mean": Combining.TrimmedMean,
  median: Combining.Median,
} as const satisfies Record<Manifest["aggregation"]["rule"], Combining>;

/** Cells under a lowest node: as few as the rule holds with, so that a dispute is as cheap as can be. */
const LEAF_CELLS = { mean: 1, "trimmed-mean": 2, median: 2 } as const;

/** How the terms of a task state what its manifest says of updates and the server's step. */
export function statedRules(manifest: Manifest) {
  const { aggregation, server } = manifest;
  return {
    ...weightCapsOf(manifest),
    combining: COMBINING[aggregation.rule],
    trim: aggregation.rule === "trimmed-mean" ? Math.floor(aggregation.trim * 256) : 0,
    momentum: server?.momentum ?? 0,
  };
}

/** Publishes the rules of a task and the model that it starts from; returns what its terms say about them. */
export async function publishTask(manifest: Manifest, content: ContentStore): Promise<RuledTerms> {
  const initial = quantise(createTrainer(manifest.model).initial(manifest.seed), manifest.fractionBits);
  const leafCells = LEAF_CELLS[manifest.aggregation.rule];
  return {
    aggregation: { ...statedRules(manifest), parameters: initial.length, leafCells },
    initialRoot: tensorRoot(initial),
    initialModel: taskContentOf(await content.put(tensorToBytes(initial))),
    manifest: taskContentOf(await content.put(manifestToBytes(manifest))),
  };
}
