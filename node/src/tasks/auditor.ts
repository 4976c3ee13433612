import { Role, TaskPhase } from "@artel/sdk";
import {
  cidFromString,
  clientsOf,
  encodeVector,
  sliceFor,
  taskScoresCommitment,
  vectorLength,
  type CommitmentScope,
  type Panel,
} from "@artel/sdk/learning";

import { decodeExamples, type Examples } from "../data/examples.js";
import { openSlice, type Timelock } from "../data/slices.js";
import { SlicesUsedUpError } from "../errors.js";
import { EXAMPLES_RECORD } from "../localUpdate.js";
import { scoreRound, type RevealedUpdate } from "../scoring.js";
import type { Opening } from "./journal.js";
import { saltOf, type PartyContext } from "./party.js";
import { readerOf, Seat } from "./sealing.js";
import type { TaskState } from "./taskView.js";

/** What an auditor works with. */
export interface AuditorContext extends PartyContext {
  /** Opens test slices, see `drandTimelock`; where everybody scores on data of its own nobody needs it. */
  readonly timelock: Timelock;
}

/** An auditor: scores the updates of the panel on which the seed puts it, if it does. */
export class Auditor extends Seat {
  constructor(protected override readonly context: AuditorContext) {
    super(context, "auditor", TaskPhase.AuditCommit, TaskPhase.AuditReveal);
  }

  /** Contribution of every client of a panel, by id; `ABSENT` for all others. */
  protected async score(state: TaskState, panel: Panel, seed: string): Promise<Int16Array> {
    const { round, clients, modelRoot } = state;
    const { view, log } = this.context;
    const [read, recipients, manifest, trainer, global, lastStep, revealed, test] = await Promise.all([
      readerOf(this.context, round),
      view.recipients(panel),
      view.manifest(),
      view.trainer(),
      view.start(state),
      view.lastStep(modelRoot),
      view.updates(round),
      this.testData(round),
    ]);
    const panelClients = new Set(clientsOf(panel, Number(clients)));
    const updates: RevealedUpdate[] = [];
    for (const update of revealed) {
      const { id, client, weight } = update;
      // without weight it is in no model, and there is nothing to share among updates that all have none
      if (weight === 0) continue;
      const outcome = panelClients.has(id) && !update.copy ? await read(update, recipients) : undefined;
      if (outcome !== undefined && "problem" in outcome)
        log.warn({ client, round: `${round}`, problem: outcome.problem }, "update counts as absent");
      updates.push({ id, weight, delta: outcome !== undefined && "delta" in outcome ? outcome.delta : undefined });
    }
    return scoreRound({
      ...{ trainer, global, lastStep, alphas: manifest.scoring.alphas, fractionBits: manifest.fractionBits, updates },
      ...{ test, seed, panel: panelClients, clients: Number(clients) },
    });
  }

  protected override async produce(state: TaskState): Promise<Uint8Array | undefined> {
    const { view } = this.context;
    const [{ id, role }, { minClients }] = await Promise.all([
      view.contract.participantOf(view.taskId, this.account),
      view.terms(),
    ]);
    // a void round is not scored
    if (Number(role) !== Role.Auditor || state.updates < minClients) return undefined;
    const [seed, panels] = await Promise.all([view.seed(state), view.panels(state)]);
    const panel = panels?.find(({ auditors }) => auditors.includes(Number(id)));
    if (seed === undefined || panel === undefined) return undefined;
    const { privacy } = await view.manifest();
    const clients = new Set(clientsOf(panel, Number(state.clients)));
    // who commits before all wraps are there calls absent what others can still read
    if (privacy.kind === "sealed" && !(await view.areWrapsFinal(state.round, clients))) return undefined;
    const scores = await this.score(state, panel, seed);
    return encodeVector(panel, (client) => scores[client], vectorLength(await view.sizes(state)));
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return taskScoresCommitment(scope, this.account, saltOf(opening), opening.content);
  }

  protected override sendCommitment(commitment: string) {
    return this.context.tasks.commitScores(this.context.view.taskId, commitment);
  }

  protected override sendOpening(opening: Opening) {
    const scores = { auditor: this.account, salt: saltOf(opening), scores: opening.content };
    return this.context.tasks.revealScores(this.context.view.taskId, scores);
  }

  /** What the round is scored on: its slice, or the auditor's own examples. */
  private async testData(round: bigint): Promise<Examples> {
    const { view, store, timelock } = this.context;
    const { scoring, model } = await view.manifest();
    if (scoring.test.kind === "private") return decodeExamples(await store.get(EXAMPLES_RECORD));
    const deadline = Number(await view.revealDeadline());
    const index = sliceFor(scoring.test, deadline);
    if (index === undefined) throw new SlicesUsedUpError(round, deadline);
    const sealed = await view.content.get(cidFromString(scoring.test.slices[index]));
    const features = model.kind === "mlp" ? model.inputs : model.side ** 2;
    return openSlice(sealed, scoring.test, index, features, timelock);
  }
}
