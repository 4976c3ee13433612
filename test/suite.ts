import { mkdtempSync } from "node:fs";
import { join } from "node:path";

import {
  Aggregator,
  Auditor,
  Client,
  drandTimelock,
  encodeExamples,
  EXAMPLES_RECORD,
  openContentFolder,
  openEncryptedFolder,
  publishTask,
  TaskView,
  type AuditorContext,
  type ContentStore,
  type Examples,
} from "@artel/node";
import {
  connect,
  drandBeacon,
  foundCooperative,
  HeadroomWallet,
  type ICooperativeFactory,
  LocalToken__factory,
  plainBylaws,
  ProposalState,
  Role,
  Support,
  Phase,
  type Action,
  type Beacon,
  type Cooperative,
  type Deployment,
  type ILearningTasks,
  type NetworkContracts,
} from "@artel/sdk";
import { createRandom, type Manifest } from "@artel/sdk/learning";
import { getBytes, id, ZeroHash, type HDNodeWallet } from "ethers";
import { pino } from "pino";

import { deployLocal } from "../deploy/local.js";
import { SeedProofs, TaskList, TaskUpkeep } from "../keeper/src/index.js";
import { startBeacon, startChain, type Chain, type LocalBeacon, type Processes } from "../localnet/index.js";
import { smallTask } from "./tasks.js";

/** Log of the programs under test. */
export const SILENT = pino({ level: "silent" });

/** The suite on a chain of its own. */
export interface Suite {
  readonly chain: Chain;
  /** Whose rounds seed learning tasks. */
  readonly drand: LocalBeacon;
  readonly deployment: Deployment;
  /** Connected to the operator's wallet. */
  readonly contracts: NetworkContracts;
  readonly operator: HDNodeWallet;
  /** Every funded account but the operator's. */
  readonly accounts: readonly HDNodeWallet[];
}

/** Deploys everything on a chain of its own. */
export async function raiseSuite(processes: Processes): Promise<Suite> {
  const chain = await startChain(processes);
  await chain.provider.send("anvil_setBlockTimestampInterval", [1]);
  const [operator, ...accounts] = chain.wallets;
  const drand = await startBeacon(processes, chain);
  const network = await deployLocal(chain.url, operator.privateKey, drand.network);
  processes.onStop(() => network.close());
  const { deployment } = network;
  return { chain, drand, deployment, contracts: connect(deployment, operator), operator, accounts };
}

/** Founds a cooperative of these accounts; whatever is put to its vote later is constitutional, admission is not. */
export async function found(
  { contracts }: Suite,
  founders: readonly HDNodeWallet[],
  terms: Partial<ICooperativeFactory.FoundingTermsStruct> = {},
) {
  return foundCooperative(contracts.factory, founders[0], {
    name: "Artel of the tests",
    dids: founders.map(({ address }) => address),
    ...(await plainBylaws(contracts)),
    calls: [],
    salt: ZeroHash,
    ...terms,
  });
}

/** A proposal with all that executing it takes. */
export interface Proposal {
  readonly id: bigint;
  readonly call: readonly [string[], bigint[], string[], string];
}

/** Proposes actions, and waits until ballots are taken. */
export async function propose(
  { chain }: Suite,
  { governor }: Cooperative,
  actions: readonly Action[],
  description: string,
): Promise<Proposal> {
  const targets = actions.map(({ target }) => target);
  const values = actions.map(() => 0n);
  const calldatas = actions.map(({ data }) => data);
  await (await governor.propose(targets, values, calldatas, description)).wait();
  const proposalId = await governor.getProposalId(targets, values, calldatas, id(description));
  await chain.warpTo((await governor.proposalSnapshot(proposalId)) + 1n);
  return { id: proposalId, call: [targets, values, calldatas, id(description)] };
}

/** Everybody votes for proposals that are open, and time passes until they can be carried out. */
export async function pass(
  { chain }: Suite,
  { governor }: Cooperative,
  voters: readonly HDNodeWallet[],
  proposals: readonly Proposal[],
): Promise<void> {
  for (const proposal of proposals) {
    for (const voter of voters) await (await governor.connect(voter).castVote(proposal.id, Support.For)).wait();
  }
  const etas = await Promise.all(proposals.map((proposal) => governor.proposalEta(proposal.id)));
  await chain.warpTo(etas.reduce((latest, eta) => (eta > latest ? eta : latest)));
}

/** Whether a proposal was carried out. */
export async function isExecuted({ governor }: Cooperative, { id: proposal }: Proposal): Promise<boolean> {
  return Number(await governor.state(proposal)) === ProposalState.Executed;
}

