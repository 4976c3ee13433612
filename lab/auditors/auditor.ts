import { createRandom } from "@artel/sdk/learning";
import { dataSlice, id } from "ethers";

import type { ScoresOpening } from "../settlement.js";

/** What an auditor can see and do in a round. */
export interface AuditView {
  /** Round, from 0. */
  readonly round: number;
  /** Account of the auditor. */
  readonly account: string;
  /** Number of client ids. */
  readonly clients: number;
  /** Medians of the last round; undefined in the first. */
  readonly lastMedians?: Int16Array;
  /** Commitments that others of the panel sent before. */
  readonly commitments: readonly string[];
  /** Openings that others of the panel sent before. */
  readonly openings: readonly ScoresOpening[];
  /** Does the work. */
  work(): Int16Array;
  /** What has to be sent to be able to open these scores. */
  commitmentTo(opening: ScoresOpening): string;
}

/** A way to sit on a panel. */
export interface Auditor {
  readonly name: string;
  commit(view: AuditView): string;
  /** Opens the commitment; undefined for silence. */
  reveal(view: AuditView): ScoresOpening | undefined;
}

/** An auditor who scores in some way of its own, and keeps to the protocol otherwise. */
export function scoring(name: string, score: (view: AuditView) => Int16Array): Auditor {
  const opening = (view: AuditView): ScoresOpening => ({
    auditor: view.account,
    scores: score(view),
    salt: dataSlice(id(`${view.account} ${view.round}`), 0, 16),
  });
  return { name, commit: (view) => view.commitmentTo(opening(view)), reveal: opening };
}

/** A stream of an auditor and round. */
export function randomOf({ account, round }: AuditView) {
  return createRandom("auditor", account, round);
}
