import { Phase } from "@artel/sdk";
import {
  cidOf,
  cidToBytes,
  deltaBetween,
  dequantise,
  quantise,
  tensorFromBytes,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  updateCommitment,
  type UpdateOpening,
} from "@artel/sdk/learning";

import { decodeExamples } from "../data/examples.js";
import type { DataStore } from "../data/DataStore.js";
import { Journal, type Opening } from "./journal.js";
import { act, scopeOf, type Party, type PartyContext } from "./party.js";

/** Name under which a client's store keeps its examples. */
export const EXAMPLES_RECORD = "examples";

/**
 * A data contributor: trains on the examples in its own store, commits to the update, and publishes it once nobody can
 * copy it into the same round any more.
 */
export class Client implements Party {
  readonly account: string;
  private readonly journal: Journal;

  constructor(
    protected readonly context: PartyContext,
    protected readonly store: DataStore,
  ) {
    this.account = context.account;
    this.journal = new Journal(store, `update-${context.chainId}-${context.view.taskId}`);
  }

  async step(): Promise<boolean> {
    const state = await this.context.view.state();
    const phase = Number(state.phase);
    if (phase === Phase.Commit) return this.commit(state.round, state.modelRoot);
    if (phase === Phase.Reveal) return this.reveal(state.round);
    return false;
  }

  /** The update of a round as quantised delta, and the number of examples behind it. */
  protected async produce(round: bigint, modelRoot: string): Promise<{ delta: Int32Array; samples: bigint }> {
    const { view } = this.context;
    const [manifest, trainer, model] = await Promise.all([view.manifest(), view.trainer(), view.model(modelRoot)]);
    const examples = decodeExamples(await this.store.get(EXAMPLES_RECORD));
    const seed = `${manifest.seed}/${this.account}/${round}`;
    const trained = trainer.train(dequantise(model, manifest.fractionBits), examples, manifest.recipe, seed);
    const delta = deltaBetween(model, quantise(trained, manifest.fractionBits));
    return { delta, samples: BigInt(examples.labels.length) };
  }

  private async commit(round: bigint, modelRoot: string): Promise<boolean> {
    if (await this.journal.find(round)) return false;
    const { delta, samples } = await this.produce(round, modelRoot);
    const opening = await this.journal.record(round, encodeUpdate(samples, delta));
    const commitment = updateCommitment(await scopeOf(this.context, round), this.openingOf(opening));
    const { rounds, view } = this.context;
    return act(this.context, `commit update of round ${round}`, () => rounds.commitUpdate(view.taskId, commitment));
  }

  private async reveal(round: bigint): Promise<boolean> {
    const recorded = await this.journal.find(round);
    if (recorded === undefined || (await this.isRevealed(round))) return false;
    const opening = this.openingOf(recorded);
    const { rounds, view } = this.context;
    await view.content.put(recorded.content.subarray(SAMPLES_BYTES));
    return act(this.context, `reveal update of round ${round}`, () =>
      rounds.revealUpdate(view.taskId, this.account, opening),
    );
  }

  private async isRevealed(round: bigint): Promise<boolean> {
    return (await this.context.view.updates(round)).some(({ client }) => client === this.account);
  }

  private openingOf({ salt, content }: Opening): UpdateOpening {
    const { samples, delta, bytes } = decodeUpdate(content);
    return {
      client: this.account,
      root: tensorRoot(delta),
      samples,
      norm: tensorNorm(delta),
      cid: cidToBytes(cidOf(bytes)),
      salt,
    };
  }
}

const SAMPLES_BYTES = 4;

/** Journal record of an update: the number of examples (uint32 big-endian), then the serialised delta. */
function encodeUpdate(samples: bigint, delta: Int32Array): Uint8Array {
  const bytes = tensorToBytes(delta);
  const record = new Uint8Array(SAMPLES_BYTES + bytes.length);
  new DataView(record.buffer).setUint32(0, Number(samples));
  record.set(bytes, SAMPLES_BYTES);
  return record;
}

function decodeUpdate(record: Uint8Array): { samples: bigint; delta: Int32Array; bytes: Uint8Array } {
  const bytes = record.subarray(SAMPLES_BYTES);
  const samples = BigInt(new DataView(record.buffer, record.byteOffset).getUint32(0));
  return { samples, delta: tensorFromBytes(bytes, bytes.length / 4), bytes };
}
