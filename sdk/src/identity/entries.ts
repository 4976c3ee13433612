import { decodeName, PUBLISHED } from "./document.js";
import type { IdentityEvent } from "./history.js";

/** A delegate or an attribute of an identity, as its events name it. */
export type IdentityEntry = Exclude<IdentityEvent, { kind: "owner" }>;

/**
 * What a fragment of a document names: `delegate-3` a delegate or key, `service-1` a service.
 * @param history - oldest first, the whole of it: fragments count namings and revocations alike
 * @returns undefined if the history has no such entry
 */
export function findEntry(history: readonly IdentityEvent[], fragment: string): IdentityEntry | undefined {
  const counts = { delegate: 0, service: 0 };
  for (const event of history) {
    if (event.kind === "owner") continue;
    const section = event.kind === "delegate" ? "pub" : PUBLISHED.exec(decodeName(event.name))?.[1];
    if (section === undefined) continue;
    const kind = section === "pub" ? "delegate" : "service";
    counts[kind] += 1;
    if (fragment === `${kind}-${counts[kind]}`) return event;
  }
  return undefined;
}
