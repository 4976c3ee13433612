import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import {
  errorDeploymentResultToExceptionMessage,
  HardhatArtifactResolver,
} from "@nomicfoundation/hardhat-ignition/helpers";
import {
  deploy,
  DeploymentResultType,
  listTransactions,
  trackTransaction,
  TransactionStatus,
  type DeploymentParameters,
  type ExecutionEventListener,
  type IgnitionModule,
  type SolidityParameterType,
} from "@nomicfoundation/ignition-core";
import { BrowserProvider, toQuantity, type Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { EthereumProvider } from "hardhat/types/providers";

import { CooperativeFactory__factory } from "../sdk/src/contracts/index.js";
import { loadDeployment, type ContractName, type Deployment } from "../sdk/src/deployments.js";
import { readAddresses } from "../sdk/src/program/index.js";
import { drandNetworkStruct, type DrandNetwork } from "../sdk/src/randomness/index.js";
import { DeployFlagError, DeploymentFailedError, DeploymentStoppedError } from "./errors.js";
import Handover from "./modules/Handover.js";
import Network from "./modules/Network.js";

type Entry = Deployment["contracts"][ContractName];

/** Where and how to deploy. */
export interface DeploymentPlan {
  /** Name for `addresses.json`. */
  readonly network: string;
  /** Holds the deployer's key: `eth_accounts` names it first. */
  readonly provider: EthereumProvider;
  /** Names the journal under `deploy/deployments/` from which an interrupted deployment continues. */
  readonly deploymentId: string;
  /** The drand network whose rounds seed learning tasks. */
  readonly drand: DrandNetwork;
  /** Blocks on top of a transaction before the next depends on it. */
  readonly confirmations: number;
  /** Milliseconds between two looks for a receipt. */
  readonly pollMs: number;
  /** Told of every step. */
  readonly listener?: ExecutionEventListener;
}

/** Parameters of the module `Network`. */
export function networkParameters(drand: DrandNetwork): DeploymentParameters {
  return { Network: { drand: drandNetworkStruct(drand) } };
}

/** Folder of a deployment's journal. */
export function journalOf(hre: HardhatRuntimeEnvironment, deploymentId: string): string {
  return join(hre.config.paths.ignition, "deployments", deploymentId);
}

/** How many of a deployment's transactions are confirmed; 0 before it began. */
export async function confirmedTransactions(hre: HardhatRuntimeEnvironment, deploymentId: string): Promise<number> {
  const journal = await readFile(join(journalOf(hre, deploymentId), "journal.jsonl"), "utf8").catch(() => "");
  return journal.split("\n").filter((line) => line.includes('"type":"TRANSACTION_CONFIRM"')).length;
}

/**
 * Deploys the network, or what is missing of it.
 * @throws DeploymentStoppedError when the chain refused a request or could not be reached any more
 * @throws DeploymentFailedError when a transaction reverted
 */
export async function deployNetwork(hre: HardhatRuntimeEnvironment, plan: DeploymentPlan): Promise<Deployment> {
  await run(hre, plan, Network, networkParameters(plan.drand));
  return record(hre, plan);
}

/**
 * Makes a cooperative's Treasury the administrator of a deployed network; the deployer keeps nothing.
 * @throws DeploymentStoppedError, DeploymentFailedError as {@link deployNetwork}
 */
export async function handOver(
  hre: HardhatRuntimeEnvironment,
  plan: DeploymentPlan,
  { contracts }: Deployment,
  steward: string,
): Promise<void> {
  await run(hre, plan, Handover, { Handover: { steward, accessManager: contracts.AccessManager.address } });
}

async function run(
  hre: HardhatRuntimeEnvironment,
  plan: DeploymentPlan,
  ignitionModule: IgnitionModule,
  deploymentParameters: DeploymentParameters,
): Promise<void> {
  const deploymentDir = journalOf(hre, plan.deploymentId);
  await mkdir(deploymentDir, { recursive: true });
  const accounts = (await plan.provider.request({ method: "eth_accounts" })) as string[];
  const attempt = () =>
    deploy({
      config: {
        requiredConfirmations: plan.confirmations,
        blockPollingInterval: plan.pollMs,
        retryInterval: plan.pollMs,
      },
      provider: plan.provider,
      artifactResolver: new HardhatArtifactResolver(hre.artifacts),
      ...{ deploymentDir, ignitionModule, deploymentParameters, accounts },
      executionEventListener: plan.listener,
    });
  const result = await attempt()
    .catch(async (cause: Error) => {
      if (!(await adoptUnrecorded(plan, deploymentDir, cause.message))) throw cause;
      return attempt();
    })
    .catch((cause: Error) => {
      throw new DeploymentStoppedError(firstLine(cause.message), { cause });
    });
  if (result.type === DeploymentResultType.SUCCESSFUL_DEPLOYMENT) return;
  throw new DeploymentFailedError(firstLine(errorDeploymentResultToExceptionMessage(result)), plan.deploymentId);
}

/** Blocks looked through for a transaction that was sent and not recorded. */
const UNRECORDED_SEARCH = 5_000;

/**
 * A deployment that was killed between sending a transaction and recording its hash knows the nonce alone. Finds the
 * transaction on the chain and adds it to the journal.
 * @param complaint - what Ignition said when it was to go on
 * @returns whether there was such a transaction
 */
async function adoptUnrecorded(plan: DeploymentPlan, journal: string, complaint: string): Promise<boolean> {
  const named = /nonce (\d+) sent from account (0x[0-9a-f]{40})/i.exec(complaint);
  if (named === null) return false;
  const [nonce, sender] = [Number(named[1]), named[2].toLowerCase()];
  const head = Number(await plan.provider.request({ method: "eth_blockNumber" }));
  for (let number = head; number >= 0 && number > head - UNRECORDED_SEARCH; number--) {
    const params = [toQuantity(number), true];
    const block = (await plan.provider.request({ method: "eth_getBlockByNumber", params })) as {
      transactions: { hash: string; from: string; nonce: string }[];
    };
    const sent = block.transactions.find(
      ({ from, nonce: used }) => from.toLowerCase() === sender && Number(used) === nonce,
    );
    if (sent === undefined) continue;
    await trackTransaction(journal, sent.hash, plan.provider, plan.confirmations);
    return true;
  }
  return false;
}

/** What the journal and the chain know of the deployed contracts. */
async function record(hre: HardhatRuntimeEnvironment, plan: DeploymentPlan): Promise<Deployment> {
  const provider = new BrowserProvider(plan.provider, undefined, { cacheTimeout: -1 });
  const transactions = await listTransactions(
    journalOf(hre, plan.deploymentId),
    new HardhatArtifactResolver(hre.artifacts),
  );
  const made = transactions.filter(({ status, address }) => status === TransactionStatus.SUCCESS && address);
  const entries = await Promise.all(
    made.map(async ({ name, address, txHash, params }) => {
      const block = await blockOf(provider, txHash);
      const entry: Entry = { address: address!, block, transaction: txHash, arguments: (params ?? []).map(textOf) };
      return [name!, entry] as const;
    }),
  );
  const contracts: Record<string, Entry> = Object.fromEntries(entries);
  // The factory's constructor made it.
  const { address: factory, ...origin } = contracts.CooperativeFactory;
  const treasury = await CooperativeFactory__factory.connect(factory, provider).TREASURY_IMPLEMENTATION();
  contracts.Treasury = { ...origin, address: treasury, arguments: [factory] };
  const { chainId } = await provider.getNetwork();
  provider.destroy();
  const deployedAt = Math.min(...Object.values(contracts).map(({ block }) => block));
  return loadDeployment({ network: plan.network, chainId: Number(chainId), deployedAt, contracts });
}

/** A constructor's argument: struct by its fields, anything else as text. */
function textOf(value: SolidityParameterType): Entry["arguments"][number] {
  if (typeof value !== "object") return String(value);
  return Object.fromEntries(Object.entries(value).map(([field, part]) => [field, String(part)]));
}

async function blockOf(provider: Provider, transaction: string): Promise<number> {
  const receipt = await provider.getTransactionReceipt(transaction);
  if (receipt === null) throw new DeploymentStoppedError(`the chain has lost transaction ${transaction}`);
  return receipt.blockNumber;
}

/**
 * Writes `addresses.json`.
 * @param folder - such as `deployments`; a folder with the network's name is made in it
 * @returns the file's path
 */
export async function saveDeployment(deployment: Deployment, folder: string): Promise<string> {
  const file = addressesOf(folder, deployment.network);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `${JSON.stringify(deployment, undefined, 2)}\n`);
  return file;
}

/**
 * Reads the `addresses.json` that {@link saveDeployment} wrote.
 * @returns undefined when there is none
 * @throws DeployFlagError when it can't be read, DeploymentInvalidError when its content is not valid
 */
export async function readDeployment(folder: string, network: string): Promise<Deployment | undefined> {
  const file = addressesOf(folder, network);
  return existsSync(file) ? readAddresses(file, DeployFlagError) : undefined;
}

function addressesOf(folder: string, network: string): string {
  return join(folder, network, "addresses.json");
}

function firstLine(text: string): string {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .slice(0, 4)
    .join(" ");
}
