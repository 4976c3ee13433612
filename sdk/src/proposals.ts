import {
  AbiCoder,
  FunctionFragment,
  getAddress,
  Interface,
  keccak256,
  toUtf8String,
  Utf8ErrorFuncs,
  ZeroAddress,
} from "ethers";

import {
  ITreasury__factory,
  type ICooperativeGovernor,
  type IGrants,
  type ILearningTasks,
  type IMatchingRounds,
  type IPolicyBook,
} from "./contracts/index.js";
import type { NetworkContracts } from "./deployments.js";
import { ArtelError } from "./errors.js";
import type { Action } from "./founding.js";
import { queryLogs } from "./logs.js";

/** A call that a proposal carries out in the name of the cooperative. */
export interface ProposedAction extends Action {
  /** Native currency that goes with it, in wei, from the Treasury. */
  readonly value?: bigint;
}

/** Actions as `propose`, `queue`, `execute` and `cancel` take them first. */
export interface ActionLists {
  readonly targets: string[];
  readonly values: bigint[];
  readonly calldatas: string[];
}

/** Actions in the lists that governors and treasuries take. */
export function actionLists(actions: readonly ProposedAction[]): ActionLists {
  return {
    targets: actions.map(({ target }) => target),
    values: actions.map(({ value = 0n }) => value),
    calldatas: actions.map(({ data }) => data),
  };
}

/** Mark that leaves a proposal to one account, at the end of its description. */
const PROPOSER = /\s*#proposer=0x[0-9a-f]{40}$/i;

/**
 * The description of a proposal: a title, a text in Markdown, and the account that alone may propose it. Without that
 * account, whoever sees the transaction could propose the same first, and cancel it.
 */
export function proposalText({ title, text, proposer }: { title: string; text?: string; proposer: string }): string {
  const body = text === undefined ? "" : `\n\n${text.trim()}`;
  return `# ${title}${body}\n\n#proposer=${getAddress(proposer).toLowerCase()}`;
}

