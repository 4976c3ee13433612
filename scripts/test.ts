import { spawn } from "node:child_process";
import { once } from "node:events";

import { UnknownStageError } from "./errors.js";
import { exitOnFailure } from "./exit.js";

/** One part of the test command. */
interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether the last count is the sum of those before it. */
  readonly closesWithSum?: boolean;
}

const STAGES: readonly Stage[] = [
  { name: "lint", command: ["npm", "run", "--silent", "lint"] },
  { name: "contracts", command: ["npm", "run", "--silent", "test:contracts"], closesWithSum: true },
  { name: "gas", command: ["npm", "run", "--silent", "test:gas"] },
  { name: "programs", command: ["npm", "run", "--silent", "test:programs"] },
  { name: "subgraph", command: ["npm", "run", "--silent", "test:subgraph"] },
  { name: "end to end", command: ["npm", "run", "--silent", "test:e2e"] },
];

/** Colour codes, which some runners print even into a pipe. */
const COLOURS = /\u001b\[[0-9;]*m/g;

/** What the runners of a stage say they counted: "12 passing" (mocha, Hardhat), "12 passed" (graph-node's). */
function countTests(output: string, closesWithSum: boolean): { passed: number; failed: number } {
  const text = output.replace(COLOURS, "");
  const count = (pattern: RegExp) => {
    const counts = [...text.matchAll(pattern)].map(([, number]) => Number(number));
    return closesWithSum ? (counts.at(-1) ?? 0) : counts.reduce((total, number) => total + number, 0);
  };
  return {
    passed: count(/^\s*(\d+) pass(?:ing|ed)\b/gm),
    failed: count(/^\s*(?:\d+ passed, )?(\d+) fail(?:ing|ed)\b/gm),
  };
}

async function run({ name, command, closesWithSum }: Stage): Promise<{ passed: number; failed: number }> {
  const started = Date.now();
  process.stdout.write(`\n== ${name}\n`);
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => {
    output += chunk.toString();
    process.stdout.write(chunk);
  });
  const [code] = (await once(child, "close")) as [number | null];
  const { passed, failed } = countTests(output, closesWithSum ?? false);
  process.stdout.write(`== ${name}: ${((Date.now() - started) / 1000).toFixed(0)} s, exit code ${code}\n`);
  if (code === 0) return { passed: Math.max(passed, 1), failed };
  return { passed, failed: Math.max(failed, 1) };
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const names = STAGES.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UnknownStageError(unknown, names);
  const total = { passed: 0, failed: 0 };
  for (const stage of STAGES.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    const { passed, failed } = await run(stage);
    total.passed += passed;
    total.failed += failed;
  }
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await exitOnFailure(main);
