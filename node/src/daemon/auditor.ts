import { Phase } from "@artel/sdk";
import {
  encodeScores,
  scoresCommitment,
  updateWeight,
  weightCapsOf,
  type CommitmentScope,
  type ScoresOpening,
} from "@artel/sdk/learning";
import { id } from "ethers";

import { decodeExamples } from "../data/examples.js";
import { RuleUnsupportedError } from "../errors.js";
import { scoreRound, type RevealedUpdate } from "../scoring.js";
import { EXAMPLES_RECORD } from "./client.js";
import { fetchUpdate } from "./fetchUpdate.js";
import type { Opening } from "./journal.js";
import { Party, type PartyContext, type RoundState } from "./party.js";
import type { UpdateRecord } from "./taskView.js";

/**
 * What deals the updates of a round into batches: their roots, which were hidden when everybody committed. Equal roots
 * count once, so that it makes no difference when a copy is struck.
 */
function seedOf(round: bigint, updates: readonly UpdateRecord[]): string {
  return id([`${round}`, ...new Set(updates.map(({ root }) => root).sort())].join());
}

/** An auditor: scores every revealed update on test examples of its own. */
export class Auditor extends Party {
  constructor(context: PartyContext) {
    super(context, "auditor", Phase.AuditCommit, Phase.AuditReveal);
  }

  /** Contribution of every client in a round, by place. */
  protected async score(state: RoundState): Promise<Int16Array> {
    const { round, clients } = state;
    const { view, store, log } = this.context;
    const [manifest, trainer, start] = await Promise.all([view.manifest(), view.trainer(), view.start(state)]);
    const { alphas, test: plan } = manifest.scoring;
    if (plan.kind !== "private") throw new RuleUnsupportedError("scoring.test", plan.kind);
    const [revealed, seen, lastStep] = await Promise.all([
      view.updates(round),
      view.rootsBefore(round),
      view.lastStep(state.modelRoot),
    ]);
    const caps = weightCapsOf(manifest);
    const updates: RevealedUpdate[] = [];
    for (const update of revealed) {
      const fetched = await fetchUpdate(view, update, seen);
      if ("problem" in fetched) {
        log.warn({ client: update.client, round: `${round}`, problem: fetched.problem }, "update counts as absent");
        continue;
      }
      updates.push({
        id: update.index,
        delta: fetched.delta,
        weight: updateWeight(update.samples, update.norm, caps),
      });
    }
    const test = decodeExamples(await store.get(EXAMPLES_RECORD));
    return scoreRound({
      ...{ trainer, global: start, lastStep, alphas, fractionBits: manifest.fractionBits, updates, test },
      panel: updates.map(({ id }) => id),
      seed: seedOf(round, revealed),
      clients: Number(clients),
    });
  }

  protected override async produce(state: RoundState): Promise<Uint8Array> {
    return encodeScores(await this.score(state));
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return scoresCommitment(scope, this.openScores(opening));
  }

  protected override sendCommitment(commitment: string) {
    return this.context.rounds.commitScores(this.context.view.taskId, commitment);
  }

  protected override sendOpening(opening: Opening) {
    return this.context.rounds.revealScores(this.context.view.taskId, this.openScores(opening));
  }

  private openScores({ salt, content }: Opening): ScoresOpening {
    return { auditor: this.account, salt, scores: content };
  }
}
