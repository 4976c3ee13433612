import { Combining } from "@artel/sdk";

import { linkedSources, openLabChain } from "../../lab/chain.js";
import type { Spent } from "../../lab/costs.js";
import { playCrowd, type CombiningTerms, type Played } from "../tasks/crowd.js";
import { buildForProduction } from "./chain.js";
import type { Measured } from "./results.js";

/** Clients on a full panel. */
const PANEL = 96;
/** Commitments or updates in a transaction. */
const BATCH = 50;
const STAFF = { auditors: 6, panelSeats: 5, aggregators: 3 };

/** Lowest nodes that a dispute may be of, beside the mean of 32 updates. */
const NODES: Readonly<Record<string, CombiningTerms>> = {
  "mean of 8 updates": { combining: Combining.Mean, trim: 0, leafCells: 1 },
  "trimmed mean of 32 updates": { combining: Combining.TrimmedMean, trim: 51, leafCells: 4 },
  "median of 32 updates": { combining: Combining.Median, trim: 0, leafCells: 4 },
};

/** Operations of learning tasks, as parties of whole tasks send them. */
export async function measureLearning(): Promise<Measured> {
  const sources = (await linkedSources()).map((path) => (path.startsWith("@") ? `npm:${path}` : path));
  const { artifacts } = await buildForProduction(sources);
  const chain = await openLabChain(artifacts);
  try {
    await chain.reset();
    const crowd = await playCrowd(chain, { ...STAFF, clients: PANEL, rounds: 4, periodRounds: 2, liar: true });
    await chain.reset();
    const paidAfter = [1, 2, 12];
    const alone = await playCrowd(chain, { ...STAFF, clients: 8, rounds: 12, liar: false, alone: true, paidAfter });
    const disputes: Record<string, number> = {};
    for (const [node, combining] of Object.entries(NODES)) {
      await chain.reset();
      const played = await playCrowd(chain, { ...STAFF, clients: PANEL, rounds: 1, liar: true, combining });
      disputes[node] = mean(played, 1, "disputeChunk");
    }
    const commit = mean(alone, 11, "commitUpdate");
    return {
      "learning.commit.first": { ours: mean(crowd, 1, "commitUpdate") },
      "learning.commit.next": { ours: commit },
      "learning.commit.signedBatch50.each": { ours: spent(crowd, 4, "commitUpdates").largest / BATCH },
      "learning.reveal.batch50.each": { ours: spent(crowd, 4, "revealUpdates").largest / BATCH },
      "learning.commitAndReveal.alone": { ours: commit + mean(alone, 11, "revealUpdate") },
      "learning.audit.eachScore": {
        ours: (mean(crowd, 4, "commitScores") + mean(crowd, 4, "revealScores")) / PANEL,
      },
      "learning.settle.eachUpdate": {
        ours: mean(crowd, 4, "settlePanel") / PANEL,
        variants: {
          "in the first round of the task": Math.round(mean(crowd, 1, "settlePanel") / PANEL),
          "in the first round of a later period": Math.round(mean(crowd, 3, "settlePanel") / PANEL),
        },
      },
      "learning.dispute.arity32chunk64": { ours: mean(crowd, 4, "disputeChunk"), variants: disputes },
      "rewards.claim.onePeriod": {
        ours: mean(alone, 2, "claimFor"),
        variants: { "the client's first in a task, and of the token": mean(alone, 1, "claimFor") },
      },
      "rewards.claim.tenPeriods": { ours: mean(alone, 12, "claimFor") },
    };
  } finally {
    await chain.close();
  }
}

/** What transactions of a kind took in a round, from 1. */
function spent({ rounds }: Played, round: number, kind: string): Spent {
  return rounds[round - 1].find((row) => row.kind === kind)!;
}

function mean(played: Played, round: number, kind: string): number {
  const { gas, transactions } = spent(played, round, kind);
  return gas / transactions;
}
