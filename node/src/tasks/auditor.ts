import { Role, Phase } from "@artel/sdk";
import {
  clientsOf,
  encodeVector,
  scoresCommitment,
  vectorLength,
  type CommitmentScope,
  type Panel,
} from "@artel/sdk/learning";

import type { Opening } from "./journal.js";
import { saltOf } from "./party.js";
import { Reviewer } from "./reviewer.js";
import { bothOf } from "./run.js";
import { scorePanel, type AuditorContext } from "./scorePanel.js";
import { Seat } from "./sealing.js";
import type { AuditedRound, TaskState } from "./taskView.js";

/**
 * An auditor: scores the updates of the panel on which the seed puts it, if it does, and those of appealed panels for whose
 * fresh panel it is drawn.
 */
export class Auditor extends Seat {
  private readonly reviewer: Reviewer;
  /** The last round for which it was not drawn. */
  private passedOver?: bigint;

  constructor(protected override readonly context: AuditorContext) {
    super(context, "auditor", Phase.AuditCommit, Phase.AuditReveal);
    this.reviewer = new Reviewer(context, (round, panel, seed) => this.score(round, panel, seed));
  }

  override step(): Promise<boolean> {
    return bothOf(
      () => super.step(),
      () => this.reviewer.step(),
    );
  }

  isDone(): Promise<boolean> {
    return this.reviewer.isDone();
  }

  /** Contribution of every client of a panel, by id; `ABSENT` for all others. */
  protected score(round: AuditedRound, panel: Panel, seed: string): Promise<Int16Array> {
    return scorePanel(this.context, round, panel, seed);
  }

  protected override async produce(state: TaskState): Promise<Uint8Array | undefined> {
    const { view } = this.context;
    const [{ id, role }, isScored] = await Promise.all([
      view.contract.participantOf(view.taskId, this.account),
      view.hasEnoughUpdates(state),
    ]);
    if (Number(role) !== Role.Auditor || !isScored) return undefined;
    const [seed, panels] = await Promise.all([view.seed(state), view.panels(state)]);
    const panel = panels?.find(({ auditors }) => auditors.includes(Number(id)));
    if (seed === undefined || panels === undefined) return undefined;
    if (panel === undefined) {
      if (this.passedOver !== state.round) this.context.log.info({ round: `${state.round}` }, "not drawn for a panel");
      this.passedOver = state.round;
      return undefined;
    }
    const { privacy } = await view.manifest();
    const clients = new Set(clientsOf(panel, Number(state.clients)));
    // who commits before all wraps are there calls absent what others can still read
    if (privacy.kind === "sealed" && !(await view.areWrapsFinal(state.round, clients))) return undefined;
    const scores = await this.score(state, panel, seed);
    return encodeVector(panel, (client) => scores[client], vectorLength(await view.sizes(state)));
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return scoresCommitment(scope, this.account, saltOf(opening), opening.content);
  }

  protected override sendCommitment(commitment: string) {
    return this.context.tasks.commitScores(this.context.view.taskId, commitment);
  }

  protected override sendOpening(opening: Opening) {
    const scores = { auditor: this.account, salt: saltOf(opening), scores: opening.content };
    return this.context.tasks.revealScores(this.context.view.taskId, scores);
  }
}
