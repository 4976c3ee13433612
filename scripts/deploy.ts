import { PrettyEventHandler } from "@nomicfoundation/hardhat-ignition/helpers";
import { BaseWallet, formatEther, formatUnits, isAddress, type JsonRpcProvider, type SigningKey } from "ethers";
import hre from "hardhat";
import { z } from "zod";

import { quote, rehearse, type Quote } from "../deploy/cost.js";
import {
  confirmedTransactions,
  deployNetwork,
  handOver,
  readDeployment,
  saveDeployment,
} from "../deploy/deployment.js";
import {
  DeployFlagError,
  InsufficientBalanceError,
  MissingVariableError,
  NotConfirmedError,
  StewardError,
} from "../deploy/errors.js";
import { findNetwork, networkOf, PUBLIC_NETWORKS } from "../deploy/networks.js";
import { LOCAL_CHAIN_ID } from "../localnet/chain.js";
import { ITreasury__factory } from "../sdk/src/contracts/index.js";
import type { Deployment } from "../sdk/src/deployments.js";
import { checkFlags, isAgreed, KEY_VARIABLE, parseFlags, parseKey } from "../sdk/src/program/index.js";
import { QUICKNET } from "../sdk/src/randomness/index.js";
import { connectRpc } from "../sdk/src/rpc.js";
import { exitOnFailure } from "./exit.js";

const USAGE = `Deploys the network's contracts, or continues a deployment that was interrupted.

  npm run deploy -- --network NAME | --rpc-url URL [flags]

  --network NAME        ${PUBLIC_NETWORKS.map(({ name }) => name).join(", ")};
                        its endpoint is ARTEL_RPC_URL, unless --rpc-url is given too
  --rpc-url URL         endpoint of the chain
  --steward ADDRESS     Treasury of the cooperative that takes over the network; the deployer keeps nothing
  --dry-run             show what it would cost, and stop
  --yes                 do not ask before spending
  --json                print one line of JSON at the end instead of text
  --out FOLDER          where addresses.json goes, in a folder of the network's name (default deployments)
  --deployment-id ID    name of the journal under deploy/deployments (default: made from the chain)
  --help                this text

The key of the deploying account is ARTEL_PRIVATE_KEY. It and ARTEL_RPC_URL are read from the environment, or from
Hardhat's keystore (npx hardhat keystore set ARTEL_PRIVATE_KEY).`;

/** Part of the expected cost that must be there on top of it, as fees move while a deployment runs. */
const RESERVE_DIVISOR = 4n;

const DeployFlags = z.strictObject({
  network: z.string().optional(),
  rpcUrl: z.string().optional(),
  steward: z.string().optional(),
  dryRun: z.boolean().default(false),
  yes: z.boolean().default(false),
  out: z.string().default("deployments"),
  deploymentId: z.string().optional(),
});
type Flags = z.infer<typeof DeployFlags> & { json: boolean };

/** The flags; undefined if help was asked for. */
function readFlags(args: readonly string[]): Flags | undefined {
  const line = parseFlags(args, DeployFlags, DeployFlagError);
  if (line.help) return undefined;
  const flags = checkFlags(DeployFlags, line.flags, DeployFlagError);
  const { steward, deploymentId: id } = flags;
  if (flags.network === undefined && flags.rpcUrl === undefined) {
    throw new DeployFlagError("It is not clear where to deploy to", undefined);
  }
  if (steward !== undefined && !isAddress(steward)) {
    throw new DeployFlagError(`--steward is not an address (${steward})`, steward);
  }
  if (id !== undefined && !/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(id)) {
    throw new DeployFlagError(`--deployment-id takes letters, digits, dashes and underscores, not "${id}"`, id);
  }
  return { ...flags, json: line.json };
}

/** Reads a variable of the Hardhat configuration, from the environment or the keystore. */
async function variable(name: string, read: () => Promise<string>): Promise<string> {
  return read().catch((cause) => {
    throw new MissingVariableError(name, { cause });
  });
}

/** Any named network's entry: all of them name the same two variables. */
function variables() {
  const config = hre.config.networks[PUBLIC_NETWORKS[0].name];
  if (config.type !== "http" || !Array.isArray(config.accounts))
    throw new TypeError("networks must be http with accounts");
  const [account] = config.accounts;
  return { url: () => config.url.getUrl(), key: () => account.getHexString() };
}

async function readKey(): Promise<SigningKey> {
  return parseKey(await variable(KEY_VARIABLE, variables().key));
}

/** Journals of different chains never mix, even when local chains share a chain id. */
async function deploymentIdOf(flags: Flags, provider: JsonRpcProvider, chainId: bigint): Promise<string> {
  if (flags.deploymentId !== undefined) return flags.deploymentId;
  if (chainId !== BigInt(LOCAL_CHAIN_ID)) return `chain-${chainId}`;
  const { hash } = await provider.send("eth_getBlockByNumber", ["0x0", false]);
  return `chain-${chainId}-${hash.slice(2, 14)}`;
}

