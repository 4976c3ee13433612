import { ICooperativeGovernor__factory, ITreasury__factory, revertOf } from "@artel/sdk";
import { isCallException, isError, isHexString, Result, type Interface, type ParamType } from "ethers";

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
  /** Calls inside: what a proposal is to carry out. */
  readonly actions?: readonly DecodedCall[];
}

/** Errors of cooperatives' own contracts, which no list of addresses names. */
const COOPERATIVES: readonly Interface[] = [
  ICooperativeGovernor__factory.createInterface(),
  ITreasury__factory.createInterface(),
];

/** A call in words, as far as its contract is known. */
export function decodeCall(known: ReadonlyMap<string, KnownContract>, to: string, data: string): DecodedCall {
  const contract = known.get(to.toLowerCase());
  const parsed = contract?.interface.parseTransaction({ data });
  if (contract === undefined || parsed == null) return { contract: to, address: to, method: data, arguments: {} };
  const args = named(parsed.fragment.inputs, parsed.args);
  const call = { contract: contract.name, address: to, method: parsed.name, arguments: args };
  if (parsed.name !== "propose") return call;
  const { targets, calldatas } = parsed.args.toObject() as { targets: Result; calldatas: Result };
  const actions = targets.map((target: string, i) => decodeCall(known, target, calldatas[i] as string));
  return { ...call, actions };
}

function named(inputs: readonly ParamType[], values: Result): Record<string, unknown> {
  return Object.fromEntries(inputs.map((input, i) => [input.name || String(i), plain(input, values[i])]));
}

function plain(type: ParamType, value: unknown): unknown {
  if (type.baseType === "array") return (value as Result).map((item: unknown) => plain(type.arrayChildren!, item));
  if (type.baseType === "tuple") return named(type.components!, value as Result);
  return typeof value === "bigint" ? String(value) : value;
}

/** A call as lines of text. */
export function callLines({ contract, method, arguments: args, actions }: DecodedCall, indent = ""): string[] {
  const readable = (value: unknown) => (isHexString(value, 32) ? formatTag(value) : value);
  const shown = (value: unknown) =>
    typeof value === "string" ? readable(value) : JSON.stringify(value, (_, inner: unknown) => readable(inner));
  // The actions say what their calldata does.
  const fields = Object.entries(args).filter(([name]) => actions === undefined || name === "description");
  const width = Math.max(0, ...fields.map(([name]) => name.length));
  return [
    `${indent}${contract}.${method}`,
    ...fields.map(([name, value]) => `${indent}  ${name.padEnd(width)}  ${shown(value)}`),
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
  const interfaces = [...context.known.values()].map((known) => known.interface);
  const revert = revertOf(error, [...interfaces, ...COOPERATIVES]);
  const text = revert === undefined ? (error.reason ?? error.data) : explain(revert);
  return text == null ? "no reason given" : oneLine(text);
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
