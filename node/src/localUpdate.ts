import { noiseOf, tensorFromBytes, tensorToBytes } from "@artel/sdk/learning";
import { id } from "ethers";

import type { DataStore } from "./data/DataStore.js";
import { decodeExamples } from "./data/examples.js";
import { privatise } from "./privacy/noise.js";
import type { TaskView } from "./tasks/taskView.js";

/** Name under which the store of a client or an auditor keeps its examples. */
export const EXAMPLES_RECORD = "examples";

/**
 * Hash by which a client's consent names its examples: of the place where it keeps them and not of what lies there, which
 * could be guessed.
 */
export function dataHashOf(account: string): string {
  return id(`${account.toLowerCase()}/${EXAMPLES_RECORD}`);
}

/** What a client has to offer in a round. */
export interface Update {
  /** Quantised difference to where the round started. */
  readonly delta: Int32Array;
  /** Number of examples behind it. */
  readonly samples: number;
}

/**
 * Trains on the examples in a client's own store from where a round starts, and adds the noise that the task asks for.
 *
 * @param context - of the client
 * @param state - of the round
 */
export async function trainUpdate(
  { view, store, account }: { readonly view: TaskView; readonly store: DataStore; readonly account: string },
  state: { readonly round: bigint; readonly modelRoot: string },
): Promise<Update> {
  const [manifest, strategy, start] = await Promise.all([view.manifest(), view.strategy(), view.start(state)]);
  const examples = decodeExamples(await store.get(EXAMPLES_RECORD));
  const step = strategy.update(start, examples, `${manifest.seed}/${account}/${state.round}`);
  const noise = noiseOf(manifest);
  const delta = noise === undefined ? step : privatise(step, noise);
  return { delta, samples: examples.labels.length };
}

const SAMPLES_BYTES = 4;

/** Record of an update: the number of examples (uint32 big-endian), then the serialised delta. */
export function encodeUpdate({ samples, delta }: Update): Uint8Array {
  const bytes = tensorToBytes(delta);
  const record = new Uint8Array(SAMPLES_BYTES + bytes.length);
  new DataView(record.buffer).setUint32(0, samples);
  record.set(bytes, SAMPLES_BYTES);
  return record;
}

/** Reads what {@link encodeUpdate} wrote. */
export function decodeUpdate(record: Uint8Array): Update {
  const bytes = record.subarray(SAMPLES_BYTES);
  const samples = new DataView(record.buffer, record.byteOffset).getUint32(0);
  return { samples, delta: tensorFromBytes(bytes, bytes.length / 4) };
}
