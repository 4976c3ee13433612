import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { ChildEndedError, ChildSilentError, NotReadyError, SpawnError, StoppingError } from "./errors.js";

const GUARD = fileURLToPath(new URL("guard.sh", import.meta.url));
const POLL_MS = 25;
const GRACE_MS = 3_000;
/** How many times a child is asked in vain before it counts as lost. */
const QUESTIONS = 4;
/** A broken connection to a child is often noticed a little before its end is. */
const NEWS_MS = 300;

/** How to start a child and when to call it ready. */
export interface ChildSpec {
  /** Names the child in messages and its log file. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  readonly uid?: number;
  readonly gid?: number;
  /** What the child takes as the wish to end. Default `SIGTERM`. */
  readonly stopSignal?: NodeJS.Signals;
  /** Polled until it holds; it may throw, which counts as not ready. Default: ready at once. */
  readonly ready?: (child: Child) => Promise<boolean>;
  /** Milliseconds. Default 20,000. */
  readonly readyTimeout?: number;
  /**
   * Asked again and again once the child is ready, each time until the signal is aborted: a child that runs and no longer
   * answers is lost, too.
   */
  readonly answers?: (signal: AbortSignal) => Promise<unknown>;
  /** How long a child may stay silent, milliseconds, about. Default 20,000. */
  readonly patience?: number;
}

/** A running child. */
export interface Child {
  readonly name: string;
  readonly pid: number;
  /** The file that holds what the child printed. */
  readonly log: string;
  /** What the child has printed so far. */
  output(): string;
  /** Settles when the child has ended, with its exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Ends the child and waits for it: its stop signal, then after three seconds SIGKILL. */
  stop(): Promise<void>;
}

/** True when a process, or any process of the group, is there. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function lastWords(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").at(-1) ?? "";
}

/**
 * The children of one run. Each has a process group of its own, so that ctrl-C in a terminal reaches this process alone
 * and children end in reverse order of their start. Should this process die without a chance to do so, a guard ends them.
 */
export class Processes {
  private readonly children: Child[] = [];
  private readonly endings: (() => Promise<void> | void)[] = [];
  private stopping: Promise<void> | undefined;
  private lose!: (error: ChildEndedError | ChildSilentError) => void;
  private readonly lost = new Promise<never>((_, reject) => (this.lose = reject));

  private constructor(
    private readonly logs: string,
    private readonly guard: ChildProcess,
  ) {
    this.lost.catch(() => {});
  }

