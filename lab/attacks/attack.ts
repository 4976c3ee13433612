import type { Examples } from "@artel/node";
import type { Random } from "@artel/sdk/learning";

/** What everybody can see when updates are due. */
export interface PublicView {
  /** Round, from 0. */
  readonly round: number;
  /** The global model, quantised. */
  readonly global: Int32Array;
  /** The step that led to it; undefined before the first. */
  readonly lastStep?: Int32Array;
  /** The best update of the last round by its median, if the task is open: a sealed one shows it to nobody. */
  readonly bestUpdate?: Int32Array;
}

/** A client in the attacker's hands, and its work. */
export interface Member {
  readonly id: number;
  /** Examples of its own. */
  readonly examples: Examples;
  /** Trains from the global model; returns the quantised difference to it. */
  train(examples: Examples): Int32Array;
  /** A stream of the member and round. */
  readonly random: Random;
}

/** What a client sends. */
export interface Submission {
  readonly delta: Int32Array;
  /** Declared number of examples. */
  readonly samples: number;
}

/**
 * What an attack must not bring: `idle` ones do no useful work and may earn a twentieth of an equal share, `greedy` ones
 * take part, want more than their work is worth, and may earn a twentieth more than it. What the rules of pay alone do not
 * stop is `measured`.
 */
export type Aim = "idle" | "greedy" | "measured";

/** A way to be paid for something else than honest work. */
export interface Attack {
  /** Name in tables; that of its module. */
  readonly name: string;
  readonly aim: Aim;
  /** Members that it takes: one person has one client each. */
  readonly members: number;
  /** Whether all its updates come of the first member's examples, with whose honest pay theirs is compared then. */
  readonly ofTheFirst?: boolean;
  /** What each member sends in a round; undefined for nothing. */
  act(view: PublicView, members: readonly Member[]): readonly (Submission | undefined)[];
}
