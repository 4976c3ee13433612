import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { z } from "zod";

import { program } from "../../localnet/programs.js";
import { ArtelError } from "../../sdk/src/errors.js";
import { prepare } from "./prepare.js";

const run = promisify(execFile);
const HERE = fileURLToPath(new URL("../", import.meta.url));
const STAMP = join(HERE, "build", "inputs.sha256");

/** What a command that failed had said, if it came to run. */
const Output = z.object({ stdout: z.string().default(""), stderr: z.string().default("") });

/** graph-cli could not make the build. */
export class SubgraphCompileError extends ArtelError {
  readonly code = "subgraph/compile";
  constructor(step: string, output: string, options: ErrorOptions) {
    super(`graph ${step} failed`, step, `mend what it said:\n${output}`, options);
  }
}

/** Hash of everything that a build follows from. */
async function inputs(): Promise<string> {
  const folders = ["abis", "src"];
  const listed = await Promise.all(
    folders.map(async (folder) => (await readdir(join(HERE, folder))).map((name) => join(folder, name))),
  );
  const hash = createHash("sha256");
  for (const file of ["package.json", "schema.graphql", "subgraph.yaml", ...listed.flat().sort()]) {
    const content = await readFile(join(HERE, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest("hex");
}

async function graph(step: "codegen" | "build"): Promise<void> {
  try {
    await run(program("graph"), [step, "--skip-migrations"], { cwd: HERE, maxBuffer: 1 << 26 });
  } catch (cause) {
    const { stdout, stderr } = Output.parse(cause);
    throw new SubgraphCompileError(step, `${stdout}${stderr}`.trim(), { cause });
  }
}

/**
 * Brings `build/` up to date with the compiled contracts, schema and mappings; does nothing if it is.
 * @throws InputMissingError, InputInvalidError, EventsDifferError, SubgraphCompileError
 */
export async function compile(): Promise<void> {
  await prepare();
  const current = await inputs();
  const built = await readFile(STAMP, "utf8").catch(() => "");
  if (built === current) return;
  await graph("codegen");
  await graph("build");
  await writeFile(STAMP, current);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  compile().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  });
}
