import { id } from "ethers";

import { IMembership__factory } from "../contracts/index.js";
import { NATIVE, NATIVE_TRANSFER } from "../founding.js";
import { RULED_MEMBERSHIP, VALUE_ONLY, WRAPPERS } from "../protocol.js";
import { SPENDER_ARGUMENTS, type Bylaws, type BylawsClass, type BylawsRule } from "./bylaws.js";
import {
  easierFields,
  invalidFields,
  isByConsent,
  isWeighted,
  LATE_UNIT,
  MAX_LATE_WINDOW,
  MAX_PHASE,
  MAX_SPONSORS,
  MAX_WAIT,
  quorumNeeded,
  vetoesNeeded,
  yesNeeded,
  type PolicyField,
} from "./policy.js";
import { CONSTITUTIONAL } from "./schema.js";
import { formatDuration } from "./units.js";

/** Something about bylaws that their founders should know. */
export interface Finding {
  /** An error is what the contracts refuse; a warning is what they do, and what few would want. */
  readonly severity: "error" | "warning";
  /** Stable, machine-readable name. */
  readonly code: string;
  /** What is wrong, without a full stop. */
  readonly problem: string;
  /** What to do about it. */
  readonly advice: string;
}

/** What bylaws are held against. */
export interface LintContext {
  /** Number of founding members. */
  readonly members: number;
  readonly membership: string;
  readonly policyBook: string;
}

/** Voting and executing over a weekend with a day before or after it. */
const WEEKEND = 3 * 86_400;
/** Longest notice period in seconds (`IMembership.MAX_NOTICE`). */
export const MAX_NOTICE = 90 * 86_400;

const MEMBERSHIP = IMembership__factory.createInterface();
const selectorOf = (signature: string) => id(signature).slice(0, 10);
const WRAPPER_SELECTORS: ReadonlySet<string> = new Set(WRAPPERS.map(selectorOf));
const RULED_SELECTORS: ReadonlySet<string> = new Set(
  RULED_MEMBERSHIP.map((name) => MEMBERSHIP.getFunction(name as "admit").selector),
);

/** How to mend a field that contradicts itself or its bounds. */
const BOUNDS: Readonly<Record<PolicyField, string>> = {
  approval: "give a fraction from 0 to 1",
  strict: 'nobody can have more than everybody: leave out "more than"',
  quorum: "give a fraction from 0 to 1",
  veto: "give a fraction above 0 and up to 1, or none",
  votingDelay: `give at most ${Math.floor(MAX_PHASE / 86_400)} days`,
  votingPeriod: `give at least a second and at most ${Math.floor(MAX_PHASE / 86_400)} days`,
  executionDelay: `give at most ${formatDuration(MAX_WAIT)}`,
  executionWindow: "give at least a second",
  seasoning: `give at most ${formatDuration(MAX_WAIT)}`,
  sponsors: `give at most ${MAX_SPONSORS}`,
  curve: "leave the curve out where ballots weigh the same",
  weightCap: "give the most that a ballot weighs, or leave the weighting out",
  category: "the constitution is decided by heads: leave its weighting out",
  lateWindow: `give a multiple of ${LATE_UNIT} seconds that is neither longer than the voting period nor than ${MAX_LATE_WINDOW / 3_600} hours`,
};

/**
 * Everything about bylaws that the contracts would refuse, and what they would take and founders may regret. In the order
 * of the classes; without an error the contracts take them.
 */
export function lintBylaws(bylaws: Bylaws, context: LintContext): Finding[] {
  return [...contradictions(bylaws, context), ...traps(bylaws, context)];
}

function error(code: string, problem: string, advice: string): Finding {
  return { severity: "error", code, problem, advice };
}

function warning(code: string, problem: string, advice: string): Finding {
  return { severity: "warning", code, problem, advice };
}

