import { getAddress, id, isAddress, ZeroAddress } from "ethers";
import { z } from "zod";

import { BY_HEADS, Curve, type Weighting } from "../weighting.js";

import { Approval, Duration, Quorum, Veto } from "./units.js";

/** The highest rank: that of the class which decides whatever no rule names (`PolicyBook.CONSTITUTIONAL`). */
export const CONSTITUTIONAL = 7;

/** A whole number, also where it was written as text. */
export function wholeNumber(least: number, most: number) {
  const number = z.union([z.number(), z.string().regex(/^\d+$/, "it is no whole number").transform(Number)]);
  return number.pipe(z.int().min(least).max(most));
}

/** Weights by reputation in a category of the cooperative's own realm; the most that a ballot weighs is `upTo`. */
const Weight = z.union([
  z.literal("none").transform(() => BY_HEADS),
  z
    .strictObject({
      category: z.string().min(1),
      curve: z.enum(["linear", "root", "logarithm"]).default("root"),
      upTo: wholeNumber(1, 2 ** 16 - 1),
    })
    .transform(({ category, curve, upTo }): Weighting => {
      const curves = { linear: Curve.Linear, root: Curve.Root, logarithm: Curve.Logarithm };
      return { category: id(category), curve: curves[curve], weightCap: upTo };
    }),
]);

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
  /** Members who must sign for a proposal beside the one who makes it; 0 if omitted. */
  sponsors: wholeNumber(0, 255).optional(),
  /** What ballots weigh in approval; one each if omitted. Quorum and veto are by heads always. */
  weighting: Weight.optional(),
});

/** How a class is decided, as bylaws write it. */
export type ClassTerms = Readonly<z.input<typeof ClassInput>>;

/** `true` or `false`, also where it was written as text. */
const Flag = z.union([z.boolean(), z.enum(["true", "false"]).transform((text) => text === "true")]);

/**
 * What a rule says of an action: the name of its class, and what it spends. Functions that are known to spend the target's
 * own token, and transfers of native currency, need the class alone.
 */
export const RuleInput = z.union([
  z.string().transform((name) => ({ class: name, spends: undefined })),
  z.strictObject({
    class: z.string(),
    /** Which arguments say what it spends, in words of 32 bytes numbered from 1; `value` for the value it carries. */
    spends: z.strictObject({
      amount: z.union([z.literal("value"), wholeNumber(1, 254)]),
      /** The target itself if omitted. */
      token: wholeNumber(1, 255).optional(),
      /** Whether they are numbered within a struct of variable length that is the only argument. */
      inStruct: Flag.default(false),
    }),
  }),
]);

const Address = z.string().transform((text, context) => {
  if (isAddress(text) && text !== ZeroAddress) return getAddress(text);
  context.addIssue(`"${text}" is no address of anybody`);
  return z.NEVER;
});

/** Most that a limit allows (`uint104`). */
const MOST_AMOUNT = 2n ** 104n - 1n;

/** What a class may spend of a token in any period. */
export const LimitInput = z.strictObject({
  class: z.string(),
  token: z.union([z.literal("native").transform(() => ZeroAddress), Address]),
  /** In the token's smallest unit. */
  amount: z
    .union([
      z.bigint(),
      z.int().transform(BigInt),
      z.string().regex(/^\d+$/, "it is no whole number").transform(BigInt),
    ])
    .pipe(z.bigint().min(0n).max(MOST_AMOUNT)),
  period: Duration,
});

/** Who inherits. */
export const Heir = Address;
