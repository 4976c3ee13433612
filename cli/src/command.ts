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

/** What a command is going to do, before it does it. */
export type Plan = PlannedTransaction | PlannedSignature;

interface Described<F extends z.ZodRawShape> {
  /** What is typed after `artel`, such as `did rotate`. */
  readonly words: string;
  /** What it is for, in a line. */
  readonly does: string;
  /** Fields of the flags; see {@link flag}. */
  readonly flags: F;
}

/** A command: it reads the chain, plans an act on it, or works on this machine alone. */
export type Command<F extends z.ZodRawShape = z.ZodRawShape> = Described<F> &
  (
    | { readonly kind: "read"; readonly run: (context: ChainContext, flags: Flags<F>) => Promise<Answer> }
    | { readonly kind: "act"; readonly run: (context: ActContext, flags: Flags<F>) => Promise<Plan> }
    | { readonly kind: "local"; readonly run: (context: LocalContext, flags: Flags<F>) => Promise<Answer> }
  );

/** The flags of a command, checked. */
export type Flags<F extends z.ZodRawShape> = z.infer<z.ZodObject<F>>;

/** Commands about one thing. */
export interface Noun {
  readonly name: string;
  readonly does: string;
  readonly commands: readonly Command[];
}

/** A command that reads the chain. */
export function reads<F extends z.ZodRawShape>(
  words: string,
  does: string,
  flags: F,
  run: (context: ChainContext, flags: Flags<F>) => Promise<Answer>,
): Command {
  return { kind: "read", words, does, flags, run } as unknown as Command;
}

/** A command that sends a transaction or signs. */
export function acts<F extends z.ZodRawShape>(
  words: string,
  does: string,
  flags: F,
  run: (context: ActContext, flags: Flags<F>) => Promise<Plan>,
): Command {
  return { kind: "act", words, does, flags, run } as unknown as Command;
}

/** A command that needs no chain. */
export function works<F extends z.ZodRawShape>(
  words: string,
  does: string,
  flags: F,
  run: (context: LocalContext, flags: Flags<F>) => Promise<Answer>,
): Command {
  return { kind: "local", words, does, flags, run } as unknown as Command;
}

/** A transaction to be planned. */
export function transaction(
  request: ContractTransaction,
  effect: readonly string[],
  more: Pick<PlannedTransaction, "facts" | "outcome"> = {},
): PlannedTransaction {
  return { kind: "transaction", request, effect, ...more };
}
