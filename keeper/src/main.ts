import { connect, connectRpc, openBeacon, type ContractName } from "@artel/sdk";
import { checkFlags, openKey, parseFlags, readAddresses } from "@artel/sdk/program";
import { RELAY_TIMEOUT_MS } from "@artel/sdk/randomness";
import { pino } from "pino";

import { KeeperConfig } from "./config.js";
import { KeeperConfigError } from "./errors.js";
import { ProposalUpkeep } from "./governance/proposals.js";
import { TaskList } from "./learning/acts.js";
import { AppealUpkeep } from "./learning/appeals.js";
import { ClosedTaskUpkeep } from "./learning/closing.js";
import { DemandUpkeep } from "./learning/demands.js";
import { SeedProofs } from "./learning/seeds.js";
import { TaskUpkeep } from "./learning/tasks.js";
import { runTasks } from "./runtime/loop.js";
import { KeeperWallet } from "./runtime/wallet.js";

const USAGE = `Does what is due on chain and nobody in particular owes: draws seeds, settles panels and appeals, finishes rounds and clears up
after learning tasks, queues and executes proposals.

  npm run keeper -- --rpc-url URL --deployment FILE [--keystore FILE] [--owner ADDRESS]...
                    [--drand-relay URL]... [--poll-ms N] [--json]

  --rpc-url URL       endpoint of the chain
  --deployment FILE   addresses.json of the deployment, such as deployments/sepolia/addresses.json
  --keystore FILE     encrypted keystore with the key; ARTEL_KEYSTORE_PASSWORD, or it is asked for
  --owner ADDRESS     sees only to learning tasks that these opened, such as the Treasury of a cooperative; may be repeated
                      (default: everybody's, at your expense)
  --drand-relay URL   asked for rounds of drand, by which learning tasks draw their auditors; may be repeated (default:
                      the League of Entropy's relays)
  --poll-ms N         milliseconds between two looks at the chain (default 4000)
  --json              tell a failure to start in JSON, as the log is
  --help              this text

The key pays for gas; without --keystore it is ARTEL_PRIVATE_KEY in the environment. It needs no other right.
The log on standard output is JSON, a line an act.`;

/** Runs the keeper until the signal is aborted. */
export async function runKeeper(args: readonly string[], signal: AbortSignal): Promise<void> {
  const { flags, help } = parseFlags(args, KeeperConfig, KeeperConfigError);
  if (help) return void process.stdout.write(`${USAGE}\n`);
  const config = checkFlags(KeeperConfig, flags, KeeperConfigError);
  const key = await openKey(config.keystore);
  const log = pino({ base: undefined });
  const deployment = await readAddresses(config.deployment, KeeperConfigError);
  const options = { chainId: BigInt(deployment.chainId), pollMs: Math.min(config.pollMs, 4_000) };
  const provider = await connectRpc(config.rpcUrl, options);
  const wallet = new KeeperWallet(key, provider);
  const { tasks: learning, factory } = connect(deployment, wallet);
  const block = (name: ContractName) => deployment.contracts[name].block;
  const relays = { urls: config.drandRelay, timeoutMs: RELAY_TIMEOUT_MS };
  const list = new TaskList(learning, config.owner);
  const proofs = new SeedProofs(learning, async () => openBeacon(await learning.RANDOMNESS(), provider, relays));
  const tasks = [
    new TaskUpkeep(learning, list, proofs),
    new AppealUpkeep(learning, list, proofs, block("LearningTasks")),
    new DemandUpkeep(learning, list, block("LearningTasks")),
    new ClosedTaskUpkeep(learning, list, block("LearningTasks")),
    new ProposalUpkeep(factory, wallet, block("CooperativeFactory")),
  ];
  log.info({ account: wallet.address, chainId: deployment.chainId }, "keeper started");
  await runTasks(tasks, config.pollMs, log, signal);
  provider.destroy();
}