async function checkSteward(steward: string | undefined, provider: JsonRpcProvider): Promise<void> {
  if (steward === undefined) return;
  if ((await provider.getCode(steward)) === "0x") throw new StewardError(steward, "it is not a contract");
  const governor = await ITreasury__factory.connect(steward, provider)
    .governor()
    .catch(() => undefined);
  if (governor === undefined || BigInt(governor) === 0n) throw new StewardError(steward, "nobody governs it");
}

async function deployedBefore(
  out: string,
  network: string,
  provider: JsonRpcProvider,
): Promise<Deployment | undefined> {
  const deployment = await readDeployment(out, network);
  if (deployment === undefined) return undefined;
  const code = await provider.getCode(deployment.contracts.AccessManager.address);
  return code === "0x" ? undefined : deployment;
}

async function confirm(question: string, network: string, flags: Flags): Promise<void> {
  if (flags.yes) return;
  if (flags.json || !(await isAgreed(question))) throw new NotConfirmedError(network);
}

function describe(cost: Quote): string {
  const data = cost.dataFee === 0n ? "" : ` and ${formatEther(cost.dataFee)} for data on the parent chain`;
  const price = formatUnits(cost.gasPrice, "gwei");
  return `${formatEther(cost.total)} ether (${cost.transactions} transactions, ${cost.gas} gas at ${price} gwei${data})`;
}

async function main(): Promise<void> {
  const flags = readFlags(process.argv.slice(2));
  if (flags === undefined) return console.log(USAGE);
  const say = (line: string) => (flags.json ? undefined : console.log(line));

  const named = flags.network === undefined ? undefined : findNetwork(flags.network);
  const url = flags.rpcUrl ?? (await variable("ARTEL_RPC_URL", variables().url));
  const chainIdWanted = named === undefined ? undefined : BigInt(named.chainId);
  const key = await readKey();
  const provider = await connectRpc(url, { chainId: chainIdWanted });
  const { chainId } = await provider.getNetwork();
  const local = chainId === BigInt(LOCAL_CHAIN_ID);
  const network = local ? "localhost" : networkOf(chainId).name;
  await checkSteward(flags.steward, provider);

  // to a local chain goes what `npm run build` compiled, as with everything else that runs on one
  if (!local) {
    say(`Compiling for ${network}`);
    await hre.tasks.getTask("build").run({ quiet: true, noTests: true, defaultBuildProfile: "production" });
  }
  const deploymentId = await deploymentIdOf(flags, provider, chainId);
  const account = new BaseWallet(key).address;
  const [rehearsal, sent, balance, existing] = await Promise.all([
    rehearse(hre),
    confirmedTransactions(hre, deploymentId),
    provider.getBalance(account),
    deployedBefore(flags.out, network, provider),
  ]);
  // Without a journal, a list of addresses whose contracts are there stands for a finished deployment.
  const finished = sent === 0 ? existing : undefined;
  const done = finished === undefined ? sent : rehearsal.deployment.length;
  const all = [...rehearsal.deployment, ...(flags.steward === undefined ? [] : rehearsal.handover)];
  const cost = await quote(provider, all.slice(done));
  say(`Account ${account} has ${formatEther(balance)} ether`);
  say(`${done === 0 ? "This costs" : `${done} transactions are done, the rest costs`} about ${describe(cost)}`);

  const summary = {
    ...{ network, chainId: Number(chainId), account, balance: String(balance), transactions: cost.transactions },
    ...{
      gas: String(cost.gas),
      gasPrice: String(cost.gasPrice),
      dataFee: String(cost.dataFee),
      cost: String(cost.total),
    },
  };
  if (flags.dryRun) {
    say("Nothing was sent");
    if (flags.json) console.log(JSON.stringify({ ...summary, dryRun: true }));
    return;
  }
  const needed = cost.total + cost.total / RESERVE_DIVISOR;
  if (balance < needed) {
    const words = `it has ${formatEther(balance)} ether and needs ${formatEther(needed)} with a quarter in reserve`;
    throw new InsufficientBalanceError(account, balance, needed, words);
  }
  if (cost.transactions > 0) await confirm(`Deploy to ${network} from ${account}?`, network, flags);

  const override = { url, accounts: [key.privateKey], chainId: Number(chainId) };
  const connection = await hre.network.create({
    network: network in hre.config.networks ? network : "localhost",
    override,
  });
  const plan = {
    ...{ network, provider: connection.provider, deploymentId, drand: QUICKNET },
    ...(local ? { confirmations: 1, pollMs: 50 } : { confirmations: 3, pollMs: 1_000 }),
    listener: process.stdout.isTTY && !flags.json ? new PrettyEventHandler(hre.interruptions) : undefined,
  };
  const deployment = finished ?? (await deployNetwork(hre, plan));
  const file = await saveDeployment(deployment, flags.out);
  if (flags.steward !== undefined) await handOver(hre, plan, deployment, flags.steward);
  if (flags.json) return console.log(JSON.stringify({ ...summary, dryRun: false, file, deployment }));
  for (const [name, { address }] of Object.entries(deployment.contracts)) say(`${name.padEnd(22)}${address}`);
  say(`Written to ${file}`);
  if (flags.steward === undefined) {
    say(`${account} administers the network until it is handed over: run this again with --steward TREASURY`);
  }
}

await exitOnFailure(main);
process.exit();