/** What the contracts refuse. */
function contradictions(
  { classes, rules, limits, notice }: Bylaws,
  { membership, policyBook }: LintContext,
): Finding[] {
  const findings: Finding[] = [];
  if (classes[0]?.rank !== CONSTITUTIONAL) {
    const problem = `No class has rank ${CONSTITUTIONAL}, which decides whatever no rule names`;
    findings.push(error("no-constitution", problem, `give the highest class rank ${CONSTITUTIONAL}`));
  }
  const broken = new Set<BylawsClass>();
  for (const each of classes) {
    const isWeighedTop = each.rank === CONSTITUTIONAL && isWeighted(each.policy);
    for (const field of [...invalidFields(each.policy), ...(isWeighedTop ? (["category"] as const) : [])]) {
      broken.add(each);
      findings.push(error("invalid-field", `${field} of the class ${each.name} can't be kept`, BOUNDS[field]));
    }
  }
  // To be easier is transitive: neighbours are enough.
  const sound = classes.filter((each) => !broken.has(each));
  for (const [i, lower] of sound.slice(1).entries()) {
    for (const field of easierFields(lower.policy, sound[i].policy)) {
      const [high, low] = [sound[i].name, lower.name];
      const problem =
        field === "category"
          ? `The class ${high} weighs ballots by reputation, and ${low}, which is below it, does not`
          : field === "weightCap"
            ? `A ballot weighs up to more in the class ${high} than in ${low}, which is below it`
            : `The class ${high} is easier to pass in ${field} than ${low}, which is below it`;
      const advice = `change ${["category", "weightCap"].includes(field) ? "weighting" : field} of ${high} or of ${low}: no class may be easier than one below it`;
      findings.push(error("not-monotone", problem, advice));
    }
  }
  for (const rule of rules) {
    const { action, target, selector, rank } = rule;
    const isPinned =
      WRAPPER_SELECTORS.has(selector) ||
      target === policyBook ||
      (target === membership && !RULED_SELECTORS.has(selector));
    if (isPinned) {
      const problem = `${action} is constitutional, and no rule can lower it`;
      findings.push(error("pinned", problem, "take the rule out"));
    }
    if (isContradictory(rule)) {
      const problem = `The rule for ${action} reads its token where it reads no amount, or where the amount is`;
      findings.push(error("invalid-rule", problem, "number both from 1, or leave out token and inStruct"));
    }
    if (rank !== CONSTITUTIONAL && !isMeteredAsNeeded(rule)) {
      const problem = `The rule for ${action} leaves out what it spends, or reads it from the wrong argument`;
      findings.push(error("unmetered", problem, "name its class alone: what it spends is known"));
    }
  }
  for (const { rank, period } of limits) {
    if (rank !== CONSTITUTIONAL && period > 0) continue;
    const problem = rank === CONSTITUTIONAL ? "The constitution has no limits" : "A limit has no period";
    findings.push(error("invalid-limit", problem, "give limits to classes below it, with a period such as 30 days"));
  }
  if (notice > MAX_NOTICE) {
    const problem = `A notice of ${formatDuration(notice)} is longer than ${formatDuration(MAX_NOTICE)}`;
    findings.push(error("notice-too-long", problem, "give a shorter one"));
  }
  return findings;
}

/** As `RuleLib.invalidField`. */
function isContradictory({ amountArgument, tokenArgument, inStruct }: BylawsRule): boolean {
  const readsArguments = amountArgument !== 0 && amountArgument !== VALUE_ONLY;
  if (!readsArguments) return inStruct || tokenArgument !== 0;
  return tokenArgument === amountArgument;
}

/** As `PolicyBook` asks of functions that are known to spend. */
function isMeteredAsNeeded({ target, selector, amountArgument, tokenArgument, inStruct }: BylawsRule): boolean {
  const isNative = target === NATIVE;
  const needed = isNative ? VALUE_ONLY : SPENDER_ARGUMENTS.get(selector);
  if (needed === undefined) return true;
  const isMetered = amountArgument === needed && tokenArgument === 0 && !inStruct;
  return isMetered && (!isNative || selector === NATIVE_TRANSFER);
}

