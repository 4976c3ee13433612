import {
  Aggregator,
  answerOf,
  Client,
  ContentMissingError,
  TaskView,
  type ContentStore,
  type DataStore,
  type PartyContext,
  type TaskState,
  type Update,
  type UpdateRecord,
} from "@artel/node";
import { Combining, queryLogs, Role, Phase } from "@artel/sdk";
import {
  ABSENT,
  batchItems,
  cidOf,
  clientsOf,
  decodeVector,
  manifestToBytes,
  packOpenings,
  panelCount,
  taskContentOf,
  tensorRoot,
  tensorToBytes,
  weightCapsOf,
  type Aggregation,
  type CommitmentScope,
  type Panel as Seating,
} from "@artel/sdk/learning";
import { getBytes, id, Wallet, ZeroHash, type ContractTransactionResponse } from "ethers";
import { pino } from "pino";

import type { LabChain } from "./chain.js";
import { UnexpectedChainError } from "./errors.js";
import {
  PANEL_CELLS,
  vectorCommitment,
  vectorOf,
  type DeclaredUpdate,
  type Draw,
  type LabTask,
  type Payout,
  type ScoresOpening,
  type SettledRound,
  type Settlement,
} from "./settlement.js";

/** Seconds of every phase. */
const PHASE = 3_600;
const DAY = 86_400n;
const AGGREGATORS = 3;
/** Full reward of a task; what clients and auditors have of it follows from the terms. */
const REWARD = 1_000_000_000n;
const SHARES = 10_000n;
/** Share of the aggregators. */
const AGGREGATOR_SHARE = 400n;
const LOG = pino({ level: "silent" });

/** A client that sends what the laboratory says, honest or not; all that follows from it is the node's own code. */
class PlayedClient extends Client {
  update?: Update;

  protected override async train(): Promise<Update | undefined> {
    return this.update;
  }
}

/** An aggregator of the node; whoever computes the same computes it once. */
class PlayedAggregator extends Aggregator {
  constructor(
    context: PartyContext,
    private readonly known: Map<bigint, Promise<Aggregation | undefined>>,
  ) {
    super(context);
  }

  protected override aggregate(state: TaskState): Promise<Aggregation | undefined> {
    if (!this.known.has(state.round)) this.known.set(state.round, super.aggregate(state));
    return this.known.get(state.round)!;
  }
}

/** Contracts as a settlement: every act is a transaction, and nothing is decided off the chain. */
export class ContractSettlement implements Settlement {
  auditors: readonly string[] = [];
  private readonly taskId = 1n;
  private task!: LabTask;
  private view!: TaskView;
  private wallets: readonly Wallet[] = [];
  private clients: readonly PlayedClient[] = [];
  private aggregators: readonly PlayedAggregator[] = [];
  private readonly aggregations = new Map<bigint, Promise<Aggregation | undefined>>();
  private seating: readonly Seating[] = [];
  private readonly openings = new Map<string, ScoresOpening>();
  private contract = "";
  private treasury = "";

  constructor(
    private readonly chain: LabChain,
    private readonly beacon: string,
  ) {}

