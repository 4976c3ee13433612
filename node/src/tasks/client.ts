import { TaskPhase } from "@artel/sdk";
import {
  cidOf,
  commitItem,
  revealItem,
  signUpdateCommitment,
  taskContentOf,
  taskUpdateCommitment,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  type CommitmentScope,
  type TaskUpdateOpening,
} from "@artel/sdk/learning";
import type { Signer } from "ethers";

import type { Opening } from "./journal.js";
import { decodeUpdate, encodeUpdate, trainUpdate, type Update } from "../localUpdate.js";
import { Party, saltOf, type PartyContext } from "./party.js";
import type { TaskState } from "./taskView.js";

/**
 * A data contributor: trains on the examples in its own store, commits to the update, and publishes it once nobody can
 * copy it into the same round any more. It sends its own transactions, or gives items for somebody else's batches.
 */
export class Client extends Party {
  constructor(context: PartyContext) {
    super(context, "client", TaskPhase.Commit, TaskPhase.Reveal);
  }

  /**
   * The signed commitment to the running round's update, as an item of `commitUpdates`; undefined outside Commit. The
   * client must have its place already.
   *
   * @param signer - of the client's key
   */
  async signedCommitment(signer: Signer): Promise<string | undefined> {
    const state = await this.context.view.state();
    if (Number(state.phase) !== TaskPhase.Commit) return undefined;
    const opening = await this.openingOf(state);
    if (opening === undefined) return undefined;
    const scope = await this.scopeOf(state.round);
    const commitment = this.commitmentOf(scope, opening);
    return commitItem(this.account, commitment, await signUpdateCommitment(signer, scope, commitment));
  }

  /**
   * The running round's update, published, as an item of `revealUpdates`; undefined outside Reveal, or if nothing was
   * committed to.
   */
  async opened(): Promise<string | undefined> {
    const state = await this.context.view.state();
    if (Number(state.phase) !== TaskPhase.Reveal) return undefined;
    const opening = await this.recordedOpening(state.round);
    if (opening === undefined) return undefined;
    await this.publish(opening);
    return revealItem(this.account, openUpdate(opening));
  }

  /** Trains for a round. */
  protected async train(state: TaskState): Promise<Update | undefined> {
    return trainUpdate(this.context, state);
  }

  protected override async produce(state: TaskState): Promise<Uint8Array | undefined> {
    const update = await this.train(state);
    return update && encodeUpdate(update);
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return taskUpdateCommitment(scope, this.account, openUpdate(opening));
  }

  protected override sendCommitment(commitment: string) {
    return this.context.tasks.commitUpdate(this.context.view.taskId, commitment);
  }

  protected override async sendOpening(opening: Opening) {
    const { tasks, view } = this.context;
    await this.publish(opening);
    return tasks.revealUpdate(view.taskId, this.account, openUpdate(opening));
  }

  private async publish({ content }: Opening): Promise<void> {
    await this.context.view.content.put(tensorToBytes(decodeUpdate(content).delta));
  }
}

function openUpdate(opening: Opening): TaskUpdateOpening {
  const { samples, delta } = decodeUpdate(opening.content);
  return {
    root: tensorRoot(delta),
    samples: BigInt(samples),
    norm: tensorNorm(delta),
    content: taskContentOf(cidOf(tensorToBytes(delta))),
    salt: saltOf(opening),
  };
}
