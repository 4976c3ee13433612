import { setTimeout as sleep } from "node:timers/promises";

/** Longest pause after repeated failures. */
const LONGEST_PAUSE_MS = 60_000;

/** How to repeat. */
export interface Repetition {
  /** Milliseconds between two turns. */
  readonly pollMs: number;
  /** Ends it once aborted. */
  readonly signal: AbortSignal;
  /** Told of every failure, with the number of failures since the last success. */
  readonly onFailure: (error: unknown, failures: number) => void;
}

/**
 * Takes turns until the signal is aborted. A turn that throws (an endpoint that can't be reached, a refused transaction)
 * is tried again after a pause that doubles up to a minute. Resolves once the running turn has finished.
 */
export async function repeat(turn: () => Promise<unknown>, { pollMs, signal, onFailure }: Repetition): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      await turn();
      failures = 0;
    } catch (error) {
      failures += 1;
      onFailure(error, failures);
    }
    const pause = Math.min(pollMs * 2 ** Math.min(failures, 20), Math.max(LONGEST_PAUSE_MS, pollMs));
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
}
