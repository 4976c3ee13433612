import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { UnknownStageError } from "./errors.js";
import { exitOnFailure } from "./exit.js";

/** One part of the test command. */
interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Name of the stage that has to have ended before, if it is run too. */
  readonly after?: string;
  /** Whether the last count is the sum of those before it. */
  readonly closesWithSum?: boolean;
}

/** How many tests there were. */
interface Count {
  readonly passed: number;
  readonly failed: number;
}

const script = (name: string) => ["npm", "run", "--silent", name];

/** In the order in which lanes take them: what can wait for no other first, and of those what takes long. */
const STAGES: readonly Stage[] = [
  // the one stage that writes artifacts
  { name: "contracts", command: script("test:contracts"), closesWithSum: true },
  // the answer that one wants first
  { name: "lint", command: script("lint") },
  { name: "end to end", command: script("test:e2e") },
  { name: "commands", command: script("test:commands") },
  { name: "gas", command: script("test:gas"), after: "contracts" },
  { name: "deployment", command: script("test:deployment") },
  { name: "programs", command: script("test:programs") },
  { name: "subgraph", command: script("test:subgraph") },
];

/** Stages that run side by side: hardly one keeps a second core busy. */
const LANES = 2;

/** What every stage has in its environment. */
const ENVIRONMENT = {
  // The types of the contracts were written before the tests; no stage writes them while another reads them.
  HARDHAT_NO_TYPECHAIN: "true",
  // Hundreds of programs are started from the same files: compiled code is kept for the next.
  NODE_COMPILE_CACHE: fileURLToPath(new URL("../node_modules/.cache/compile", import.meta.url)),
};

/** Colour codes, which some runners print even into a pipe. */
const COLOURS = /\u001b\[[0-9;]*m/g;

/** What the runners of a stage say they counted: "12 passing" (mocha, Hardhat), "12 passed" (graph-node's). */
function countTests(output: string, closesWithSum: boolean): Count {
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

async function run({ name, command, closesWithSum }: Stage): Promise<Count> {
  const started = Date.now();
  const say = (text: string) => process.stdout.write(`[${name}] ${text}\n`);
  const [program, ...args] = command;
  const env = { ...process.env, ...ENVIRONMENT };
  const child = spawn(program, args, { env, stdio: ["ignore", "pipe", "pipe"] });
  const output: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    output.push(line);
    say(line);
  });
  createInterface({ input: child.stderr }).on("line", say);
  const [code] = (await once(child, "close")) as [number | null];
  const { passed, failed } = countTests(output.join("\n"), closesWithSum ?? false);
  say(`${((Date.now() - started) / 1000).toFixed(0)} s, exit code ${code}`);
  if (code === 0) return { passed: Math.max(passed, 1), failed };
  return { passed, failed: Math.max(failed, 1) };
}

/** Runs stages in lanes, each of which takes the next stage that waits for no other. */
async function runAll(stages: readonly Stage[]): Promise<Count[]> {
  const counts: Count[] = [];
  const waiting = [...stages];
  const open = new Set(stages.map(({ name }) => name));
  const lane = async () => {
    for (;;) {
      const next = waiting.findIndex(({ after }) => after === undefined || !open.has(after));
      // what is left waits for a stage of another lane, which takes it then
      if (next === -1) return;
      const [stage] = waiting.splice(next, 1);
      counts.push(await run(stage));
      open.delete(stage.name);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return counts;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const names = STAGES.map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UnknownStageError(unknown, names);
  const counts = await runAll(STAGES.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
  const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
  const total = { passed: sum("passed"), failed: sum("failed") };
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await exitOnFailure(main);
