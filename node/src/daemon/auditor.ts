import { Phase } from "@artel/sdk";
import { dequantise, encodeScores, scoresCommitment, updateWeight, weightCapsOf } from "@artel/sdk/learning";

import type { DataStore } from "../data/DataStore.js";
import { decodeExamples } from "../data/examples.js";
import { scoreUpdates } from "../scoring.js";
import { EXAMPLES_RECORD } from "./client.js";
import { fetchUpdate } from "./fetchUpdate.js";
import { Journal, type Opening } from "./journal.js";
import { act, scopeOf, type Party, type PartyContext } from "./party.js";

/** An auditor: scores every revealed update on test examples of its own. */
export class Auditor implements Party {
  readonly account: string;
  private readonly journal: Journal;

  constructor(
    protected readonly context: PartyContext,
    protected readonly store: DataStore,
  ) {
    this.account = context.account;
    this.journal = new Journal(store, `scores-${context.chainId}-${context.view.taskId}`);
  }

  async step(): Promise<boolean> {
    const state = await this.context.view.state();
    const phase = Number(state.phase);
    if (phase === Phase.AuditCommit) return this.commit(state.round, state.modelRoot, Number(state.clients));
    if (phase === Phase.AuditReveal) return this.reveal(state.round);
    return false;
  }

  /** Contribution of every client in a round, by place. */
  protected async score(round: bigint, modelRoot: string, clients: number): Promise<Int16Array> {
    const { view, log } = this.context;
    const [manifest, trainer, model] = await Promise.all([view.manifest(), view.trainer(), view.model(modelRoot)]);
    const [revealed, seen] = await Promise.all([view.updates(round), view.rootsBefore(round)]);
    const caps = weightCapsOf(manifest);
    const updates = [];
    for (const update of revealed) {
      const fetched = await fetchUpdate(view, update, seen);
      if ("problem" in fetched) {
        log.warn({ client: update.client, round: `${round}`, problem: fetched.problem }, "update counts as absent");
        continue;
      }
      updates.push({
        id: update.index,
        delta: dequantise(fetched.delta, manifest.fractionBits),
        weight: updateWeight(update.samples, update.norm, caps),
      });
    }
    const test = decodeExamples(await this.store.get(EXAMPLES_RECORD));
    return scoreUpdates({ trainer, global: dequantise(model, manifest.fractionBits), updates, test, clients });
  }

  private async commit(round: bigint, modelRoot: string, clients: number): Promise<boolean> {
    if (await this.journal.find(round)) return false;
    const scores = encodeScores(await this.score(round, modelRoot, clients));
    const opening = await this.journal.record(round, scores);
    const commitment = scoresCommitment(await scopeOf(this.context, round), this.openingOf(opening));
    const { rounds, view } = this.context;
    return act(this.context, `commit scores of round ${round}`, () => rounds.commitScores(view.taskId, commitment));
  }

  private async reveal(round: bigint): Promise<boolean> {
    const recorded = await this.journal.find(round);
    if (recorded === undefined || (await this.context.view.hasRevealedScores(round, this.account))) return false;
    const { rounds, view } = this.context;
    const opening = this.openingOf(recorded);
    return act(this.context, `reveal scores of round ${round}`, () => rounds.revealScores(view.taskId, opening));
  }

  private openingOf({ salt, content }: Opening) {
    return { auditor: this.account, salt, scores: content };
  }
}
