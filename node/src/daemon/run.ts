import { repeat } from "@artel/sdk/program";
import type { Logger } from "pino";

import type { Party } from "./party.js";

/**
 * Lets a party do its duty until the signal is aborted. A step that fails is tried again after pauses that double up to
 * a minute.
 */
export async function runParty(party: Party, pollMs: number, log: Logger, signal: AbortSignal): Promise<void> {
  const onFailure = (err: unknown, failures: number) =>
    log.warn({ err, account: party.account, failures }, "step failed; it will be tried again");
  await repeat(() => party.step(), { pollMs, signal, onFailure });
}
