import type { Attack } from "./attack.js";

/** Works honestly and claims ten times the examples. */
export const overclaim: Attack = {
  name: "overclaim",
  aim: "greedy",
  members: 1,
  act: (_, [{ examples, train }]) => [{ delta: train(examples), samples: examples.labels.length * 10 }],
};
