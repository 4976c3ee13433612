import { join } from "node:path";

import {
  dirichletSplit,
  encodeExamples,
  EXAMPLES_RECORD,
  flipLabels,
  iidSplit,
  openEncryptedFolder,
  pick,
  shardSplit,
  type Dataset,
  type Examples,
} from "@artel/node";
import { Role } from "@artel/sdk";
import { createRandom } from "@artel/sdk/learning";
import { getBytes, id } from "ethers";

import type { SeasonOptions } from "./options.js";
import { AUDITORS, type PartyProfile } from "./parties.js";

/** Concentration of labels: 0.5 leaves most clients with a few labels each. */
export const DIRICHLET_ALPHA = 0.5;
/** Shards of sorted labels a client: two or three labels each. */
export const SHARDS_EACH = 2;

/** What each party privately holds; undefined for those without data. */
export type PrivateData = ReadonlyMap<PartyProfile, Examples>;

/** Sizes of a season's data. */
export interface DataPlan {
  /** Examples divided among the clients. */
  readonly training: number;
  /** Test examples of each auditor. */
  readonly audit: number;
  /** Distance from the median, in score units, within which an auditor's sampling error usually stays. */
  readonly epsilon: number;
}

/** How much of the 60,000 training images is used, and for what. The 10,000 test images are nobody's. */
export function planData({ quick }: Pick<SeasonOptions, "quick">): DataPlan {
  return quick ? { training: 6_000, audit: 1_000, epsilon: 1_536 } : { training: 50_000, audit: 2_000, epsilon: 1_024 };
}

/**
 * Divides a data set: to each auditor an even sample, to each client that works a part with labels of its own, to the
 * poisoner its part under flipped labels. The parts are disjoint.
 */
export function dividePrivateData(
  dataset: Dataset,
  parties: readonly PartyProfile[],
  options: SeasonOptions,
): PrivateData {
  const plan = planData(options);
  const random = createRandom(options.seed, "data");
  const auditors = parties.filter(({ role }) => role === Role.Auditor);
  const workers = parties.filter(({ role, conduct }) => role === Role.Client && conduct !== "copies");
  const sizes = [...Array<number>(AUDITORS).fill(plan.audit), plan.training];
  const samples = iidSplit(dataset.train.labels.length, sizes, random);
  const pool = pick(dataset.train, samples[AUDITORS]);
  const minimum = Math.floor(plan.training / workers.length / 10);
  const parts =
    options.split === "shards"
      ? shardSplit(pool.labels, workers.length, SHARDS_EACH, random)
      : dirichletSplit(pool.labels, workers.length, DIRICHLET_ALPHA, minimum, random);
  const data = new Map<PartyProfile, Examples>();
  auditors.forEach((auditor, i) => data.set(auditor, pick(dataset.train, samples[i])));
  workers.forEach((client, i) => {
    const examples = pick(pool, parts[i]);
    data.set(client, client.conduct === "flips-labels" ? flipLabels(examples) : examples);
  });
  return data;
}

/** Where the private store of a party lies, and what opens it. */
export interface StoreAccess {
  readonly folder: string;
  readonly key: Uint8Array;
}

/** The store of a party within the season's folder; its key follows from the party's account key. */
export function storeOf(party: PartyProfile, folder: string): StoreAccess {
  const key = getBytes(id(`artel store ${party.wallet.privateKey}`));
  return { folder: join(folder, "stores", party.wallet.address.toLowerCase()), key };
}

/** Puts everybody's examples into their own encrypted store. */
export async function fillStores(data: PrivateData, folder: string): Promise<void> {
  for (const [party, examples] of data) {
    const access = storeOf(party, folder);
    const store = await openEncryptedFolder(access.folder, access.key);
    await store.put(EXAMPLES_RECORD, encodeExamples(examples));
  }
}
