import {
  FunctionFragment,
  getAddress,
  id,
  isAddress,
  ZeroAddress,
  ZeroHash,
  type Fragment,
  type Interface,
} from "ethers";
import { z } from "zod";

import type { ICooperativeFactory } from "../contracts/index.js";
import type { NetworkContracts } from "../deployments.js";
import { appointLearning, NATIVE, NATIVE_TRANSFER } from "../founding.js";
import { SPENDERS, VALUE_ONLY } from "../protocol.js";
import { BY_HEADS } from "../weighting.js";
import { BylawsError } from "./errors.js";
import type { Policy } from "./policy.js";
import { PRESETS } from "./presets.js";
import { ClassInput, Heir, LimitInput, RuleInput, wholeNumber, type ClassTerms } from "./schema.js";
import { Duration } from "./units.js";

/** Bylaws as people write them: a preset, and what is to be otherwise. */
export const BylawsInput = z.strictObject({
  /** Bylaws to begin with; without one every class is written out. */
  preset: z.enum(Object.keys(PRESETS) as [keyof typeof PRESETS]).optional(),
  /** Classes by name: fields of the preset's that are to be otherwise, or classes of one's own. */
  classes: z.record(z.string(), ClassInput.partial()).default({}),
  /** Actions and their classes: `Membership.admit`, `0x… transfer(address,uint256)`, or `native` for native currency. */
  rules: z.record(z.string(), RuleInput).default({}),
  /** What classes below the constitution may spend; nothing where there is none. */
  limits: z.array(LimitInput).default([]),
  /** Who gets the money when the last member has left; nobody if omitted. */
  heir: Heir.optional(),
  /** How long a member is heard before suspension and expulsion; nothing if omitted. */
  notice: Duration.optional(),
  /** Limits of proxies; without them there are none. */
  proxies: z
    .strictObject({ seats: wholeNumber(1, 2 ** 16 - 1), passes: wholeNumber(0, 2 ** 8 - 1), longest: Duration })
    .optional(),
  /** Points of reputation that learning may award in a week and role; none if omitted. */
  learning: z.strictObject({ weeklyPoints: wholeNumber(1, Number.MAX_SAFE_INTEGER) }).optional(),
});
/** Bylaws as people write them, checked. */
export type BylawsInput = z.infer<typeof BylawsInput>;

/** Numbers of the arguments that are amounts, by the selectors of the functions. */
export const SPENDER_ARGUMENTS: ReadonlyMap<string, number> = new Map(
  Object.entries(SPENDERS).map(([signature, argument]) => [id(signature).slice(0, 10), argument]),
);

/** A class of actions. */
export interface BylawsClass {
  readonly name: string;
  readonly rank: number;
  readonly policy: Policy;
}

/** An action that a rule names. */
export interface BylawsRule {
  /** As the bylaws name it. */
  readonly action: string;
  readonly target: string;
  readonly selector: string;
  /** Rank of its class. */
  readonly rank: number;
  /** What it spends, as `IPolicyBook.Rule` has it; `amountArgument` 0: nothing. */
  readonly amountArgument: number;
  readonly tokenArgument: number;
  readonly inStruct: boolean;
}

/** What a class may spend of a token in any period. */
export interface BylawsLimit {
  /** Rank of the class. */
  readonly rank: number;
  /** The zero address for native currency. */
  readonly token: string;
  readonly amount: bigint;
  /** Seconds. */
  readonly period: number;
}

/** Bylaws in the terms of the contracts. */
export interface Bylaws {
  /** From the highest rank down, each rank once. */
  readonly classes: readonly BylawsClass[];
  readonly rules: readonly BylawsRule[];
  readonly limits: readonly BylawsLimit[];
  readonly heir?: string;
  /** Seconds. */
  readonly notice: number;
  readonly proxies?: BylawsInput["proxies"];
  readonly learning?: BylawsInput["learning"];
}

/** A contract whose functions rules may name. */
export interface NamedContract {
  readonly name: string;
  readonly address: string;
  readonly interface: Interface;
}

/**
 * Bylaws in the terms of the contracts.
 *
 * @param contracts - what rules can name as `Contract.function`
 * @throws BylawsError
 */
export function resolveBylaws(input: BylawsInput, contracts: readonly NamedContract[]): Bylaws {
  const { notice = 0, proxies, learning, heir } = input;
  const preset = input.preset === undefined ? undefined : PRESETS[input.preset];
  const classes = classesOf(preset?.classes ?? {}, input.classes);
  const rankOf = (name: string, what: string) => {
    const found = classes.find((each) => each.name === name);
    if (found !== undefined) return found.rank;
    const names = classes.map((each) => each.name).join(", ");
    throw new BylawsError(`${what} names a class ${name} that there is not`, name, `take one of ${names}`);
  };
  const plain = Object.entries(preset?.rules ?? {}).map(([action, name]) => [action, RuleInput.parse(name)] as const);
  const all = Object.entries({ ...Object.fromEntries(plain), ...input.rules });
  const rules = all.map(([action, { class: name, spends }]) => {
    const rank = rankOf(name, `The rule for ${action}`);
    const place = actionOf(action, contracts);
    return { action, ...place, rank, ...(spends === undefined ? plainSpending(place) : spending(spends)) };
  });
  const limits = input.limits.map(({ class: name, token, amount, period }) => {
    return { rank: rankOf(name, `A limit of ${amount}`), token, amount, period };
  });
  return { classes, rules, limits, heir, notice, proxies, learning };
}

type Spending = Pick<BylawsRule, "amountArgument" | "tokenArgument" | "inStruct">;

