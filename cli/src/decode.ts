import { ICooperativeGovernor__factory, ITreasury__factory, revertOf } from "@artel/sdk";
import { cidOfTaskContent, type NamedContent } from "@artel/sdk/learning";
import {
  AbiCoder,
  formatEther,
  Interface,
  isCallException,
  isError,
  isHexString,
  Result,
  type ParamType,
} from "ethers";

import type { ChainContext, KnownContract } from "./context.js";
import { explain } from "./explain.js";
import { formatTag } from "./values.js";

/** A call in words. */
export interface DecodedCall {
  /** Name of the contract, or its address where nobody knows it. */
  readonly contract: string;
  readonly address: string;
  /** Name of the function, or its data. */
  readonly method: string;
  readonly arguments: Readonly<Record<string, unknown>>;
  /** Native currency that goes with it, in wei; undefined if none does. */
  readonly value?: string;
  /** Calls inside: what a proposal is to carry out. */
  readonly actions?: readonly DecodedCall[];
}

/** Errors of cooperatives' own contracts, which no list of addresses names. */
const COOPERATIVES: readonly Interface[] = [
  ICooperativeGovernor__factory.createInterface(),
  ITreasury__factory.createInterface(),
];

/** Calls of tokens that anybody makes, whose addresses no list names. */
const TOKEN_CALLS = new Interface([
  "function transfer(address to, uint256 amount)",
  "function approve(address spender, uint256 amount)",
  "function transferFrom(address from, address to, uint256 amount)",
]);

/** Events of ERC-20 tokens, and those of ERC-721, which have the same names and one topic more. */
const TOKEN_EVENTS = [
  new Interface([
    "event Transfer(address indexed from, address indexed to, uint256 amount)",
    "event Approval(address indexed owner, address indexed spender, uint256 amount)",
  ]),
  new Interface([
    "event Transfer(address indexed from, address indexed to, uint256 indexed tokenId)",
    "event Approval(address indexed owner, address indexed approved, uint256 indexed tokenId)",
  ]),
] as const;

/** Why tokens after ERC-6093 refuse a payment. */
const TOKEN_ERRORS = new Interface([
  "error ERC20InsufficientBalance(address sender, uint256 balance, uint256 needed)",
  "error ERC20InsufficientAllowance(address spender, uint256 allowance, uint256 needed)",
]);

type Known = ReadonlyMap<string, KnownContract>;

/** Calls of a governor that hold what a proposal is to carry out. */
const PROPOSALS = ["propose", "queue", "execute", "cancel"];

/** A call in words, as far as its contract is known. */
export function decodeCall(known: Known, to: string, data: string, value = 0n): DecodedCall {
  const contract = known.get(to.toLowerCase()) ?? { name: to, interface: TOKEN_CALLS };
  const parsed = contract.interface.parseTransaction({ data });
  const more = value === 0n ? {} : { value: String(value) };
  if (parsed === null) return { contract: contract.name, address: to, method: data, arguments: {}, ...more };
  const args = named(parsed.fragment.inputs, parsed.args);
  const call = { contract: contract.name, address: to, method: parsed.name, arguments: args, ...more };
  if (contract.name !== "CooperativeGovernor" || !PROPOSALS.includes(parsed.name)) return call;
  const [targets, values, calldatas] = parsed.args as unknown as [Result, Result, Result];
  const actions = targets.map((target: string, i) =>
    decodeCall(known, target, calldatas[i] as string, values[i] as bigint),
  );
  return { ...call, actions };
}

