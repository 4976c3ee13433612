import { pick, type Examples } from "@artel/node";

import type { Attack, Member } from "./attack.js";

/** Everything that some members have. */
function pooled(members: readonly Member[]): Examples {
  const [{ examples }] = members;
  return {
    ...examples,
    pixels: Buffer.concat(members.map((member) => member.examples.pixels)),
    labels: Buffer.concat(members.map((member) => member.examples.labels)),
  };
}

/** Two members put their examples together, and each trains on half: the same work in better mixed parts. */
export const split: Attack = {
  name: "split",
  aim: "greedy",
  members: 2,
  act: (_, members) => {
    const all = pooled(members);
    return members.map(({ train }, place) => {
      const ids = Array.from(all.labels.keys()).filter((id) => id % members.length === place);
      return { delta: train(pick(all, ids)), samples: ids.length };
    });
  },
};

/** Of two members the one with more examples works, and both send the result: the same, or one unit apart. */
function copies(name: string, difference: number): Attack {
  return {
    name,
    aim: "greedy",
    members: 2,
    act: (_, members) => {
      const worker = members.reduce((most, member) =>
        member.examples.labels.length > most.examples.labels.length ? member : most,
      );
      const delta = worker.train(worker.examples);
      const samples = worker.examples.labels.length;
      return members.map((__, place) => ({ delta: delta.with(0, delta[0] + place * difference), samples }));
    },
  };
}

/** The second update differs by one unit in one value: no hash tells that it is a copy. */
export const clone = copies("clone", 1);
/** The second update is the same, value for value. */
export const twin = copies("twin", 0);
