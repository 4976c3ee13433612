import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

import type { z } from "zod";

import type { ArtelError } from "../errors.js";

/** A program's class of errors about its flags. */
export type FlagErrorClass = new (problem: string, value: unknown) => ArtelError;

/** Flags as they were typed, by their fields: `--rpc-url X` is `{ rpcUrl: "X" }`. */
export type TypedFlags = Readonly<Record<string, string | boolean | readonly string[]>>;

/** A command line, taken apart. */
export interface CommandLine {
  readonly flags: TypedFlags;
  /** What is no flag, in order. */
  readonly words: readonly string[];
  /** Whether `--json` was given. */
  readonly json: boolean;
  /** Whether `--help` was. */
  readonly help: boolean;
}

/**
 * Takes a command line apart. Every field of the schema is a flag: `rpcUrl` is `--rpc-url`, a boolean takes no value, an
 * array may be repeated. Every program has `--json` and `--help` too.
 *
 * @param takesWords - whether there may be more than flags
 * @throws FlagError for a flag that does not exist, lacks its value or is given twice
 */
export function parseFlags(
  args: readonly string[],
  schema: z.ZodObject,
  FlagError: FlagErrorClass,
  takesWords = false,
): CommandLine {
  const options: ParseArgsOptionsConfig = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } };
  for (const [field, type] of Object.entries(schema.shape)) {
    const kind = kindOf(type);
    options[flagOf(field)] = { type: kind === "boolean" ? "boolean" : "string", multiple: kind === "array" };
  }
  try {
    const { values, positionals, tokens } = parseArgs({
      ...{ args: [...args], options, allowPositionals: takesWords, tokens: true },
    });
    const names = tokens.flatMap((token) => (token.kind === "option" ? token.name : []));
    const twice = names.find((name, i) => options[name].multiple !== true && names.indexOf(name) !== i);
    // Which of both was meant nobody knows.
    if (twice !== undefined) throw new Error(`--${twice} is given twice`);
    const { help = false, json = false, ...rest } = values;
    const flags = Object.fromEntries(Object.entries(rest).map(([flag, value]) => [fieldOf(flag), value]));
    return { flags: flags as TypedFlags, words: positionals, json: json === true, help: help === true };
  } catch (error) {
    throw new FlagError((error as Error).message.split(/\.\s/)[0], args);
  }
}

/**
 * Holds flags against a schema. Text becomes a number or a bigint where the schema asks for one.
 *
 * @param flags - from {@link parseFlags}, with defaults where the schema has none
 * @throws FlagError naming the first flag that is wrong
 */
export function checkFlags<T extends z.ZodObject>(
  schema: T,
  flags: Readonly<Record<string, unknown>>,
  FlagError: FlagErrorClass,
): z.infer<T> {
  const converted = Object.entries(flags).map(([field, value]) => {
    const type = schema.shape[field];
    if (typeof value !== "string" || type === undefined) return [field, value];
    const kind = kindOf(type);
    if (kind === "number") return [field, wholeNumber(field, value, FlagError)];
    // Text that is no whole number is left for the schema to refuse.
    return [field, kind === "bigint" && /^\d+$/.test(value) ? BigInt(value) : value];
  });
  const result = schema.safeParse(Object.fromEntries(converted));
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const field = issue.code === "unrecognized_keys" ? issue.keys[0] : String(issue.path[0]);
  const value = flags[field];
  if (value === undefined) throw new FlagError(`--${flagOf(field)} is missing`, value);
  const isNoNumber = issue.code === "invalid_type" && issue.expected === "bigint";
  const reason = isNoNumber ? "it is no whole number" : issue.message;
  throw new FlagError(`--${flagOf(field)} can't be used as given (${reason})`, value);
}

/** The flag of a field. */
export function flagOf(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function fieldOf(flag: string): string {
  return flag.replace(/-[a-z]/g, (text) => text[1].toUpperCase());
}

function wholeNumber(field: string, text: string, FlagError: FlagErrorClass): number {
  if (!/^\d{1,9}$/.test(text)) throw new FlagError(`--${flagOf(field)} needs a whole number, not "${text}"`, text);
  return Number(text);
}

/** What a type is beneath optionality, defaults and transformations. */
function kindOf(type: z.core.$ZodType): string {
  const { def } = type._zod as unknown as {
    def: { type: string; innerType?: z.core.$ZodType; in?: z.core.$ZodType };
  };
  const inner = def.innerType ?? def.in;
  return inner === undefined ? def.type : kindOf(inner);
}
