import { z } from "zod";

/** Seconds of the units in which bylaws measure time, longest first. */
const UNITS = [
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Most seconds that a policy has room for. */
const MOST_SECONDS = 2 ** 32 - 1;
/** Most that numerator and denominator of a fraction may be. */
const MOST_PARTS = 255;

/** How bylaws say that there is nothing. */
function isNothing(text: string): boolean {
  return text === "none" || text === "0";
}

/** A span of time for people, such as `7 days`, in seconds; `none` is 0. */
export const Duration = z.string().transform((text, context) => {
  const [, count, unit] = /^(\d+) *(week|day|hour|minute|second)s?$/.exec(text.trim()) ?? [];
  const seconds = isNothing(text.trim()) ? 0 : Number(count) * (UNITS.find(([name]) => name === unit)?.[1] ?? NaN);
  if (seconds <= MOST_SECONDS) return seconds;
  context.addIssue(`"${text}" is no span of time such as 7 days, 12 hours or none`);
  return z.NEVER;
});

/** Numerator and denominator. */
export interface Fraction {
  readonly numerator: number;
  readonly denominator: number;
}

function fractionOf(text: string): Fraction | undefined {
  const [, numerator, denominator = "100"] = /^(\d+)(?:\/(\d+)|%)$/.exec(text) ?? [];
  const fraction = { numerator: Number(numerator), denominator: Number(denominator) };
  return fraction.numerator <= MOST_PARTS && fraction.denominator <= MOST_PARTS ? fraction : undefined;
}

/** Approval: `2/3` or `at least 2/3` is reached, `more than 1/2` is exceeded, `none` asks for a yes and no more. */
export const Approval = z.string().transform((text, context) => {
  const [, how, rest] = /^(more than |at least |)(.*)$/.exec(text.trim())!;
  const fraction = isNothing(rest) && how === "" ? { numerator: 0, denominator: 1 } : fractionOf(rest);
  if (fraction !== undefined) return { ...fraction, strict: how === "more than " };
  context.addIssue(`"${text}" is no approval such as more than 1/2, 2/3 or 75%`);
  return z.NEVER;
});

/** Quorum: `1/3`, `5%` or `none`. */
export const Quorum = z.string().transform((text, context) => {
  const fraction = isNothing(text.trim()) ? { numerator: 0, denominator: 1 } : fractionOf(text.trim());
  if (fraction !== undefined) return fraction;
  context.addIssue(`"${text}" is no quorum such as 1/3, 5% or none`);
  return z.NEVER;
});

/** Veto: `1/4`, `10%`, `none`, or `any member`, which a cooperative of at most 255 members can have. */
export const Veto = z.string().transform((text, context) => {
  const words: Record<string, Fraction> = {
    none: { numerator: 0, denominator: 0 },
    "any member": { numerator: 1, denominator: MOST_PARTS },
  };
  const fraction = words[text.trim()] ?? fractionOf(text.trim());
  if (fraction !== undefined) return fraction;
  context.addIssue(`"${text}" is no veto such as 1/4, any member or none`);
  return z.NEVER;
});

/** A span of time as people write it: `9 days`, `36 hours`. */
export function formatDuration(seconds: number): string {
  if (seconds === 0) return "0 seconds";
  // Whole weeks are told in days: that is how people count up to a month.
  const [unit, length] = UNITS.slice(1).find(([, each]) => seconds % each === 0)!;
  const count = seconds / length;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
