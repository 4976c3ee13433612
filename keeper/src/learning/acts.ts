import type { ILearning } from "@artel/sdk";
import { isError, type ContractTransaction, type JsonRpcApiProvider, type Signer } from "ethers";
import type { Logger } from "pino";

import { GasLimitError } from "../errors.js";
import { REORG_DEPTH } from "../runtime/reorg.js";
import { sendIfDue } from "../runtime/send.js";

/**
 * Most gas that an act may take, headroom included: no transaction of the protocol takes half as much, but code of others
 * (a task's token) could take all there is, and the keeper would pay.
 */
export const MOST_GAS = 4_000_000n;

/** Errors that say: somebody else was first, or its time is over. */
const OVERTAKEN: ReadonlySet<string> = new Set([
  "LearningTasks_AlreadyDrawn",
  "LearningTasks_AlreadySettled",
  "LearningTasks_NotDrawn",
  "LearningTasks_WrongPhase",
  "LearningTasks_NotFinishable",
  "LearningTasks_NothingToRelease",
  "LearningTasks_NothingToRecord",
  "LearningTasks_NothingToRefund",
  "LearningTasks_NothingToSweep",
  "LearningTasks_NotClosed",
  "LearningTasks_TooEarly",
  "LearningAnswers_NotDemanded",
  "LearningAnswers_NotOverdue",
  "LearningAppeals_AlreadyDrawn",
  "LearningAppeals_NotAppealed",
  "LearningAppeals_WrongTime",
]);

/**
 * Sends a transaction for learning tasks.
 *
 * @param tasks - connected to the keeper's signer
 * @returns how many were mined and succeeded: 1, or 0 if somebody else was first
 * @throws ActRefusedError, GasLimitError
 */
export async function perform(
  tasks: ILearning,
  what: string,
  transaction: ContractTransaction | { readonly to: string; readonly data: string },
  log: Logger,
): Promise<number> {
  const signer = tasks.runner as Signer;
  const send = async () => {
    const gasLimit = await signer.estimateGas(transaction);
    if (gasLimit > MOST_GAS) throw new GasLimitError(what, gasLimit, MOST_GAS);
    return signer.sendTransaction({ ...transaction, gasLimit });
  };
  return Number(await sendIfDue(what, send, tasks.interface, log, OVERTAKEN));
}

/**
 * The learning tasks that a keeper sees to. Anybody may open one whose every round is void, and leave the gas to whoever
 * finishes them; so a keeper may be told for whom it works.
 */
export class TaskList {
  /** Owners by task, with the block at which each was first seen. */
  private readonly owners = new Map<bigint, { readonly owner: string; readonly since: number }>();

  /**
   * @param tasks - connected to a provider
   * @param servedOwners - who opened the tasks that are seen to; everybody's are, if omitted
   */
  constructor(
    private readonly tasks: ILearning,
    private readonly servedOwners?: readonly string[],
  ) {}

  /** Numbers of all of them. */
  async ids(head: number): Promise<bigint[]> {
    const count = Number(await this.tasks.taskCount());
    const ids = Array.from({ length: count }, (_, i) => BigInt(i + 1));
    const served = await Promise.all(ids.map((id) => this.has(id, head)));
    return ids.filter((_, i) => served[i]);
  }

  /** Whether a task is one of them. */
  async has(taskId: bigint, head: number): Promise<boolean> {
    return this.servedOwners === undefined || this.servedOwners.includes(await this.ownerOf(taskId, head));
  }

  private async ownerOf(taskId: bigint, head: number): Promise<string> {
    const known = this.owners.get(taskId);
    // after a reorganisation the number may be another task's
    if (known !== undefined && head > known.since + REORG_DEPTH) return known.owner;
    const owner = await this.tasks.ownerOf(taskId);
    this.owners.set(taskId, { owner, since: known?.owner === owner ? known.since : head });
    return owner;
  }
}

/** Whether a call would succeed now. */
export async function wouldSucceed(call: () => Promise<unknown>): Promise<boolean> {
  try {
    await call();
    return true;
  } catch (error) {
    if (isError(error, "CALL_EXCEPTION")) return false;
    throw error;
  }
}

/** The provider behind a contract. */
export function providerOf(tasks: ILearning): JsonRpcApiProvider {
  return tasks.runner!.provider as JsonRpcApiProvider;
}

/**
 * Does something for one task of many. Tasks are anybody's: one on which it always fails costs the others nothing, so a
 * failure is told of, once for each reason, and not thrown.
 */
export class Isolation {
  private readonly told = new Map<bigint, string>();

  async run(taskId: bigint, act: () => Promise<number>, log: Logger): Promise<number> {
    try {
      const sent = await act();
      this.told.delete(taskId);
      return sent;
    } catch (err) {
      const reason = String((err as Error).message ?? err);
      if (this.told.get(taskId) !== reason)
        log.warn({ err, taskId: `${taskId}` }, "upkeep of a task failed; it is tried again");
      this.told.set(taskId, reason);
      return 0;
    }
  }
}
