import type { ClassTerms } from "./schema.js";

/** Bylaws to begin with. Whatever no rule names is decided by the class of rank 7. */
export interface Preset {
  readonly classes: Readonly<Record<string, ClassTerms>>;
  readonly rules: Readonly<Record<string, string>>;
}

/**
 * Work that the members decide on as it comes. A task takes its reward out of an allowance or a value that was decided
 * by the constitution, so opening one spends no more than that.
 */
const ORDINARY_RULES = { "LearningTasks.openTask": "ordinary" };

/**
 * Who belongs, short of suspension and expulsion. Whoever can admit with less than the constitution asks for can admit
 * enough to reach it, so this class has the constitution's fractions in every preset, and shorter periods.
 */
const MEMBERSHIP_RULES = {
  ...{ "Membership.admit": "membership", "Membership.reinstate": "membership" },
  ...{ "Membership.giveNotice": "membership", "Membership.withdrawNotice": "membership" },
};

const RULES = { ...ORDINARY_RULES, ...MEMBERSHIP_RULES };

/**
 * A cooperative of those who work in it. Fractions of the European Cooperative Society: a majority of the votes cast,
 * and for its statutes two thirds with half of the members (Regulation (EC) 1435/2003, article 61(2) and (4)). It sets
 * no quorum for ordinary matters; a third, and the periods, are ours.
 */
const WORKER_COOPERATIVE: Preset = {
  classes: {
    ordinary: {
      ...{ rank: 1, approval: "more than 1/2", quorum: "1/3", veto: "none", votingDelay: "1 day" },
      ...{ votingPeriod: "5 days", executionDelay: "1 day", executionWindow: "14 days", seasoning: "none" },
      lateWindow: "1 day",
    },
    membership: {
      ...{ rank: 4, approval: "2/3", quorum: "1/2", veto: "none", votingDelay: "2 days", votingPeriod: "7 days" },
      ...{ executionDelay: "2 days", executionWindow: "14 days", seasoning: "none", lateWindow: "1 day" },
    },
    constitution: {
      ...{ rank: 7, approval: "2/3", quorum: "1/2", veto: "none", votingDelay: "7 days", votingPeriod: "14 days" },
      ...{ executionDelay: "7 days", executionWindow: "30 days", seasoning: "none", lateWindow: "2 days" },
    },
  },
  rules: RULES,
};

/**
 * A cooperative of many who buy together, few of whom vote. Ordinary matters by majority with 5 % of the members (the
 * quorum of Maryland's cooperatives of up to 1,000 members, Corporations and Associations § 5-618); bylaws by three
 * quarters of the votes cast (German Genossenschaftsgesetz § 16(4)). Twice that quorum for them, and the periods, are
 * ours.
 */
const CONSUMER_COOPERATIVE: Preset = {
  classes: {
    ordinary: {
      ...{ rank: 1, approval: "more than 1/2", quorum: "5%", veto: "none", votingDelay: "2 days" },
      ...{ votingPeriod: "7 days", executionDelay: "2 days", executionWindow: "14 days", seasoning: "none" },
      lateWindow: "1 day",
    },
    membership: {
      ...{ rank: 4, approval: "3/4", quorum: "10%", veto: "none", votingDelay: "2 days", votingPeriod: "7 days" },
      ...{ executionDelay: "2 days", executionWindow: "14 days", seasoning: "none", lateWindow: "1 day" },
    },
    constitution: {
      ...{ rank: 7, approval: "3/4", quorum: "10%", veto: "none", votingDelay: "14 days", votingPeriod: "14 days" },
      ...{ executionDelay: "14 days", executionWindow: "30 days", seasoning: "none", lateWindow: "2 days" },
    },
  },
  rules: RULES,
};

/**
 * Members who meet on the chain alone. A day of delay, a week of voting and 4 % are what the OpenZeppelin Contracts
 * Wizard proposes for governors; two days before execution and 14 days for it are the least delay and the grace period
 * of Compound's Timelock. Both count tokens: two thirds and a quorum of 10 % of heads for the constitution are ours.
 */
