import { createHmac } from "node:crypto";
import { parentPort, workerData } from "node:worker_threads";

import { Aggregator, Auditor, Client, openContentFolder, openEncryptedFolder, TaskView, type Party } from "@artel/node";
import { HeadroomWallet, ILearningRounds__factory, Role, type TaskRole } from "@artel/sdk";
import { JsonRpcProvider, Network } from "ethers";
import { pino } from "pino";

import { CopyingClient } from "./adversaries.js";
import type { Conduct } from "./parties.js";

/** A party as a host gets to know it. */
export interface HostedParty {
  readonly role: TaskRole;
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
  readonly rounds: string;
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
const parties = Promise.all(data.parties.map(admit));

async function admit(party: HostedParty): Promise<Party> {
  const wallet = new HeadroomWallet(party.privateKey, provider);
  const rounds = ILearningRounds__factory.connect(data.rounds, wallet);
  const view = new TaskView(rounds, data.taskId, data.fromBlock, openContentFolder(data.content));
  const context = {
    view,
    rounds,
    account: wallet.address,
    chainId: BigInt(data.chainId),
    store: await openEncryptedFolder(party.store, party.key),
    log,
    // A season is to be repeatable down to its gas, so here salts follow from the key that only this party has.
    drawSalt: (role: string, round: bigint) =>
      createHmac("sha256", party.privateKey).update(`${role} ${round}`).digest(),
  };
  switch (party.role) {
    case Role.Auditor:
      return new Auditor(context);
    case Role.Aggregator:
      return new Aggregator(context);
    default:
      return party.conduct === "copies" ? new CopyingClient(context) : new Client(context);
  }
}

parentPort!.on("message", async (request: HostRequest) => {
  try {
    const admitted = await parties;
    if ("step" in request) await admitted[request.step].step();
    else for (const party of admitted) await party.prepare();
    parentPort!.postMessage({} satisfies HostAnswer);
  } catch (error) {
    parentPort!.postMessage({ error: (error as Error).message } satisfies HostAnswer);
  }
});
