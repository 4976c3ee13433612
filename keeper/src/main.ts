import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";

import { connect, connectRpc, HeadroomWallet, loadDeployment, type ContractName } from "@artel/sdk";
import { SigningKey } from "ethers";
import { pino } from "pino";

import { KeeperConfig } from "./config.js";
import { KeeperConfigError, KeeperKeyInvalidError, KeeperKeyMissingError } from "./errors.js";
import { ProposalUpkeep } from "./governance/proposals.js";
import { RoundUpkeep } from "./learning/rounds.js";
import { KeeperLoop } from "./runtime/loop.js";

const USAGE = `Does what is due on chain and nobody in particular owes: scores and finishes rounds, queues and executes proposals.

  npm run keeper -- --rpc-url URL --deployment FILE [--poll-ms N] [--json]

  --rpc-url URL       endpoint of the chain
  --deployment FILE   addresses.json of the deployment, such as deployments/sepolia/addresses.json
  --poll-ms N         milliseconds between two looks at the chain (default 4000)
  --json              tell a failure to start in JSON, as the log is
  --help              this text

The key that pays for gas comes from ARTEL_PRIVATE_KEY. It needs no other right.
The log on standard output is JSON, a line an act.`;

/** Runs the keeper until the signal is aborted. */
export async function runKeeper(args: readonly string[], signal: AbortSignal): Promise<void> {
  const flags = readFlags(args);
  if (flags.help) return void process.stdout.write(`${USAGE}\n`);
  const config = readConfig(flags);
  const key = readKey();
  const log = pino({ base: undefined });
  const deployment = await readDeployment(config.deployment);
  const options = { chainId: BigInt(deployment.chainId), pollMs: Math.min(config.pollMs, 4_000) };
  const provider = await connectRpc(config.rpcUrl, options);
  const wallet = new HeadroomWallet(key, provider);
  const { rounds, factory } = connect(deployment, wallet);
  const block = (name: ContractName) => deployment.contracts[name].block;
  const tasks = [
    new RoundUpkeep(rounds, block("LearningRounds")),
    new ProposalUpkeep(factory, wallet, block("CooperativeFactory")),
  ];
  log.info({ account: wallet.address, chainId: deployment.chainId }, "keeper started");
  await new KeeperLoop(tasks, config.pollMs, log).run(signal);
  provider.destroy();
}

function readKey(): SigningKey {
  const text = process.env.ARTEL_PRIVATE_KEY;
  if (text === undefined || text === "") throw new KeeperKeyMissingError();
  try {
    return new SigningKey(text.startsWith("0x") ? text : `0x${text}`);
  } catch {
    throw new KeeperKeyInvalidError();
  }
}

async function readDeployment(file: string) {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KeeperConfigError(`--deployment names a file that can't be read (${cause.message})`, file);
  });
  try {
    return loadDeployment(JSON.parse(text));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new KeeperConfigError(`--deployment names a file that is no JSON (${error.message})`, file);
  }
}

function readFlags(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        "rpc-url": { type: "string" },
        deployment: { type: "string" },
        "poll-ms": { type: "string" },
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new KeeperConfigError((error as Error).message.split(". ")[0], args);
  }
}

function readConfig(flags: ReturnType<typeof readFlags>): KeeperConfig {
  const result = KeeperConfig.safeParse({
    rpcUrl: flags["rpc-url"],
    deployment: flags.deployment,
    pollMs: flags["poll-ms"] === undefined ? undefined : Number(flags["poll-ms"]),
  });
  if (result.success) return result.data;
  const [{ path, message }] = result.error.issues;
  const flag = String(path[0]).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new KeeperConfigError(`--${flag} can't be used as given (${message})`, flags[flag as keyof typeof flags]);
}
