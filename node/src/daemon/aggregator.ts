import { ArtelError, Phase } from "@artel/sdk";
import {
  aggregateCommitment,
  cidOf,
  cidToBytes,
  tensorFromBytes,
  tensorRoot,
  tensorToBytes,
  updateWeight,
  weightCapsOf,
  weightedMean,
  type AggregateOpening,
  type CommitmentScope,
} from "@artel/sdk/learning";

import { RuleUnsupportedError } from "../errors.js";
import { fetchUpdate } from "./fetchUpdate.js";
import type { Opening } from "./journal.js";
import { Party, type PartyContext, type RoundState } from "./party.js";

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
export class Aggregator extends Party {
  constructor(context: PartyContext) {
    super(context, "aggregator", Phase.AggregateCommit, Phase.AggregateReveal);
  }

  /** The next global model, quantised. */
  protected async aggregate(state: RoundState, included: ReadonlySet<number>): Promise<Int32Array> {
    const { round } = state;
    const { view } = this.context;
    const [manifest, strategy, start] = await Promise.all([view.manifest(), view.strategy(), view.start(state)]);
    const { rule } = manifest.aggregation;
    if (rule !== "mean") throw new RuleUnsupportedError("aggregation", rule);
    const revealed = (await view.updates(round)).filter(({ index }) => included.has(index));
    // Nothing worth adding: the model stays where the round started.
    if (revealed.length === 0) return start;
    const caps = weightCapsOf(manifest);
    const updates = await Promise.all(
      revealed.map(async (update) => {
        // Whether an update is a copy of an earlier one was the auditors' to say.
        const fetched = await fetchUpdate(view, update, new Set());
        if ("problem" in fetched) throw new UpdateUnavailableError(update.client, round, fetched.problem);
        return { delta: fetched.delta, weight: updateWeight(update.samples, update.norm, caps) };
      }),
    );
    return strategy.next(start, weightedMean(updates));
  }

  protected override async produce(state: RoundState): Promise<Uint8Array | undefined> {
    const scores = await this.context.view.scores(state.round);
    return scores && tensorToBytes(await this.aggregate(state, scores.included));
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return aggregateCommitment(scope, this.openAggregate(opening));
  }

  protected override sendCommitment(commitment: string) {
    return this.context.rounds.commitAggregate(this.context.view.taskId, commitment);
  }

  protected override async sendOpening(opening: Opening) {
    const { rounds, view } = this.context;
    const { root, cid, salt } = this.openAggregate(opening);
    await view.content.put(opening.content);
    return rounds.revealAggregate(view.taskId, this.account, root, cid, salt);
  }

  private openAggregate({ salt, content }: Opening): AggregateOpening {
    const model = tensorFromBytes(content, content.length / 4);
    return { aggregator: this.account, root: tensorRoot(model), cid: cidToBytes(cidOf(content)), salt };
  }
}
