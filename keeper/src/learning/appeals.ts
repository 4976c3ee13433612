import { queryLogs, Role, Phase, type ILearning } from "@artel/sdk";
import { appealedPanelOf, freshPanel, packOpenings, type AppealedPanel } from "@artel/sdk/learning";
import { getBytes, ZeroAddress } from "ethers";
import type { Logger } from "pino";

import { REORG_DEPTH } from "../runtime/reorg.js";
import { forEach, type KeeperTask } from "../runtime/task.js";
import { Isolation, perform, providerOf, type TaskList } from "./acts.js";
import { appealDueOf } from "./plan.js";
import type { SeedProofs } from "./seeds.js";

/** An appeal as its event told it. */
interface Appeal {
  readonly taskId: bigint;
  told: Omit<AppealedPanel, "vectors">;
  /** Block at which there was no such appeal any more. */
  overSince?: number;
}

type AppealState = Awaited<ReturnType<ILearning["appealOf"]>>;

/** Sees to appeals of panels: draws the fresh panels, carries out their verdicts, and frees the bonds of the others. */
export class AppealUpkeep implements KeeperTask {
  readonly name = "appeals";
  private readonly appeals = new Map<string, Appeal>();
  private readonly isolation = new Isolation();
  private nextBlock: number;

  /**
   * @param tasks - connected to the keeper's signer
   * @param list - the tasks that are seen to
   * @param proofs - shared by all who draw
   * @param fromBlock - a block not after the contract's
   */
  constructor(
    private readonly tasks: ILearning,
    private readonly list: TaskList,
    private readonly proofs: SeedProofs,
    private readonly fromBlock: number,
  ) {
    this.nextBlock = fromBlock;
  }

  async run(log: Logger): Promise<number> {
    const { number: head, timestamp } = (await providerOf(this.tasks).getBlock("latest"))!;
    await this.discover(head);
    return forEach([...this.appeals], ([key, appeal]) =>
      this.isolation.run(appeal.taskId, () => this.upkeep(key, appeal, head, BigInt(timestamp), log), log),
    );
  }

  private async discover(head: number): Promise<void> {
    const from = Math.max(this.fromBlock, Math.min(this.nextBlock, head + 1) - REORG_DEPTH);
    for (const { args } of await queryLogs(this.tasks, this.tasks.filters.PanelAppealed(), from, head)) {
      if (!(await this.list.has(args.taskId, head))) continue;
      const { taskId, round, panel: number, period, updates, cells, revealed, silent } = args;
      const told = { round, number, period, updates, cells, revealed: [...revealed], silent: [...silent] };
      const key = [taskId, round, number].join();
      const known = this.appeals.get(key);
      // after a reorganisation the panel may have been settled with others
      if (known !== undefined) known.told = told;
      else this.appeals.set(key, { taskId, told });
    }
    this.nextBlock = head + 1;
  }

  private async upkeep(key: string, appeal: Appeal, head: number, now: bigint, log: Logger): Promise<number> {
    const { taskId, told } = appeal;
    const { round, number } = told;
    const [state, { schedule }, running] = await Promise.all([
      this.tasks.appealOf(taskId, round, number),
      this.tasks.termsOf(taskId),
      this.tasks.roundState(taskId),
    ]);
    if (state.appellant === ZeroAddress) {
      appeal.overSince ??= head;
      if (head > appeal.overSince + REORG_DEPTH) this.appeals.delete(key);
      return 0;
    }
    appeal.overSince = undefined;
    const { startedAt } = running;
    const isClosed = Number(running.phase) === Phase.Closed;
    const facts = { now, round, running: { round: running.round, isClosed, startedAt }, schedule };
    switch (appealDueOf({ ...facts, drawnAt: state.startedAt })) {
      case "draw":
        return this.draw(appeal, startedAt, log);
      case "settle":
        return this.settle(appeal, state, Number(running.auditors), log);
      case "end": {
        const end = await this.tasks.endAppeal.populateTransaction(taskId, round, number);
        return perform(this.tasks, `end ${nameOf(appeal)}`, end, log);
      }
      case undefined:
        return 0;
    }
  }

  private async draw(appeal: Appeal, finishedAt: bigint, log: Logger): Promise<number> {
    const { taskId, told } = appeal;
    const sent = await this.proofs.prove(finishedAt, log);
    if (sent === undefined) return 0;
    const draw = await this.tasks.drawAppeal.populateTransaction(taskId, told.round, told.number);
    return sent + (await perform(this.tasks, `draw the panel for ${nameOf(appeal)}`, draw, log));
  }

  /** Hands what was appealed, and what the fresh panel revealed, back to the contract. */
  private async settle(appeal: Appeal, state: AppealState, auditors: number, log: Logger): Promise<number> {
    const { tasks, fromBlock } = this;
    const { taskId, told } = appeal;
    const { round, number } = told;
    const [scores, reviews, members] = await Promise.all([
      queryLogs(tasks, tasks.filters.ScoresRevealed(taskId, round), fromBlock),
      queryLogs(tasks, tasks.filters.ReviewRevealed(taskId, round, number), fromBlock),
      Promise.all([...told.revealed, ...told.silent].map((account) => tasks.participantOf(taskId, account))),
    ]);
    const panel = appealedPanelOf(
      told,
      scores.map(({ args: { auditor, salt, scores: vector } }) => ({ auditor, salt, scores: vector })),
      state.digest,
    );
    const revealed = new Map(
      reviews.map(({ args }) => [args.auditor, { salt: args.salt, scores: getBytes(args.scores) }]),
    );
    const ids = freshPanel(
      state.seed,
      auditors,
      members.map(({ id }) => Number(id)),
      Number(state.seats),
    );
    const seats = await Promise.all(ids.map((id) => tasks.seatAt(taskId, Role.Auditor, id)));
    const openings = packOpenings(seats.map(({ account }) => ({ auditor: account, revealed: revealed.get(account) })));
    const settle = await tasks.settleAppeal.populateTransaction(taskId, panel, openings);
    return perform(tasks, `settle ${nameOf(appeal)}`, settle, log);
  }
}

function nameOf({ taskId, told: { round, number } }: Appeal): string {
  return `the appeal of panel ${number} of round ${round} of task ${taskId}`;
}
