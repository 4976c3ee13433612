import { Role, Phase } from "@artel/sdk";
import {
  CELL_CLIENTS,
  cidOf,
  commitItem,
  revealItem,
  signUpdateCommitment,
  taskContentOf,
  updateCommitment,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  type CommitmentScope,
  type UpdateOpening,
} from "@artel/sdk/learning";
import { ZeroHash, type Signer } from "ethers";

import { decodeUpdate, dataHashOf, encodeUpdate, trainUpdate, type Update } from "../localUpdate.js";
import type { Recipient } from "../privacy/PrivacyMode.js";
import type { Opening } from "./journal.js";
import { Party, saltOf, type PartyContext } from "./party.js";
import { privacyOf } from "./sealing.js";
import type { TaskState } from "./taskView.js";

/**
 * A data contributor: trains on the examples in its own store, commits to the update, and publishes it once nobody can
 * copy it into the same round any more. It sends its own transactions, or gives items for somebody else's batches; but where
 * updates are sealed it announces the wraps itself, as it does its data where the task asks for consent.
 */
export class Client extends Party {
  private wrapped?: bigint;

  constructor(context: PartyContext) {
    super(context, "client", Phase.Commit, Phase.Reveal);
  }

  /**
   * The signed commitment to the running round's update, as an item of `commitUpdates`; undefined outside Commit. The
   * client must have its place already, and have declared its data where the task asks for consent.
   *
   * @param signer - of the client's key
   */
  async signedCommitment(signer: Signer): Promise<string | undefined> {
    const state = await this.context.view.state();
    if (Number(state.phase) !== Phase.Commit) return undefined;
    const opening = await this.openingOf(state);
    if (opening === undefined) return undefined;
    const scope = await this.context.view.scope(state.round);
    const commitment = await this.commitmentOf(scope, opening);
    return commitItem(this.account, commitment, await signUpdateCommitment(signer, scope, commitment));
  }

  /**
   * The running round's update, published, as an item of `revealUpdates`; undefined outside Reveal, or if nothing was
   * committed to.
   */
  async opened(): Promise<string | undefined> {
    const state = await this.context.view.state();
    if (Number(state.phase) !== Phase.Reveal) return undefined;
    const opening = await this.recordedOpening(state.round);
    if (opening === undefined) return undefined;
    return revealItem(this.account, await this.published(opening, state.round));
  }

  /** Trains for a round. */
  protected async train(state: TaskState): Promise<Update | undefined> {
    return trainUpdate(this.context, state);
  }

  protected override async produce(state: TaskState): Promise<Uint8Array | undefined> {
    const update = await this.train(state);
    return update && encodeUpdate(update);
  }

  protected override async commitmentOf(scope: CommitmentScope, opening: Opening): Promise<string> {
    return updateCommitment(scope, this.account, openUpdate(opening, await this.contentOf(opening, scope)));
  }

  protected override async sendCommitment(commitment: string) {
    const { tasks, view } = this.context;
    await this.declareData();
    return tasks.commitUpdate(view.taskId, commitment);
  }

  protected override async sendOpening(opening: Opening, round: bigint) {
    const { tasks, view } = this.context;
    return tasks.revealUpdate(view.taskId, this.account, await this.published(opening, round));
  }

  /** Lets the recipients of a sealed update read it, once the seed says who they are. */
  protected override async attend(state: TaskState): Promise<boolean> {
    const { view, tasks, log } = this.context;
    const { phase, round } = state;
    if (Number(phase) !== Phase.AuditCommit || this.wrapped === round) return false;
    const opening = await this.recordedOpening(round);
    const mode = await privacyOf(this.context);
    if (opening === undefined || mode.kind === "open" || (await view.wraps(round)).has(this.account)) {
      this.wrapped = round;
      return false;
    }
    const recipients = await this.recipients(state);
    if (recipients === undefined) return false;
    const update = tensorToBytes(decodeUpdate(opening.content).delta);
    const place = { ...(await view.scope(round)), client: this.account };
    const { bundle, unreached } = (await mode.wrap(update, place, recipients))!;
    if (unreached.length > 0) log.warn({ round: `${round}`, unreached }, "recipients without a usable key");
    const wraps = taskContentOf(await view.content.put(bundle));
    const sent = await this.act(`wraps in round ${round}`, () => tasks.publishWraps(view.taskId, wraps));
    this.wrapped = round;
    return sent;
  }

  /** Who is to read the client's update; undefined while the seed is not known. */
  protected async recipients(state: TaskState): Promise<Recipient[] | undefined> {
    const { view } = this.context;
    const panels = await view.panels(state);
    const { id } = await view.contract.participantOf(view.taskId, this.account);
    const panel = panels?.find(({ cells }) => cells.includes(Math.floor(Number(id) / CELL_CLIENTS)));
    return panel && view.recipients(panel);
  }

  /** Takes a place and says which data it trains on, if the task asks for consent and that was not done before. */
  private async declareData(): Promise<void> {
    const { tasks, view } = this.context;
    const { consentPurpose } = await view.terms();
    if (consentPurpose === ZeroHash || (await tasks.consentOf(view.taskId, this.account)) !== ZeroHash) return;
    const { role } = await tasks.participantOf(view.taskId, this.account);
    if (Number(role) === Role.None) await (await tasks.join(view.taskId, Role.Client)).wait();
    await (await tasks.declareData(view.taskId, dataHashOf(this.account))).wait();
  }

  /** Publishes an update; returns its opening. */
  private async published(opening: Opening, round: bigint): Promise<UpdateOpening> {
    const { view } = this.context;
    const content = await this.contentOf(opening, await view.scope(round));
    await view.content.put(content);
    return openUpdate(opening, content);
  }

  /** What is published of an update, as the task's privacy wants it. */
  private async contentOf({ content }: Opening, scope: CommitmentScope): Promise<Uint8Array> {
    const mode = await privacyOf(this.context);
    return mode.protect(tensorToBytes(decodeUpdate(content).delta), { ...scope, client: this.account });
  }
}

function openUpdate(opening: Opening, content: Uint8Array): UpdateOpening {
  const { samples, delta } = decodeUpdate(opening.content);
  return {
    root: tensorRoot(delta),
    samples: BigInt(samples),
    norm: tensorNorm(delta),
    content: taskContentOf(cidOf(content)),
    salt: saltOf(opening),
  };
}
