import { Phase } from "@artel/sdk";
import {
  cidOf,
  cidToBytes,
  noiseOf,
  tensorFromBytes,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  updateCommitment,
  type CommitmentScope,
  type UpdateOpening,
} from "@artel/sdk/learning";

import { decodeExamples } from "../data/examples.js";
import { privatise } from "../privacy/noise.js";
import type { Opening } from "./journal.js";
import { Party, type PartyContext, type RoundState } from "./party.js";

/** Name under which the store of a client or an auditor keeps its examples. */
export const EXAMPLES_RECORD = "examples";

/** What a client has to offer in a round. */
export interface Update {
  /** Quantised difference to where the round started. */
  readonly delta: Int32Array;
  /** Number of examples behind it. */
  readonly samples: number;
}

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
    const { view, store } = this.context;
    const [manifest, strategy, start] = await Promise.all([view.manifest(), view.strategy(), view.start(state)]);
    const examples = decodeExamples(await store.get(EXAMPLES_RECORD));
    const step = strategy.update(start, examples, `${manifest.seed}/${this.account}/${state.round}`);
    const noise = noiseOf(manifest);
    const delta = noise === undefined ? step : privatise(step, noise);
    return { delta, samples: examples.labels.length };
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

const SAMPLES_BYTES = 4;

/** Record of an update: the number of examples (uint32 big-endian), then the serialised delta. */
function encodeUpdate({ samples, delta }: Update): Uint8Array {
  const bytes = tensorToBytes(delta);
  const record = new Uint8Array(SAMPLES_BYTES + bytes.length);
  new DataView(record.buffer).setUint32(0, samples);
  record.set(bytes, SAMPLES_BYTES);
  return record;
}

function decodeUpdate(record: Uint8Array): Update {
  const bytes = record.subarray(SAMPLES_BYTES);
  const samples = new DataView(record.buffer, record.byteOffset).getUint32(0);
  return { samples, delta: tensorFromBytes(bytes, bytes.length / 4) };
}