const FEATURES = 4;
const CLASSES = 2;

/** A model small enough to be trained in a moment. */
export const MANIFEST: Manifest = {
  version: 1,
  dataset: "halves",
  model: { kind: "mlp", inputs: FEATURES, hidden: 3, classes: CLASSES },
  loss: "cross-entropy",
  recipe: { localEpochs: 2, batchSize: 16, learningRate: 0.2, momentum: 0 },
  fractionBits: 16,
  sampleCap: 2_000,
  clipNorm: 8,
  aggregation: { rule: "mean" },
  privacy: { kind: "open" },
  scoring: { method: "shapley", batch: 8, alphas: [0, 0.5, 1], test: { kind: "private", samples: 1_000 } },
  seed: "suite",
};

/** Labelled by which half of the features is brighter, so that there is something to learn. */
export function halves(seed: string, count: number): Examples {
  const random = createRandom("halves", seed);
  const pixels = Uint8Array.from({ length: count * FEATURES }, () => random.below(256));
  const labels = Uint8Array.from({ length: count }, (_, i) => {
    const [a, b, c, d] = pixels.subarray(i * FEATURES);
    return Number(a + b > c + d);
  });
  return { pixels, labels, features: FEATURES, classes: CLASSES };
}

/** Who takes part in a task. */
export interface Cast {
  readonly clients: readonly HDNodeWallet[];
  readonly auditors: readonly HDNodeWallet[];
  readonly aggregators: readonly HDNodeWallet[];
}

/** A task that is open, with everybody in their role, at the first second of its first round. */
export interface OpenTask {
  readonly cast: Cast;
  readonly view: TaskView;
  readonly content: ContentStore;
  readonly token: string;
  /** What the operator may do for everybody. */
  readonly keeper: TaskUpkeep;
  /** Moves time on to a phase of the running round; to the second of AuditCommit in which its seed is known. */
  to(phase: Phase): Promise<void>;
  /** What a daemon of this account works with; a store of its own each time `folder` is omitted. */
  contextOf(wallet: HDNodeWallet, folder?: string): Promise<AuditorContext>;
}

/** What a small task may have otherwise. */
export interface TaskChanges {
  readonly manifest?: Manifest;
  readonly rounds?: number;
}

/** Terms of a small task that starts two weeks from now, its model and manifest already in `content`. */
export async function termsOf(
  suite: Suite,
  cooperative: string,
  token: string,
  { clients, auditors, aggregators }: Cast,
  content: ContentStore,
  { manifest = MANIFEST, rounds = 1 }: TaskChanges = {},
): Promise<ILearningTasks.TaskTermsStruct> {
  return smallTask({
    ...{ cooperative, token, reward: REWARD, slashRecipient: cooperative },
    startsAt: (await suite.chain.provider.getBlock("latest"))!.timestamp + LEAD,
    ...{ rounds, maxClients: clients.length, minAuditors: auditors.length, maxAuditors: auditors.length },
    ...{ aggregators: aggregators.length, aggregatorQuorum: Math.floor(aggregators.length / 2) + 1 },
    ...{ auditorShare: 1_500, aggregatorShare: 500, epsilon: 4_096, exclusionScore: 512 },
    ...(await publishTask(manifest, content)),
  });
}

/** What a small task pays in all. */
export const REWARD = 1_000_000n;
const STAKE = REWARD;
/** Seconds between the opening of a small task and its start: long enough to vote on it. */
export const LEAD = 14 * 24 * 3_600;

/** A token that anybody may mint. */
export async function deployToken({ operator }: Suite) {
  const token = await new LocalToken__factory(operator).deploy("Token", "TOKEN");
  await token.waitForDeployment();
  return token;
}

/** Everybody takes their role, and time passes until the first round opens. */
export async function joinAll(suite: Suite, taskId: bigint, cast: Cast, token: string): Promise<void> {
  const { tasks, vault } = suite.contracts;
  const roles = [
    [Role.Auditor, cast.auditors],
    [Role.Aggregator, cast.aggregators],
    [Role.Client, cast.clients],
  ] as const;
  for (const [role, wallets] of roles) {
    for (const wallet of wallets) {
      if (role !== Role.Client) {
        const own = LocalToken__factory.connect(token, wallet);
        await (await own.mint(wallet.address, STAKE)).wait();
        await (await own.approve(vault, STAKE)).wait();
        await (await vault.connect(wallet).deposit(tasks, token, STAKE)).wait();
      }
      await (await tasks.connect(wallet).join(taskId, role)).wait();
    }
  }
  const { startsAt } = await tasks.termsOf(taskId);
  await suite.chain.warpTo(startsAt);
}

