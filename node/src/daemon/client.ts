import { Phase } from "@artel/sdk";
import {
  cidOf,
  cidToBytes,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  updateCommitment,
  type CommitmentScope,
  type UpdateOpening,
} from "@artel/sdk/learning";

import { decodeUpdate, encodeUpdate, trainUpdate, type Update } from "../localUpdate.js";
import type { Opening } from "./journal.js";
import { Party, type PartyContext, type RoundState } from "./party.js";

/**
 * A data contributor: trains on the examples in its own store, commits to the update, and publishes it once nobody can
 * copy it into the same round any more.
 */
export class Client extends Party {
  constructor(context: PartyContext) {
    super(context, "client", Phase.Commit, Phase.Reveal);
  }

  /** Trains for a round. */
  protected async train(state: RoundState): Promise<Update | undefined> {
    return trainUpdate(this.context, state);
  }

  protected override async produce(state: RoundState): Promise<Uint8Array | undefined> {
    const update = await this.train(state);
    return update && encodeUpdate(update);
  }

  protected override commitmentOf(scope: CommitmentScope, opening: Opening): string {
    return updateCommitment(scope, this.openUpdate(opening));
  }

  protected override sendCommitment(commitment: string) {
    return this.context.rounds.commitUpdate(this.context.view.taskId, commitment);
  }

  protected override async sendOpening(opening: Opening) {
    const { rounds, view } = this.context;
    await view.content.put(tensorToBytes(decodeUpdate(opening.content).delta));
    return rounds.revealUpdate(view.taskId, this.account, this.openUpdate(opening));
  }

  private openUpdate({ salt, content }: Opening): UpdateOpening {
    const { samples, delta } = decodeUpdate(content);
    return {
      client: this.account,
      root: tensorRoot(delta),
      samples: BigInt(samples),
      norm: tensorNorm(delta),
      cid: cidToBytes(cidOf(tensorToBytes(delta))),
      salt,
    };
  }
}
