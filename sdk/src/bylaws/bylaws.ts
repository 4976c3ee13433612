import { FunctionFragment, getAddress, id, isAddress, ZeroHash, type Fragment, type Interface } from "ethers";
import { z } from "zod";

import type { ICooperativeFactory } from "../contracts/index.js";
import type { NetworkContracts } from "../deployments.js";
import { appointLearning } from "../founding.js";
import { BylawsError } from "./errors.js";
import type { Policy } from "./policy.js";
import { PRESETS } from "./presets.js";
import { ClassInput, wholeNumber, type ClassTerms } from "./schema.js";
import { Duration } from "./units.js";

/** Bylaws as people write them: a preset, and what is to be otherwise. */
export const BylawsInput = z.strictObject({
  /** Bylaws to begin with; without one every class is written out. */
  preset: z.enum(Object.keys(PRESETS) as [keyof typeof PRESETS]).optional(),
  /** Classes by name: fields of the preset's that are to be otherwise, or classes of one's own. */
  classes: z.record(z.string(), ClassInput.partial()).default({}),
  /** Actions and the names of their classes: `Membership.admit`, or `0x… transfer(address,uint256)`. */
  rules: z.record(z.string(), z.string()).default({}),
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
}

/** Bylaws in the terms of the contracts. */
export interface Bylaws {
  /** From the highest rank down, each rank once. */
  readonly classes: readonly BylawsClass[];
  readonly rules: readonly BylawsRule[];
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
  const { notice = 0, proxies, learning } = input;
  const preset = input.preset === undefined ? undefined : PRESETS[input.preset];
  const classes = classesOf(preset?.classes ?? {}, input.classes);
  const rules = Object.entries({ ...preset?.rules, ...input.rules }).map(([action, name]) => {
    const found = classes.find((each) => each.name === name);
    if (found !== undefined) return { action, ...actionOf(action, contracts), rank: found.rank };
    const names = classes.map((each) => each.name).join(", ");
    throw new BylawsError(
      `The rule for ${action} names a class ${name} that there is not`,
      name,
      `take one of ${names}`,
    );
  });
  return { classes, rules, notice, proxies, learning };
}

function classesOf(
  preset: Readonly<Record<string, ClassTerms>>,
  given: BylawsInput["classes"],
): readonly BylawsClass[] {
  const names = [...new Set([...Object.keys(preset), ...Object.keys(given)])];
  const classes = names.map((name): BylawsClass => {
    const terms = { ...(name in preset && ClassInput.parse(preset[name])), ...given[name] };
    const missing = Object.keys(ClassInput.shape).find((field) => !(field in terms));
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

function policyOf({ rank, approval, quorum, veto, ...times }: z.infer<typeof ClassInput>): Omit<BylawsClass, "name"> {
  const policy = {
    ...{ approvalNumerator: approval.numerator, approvalDenominator: approval.denominator, strict: approval.strict },
    ...{ quorumNumerator: quorum.numerator, quorumDenominator: quorum.denominator },
    ...{ vetoNumerator: veto.numerator, vetoDenominator: veto.denominator },
    ...times,
  };
  return { rank, policy };
}

/** Target and selector of an action: `Contract.function`, or an address and a function's signature. */
function actionOf(action: string, contracts: readonly NamedContract[]): Pick<BylawsRule, "target" | "selector"> {
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

const FORM = 'write "Membership.admit" for the network\'s contracts, "0x… transfer(address,uint256)" for others';

/**
 * What a cooperative is founded on.
 *
 * @param dids - addresses of the first members' identities
 * @param salt - any text; another gives another address on the same terms
 */
export async function foundingTerms(
  name: string,
  dids: string[],
  { classes, rules, notice, proxies, learning }: Bylaws,
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
    ...{ name, dids, calls, salt: salt === undefined ? ZeroHash : id(salt) },
    // The constitutional class comes first.
    policies: classes.map(({ rank, policy }) => ({ policyClass: rank, policy })),
    rules: rules.map(({ target, selector, rank }) => ({ target, selector, policyClass: rank })),
  };
}
