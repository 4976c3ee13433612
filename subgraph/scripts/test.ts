import { fileURLToPath } from "node:url";

import { Processes, startPostgres } from "../../localnet/index.js";
import { program } from "../../localnet/programs.js";
import { compile } from "./compile.js";

/** Runs the unit tests of the mappings: graph-node's own runner on the build, with a private Postgres. */
async function main(files: readonly string[]): Promise<void> {
  const here = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));
  await compile();
  const processes = await Processes.open(here("../.artel/logs/subgraph"));
  try {
    const postgres = await startPostgres(processes);
    const tests = await processes.start({
      name: "subgraph-tests",
      command: program("gnd"),
      args: ["test", "--skip-build", "--postgres-url", postgres.url, ...files],
      cwd: here("."),
    });
    process.exitCode = (await tests.ended) === 0 ? 0 : 1;
    // The count stands at the start of its line, where a program that adds tests up looks for it.
    console.log(tests.output().replace("Tests: ", ""));
  } finally {
    await processes.stopAll();
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
