import { setTimeout as sleep } from "node:timers/promises";

import type { Logger } from "pino";

import type { Party } from "./party.js";

/** Longest pause after repeated failures. */
const LONGEST_PAUSE_MS = 60_000;

/**
 * Lets a party do its duty until the signal is aborted. A step that throws (an endpoint that can't be reached, content
 * that can't be had) is tried again after a pause that doubles up to a minute.
 */
export async function runParty(party: Party, pollMs: number, log: Logger, signal: AbortSignal): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await party.step();
      failures = 0;
    } catch (error) {
      failures += 1;
      log.warn({ err: error, account: party.account, failures }, "step failed; it will be tried again");
    }
    const pause = Math.min(pollMs * 2 ** Math.min(failures, 20), Math.max(LONGEST_PAUSE_MS, pollMs));
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}
