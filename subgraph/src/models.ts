import { ModelRecorded } from "../generated/ModelRegistry/ModelRegistry";
import { LearningTask, Model, Round } from "../generated/schema";
import { cidText } from "./decode";
import { escrowId, modelId, roundId } from "./ids";

/** Any contract may record models of tasks of its own: such a task is known by its module and number alone. */
export function handleModelRecorded(event: ModelRecorded): void {
  const p = event.params;
  const task = escrowId(p.module, p.task);
  const round = roundId(task, p.round);
  const parent = modelId(task, p.parent);
  const model = new Model(modelId(task, p.root));
  model.module = p.module;
  model.number = p.task;
  if (LearningTask.load(task) != null) model.task = task;
  if (Round.load(round) != null) model.round = round;
  model.roundNumber = p.round;
  model.root = p.root;
  model.parentRoot = p.parent;
  if (Model.load(parent) != null) model.parent = parent;
  model.cid = cidText(p.codec, p.digest);
  model.score = p.score;
  model.recordedAt = event.block.timestamp;
  model.transaction = event.transaction.hash;
  model.save();
}
