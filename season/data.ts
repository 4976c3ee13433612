import { join } from "node:path";

import {
  dirichletSplit,
  encodeExamples,
  EXAMPLES_RECORD,
  flipLabels,
  iidSplit,
  openEncryptedFolder,
  pick,
  SEALING_SECRET_RECORD,
  shardSplit,
  type Dataset,
  type Examples,
} from "@artel/node";
import { Role } from "@artel/sdk";
import { createRandom } from "@artel/sdk/learning";
import { getBytes, id } from "ethers";

import type { SeasonOptions } from "./options.js";
import type { PartyProfile } from "./parties.js";

/** Concentration of labels: 0.5 leaves most clients with a few labels each. */
export const DIRICHLET_ALPHA = 0.5;
/** Shards of sorted labels a client: two or three labels each. */
export const SHARDS_EACH = 2;

/** Test examples of all slices together: the others are the clients'. */
const TEST_EXAMPLES = 10_000;
/** Examples of a slice: more would only take longer to score. */
const MOST_IN_SLICE = 1_000;

/** What each party privately holds; undefined for those without data. */
export type PrivateData = ReadonlyMap<PartyProfile, Examples>;

/** A data set, divided. */
export interface DividedData {
  readonly held: PrivateData;
  /** What the rounds are scored on, by test slice. */
  readonly slices: readonly Examples[];
}

/**
 * Divides the training images of a data set: to each test slice an even sample, to each client that works a part with
 * labels of its own, to the poisoner its part under flipped labels. The parts are disjoint; the 10,000 test images are
 * nobody's.
 */
export function divideData(
  dataset: Dataset,
  parties: readonly PartyProfile[],
  sliceCount: number,
  options: Pick<SeasonOptions, "seed" | "quick" | "split">,
): DividedData {
  const random = createRandom(options.seed, "data");
  const training = options.quick ? 6_000 : 50_000;
  const inSlice = Math.min(MOST_IN_SLICE, Math.floor(TEST_EXAMPLES / sliceCount));
  const [pooled, ...slices] = iidSplit(
    dataset.train.labels.length,
    [training, ...Array<number>(sliceCount).fill(inSlice)],
    random,
  );
  const pool = pick(dataset.train, pooled);
  const workers = parties.filter(({ role, conduct }) => role === Role.Client && conduct !== "copies");
  const minimum = Math.floor(training / workers.length / 10);
  const parts =
    options.split === "shards"
      ? shardSplit(pool.labels, workers.length, SHARDS_EACH, random)
      : dirichletSplit(pool.labels, workers.length, DIRICHLET_ALPHA, minimum, random);
  const held = new Map<PartyProfile, Examples>();
  workers.forEach((client, i) => {
    const examples = pick(pool, parts[i]);
    held.set(client, client.conduct === "flips-labels" ? flipLabels(examples) : examples);
  });
  return { held, slices: slices.map((ids) => pick(dataset.train, ids)) };
}

/** Where the private store of a party lies, and what opens it. */
export interface StoreAccess {
  readonly folder: string;
  readonly key: Uint8Array;
}

/** The store of a party within the season's folder; its key follows from the party's account key. */
export function storeOf(wallet: PartyProfile["wallet"], folder: string): StoreAccess {
  const key = getBytes(id(`artel store ${wallet.privateKey}`));
  return { folder: join(folder, "stores", wallet.address.toLowerCase()), key };
}

/** Gives everybody their own encrypted store, with their examples and what seals updates in it. */
export async function fillStores(parties: readonly PartyProfile[], data: PrivateData, folder: string): Promise<void> {
  for (const party of parties) {
    const { wallet } = party;
    const access = storeOf(wallet, folder);
    const store = await openEncryptedFolder(access.folder, access.key);
    await store.put(SEALING_SECRET_RECORD, getBytes(id(`artel sealing ${wallet.privateKey}`)));
    const examples = data.get(party);
    if (examples !== undefined) await store.put(EXAMPLES_RECORD, encodeExamples(examples));
  }
}
