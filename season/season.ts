import { mkdir, rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import {
  loadDataset,
  openContentFolder,
  openTaskBeacon,
  publishTask,
  sealSlices,
  TaskView,
  type Examples,
} from "@artel/node";
import {
  appointLearning,
  connect,
  foundCooperative,
  LocalToken__factory,
  plainBylaws,
  POINTS,
  queryLogs,
  readEarnings,
  Role,
  ROLE_CATEGORIES,
  ROLE_NAMES,
  type Cooperative,
  type Deployment,
  type LocalToken,
  type NetworkContracts,
} from "@artel/sdk";
import { RELAY_TIMEOUT_MS } from "@artel/sdk/randomness";
import { formatUnits, getBytes, id, parseUnits, ZeroHash, type HDNodeWallet } from "ethers";

import { deployLocal } from "../deploy/local.js";
import {
  claimPort,
  lockFolder,
  Processes,
  startBeacon,
  startChain,
  startGraphNode,
  startPostgres,
  watchMemory,
  type Chain,
  type GraphNode,
  type LocalBeacon,
} from "../localnet/index.js";
import { bind } from "../subgraph/scripts/bind.js";
import { decide, publishKeys } from "./cooperative.js";
import { grantConsents } from "./consent.js";
import { DIRICHLET_ALPHA, divideData, fillStores, SHARDS_EACH, storeOf } from "./data.js";
import { saveText } from "./files.js";
import type { HostedParty } from "./host.js";
import { Hosts } from "./hosts.js";
import { countEntities, payoutsInIndex } from "./indexed.js";
import { manifestFor, slicesFrom, startOf, termsFor } from "./task.js";
import { SeasonMismatchError } from "./errors.js";
import type { SeasonOptions } from "./options.js";
import { castParties, AGGREGATORS, AUDITORS, FOUNDERS, SERVICE_ACCOUNTS, type PartyProfile } from "./parties.js";
import type { Progress } from "./progress.js";
import { withRandomBytes } from "./randomBytes.js";
import { writeReport, type SeasonReport } from "./report.js";
import { accuracyByRound, gasByRole, readFunds, readPayouts } from "./results.js";
import { playRounds } from "./rounds.js";
import { until } from "./wait.js";

/** Genesis of every season's chain, so that equal seeds give equal blocks: 1 January 2026, 0:00 UTC. */
const GENESIS = 1_767_225_600;
/** What the task pays in all. */
const REWARD = "10000";
/** Reputation that learning may award in a week: ten whole tasks are enough for anybody. */
const WEEKLY_POINTS = 10n * BigInt(POINTS);

/** Where a running season can be looked at. */
export interface SeasonEndpoints {
  readonly rpc: string;
  /** A relay of the beacon, as `--drand-relay` takes it. */
  readonly relay: string;
  readonly graphql: string;
  readonly report: string;
  /** File with the addresses of the contracts. */
  readonly deployment: string;
  /** Address of the cooperative's Treasury. */
  readonly cooperative: string;
}

/** What came out of a season. */
export interface SeasonResult extends SeasonReport {
  readonly settledRounds: number;
  /** The task's full reward, in the smallest unit of the token. */
  readonly reward: bigint;
  /** What of it nobody earned and went back. */
  readonly refund: bigint;
  /** Number and hash of the last block, which the index has reached. */
  readonly head: { readonly number: number; readonly hash: string };
  /** Most memory resident at the moments it was looked at, bytes, all processes together. */
  readonly peakMemory: number;
  readonly seconds: number;
  readonly endpoints: SeasonEndpoints;
}

/** A season as it is played: everything that is shared between its phases. */
interface Stage {
  readonly options: SeasonOptions;
  readonly folder: string;
  readonly logs: string;
  readonly processes: Processes;
  readonly progress: Progress;
}

/**
 * Plays a season: starts the stack, deploys, founds, votes, trains, pays, indexes and reports.
 *
 * @param processes - children are started in it; the caller ends them
 */
export async function playSeason(
  options: SeasonOptions,
  processes: Processes,
  progress: Progress,
): Promise<SeasonResult> {
  const started = Date.now();
  const folder = resolve(options.folder);
  const stage: Stage = { options, folder, logs: join(folder, "logs"), processes, progress };
  const memory = watchMemory(2_000);
  processes.onStop(() => void memory.stop());

  const { dataset, chain, postgresUrl } = await raiseStage(stage);
  const accounts = chain.wallets;
  const [operator, keeperWallet] = accounts;
  const parties = castParties(accounts.slice(SERVICE_ACCOUNTS), options.clients);
  const data = divideData(dataset, parties, slicesFrom(0, options).count, options);
  const beacon = await startBeacon(processes, chain, { seed: options.seed });

  const network = await progress.phase("Deploy", 1, () => deployLocal(chain.url, operator.privateKey, beacon.network));
  processes.onStop(() => network.close());
  const { deployment } = network;
  const deploymentFile = join(folder, "addresses.json");
  await saveText(deploymentFile, `${JSON.stringify(deployment, undefined, 2)}\n`);
  const contracts = connect(deployment, operator);
  const index = await progress.phase("Index", 1, () => startIndex(stage, chain, deployment, postgresUrl));
  await startKeeper(stage, chain, beacon, deploymentFile, keeperWallet);

  const cooperative = await found(stage, contracts, parties);
  await network.handOver(cooperative.address);
  await admitOthers(stage, chain, contracts, cooperative, parties);
  await progress.phase("Private stores", 1, () => fillStores(parties, data.held, folder));
  const token = await new LocalToken__factory(operator).deploy("Artel season", "ARTEL");
  await token.waitForDeployment();
  const view = await openTask(stage, chain, beacon, contracts, deployment, cooperative, parties, token, data.slices);
  await consent(stage, chain, contracts, cooperative, parties, operator);
  await joinTask(stage, contracts, view, parties, token, operator);

  const settledRounds = await train(stage, chain, beacon, contracts, deployment, view, parties);
  await pay(stage, contracts, view, parties);

  return progress.phase("Report", 4, async (steps) => {
    const accuracies = await accuracyByRound(view, dataset.test);
    steps.step("accuracy");
    const { address: realm } = cooperative;
    const payouts = await readPayouts(view, parties, data.held, dataset.test, ({ role, wallet }) =>
      contracts.reputation.scoreOf(realm, id(ROLE_CATEGORIES[role]), wallet.address),
    );
    steps.step("pay");
    const roles = new Map<string, string>(
      parties.map(({ wallet, role }) => [wallet.address.toLowerCase(), ROLE_NAMES[role]]),
    );
    roles.set(operator.address.toLowerCase(), "operator").set(keeperWallet.address.toLowerCase(), "keeper");
    const gas = await gasByRole(chain.provider, (account) => roles.get(account) ?? account);
    steps.step("gas");
    const head = (await chain.provider.getBlock("latest"))!;
    await index.untilSynced({ number: head.number, hash: head.hash! });
    await agree(index, view.taskId, payouts);
    const entities = await countEntities(index);
    const seconds = (Date.now() - started) / 1000;
    const peakMemory = memory.stop();
    const file = join(folder, "report.html");
    const unit = { symbol: await token.symbol(), decimals: Number(await token.decimals()) };
    const funds = await readFunds(view);
    const report: SeasonReport = {
      title: `A season of ${settledRounds} rounds on ${options.data}`,
      facts: factsOf(options, accuracies, parties, funds, unit),
      ...{ accuracyByRound: accuracies, payouts, gasByRole: gas, entities },
      token: unit,
    };
    await writeReport(report, file);
    const endpoints = {
      ...{ rpc: chain.url, relay: beacon.url, graphql: index.url, report: file },
      ...{ deployment: deploymentFile, cooperative: realm },
    };
    return {
      ...report,
      ...funds,
      settledRounds,
      head: { number: head.number, hash: head.hash! },
      peakMemory,
      seconds,
      endpoints,
    };
  });
}

/** Starts what needs nothing else: data set, chain and database. */
async function raiseStage({ options, folder, logs, processes, progress }: Stage) {
  const lock = await lockFolder(folder);
  processes.onStop(() => lock.release());
  // Asked for late but needed; better to know now.
  if (options.graphqlPort !== undefined) await claimPort(options.graphqlPort);
  // A season is played from the beginning: what an earlier one left would be another chain's.
  const left = ["content", "stores", "index", "logs", "addresses.json", "report.html"];
  for (const name of left) await rm(join(folder, name), { recursive: true, force: true });
  await mkdir(logs, { recursive: true });
  return progress.phase("Chain, database, data", 3, async (steps) => {
    const dataset = await loadDataset(options.data, options.dataFolder);
    steps.step();
    const accounts = SERVICE_ACCOUNTS + options.clients + AUDITORS + AGGREGATORS;
    const chain = await startChain(processes, {
      seed: options.seed,
      timestamp: GENESIS,
      accounts,
      port: options.rpcPort,
    });
    steps.step();
    const { url: postgresUrl } = await startPostgres(processes);
    steps.step();
    return { dataset, chain, postgresUrl };
  });
}

async function startIndex(stage: Stage, chain: Chain, deployment: Deployment, postgresUrl: string): Promise<GraphNode> {
  const manifest = await bind(deployment, join(stage.folder, "index"));
  const { graphqlPort: port } = stage.options;
  return startGraphNode(stage.processes, { manifest, rpcUrl: chain.url, postgresUrl, port });
}

async function startKeeper(
  { processes }: Stage,
  chain: Chain,
  beacon: LocalBeacon,
  deploymentFile: string,
  wallet: HDNodeWallet,
) {
  const script = fileURLToPath(new URL("../scripts/keeper.ts", import.meta.url));
  const endpoints = ["--rpc-url", chain.url, "--drand-relay", beacon.url];
  const args = ["--import", "tsx", script, ...endpoints, "--deployment", deploymentFile, "--poll-ms", "100"];
  await processes.start({
    name: "keeper",
    command: process.execPath,
    args,
    env: { ARTEL_PRIVATE_KEY: wallet.privateKey },
    ready: async (child) => child.output().includes("keeper started"),
  });
}

async function found({ progress }: Stage, contracts: NetworkContracts, parties: readonly PartyProfile[]) {
  return progress.phase("Found", 2, async (steps) => {
    await publishKeys(contracts.didRegistry, parties);
    steps.step("keys published");
    const founders = parties.slice(0, FOUNDERS);
    const cooperative = await foundCooperative(contracts.factory, founders[0].wallet, {
      name: "Artel of the season",
      dids: founders.map(({ wallet }) => wallet.address),
      ...(await plainBylaws(contracts)),
      calls: await appointLearning(contracts, WEEKLY_POINTS),
      salt: ZeroHash,
    });
    steps.step("founded");
    return cooperative;
  });
}

/** Seven found, the others are voted in. */
async function admitOthers(
  { progress, logs }: Stage,
  chain: Chain,
  { membership }: NetworkContracts,
  cooperative: Cooperative,
  parties: readonly PartyProfile[],
) {
  const founders = parties.slice(0, FOUNDERS);
  const dids = parties.slice(FOUNDERS).map(({ wallet }) => wallet.address);
  const action = {
    target: await membership.getAddress(),
    data: membership.interface.encodeFunctionData("admit", [dids]),
  };
  await progress.phase("Vote: members", founders.length + 3, (steps) =>
    decide(chain, cooperative, founders, [action], `Admit ${dids.length} members`, steps, logs),
  );
}

/** The members put a task to the vote; carrying it out moves the reward from their treasury into escrow. */
async function openTask(
  { options, folder, progress, logs }: Stage,
  chain: Chain,
  beacon: LocalBeacon,
  { tasks, randomness }: NetworkContracts,
  deployment: Deployment,
  cooperative: Cooperative,
  parties: readonly PartyProfile[],
  token: LocalToken,
  slices: readonly Examples[],
): Promise<TaskView> {
  const content = openContentFolder(join(folder, "content"));
  const startsAt = startOf((await chain.provider.getBlock("latest"))!.timestamp);
  const { timelock, randomness: seeds } = await openTaskBeacon(randomness, {
    urls: [beacon.url],
    timeoutMs: RELAY_TIMEOUT_MS,
  });
  const test = await progress.phase("Seal test slices", slices.length, () =>
    withRandomBytes(`${options.seed} slices`, async () => {
      const drawSalt = (slice: number) => getBytes(id(`artel slice ${slice} ${options.seed}`));
      const { plan, sealed } = await sealSlices(slices, slicesFrom(startsAt, options).times, timelock, drawSalt);
      for (const slice of sealed) await content.put(slice);
      return plan;
    }),
  );
  const manifest = manifestFor(options, test);
  const reward = parseUnits(REWARD, await token.decimals());
  await (await token.mint(cooperative.address, reward)).wait();
  const terms = termsFor(options, {
    cooperative: cooperative.address,
    token: await token.getAddress(),
    reward,
    startsAt,
    ...(await publishTask(manifest, content)),
  });
  const target = await tasks.getAddress();
  const actions = [
    { target: terms.token as string, data: token.interface.encodeFunctionData("approve", [target, reward]) },
    { target, data: tasks.interface.encodeFunctionData("openTask", [terms]) },
  ];
  const voters = parties.slice(0, Math.ceil((parties.length * 3) / 4));
  await progress.phase("Vote: learning task", voters.length + 3, (steps) =>
    decide(chain, cooperative, voters, actions, `Train a model on ${options.data}`, steps, logs),
  );
  const { block } = deployment.contracts.LearningTasks;
  return new TaskView(tasks, await tasks.taskCount(), block, content, seeds);
}

/** Every client lets the cooperative use its data, as the task asks. */
async function consent(
  { progress }: Stage,
  chain: Chain,
  { consents }: NetworkContracts,
  cooperative: Cooperative,
  parties: readonly PartyProfile[],
  operator: HDNodeWallet,
) {
  const clients = parties.filter(({ role }) => role === Role.Client);
  const { chainId } = await chain.provider.getNetwork();
  const { timestamp } = (await chain.provider.getBlock("latest"))!;
  const clock = { chainId, now: BigInt(timestamp) };
  await progress.phase("Consent", clients.length, (steps) =>
    grantConsents(consents, operator, clients, cooperative.address, clock, steps),
  );
}

/** Everybody takes a role; auditors and aggregators entrust their stake first. */
async function joinTask(
  { progress }: Stage,
  { tasks, vault }: NetworkContracts,
  view: TaskView,
  parties: readonly PartyProfile[],
  token: LocalToken,
  operator: HDNodeWallet,
) {
  const { taskId } = view;
  // there is room for clients once there are auditors for them
  const seated = [...parties].sort((a, b) => Number(a.role === Role.Client) - Number(b.role === Role.Client));
  await progress.phase("Join", parties.length, async (steps) => {
    const { auditorStake, aggregatorStake } = await view.terms();
    for (const { name, role, wallet } of seated) {
      const stake = role === Role.Auditor ? auditorStake : role === Role.Aggregator ? aggregatorStake : 0n;
      if (stake > 0n) {
        await (await token.connect(operator).mint(wallet.address, stake)).wait();
        await (await token.connect(wallet).approve(vault, stake)).wait();
        await (await vault.connect(wallet).deposit(tasks, token, stake)).wait();
      }
      await (await tasks.connect(wallet).join(taskId, role)).wait();
      steps.step(name);
    }
  });
}

async function train(
  { options, folder, logs, progress, processes }: Stage,
  chain: Chain,
  beacon: LocalBeacon,
  { tasks, randomness }: NetworkContracts,
  deployment: Deployment,
  view: TaskView,
  parties: readonly PartyProfile[],
): Promise<number> {
  const { taskId, fromBlock } = view;
  const shared = {
    ...{ rpcUrl: chain.url, chainId: deployment.chainId, tasks: await tasks.getAddress() },
    ...{ beacon: await randomness.getAddress(), relay: beacon.url },
    ...{ taskId, fromBlock, content: join(folder, "content") },
  };
  const cast = parties.map(({ role, conduct, wallet }): HostedParty => {
    const { folder: store, key } = storeOf(wallet, folder);
    return { role: ROLE_NAMES[role], conduct, privateKey: wallet.privateKey, store, key };
  });
  const { scoring } = await view.manifest();
  if (scoring.test.kind !== "common") throw new TypeError("a season is scored on slices");
  const clock = { chain, tasks, taskId, seedDelay: await randomness.CHAIN_SKEW(), test: scoring.test };
  const hosts = Hosts.start(shared, cast, logs);
  processes.onStop(() => hosts.stop());
  try {
    return await progress.phase("Train", options.rounds, (steps) => playRounds(clock, hosts, steps, logs));
  } finally {
    await hosts.stop();
  }
}

/**
 * What nobody earned goes back to the cooperative; everybody frees their stake, has their reputation recorded, and claims
 * what they earned in all periods by one call. Sealed tasks have no appeals that they would have to wait for.
 */
async function pay(
  { progress, logs }: Stage,
  { tasks }: NetworkContracts,
  view: TaskView,
  parties: readonly PartyProfile[],
) {
  const { taskId, fromBlock } = view;
  await progress.phase("Pay", parties.length + 1, async (steps) => {
    const refunded = () => queryLogs(tasks, tasks.filters.TaskRefunded(taskId), fromBlock);
    await until("the keeper refunds what nobody earned", logs, async () => (await refunded()).length > 0);
    steps.step("rest refunded");
    // In fewer blocks than a reorganisation may undo: after that the keeper would see to both, whoever comes first.
    const joined = await queryLogs(tasks, tasks.filters.ParticipantJoined(taskId), fromBlock);
    const numbers = new Map(joined.map(({ args }) => [args.account, args.number]));
    for (const { wallet, role } of parties) {
      const own = tasks.connect(wallet);
      const { earned } = await tasks.earningsOf(taskId, wallet.address);
      if (earned > 0n) await (await own.recordReputation(taskId, wallet.address, numbers.get(wallet.address)!)).wait();
      if (role === Role.Client) continue;
      const { id: seat } = await tasks.participantOf(taskId, wallet.address);
      const { stake } = await tasks.seatAt(taskId, role, seat);
      if (stake > 0n) await (await own.releaseStake(taskId, wallet.address)).wait();
    }
    for (const { name, wallet } of parties) {
      const earnings = await readEarnings(tasks, wallet.address, fromBlock);
      const items = earnings.filter(({ claimable }) => claimable > 0n).map(({ item }) => item);
      if (items.length > 0) await (await tasks.connect(wallet).claim(items)).wait();
      steps.step(name);
    }
  });
}

/** The index must say the same as the chain. */
async function agree(index: GraphNode, taskId: bigint, payouts: SeasonReport["payouts"]): Promise<void> {
  const indexed = await payoutsInIndex(index, taskId);
  for (const { account, name, amount } of payouts) {
    const said = indexed.get(account.toLowerCase()) ?? 0n;
    if (said !== amount) throw new SeasonMismatchError(`Pay of ${name} on the chain and in the index`, amount, said);
  }
}

function factsOf(
  options: SeasonOptions,
  accuracies: readonly number[],
  parties: readonly PartyProfile[],
  { reward, refund }: { reward: bigint; refund: bigint },
  token: SeasonReport["token"],
): [string, string][] {
  const amount = (value: bigint) => `${Number(formatUnits(value, token.decimals)).toFixed(2)} ${token.symbol}`;
  const split = options.split === "shards" ? `${SHARDS_EACH} label shards a client` : `Dirichlet ${DIRICHLET_ALPHA}`;
  return [
    ["data set", `${options.data}, split over the clients by ${split}`],
    ["seed", options.seed],
    ["members", `${parties.length}: ${options.clients} clients, ${AUDITORS} auditors, ${AGGREGATORS} aggregators`],
    ["final test accuracy", `${((accuracies.at(-1) ?? 0) * 100).toFixed(2)} %`],
    ["reward in escrow", amount(reward)],
    ["earned and paid", amount(reward - refund)],
    ["back to the cooperative", amount(refund)],
  ];
}
