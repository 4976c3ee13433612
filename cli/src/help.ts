import { flagOf } from "@artel/sdk/program";
import type { z } from "zod";

import type { Command, Noun } from "./command.js";

/** Where the rest is said. */
const HELP_OF_COMMAND = "npx artel COMMAND --help lists the flags of a command.";

/** All nouns in a few lines. */
export function overview(nouns: readonly Noun[]): string {
  return [
    "Founds cooperatives, and acts for a member of one: identity, consent, membership, proposals, votes, learning tasks, pay.",
    "",
    "  npx artel COMMAND [flags]",
    ...nouns.flatMap(({ does, commands }) => [
      "",
      `${does}:`,
      ...table(commands.map((each) => [each.words, each.does])),
    ]),
    "",
    HELP_OF_COMMAND,
    "What changes something shows its effect and its cost, and asks; with --dry-run it stops there.",
  ].join("\n");
}

/** The commands of a noun. */
export function nounHelp({ does, commands }: Noun): string {
  return [`${does}:`, "", ...table(commands.map((each) => [each.words, each.does])), "", HELP_OF_COMMAND].join("\n");
}

/** The flags of a command. */
export function commandHelp({ words, does, flags, operands }: Command, common: z.ZodRawShape): string {
  const rows = Object.entries({ ...flags, ...common }).map(([field, type]) => {
    const { value = "", description = "" } = ((type as z.ZodType).meta() ?? {}) as {
      value?: string;
      description?: string;
    };
    return [`--${flagOf(field)} ${value}`.trimEnd(), isRequired(type) ? `${description} (required)` : description];
  });
  rows.push(["--json", "print one line of JSON instead of text"], ["--help", "this text"]);
  const places = operands.map((field) => {
    const name = flagOf(field).toUpperCase();
    return isRequired(flags[field]) ? name : `[${name}]`;
  });
  const usage = [words, ...places].join(" ");
  return [`npx artel ${usage}: ${does}`, "", ...table(rows)].join("\n");
}

/** Whether a flag can't be left out. */
function isRequired(type: z.core.$ZodType): boolean {
  return !(type as z.ZodType).safeParse(undefined).success;
}

function table(rows: readonly (readonly string[])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}
