import {
  connect,
  connectRpc,
  HeadroomWallet,
  revertOf,
  Role,
  ROLE_NAMES,
  type NetworkContracts,
  type TaskRole,
} from "@artel/sdk";
import { checkFlags, environmentKey, parseFlags, readAddresses } from "@artel/sdk/program";
import { pino } from "pino";
import { z } from "zod";

import { openContentFolder } from "./content/folder.js";
import { Aggregator } from "./daemon/aggregator.js";
import { Auditor } from "./daemon/auditor.js";
import { Client } from "./daemon/client.js";
import type { Party, PartyContext } from "./daemon/party.js";
import { runParty } from "./daemon/run.js";
import { TaskView } from "./daemon/taskView.js";
import type { DataStore } from "./data/DataStore.js";
import { openEncryptedFolder } from "./data/encryptedFolder.js";
import { decodeExamples, encodeExamples, pick } from "./data/examples.js";
import { readIdx } from "./data/mnist.js";
import {
  JoinRefusedError,
  NodeConfigError,
  NoExamplesError,
  OtherRoleError,
  PassphraseMissingError,
  StakeMissingError,
} from "./errors.js";
import { EXAMPLES_RECORD } from "./localUpdate.js";

const USAGE = `Takes part in a learning task, or puts the examples to train or audit on into your encrypted store.

  npm run node -- client|auditor|aggregator --rpc-url URL --deployment FILE --task N --store DIR --content DIR
                  [--poll-ms N] [--json]
  npm run node -- import --store DIR --images FILE --labels FILE [--json]

  --rpc-url URL       endpoint of the chain
  --deployment FILE   addresses.json of the deployment, such as deployments/sepolia/addresses.json
  --task N            number of the task
  --store DIR         your encrypted store: examples, and what you have committed to; made if it is not there
  --content DIR       public content of the task: manifest, models, updates; shared with the other parties
  --poll-ms N         milliseconds between two looks at the chain (default 4000)
  --images FILE       images in IDX format, a byte a pixel, as MNIST has them (FILE.gz is found too)
  --labels FILE       their labels in IDX format
  --json              tell a failure to start, and what was imported, in JSON, as the log is
  --help              this text

A party joins the task in its role if it has none yet, and works until it is stopped (ctrl-C).
The key of the account that is the member is ARTEL_PRIVATE_KEY, the store's passphrase ARTEL_STORE_PASSPHRASE, both
from the environment. The log on standard output is JSON, a line an act.`;

/** What a party's daemon is told on the command line. Secrets come from the environment and are never part of it. */
const PartyConfig = z.strictObject({
  rpcUrl: z.url(),
  deployment: z.string().min(1),
  task: z.bigint().positive(),
  store: z.string().min(1),
  content: z.string().min(1),
  pollMs: z.int().min(50).max(600_000).default(4_000),
});
type PartyConfig = z.infer<typeof PartyConfig>;

/** What an import is told on the command line. */
const ImportConfig = z.strictObject({
  store: z.string().min(1),
  images: z.string().min(1),
  labels: z.string().min(1),
});
type ImportConfig = z.infer<typeof ImportConfig>;

const ROLES = Object.keys(ROLE_NAMES).map((role) => Number(role) as TaskRole);
const PARTIES: Record<TaskRole, new (context: PartyContext) => Party> = {
  [Role.Client]: Client,
  [Role.Auditor]: Auditor,
  [Role.Aggregator]: Aggregator,
};

/**
 * Runs the node's command: a party of a task until the signal is aborted, or an import.
 *
 * @param args - the command line, see {@link USAGE}
 * @throws an `ArtelError` when it can't start
 */
export async function runNode(args: readonly string[], signal: AbortSignal): Promise<void> {
  const known = PartyConfig.extend(ImportConfig.shape);
  const { flags, words, json, help } = parseFlags(args, known, NodeConfigError, true);
  if (help) return void process.stdout.write(`${USAGE}\n`);
  const [verb, ...more] = words;
  if (more.length > 0) throw new NodeConfigError(`One thing at a time, and ${more[0]} is a second`, more[0]);
  if (verb === "import") return importExamples(checkFlags(ImportConfig, flags, NodeConfigError), json);
  const role = ROLES.find((candidate) => ROLE_NAMES[candidate] === verb);
  if (role === undefined) throw new NodeConfigError(`It is not clear what to do (${verb ?? "no role given"})`, verb);
  return takePart(role, checkFlags(PartyConfig, flags, NodeConfigError), signal);
}

