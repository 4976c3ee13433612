import type { Attack } from "./attack.js";
import { noise, normOf, sum } from "./tensors.js";

/** Sends what earned most in the last round again, value for value. */
export const exactCopy: Attack = {
  name: "exact-copy",
  aim: "idle",
  members: 1,
  act: ({ bestUpdate }, [{ examples }]) => [bestUpdate && { delta: bestUpdate, samples: examples.labels.length }],
};

/** Sends what earned most in the last round again, with a hundredth of noise on it: no hash tells that it is a copy.
 * It pays in an open task, which is why paid ones are sealed. */
export const nearCopy: Attack = {
  name: "near-copy",
  aim: "measured",
  members: 1,
  act: ({ bestUpdate }, [{ examples, random }]) => [
    bestUpdate && {
      delta: sum(bestUpdate, noise(bestUpdate.length, normOf(bestUpdate) / 100, random)),
      samples: examples.labels.length,
    },
  ],
};
