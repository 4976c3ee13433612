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
import { checkFlags, endpointIn, openKey, parseFlags, readAddresses } from "@artel/sdk/program";
import { DRAND_RELAYS, RELAY_TIMEOUT_MS } from "@artel/sdk/randomness";
import { pino } from "pino";
import { z } from "zod";

import { openTaskBeacon } from "./beacon.js";
import { openContentFolder } from "./content/folder.js";
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
import { Appellant } from "./tasks/appellant.js";
import { Auditor } from "./tasks/auditor.js";
import { Challenger } from "./tasks/challenger.js";
import { Client } from "./tasks/client.js";
import { noMember, refusalText, untilJoinable } from "./tasks/joining.js";
import { runParty, type Stepping } from "./tasks/run.js";
import type { AuditorContext } from "./tasks/scorePanel.js";
import { TaskView } from "./tasks/taskView.js";
import { WatchfulAggregator } from "./tasks/watchfulAggregator.js";

const USAGE = `Takes part in a learning task, or puts the examples to train or audit on into your encrypted store.

  npm run node -- client|auditor|aggregator|challenger --rpc-url URL --deployment FILE --task N --store DIR --content DIR
                  [--keystore FILE] [--drand-relay URL]... [--poll-ms N] [--appeals] [--json]
  npm run node -- import --store DIR --images FILE --labels FILE [--json]

  --rpc-url URL       endpoint of the chain (default: ARTEL_RPC_URL in the environment)
  --deployment FILE   addresses.json of the deployment, such as deployments/sepolia/addresses.json
  --task N            number of the task
  --store DIR         your encrypted store: examples, and what you have committed to; made if it is not there
  --content DIR       public content of the task: manifest, models, updates; shared with the other parties
  --keystore FILE     encrypted keystore with the key; ARTEL_KEYSTORE_PASSWORD, or it is asked for
  --drand-relay URL   asked for rounds of drand, by which auditors are drawn and test slices opened; may be repeated (default:
                      the League of Entropy's relays)
  --appeals           as a challenger: score every panel again, too, and appeal wrong ones, for bonds out of your stake
  --poll-ms N         milliseconds between two looks at the chain (default 4000)
  --images FILE       images in IDX format, a byte a pixel, as MNIST has them (FILE.gz is found too)
  --labels FILE       their labels in IDX format
  --json              tell a failure to start, and what was imported, in JSON, as the log is
  --help              this text

Client, auditor and aggregator join the task in their role if they have none yet; a client waits until it has room. A
challenger takes no place: it computes every answer of the aggregators again, and disproves the wrong ones, where updates are
open; an aggregator does that everywhere.
All work until the task is closed and nothing is left for them to do, or until they are stopped (ctrl-C).
The key is that of the account that is the member; without --keystore it is ARTEL_PRIVATE_KEY in the environment. The store's
passphrase is ARTEL_STORE_PASSPHRASE there. The log on standard output is JSON, a line an act.`;

/** What a party's daemon is told on the command line. Secrets come from the environment and are never part of it. */
const PartyConfig = z.strictObject({
  rpcUrl: z.url(),
  deployment: z.string().min(1),
  task: z.bigint().positive(),
  store: z.string().min(1),
  content: z.string().min(1),
  keystore: z.string().min(1).optional(),
  drandRelay: z
    .array(z.url())
    .min(1)
    .default([...DRAND_RELAYS]),
  pollMs: z.int().min(50).max(600_000).default(4_000),
  appeals: z.boolean().default(false),
});
type PartyConfig = z.infer<typeof PartyConfig>;

/** What an import is told on the command line. */
const ImportConfig = z.strictObject({
  store: z.string().min(1),
  images: z.string().min(1),
  labels: z.string().min(1),
});
type ImportConfig = z.infer<typeof ImportConfig>;

/** What can be done in a task, by word; a challenger takes no place in it. */
const CALLINGS = { ...ROLE_NAMES, [Role.None]: "challenger" } as const;
type Calling = keyof typeof CALLINGS;

const PARTIES: Record<Calling, new (context: AuditorContext) => Stepping> = {
  [Role.Client]: Client,
  [Role.Auditor]: Auditor,
  [Role.Aggregator]: WatchfulAggregator,
  [Role.None]: Challenger,
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
  const callings = Object.keys(CALLINGS).map((calling) => Number(calling) as Calling);
  const calling = callings.find((candidate) => CALLINGS[candidate] === verb);
  if (calling === undefined) throw new NodeConfigError(`It is not clear what to do (${verb ?? "no role given"})`, verb);
  return takePart(
    calling,
    checkFlags(PartyConfig, { rpcUrl: endpointIn(process.env), ...flags }, NodeConfigError),
    signal,
  );
}

