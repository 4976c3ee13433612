import { ZeroHash } from "ethers";

import type { IPolicyBook } from "../contracts/index.js";
import { Curve, type Weighting } from "../weighting.js";

/** How one class is decided, in numbers: what `IPolicyBook.Policy` takes. */
export type Policy = Weighting & {
  readonly [Field in Exclude<keyof IPolicyBook.PolicyStruct, keyof Weighting>]: Field extends "strict"
    ? boolean
    : number;
};

/** What of a policy can be wrong, or easier than in another class, by the names that the contract gives. */
export type PolicyField =
  | "approval"
  | "strict"
  | "quorum"
  | "veto"
  | "votingDelay"
  | "votingPeriod"
  | "executionDelay"
  | "executionWindow"
  | "seasoning"
  | "lateWindow"
  | "sponsors"
  | "curve"
  | "weightCap"
  | "category";

/** Granularity of late windows in seconds (`PolicyLib.LATE_UNIT`). */
export const LATE_UNIT = 60;
/** Longest voting delay and voting period in seconds (`PolicyLib.MAX_PHASE`). */
export const MAX_PHASE = 2 ** 23 - 1;
/** Longest late window in seconds (`PolicyLib.MAX_LATE_WINDOW`). */
export const MAX_LATE_WINDOW = LATE_UNIT * (2 ** 12 - 1);
/** Longest execution delay and seasoning in seconds (`PolicyLib.MAX_WAIT`). */
export const MAX_WAIT = 365 * 86_400;
/** Most sponsors that a class asks for (`PolicyLib.MAX_SPONSORS`). */
export const MAX_SPONSORS = 15;

/** Fields of a policy that contradict themselves or their bounds, as `PolicyLib.invalidField` has it, but all of them. */
export function invalidFields(policy: Policy): PolicyField[] {
  const { approvalNumerator, approvalDenominator, strict, quorumNumerator, quorumDenominator } = policy;
  const { vetoNumerator, vetoDenominator, votingDelay, votingPeriod, executionDelay, executionWindow } = policy;
  const { seasoning, lateWindow, sponsors, category, curve, weightCap } = policy;
  const isFraction = (numerator: number, denominator: number) => denominator !== 0 && numerator <= denominator;
  const hasVeto = vetoNumerator !== 0 || vetoDenominator !== 0;
  const tests: readonly [PolicyField, boolean][] = [
    ["approval", !isFraction(approvalNumerator, approvalDenominator)],
    ["strict", strict && approvalNumerator === approvalDenominator],
    ["quorum", !isFraction(quorumNumerator, quorumDenominator)],
    ["veto", hasVeto && (vetoNumerator === 0 || !isFraction(vetoNumerator, vetoDenominator))],
    ["votingDelay", votingDelay > MAX_PHASE],
    ["votingPeriod", votingPeriod === 0 || votingPeriod > MAX_PHASE],
    ["executionDelay", executionDelay > MAX_WAIT],
    ["executionWindow", executionWindow === 0],
    ["seasoning", seasoning > MAX_WAIT],
    ["lateWindow", lateWindow % LATE_UNIT !== 0 || lateWindow > MAX_LATE_WINDOW || lateWindow > votingPeriod],
    ["sponsors", sponsors > MAX_SPONSORS],
    ["curve", category === ZeroHash && curve !== Curve.Linear],
    ["weightCap", (category === ZeroHash) !== (weightCap === 0)],
  ];
  return tests.filter(([, isWrong]) => isWrong).map(([field]) => field);
}

/** Fields in which `higher` is easier to pass than `lower`, as `PolicyLib.easierField` has it, but all of them. */
export function easierFields(lower: Policy, higher: Policy): PolicyField[] {
  const approval = compare(higher.approvalNumerator, higher.approvalDenominator, lower, "approval");
  const veto = compare(lower.vetoNumerator, lower.vetoDenominator, higher, "veto");
  const tests: readonly [PolicyField, boolean][] = [
    ["approval", approval < 0 || (approval === 0 && lower.strict && !higher.strict)],
    ["quorum", compare(higher.quorumNumerator, higher.quorumDenominator, lower, "quorum") < 0],
    // No veto in the higher class, or one that needs more, makes the class easier.
    ["veto", lower.vetoDenominator !== 0 && (higher.vetoDenominator === 0 || veto < 0)],
    ...(["votingDelay", "votingPeriod", "executionDelay", "seasoning", "sponsors"] as const).map(
      (field): [PolicyField, boolean] => [field, higher[field] < lower[field]],
    ),
    // Some could decide alone what takes more of them in the lower class.
    ["category", isWeighted(higher) && !isWeighted(lower)],
    ["weightCap", isWeighted(lower) && higher.weightCap > lower.weightCap],
  ];
  return tests.filter(([, isEasier]) => isEasier).map(([field]) => field);
}

/** Whether ballots weigh by reputation. */
export function isWeighted({ weightCap }: Policy): boolean {
  return weightCap !== 0;
}

/** Negative if the fraction is less than another policy's, positive if it is more. */
function compare(numerator: number, denominator: number, other: Policy, name: "approval" | "quorum" | "veto"): number {
  return numerator * other[`${name}Denominator`] - other[`${name}Numerator`] * denominator;
}

/** Fewest yes that pass when as many members vote, none of them abstains, and nobody vetoes. */
export function yesNeeded(policy: Policy, voters: number): number {
  const { approvalNumerator, approvalDenominator, strict } = policy;
  const reached = (voters * approvalNumerator) / approvalDenominator;
  return Math.max(1, strict ? Math.floor(reached) + 1 : Math.ceil(reached));
}

/** Fewest members who have to vote, in whatever way. */
export function quorumNeeded({ quorumNumerator, quorumDenominator }: Policy, members: number): number {
  return Math.max(1, Math.ceil((members * quorumNumerator) / quorumDenominator));
}

/** Fewest vetoes that defeat a proposal whatever its approval; undefined in a class without veto. */
export function vetoesNeeded({ vetoNumerator, vetoDenominator }: Policy, members: number): number | undefined {
  return vetoDenominator === 0 ? undefined : Math.ceil((members * vetoNumerator) / vetoDenominator);
}

/** Whether a class decides by consent: a yes is enough, and one objection too many. */
export function isByConsent(policy: Policy, members: number): boolean {
  return policy.approvalNumerator === 0 && vetoesNeeded(policy, members) === 1;
}
