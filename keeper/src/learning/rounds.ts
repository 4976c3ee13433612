import { Phase, queryLogs, type ILearningRounds } from "@artel/sdk";
import type { Logger } from "pino";

import { REORG_DEPTH } from "../runtime/reorg.js";
import { sendIfDue } from "../runtime/send.js";
import { forEach, type KeeperTask } from "../runtime/task.js";

/** Scores and finishes the rounds of every open task: the two acts that nobody in particular owes. */
export class RoundUpkeep implements KeeperTask {
  readonly name = "rounds";
  /** Closed tasks, with the block at which they were found so. */
  private readonly closed = new Map<bigint, number>();

  constructor(
    private readonly rounds: ILearningRounds,
    private readonly fromBlock: number,
  ) {}

  async run(log: Logger): Promise<number> {
    const [count, head] = await Promise.all([this.rounds.taskCount(), this.rounds.runner!.provider!.getBlockNumber()]);
    const isForgotten = (id: bigint) => head > (this.closed.get(id) ?? head) + REORG_DEPTH;
    const tasks = Array.from({ length: Number(count) }, (_, i) => BigInt(i + 1)).filter((id) => !isForgotten(id));
    return forEach(tasks, (taskId) => this.upkeep(taskId, head, log));
  }

  private async upkeep(taskId: bigint, head: number, log: Logger): Promise<number> {
    const state = await this.rounds.roundState(taskId);
    const phase = Number(state.phase);
    if (phase === Phase.Closed) {
      if (!this.closed.has(taskId)) this.closed.set(taskId, head);
      return 0;
    }
    this.closed.delete(taskId);
    if (phase < Phase.AuditCommit) return 0;
    // Whether a round can be finished is the contract's to say; asking costs nothing.
    if (await this.isFinishable(taskId)) {
      const what = `finish round ${state.round} of task ${taskId}`;
      return Number(await sendIfDue(what, () => this.rounds.finishRound(taskId), this.rounds.interface, log));
    }
    const scorable = phase >= Phase.AggregateCommit && !state.scored;
    return scorable ? this.score(taskId, state.round, log) : 0;
  }

  private async isFinishable(taskId: bigint): Promise<boolean> {
    try {
      await this.rounds.finishRound.staticCall(taskId);
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === "CALL_EXCEPTION") return false;
      throw error;
    }
  }

  /** Hands every revealed vector back to the contract, in the order of the seats. */
  private async score(taskId: bigint, round: bigint, log: Logger): Promise<number> {
    const logs = await queryLogs(this.rounds, this.rounds.filters.ScoresRevealed(taskId, round), this.fromBlock);
    const seated = await Promise.all(
      logs.map(async ({ args }) => {
        const { index } = await this.rounds.participantOf(taskId, args.auditor);
        return { index, opening: { auditor: args.auditor, salt: args.salt, scores: args.scores } };
      }),
    );
    const openings = seated.sort((a, b) => Number(a.index - b.index)).map(({ opening }) => opening);
    const what = `score round ${round} of task ${taskId}`;
    return Number(await sendIfDue(what, () => this.rounds.scoreRound(taskId, openings), this.rounds.interface, log));
  }
}