  async open(task: LabTask): Promise<void> {
    const {
      chain,
      chain: { tasks, operator },
    } = this;
    this.task = task;
    this.contract = await tasks.getAddress();
    await chain.reset();
    const walletOf = (role: string, index: number) => new Wallet(id(`${this.beacon} ${role} ${index}`));
    const wallets = (role: string, count: number) => Array.from({ length: count }, (_, i) => walletOf(role, i));
    this.wallets = wallets("client", task.clients);
    this.auditors = wallets("auditor", task.seats + 1).map(({ address }) => address);
    const aggregators = wallets("aggregator", AGGREGATORS).map(({ address }) => address);
    const clients = this.wallets.map(({ address }) => address);
    this.treasury = walletOf("treasury", 0).address;
    await chain.admit([...clients, ...this.auditors, ...aggregators]);

    const content = memoryContent();
    const manifest = taskContentOf(await content.put(manifestToBytes(task.manifest)));
    const initialModel = taskContentOf(await content.put(tensorToBytes(task.initial)));
    const terms = this.terms(task);
    const fromBlock = (await operator.provider!.getBlockNumber()) + 1;
    // a second, and so all draws, of its own
    const startsAt = (BigInt(await chain.now()) / DAY) * DAY + DAY + 3n * (BigInt(id(this.beacon)) >> 232n);
    await chain.book.open(
      new Map([
        ...clients.map((account) => [account, "client"] as const),
        ...this.auditors.map((account) => [account, "auditor"] as const),
        ...aggregators.map((account) => [account, "aggregator"] as const),
        [operator.address, "anybody"],
      ]),
    );
    await (await tasks.openTask({ ...terms, startsAt, manifest, initialModel })).wait();
    const join = async (account: string, role: Role, stake?: bigint) => {
      if (stake !== undefined) await chain.deposit(account, stake);
      await (await tasks.connect(await chain.as(account)).join(this.taskId, role)).wait();
    };
    for (const account of this.auditors) await join(account, Role.Auditor, terms.auditorStake);
    for (const account of aggregators) await join(account, Role.Aggregator, terms.aggregatorStake);
    for (const account of clients) await join(account, Role.Client);

    const randomness = { seedOf: async (second: bigint) => chain.randomnessOf(second) };
    this.view = new TaskView(tasks, this.taskId, fromBlock, content, randomness);
    const contextOf = async (account: string): Promise<PartyContext> => ({
      ...{ view: this.view, tasks: tasks.connect(await chain.as(account)), account, chainId: chain.chainId },
      ...{ store: memoryStore(), log: LOG, drawSalt: (role, round) => getBytes(id(`${account} ${role} ${round}`)) },
    });
    this.clients = await Promise.all(clients.map(async (account) => new PlayedClient(await contextOf(account))));
    this.aggregators = await Promise.all(
      aggregators.map(async (account) => new PlayedAggregator(await contextOf(account), this.aggregations)),
    );
  }

  async reveal(round: number, updates: readonly DeclaredUpdate[]): Promise<Draw> {
    const {
      view,
      taskId,
      chain: { tasks },
    } = this;
    await this.enter(Phase.Commit);
    for (const { id, delta, samples } of updates) this.clients[id].update = { delta, samples };
    const acting = [...updates].sort((a, b) => a.id - b.id).map(({ id }) => id);
    const commitments: string[] = [];
    for (const client of acting) commitments.push((await this.clients[client].signedCommitment(this.wallets[client]))!);
    for (const items of batchItems(commitments)) await (await tasks.commitUpdates(taskId, items)).wait();
    await this.enter(Phase.Reveal);
    const opened: string[] = [];
    for (const client of acting) opened.push((await this.clients[client].opened())!);
    for (const items of batchItems(opened)) await (await tasks.revealUpdates(taskId, items)).wait();
    await this.strike();
    const deadline = await view.revealDeadline();
    await this.enter(Phase.AuditCommit);
    await this.chain.prove(deadline);
    await (await tasks.drawSeed(taskId)).wait();

    const state = await view.state();
    if (state.round !== BigInt(round + 1)) throw new UnexpectedChainError("the round", state.round, round + 1);
    const standing = (await view.updates(state.round)).filter(({ struck }) => !struck);
    this.seating = (await view.panels(state))!;
    this.openings.clear();
    const balances = await view.balances(state);
    return {
      revealed: standing.map(({ id }) => id),
      copies: standing.filter(({ copy }) => copy).map(({ id }) => id),
      seed: (await view.seed(state))!,
      panels: this.seating.map((panel) => ({
        clients: clientsOf(panel, this.task.clients),
        auditors: panel.auditors.map((auditor) => this.auditors[auditor]),
      })),
      balances: Array.from({ length: this.task.clients }, (_, client) => balances.get(client) ?? 0),
    };
  }

  scope(round: number): CommitmentScope {
    return { chainId: this.chain.chainId, contract: this.contract, taskId: this.taskId, round: BigInt(round + 1) };
  }

  commitmentTo(round: number, opening: ScoresOpening): string {
    return vectorCommitment(this.scope(round), this.seating, this.auditors.indexOf(opening.auditor), opening);
  }

  async commitScores(_: number, auditor: string, commitment: string): Promise<boolean> {
    const tasks = this.chain.tasks.connect(await this.chain.as(auditor));
    return this.isTaken(() => tasks.commitScores(this.taskId, commitment), "LearningTasks_TooLittleStake");
  }

  async revealScores(_: number, opening: ScoresOpening): Promise<boolean> {
    const { auditor, salt } = opening;
    await this.enter(Phase.AuditReveal);
    const tasks = this.chain.tasks.connect(await this.chain.as(auditor));
    const vector = { auditor, salt, scores: this.vector(opening) };
    const taken = await this.isTaken(() => tasks.revealScores(this.taskId, vector), "LearningTasks_CommitmentMismatch");
    if (taken) this.openings.set(auditor, opening);
    return taken;
  }

