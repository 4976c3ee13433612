import { Phase } from "@artel/sdk";
import {
  aggregate,
  cidOf,
  nodesRoot,
  publishedAggregation,
  answerCommitment,
  taskContentOf,
  tensorRoot,
  type Aggregation,
  type Answer,
  type CommitmentScope,
} from "@artel/sdk/learning";
import { AbiCoder, getBytes } from "ethers";

import type { Opening } from "./journal.js";
import { aggregationInputs } from "./aggregation.js";
import { openDemanded } from "./demands.js";
import { saltOf, type PartyContext } from "./party.js";
import { Seat } from "./sealing.js";
import type { TaskState } from "./taskView.js";

/**
 * An aggregator: combines the updates that belong into the aggregate, and publishes with its answer every node of the
 * tree, for others to check. What is demanded of its answer it opens on the chain, and has its part of the
 * bond.
 */
export class Aggregator extends Seat {
  private latest?: { readonly round: bigint; readonly own: Aggregation };

  constructor(context: PartyContext) {
    super(context, "aggregator", Phase.AggregateCommit, Phase.AggregateReveal);
  }

  override async step(): Promise<boolean> {
    const sent = await super.step();
    const { view } = this.context;
    const state = await view.state();
    if (Number(state.phase) !== Phase.Challenge) return sent;
    const opening = await this.recordedOpening(state.round);
    if (opening === undefined) return sent;
    const answer = decodeAnswer(opening.content);
    return (await openDemanded(this.context, state.round, answer, () => this.own(state))) || sent;
  }

  /** The next global model with its tree; undefined if there is nothing to aggregate. */
  protected async aggregate(state: TaskState): Promise<Aggregation | undefined> {
    const inputs = await aggregationInputs(this.context, state);
    return inputs && aggregate(inputs);
  }

  protected override async produce(state: TaskState): Promise<Uint8Array | undefined> {
    const own = await this.own(state);
    return own && encodeAnswer(answerOf(own));
  }

  /** What it works out once a round. It is too large for the record: after a crash it is computed again. */
  private async own(state: TaskState): Promise<Aggregation | undefined> {
    if (this.latest?.round === state.round) return this.latest.own;
    const own = await this.aggregate(state);
    this.latest = own && { round: state.round, own };
    return own;
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return answerCommitment(scope, this.account, saltOf(opening), decodeAnswer(opening.content));
  }

  protected override sendCommitment(commitment: string) {
    return this.context.tasks.commitAnswer(this.context.view.taskId, commitment);
  }

  protected override async sendOpening(opening: Opening) {
    const { tasks, view } = this.context;
    await this.publish();
    return tasks.revealAnswer(view.taskId, this.account, decodeAnswer(opening.content), saltOf(opening));
  }

  /** Publishes model and tree. */
  private async publish(): Promise<void> {
    const { view, log } = this.context;
    try {
      const own = await this.own(await view.state());
      if (own === undefined) return;
      const { privacy } = await view.manifest();
      const { file, tensors } = publishedAggregation(own, privacy.kind === "sealed" ? 1 : 0);
      for (const content of [file, ...tensors]) await view.content.put(content);
    } catch (err) {
      // a reveal is owed whatever happens; who gave the same answer may have published
      log.error({ err, account: this.account }, "the answer is revealed without its content");
    }
  }
}

/** What an aggregation is to be revealed as. */
export function answerOf(own: Aggregation): Answer {
  return {
    modelRoot: tensorRoot(own.model),
    model: taskContentOf(cidOf(publishedAggregation(own).file)),
    nodesRoot: nodesRoot(own.tree),
  };
}

const CODER = AbiCoder.defaultAbiCoder();
const LAYOUT = ["bytes32", "uint32", "bytes32", "bytes32"];

function encodeAnswer({ modelRoot, model, nodesRoot }: Answer): Uint8Array {
  return getBytes(CODER.encode(LAYOUT, [modelRoot, model.codec, model.digest, nodesRoot]));
}

function decodeAnswer(record: Uint8Array): Answer {
  const [modelRoot, codec, digest, nodesRoot] = CODER.decode(LAYOUT, record);
  return { modelRoot, model: { codec: Number(codec), digest }, nodesRoot };
}
