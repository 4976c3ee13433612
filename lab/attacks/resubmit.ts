import type { Attack } from "./attack.js";

/** Sends the global model back. No change at all is refused, so one value differs by one unit. */
export const resubmit: Attack = {
  name: "resubmit",
  aim: "idle",
  members: 1,
  act: ({ global }, [{ examples, random }]) => {
    const delta = new Int32Array(global.length);
    delta[random.below(delta.length)] = 1;
    return [{ delta, samples: examples.labels.length }];
  },
};