/** What the contracts take, and few would want. */
function traps(bylaws: Bylaws, context: LintContext): Finding[] {
  const { members } = context;
  const findings = bylaws.classes
    .filter(({ policy }) => invalidFields(policy).length === 0)
    .flatMap((each) => [...(members > 1 ? headTraps(each, members) : []), ...timeTraps(each)]);
  const ruled = new Set(bylaws.rules.map(({ rank }) => rank));
  for (const { name, rank } of bylaws.classes) {
    if (rank === CONSTITUTIONAL || ruled.has(rank)) continue;
    findings.push(
      warning("class-unused", `No rule puts anything into the class ${name}`, "add a rule, or take it out"),
    );
  }
  if (members === 1) {
    const advice = "name the others now, or see to it that you can't lose this one key";
    findings.push(warning("one-member", "There is one founding member, who decides everything alone", advice));
  }
  return [...findings, ...moneyTraps(bylaws), ...powerTraps(bylaws, context)];
}

/** Fractions that are too low or too high for so many members. */
function headTraps({ name, policy }: BylawsClass, members: number): Finding[] {
  const findings: Finding[] = [];
  const quorum = quorumNeeded(policy, members);
  const yes = yesNeeded(policy, members);
  const vetoes = vetoesNeeded(policy, members);
  const consent = isByConsent(policy, members);
  const asksForObjections = policy.approvalNumerator === 0 && vetoes !== undefined;
  if (!asksForObjections && policy.approvalNumerator * 2 < policy.approvalDenominator) {
    const problem = `In the class ${name} a minority decides: ${yes} of ${members} carry it against all the others`;
    findings.push(warning("approval-low", problem, "ask for at least 1/2, or for consent with a veto of any member"));
  }
  if (members > 2 && yes === members) {
    const problem = `In the class ${name} all ${members} members have to say yes when all vote`;
    findings.push(warning("approval-all", problem, "lower the approval, unless one no is to stop everything"));
  }
  if (!consent && members > 2 && quorum === 1) {
    const problem = `In the class ${name} one member of ${members} decides alone when nobody else votes`;
    findings.push(warning("quorum-low", problem, "raise the quorum while there are few members"));
  }
  if (members > 2 && quorum === members) {
    const problem = `In the class ${name} nothing passes while one of the ${members} members is absent`;
    findings.push(warning("quorum-all", problem, "lower the quorum: one lost key would block the class for good"));
  }
  if (policy.sponsors >= members) {
    const problem = `The class ${name} asks for ${policy.sponsors} sponsors beside who proposes, of ${members} members`;
    findings.push(warning("sponsors-many", problem, "ask for fewer: nothing of this class can be proposed"));
  }
  if (!consent && members > 2 && vetoes === 1) {
    const problem = `In the class ${name} one veto of ${members} members defeats what the others want`;
    findings.push(warning("veto-of-one", problem, "raise the veto's fraction, unless this is meant"));
  }
  if (asksForObjections && vetoes > 1) {
    const problem = `The class ${name} asks for no approval, and it takes ${vetoes} vetoes of ${members} members to object`;
    findings.push(warning("consent-many", problem, "consent is for circles of at most 255: ask for approval instead"));
  }
  return findings;
}

