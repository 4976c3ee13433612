import { readFile } from "node:fs/promises";

import { parseDocument } from "yaml";
import type { z } from "zod";

import { oneLine } from "./decode.js";
import { ConfigFileError, ConfigInvalidError } from "./errors.js";

/**
 * Reads a file, YAML or JSON.
 *
 * @param example - a file to begin with
 * @param schema - `failsafe`: everything is text, as YAML would take an address for a number; `core`: numbers are numbers
 * @throws ConfigFileError
 */
export async function readYaml(
  file: string,
  example: string,
  schema: "failsafe" | "core" = "failsafe",
): Promise<unknown> {
  const text = await readFile(file, "utf8").catch((error: Error) => {
    throw new ConfigFileError(file, oneLine(error.message), example);
  });
  const document = parseDocument(text, { schema, prettyErrors: true });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  throw new ConfigFileError(file, oneLine(error.message.split("\n")[0]).replace(/:$/, ""), example);
}

/**
 * Holds what a file says against a schema.
 *
 * @param guide - where its fields are explained
 * @param written - where the file has what the schema calls by this path
 * @throws ConfigInvalidError naming the first field that is missing, unknown or wrong
 */
export function checkConfig<T extends z.ZodType>(
  schema: T,
  content: unknown,
  file: string,
  guide: string,
  written = (path: readonly PropertyKey[]) => path,
): z.infer<T> {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const isUnknown = issue.code === "unrecognized_keys";
  const isMissing = issue.code === "invalid_type" && / received undefined$/.test(issue.message);
  const path = written([...issue.path, ...(isUnknown ? issue.keys.slice(0, 1) : [])]).join(".");
  const reason = isMissing ? "it is missing" : oneLine(issue.message);
  throw new ConfigInvalidError(file, path, isUnknown ? "there is no such field" : reason, `see ${guide}`);
}
