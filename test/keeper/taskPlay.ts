import {
  drandBeacon,
  IDrandBeacon__factory,
  ILearning__factory,
  IStakeVault__factory,
  Role,
  ROLE_CATEGORIES,
  Phase,
  type Beacon,
  type ILearning,
  type ILearningTasks,
} from "@artel/sdk";
import {
  encodeVector,
  panelsOf,
  answerCommitment,
  scoresCommitment,
  updateCommitment,
  vectorLength,
  type Answer,
  type CommitmentScope,
  type Panel,
} from "@artel/sdk/learning";
import { drandNetworkStruct } from "@artel/sdk/randomness";
import { dataSlice, id, type HDNodeWallet } from "ethers";
import hre from "hardhat";

import { startBeacon, startChain, type Chain, type LocalBeacon, type Processes } from "../../localnet/index.js";
import { deployLearningTasks } from "../learningTasks.js";
import { evenSchedule, smallTask, takeSeats } from "../tasks.js";

const CLIENTS = 9;
const AUDITORS = 7;
const AGGREGATORS = 3;
export const REWARD = 10n ** 18n;
const PHASE = 600;
const SKEW = 30n;
const RAW = 0x55;

/** Learning tasks on a chain of their own, with all the contracts behind them. */
export interface Stage {
  readonly chain: Chain;
  readonly local: LocalBeacon;
  readonly beacon: Beacon;
  /** Connected to the owner of every task, who stands for the cooperative. */
  readonly tasks: ILearning;
  readonly owner: HDNodeWallet;
  readonly treasury: HDNodeWallet;
  readonly clients: readonly HDNodeWallet[];
  readonly auditors: readonly HDNodeWallet[];
  readonly aggregators: readonly HDNodeWallet[];
  /** Nobody in particular. */
  readonly others: readonly HDNodeWallet[];
}

/** Deploys everything on a chain of its own, with members in every role. */
export async function raiseStage(processes: Processes): Promise<Stage> {
  const chain = await startChain(processes, { accounts: CLIENTS + AUDITORS + AGGREGATORS + 6 });
  await chain.provider.send("anvil_setBlockTimestampInterval", [1]);
  const local = await startBeacon(processes, chain);
  const [owner, treasury, ...rest] = chain.wallets;
  const override = { url: chain.url, accounts: [owner.privateKey] };
  const connection = await hre.network.create({ network: "localhost", override });
  processes.onStop(() => connection.close());
  const { ethers } = connection;
  const deployed = async (name: string, args: unknown[] = []) =>
    String((await ethers.deployContract(name, args)).target);
  const dids = await deployed("DIDRegistry");
  const membership = await ethers.deployContract("Membership", [dids]);
  const randomness = await deployed("DrandBeacon", [drandNetworkStruct(local.network), SKEW]);
  const vault = await ethers.deployContract("StakeVault");
  const reputation = await ethers.deployContract("Reputation", [await deployed("AccessManager", [owner.address])]);
  const address = await deployLearningTasks(ethers, {
    membership: String(membership.target),
    escrow: await deployed("RewardEscrow"),
    vault: String(vault.target),
    reputation: String(reputation.target),
    consents: await deployed("ConsentRegistry", [dids]),
    randomness,
    models: await deployed("ModelRegistry"),
  });
  for (const category of Object.values(ROLE_CATEGORIES)) {
    await reputation.addCategory(id(category), 90 * 24 * 3_600);
    await reputation.appointIssuer(id(category), address, 10n ** 9n, 0);
  }
  const clients = rest.slice(0, CLIENTS);
  const auditors = rest.slice(CLIENTS, CLIENTS + AUDITORS);
  const aggregators = rest.slice(CLIENTS + AUDITORS, CLIENTS + AUDITORS + AGGREGATORS);
  const others = rest.slice(CLIENTS + AUDITORS + AGGREGATORS);
  await membership.admit([...clients, ...auditors, ...aggregators].map(({ address }) => address));
  const contract = IDrandBeacon__factory.connect(randomness, chain.provider);
  return {
    ...{ chain, local, owner, treasury, clients, auditors, aggregators, others },
    beacon: await drandBeacon(contract, local.network, local.roundOf),
    tasks: ILearning__factory.connect(address, owner),
  };
}

/** Terms of a task for the members of a stage. */
export async function termsOf(
  { chain, owner, treasury }: Stage,
  changes: Partial<ILearningTasks.TaskTermsStruct> = {},
): Promise<ILearningTasks.TaskTermsStruct> {
  const { timestamp } = (await chain.provider.getBlock("latest"))!;
  return smallTask({
    ...{ cooperative: owner.address, slashRecipient: treasury.address, startsAt: timestamp + 1000 },
    ...{ reward: REWARD, schedule: evenSchedule(PHASE), retries: 2, maxClients: CLIENTS },
    ...{ minAuditors: AUDITORS, maxAuditors: AUDITORS, aggregators: AGGREGATORS, aggregatorQuorum: 2 },
    ...{ epsilon: 10, exclusionScore: 50, minimumScore: 100, missPenalty: REWARD / 3n + 1n },
    ...changes,
  });
}

