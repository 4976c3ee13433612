import { setTimeout as sleep } from "node:timers/promises";

import { SeasonStalledError } from "./errors.js";

const PATIENCE_SECONDS = 120;
const POLL_MS = 50;

/**
 * Looks again and again until something holds.
 *
 * @param what - completes the sentence "waited until ..."
 * @throws SeasonStalledError after two minutes
 */
export async function until(what: string, logs: string, holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_SECONDS * 1000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new SeasonStalledError(what, PATIENCE_SECONDS, logs);
    await sleep(POLL_MS);
  }
}
