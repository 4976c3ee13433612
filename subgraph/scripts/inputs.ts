import { readFile } from "node:fs/promises";

import { parse } from "yaml";
import { z } from "zod";

import { ArtelError } from "../../sdk/src/errors.js";

const Source = z.looseObject({
  name: z.string(),
  network: z.string(),
  mapping: z.looseObject({ eventHandlers: z.array(z.looseObject({ event: z.string() })) }),
});

/** A data source as `subgraph.yaml` lists it, as far as it matters here. */
export type Source = z.infer<typeof Source>;

/** `subgraph.yaml`, as far as it matters here; the rest is kept. */
export const Manifest = z.looseObject({
  dataSources: z.array(
    Source.extend({ source: z.looseObject({ address: z.string(), startBlock: z.int().nonnegative() }) }),
  ),
  templates: z.array(Source),
});

const AbiEvent = z.looseObject({
  type: z.literal("event"),
  name: z.string(),
  inputs: z.array(z.looseObject({ type: z.string(), indexed: z.boolean() })),
});

/** An event as an ABI lists it, as far as it matters here. */
export type AbiEvent = z.infer<typeof AbiEvent>;

/** The events in the artifact of a compiled contract. */
export const ArtifactEvents = z
  .looseObject({ abi: z.array(z.looseObject({ type: z.string() })) })
  .transform(({ abi }) => abi.filter(({ type }) => type === "event"))
  .pipe(z.array(AbiEvent));

/** `networks.json`, which `graph deploy --network` reads. */
export const Networks = z.record(
  z.string(),
  z.record(z.string(), z.strictObject({ address: z.string(), startBlock: z.int().nonnegative() })),
);
export type Networks = z.infer<typeof Networks>;

/** A file that an earlier step writes can't be read. */
export class InputMissingError extends ArtelError {
  readonly code = "subgraph/input-missing";
  constructor(file: string, step: string, options: ErrorOptions) {
    super(`${file} can't be read`, file, `run ${step} first`, options);
  }
}

/** A file is not what it should be. */
export class InputInvalidError extends ArtelError {
  readonly code = "subgraph/input-invalid";
  constructor(
    file: string,
    readonly issues: readonly string[],
  ) {
    super(`${file} is not valid (${issues.join("; ")})`, file, "correct it, or write it again");
  }
}

/**
 * Reads a file.
 * @param step - what writes it
 * @throws InputMissingError
 */
export async function readInput(file: string, step: string): Promise<string> {
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new InputMissingError(file, step, { cause });
  });
}

/**
 * What a file in YAML or JSON, which is YAML too, holds.
 * @param text - its content
 * @throws InputInvalidError naming what is wrong
 */
export function parseInput<T>(schema: z.ZodType<T>, file: string, text: string): T {
  let content: unknown;
  try {
    content = parse(text);
  } catch (error) {
    throw new InputInvalidError(file, [String(error).split("\n")[0]]);
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  throw new InputInvalidError(
    file,
    result.error.issues.map(({ path, message }) => `${path.join(".")} ${message}`.trim()),
  );
}
