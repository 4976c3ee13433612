import { createHmac } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";

import {
  Auditor,
  Client,
  openContentFolder,
  openEncryptedFolder,
  openTaskBeacon,
  TaskView,
  WatchfulAggregator,
  type Party,
} from "@artel/node";
import { HeadroomWallet, IDrandBeacon__factory, ILearning__factory, type ROLE_NAMES, type TaskRole } from "@artel/sdk";
import { RELAY_TIMEOUT_MS } from "@artel/sdk/randomness";
import { JsonRpcProvider, Network } from "ethers";
import { pino } from "pino";

import { CopyingClient, LyingAggregator, SilentAuditor } from "./adversaries.js";
import type { Conduct } from "./parties.js";

/** A party as a host gets to know it. */
export interface HostedParty {
  readonly role: (typeof ROLE_NAMES)[TaskRole];
  readonly conduct: Conduct;
  readonly privateKey: string;
  /** Folder of the party's encrypted store. */
  readonly store: string;
  /** Key of the store. */
  readonly key: Uint8Array;
}

/** What a host is started with. */
export interface HostData {
  readonly rpcUrl: string;
  readonly chainId: number;
  /** Address of the contract of tasks. */
  readonly tasks: string;
  /** Address of the beacon's contract, and a relay of its network. */
  readonly beacon: string;
  readonly relay: string;
  readonly taskId: bigint;
  readonly fromBlock: number;
  readonly content: string;
  readonly log: string;
  readonly parties: readonly HostedParty[];
}

/** What a host is asked for: to let all its parties work, or one of them, by place, act on the chain. */
export type HostRequest = { readonly prepare: true } | { readonly step: number };

/** What a host answers. */
export type HostAnswer = { readonly error?: string };

const data = workerData as HostData;
const log = pino({ base: undefined }, pino.destination(data.log));
const network = Network.from(data.chainId);
const provider = new JsonRpcProvider(data.rpcUrl, network, { staticNetwork: network, cacheTimeout: -1 });
provider.pollingInterval = 50;
const relays = { urls: [data.relay], timeoutMs: RELAY_TIMEOUT_MS };
const beacon = openTaskBeacon(IDrandBeacon__factory.connect(data.beacon, provider), relays);
const working = Promise.all(data.parties.map(admit));

async function admit({ role, conduct, privateKey, store, key }: HostedParty): Promise<Party> {
  const wallet = new HeadroomWallet(privateKey, provider);
  const { randomness, timelock } = await beacon;
  const tasks = ILearning__factory.connect(data.tasks, wallet);
  const context = {
    view: new TaskView(tasks, data.taskId, data.fromBlock, openContentFolder(data.content), randomness),
    ...{ tasks, account: wallet.address, chainId: BigInt(data.chainId), timelock },
    ...{ store: await openEncryptedFolder(store, key), log },
    // A season is to be repeatable down to its gas, so here salts follow from the key that only this party has.
    drawSalt: (name: string, round: bigint) => createHmac("sha256", privateKey).update(`${name} ${round}`).digest(),
  };
  switch (role) {
    case "client":
      return conduct === "copies" ? new CopyingClient(context) : new Client(context);
    case "auditor":
      return conduct === "silent" ? new SilentAuditor(context) : new Auditor(context);
    case "aggregator":
      return conduct === "lies" ? new LyingAggregator(context) : new WatchfulAggregator(context);
  }
}

parentPort!.on("message", async (request: HostRequest) => {
  try {
    const admitted = await working;
    if ("step" in request) await admitted[request.step].step();
    else for (const party of admitted) await party.prepare();
    parentPort!.postMessage({} satisfies HostAnswer);
  } catch (error) {
    parentPort!.postMessage({ error: (error as Error).message } satisfies HostAnswer);
  }
});
