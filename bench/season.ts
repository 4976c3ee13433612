/**
 * A season with default flags, measured: time, memory of all processes together, accuracy, and gas by role.
 *
 *   npm run bench
 *
 * Writes bench/results/season.json; docs/performance.md quotes it.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const folder = mkdtempSync(join(tmpdir(), "artel-bench-"));
try {
  const script = fileURLToPath(new URL("../scripts/season.ts", import.meta.url));
  const args = ["--import=tsx", script, "--json", "--folder", folder, ...process.argv.slice(2)];
  const started = Date.now();
  const { stdout, status } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) throw new Error(`The season ended with exit code ${status}.`);
  const season = JSON.parse(stdout.trim().split("\n").at(-1)!);
  const results = {
    about:
      "npm run bench: a season with default flags; seconds of wall clock, start and end of all processes included.",
    processors: cpus().length,
    processor: cpus()[0].model,
    node: process.version,
    seconds: (Date.now() - started) / 1000,
    peakMemoryMiB: season.peakMemoryMiB,
    accuracyByRound: season.accuracyByRound,
    gasByRole: season.gasByRole,
    entities: season.subgraph.entities,
  };
  const place = fileURLToPath(new URL("results/", import.meta.url));
  mkdirSync(place, { recursive: true });
  writeFileSync(join(place, "season.json"), `${JSON.stringify(results, undefined, 2)}\n`);
  process.stdout.write(
    `${results.seconds.toFixed(1)} s, ${results.peakMemoryMiB} MiB, ${results.accuracyByRound.at(-1)}\n`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
