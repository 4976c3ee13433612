import type { Attack } from "./attack.js";

/** No attack: trains on all its examples, and says how many there are. */
export const honest: Attack = {
  name: "honest",
  aim: "greedy",
  members: 1,
  act: (_, members) =>
    members.map(({ examples, train }) => ({ delta: train(examples), samples: examples.labels.length })),
};