async function importExamples({ store, images, labels }: ImportConfig, json: boolean): Promise<void> {
  const passphrase = readPassphrase();
  const examples = await readIdx(images, labels);
  await (await openEncryptedFolder(store, passphrase)).put(EXAMPLES_RECORD, encodeExamples(examples));
  const facts = { examples: examples.labels.length, features: examples.features, classes: examples.classes };
  const text = `${facts.examples} examples of ${facts.features} features in ${facts.classes} classes are in ${store}`;
  process.stdout.write(`${json ? JSON.stringify(facts) : text}\n`);
}

async function takePart(calling: Calling, config: PartyConfig, signal: AbortSignal): Promise<void> {
  if (config.appeals && calling !== Role.None)
    throw new NodeConfigError("--appeals is for challengers", CALLINGS[calling]);
  const key = await openKey(config.keystore);
  const passphrase = readPassphrase();
  const deployment = await readAddresses(config.deployment, NodeConfigError);
  const chainId = BigInt(deployment.chainId);
  const provider = await connectRpc(config.rpcUrl, { chainId, pollMs: Math.min(config.pollMs, 4_000) });
  try {
    const wallet = new HeadroomWallet(key, provider);
    const contracts = connect(deployment, wallet);
    const { tasks, randomness } = contracts;
    const fromBlock = deployment.contracts.LearningTasks.block;
    const beacon = await openTaskBeacon(randomness, { urls: config.drandRelay, timeoutMs: RELAY_TIMEOUT_MS });
    const view = new TaskView(tasks, config.task, fromBlock, openContentFolder(config.content), beacon.randomness);
    const store = await openEncryptedFolder(config.store, passphrase);
    const log = pino({ base: undefined });
    const role = CALLINGS[calling];
    if (config.appeals) await requireExamples(view, Role.Auditor, store);
    const untilRoom = () => untilJoinable(view, config.pollMs, log, signal);
    const joined = await enter(contracts, view, calling, store, wallet.address, untilRoom).catch((error: unknown) => {
      const revert = revertOf(error, [tasks.interface, contracts.vault.interface]);
      throw revert === undefined
        ? error
        : new JoinRefusedError(config.task, role, refusalText(revert), { cause: error });
    });
    if (joined === undefined) return;
    const context = { view, tasks, account: wallet.address, chainId, store, log, timelock: beacon.timelock };
    log.info({ role, account: wallet.address, task: `${config.task}`, joined }, "node started");
    const Kind = config.appeals ? Appellant : PARTIES[calling];
    await runParty(new Kind(context), view, config.pollMs, log, signal);
  } finally {
    provider.destroy();
  }
}

/**
 * Joins a task with all that the role takes, unless that was done before.
 *
 * @param untilRoom - waits until a client may join; false if it was stopped before
 * @returns whether it was done now; undefined if it was stopped while it waited
 */
async function enter(
  { tasks, vault, membership }: NetworkContracts,
  view: TaskView,
  calling: Calling,
  store: DataStore,
  account: string,
  untilRoom: () => Promise<boolean>,
): Promise<boolean | undefined> {
  const { taskId } = view;
  const [terms, participant] = await Promise.all([view.terms(), tasks.participantOf(taskId, account)]);
  if (calling === Role.None) return false;
  const present = Number(participant.role) as Role;
  if (present !== Role.None && present !== calling) throw new OtherRoleError(account, taskId, ROLE_NAMES[present]);
  const isMember = (await membership.ballotRight(terms.cooperative, account, await view.now())) !== 0n;
  if (present === Role.None && !isMember) throw new JoinRefusedError(taskId, CALLINGS[calling], noMember(account));
  await requireExamples(view, calling, store);
  if (present === calling) return false;
  const needed = { [Role.Client]: 0n, [Role.Auditor]: terms.auditorStake, [Role.Aggregator]: terms.aggregatorStake };
  const { free } = await vault.stakeOf(tasks, terms.token, account);
  if (free < needed[calling]) throw new StakeMissingError(account, terms.token, free, needed[calling]);
  if (calling === Role.Client && !(await untilRoom())) return undefined;
  await (await tasks.join(taskId, calling)).wait();
  return true;
}

/**
 * Makes sure that whoever trains, or audits on data of their own, has examples that fit the task's model: better told before
 * joining than by failing in every round.
 */
async function requireExamples(view: TaskView, role: TaskRole, store: DataStore): Promise<void> {
  const { seed, scoring } = await view.manifest();
  if (role === Role.Aggregator || (role === Role.Auditor && scoring.test.kind === "common")) return;
  if (!(await store.has(EXAMPLES_RECORD))) throw new NoExamplesError();
  const examples = decodeExamples(await store.get(EXAMPLES_RECORD));
  const trainer = await view.trainer();
  trainer.loss(trainer.initial(seed), pick(examples, [0]));
}

function readPassphrase(): string {
  const text = process.env.ARTEL_STORE_PASSPHRASE;
  if (text === undefined || text === "") throw new PassphraseMissingError();
  return text;
}
