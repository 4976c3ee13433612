import type { RuledTerms } from "@artel/node";
import type { ILearningTasks } from "@artel/sdk";
import { slicePlan, type CommonTest, type Manifest } from "@artel/sdk/learning";
import { parseUnits, ZeroHash } from "ethers";

import { TRAINING_PURPOSE } from "./consent.js";
import type { SeasonOptions } from "./options.js";
import { AGGREGATORS, AUDITORS } from "./parties.js";

/** Length of every phase but one on the chain, in seconds. */
const HOUR = 3600;
/** Seconds between two test slices: an auditor waits no longer for the one after its round's Reveal. */
const SLICE_INTERVAL = 30 * HOUR;
const SCHEDULE = {
  ...{ commit: HOUR, reveal: HOUR, auditReveal: HOUR, settle: HOUR, aggregateCommit: HOUR, aggregateReveal: HOUR },
  // there is an hour left when the slice is out, whenever the round began
  auditCommit: SLICE_INTERVAL + HOUR,
  // a fresh panel could not read what was sealed to another
  ...{ challenge: HOUR, longChallenge: 2 * HOUR, appeal: 0 },
};
/** Rounds that may be void. */
const RETRIES = 1;
/** Time to vote and to join before the first round opens, in seconds: two weeks. */
const LEAD_SECONDS = 14 * 24 * HOUR;

/** Second at which a task's first round opens, if it is put to the vote now. */
export function startOf(now: number): number {
  return now + LEAD_SECONDS;
}

/** When a task's test slices can be read, and how many there are. */
export function slicesFrom(startsAt: number, { rounds }: Pick<SeasonOptions, "rounds">): ReturnType<typeof slicePlan> {
  return slicePlan({ startsAt, rounds, retries: RETRIES, schedule: SCHEDULE }, SLICE_INTERVAL);
}

/** The rules that everybody trains and scores by. */
export function manifestFor({ data, seed }: Pick<SeasonOptions, "data" | "seed">, test: CommonTest): Manifest {
  return {
    version: 1,
    dataset: data,
    model: { kind: "mlp", inputs: 784, hidden: 32, classes: 10 },
    loss: "cross-entropy",
    recipe: { localEpochs: 1, batchSize: 32, learningRate: 0.03, momentum: 0.9 },
    fractionBits: 16,
    // Nearly equal counts: nobody gains by claiming more data than the others have.
    sampleCap: 2_000,
    clipNorm: 8,
    aggregation: { rule: "mean" },
    privacy: { kind: "sealed" },
    scoring: { method: "shapley", batch: 8, alphas: [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3], test },
    seed,
  };
}

/** What a task is opened with besides the constants here. */
export interface TaskFacts extends RuledTerms {
  readonly cooperative: string;
  readonly token: string;
  readonly reward: bigint;
  readonly startsAt: number;
}

/** The terms that the members vote on. */
export function termsFor(
  { clients, rounds }: Pick<SeasonOptions, "clients" | "rounds">,
  facts: TaskFacts,
): ILearningTasks.TaskTermsStruct {
  return {
    ...facts,
    schedule: SCHEDULE,
    // Early rounds hold most of the value; a period a round lets pay follow it.
    ...{ rounds, periodRounds: 1, retries: RETRIES },
    ...{ minClients: Math.ceil(clients / 2), maxClients: clients, panelCells: 5, panelSeats: AUDITORS - 1 },
    ...{ minAuditors: AUDITORS, maxAuditors: AUDITORS },
    ...{ aggregators: AGGREGATORS, aggregatorQuorum: Math.floor(AGGREGATORS / 2) + 1 },
    ...{ auditorShare: 1_500, aggregatorShare: 500, treasuryShare: 0 },
    // Everybody scores on the same slice: honest scores are equal.
    ...{ epsilon: 64, exclusionScore: 512, minimumScore: 1 },
    // Who moves a median has more to lose than a period to give.
    auditorStake: facts.reward / 3n,
    aggregatorStake: parseUnits("100", 18),
    missPenalty: facts.reward / 9n + 1n,
    slashRecipient: facts.cooperative,
    consentPurpose: TRAINING_PURPOSE,
    microRho: 0,
    reputationCategory: ZeroHash,
    minimumReputation: 0,
  };
}
