import { ABSENT } from "@artel/sdk/learning";

import { randomOf, scoring, type Auditor } from "./auditor.js";

/** Mean of the scores that are there. */
function meanOf(scores: Int16Array): number {
  const present = scores.filter((score) => score !== ABSENT);
  return Math.round(present.reduce((sum, score) => sum + score, 0) / Math.max(1, present.length));
}

/** Does the work. */
export const honest = scoring("honest", (view) => view.work());

/** Gives everybody the same: the mean of the last medians. */
export const constant = scoring("constant", ({ clients, lastMedians }) =>
  new Int16Array(clients).fill(lastMedians ? meanOf(lastMedians) : 1_000),
);

/** Gives everybody a random score, about as large as the last medians. */
export const random = scoring("random", (view) => {
  const bound = 2 * Math.max(1, Math.abs(view.lastMedians ? meanOf(view.lastMedians) : 1_000));
  const stream = randomOf(view);
  return Int16Array.from({ length: view.clients }, () => stream.below(bound));
});

/** Gives the last medians again. */
export const lastRound = scoring("last-round", ({ clients, lastMedians }) => lastMedians ?? new Int16Array(clients));

/** Gives half of the last medians: gains shrink from round to round. */
export const rescaled = scoring("rescaled", ({ clients, lastMedians }) =>
  Int16Array.from({ length: clients }, (_, client) => {
    const score = lastMedians?.[client] ?? 0;
    return score === ABSENT ? ABSENT : Math.round(score / 2);
  }),
);

/** Gives nobody anything. */
export const allZero = scoring("all-zero", ({ clients }) => new Int16Array(clients));

/** Works, but gives the first client, a friend, the highest score, and its neighbour the lowest. */
export const colluding = scoring("colluding", (view) => view.work().with(0, 32_767).with(1, -32_767));

/** Sends the commitment that somebody else of the panel sent, and then tries to open it with their vector as its own. */
export const panelCopying: Auditor = {
  name: "panel-copying",
  commit: ({ commitments }) => commitments[0],
  reveal: ({ openings, account }) => openings[0] && { ...openings[0], auditor: account },
};

/** Every way to audit, by name. Another one is a line more. */
export const AUDITORS: ReadonlyMap<string, Auditor> = new Map(
  [honest, constant, random, lastRound, rescaled, allZero, colluding, panelCopying].map((auditor) => [
    auditor.name,
    auditor,
  ]),
);