/** Times that end before people have looked. */
function timeTraps({ name, rank, policy }: BylawsClass): Finding[] {
  const { votingPeriod, executionDelay, executionWindow, seasoning, lateWindow } = policy;
  const findings: Finding[] = [];
  if (votingPeriod < WEEKEND) {
    const problem = `Voting in the class ${name} lasts ${formatDuration(votingPeriod)} and can pass over a weekend`;
    findings.push(warning("voting-short", problem, `give at least ${formatDuration(WEEKEND)}`));
  }
  if (executionWindow < WEEKEND) {
    const problem = `What passed in the class ${name} expires after ${formatDuration(executionWindow)}, which can be a weekend`;
    findings.push(warning("window-short", problem, `give at least ${formatDuration(WEEKEND)}`));
  }
  if (lateWindow === 0) {
    const problem = `In the class ${name} the last ballot can turn the outcome when nobody can answer it any more`;
    findings.push(warning("no-late-window", problem, "give a late window, such as 1 day"));
  }
  if (rank === CONSTITUTIONAL && executionDelay === 0) {
    const problem = `What passed in the class ${name} takes effect in the second after voting`;
    findings.push(warning("no-delay", problem, "give a delay in which who disagrees can leave"));
  }
  if (seasoning > 0) {
    const problem = `Founders have no vote in the class ${name} on what is proposed in the first ${formatDuration(seasoning)}`;
    findings.push(
      warning("seasoning", problem, "leave seasoning out, and vote it in once there are members of so long"),
    );
  }
  return findings;
}

/** Limits without spending, spending without limits, and lower classes that spend more than higher ones. */
function moneyTraps({ classes, rules, limits }: Bylaws): Finding[] {
  const findings: Finding[] = [];
  for (const { name, rank } of classes) {
    if (rank === CONSTITUTIONAL) continue;
    const spends = rules.some((rule) => rule.rank === rank && rule.amountArgument !== 0);
    const own = limits.filter((limit) => limit.rank === rank);
    if (spends && own.length === 0) {
      const problem = `Rules put spending into the class ${name}, which has no limit and so may spend nothing`;
      findings.push(warning("no-limit", problem, "give it limits, or leave the spending to the constitution"));
    }
    if (!spends && own.length > 0) {
      const problem = `The class ${name} has a limit, and no rule puts spending into it`;
      findings.push(warning("limit-unused", problem, "add a rule for what it may spend, or take the limit out"));
    }
  }
  for (const lower of limits) {
    const higher = limits.find(
      ({ rank, token, amount, period }) =>
        rank > lower.rank && token === lower.token && lower.amount * BigInt(period) > amount * BigInt(lower.period),
    );
    if (higher === undefined) continue;
    const nameOf = (rank: number) => classes.find((each) => each.rank === rank)?.name;
    const problem = `The class ${nameOf(lower.rank)} may spend more of ${lower.token} than ${nameOf(higher.rank)}, which is above it`;
    findings.push(warning("limit-above", problem, "raise the higher limit, or lower the other"));
  }
  return findings;
}

/** Classes below the constitution that can reach it. */
function powerTraps({ classes, rules }: Bylaws, { membership }: LintContext): Finding[] {
  const [constitution] = classes;
  const named = rules.filter(({ target, rank }) => target === membership && rank < CONSTITUTIONAL);
  const rulesOf = (...methods: ("admit" | "suspend" | "expel")[]) => {
    const selectors = methods.map((method) => MEMBERSHIP.getFunction(method).selector);
    return named.filter(({ selector }) => selectors.includes(selector));
  };
  const nameOf = (rank: number) => classes.find((each) => each.rank === rank)?.name;
  const findings = rulesOf("suspend", "expel").map(({ action, rank }) =>
    warning(
      "reaches-constitution",
      `Whoever passes ${action} in the class ${nameOf(rank)} can put out others until the rest is enough for the constitution`,
      "leave suspension and expulsion to the constitution: take the rule out",
    ),
  );
  for (const { action, rank } of rulesOf("admit")) {
    const { policy } = classes.find((each) => each.rank === rank)!;
    const isEasier = easierFields(constitution.policy, policy).some((field) =>
      ["approval", "quorum", "veto"].includes(field),
    );
    if (!isEasier) continue;
    const problem = `Whoever passes ${action} in the class ${nameOf(rank)} can admit friends until they are enough for the constitution`;
    findings.push(
      warning("packs-constitution", problem, "give this class the constitution's approval, quorum and veto"),
    );
  }
  return findings;
}