/** The first line of a description that says something, without what marks it as a heading. */
export function titleOf(description: string): string {
  const lines = description.replace(PROPOSER, "").split("\n");
  const line = lines.map((each) => each.replace(/^#+\s*/, "").trim()).find((each) => each !== "");
  return line ?? "(untitled)";
}

/** An action that can't be encoded for the function that it names. */
export class ActionInvalidError extends ArtelError {
  readonly code = "proposal/invalid-action";
  constructor(name: string, value: unknown, reason: string, options?: ErrorOptions) {
    super(
      `${name} can't be called with what is given (${reason})`,
      value,
      "compare it with the function's parameters",
      options,
    );
  }
}

/** A contract to be called: its address, and how its calls are encoded. */
interface Callee {
  readonly target: unknown;
  readonly interface: Pick<Interface, "fragments">;
}

function call({ target, interface: { fragments } }: Callee, name: string, values: readonly unknown[]): Action {
  try {
    return { target: String(target), data: new Interface(fragments).encodeFunctionData(name, values) };
  } catch (cause) {
    const { shortMessage, message, argument } = cause as Error & { shortMessage?: string; argument?: string };
    const reason = `${shortMessage ?? message}${argument ? `, at ${argument}` : ""}`;
    throw new ActionInvalidError(name, values, reason, { cause });
  }
}

/** What proposals have to do with tokens, ERC-20. */
const TOKEN = new Interface([
  "function transfer(address to, uint256 amount) returns (bool)",
  "function approve(address spender, uint256 amount) returns (bool)",
]);

/**
 * Pays somebody.
 * @param token - an ERC-20 token; native currency if omitted
 */
export function payment(to: string, amount: bigint, token?: string): ProposedAction {
  if (token === undefined) return { target: to, value: amount, data: "0x" };
  return { target: token, data: TOKEN.encodeFunctionData("transfer", [to, amount]) };
}

/** Admits identities. */
export function admission({ membership }: Pick<NetworkContracts, "membership">, dids: readonly string[]): Action {
  return call(membership, "admit", [dids]);
}

/** Gives a member notice, which must run before a suspension or expulsion where the cooperative says so. */
export function notice({ membership }: Pick<NetworkContracts, "membership">, number: bigint, charge: string): Action {
  return call(membership, "giveNotice", [number, charge]);
}

/**
 * Suspends a member.
 * @param until - second in which it ends; 0: only by another vote
 */
export function suspension(
  { membership }: Pick<NetworkContracts, "membership">,
  number: bigint,
  until: bigint,
): Action {
  return call(membership, "suspend", [number, until]);
}

/** Expels a member. */
export function expulsion({ membership }: Pick<NetworkContracts, "membership">, number: bigint): Action {
  return call(membership, "expel", [number]);
}

/** Decides a class by another policy. */
export function policyChange(
  { policyBook }: Pick<NetworkContracts, "policyBook">,
  policyClass: number,
  policy: IPolicyBook.PolicyStruct,
): Action {
  return call(policyBook, "setPolicy", [policyClass, policy]);
}

/**
 * Puts an action into a class, and says what it spends.
 * @param selector - first four bytes of the call's data
 * @param rule - see `unmetered`, `meteredByArgument` and `meteredByValue`
 */
export function ruleChange(
  { policyBook }: Pick<NetworkContracts, "policyBook">,
  target: string,
  selector: string,
  rule: IPolicyBook.RuleStruct,
): Action {
  return call(policyBook, "setRule", [target, selector, rule]);
}

/**
 * Limits what proposals of a class may spend of a token in any period.
 * @param token - {@link NATIVE} for native currency
 * @param period - seconds
 */
export function spendingLimit(
  cooperative: string,
  policyClass: number,
  token: string,
  amount: bigint,
  period: bigint,
): Action {
  return call(treasuryAt(cooperative), "setLimit", [policyClass, token, amount, period]);
}

/** Names who inherits once nobody is a member any more; the zero address: nobody. */
export function heirChange(cooperative: string, heir: string): Action {
  return call(treasuryAt(cooperative), "setHeir", [heir]);
}

function treasuryAt(cooperative: string): Callee {
  return { target: cooperative, interface: ITreasury__factory.createInterface() };
}

/** Appoints a module that admits members without a vote, or with a cap of 0 dismisses it. */
export function admissionModule(
  { membership }: Pick<NetworkContracts, "membership">,
  module: string,
  cap: number,
  readmits: boolean,
): Action {
  return call(membership, "appointAdmission", [module, cap, readmits]);
}

/** Replaces the governor of a cooperative; what is open under the present one is void from then on. */
export function governorChange(cooperative: string, governor: string): Action {
  return call(treasuryAt(cooperative), "setGovernor", [governor]);
}

/** A call together with exactly the money that it takes: approved before it, or native currency with it. */
function funded(token: string, amount: bigint, action: Action): ProposedAction[] {
  if (token === ZeroAddress) return [{ ...action, value: amount }];
  return [{ target: token, data: TOKEN.encodeFunctionData("approve", [action.target, amount]) }, action];
}

/** Opens a learning task and escrows its reward; a token is approved for exactly that first. */
export function learningTask(
  { tasks }: Pick<NetworkContracts, "tasks">,
  terms: ILearningTasks.TaskTermsStruct,
): ProposedAction[] {
  // Encoded first: it names what is missing in the terms.
  const action = call(tasks, "openTask", [terms]);
  return funded(String(terms.token), BigInt(terms.reward), action);
}

/**
 * Offers a grant: the sum of its milestones is put aside when the proposal is executed.
 * @param token - address of an ERC-20 token; zero is native currency
 */
export function grantOffer(
  { grants }: Pick<NetworkContracts, "grants">,
  token: string,
  terms: IGrants.TermsStruct,
): ProposedAction[] {
  const total = terms.milestones.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
  return funded(token, total, call(grants, "openGrant", [token, total, terms]));
}

/**
 * Opens a matching round: its pool is put aside when the proposal is executed.
 * @param token - address of an ERC-20 token, of pool and contributions; zero is native currency
 */
export function matchingRound(
  { matching }: Pick<NetworkContracts, "matching">,
  token: string,
  pool: bigint,
  terms: IMatchingRounds.TermsStruct,
): ProposedAction[] {
  return funded(token, pool, call(matching, "openRound", [token, pool, terms]));
}

/**
 * Any call.
 * @param signature - of the function, such as `transfer(address to, uint256 amount)`
 * @throws ActionInvalidError
 */
export function arbitraryCall(
  target: string,
  signature: string,
  values: readonly unknown[],
  value = 0n,
): ProposedAction {
  let fragment: FunctionFragment;
  try {
    fragment = FunctionFragment.from(signature.startsWith("function ") ? signature : `function ${signature}`);
  } catch (cause) {
    throw new ActionInvalidError(signature, signature, "it is no signature of a function", { cause });
  }
  return { ...call({ target, interface: { fragments: [fragment] } }, fragment.format(), values), value };
}

/** A proposal as the chain tells it. */
export interface OnchainProposal {
  readonly id: bigint;
  readonly actions: readonly ProposedAction[];
  /** For people: bytes that are no text are replaced. */
  readonly description: string;
  readonly descriptionHash: string;
  /** Account that made it. */
  readonly proposer: string;
  /** Class of the PolicyBook that decides it. */
  readonly policyClass: number;
  /** Block in which it was made. */
  readonly block: number;
}

/**
 * Proposals of a governor, in the order in which they were made.
 *
 * @param fromBlock - first block that can hold one
 * @param proposalId - only this one
 */
export async function readProposals(
  governor: ICooperativeGovernor,
  fromBlock: number,
  proposalId?: bigint,
): Promise<OnchainProposal[]> {
  const classified = await queryLogs(governor, governor.filters.ProposalClassified(proposalId), fromBlock);
  const [first, last] = [classified.at(0), classified.at(-1)];
  if (first === undefined || last === undefined) return [];
  const created = await queryLogs(governor, governor.filters.ProposalCreated(), first.blockNumber, last.blockNumber);
  const classes = new Map(classified.map(({ args }) => [args.proposalId, Number(args.policyClass)]));
  return created.flatMap(({ data, blockNumber }): OnchainProposal[] => {
    const [proposalId, proposer, targets, values, , calldatas, , , bytes] = coder.decode(CREATED, data).toArray(true);
    const policyClass = classes.get(proposalId as bigint);
    if (policyClass === undefined) return [];
    const actions = (targets as string[]).map((target, i) => ({ target, value: values[i], data: calldatas[i] }));
    const description = toUtf8String(bytes as string, Utf8ErrorFuncs.replace);
    const descriptionHash = keccak256(bytes as string);
    return [{ id: proposalId, proposer, policyClass, block: blockNumber, actions, description, descriptionHash }];
  });
}

/** What `ProposalCreated` holds, the description as bytes: anybody's may be no text, and is a proposal all the same. */
const CREATED = "uint256 address address[] uint256[] string[] bytes[] uint256 uint256 bytes".split(" ");
const coder = AbiCoder.defaultAbiCoder();
