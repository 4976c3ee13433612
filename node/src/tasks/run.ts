import { repeat } from "@artel/sdk/program";
import type { Logger } from "pino";

/** Who does its duty step by step. */
export interface Stepping {
  readonly account: string;
  /** Does what is due now and was not done. Safe to repeat. */
  step(): Promise<boolean>;
}

/**
 * Does two duties of a party; the second has its turn even if the first fails.
 *
 * @returns whether a transaction was sent
 */
export async function bothOf(first: () => Promise<boolean>, second: () => Promise<boolean>): Promise<boolean> {
  let sent = false;
  try {
    sent = await first();
  } finally {
    sent = (await second()) || sent;
  }
  return sent;
}

/**
 * Lets a party do its duty until the signal is aborted. A step that fails is tried again after pauses that double up to
 * a minute.
 */
export async function runParty(party: Stepping, pollMs: number, log: Logger, signal: AbortSignal): Promise<void> {
  const onFailure = (err: unknown, failures: number) =>
    log.warn({ err, account: party.account, failures }, "step failed; it will be tried again");
  await repeat(() => party.step(), { pollMs, signal, onFailure });
}
