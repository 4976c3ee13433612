import type { ContractTransaction, TransactionReceipt, TypedDataDomain, TypedDataField } from "ethers";
import type { z } from "zod";

import type { ActContext, ChainContext, LocalContext } from "./context.js";

/** What a command found out, for people and for programs. */
export interface Answer {
  readonly lines: readonly string[];
  /** Printed with `--json`, in one line; bigints become text. */
  readonly json: object;
}

/** A transaction that a command wants to send. */
export interface PlannedTransaction {
  readonly kind: "transaction";
  readonly request: ContractTransaction;
  /** What it does to the world, a sentence each. */
  readonly effect: readonly string[];
  /** What the command knows besides, for `--json`. */
  readonly facts?: object;
  /** What there is to tell once it is mined. */
  readonly outcome?: (receipt: TransactionReceipt) => Promise<Answer>;
  /** What is sent after it, which the chain would refuse before; it is shown and asked about by itself. */
  readonly next?: () => Promise<PlannedTransaction>;
}

/** Typed data that a command wants to have signed; nothing is sent. */
export interface PlannedSignature {
  readonly kind: "signature";
  readonly domain: TypedDataDomain;
  readonly types: Record<string, TypedDataField[]>;
  readonly message: Record<string, unknown>;
  /** What the signature allows, a sentence each. */
  readonly effect: readonly string[];
  /** What becomes of it. */
  readonly outcome: (signature: string) => Promise<Answer>;
}

/** Nothing to send or sign, as what was asked for is done already. */
export interface PlannedNothing {
  readonly kind: "nothing";
  readonly effect: readonly string[];
  /** What there is to tell, and to write down, all the same. */
  readonly outcome: () => Promise<Answer>;
}

/** What a command is going to do, before it does it. */
export type Plan = PlannedTransaction | PlannedSignature | PlannedNothing;

/** What a command of a kind works with, and what it comes to. */
interface Kinds {
  /** Reads the chain. */
  readonly read: { context: ChainContext; result: Answer };
  /** Sends a transaction, or signs. */
  readonly act: { context: ActContext; result: Plan };
  /** Needs no chain. */
  readonly local: { context: LocalContext; result: Answer };
}

/** The flags of a command, checked. */
type Flags<F extends z.ZodRawShape> = z.infer<z.ZodObject<F>>;

interface CommandOf<K extends keyof Kinds, F extends z.ZodRawShape = z.ZodRawShape> {
  readonly kind: K;
  /** What is typed after `artel`, such as `did rotate`. */
  readonly words: string;
  /** What it is for, in a line. */
  readonly does: string;
  /** Fields of the flags; see {@link flag}. */
  readonly flags: F;
  /** Fields of flags that may be given by their place after the words, instead of by name. */
  readonly operands: readonly (keyof F & string)[];
  readonly run: (context: Kinds[K]["context"], flags: Flags<F>) => Promise<Kinds[K]["result"]>;
}

/** A command that acts on the chain. */
export type ActCommand = CommandOf<"act">;

/** A command. */
export type Command = CommandOf<"read"> | ActCommand | CommandOf<"local">;

/** Commands about one thing. */
export interface Noun {
  readonly name: string;
  readonly does: string;
  readonly commands: readonly Command[];
}

function makerOf<K extends keyof Kinds>(kind: K) {
  return <F extends z.ZodRawShape>(
    words: string,
    does: string,
    flags: F,
    run: CommandOf<K, F>["run"],
    operands: CommandOf<K, F>["operands"] = [],
  ): CommandOf<K> =>
    // The flags that it is run with were checked against its own.
    ({ kind, words, does, flags, operands, run }) as unknown as CommandOf<K>;
}

/** Makes a command that reads the chain. */
export const reads = makerOf("read");

/** Makes a command that sends a transaction or signs. */
export const acts = makerOf("act");

/** Makes a command that needs no chain. */
export const works = makerOf("local");

/** A transaction to be planned. */
export function transaction(
  request: ContractTransaction,
  effect: readonly string[],
  more: Pick<PlannedTransaction, "facts" | "outcome" | "next"> = {},
): PlannedTransaction {
  return { kind: "transaction", request, effect, ...more };
}
