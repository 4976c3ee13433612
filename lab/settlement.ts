import {
  ABSENT,
  encodeVector,
  scoresCommitment,
  type CommitmentScope,
  type Manifest,
  type Panel as Seating,
  type WeightedUpdate,
} from "@artel/sdk/learning";

import type { Costs } from "./costs.js";

/** Cells that a panel aims at: 96 clients. */
export const PANEL_CELLS = 12;

/** Terms of a task in the laboratory. Amounts in the token's smallest unit. */
export interface LabTerms {
  /** Auditors on a panel. */
  readonly seats: number;
  /** Rounds in a pay period. */
  readonly periodRounds: number;
  /** What clients share in a period. */
  readonly periodPool: bigint;
  /** What a seat can earn in a round. */
  readonly seatPay: bigint;
  /** Distance from the median that is still accurate, in score units. */
  readonly epsilon: number;
  /** Sum of scores below which the negative one of a client leaves its updates out. */
  readonly exclusionScore: bigint;
  /** Sum of scores that the whole pool of a period takes. */
  readonly minimumScore: bigint;
}

/** A task to be opened. */
export interface LabTask extends LabTerms {
  readonly clients: number;
  readonly rounds: number;
  /** Model, weights of updates, and how they are combined. */
  readonly manifest: Manifest;
  /** The first global model. */
  readonly initial: Int32Array;
}

/** An update that a client commits to and reveals. */
export interface DeclaredUpdate {
  readonly id: number;
  readonly delta: Int32Array;
  /** Declared number of examples. */
  readonly samples: number;
}

/** Who scores whom in a round. */
export interface Panel {
  /** Ids of its clients. */
  readonly clients: readonly number[];
  /** Accounts of its auditors, by seat. */
  readonly auditors: readonly string[];
}

/** What is public once all updates are revealed. */
export interface Draw {
  /** Ids of the clients whose updates were revealed and not struck, ascending. */
  readonly revealed: readonly number[];
  /** Those of them whose update somebody sent in an earlier round: auditors find it absent. */
  readonly copies: readonly number[];
  /** Randomness that nobody knew before. */
  readonly seed: string;
  readonly panels: readonly Panel[];
  /** Balances that the round begins with, by client id. */
  readonly balances: readonly number[];
}

/** A vector of scores and the secret of its commitment. */
export interface ScoresOpening {
  /** Account of the auditor. */
  readonly auditor: string;
  /** Score by client id; of clients outside the auditor's panel it is not read. */
  readonly scores: Int16Array;
  /** bytes16. */
  readonly salt: string;
}

/** What the panels said. */
export interface SettledRound {
  /** By client id. */
  readonly medians: Int16Array;
  /** Ids of the clients whose updates belong into the aggregate, ascending. */
  readonly included: readonly number[];
}

/** What was earned in the end. */
export interface Payout {
  /** By client id. */
  readonly clients: readonly bigint[];
  /** By account. */
  readonly auditors: ReadonlyMap<string, bigint>;
  /** Gas by client id, and what the task cost all its parties; undefined where there is no chain. */
  readonly gas?: readonly number[];
  readonly costs?: Costs;
}

/**
 * The referee of a task: takes what parties send in the order of the protocol, and decides what follows from it. The
 * laboratory asks nothing else of it, so that the reference rules and contracts on a chain can take each other's place.
 */
export interface Settlement {
  /** Accounts of the auditors, once the task is open: one more than a panel has seats. */
  readonly auditors: readonly string[];
  /** Opens the task; its terms never change. */
  open(task: LabTask): Promise<void>;
  /** Takes the updates of a round, in the order of their commitments, and draws panels. */
  reveal(round: number, updates: readonly DeclaredUpdate[]): Promise<Draw>;
  /** What an auditor on a panel of the round commits to. */
  commitmentTo(round: number, opening: ScoresOpening): string;
  /** Takes an auditor's commitment to its vector; false if there is too little stake left behind its seat. */
  commitScores(round: number, auditor: string, commitment: string): Promise<boolean>;
  /** Takes the opening of it; false if it opens nothing. */
  revealScores(round: number, opening: ScoresOpening): Promise<boolean>;
  /** Takes medians, credits clients and auditors. */
  settle(round: number): Promise<SettledRound>;
  /**
   * Ends the round with the next global model.
   *
   * @param kept - the updates that belong into it
   */
  aggregate(round: number, kept: readonly WeightedUpdate[]): Promise<Int32Array>;
  /** Pays everybody, once the last round has ended. */
  pay(): Promise<Payout>;
}

/** Scores as the contract takes them, of the auditor with an id. */
export function vectorOf(panels: readonly Seating[], auditor: number, scores: Int16Array): Uint8Array {
  const panel = panels.find(({ auditors }) => auditors.includes(auditor))!;
  const largest = Math.max(...panels.map(({ cells }) => cells.length));
  return encodeVector(panel, (client) => scores[client] ?? ABSENT, Math.ceil(largest / 2) * 32);
}

/** The commitment of the auditor with an id. */
export function vectorCommitment(
  scope: CommitmentScope,
  panels: readonly Seating[],
  id: number,
  { auditor, scores, salt }: ScoresOpening,
): string {
  return scoresCommitment(scope, auditor, salt, vectorOf(panels, id, scores));
}
