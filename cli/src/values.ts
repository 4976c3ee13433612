import { parseJoinLink, ProposalState } from "@artel/sdk";
import { attributeName } from "@artel/sdk/identity";
import { computeAddress, getAddress, hexlify, id, isAddress, isHexString } from "ethers";
import { z } from "zod";

/** An identity as it was given: its address, and the network of its DID if it was one. */
export interface GivenIdentity {
  readonly text: string;
  readonly address: string;
  /** Name or chain id in hexadecimal; undefined for a plain address. */
  readonly network?: string;
}

const DID_ETHR = /^did:ethr:(?:([\w-]+):)?(0x[0-9a-fA-F]{40}|0x0[23][0-9a-fA-F]{64})$/;

/** What a flag takes: a type, with a word for its value and a text for the help. */
export function flag<T extends z.ZodType>(type: T, value: string, description: string): T {
  return type.meta({ value, description }) as T;
}

/** Parses text, and has the schema refuse what `parse` throws at. */
function parsed<T>(parse: (text: string) => T, problem: string) {
  return z.string().transform((text, context): T => {
    try {
      return parse(text);
    } catch {
      context.addIssue(problem);
      return z.NEVER;
    }
  });
}

/** An address. One in mixed case must have its checksum. */
export const Account = parsed(getAddress, "it is not an address");

/** A DID, or an address as one. */
export const Identity = parsed((text): GivenIdentity => {
  if (isAddress(text)) return { text, address: getAddress(text) };
  const [, network = "mainnet", key] = DID_ETHR.exec(text)!;
  const address = key.length > 42 ? computeAddress(key) : getAddress(key.toLowerCase());
  return { text, address, network };
}, "it is neither did:ethr nor an address");

/** A cooperative as it was given: its address, and its chain if it was a link to join it. */
export interface GivenCooperative {
  readonly text: string;
  readonly cooperative: string;
  readonly chainId?: bigint;
}

/** A cooperative: address of its Treasury, or the link that its founding printed. */
export const CooperativeOrLink = parsed(
  (text): GivenCooperative => ({ text, ...(parseJoinLink(text) ?? { cooperative: getAddress(text) }) }),
  "it is neither an address nor a link such as eip155:1:0x…",
);

/** Which cooperative a command is about. */
export const COOPERATIVE = flag(Account, "ACCOUNT", "the cooperative: address of its Treasury");

/** A point in time: ISO 8601, or seconds since 1970. */
export const Moment = parsed((text) => {
  const seconds = /^\d{1,12}$/.test(text) ? Number(text) : Date.parse(text) / 1000;
  return BigInt(Math.floor(seconds));
}, "it is neither a date such as 2030-01-31 nor seconds since 1970");

/** 32 bytes in hexadecimal. */
export const Hash = z.string().refine((text) => isHexString(text, 32), "it is not 0x and 64 hexadecimal digits");

/** A short name in 32 bytes: given as text, or in hexadecimal. */
export const Tag = parsed(
  (text) => (isHexString(text, 32) ? text : attributeName(text)),
  "it is neither a text of at most 31 bytes nor 0x and 64 hexadecimal digits",
);

/** 32 bytes for people: as text where they hold left-aligned text, as a {@link Tag} does, otherwise in hexadecimal. */
export function formatTag(bytes: string): string {
  const [, digits] = /^0x((?:[\da-f]{2})+?)(?:00)*$/i.exec(bytes)!;
  const text = Buffer.from(digits, "hex").toString("latin1");
  return /^[\x20-\x7e]+$/.test(text) ? text : bytes;
}

/** The hash of a text: given as the text, or as its hash. */
export const TextHash = z.string().transform((text) => (isHexString(text, 32) ? text : id(text)));

/** Bytes in hexadecimal, with or without 0x in front. */
export const Bytes = parsed(
  (text) => hexlify(text.startsWith("0x") ? text : `0x${text}`),
  "it is not pairs of hexadecimal digits",
);

/** Seconds of a day. */
export const DAY = 86_400n;

/** How many there are of something, whose plural ends in s. */
export function formatCount(count: bigint, noun: string): string {
  return `${count} ${noun}${count === 1n ? "" : "s"}`;
}

/** A second as people write it; `the end of time` where no date is as late. */
export function formatMoment(seconds: bigint): string {
  // Past this, a date has no such form.
  return seconds > 253_402_300_799n
    ? "the end of time"
    : new Date(Number(seconds) * 1000).toISOString().replace(".000", "");
}

/** Words for the states of a proposal. */
const STATES = new Map<number, string>(
  Object.entries(ProposalState).map(([name, state]) => [state, name.toLowerCase()]),
);

/** The state of a proposal as people write it. */
export function formatState(state: bigint): string {
  return STATES.get(Number(state)) ?? String(state);
}
