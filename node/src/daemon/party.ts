import type { ILearningRounds, Phase } from "@artel/sdk";

import { CommittingParty, type CommittingContext } from "../committingParty.js";
import type { TaskView } from "./taskView.js";

/** The running round as `roundState` tells it. */
export type RoundState = ILearningRounds.RoundStateStructOutput;

/** What a party of a learning task works with. */
export interface PartyContext extends CommittingContext<RoundState> {
  readonly view: TaskView;
  /** The contract, connected to the party's own signer. */
  readonly rounds: ILearningRounds;
}

/** A party of a task of `LearningRounds`. */
export abstract class Party extends CommittingParty<RoundState, PartyContext> {
  /**
   * @param role - name of the role in records and logs
   * @param commitPhase - the phase in which the role commits
   * @param revealPhase - the phase in which it reveals
   */
  protected constructor(context: PartyContext, role: string, commitPhase: Phase, revealPhase: Phase) {
    super(context, role, commitPhase, revealPhase, SETTLED_REVERTS);
  }
}

/** Errors that say: this was done before, its time has passed, or consent to it is over. */
const SETTLED_REVERTS = new Set([
  "LearningRounds_AlreadyCommitted",
  "LearningRounds_AlreadyRevealed",
  "LearningRounds_CommitmentMismatch",
  "LearningRounds_NoConsent",
  "LearningRounds_WrongPhase",
]);
