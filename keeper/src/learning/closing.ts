import { queryLogs, Role, Phase, type ILearning } from "@artel/sdk";
import type { Logger } from "pino";

import { REORG_DEPTH } from "../runtime/reorg.js";
import { forEach, type KeeperTask } from "../runtime/task.js";
import { Isolation, perform, providerOf, type TaskList, wouldSucceed } from "./acts.js";

/** Accounts that are seen to at a time. */
const AT_ONCE = 8;

/** What a closed task is due, one after the other. */
const STAGES = ["refund", "release", "sweep"] as const;

/** How far a closed task has come. */
interface Closing {
  /** Index of what is due next; a task that has come through is forgotten. */
  stage: number;
  /** Second from which on that is due; unknown at first. */
  due: bigint;
  /** Block from which on it is looked at again. */
  resumeAt: number;
  /** Whether there was nothing left of it to do when it was looked at last. */
  isQuiet: boolean;
}

function begun(stage: number): Closing {
  return { stage, due: 0n, resumeAt: 0, isQuiet: false };
}

/**
 * Clears up after learning tasks that are closed: after the last appeals what nobody earned goes back to the owner, stakes
 * are freed and reputation is recorded, and a year later what nobody claimed goes to the treasury.
 *
 * @remarks A stage is over when twice nothing came of it, as many blocks apart as a reorganisation may undo. So a token that
 * fails only in a block is paid for twice and no more; who needs the payment can still send it.
 */
export class ClosedTaskUpkeep implements KeeperTask {
  readonly name = "closed tasks";
  private readonly closing = new Map<bigint, Closing>();
  private readonly isolation = new Isolation();

  /**
   * @param tasks - connected to the keeper's signer
   * @param list - the tasks that are seen to
   * @param fromBlock - a block not after the contract's
   */
  constructor(
    private readonly tasks: ILearning,
    private readonly list: TaskList,
    private readonly fromBlock: number,
  ) {}

  async run(log: Logger): Promise<number> {
    const { number: head, timestamp } = (await providerOf(this.tasks).getBlock("latest"))!;
    const ids = await this.list.ids(head);
    const isDue = (id: bigint) => {
      const { stage, due, resumeAt } = this.closing.get(id) ?? begun(0);
      return stage < STAGES.length && BigInt(timestamp) >= due && head >= resumeAt;
    };
    const upkeep = (id: bigint) => this.isolation.run(id, () => this.upkeep(id, head, BigInt(timestamp), log), log);
    return forEach(ids.filter(isDue), upkeep, AT_ONCE);
  }

  private async upkeep(taskId: bigint, head: number, now: bigint, log: Logger): Promise<number> {
    const { phase, startedAt, auditors, aggregators } = await this.tasks.roundState(taskId);
    if (Number(phase) !== Phase.Closed) {
      this.closing.delete(taskId);
      return 0;
    }
    const closing = this.closing.get(taskId) ?? begun(0);
    this.closing.set(taskId, closing);
    const stage = STAGES[closing.stage];
    // of a closed task `startedAt` is the second in which it closed
    closing.due = startedAt + (await this.delayOf(taskId, stage));
    if (now < closing.due) return 0;
    // nothing here is urgent: what fails waits, too
    closing.resumeAt = head + REORG_DEPTH + 1;
    const seats = [
      ...Array.from({ length: Number(auditors) }, (_, id) => [Role.Auditor, id] as const),
      ...Array.from({ length: Number(aggregators) }, (_, id) => [Role.Aggregator, id] as const),
    ];
    const sent =
      stage === "release"
        ? (await this.release(taskId, seats, log)) + (await this.recordReputation(taskId, log))
        : await this.pay(taskId, stage, log);
    if (sent > 0) closing.resumeAt = head;
    else if (closing.isQuiet) this.closing.set(taskId, begun(closing.stage + 1));
    closing.isQuiet = sent === 0;
    return sent;
  }

  /** Seconds from the end of a task to a stage. */
  private async delayOf(taskId: bigint, stage: (typeof STAGES)[number]): Promise<bigint> {
    const [{ schedule }, claimTime] = await Promise.all([this.tasks.termsOf(taskId), this.tasks.CLAIM_TIME()]);
    return schedule.appeal + (stage === "sweep" ? claimTime : 0n);
  }

  /** Moves money out of the escrow, by way of the task's token. */
  private async pay(taskId: bigint, stage: "refund" | "sweep", log: Logger): Promise<number> {
    const call = this.tasks[stage];
    if (!(await wouldSucceed(() => call.staticCall(taskId)))) return 0;
    return perform(this.tasks, `${stage} task ${taskId}`, await call.populateTransaction(taskId), log);
  }

  private release(taskId: bigint, seats: readonly (readonly [Role, number])[], log: Logger): Promise<number> {
    const release = async ([role, id]: readonly [Role, number]) => {
      const { account, stake } = await this.tasks.seatAt(taskId, role, id);
      if (stake === 0n) return 0;
      const transaction = await this.tasks.releaseStake.populateTransaction(taskId, account);
      return perform(this.tasks, `release the stake of ${account} in task ${taskId}`, transaction, log);
    };
    return forEach(seats, release, AT_ONCE);
  }

  private async recordReputation(taskId: bigint, log: Logger): Promise<number> {
    const [owner, { cooperative }] = await Promise.all([this.tasks.ownerOf(taskId), this.tasks.termsOf(taskId)]);
    if (owner !== cooperative) return 0;
    const joined = await queryLogs(this.tasks, this.tasks.filters.ParticipantJoined(taskId), this.fromBlock);
    const record = async ({ args: { account, number } }: (typeof joined)[number]) => {
      const call = this.tasks.recordReputation;
      if (!(await wouldSucceed(() => call.staticCall(taskId, account, number)))) return 0;
      const transaction = await call.populateTransaction(taskId, account, number);
      return perform(this.tasks, `record the reputation of ${account} in task ${taskId}`, transaction, log);
    };
    return forEach(joined, record, AT_ONCE);
  }
}
