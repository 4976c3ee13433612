import type { CommitmentScope, ScoresOpening } from "@artel/sdk/learning";

/** Terms of a task in the laboratory. Amounts in the token's smallest unit. */
export interface LabTerms {
  readonly clients: number;
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

/** An update that a client commits to and reveals. */
export interface DeclaredUpdate {
  readonly id: number;
  readonly delta: Int32Array;
  /** Declared number of examples. */
  readonly samples: bigint;
  /** Declared norm in quantised units. */
  readonly norm: bigint;
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
  /** Ids of the clients whose updates count. */
  readonly revealed: readonly number[];
  /** Randomness that nobody knew before. */
  readonly seed: string;
  readonly panels: readonly Panel[];
}

/** What the panels said. */
export interface SettledRound {
  /** By client id. */
  readonly medians: Int16Array;
  /** Ids of the clients whose updates belong into the aggregate. */
  readonly included: readonly number[];
}

/** What was earned in the end. */
export interface Payout {
  readonly clients: readonly bigint[];
  /** By account. */
  readonly auditors: ReadonlyMap<string, bigint>;
}

/**
 * The referee of a task: takes what parties send in the order of the protocol, and decides what follows from it. The
 * laboratory asks nothing else of it, so that the reference rules and contracts on a chain can take each other's place.
 */
export interface Settlement {
  /** Opens the task; its terms never change. */
  open(terms: LabTerms): Promise<void>;
  /** Chain, contract, task and round that commitments are bound to. */
  scope(round: number): CommitmentScope;
  /** Takes the updates of a round, in the order of their commitments, and draws panels. */
  reveal(round: number, updates: readonly DeclaredUpdate[]): Promise<Draw>;
  /** Takes an auditor's commitment to its vector. */
  commitScores(round: number, auditor: string, commitment: string): Promise<void>;
  /** Takes the opening of it; false if it opens nothing. */
  revealScores(round: number, opening: ScoresOpening): Promise<boolean>;
  /** Takes medians, credits clients and auditors. */
  settle(round: number): Promise<SettledRound>;
  /** Takes the next global model, and ends the round. */
  aggregate(round: number, model: Int32Array): Promise<void>;
  /** Pays everybody, once the last round has ended. */
  pay(): Promise<Payout>;
}
