import { repeat } from "@artel/sdk/program";
import type { Logger } from "pino";

import type { KeeperTask } from "./task.js";

/**
 * Runs tasks for ever, each on its own clock, until the signal is aborted. One that fails is tried again after pauses
 * that double up to a minute; the others go on.
 */
export async function runTasks(
  tasks: readonly KeeperTask[],
  pollMs: number,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const run = (task: KeeperTask) => {
    const own = log.child({ task: task.name });
    const onFailure = (err: unknown, failures: number) =>
      own.warn({ err, failures }, "upkeep failed; it will be tried again");
    return repeat(() => task.run(own), { pollMs, signal, onFailure });
  };
  await Promise.all(tasks.map(run));
}
