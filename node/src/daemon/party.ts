import { isError, type ContractTransactionResponse } from "ethers";
import { revertOf, type ILearningRounds } from "@artel/sdk";
import type { CommitmentScope } from "@artel/sdk/learning";
import type { Logger } from "pino";

import type { TaskView } from "./taskView.js";

/** What the daemons of all roles have: a view of the task and an account of their own. */
export interface PartyContext {
  readonly view: TaskView;
  /** The contract, connected to the party's own signer. */
  readonly rounds: ILearningRounds;
  /** The party's account. */
  readonly account: string;
  readonly chainId: bigint;
  readonly log: Logger;
}

/** A party of a learning task: does what its role owes in the phase of the moment. */
export interface Party {
  readonly account: string;
  /**
   * Does what is due now and was not done. Safe to repeat, also after a crash.
   *
   * @returns whether it sent a transaction
   */
  step(): Promise<boolean>;
}

/** Where the commitments of a round count. */
export async function scopeOf(context: PartyContext, round: bigint): Promise<CommitmentScope> {
  const { chainId, view } = context;
  return { chainId, contract: await view.rounds.getAddress(), taskId: view.taskId, round };
}

/** Errors that say: this was done before, or its time has passed. Nothing is lost by going on. */
const SETTLED_REVERTS = new Set([
  "LearningRounds_AlreadyCommitted",
  "LearningRounds_AlreadyRevealed",
  "LearningRounds_WrongPhase",
]);

/**
 * Sends an act of the protocol and waits until it is mined.
 *
 * @returns false if the chain says it was done already or is too late
 */
export async function act(
  context: PartyContext,
  what: string,
  send: () => Promise<ContractTransactionResponse>,
): Promise<boolean> {
  try {
    const receipt = await (await send()).wait();
    context.log.info({ what, transaction: receipt?.hash }, "done");
    return true;
  } catch (error) {
    const revert = isError(error, "CALL_EXCEPTION") ? revertOf(error, [context.rounds.interface]) : undefined;
    if (revert === undefined || !SETTLED_REVERTS.has(revert.name)) throw error;
    context.log.warn({ what, revert: revert.text }, "too late or done before");
    return false;
  }
}
