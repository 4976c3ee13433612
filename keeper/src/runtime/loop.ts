import { setTimeout as sleep } from "node:timers/promises";

import type { Logger } from "pino";

import type { KeeperTask } from "./task.js";

/** How a task of the keeper is doing. */
export interface TaskHealth {
  /** Failures since the last success. */
  failures: number;
  /** When the task last ended well, in milliseconds since 1970; undefined if it never did. */
  succeededAt?: number;
  /** Message of the last failure. */
  lastError?: string;
  /** Transactions sent since the start. */
  sent: number;
}

/** Longest pause after repeated failures. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Runs tasks for ever, each on its own clock, until the signal is aborted. A task that throws (an unreachable
 * endpoint, a refused transaction) is tried again after a pause that doubles up to a minute; the others go on.
 */
export class KeeperLoop {
  readonly health = new Map<string, TaskHealth>();

  constructor(
    private readonly tasks: readonly KeeperTask[],
    private readonly pollMs: number,
    private readonly log: Logger,
  ) {
    for (const task of tasks) this.health.set(task.name, { failures: 0, sent: 0 });
  }

  /** Whether every task succeeded within the last `withinMs` milliseconds. */
  isHealthy(withinMs: number, now = Date.now()): boolean {
    return [...this.health.values()].every(
      (task) => task.succeededAt !== undefined && now - task.succeededAt < withinMs,
    );
  }

  /** Resolves once the signal is aborted and every task has finished its turn. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.tasks.map((task) => this.repeat(task, signal)));
  }

  private async repeat(task: KeeperTask, signal: AbortSignal): Promise<void> {
    const health = this.health.get(task.name)!;
    const log = this.log.child({ task: task.name });
    while (!signal.aborted) {
      try {
        health.sent += await task.run(log);
        health.failures = 0;
        health.succeededAt = Date.now();
      } catch (error) {
        health.failures += 1;
        health.lastError = error instanceof Error ? error.message : String(error);
        log.warn({ err: error, failures: health.failures }, "upkeep failed; it will be tried again");
      }
      const pause = Math.min(this.pollMs * 2 ** Math.min(health.failures, 20), Math.max(LONGEST_PAUSE_MS, this.pollMs));
      await sleep(pause, undefined, { signal }).catch(() => {});
    }
  }
}
