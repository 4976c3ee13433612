import type { IPolicyBook } from "./contracts/index.js";

/** Ballots on a proposal in heads, and how many members they are a share of. */
export interface Tally {
  readonly yes: bigint;
  readonly no: bigint;
  readonly abstain: bigint;
  readonly vetoes: bigint;
  readonly electorate: bigint;
}

/** Where a vote stands, in heads. */
export interface Outlook {
  /** Ballots of every support that a quorum takes. */
  readonly quorum: bigint;
  /** Yes-ballots that would make it pass if nobody else voted; 0 if it passes as it is. */
  readonly missing: bigint;
  /** Vetoes that defeat it; undefined where there is no veto. */
  readonly vetoesToDefeat?: bigint;
  /** Whether vetoes defeat it as it is. */
  readonly isVetoed: boolean;
}

/** The fractions of a policy; numbers as the contracts or the user gave them. */
export type Fractions = Pick<
  IPolicyBook.PolicyStruct,
  | "approvalNumerator"
  | "approvalDenominator"
  | "strict"
  | "quorumNumerator"
  | "quorumDenominator"
  | "vetoNumerator"
  | "vetoDenominator"
>;

/** What ballots weigh for approval. */
export interface Weights {
  readonly yes: bigint;
  /** Vetoes included. */
  readonly against: bigint;
}

/**
 * Where a vote stands by the rules of `PolicyLib`.
 * @param weights - in a class that weighs ballots; a further yes is taken for the least that one weighs, 1
 */
export function outlookOf(tally: Tally, policy: Fractions, weights?: Weights): Outlook {
  const { yes, no, abstain, vetoes, electorate } = tally;
  const against = no + vetoes;
  const weighed = weights ?? { yes, against };
  const [approval, approvalOf] = [BigInt(policy.approvalNumerator), BigInt(policy.approvalDenominator)];
  const quorum = share(electorate, policy.quorumNumerator, policy.quorumDenominator);
  const hasVeto = BigInt(policy.vetoDenominator) !== 0n;
  const vetoesToDefeat = hasVeto ? share(electorate, policy.vetoNumerator, policy.vetoDenominator) : undefined;
  const isVetoed = vetoesToDefeat !== undefined && vetoes >= vetoesToDefeat;
  // Each further yes adds `approvalOf` to one side and `approval` to the other.
  const lack = approval * (weighed.yes + weighed.against) - approvalOf * weighed.yes + (policy.strict ? 1n : 0n);
  const gain = approvalOf - approval;
  const candidates = [
    quorum - (yes + against + abstain),
    // All have to agree: nobody is against, or no number of yes is enough.
    gain === 0n ? (lack > 0n ? electorate + 1n : 0n) : divideUp(lack, gain),
    1n - yes,
  ];
  const missing = candidates.reduce((most, each) => (each > most ? each : most), 0n);
  return { quorum, missing, vetoesToDefeat, isVetoed };
}

/** A share in heads, rounded up. */
function share(whole: bigint, numerator: bigint | number | string, denominator: bigint | number | string): bigint {
  return divideUp(whole * BigInt(numerator), BigInt(denominator));
}

/** Rounded up; the divisor is above 0. */
function divideUp(dividend: bigint, divisor: bigint): bigint {
  return dividend <= 0n ? 0n : (dividend + divisor - 1n) / divisor;
}
