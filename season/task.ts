import type { ILearningRounds } from "@artel/sdk";
import type { Manifest } from "@artel/sdk/learning";
import { parseUnits } from "ethers";

import { TRAINING_PURPOSE } from "./consent.js";
import type { DataPlan } from "./data.js";
import type { SeasonOptions } from "./options.js";
import { AGGREGATORS, AUDITORS } from "./parties.js";

/** Length of every phase on the chain, in seconds. */
const PHASE_SECONDS = 3600;
/** Time to vote and to join before the first round opens, in seconds: two weeks. */
const LEAD_SECONDS = 14 * 24 * 3600;

/** The rules that everybody trains and scores by. */
export function manifestFor({ data, seed }: SeasonOptions, plan: DataPlan): Manifest {
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
    privacy: { kind: "open" },
    scoring: {
      method: "shapley",
      batch: 8,
      alphas: [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3],
      test: { kind: "private", samples: plan.audit },
    },
    seed,
  };
}

/** What a task is opened with besides the constants here. */
export interface TaskFacts {
  readonly cooperative: string;
  readonly token: string;
  readonly reward: bigint;
  /** Present second of the chain. */
  readonly now: number;
  readonly initialRoot: string;
  /** Content identifiers (binary, hexadecimal). */
  readonly initialModel: string;
  readonly manifest: string;
}

/** The terms that the members vote on. */
export function termsFor(options: SeasonOptions, plan: DataPlan, facts: TaskFacts): ILearningRounds.TaskTermsStruct {
  const { now, ...given } = facts;
  return {
    ...given,
    startsAt: now + LEAD_SECONDS,
    schedule: {
      commit: PHASE_SECONDS,
      reveal: PHASE_SECONDS,
      auditCommit: PHASE_SECONDS,
      auditReveal: PHASE_SECONDS,
      aggregateCommit: PHASE_SECONDS,
      aggregateReveal: PHASE_SECONDS,
      challenge: PHASE_SECONDS,
    },
    rounds: options.rounds,
    // Early rounds hold most of the value; a period a round lets pay follow it.
    periodRounds: 1,
    retries: 2,
    minClients: Math.ceil(options.clients / 2),
    maxClients: options.clients,
    auditors: AUDITORS,
    aggregators: AGGREGATORS,
    aggregatorQuorum: Math.floor(AGGREGATORS / 2) + 1,
    auditorShare: 1_500,
    aggregatorShare: 500,
    epsilon: plan.epsilon,
    exclusionScore: 512,
    minimumScore: 1,
    auditorStake: parseUnits("100", 18),
    aggregatorStake: parseUnits("100", 18),
    missPenalty: parseUnits("20", 18),
    slashRecipient: facts.cooperative,
    consentPurpose: TRAINING_PURPOSE,
  };
}