/** An event in words. */
export interface DecodedEvent {
  readonly contract: string;
  readonly address: string;
  /** Name of the event, or its topics and data. */
  readonly event: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** An event in words, as far as its contract is known: who emits it may call it what they like. */
export function decodeEvent(
  known: Known,
  log: { address: string; topics: readonly string[]; data: string },
): DecodedEvent {
  const { address, topics, data } = log;
  const { name, interface: own } = known.get(address.toLowerCase()) ?? {
    name: address,
    interface: TOKEN_EVENTS[topics.length === 4 ? 1 : 0],
  };
  try {
    const parsed = own.parseLog({ topics: [...topics], data });
    if (parsed !== null) {
      const args = named(parsed.fragment.inputs, parsed.args);
      return { contract: name, address, event: parsed.name, arguments: args };
    }
  } catch {
    // It has the name of an event that it is not.
  }
  return { contract: name, address, event: [...topics, data].join(" "), arguments: {} };
}

function named(inputs: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(inputs.map((input, i) => [input.name || String(i), plain(input, values[i])]));
}

function plain(type: ParamType, value: unknown): unknown {
  if (type.baseType === "array") return (value as Result).map((item: unknown) => plain(type.arrayChildren!, item));
  if (type.baseType === "tuple") {
    const fields = named(type.components!, value as Result);
    const isContent = Object.keys(fields).join() === "codec,digest";
    return isContent ? { ...fields, cid: cidOfTaskContent(value as unknown as NamedContent).toString() } : fields;
  }
  return typeof value === "bigint" ? String(value) : value;
}

/** A value as text. */
function shown(value: unknown): unknown {
  const readable = (each: unknown) => {
    if (isHexString(each, 32)) return formatTag(each);
    return Object.keys(each ?? {}).join() === "codec,digest,cid" ? (each as { cid: string }).cid : each;
  };
  return typeof value === "string" ? readable(value) : JSON.stringify(value, (_, inner: unknown) => readable(inner));
}

/** An event as a line of text. */
export function eventLine({ contract, event, arguments: args }: DecodedEvent): string {
  return [`${contract}.${event}`, ...Object.entries(args).map(([name, value]) => `${name} ${shown(value)}`)].join("  ");
}

/** Contract and function of a call; of a plain payment who is paid. */
export function callName({ contract, method }: DecodedCall): string {
  return method === "0x" ? contract : `${contract}.${method}`;
}

/** A call as lines of text. */
export function callLines(call: DecodedCall, indent = ""): string[] {
  const { arguments: args, value, actions } = call;
  // The actions say what their calldata does.
  const fields = Object.entries(args).filter(([name]) => actions === undefined || name === "description");
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return [
    `${indent}${callName(call)}${value === undefined ? "" : `, with ${formatEther(value)} ether`}`,
    ...fields.map(([name, value]) => {
      const margin = `${indent}  ${" ".repeat(width)}  `;
      // Text of several lines stays in its column, where it passes for nothing else.
      return `${indent}  ${name.padEnd(width)}  ${String(shown(value)).replaceAll("\n", `\n${margin}`)}`;
    }),
    ...(actions ?? []).flatMap((action) => callLines(action, `${indent}  `)),
  ];
}

/** Text from outside in one line, without what a terminal would obey. */
export function oneLine(text: string): string {
  return text.replaceAll(/[\s\p{C}]+/gu, " ").trim();
}

/** Why a contract refuses a call, in its own words; undefined if the failure is another. */
export function refusalOf(context: ChainContext, error: unknown): string | undefined {
  if (!isCallException(error)) return undefined;
  const revert = revertOf(error, interfacesOf(context));
  const text = revert === undefined ? (error.reason ?? error.data) : explain(revert);
  return text == null ? "no reason given" : oneLine(text);
}

/** What data that a call reverted with says, in the contract's own words. */
export function refusalIn(context: ChainContext, data: string): string {
  return refusalOf(context, AbiCoder.getBuiltinCallException("call", {}, data))!;
}

function interfacesOf({ known }: ChainContext): Interface[] {
  return [...[...known.values()].map((each) => each.interface), ...COOPERATIVES, TOKEN_ERRORS];
}

/** Failures that ethers ascribes to the endpoint, to the way to it, or to what it knows of the account. */
const ENDPOINT_FAILURES = [
  ...(["NETWORK_ERROR", "SERVER_ERROR", "TIMEOUT", "UNKNOWN_ERROR", "BAD_DATA"] as const),
  ...(["INSUFFICIENT_FUNDS", "NONCE_EXPIRED", "REPLACEMENT_UNDERPRICED", "TRANSACTION_REPLACED"] as const),
];

/** What an endpoint or the way to it is at fault for; undefined if the failure is another. */
export function endpointFailureOf(error: unknown): string | undefined {
  for (const code of ENDPOINT_FAILURES) {
    if (!isError(error, code)) continue;
    return oneLine((error as { error?: { message?: string } }).error?.message ?? error.shortMessage);
  }
  const { code, syscall } = (error ?? {}) as NodeJS.ErrnoException;
  return syscall === undefined ? undefined : `${syscall} ${code}`;
}
