import {
  createRandom,
  scoresCommitment,
  encodeScores,
  type CommitmentScope,
  type ScoresOpening,
} from "@artel/sdk/learning";
import { id } from "ethers";

/** What an auditor can see and do in a round. */
export interface AuditView {
  /** Round, from 0. */
  readonly round: number;
  readonly scope: CommitmentScope;
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
    scores: encodeScores(score(view)),
    salt: id(`${view.account} ${view.round}`),
  });
  return { name, commit: (view) => scoresCommitment(view.scope, opening(view)), reveal: opening };
}

/** A stream of an auditor and round. */
export function randomOf({ account, round }: AuditView) {
  return createRandom("auditor", account, round);
}