/** What an action spends that says no more than its name. */
function plainSpending({ target, selector }: Pick<BylawsRule, "target" | "selector">): Spending {
  const known = SPENDER_ARGUMENTS.get(selector) ?? 0;
  return { amountArgument: target === NATIVE ? VALUE_ONLY : known, tokenArgument: 0, inStruct: false };
}

function spending({ amount, token = 0, inStruct }: NonNullable<z.infer<typeof RuleInput>["spends"]>): Spending {
  return { amountArgument: amount === "value" ? VALUE_ONLY : amount, tokenArgument: token, inStruct };
}

/** Fields of a class that have a plain meaning when they are left out. */
const OPTIONAL: readonly string[] = ["sponsors", "weighting"];

function classesOf(
  preset: Readonly<Record<string, ClassTerms>>,
  given: BylawsInput["classes"],
): readonly BylawsClass[] {
  const names = [...new Set([...Object.keys(preset), ...Object.keys(given)])];
  const classes = names.map((name): BylawsClass => {
    const terms = { ...(name in preset && ClassInput.parse(preset[name])), ...given[name] };
    const missing = Object.keys(ClassInput.shape).find((field) => !OPTIONAL.includes(field) && !(field in terms));
    if (missing === undefined) return { name, ...policyOf(terms as z.infer<typeof ClassInput>) };
    throw new BylawsError(
      `The class ${name} has no ${missing}`,
      name,
      "a class that the preset does not have says everything; check its name if it is one of the preset's",
    );
  });
  classes.sort((a, b) => b.rank - a.rank);
  const twice = classes.findIndex(({ rank }, i) => rank === classes[i + 1]?.rank);
  if (twice < 0) return classes;
  const [{ name, rank }, { name: other }] = classes.slice(twice);
  throw new BylawsError(`The classes ${name} and ${other} both have rank ${rank}`, rank, "give each a rank of its own");
}

function policyOf({
  rank,
  approval,
  quorum,
  veto,
  sponsors = 0,
  weighting = BY_HEADS,
  ...times
}: z.infer<typeof ClassInput>): Omit<BylawsClass, "name"> {
  const policy = {
    ...{ approvalNumerator: approval.numerator, approvalDenominator: approval.denominator, strict: approval.strict },
    ...{ quorumNumerator: quorum.numerator, quorumDenominator: quorum.denominator },
    ...{ vetoNumerator: veto.numerator, vetoDenominator: veto.denominator },
    ...times,
    sponsors,
    ...weighting,
  };
  return { rank, policy };
}

/** Target and selector of an action: `Contract.function`, or an address and a function's signature. */
function actionOf(action: string, contracts: readonly NamedContract[]): Pick<BylawsRule, "target" | "selector"> {
  if (action === "native") return { target: NATIVE, selector: NATIVE_TRANSFER };
  const [, address, signature] = /^(0x[0-9a-fA-F]{40}) +(\w+\(.*\))$/.exec(action) ?? [];
  if (address !== undefined && isAddress(address)) {
    try {
      return { target: getAddress(address), selector: FunctionFragment.from(signature).selector };
    } catch {
      throw new BylawsError(`The rule for ${action} has no signature of a function`, action, FORM);
    }
  }
  const [name, method] = action.split(".");
  const contract = contracts.find((each) => each.name === name);
  if (contract === undefined || method === undefined) {
    throw new BylawsError(`The rule for ${action} names no contract of the network`, action, FORM);
  }
  const functions = contract.interface.fragments.filter(
    (each: Fragment): each is FunctionFragment =>
      each.type === "function" && (each as FunctionFragment).name === method && !(each as FunctionFragment).constant,
  );
  if (functions.length === 1) return { target: contract.address, selector: functions[0].selector };
  const problem = functions.length === 0 ? "no function that changes something" : "several functions of one name";
  throw new BylawsError(`The rule for ${action} names ${problem}`, action, FORM);
}

const FORM =
  'write "Membership.admit" for the network\'s contracts, "0x… transfer(address,uint256)" for others, "native" for native currency';

/**
 * What a cooperative is founded on.
 *
 * @param dids - addresses of the first members' identities
 * @param salt - any text; another gives another address on the same terms
 */
export async function foundingTerms(
  name: string,
  dids: string[],
  { classes, rules, limits, heir = ZeroAddress, notice, proxies, learning }: Bylaws,
  contracts: NetworkContracts,
  salt?: string,
): Promise<ICooperativeFactory.FoundingTermsStruct> {
  const { membership, proxies: proxyBook } = contracts;
  const calls = learning === undefined ? [] : await appointLearning(contracts, BigInt(learning.weeklyPoints));
  if (notice > 0) {
    const data = membership.interface.encodeFunctionData("setNoticePeriod", [notice]);
    calls.push({ target: await membership.getAddress(), data });
  }
  if (proxies !== undefined) {
    const { seats, passes, longest } = proxies;
    const data = proxyBook.interface.encodeFunctionData("setLimits", [seats, passes, longest]);
    calls.push({ target: await proxyBook.getAddress(), data });
  }
  return {
    ...{ name, dids, heir, calls, salt: salt === undefined ? ZeroHash : id(salt) },
    // The constitutional class comes first.
    policies: classes.map(({ rank, policy }) => ({ policyClass: rank, policy })),
    rules: rules.map(({ target, selector, rank, amountArgument, tokenArgument, inStruct }) => {
      return { target, selector, rule: { policyClass: rank, amountArgument, tokenArgument, inStruct } };
    }),
    limits: limits.map(({ rank, token, amount, period }) => ({ policyClass: rank, token, amount, period })),
  };
}
