import type { Attack } from "./attack.js";
import { noise, normOf, scaled } from "./tensors.js";

/** Samples that a client claims which has none in this update. */
const CLAIM = 1_500;

/** Sends the step that led to the global model again: everybody has it, and it often helps. */
function lastStep(name: string, factor: number): Attack {
  return {
    name,
    aim: "idle",
    members: 1,
    act: (view, [{ random }]) => {
      // before the first step there is nothing to send; a whiff of noise keeps the client in
      const delta = view.lastStep
        ? scaled(view.lastStep, factor)
        : noise(view.global.length, normOf(view.global) / 1_000, random);
      return [{ delta, samples: CLAIM }];
    },
  };
}

/** As it is. */
export const lastStep1 = lastStep("last-step-1", 1);
/** Three times as far. */
export const lastStep3 = lastStep("last-step-3", 3);
/** Ten times as far. */
export const lastStep10 = lastStep("last-step-10", 10);