  async settle(round: number): Promise<SettledRound> {
    const {
      view,
      taskId,
      chain: { tasks },
    } = this;
    await this.enter(Phase.Settle);
    for (const [number, { auditors }] of this.seating.entries()) {
      const seats = auditors.map((seat) => {
        const auditor = this.auditors[seat];
        const opening = this.openings.get(auditor);
        return { auditor, revealed: opening && { salt: opening.salt, scores: this.vector(opening) } };
      });
      await (await tasks.settlePanel(taskId, number, packOpenings(seats))).wait();
    }
    const medians = new Int16Array(this.task.clients).fill(ABSENT);
    const settled = await queryLogs(tasks, tasks.filters.PanelSettled(taskId, round + 1), view.fromBlock);
    for (const { args } of settled)
      for (const [client, median] of decodeVector(this.seating[Number(args.panel)], getBytes(args.medians)))
        if (client < medians.length) medians[client] = median;
    const included = (await view.included({ round: BigInt(round + 1) })) ?? [];
    return { medians, included: [...included].sort((a, b) => a - b) };
  }

  async aggregate(round: number): Promise<Int32Array> {
    const {
      taskId,
      aggregators,
      chain: { tasks },
    } = this;
    await this.enter(Phase.AggregateCommit);
    for (const aggregator of aggregators) await aggregator.step();
    await this.enter(Phase.AggregateReveal);
    for (const aggregator of aggregators) await aggregator.step();
    const own = (await this.aggregations.get(BigInt(round + 1)))!;
    // the next round starts in this second, whatever the clock says
    await this.chain.next(await tasks.phaseStart(taskId, Phase.Finishing));
    await (await tasks.finishRound(taskId, answerOf(own))).wait();
    return own.model;
  }

  async pay(): Promise<Payout> {
    const {
      taskId,
      view,
      chain,
      chain: { tasks, operator },
    } = this;
    const phase = Number(await tasks.phaseOf(taskId));
    if (phase !== Phase.Closed) throw new UnexpectedChainError("the phase", phase, Phase.Closed);
    await chain.warp(BigInt((await chain.now()) + PHASE));
    const held = await this.balanceOf(chain.escrow);
    const periods = (1n << BigInt(this.task.rounds / this.task.periodRounds)) - 1n;
    const clients: bigint[] = [];
    for (const { account } of this.clients) clients.push(await this.claim(account, periods));
    const auditors = new Map<string, bigint>();
    for (const account of this.auditors) auditors.set(account, await this.claim(account, 0n));
    const others = [...this.aggregators.map(({ account }) => account), this.treasury];
    let total = [...clients, ...auditors.values()].reduce((sum, amount) => sum + amount, 0n);
    for (const account of others) total += await this.claim(account, 0n);
    const before = await this.balanceOf(operator.address);
    await (await tasks.refund(taskId)).wait();
    total += (await this.balanceOf(operator.address)) - before;
    // exactly what came out of the escrow was paid, and what is left in it is less than a unit for each who was paid
    const spent = held - (await this.balanceOf(chain.escrow));
    if (total !== spent) throw new UnexpectedChainError("what was paid", total, spent);
    const dust = REWARD - spent;
    if (dust < 0n || dust > BigInt(clients.length + auditors.size + others.length))
      throw new UnexpectedChainError("what is left", dust, "less than a unit for each party");

    const slashed = new Map<string, bigint>();
    const losses = await queryLogs(tasks, tasks.filters.ParticipantSlashed(taskId), view.fromBlock);
    for (const { args } of losses) slashed.set(args.account, (slashed.get(args.account) ?? 0n) + args.amount);
    const costs = { ...(await chain.book.read()), slashed };
    const gas = this.clients.map(({ account }) => costs.gasOf.get(account) ?? 0);
    return { clients, auditors, gas, costs };
  }

  /** Has an account paid. @returns what it received */
  private async claim(account: string, periods: bigint): Promise<bigint> {
    const { tasks } = this.chain;
    const before = await this.balanceOf(account);
    const { claimable } = await tasks.earningsOf(this.taskId, account);
    if (claimable > 0n) await (await tasks.claimFor([(this.taskId << 224n) | periods], account)).wait();
    return (await this.balanceOf(account)) - before;
  }

  private async balanceOf(account: string): Promise<bigint> {
    return this.chain.token.getFunction("balanceOf")(account);
  }

