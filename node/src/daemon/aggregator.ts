import { ArtelError, Phase } from "@artel/sdk";
import {
  aggregateCommitment,
  applyDelta,
  cidOf,
  cidToBytes,
  tensorFromBytes,
  tensorRoot,
  tensorToBytes,
  updateWeight,
  weightCapsOf,
  weightedMean,
} from "@artel/sdk/learning";

import type { DataStore } from "../data/DataStore.js";
import { fetchUpdate } from "./fetchUpdate.js";
import { Journal, type Opening } from "./journal.js";
import { act, scopeOf, type Party, type PartyContext } from "./party.js";

/** An update that belongs into the aggregate can't be had. */
export class UpdateUnavailableError extends ArtelError {
  readonly code = "node/update-unavailable";
  constructor(client: string, round: bigint, problem: string) {
    super(
      `The update of ${client} in round ${round} can't be used (${problem})`,
      client,
      "fetch its content from another source before the phase ends",
    );
  }
}

/** An aggregator: combines the included updates into the next global model, in exact integers. */
export class Aggregator implements Party {
  readonly account: string;
  private readonly journal: Journal;

  constructor(
    protected readonly context: PartyContext,
    store: DataStore,
  ) {
    this.account = context.account;
    this.journal = new Journal(store, `aggregate-${context.chainId}-${context.view.taskId}`);
  }

  async step(): Promise<boolean> {
    const state = await this.context.view.state();
    const phase = Number(state.phase);
    if (phase === Phase.AggregateCommit && state.scored) return this.commit(state.round, state.modelRoot);
    if (phase === Phase.AggregateReveal) return this.reveal(state.round);
    return false;
  }

  /** The next global model, quantised. */
  protected async aggregate(round: bigint, modelRoot: string): Promise<Int32Array> {
    const { view } = this.context;
    const [manifest, model, scores] = await Promise.all([view.manifest(), view.model(modelRoot), view.scores(round)]);
    const included = (await view.updates(round)).filter(({ index }) => scores!.included.has(index));
    // Nothing worth adding: the model stays.
    if (included.length === 0) return model;
    const caps = weightCapsOf(manifest);
    const updates = await Promise.all(
      included.map(async (update) => {
        const fetched = await fetchUpdate(view, update, new Set());
        if ("problem" in fetched) throw new UpdateUnavailableError(update.client, round, fetched.problem);
        return { tensor: fetched.delta, weight: updateWeight(update.samples, update.norm, caps) };
      }),
    );
    return applyDelta(model, weightedMean(updates));
  }

  private async commit(round: bigint, modelRoot: string): Promise<boolean> {
    if (await this.journal.find(round)) return false;
    const next = await this.aggregate(round, modelRoot);
    const opening = await this.journal.record(round, tensorToBytes(next));
    const commitment = aggregateCommitment(await scopeOf(this.context, round), this.openingOf(opening));
    const { rounds, view } = this.context;
    return act(this.context, `commit aggregate of round ${round}`, () =>
      rounds.commitAggregate(view.taskId, commitment),
    );
  }

  private async reveal(round: bigint): Promise<boolean> {
    const recorded = await this.journal.find(round);
    if (recorded === undefined || (await this.context.view.hasRevealedAggregate(round, this.account))) return false;
    const { root, cid, salt } = this.openingOf(recorded);
    const { rounds, view } = this.context;
    await view.content.put(recorded.content);
    return act(this.context, `reveal aggregate of round ${round}`, () =>
      rounds.revealAggregate(view.taskId, this.account, root, cid, salt),
    );
  }

  private openingOf({ salt, content }: Opening) {
    const model = tensorFromBytes(content, content.length / 4);
    return { aggregator: this.account, root: tensorRoot(model), cid: cidToBytes(cidOf(content)), salt };
  }
}
