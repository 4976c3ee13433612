import { Role, Phase } from "@artel/sdk";
import { encodeVector, freshPanel, panelsOf, reviewCommitment, vectorLength, type Panel } from "@artel/sdk/learning";
import type { ContractTransactionResponse } from "ethers";

import type { Opening } from "./journal.js";
import { act, journalOf, saltOf, type PartyContext } from "./party.js";
import type { AuditedRound, DrawnAppeal } from "./taskView.js";

/** Scores a panel of a round as its own auditors did; see `scorePanel`. */
export type PanelScoring = (round: AuditedRound, panel: Panel, seed: string) => Promise<Int16Array>;

/**
 * The part of an auditor that answers appeals: where it is drawn for a fresh panel, it scores what the appealed panel
 * scored, commits to it and reveals it, beside whatever it does in the running round.
 */
export class Reviewer {
  /** What is done, or not the auditor's to do. */
  private readonly done = new Set<string>();

  constructor(
    private readonly context: PartyContext,
    private readonly score: PanelScoring,
  ) {}

  /**
   * Does what is due about appeals of the round before the running one. Safe to repeat, also after a crash.
   *
   * @returns whether it sent a transaction
   */
  async step(): Promise<boolean> {
    const { view } = this.context;
    const { schedule } = await view.terms();
    if (schedule.appeal === 0n) return false;
    const [{ round: running, phase, startedAt }, now] = await Promise.all([view.state(), view.now()]);
    const revealsFrom = startedAt + schedule.auditCommit;
    if (now < startedAt || now >= revealsFrom + schedule.auditReveal) return false;
    // in a closed task the last round is the one that is over
    const round = Number(phase) === Phase.Closed ? running : running - 1n;
    const answer = now < revealsFrom ? "commit" : "reveal";
    let sent = false;
    for (const appeal of await view.drawnAppeals(round)) {
      const key = `${answer} ${round}/${appeal.panel}/${startedAt}`;
      // of a round that was finished in another block nothing counts any more
      if (appeal.startedAt !== startedAt || this.done.has(key)) continue;
      if (await this[answer](round, appeal)) sent = true;
      this.done.add(key);
    }
    return sent;
  }

  /** Whether no more appeals are judged by fresh panels, in a closed task. */
  async isDone(): Promise<boolean> {
    const { view } = this.context;
    const [{ schedule }, { startedAt }, now] = await Promise.all([view.terms(), view.state(), view.now()]);
    return schedule.appeal === 0n || now >= startedAt + schedule.auditCommit + schedule.auditReveal;
  }

  private async commit(round: bigint, appeal: DrawnAppeal): Promise<boolean> {
    const { view, tasks, account } = this.context;
    const { panel: number } = appeal;
    const opening = await this.openingOf(round, appeal);
    if (opening === undefined) return false;
    const scope = await view.scope(round);
    const commitment = reviewCommitment(scope, number, account, saltOf(opening), opening.content);
    return this.act(`commit to a review of panel ${number} of round ${round}`, () =>
      tasks.commitReview(view.taskId, round, number, commitment),
    );
  }

  private async reveal(round: bigint, { panel: number }: DrawnAppeal): Promise<boolean> {
    const { view, tasks, account } = this.context;
    const opening = await this.journalOf(number).find(round);
    if (opening === undefined) return false;
    const scores = { auditor: account, salt: saltOf(opening), scores: opening.content };
    return this.act(`reveal the review of panel ${number} of round ${round}`, () =>
      tasks.revealReview(view.taskId, round, number, scores),
    );
  }

  /** What is committed to; undefined for who is not on the fresh panel. */
  private async openingOf(round: bigint, appeal: DrawnAppeal): Promise<Opening | undefined> {
    const { view, account } = this.context;
    const journal = this.journalOf(appeal.panel);
    const recorded = await journal.find(round);
    if (recorded !== undefined) return recorded;
    const { id, role } = await view.contract.participantOf(view.taskId, account);
    if (Number(role) !== Role.Auditor) return undefined;
    const { seed, ...audited } = await view.pastRound(round);
    const sizes = await view.sizes(audited);
    const panel = panelsOf(seed, sizes)[appeal.panel];
    // nobody becomes an auditor once a task has begun
    if (!freshPanel(appeal.seed, sizes.auditors, panel.auditors, appeal.seats).includes(Number(id))) return undefined;
    const scores = await this.score(audited, panel, seed);
    return journal.record(
      round,
      encodeVector(panel, (client) => scores[client], vectorLength(sizes)),
    );
  }

  private journalOf(panel: number) {
    return journalOf(this.context, `review-${panel}`);
  }

  private act(what: string, send: () => Promise<ContractTransactionResponse>): Promise<boolean> {
    const { log, view, account } = this.context;
    const labelled = log.child({ role: "auditor", account });
    return act(what, send, { log: labelled, contract: view.contract });
  }
}
