import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

import { UnknownStageError } from "./errors.js";
import { exitOnFailure } from "./exit.js";

/** One part of the test command. */
interface Stage {
  readonly name: string;
  readonly command: readonly string[];
  /** Whether the last count is the sum of those before it. */
  readonly closesWithSum?: boolean;
}

/** How many tests there were. */
interface Count {
  readonly passed: number;
  readonly failed: number;
}

/** Stages of a lane run one after another, lanes side by side: hardly a stage keeps a second core busy. */
const LANES: readonly (readonly Stage[])[] = [
  [
    // the one stage that writes artifacts, and those that compile nothing after it
    { name: "contracts", command: ["npm", "run", "--silent", "test:contracts"], closesWithSum: true },
    { name: "gas", command: ["npm", "run", "--silent", "test:gas"] },
    { name: "commands", command: ["npm", "run", "--silent", "test:commands"] },
  ],
  [
    { name: "lint", command: ["npm", "run", "--silent", "lint"] },
    { name: "programs", command: ["npm", "run", "--silent", "test:programs"] },
    { name: "subgraph", command: ["npm", "run", "--silent", "test:subgraph"] },
    { name: "end to end", command: ["npm", "run", "--silent", "test:e2e"] },
  ],
];

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
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
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

async function runAll(stages: readonly Stage[]): Promise<Count[]> {
  const counts: Count[] = [];
  for (const stage of stages) counts.push(await run(stage));
  return counts;
}

async function main(): Promise<void> {
  const wanted = process.argv.slice(2);
  const names = LANES.flat().map(({ name }) => name);
  const unknown = wanted.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new UnknownStageError(unknown, names);
  const chosen = LANES.map((lane) => lane.filter(({ name }) => wanted.length === 0 || wanted.includes(name)));
  const counts = (await Promise.all(chosen.map(runAll))).flat();
  const sum = (key: keyof Count) => counts.reduce((total, count) => total + count[key], 0);
  const total = { passed: sum("passed"), failed: sum("failed") };
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed\n`);
  process.exitCode = total.failed === 0 ? 0 : 1;
}

await exitOnFailure(main);
