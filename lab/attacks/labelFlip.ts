import { flipLabels } from "@artel/node";

import type { Attack } from "./attack.js";

/** Trains on flipped labels: class y as 9 - y. */
export const labelFlip: Attack = {
  name: "label-flip",
  aim: "idle",
  members: 1,
  act: (_, [{ examples, train }]) => [{ delta: train(flipLabels(examples)), samples: examples.labels.length }],
};