async function importExamples({ store, images, labels }: ImportConfig, json: boolean): Promise<void> {
  const passphrase = readPassphrase();
  const examples = await readIdx(images, labels);
  await (await openEncryptedFolder(store, passphrase)).put(EXAMPLES_RECORD, encodeExamples(examples));
  const facts = { examples: examples.labels.length, features: examples.features, classes: examples.classes };
  const text = `${facts.examples} examples of ${facts.features} features in ${facts.classes} classes are in ${store}`;
  process.stdout.write(`${json ? JSON.stringify(facts) : text}\n`);
}

async function takePart(role: TaskRole, config: PartyConfig, signal: AbortSignal): Promise<void> {
  const key = environmentKey();
  const passphrase = readPassphrase();
  const deployment = await readAddresses(config.deployment, NodeConfigError);
  const chainId = BigInt(deployment.chainId);
  const provider = await connectRpc(config.rpcUrl, { chainId, pollMs: Math.min(config.pollMs, 4_000) });
  try {
    const wallet = new HeadroomWallet(key, provider);
    const contracts = connect(deployment, wallet);
    const { rounds } = contracts;
    const fromBlock = deployment.contracts.LearningRounds.block;
    const view = new TaskView(rounds, config.task, fromBlock, openContentFolder(config.content));
    const store = await openEncryptedFolder(config.store, passphrase);
    const log = pino({ base: undefined });
    const joined = await enter(contracts, view, role, store, wallet.address).catch((error: unknown) => {
      const revert = revertOf(error, [rounds.interface]);
      throw revert === undefined ? error : new JoinRefusedError(config.task, ROLE_NAMES[role], revert.text, error);
    });
    const context = { view, rounds, account: wallet.address, chainId, store, log };
    log.info({ role: ROLE_NAMES[role], account: wallet.address, task: `${config.task}`, joined }, "node started");
    await runParty(new PARTIES[role](context), config.pollMs, log, signal);
  } finally {
    provider.destroy();
  }
}

/** Joins a task with all that the role takes, unless that was done before; true if it was done now. */
async function enter(
  { rounds, vault }: NetworkContracts,
  view: TaskView,
  role: TaskRole,
  store: DataStore,
  account: string,
): Promise<boolean> {
  const { taskId } = view;
  const [terms, participant] = await Promise.all([rounds.termsOf(taskId), rounds.participantOf(taskId, account)]);
  const present = Number(participant.role) as Role;
  if (present !== Role.None && present !== role) throw new OtherRoleError(account, taskId, ROLE_NAMES[present]);
  if (role !== Role.Aggregator) await requireExamples(view, store);
  if (present === role) return false;
  const needed = { [Role.Client]: 0n, [Role.Auditor]: terms.auditorStake, [Role.Aggregator]: terms.aggregatorStake };
  const { free } = await vault.stakeOf(rounds, terms.token, account);
  if (free < needed[role]) throw new StakeMissingError(account, terms.token, free, needed[role]);
  await (await rounds.join(taskId, role)).wait();
  return true;
}

/** What does not fit the task's model is better told before joining than by failing in every round. */
async function requireExamples(view: TaskView, store: DataStore): Promise<void> {
  if (!(await store.has(EXAMPLES_RECORD))) throw new NoExamplesError();
  const examples = decodeExamples(await store.get(EXAMPLES_RECORD));
  const [{ seed }, trainer] = await Promise.all([view.manifest(), view.trainer()]);
  trainer.loss(trainer.initial(seed), pick(examples, [0]));
}

function readPassphrase(): string {
  const text = process.env.ARTEL_STORE_PASSPHRASE;
  if (text === undefined || text === "") throw new PassphraseMissingError();
  return text;
}
