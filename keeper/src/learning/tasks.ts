import { queryLogs, Phase, readScope, readSeats, readVectors, type ILearning } from "@artel/sdk";
import { CELL_CLIENTS, openingsOf, packOpenings, panelsOf, type Answer } from "@artel/sdk/learning";
import { firstBlockAt } from "@artel/sdk/randomness";
import { ZeroHash } from "ethers";
import type { Logger } from "pino";

import { REORG_DEPTH } from "../runtime/reorg.js";
import { forEach, type KeeperTask } from "../runtime/task.js";
import { Isolation, perform, providerOf, type TaskList } from "./acts.js";
import { answerOf, dueOf, type RoundFacts } from "./plan.js";
import type { SeedProofs } from "./seeds.js";

/** Learning tasks, and panels of one, that are seen to at a time. */
const AT_ONCE = 8;

/** What a void round is finished with; the contract does not read it. */
const NO_ANSWER: Answer = { modelRoot: ZeroHash, model: { codec: 0, digest: ZeroHash }, nodesRoot: ZeroHash };

type Panels = Awaited<ReturnType<ILearning["panelState"]>>;

/**
 * Does what the running rounds of all learning tasks are due, and nobody in particular owes: seeds, settlement of panels,
 * the end of the round.
 */
export class TaskUpkeep implements KeeperTask {
  readonly name = "tasks";
  /** Closed tasks, with the block at which they were found so. */
  private readonly closed = new Map<bigint, number>();
  private readonly isolation = new Isolation();

  /**
   * @param tasks - connected to the keeper's signer
   * @param list - the tasks that are seen to
   * @param proofs - shared by all who draw
   */
  constructor(
    private readonly tasks: ILearning,
    private readonly list: TaskList,
    private readonly proofs: SeedProofs,
  ) {}

  async run(log: Logger): Promise<number> {
    const head = await providerOf(this.tasks).getBlockNumber();
    const ids = await this.list.ids(head);
    const isForgotten = (id: bigint) => head > (this.closed.get(id) ?? head) + REORG_DEPTH;
    const upkeep = (id: bigint) => this.isolation.run(id, () => this.upkeep(id, head, log), log);
    return forEach(
      ids.filter((id) => !isForgotten(id)),
      upkeep,
      AT_ONCE,
    );
  }

  private async upkeep(taskId: bigint, head: number, log: Logger): Promise<number> {
    const { facts, drawn, leading } = await this.look(taskId);
    if (facts.phase === Phase.Closed) {
      if (!this.closed.has(taskId)) this.closed.set(taskId, head);
      return 0;
    }
    this.closed.delete(taskId);
    const act = dueOf(facts);
    if (act === undefined) return 0;
    if (act.kind === "draw") return this.draw(taskId, facts.round, log);
    if (act.kind === "settle") return this.settle(taskId, drawn, act.panels, log);
    const answer = act.isAnswered ? await this.answer(taskId, facts.round, leading) : NO_ANSWER;
    const finish = await this.tasks.finishRound.populateTransaction(taskId, answer);
    return perform(this.tasks, `finish round ${facts.round} of task ${taskId}`, finish, log);
  }

  private async look(taskId: bigint): Promise<{ facts: RoundFacts; drawn: Panels; leading: string }> {
    const [state, drawn, { minClients }] = await Promise.all([
      this.tasks.roundState(taskId),
      this.tasks.panelState(taskId),
      this.tasks.termsOf(taskId),
    ]);
    const { round, updates, capacity, aggregators } = state;
    const phase = Number(state.phase) as Phase;
    const [digest, seats] = phase < Phase.Challenge ? [ZeroHash, 0n] : await this.tasks.leadingAnswer(taskId);
    const facts = { phase, round, updates, minClients, capacity, aggregators, drawn, isAnswered: seats !== 0n };
    return { facts, drawn, leading: digest };
  }

  /** Proves what the beacon gives for the end of Reveal, unless somebody has, and draws the seed. */
  private async draw(taskId: bigint, round: bigint, log: Logger): Promise<number> {
    const timepoint = await this.tasks.phaseStart(taskId, Phase.AuditCommit);
    const sent = await this.proofs.prove(timepoint, log);
    if (sent === undefined) return 0;
    const draw = await this.tasks.drawSeed.populateTransaction(taskId);
    return sent + (await perform(this.tasks, `draw the seed of round ${round} of task ${taskId}`, draw, log));
  }

  /** Hands what the auditors of each panel revealed back to the contract. */
  private async settle(taskId: bigint, drawn: Panels, open: readonly number[], log: Logger): Promise<number> {
    const { round } = drawn;
    const [{ panelCells, panelSeats }, vectors, scope] = await Promise.all([
      this.tasks.termsOf(taskId),
      this.blockOf(taskId, Phase.AuditReveal).then((from) => readVectors(this.tasks, taskId, round, from)),
      readScope(this.tasks, taskId, round),
    ]);
    const panels = panelsOf(drawn.seed, {
      clients: Number(drawn.cells) * CELL_CLIENTS,
      auditors: Number(drawn.auditors),
      panelCells: Number(panelCells),
      panelSeats: Number(panelSeats),
    });
    const settlePanel = async (panel: number) => {
      const seats = await readSeats(this.tasks, taskId, round, panels[panel]);
      const openings = packOpenings(openingsOf(seats, vectors, scope));
      const settle = await this.tasks.settlePanel.populateTransaction(taskId, panel, openings);
      return perform(this.tasks, `settle panel ${panel} of round ${round} of task ${taskId}`, settle, log);
    };
    return forEach(open, settlePanel, AT_ONCE);
  }

  /** What the leading digest hides. */
  private async answer(taskId: bigint, round: bigint, leading: string): Promise<Answer> {
    const from = await this.blockOf(taskId, Phase.AggregateReveal);
    const logs = await queryLogs(this.tasks, this.tasks.filters.AnswerRevealed(taskId, round), from);
    return answerOf(
      leading,
      logs.map(({ args }) => args),
    );
  }

  /** First block that can hold what was done in a phase of the running round. */
  private async blockOf(taskId: bigint, phase: Phase): Promise<number> {
    const provider = providerOf(this.tasks);
    const start = await this.tasks.phaseStart(taskId, phase);
    return Number(await firstBlockAt((method, parameters) => provider.send(method, parameters), start));
  }
}
