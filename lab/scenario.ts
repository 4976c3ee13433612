import type { Recipe } from "@artel/sdk/learning";

import type { PooledPlan } from "./pooled.js";
import type { LabTerms } from "./settlement.js";
import type { WorldPlan } from "./world.js";

/** What a task's manifest and terms say, as far as payoffs depend on it. */
export interface Rules {
  readonly hidden: number;
  readonly recipe: Recipe;
  /** Samples counted at most: no more than everybody has, so that claims make no difference. */
  readonly sampleCap: number;
  /** Norm to which updates are clipped, in the model's units: below what honest ones have, so that size makes none. */
  readonly clipNorm: number;
  readonly alphas: readonly number[];
  readonly terms: LabTerms;
}

/** A task with its parties. */
export interface Scenario extends WorldPlan {
  readonly name: string;
  readonly rules: Rules;
  /** Clients by place: names of attacks; the places after them are honest. Attacks of two members take two places. */
  readonly cast: readonly string[];
  /** Whether everybody sees the updates of the last round. */
  readonly open: boolean;
  /** How true contributions are measured; undefined for not at all. */
  readonly pooled?: PooledPlan;
  /** Without defence every update is averaged by its declared count, whatever its norm and score; nobody is paid. */
  readonly defended: boolean;
}

const PLAIN: Recipe = { localEpochs: 1, batchSize: 32, learningRate: 0.1, momentum: 0 };

/** Rules of the laboratory's tasks; what they were chosen by is in docs/guides/lab.md. */
export const RULES: Rules = {
  hidden: 32,
  recipe: { ...PLAIN, calibration: 0.7 },
  sampleCap: 40,
  clipNorm: 0.25,
  alphas: [0, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 4, 6, 8, 12],
  terms: {
    seats: 5,
    periodRounds: 8,
    periodPool: 800_000_000n,
    seatPay: 4_000_000n,
    epsilon: 16,
    exclusionScore: 4_096n,
    minimumScore: 1n,
  },
};

const LARGE = { clients: 40, rounds: 8, training: 16_000, concentration: 0.5, slice: 1_000, reference: 5_000 };
const SEALED = { rules: RULES, open: false, defended: true };

/** Members who want pay without work, or harm. */
const IDLERS = [
  ...["label-flip", "label-flip", "noise", "quiet-noise", "last-step-1", "last-step-3", "last-step-10"],
  ...["resubmit", "sign-flip", "minus-ten"],
];
/** Members who want more than their work is worth, each alone. */
const GREEDY = ["scale-3", "scale-10", "overclaim"];
/** Members who put two updates together out of one, and two who copy what an open task shows. */
const COPIERS = ["split", "clone", "twin", "better-clone", "exact-copy", "near-copy"];

/** The scenarios of a full run. All of a seed have the same members with the same examples. */
export const SCENARIOS: readonly Scenario[] = [
  { ...LARGE, ...SEALED, name: "honest", cast: [] },
  { ...LARGE, ...SEALED, name: "fairness", cast: IDLERS, pooled: { permutations: 2_000, blocks: 250 } },
  { ...LARGE, ...SEALED, name: "greedy", cast: GREEDY },
  { ...LARGE, ...SEALED, name: "copies", cast: COPIERS, open: true },
  { ...LARGE, ...SEALED, name: "undefended", cast: IDLERS, defended: false },
];

const SMALL = { clients: 16, rounds: 3, training: 4_000, concentration: 0.5, slice: 400, reference: 1_000 };
const SMALL_RULES = { ...RULES, hidden: 16, recipe: PLAIN, sampleCap: 25, terms: { ...RULES.terms, periodRounds: 3 } };
const SMALL_SEALED = { rules: SMALL_RULES, open: false, defended: true };
const FEW_IDLERS = ["label-flip", "noise", "last-step-3", "minus-ten"];

/** The scenarios of a quick run: few clients and rounds. */
export const QUICK_SCENARIOS: readonly Scenario[] = [
  { ...SMALL, ...SMALL_SEALED, name: "honest", cast: [] },
  { ...SMALL, ...SMALL_SEALED, name: "fairness", cast: FEW_IDLERS },
  { ...SMALL, ...SMALL_SEALED, name: "copies", cast: ["twin", "exact-copy"], open: true },
  { ...SMALL, ...SMALL_SEALED, name: "undefended", cast: FEW_IDLERS, defended: false },
];
