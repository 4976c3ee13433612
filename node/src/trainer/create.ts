import type { ModelSpec } from "@artel/sdk/learning";
import { createCnn } from "./cnn.js";
import { createMlp } from "./mlp.js";
import type { Trainer } from "./Trainer.js";

/**
 * The built-in trainer of a manifest's model.
 *
 * @throws ModelShapeError
 */
export function createTrainer(model: ModelSpec): Trainer {
  return model.kind === "mlp" ? createMlp(model) : createCnn(model);
}
