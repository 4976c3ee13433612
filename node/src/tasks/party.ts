import { IPrivacyLedger__factory, revertOf, type ILearning, type Phase } from "@artel/sdk";
import type { CommitmentScope } from "@artel/sdk/learning";
import { dataSlice, isError, randomBytes, type ContractTransactionResponse } from "ethers";
import type { Logger } from "pino";

import type { DataStore } from "../data/DataStore.js";
import { Journal, type Opening } from "./journal.js";
import type { TaskState, TaskView } from "./taskView.js";

/** What a party of a task works with. */
export interface PartyContext {
  readonly view: TaskView;
  /** The contract, connected to the party's own signer. */
  readonly tasks: ILearning;
  /** The party's account. */
  readonly account: string;
  readonly chainId: bigint;
  /** The party's private, encrypted store. */
  readonly store: DataStore;
  readonly log: Logger;
  /** Gives the 32 secret bytes behind a commitment; the system's random numbers if omitted. */
  readonly drawSalt?: (role: string, round: bigint) => Uint8Array;
}

/**
 * A party of a learning task. Every role has the same shape: work something out, commit to it in one phase, open the
 * commitment in the next.
 */
export abstract class Party {
  readonly account: string;
  private readonly journal: Journal;
  private committed?: bigint;
  private revealed?: bigint;

  /**
   * @param role - name of the role in records and logs
   * @param commitPhase - the phase in which the role commits
   * @param revealPhase - the phase in which it reveals
   */
  protected constructor(
    protected readonly context: PartyContext,
    private readonly role: string,
    private readonly commitPhase: Phase,
    private readonly revealPhase: Phase,
  ) {
    this.account = context.account;
    this.journal = journalOf(context, role);
  }

  /** What to commit to in a round; undefined if there is nothing to commit to yet. */
  protected abstract produce(state: TaskState): Promise<Uint8Array | undefined>;
  /** The commitment to what was produced. */
  protected abstract commitmentOf(scope: CommitmentScope, opening: Opening): string | Promise<string>;
  protected abstract sendCommitment(commitment: string): Promise<ContractTransactionResponse>;
  protected abstract sendOpening(opening: Opening, round: bigint): Promise<ContractTransactionResponse>;

  /**
   * Does what is due beside commitments.
   *
   * @returns whether it sent a transaction
   */
  protected attend?(state: TaskState): Promise<boolean>;

  /** Works out what is to be committed to, if that is due, so that the next {@link step} only has to send it. */
  async prepare(): Promise<void> {
    const state = await this.context.view.state();
    if (Number(state.phase) === this.commitPhase && this.committed !== state.round) await this.openingOf(state);
  }

  /**
   * Does what is due now and was not done. Safe to repeat, also after a crash.
   *
   * @returns whether it sent a transaction
   */
  async step(): Promise<boolean> {
    const state = await this.context.view.state();
    const phase = Number(state.phase);
    if (phase === this.commitPhase && this.committed !== state.round) return this.commit(state);
    if (phase === this.revealPhase && this.revealed !== state.round) return this.reveal(state);
    return (await this.attend?.(state)) ?? false;
  }

  private async commit(state: TaskState): Promise<boolean> {
    const { round } = state;
    const opening = await this.openingOf(state);
    if (opening === undefined) return false;
    const commitment = await this.commitmentOf(await this.context.view.scope(round), opening);
    const sent = await this.act(`commit in round ${round}`, () => this.sendCommitment(commitment));
    this.committed = round;
    return sent;
  }

  /** What was committed to in a round, if anything was. */
  protected recordedOpening(round: bigint): Promise<Opening | undefined> {
    return this.journal.find(round);
  }

  /** What was or is to be committed to in a round. */
  protected async openingOf(state: TaskState): Promise<Opening | undefined> {
    const recorded = await this.recordedOpening(state.round);
    if (recorded !== undefined) return recorded;
    const content = await this.produce(state);
    return content && this.journal.record(state.round, content);
  }

  private async reveal({ round }: TaskState): Promise<boolean> {
    const opening = await this.recordedOpening(round);
    const sent =
      opening !== undefined && (await this.act(`reveal in round ${round}`, () => this.sendOpening(opening, round)));
    this.revealed = round;
    return sent;
  }

  /** Sends an act, see {@link act}. */
  protected act(what: string, send: () => Promise<ContractTransactionResponse>): Promise<boolean> {
    const log = this.context.log.child({ role: this.role, account: this.account });
    return act(what, send, { log, contract: this.context.view.contract });
  }
}

/** The secret of an opening as the contract has it: bytes16. */
export function saltOf({ salt }: Opening): string {
  return dataSlice(salt, 0, 16);
}

/**
 * Where a party keeps what it commits to in a task.
 *
 * @param role - name of the role in records
 */
export function journalOf(context: PartyContext, role: string): Journal {
  const { view, chainId, store } = context;
  // Typed contracts are connected to an address; every contract numbers its tasks from 1.
  const scope = `${role}-${chainId}-${String(view.contract.target).toLowerCase()}-${view.taskId}`;
  const drawSalt = context.drawSalt ?? (() => randomBytes(32));
  return new Journal(store, scope, (round) => drawSalt(role, round));
}

/**
 * Errors that say: this was done before, its time has passed, or it is not the party's to do any more. Nothing is lost by
 * going on.
 */
const SETTLED_REVERTS: ReadonlySet<string> = new Set([
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

/** What may refuse a commitment beside the contract itself. */
const LEDGER = IPrivacyLedger__factory.createInterface();

/**
 * Sends an act of the protocol and waits until it is mined; false if the contract refuses it with one of the errors after
 * which there is nothing left to do.
 */
export async function act(
  what: string,
  send: () => Promise<ContractTransactionResponse>,
  { log, contract }: { readonly log: Logger; readonly contract: ILearning },
): Promise<boolean> {
  try {
    const receipt = await (await send()).wait();
    log.info({ what, transaction: receipt?.hash }, "done");
    return true;
  } catch (error) {
    const revert = isError(error, "CALL_EXCEPTION") ? revertOf(error, [contract.interface, LEDGER]) : undefined;
    if (revert === undefined || !SETTLED_REVERTS.has(revert.name)) throw error;
    log.warn({ what, revert: revert.text }, "too late, done before, or not to be done any more");
    return false;
  }
}