/** Reads a task, and gives its parties what they work with. */
export function taskOf(
  suite: Suite,
  taskId: bigint,
  cast: Cast,
  token: string,
  folder: string,
  content: ContentStore,
): OpenTask {
  const { chain, contracts, deployment } = suite;
  const fromBlock = deployment.contracts.LearningTasks.block;
  // asked when it is needed: a task may be read before the beacon is
  const beacon = () => beaconOf(suite);
  const randomness: Beacon = {
    contract: contracts.randomness,
    seedOf: async (timepoint) => (await beacon()).seedOf(timepoint),
    proofOf: async (timepoint) => (await beacon()).proofOf(timepoint),
  };
  const timelock = drandTimelock(suite.drand.network, async (round) => (await suite.drand.roundOf(round))!.signature);
  const viewBy = (wallet: HDNodeWallet | HeadroomWallet) =>
    new TaskView(contracts.tasks.connect(wallet), taskId, fromBlock, content, randomness);
  const contextOf = async (
    wallet: HDNodeWallet,
    place = mkdtempSync(join(folder, "store-")),
  ): Promise<AuditorContext> => {
    const signer = new HeadroomWallet(wallet.privateKey, chain.provider);
    const store = await openEncryptedFolder(place, getBytes(id(wallet.privateKey)));
    if (!(await store.has(EXAMPLES_RECORD))) {
      await store.put(EXAMPLES_RECORD, encodeExamples(halves(wallet.address, 1_000)));
    }
    const view = viewBy(signer);
    const chainId = BigInt(deployment.chainId);
    return { view, tasks: view.contract, account: wallet.address, chainId, store, timelock, log: SILENT };
  };
  const to = async (phase: Phase) => {
    const start = await contracts.tasks.phaseStart(taskId, phase);
    await chain.warpTo(phase === Phase.AuditCommit ? start + (await contracts.randomness.CHAIN_SKEW()) : start);
  };
  const keeper = new TaskUpkeep(
    contracts.tasks,
    new TaskList(contracts.tasks),
    new SeedProofs(contracts.tasks, randomness),
  );
  return { cast, view: viewBy(suite.operator), content, token, keeper, to, contextOf };
}

/** The beacon of a suite. */
export function beaconOf({ contracts, drand }: Suite): Promise<Beacon> {
  return drandBeacon(contracts.randomness, drand.network, drand.roundOf);
}

/** Opens a small task straight from the operator's account, for members of a cooperative. */
export async function openTask(
  suite: Suite,
  cooperative: string,
  cast: Cast,
  folder: string,
  changes: TaskChanges = {},
): Promise<OpenTask> {
  const { tasks } = suite.contracts;
  const content = openContentFolder(join(folder, "content"));
  const token = await deployToken(suite);
  const address = await token.getAddress();
  await (await token.mint(suite.operator.address, REWARD)).wait();
  await (await token.approve(tasks, REWARD)).wait();
  await (await tasks.openTask(await termsOf(suite, cooperative, address, cast, content, changes))).wait();
  const taskId = await tasks.taskCount();
  await joinAll(suite, taskId, cast, address);
  return taskOf(suite, taskId, cast, address, folder, content);
}

/** Everybody does what a round asks of them, from the beginning of Commit until it is finished. */
export async function playRound(task: OpenTask, parties?: Awaited<ReturnType<typeof partiesOf>>): Promise<void> {
  const { clients, auditors, aggregators } = parties ?? (await partiesOf(task));
  // clients first: they let auditors read what these score
  const all = [...clients, ...auditors, ...aggregators];
  const stepAll = async () => {
    for (const party of all) await party.step();
  };
  await stepAll();
  for (const phase of [Phase.Reveal, Phase.AuditCommit, Phase.AuditReveal, Phase.Settle]) {
    await task.to(phase);
    await task.keeper.run(SILENT);
    await stepAll();
  }
  for (const phase of [Phase.AggregateCommit, Phase.AggregateReveal]) {
    await task.to(phase);
    await stepAll();
  }
  await task.to(Phase.Finishing);
  await task.keeper.run(SILENT);
}

/** The daemons of a task, honest all of them. */
export async function partiesOf({ cast, contextOf }: OpenTask) {
  const [clients, auditors, aggregators] = await Promise.all([
    Promise.all(cast.clients.map(async (wallet) => new Client(await contextOf(wallet)))),
    Promise.all(cast.auditors.map(async (wallet) => new Auditor(await contextOf(wallet)))),
    Promise.all(cast.aggregators.map(async (wallet) => new Aggregator(await contextOf(wallet)))),
  ]);
  return { clients, auditors, aggregators };
}
