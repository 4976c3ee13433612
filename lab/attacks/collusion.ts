import { pick } from "@artel/node";

import type { Aim, Attack, Member } from "./attack.js";

/** Two members and the examples of the first: each trains on half of them. What the second has stays unused. */
export const split: Attack = {
  name: "split",
  aim: "greedy",
  members: 2,
  ofTheFirst: true,
  act: (_, members) => {
    const [{ examples }] = members;
    return members.map(({ train }, place) => {
      const ids = Array.from(examples.labels.keys()).filter((id) => id % members.length === place);
      return { delta: train(pick(examples, ids)), samples: ids.length };
    });
  },
};

const first = ([member]: readonly Member[]) => member;
const richest = (members: readonly Member[]) =>
  members.reduce((most, member) => (member.examples.labels.length > most.examples.labels.length ? member : most));

/** Of two members one works, and both send the result: the same, or one unit apart. */
function copies(name: string, aim: Aim, difference: number, choose: (members: readonly Member[]) => Member): Attack {
  return {
    name,
    aim,
    members: 2,
    ofTheFirst: choose === first,
    act: (_, members) => {
      const { train, examples } = choose(members);
      const delta = train(examples);
      return members.map((__, place) => ({
        delta: delta.with(0, delta[0] + place * difference),
        samples: examples.labels.length,
      }));
    },
  };
}

/** The second update differs by one unit in one value: no hash tells that it is a copy. */
export const clone = copies("clone", "greedy", 1, first);
/** The second update is the same, value for value. */
export const twin = copies("twin", "greedy", 0, first);
/**
 * The member with more examples works, and the other, whose own update would be worth less, sends the same as a clone.
 * Each gets what one with such examples gets: the gate bounds how many do, the rules of pay don't.
 */
export const betterClone = copies("better-clone", "measured", 1, richest);
