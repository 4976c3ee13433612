import type { Aim, Attack } from "./attack.js";
import { scaled } from "./tensors.js";

/** Trains honestly and sends a multiple of the result. */
function scaling(name: string, aim: Aim, factor: number): Attack {
  return {
    name,
    aim,
    members: 1,
    act: (_, [{ examples, train }]) => [{ delta: scaled(train(examples), factor), samples: examples.labels.length }],
  };
}

/** Three times as far as it went. */
export const scale3 = scaling("scale-3", "greedy", 3);
/** Ten times as far as it went. */
export const scale10 = scaling("scale-10", "greedy", 10);
/** The other way. */
export const signFlip = scaling("sign-flip", "idle", -1);
/** The other way, ten times as far. */
export const minusTen = scaling("minus-ten", "idle", -10);
