import { queryLogs, type ILearning } from "@artel/sdk";
import type { Answer } from "@artel/sdk/learning";
import type { Logger } from "pino";

import { REORG_DEPTH } from "../runtime/reorg.js";
import { forEach, type KeeperTask } from "../runtime/task.js";
import { Isolation, perform, providerOf, type TaskList, wouldSucceed } from "./acts.js";
import { answerIn } from "./plan.js";

/** A part of an answer that somebody asked for, as the event told it. */
interface Demand {
  readonly taskId: bigint;
  readonly round: bigint;
  readonly modelRoot: string;
  readonly nodesRoot: string;
  readonly part: { readonly kind: bigint; readonly count: bigint; readonly hash: string };
  /** Last second in which it may be opened. */
  deadline: bigint;
  /** Answers that may be meant, once they were looked for. */
  answers?: readonly Answer[];
  /** Block at which there was no such demand any more. */
  overSince?: number;
}

/**
 * Ends demands that nobody met in time, for whoever made them: the answer behind them is disproved, and the bond free
 * again.
 */
export class DemandUpkeep implements KeeperTask {
  readonly name = "demands";
  private readonly demands = new Map<string, Demand>();
  private readonly isolation = new Isolation();
  private nextBlock: number;

  /**
   * @param tasks - connected to the keeper's signer
   * @param list - the tasks that are seen to
   * @param fromBlock - a block not after the contract's
   */
  constructor(
    private readonly tasks: ILearning,
    private readonly list: TaskList,
    private readonly fromBlock: number,
  ) {
    this.nextBlock = fromBlock;
  }

  async run(log: Logger): Promise<number> {
    const { number: head, timestamp } = (await providerOf(this.tasks).getBlock("latest"))!;
    await this.discover(head);
    const overdue = [...this.demands].filter(([, { deadline }]) => BigInt(timestamp) > deadline);
    return forEach(overdue, ([key, demand]) =>
      this.isolation.run(demand.taskId, () => this.upkeep(key, demand, head, log), log),
    );
  }

  private async discover(head: number): Promise<void> {
    const from = Math.max(this.fromBlock, Math.min(this.nextBlock, head + 1) - REORG_DEPTH);
    for (const { args } of await queryLogs(this.tasks, this.tasks.filters.PartDemanded(), from, head)) {
      if (!(await this.list.has(args.taskId, head))) continue;
      const { taskId, round, modelRoot, nodesRoot, kind, count, hash, deadline } = args;
      const key = [taskId, round, modelRoot, nodesRoot, kind, count, hash].join();
      const known = this.demands.get(key);
      // after a reorganisation the deadline, and what the answers hold beside the two roots, may be others
      if (known !== undefined) Object.assign(known, { deadline, answers: undefined });
      else this.demands.set(key, { taskId, round, modelRoot, nodesRoot, part: { kind, count, hash }, deadline });
    }
    this.nextBlock = head + 1;
  }

  private async upkeep(key: string, demand: Demand, head: number, log: Logger): Promise<number> {
    const { taskId, round, part } = demand;
    demand.answers ??= await this.answersOf(demand);
    for (const answer of demand.answers) {
      if (!(await wouldSucceed(() => this.tasks.endDemand.staticCall(taskId, round, answer, part)))) continue;
      demand.overSince = undefined;
      const transaction = await this.tasks.endDemand.populateTransaction(taskId, round, answer, part);
      return perform(this.tasks, `end the demand for ${part.hash} in task ${taskId}`, transaction, log);
    }
    demand.overSince ??= head;
    if (head > demand.overSince + REORG_DEPTH) this.demands.delete(key);
    return 0;
  }

  /** Answers that may be meant: the event names two hashes of three. */
  private async answersOf({ taskId, round, modelRoot, nodesRoot }: Demand): Promise<Answer[]> {
    const logs = await queryLogs(this.tasks, this.tasks.filters.AnswerRevealed(taskId, round), this.fromBlock);
    const answers = logs.map(({ args }) => answerIn(args));
    return answers.filter((answer) => answer.modelRoot === modelRoot && answer.nodesRoot === nodesRoot);
  }
}
