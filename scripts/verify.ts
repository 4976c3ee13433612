import { verifyContract } from "@nomicfoundation/hardhat-verify/verify";
import { configVariable } from "hardhat/config";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { z } from "zod";

import { readDeployment } from "../deploy/deployment.js";
import {
  DeployFlagError,
  LocalChainError,
  MissingVariableError,
  NotDeployedError,
  UnverifiedError,
} from "../deploy/errors.js";
import { findNetwork, networkOf, PUBLIC_NETWORKS, type PublicNetwork } from "../deploy/networks.js";
import config from "../hardhat.config.js";
import { LOCAL_CHAIN_ID } from "../localnet/chain.js";
import { checkFlags, parseFlags } from "../sdk/src/program/index.js";
import { connectRpc } from "../sdk/src/rpc.js";
import { exitOnFailure } from "./exit.js";

const EXPLORERS = ["etherscan", "blockscout", "sourcify"] as const;
type Explorer = (typeof EXPLORERS)[number];

const USAGE = `Publishes the source of every contract of a deployment to block explorers.

  npm run verify -- --network NAME | --rpc-url URL [flags]

  --network NAME     ${PUBLIC_NETWORKS.map(({ name }) => name).join(", ")};
                     its endpoint is ARTEL_RPC_URL, unless --rpc-url is given too
  --rpc-url URL      endpoint of the chain
  --explorer NAME    ${EXPLORERS.join(", ")}; more than one may be named (default etherscan)
  --out FOLDER       where npm run deploy wrote addresses (default deployments)
  --json             print one line of JSON at the end
  --help             this text

ARTEL_RPC_URL and Etherscan's key, ETHERSCAN_API_KEY, are read from the environment or Hardhat's keystore.`;

const VerifyFlags = z.strictObject({
  network: z.string().optional(),
  rpcUrl: z.string().optional(),
  explorer: z.array(z.string()).default(["etherscan"]),
  out: z.string().default("deployments"),
});

function explorersOf(names: readonly string[]): Explorer[] {
  return names.map((name) => {
    const explorer = EXPLORERS.find((candidate) => candidate === name);
    if (explorer === undefined) throw new DeployFlagError(`There is no explorer called ${name}`, name);
    return explorer;
  });
}

/** The network that is named; without a name, the one behind the endpoint. */
async function networkFrom(name: string | undefined, rpcUrl: string | undefined): Promise<PublicNetwork> {
  const named = name === undefined ? undefined : findNetwork(name);
  if (rpcUrl === undefined) {
    if (named === undefined) throw new DeployFlagError("It is not clear which network to verify", undefined);
    return named;
  }
  const provider = await connectRpc(rpcUrl, { chainId: named && BigInt(named.chainId) });
  const { chainId } = await provider.getNetwork();
  provider.destroy();
  if (chainId === BigInt(LOCAL_CHAIN_ID)) throw new LocalChainError(rpcUrl);
  return networkOf(chainId);
}

await exitOnFailure(async () => {
  const line = parseFlags(process.argv.slice(2), VerifyFlags, DeployFlagError);
  if (line.help) return console.log(USAGE);
  const flags = checkFlags(VerifyFlags, line.flags, DeployFlagError);
  const { rpcUrl } = flags;
  const explorers = explorersOf(flags.explorer);
  const { name, chainId, chainType } = await networkFrom(flags.network, rpcUrl);
  const deployment = await readDeployment(flags.out, name);
  if (deployment === undefined) {
    const target = flags.network === undefined ? `--rpc-url ${rpcUrl}` : `--network ${name}`;
    throw new NotDeployedError(name, flags.out, target);
  }

  // Verifying only reads, so the network goes without the key that deploying needs.
  const url = rpcUrl ?? configVariable("ARTEL_RPC_URL");
  const network = { type: "http" as const, chainType, chainId, url, accounts: "remote" as const };
  const hre = await createHardhatRuntimeEnvironment(
    { ...config, networks: { ...config.networks, [name]: network } },
    { network: name },
  );
  const resolved = hre.config.networks[name];
  if (resolved.type === "http") {
    await resolved.url.getUrl().catch((cause) => {
      throw new MissingVariableError("ARTEL_RPC_URL", { cause });
    });
  }
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true, defaultBuildProfile: "production" });

  const failures: string[] = [];
  for (const explorer of explorers) {
    for (const [contract, { address, arguments: constructorArgs, transaction }] of Object.entries(
      deployment.contracts,
    )) {
      try {
        await verifyContract({ address, constructorArgs, provider: explorer, creationTxHash: transaction }, hre);
      } catch (error) {
        failures.push(contract);
        console.error(`${contract} on ${explorer}: ${(error as Error).message}`);
      }
    }
  }
  if (failures.length > 0) throw new UnverifiedError(failures);
  const verified = Object.keys(deployment.contracts);
  console.log(line.json ? JSON.stringify({ network: name, explorers, verified }) : `Verified ${verified.join(", ")}`);
});
process.exit();