/** A task whose parties do what they are told, and whose time passes when it is told to. */
export class TaskPlay {
  private constructor(
    private readonly stage: Stage,
    readonly taskId: bigint,
  ) {}

  /** Opens a task; everybody takes their place. */
  static async open(stage: Stage, changes: Partial<ILearningTasks.TaskTermsStruct> = {}): Promise<TaskPlay> {
    const { tasks, clients, auditors, aggregators } = stage;
    await tasks.openTask(await termsOf(stage, changes), { value: REWARD });
    const taskId = await tasks.taskCount();
    const vault = IStakeVault__factory.connect(await tasks.VAULT());
    await takeSeats({ tasks, vault }, taskId, { auditors, aggregators });
    for (const client of clients) await tasks.connect(client).join(taskId, Role.Client);
    return new TaskPlay(stage, taskId);
  }

  /** Moves time on to a phase of the running round, unless it is there. */
  async enter(phase: Phase): Promise<void> {
    const { tasks, chain } = this.stage;
    if (Number(await tasks.phaseOf(this.taskId)) !== phase)
      await chain.warpTo(await tasks.phaseStart(this.taskId, phase));
  }

  /** All clients commit and reveal. */
  async update(): Promise<void> {
    const { tasks, clients } = this.stage;
    const scope = await this.scope();
    const openingOf = ({ address }: HDNodeWallet) => {
      const name = `${address} ${scope.round}`;
      const content = { codec: RAW, digest: id(`content ${name}`) };
      return { root: id(name), samples: 600n, norm: 1000n, content, salt: dataSlice(id(`salt ${name}`), 0, 16) };
    };
    await this.enter(Phase.Commit);
    for (const client of clients) {
      const commitment = updateCommitment(scope, client.address, openingOf(client));
      await tasks.connect(client).commitUpdate(this.taskId, commitment);
    }
    await this.enter(Phase.Reveal);
    for (const client of clients)
      await tasks.connect(client).revealUpdate(this.taskId, client.address, openingOf(client));
  }

  /** Panels of the running round, as drawn. */
  async panels(): Promise<Panel[]> {
    const { seed } = await this.stage.tasks.panelState(this.taskId);
    return panelsOf(seed, this.sizes());
  }

  /** Auditors of a panel commit to equal scores. */
  async commitScores(seats: readonly number[]): Promise<void> {
    const { tasks, auditors } = this.stage;
    const scope = await this.scope();
    for (const seat of seats) {
      const { address } = auditors[seat];
      const commitment = scoresCommitment(scope, address, salt(address), await this.vectorOf(seat));
      await tasks.connect(auditors[seat]).commitScores(this.taskId, commitment);
    }
  }

  /** They reveal them. */
  async revealScores(seats: readonly number[]): Promise<void> {
    const { tasks, auditors } = this.stage;
    for (const seat of seats) {
      const { address } = auditors[seat];
      const opening = { auditor: address, salt: salt(address), scores: await this.vectorOf(seat) };
      await tasks.connect(auditors[seat]).revealScores(this.taskId, opening);
    }
  }

  /** Aggregators commit to an answer and reveal it, all the same. */
  async answer(): Promise<Answer> {
    const { tasks, aggregators } = this.stage;
    const scope = await this.scope();
    const content = { codec: RAW, digest: id(`model of ${scope.round}`) };
    const answer = {
      modelRoot: id(`root of ${scope.round}`),
      model: content,
      nodesRoot: id(`nodes of ${scope.round}`),
    };
    await this.enter(Phase.AggregateCommit);
    for (const account of aggregators) {
      const commitment = answerCommitment(scope, account.address, salt(account.address), answer);
      await tasks.connect(account).commitAnswer(this.taskId, commitment);
    }
    await this.enter(Phase.AggregateReveal);
    for (const { address } of aggregators) await tasks.revealAnswer(this.taskId, address, answer, salt(address));
    return answer;
  }

  private async vectorOf(auditor: number): Promise<Uint8Array> {
    const panel = (await this.panels()).find(({ auditors }) => auditors.includes(auditor))!;
    return encodeVector(panel, (client) => (client < CLIENTS ? 100 + client : 0), vectorLength(this.sizes()));
  }

  private sizes() {
    return { clients: CLIENTS, auditors: AUDITORS, panelCells: 1, panelSeats: 3 };
  }

  private async scope(): Promise<CommitmentScope> {
    const { tasks, chain } = this.stage;
    const [{ chainId }, { round }] = await Promise.all([chain.provider.getNetwork(), tasks.roundState(this.taskId)]);
    return { chainId, contract: await tasks.getAddress(), taskId: this.taskId, round };
  }
}

function salt(name: string): string {
  return dataSlice(id(`salt of ${name}`), 0, 16);
}
