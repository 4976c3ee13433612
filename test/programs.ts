import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { isRunning } from "./localnet/helpers.js";

/** Marks everything that a program under test starts, however far down. */
const MARK = "ARTEL_TEST_RUN";

/** How a program ended. */
export interface Outcome {
  /** Exit code, or the signal that ended it. */
  readonly status: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program under test. */
export interface Launched {
  readonly pid: number;
  readonly ended: Promise<Outcome>;
  kill(signal: NodeJS.Signals): void;
  /** What it has printed on standard output so far. */
  stdout(): string;
  /** Processes it has started that run, the program itself included: names by pid. */
  family(): Map<number, string>;
}

/** How to start a program besides its arguments. */
export interface LaunchOptions {
  /** Added to the environment; undefined takes a variable out of it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** A command, with arguments, that runs the command line appended to it. */
  readonly under?: readonly string[];
}

/** Starts a script of this repository as a user does. */
export function launch(script: string, args: readonly string[], { env, under = [] }: LaunchOptions = {}): Launched {
  const mark = randomUUID();
  const file = fileURLToPath(new URL(`../${script}`, import.meta.url));
  const [command, ...rest] = [...under, process.execPath, "--import", "tsx", file, ...args];
  const child = spawn(command, rest, {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    env: { ...process.env, ...env, [MARK]: mark },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = once(child, "close").then(([code, signal]: (number | NodeJS.Signals)[]) => {
    running.delete(child);
    return { status: code ?? signal, stdout, stderr };
  });
  running.add(child);
  return {
    // A spawned process has a pid.
    pid: child.pid!,
    ended,
    kill: (signal) => void child.kill(signal),
    stdout: () => stdout,
    family: () => processesMarked(`${MARK}=${mark}`),
  };
}

// What a failed test leaves running ends with it.
const running = new Set<ChildProcess>();
afterEach(() => {
  for (const child of running) child.kill();
});

function processesMarked(mark: string): Map<number, string> {
  const marked = new Map<number, string>();
  for (const entry of readdirSync("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      const isMarked = readFileSync(`/proc/${entry}/environ`, "utf8").split("\0").includes(mark);
      if (isMarked && isRunning(Number(entry)))
        marked.set(Number(entry), readFileSync(`/proc/${entry}/comm`, "utf8").trim());
    } catch {
      // It has ended, or belongs to somebody else.
    }
  }
  return marked;
}
