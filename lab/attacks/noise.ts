import type { Attack } from "./attack.js";
import { noise, normOf } from "./tensors.js";

/** Sends noise with the norm of an honest update, or a tenth of it. */
function noisy(name: string, share: number): Attack {
  return {
    name,
    aim: "idle",
    members: 1,
    act: (_, [{ examples, train, random }]) => {
      const honest = train(examples);
      return [{ delta: noise(honest.length, share * normOf(honest), random), samples: examples.labels.length }];
    },
  };
}

/** As large as an honest update. */
export const loudNoise = noisy("noise", 1);
/** Small enough to do little harm. */
export const quietNoise = noisy("quiet-noise", 0.1);
