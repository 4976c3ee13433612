import type { ILearning, Phase } from "@artel/sdk";
import { dataSlice } from "ethers";

import { CommittingParty, type CommittingContext } from "../committingParty.js";
import type { Opening } from "./journal.js";
import type { TaskState, TaskView } from "./taskView.js";

/** What a party of a task works with. */
export interface PartyContext extends CommittingContext<TaskState> {
  readonly view: TaskView;
  /** The contract, connected to the party's own signer. */
  readonly tasks: ILearning;
}

/** A party of a task of `LearningTasks`. */
export abstract class Party extends CommittingParty<TaskState, PartyContext> {
  /**
   * @param role - name of the role in records and logs
   * @param commitPhase - the phase in which the role commits
   * @param revealPhase - the phase in which it reveals
   */
  protected constructor(context: PartyContext, role: string, commitPhase: Phase, revealPhase: Phase) {
    super(context, role, commitPhase, revealPhase, SETTLED_REVERTS);
  }
}

/** The secret of an opening as the contract has it: bytes16. */
export function saltOf({ salt }: Opening): string {
  return dataSlice(salt, 0, 16);
}

/** Errors that say: this was done before, its time has passed, or it is not the party's to do any more. */
export const SETTLED_REVERTS: ReadonlySet<string> = new Set([
  "LearningTasks_AlreadyCommitted",
  "LearningTasks_AlreadyRevealed",
  "LearningTasks_CommitmentMismatch",
  "LearningTasks_Excluded",
  "LearningTasks_NoConsent",
  "LearningTasks_NotRevealed",
  "LearningTasks_TooLittleStake",
  "LearningTasks_WrapsTooLate",
  "LearningTasks_WrongPhase",
  "LearningAnswers_AlreadyDemanded",
  "LearningAnswers_NotDemanded",
  "LearningAnswers_NotStanding",
  "LearningAnswers_NothingScored",
  "LearningAnswers_TooLate",
  "LearningAppeals_AlreadyAppealed",
  "LearningAppeals_NotAppealed",
  "LearningAppeals_WrongTime",
  "PrivacyLedger_AboveCap",
  "PrivacyLedger_NoConsent",
]);