const DAO: Preset = {
  classes: {
    ordinary: {
      ...{ rank: 1, approval: "more than 1/2", quorum: "4%", veto: "none", votingDelay: "1 day" },
      ...{ votingPeriod: "1 week", executionDelay: "2 days", executionWindow: "14 days", seasoning: "none" },
      lateWindow: "1 day",
    },
    membership: {
      ...{ rank: 4, approval: "2/3", quorum: "10%", veto: "none", votingDelay: "1 day", votingPeriod: "1 week" },
      ...{ executionDelay: "2 days", executionWindow: "14 days", seasoning: "none", lateWindow: "1 day" },
    },
    constitution: {
      ...{ rank: 7, approval: "2/3", quorum: "10%", veto: "none", votingDelay: "3 days", votingPeriod: "14 days" },
      ...{ executionDelay: "7 days", executionWindow: "14 days", seasoning: "none", lateWindow: "2 days" },
    },
  },
  rules: RULES,
};

/**
 * Institutions with a common project. Two thirds of the votes with two thirds of the parties, at least 10 days to
 * answer, and 15 days in which a decision can still be stopped are those of DESCA, the model consortium agreement for
 * Horizon Europe. There a party whose own work or interests would be harmed has a veto; as no contract can judge harm,
 * here a quarter of the parties has it. The rest is ours.
 */
const RESEARCH_CONSORTIUM: Preset = {
  classes: {
    ordinary: {
      ...{ rank: 1, approval: "2/3", quorum: "2/3", veto: "1/4", votingDelay: "1 day", votingPeriod: "10 days" },
      ...{ executionDelay: "2 days", executionWindow: "30 days", seasoning: "none", lateWindow: "2 days" },
    },
    membership: {
      ...{ rank: 4, approval: "2/3", quorum: "2/3", veto: "1/4", votingDelay: "2 days", votingPeriod: "10 days" },
      ...{ executionDelay: "7 days", executionWindow: "30 days", seasoning: "none", lateWindow: "2 days" },
    },
    constitution: {
      ...{ rank: 7, approval: "2/3", quorum: "2/3", veto: "1/4", votingDelay: "7 days", votingPeriod: "15 days" },
      ...{ executionDelay: "15 days", executionWindow: "30 days", seasoning: "none", lateWindow: "2 days" },
    },
  },
  rules: RULES,
};

/**
 * A circle of at most 255 that decides by consent, as sociocracy does: what nobody objects to is done, and an objection
 * is a veto. Silence is consent in ordinary matters; for bylaws and members most of the circle has to have answered,
 * which, like the periods, is ours.
 */
const CONSENT_CIRCLE: Preset = {
  classes: {
    ordinary: {
      ...{ rank: 1, approval: "none", quorum: "none", veto: "any member", votingDelay: "1 day" },
      ...{ votingPeriod: "5 days", executionDelay: "1 day", executionWindow: "14 days", seasoning: "none" },
      lateWindow: "1 day",
    },
    membership: {
      ...{ rank: 4, approval: "none", quorum: "2/3", veto: "any member", votingDelay: "1 day", votingPeriod: "7 days" },
      ...{ executionDelay: "2 days", executionWindow: "14 days", seasoning: "none", lateWindow: "1 day" },
    },
    constitution: {
      ...{ rank: 7, approval: "none", quorum: "2/3", veto: "any member", votingDelay: "3 days" },
      ...{ votingPeriod: "14 days", executionDelay: "7 days", executionWindow: "30 days", seasoning: "none" },
      lateWindow: "2 days",
    },
  },
  rules: RULES,
};

/** Preset bylaws by name. */
export const PRESETS = {
  "worker-cooperative": WORKER_COOPERATIVE,
  "consumer-cooperative": CONSUMER_COOPERATIVE,
  dao: DAO,
  "research-consortium": RESEARCH_CONSORTIUM,
  "consent-circle": CONSENT_CIRCLE,
} as const satisfies Readonly<Record<string, Preset>>;
