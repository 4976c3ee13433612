import { dataSlice, id, ZeroAddress, ZeroHash, type BigNumberish, type Signer } from "ethers";

import {
  ICooperativeGovernor__factory,
  type ICooperativeFactory,
  type ICooperativeGovernor,
  type IPolicyBook,
} from "./contracts/index.js";
import type { NetworkContracts } from "./deployments.js";
import { VALUE_ONLY } from "./protocol.js";
import { ROLE_CATEGORIES } from "./roles.js";
import { BY_HEADS } from "./weighting.js";

/** A call that a cooperative decides on. */
export interface Action {
  readonly target: string;
  readonly data: string;
}

/** A cooperative that was founded. */
export interface Cooperative {
  /** Address of its Treasury: the cooperative itself. */
  readonly address: string;
  /** Connected to the founder's account. */
  readonly governor: ICooperativeGovernor;
  /** Block of the founding. */
  readonly block: number;
}

/** Stands for native currency where a token is named, in limits and rules. */
export const NATIVE = ZeroAddress;

/** Stands for the transfer of native currency, without data, in a rule whose target is {@link NATIVE}. */
export const NATIVE_TRANSFER = dataSlice(ZeroHash, 0, 4);

const HOUR = 3600;
const DAY = 24 * HOUR;

/** What a rule puts into the lowest class is decided by more than half, with a third of the members. */
const ORDINARY = {
  ...{ approvalNumerator: 1, approvalDenominator: 2, strict: true, quorumNumerator: 1, quorumDenominator: 3 },
  ...{ vetoNumerator: 0, vetoDenominator: 0, votingDelay: HOUR, votingPeriod: DAY, executionDelay: HOUR },
  ...{ executionWindow: 7 * DAY, seasoning: 0, lateWindow: HOUR, sponsors: 0, ...BY_HEADS },
};

/** Whatever no rule names, money, powers and bylaws: two thirds, of at least half the members. */
const CONSTITUTIONAL = {
  ...ORDINARY,
  ...{ approvalNumerator: 2, approvalDenominator: 3, strict: false, quorumNumerator: 1, quorumDenominator: 2 },
  ...{ votingPeriod: 3 * DAY, executionDelay: DAY },
};

/** A rule for actions of a class that spend nothing. */
export function unmetered(policyClass: BigNumberish): IPolicyBook.RuleStruct {
  return { policyClass, amountArgument: 0, tokenArgument: 0, inStruct: false };
}

/** A rule for what sends native currency: with {@link NATIVE} as target and {@link NATIVE_TRANSFER} as selector, to anybody. */
export function meteredByValue(policyClass: BigNumberish): IPolicyBook.RuleStruct {
  return { ...unmetered(policyClass), amountArgument: VALUE_ONLY };
}

/**
 * A rule for a call that says what it spends in its arguments, which are numbered from 1.
 * @param amountArgument - number of the amount: 2 in `transfer(address,uint256)`
 * @param tokenArgument - number of the token; 0 if the contract that is called is the token
 * @param inStruct - whether to number within a struct of variable length that is the only argument
 */
export function meteredByArgument(
  policyClass: BigNumberish,
  amountArgument: BigNumberish,
  tokenArgument: BigNumberish = 0,
  inStruct = false,
): IPolicyBook.RuleStruct {
  return { policyClass, amountArgument, tokenArgument, inStruct };
}

/** Bylaws that suit a small cooperative: members are admitted by simple majority, all else is constitutional. */
export async function plainBylaws({
  membership,
  policyBook,
}: Pick<NetworkContracts, "membership" | "policyBook">): Promise<
  Pick<ICooperativeFactory.FoundingTermsStruct, "policies" | "rules" | "limits" | "heir">
> {
  const { selector } = membership.interface.getFunction("admit");
  return {
    policies: [
      { policyClass: await policyBook.CONSTITUTIONAL(), policy: CONSTITUTIONAL },
      { policyClass: 0, policy: ORDINARY },
    ],
    rules: [{ target: await membership.getAddress(), selector, rule: unmetered(0) }],
    limits: [],
    heir: ZeroAddress,
  };
}

/**
 * Calls with which a cooperative appoints the learning module to award reputation in its realm, for every role.
 * @param weeklyCap - most points that it may award in a week, in each role; a whole task is worth {@link POINTS}
 */
export async function appointLearning(
  { reputation, tasks }: Pick<NetworkContracts, "reputation" | "tasks">,
  weeklyCap: bigint,
): Promise<Action[]> {
  const [target, module] = await Promise.all([reputation.getAddress(), tasks.getAddress()]);
  return Object.values(ROLE_CATEGORIES).map((category) => ({
    target,
    data: reputation.interface.encodeFunctionData("appointIssuer", [id(category), module, weeklyCap, 0n]),
  }));
}

/** Founds a cooperative; its address follows from the founder's account and the terms. */
export async function foundCooperative(
  factory: ICooperativeFactory,
  founder: Signer,
  terms: ICooperativeFactory.FoundingTermsStruct,
): Promise<Cooperative> {
  const { cooperative, governor } = await factory.predict(founder, terms);
  const receipt = await (await factory.connect(founder).found(terms)).wait();
  return {
    address: cooperative,
    governor: ICooperativeGovernor__factory.connect(governor, founder),
    block: receipt!.blockNumber,
  };
}