  /** Sends a transaction; false if the contract refuses it with this error. */
  private async isTaken(send: () => Promise<ContractTransactionResponse>, refusal: string): Promise<boolean> {
    try {
      await (await send()).wait();
      return true;
    } catch (error) {
      const { data } = error as { readonly data?: unknown };
      if (typeof data === "string" && this.chain.tasks.interface.parseError(data)?.name === refusal) return false;
      throw error;
    }
  }

  private vector({ auditor, scores }: ScoresOpening): Uint8Array {
    return vectorOf(this.seating, this.auditors.indexOf(auditor), scores);
  }

  /** Waits for a phase. */
  private async enter(phase: Phase): Promise<void> {
    const { tasks } = this.chain;
    if (Number(await tasks.phaseOf(this.taskId)) !== phase)
      await this.chain.warp(await tasks.phaseStart(this.taskId, phase));
  }

  /** Strikes what somebody else committed to in the same round, as anybody may. */
  private async strike(): Promise<void> {
    const {
      view,
      taskId,
      chain: { tasks },
    } = this;
    const { round } = await view.state();
    const first = new Map<string, UpdateRecord>();
    for (const update of await view.updates(round)) {
      const original = first.get(update.root);
      if (original === undefined) first.set(update.root, update);
      else await (await tasks.strikeCopy(taskId, original.client, original, update.client, update)).wait();
    }
  }

  private terms({ clients, seats, rounds, periodRounds, periodPool, seatPay, ...task }: LabTask) {
    const panels = panelCount({ clients, auditors: this.auditors.length, panelCells: PANEL_CELLS, panelSeats: seats });
    const clientShare = shareOf((periodPool * BigInt(rounds)) / BigInt(periodRounds));
    const auditorShare = shareOf(seatPay * BigInt(rounds * seats * panels));
    // the least that three auditors' stakes may be worth
    const stake = ceilDiv(periodPool, 3n);
    return {
      ...{ cooperative: this.chain.cooperative, token: this.chain.token, reward: REWARD },
      schedule: {
        ...{ commit: PHASE, reveal: PHASE, auditCommit: PHASE, auditReveal: PHASE, settle: PHASE, appeal: 0 },
        ...{ aggregateCommit: PHASE, aggregateReveal: PHASE, challenge: PHASE, longChallenge: PHASE },
      },
      aggregation: {
        ...{ ...weightCapsOf(task.manifest), parameters: task.initial.length, combining: Combining.Mean, trim: 0 },
        ...{ leafCells: 4, momentum: 0 },
      },
      ...{ rounds, periodRounds, retries: 0, minClients: 1, maxClients: clients },
      ...{ panelCells: PANEL_CELLS, panelSeats: seats, minAuditors: this.auditors.length },
      ...{ maxAuditors: this.auditors.length, aggregators: AGGREGATORS, aggregatorQuorum: 2 },
      ...{ auditorShare, aggregatorShare: AGGREGATOR_SHARE },
      treasuryShare: SHARES - clientShare - auditorShare - AGGREGATOR_SHARE,
      ...{ epsilon: task.epsilon, exclusionScore: task.exclusionScore, minimumScore: task.minimumScore },
      ...{ auditorStake: stake, aggregatorStake: stake, missPenalty: ceilDiv(stake, 3n) },
      ...{ slashRecipient: this.treasury, consentPurpose: ZeroHash, reputationCategory: ZeroHash },
      ...{ minimumReputation: 0n, microRho: 0n, initialRoot: tensorRoot(task.initial) },
    };
  }
}

/** An amount as a share of the reward, in 1/10,000. */
function shareOf(amount: bigint): bigint {
  if ((amount * SHARES) % REWARD !== 0n) throw new UnexpectedChainError("a share", amount, "whole ten-thousandths");
  return (amount * SHARES) / REWARD;
}

function ceilDiv(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}

/** Records in memory. */
function memoryStore(): DataStore {
  const records = new Map<string, Uint8Array>();
  return {
    put: async (name, record) => void records.set(name, record),
    get: async (name) => records.get(name)!,
    has: async (name) => records.has(name),
    list: async () => [...records.keys()],
    delete: async (name) => void records.delete(name),
  };
}

/** Content in memory, all of it there. */
function memoryContent(): ContentStore {
  const blocks = new Map<string, Uint8Array>();
  return {
    put: async (block) => {
      const cid = cidOf(block);
      blocks.set(cid.toString(), block);
      return cid;
    },
    get: async (cid) => {
      const block = blocks.get(cid.toString());
      if (block === undefined) throw new ContentMissingError(cid.toString());
      return block;
    },
    has: async (cid) => blocks.has(cid.toString()),
    exportCar: () => Promise.reject(new Error("not in the laboratory")),
  };
}
