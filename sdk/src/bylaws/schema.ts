import { z } from "zod";

import { Approval, Duration, Quorum, Veto } from "./units.js";

/** The highest rank: that of the class which decides whatever no rule names (`PolicyBook.CONSTITUTIONAL`). */
export const CONSTITUTIONAL = 7;

/** A whole number, also where it was written as text. */
export function wholeNumber(least: number, most: number) {
  const number = z.union([z.number(), z.string().regex(/^\d+$/, "it is no whole number").transform(Number)]);
  return number.pipe(z.int().min(least).max(most));
}

/** How a class is decided, in the words of bylaws. */
export const ClassInput = z.strictObject({
  /** From 0 to {@link CONSTITUTIONAL}; a proposal is decided by the highest rank among its actions. */
  rank: wholeNumber(0, CONSTITUTIONAL),
  approval: Approval,
  quorum: Quorum,
  veto: Veto,
  /** From the proposal to the first ballot. */
  votingDelay: Duration,
  votingPeriod: Duration,
  /** From the last ballot to the earliest execution. */
  executionDelay: Duration,
  /** How long a proposal that passed can be executed. */
  executionWindow: Duration,
  /** How long a voter must have been a member when the proposal was made. */
  seasoning: Duration,
  /** At the end of voting, a ballot in which turns the outcome moves the end by as much, once. */
  lateWindow: Duration,
});

/** How a class is decided, as bylaws write it. */
export type ClassTerms = Readonly<z.input<typeof ClassInput>>;