  /**
   * Starts the guard of an empty set of children.
   * @param logs - folder for log files, made when missing
   * @throws SpawnError when there is no POSIX shell
   */
  static async open(logs: string): Promise<Processes> {
    await mkdir(logs, { recursive: true });
    const guard = spawn("sh", [GUARD], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
    try {
      await once(guard, "spawn");
    } catch (cause) {
      throw new SpawnError("The guard of child processes", "sh", { cause });
    }
    // Neither the guard nor the pipe to it keeps this process alive; a guard that is gone costs only the last resort.
    guard.unref();
    guard.stdin!.on("error", () => {});
    (guard.stdin as unknown as { unref(): void }).unref();
    return new Processes(logs, guard);
  }

  /**
   * Starts a child and waits until it is ready.
   * @throws SpawnError when the program can't be executed
   * @throws ChildEndedError when it ends before it is ready
   * @throws NotReadyError when it takes too long; the child is ended first
   * @throws StoppingError once the stop has begun
   */
  async start(spec: ChildSpec): Promise<Child> {
    if (this.stopping !== undefined) throw new StoppingError(spec.name);
    const log = join(this.logs, `${spec.name}.log`);
    const file = openSync(log, "w");
    const child = spawn(spec.command, spec.args, {
      cwd: spec.cwd,
      env: { ...process.env, ...spec.env },
      uid: spec.uid,
      gid: spec.gid,
      detached: true,
      stdio: ["ignore", file, file],
    });
    closeSync(file);
    // A pid is there at once or never; a child is known to the guard before anything else can happen.
    const running = child.pid === undefined ? undefined : this.adopt(child, child.pid, spec, log);
    try {
      await once(child, "spawn");
    } catch (cause) {
      throw new SpawnError(spec.name, spec.command, { cause });
    }
    await this.untilReady(running!, spec);
    if (spec.answers !== undefined) void this.watch(running!, spec.answers, spec.patience ?? 20_000);
    return running!;
  }

  /**
   * Awaits work that needs every child to stay up.
   * @throws ChildEndedError once one has ended unasked, even if the work failed first because of that
   * @throws ChildSilentError once one no longer answers
   */
  async whileUp<T>(work: Promise<T>): Promise<T> {
    try {
      return await Promise.race([work, this.lost]);
    } catch (error) {
      await Promise.race([this.lost, sleep(NEWS_MS)]);
      throw error;
    }
  }

  /**
   * Makes a temporary folder that goes away with the children, even when this process is killed.
   * @param base - the folder to make it in
   * @returns its absolute path
   * @throws StoppingError once the stop has begun
   */
  temporaryFolder(purpose: string, base = tmpdir()): string {
    if (this.stopping !== undefined) throw new StoppingError(purpose);
    const folder = mkdtempSync(join(base, `artel-${purpose}-`));
    this.guard.stdin!.write(`folder ${folder}\n`);
    this.onStop(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  /** Adds something to do at the stop; last added, first done, children and endings alike. */
  onStop(ending: () => Promise<void> | void): void {
    this.endings.push(ending);
  }

  /** Whether the stop has begun, so that failing children are no news. */
  get isStopping(): boolean {
    return this.stopping !== undefined;
  }

  /** Own pids, in order of start. */
  get pids(): readonly number[] {
    return this.children.map((child) => child.pid);
  }

  /** Ends every child, last started first, runs the endings, and lets the guard go. Safe to call again. */
  stopAll(): Promise<void> {
    this.stopping ??= this.stopInOrder();
    return this.stopping;
  }

  /**
   * From now on SIGINT, SIGTERM, SIGHUP and uncaught exceptions end this process only after all children.
   * @param report - told of an uncaught exception before the end
   */
  stopOnExit(report: (error: unknown) => void = console.error): void {
    const end = (exitCode: number) => void this.stopAll().finally(() => process.exit(exitCode));
    process.once("SIGINT", () => end(130));
    process.once("SIGTERM", () => end(143));
    process.once("SIGHUP", () => end(129));
    process.once("uncaughtException", (error) => {
      report(error);
      end(1);
    });
  }

  private adopt(child: ChildProcess, pid: number, spec: ChildSpec, log: string): Child {
    const signal = spec.stopSignal ?? "SIGTERM";
    this.guard.stdin!.write(`add ${signal.slice(3)} ${pid}\n`);
    let isAsked = false;
    const ended = once(child, "exit").then(([exitCode, by]: (number | NodeJS.Signals | null)[]) => {
      this.guard.stdin!.write(`gone ${pid}\n`);
      const status = exitCode ?? by;
      // A child without a sign of readiness is one that is expected to end.
      if (spec.ready !== undefined && !isAsked) this.lose(new ChildEndedError(spec.name, status, lastWords(log)));
      return status;
    });
    const kill = (by: NodeJS.Signals) => {
      try {
        process.kill(-pid, by);
      } catch {
        // The group has ended.
      }
    };
    const stop = async () => {
      isAsked = true;
      kill(signal);
      const graceful = await Promise.race([ended.then(() => true), sleep(GRACE_MS, false, { ref: false })]);
      if (!graceful || isAlive(-pid)) kill("SIGKILL");
      await ended;
    };
    const running: Child = { name: spec.name, pid, log, ended, stop, output: () => readFileSync(log, "utf8") };
    this.children.push(running);
    this.endings.push(stop);
    return running;
  }

  private async untilReady(child: Child, spec: ChildSpec): Promise<void> {
    let over: { status: number | NodeJS.Signals | null } | undefined;
    void child.ended.then((status) => (over = { status }));
    const patience = spec.readyTimeout ?? 20_000;
    const deadline = Date.now() + patience;
    for (;;) {
      if (over !== undefined) throw new ChildEndedError(child.name, over.status, lastWords(child.log));
      if (await (spec.ready?.(child) ?? Promise.resolve(true)).catch(() => false)) return;
      if (Date.now() > deadline) {
        await child.stop();
        throw new NotReadyError(child.name, patience, child.log);
      }
      await sleep(POLL_MS);
    }
  }

  private async watch(child: Child, ask: NonNullable<ChildSpec["answers"]>, patience: number): Promise<void> {
    let isOver = false;
    void child.ended.then(() => (isOver = true));
    const interval = patience / QUESTIONS;
    let unanswered = 0;
    while (!isOver && !this.isStopping) {
      // a question that stays without an answer has taken the interval up
      const next = sleep(interval, undefined, { ref: false });
      try {
        await ask(AbortSignal.timeout(interval));
        unanswered = 0;
      } catch {
        unanswered += 1;
      }
      // One is not enough: this process may have been too busy to read an answer that was there.
      if (unanswered === QUESTIONS) this.lose(new ChildSilentError(child.name, patience));
      await next;
    }
  }

  private async stopInOrder(): Promise<void> {
    for (let ending = this.endings.pop(); ending !== undefined; ending = this.endings.pop()) await ending();
    this.guard.ref();
    this.guard.stdin!.end();
    const { exitCode, signalCode } = this.guard;
    if (exitCode === null && signalCode === null) await once(this.guard, "exit");
  }
}
