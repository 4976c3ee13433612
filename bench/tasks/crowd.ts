import { Combining, queryLogs, Role, Phase, type ILearning } from "@artel/sdk";
import {
  aggregate,
  cidOf,
  clientsOf,
  commitItem,
  createRandom,
  decodeVector,
  disputeOf,
  encodeVector,
  findFault,
  innerHash,
  cellOrder,
  lowerMedian,
  nodesRoot,
  packOpenings,
  panelCount,
  panelsOf,
  payPeriod,
  publishedAggregation,
  revealItem,
  signUpdateCommitment,
  answerCommitment,
  taskContentOf,
  scoresCommitment,
  updateCommitment,
  tensorNorm,
  tensorRoot,
  tensorToBytes,
  vectorLength,
  type Aggregation,
  type Answer,
  type UpdateOpening,
} from "@artel/sdk/learning";
import { concat, dataSlice, getBytes, id, Wallet, ZeroHash } from "ethers";

import type { LabChain } from "../../lab/chain.js";
import type { Costs } from "../../lab/costs.js";

/** Who takes part in a task. */
export interface Sizes {
  readonly clients: number;
  readonly auditors: number;
  readonly panelSeats: number;
  readonly aggregators: number;
  readonly rounds: number;
  /** Rounds of a pay period; 1 if omitted. */
  readonly periodRounds?: number;
  /** Whether clients send their own commitments and updates in every round, and not in others' batches. */
  readonly alone?: boolean;
  /** Rounds after which clients are paid what they have earned until then, before the end, when everybody is. */
  readonly paidAfter?: readonly number[];
  /** Whether the first aggregator lies in the last round. */
  readonly liar: boolean;
  /** How nodes combine their children; if omitted, by a mean, of 32 in a lowest one. */
  readonly combining?: CombiningTerms;
}

/** Terms of a task that say how nodes combine their children. */
export interface CombiningTerms {
  readonly combining: Combining;
  readonly trim: number;
  readonly leafCells: number;
}

/** What a round, and what the claims of all rounds cost. */
export interface Played {
  /** By round: in the first clients join, from the next on words are in use. */
  readonly rounds: readonly Spending[];
  /** Everybody is paid for all rounds at once. */
  readonly claims: Spending;
  readonly panels: number;
}
type Spending = Omit<Costs, "slashed">["spent"];

/** Cells that a panel aims at: 96 clients. */
const PANEL_CELLS = 12;
/** Commitments or updates in a transaction. */
const BATCH = 50;
/** Values of the model: two chunks. */
const PARAMETERS = 100;
/** Seconds of every phase: more than there are transactions in one. */
const PHASE = 200_000;
const TASK = 1n;
const REWARD = 10n ** 24n;
const STAKE = REWARD / 3n;
const CAPS = { sampleCap: 1_000, clipNorm: 10_000n };
const MINIMUM_SCORE = 1_000n;
const MEAN: CombiningTerms = { combining: Combining.Mean, trim: 0, leafCells: 4 };

/**
 * Plays a task with a crowd on a chain: commitments, updates, scores and answers are real and differ, panels are all
 * settled, a liar is disproved, everybody is paid.
 *
 * @param chain - on which nothing was played since it was reset
 */
export async function playCrowd(chain: LabChain, sizes: Sizes): Promise<Played> {
  const crowd = new Crowd(chain, sizes);
  await crowd.open();
  const rounds: Spending[] = [];
  for (let round = 1; round <= sizes.rounds; round++) {
    await crowd.bookFrom();
    await crowd.commit(round);
    await crowd.audit(round);
    await crowd.aggregate(round);
    if (sizes.paidAfter?.includes(round)) await crowd.payClients(round);
    rounds.push((await chain.book.read()).spent);
  }
  await crowd.bookFrom();
  await crowd.claim();
  return { rounds, claims: (await chain.book.read()).spent, panels: crowd.panels };
}

/** A client's update of a round. */
interface Sent {
  readonly delta: Int32Array;
  readonly opening: UpdateOpening;
}

class Crowd {
  readonly panels: number;
  private readonly clients: readonly Wallet[];
  private readonly auditors: readonly string[];
  private readonly aggregators: readonly string[];
  private readonly treasury = walletOf("treasury", 0).address;
  private readonly tasks: ILearning;
  private readonly roles: ReadonlyMap<string, string>;
  private readonly panelSizes: Parameters<typeof panelsOf>[1];
  private sent: readonly Sent[] = [];
  private included: readonly number[] = [];
  private seed = ZeroHash;
  private models: Int32Array[] = [];
  private balances: bigint[];
  private readonly due: bigint[];
  private readonly paid: bigint[];
  private paidPeriods = 0;

  constructor(
    private readonly chain: LabChain,
    private readonly sizes: Sizes,
  ) {
    const wallets = (role: string, count: number) => Array.from({ length: count }, (_, i) => walletOf(role, i));
    this.tasks = chain.tasks;
    this.clients = wallets("client", sizes.clients);
    this.auditors = wallets("auditor", sizes.auditors).map(({ address }) => address);
    this.aggregators = wallets("aggregator", sizes.aggregators).map(({ address }) => address);
    this.roles = new Map([
      ...this.clients.map(({ address }) => [address, "client"] as const),
      ...this.auditors.map((account) => [account, "auditor"] as const),
      ...this.aggregators.map((account) => [account, "aggregator"] as const),
    ]);
    this.panelSizes = { ...sizes, panelCells: PANEL_CELLS };
    this.panels = panelCount(this.panelSizes);
    this.balances = Array<bigint>(sizes.clients).fill(0n);
    this.due = [...this.balances];
    this.paid = [...this.balances];
    this.models = [new Int32Array(PARAMETERS).fill(1), new Int32Array(PARAMETERS).fill(1)];
  }

  /** Counts transactions from here on. */
  bookFrom(): Promise<void> {
    return this.chain.book.open(this.roles);
  }

  /** Admits everybody, opens the task, and gives auditors and aggregators their seats; clients join as they commit. */
  async open(): Promise<void> {
    const { chain, tasks, sizes, auditors, aggregators } = this;
    await chain.admit([...this.roles.keys()]);
    const content = taskContentOf(cidOf(tensorToBytes(this.models[0])));
    const phase = PHASE;
    await (
      await tasks.openTask({
        ...{ cooperative: chain.cooperative, token: chain.token, reward: REWARD },
        startsAt: (await chain.now()) + PHASE,
        schedule: {
          ...{ commit: phase, reveal: phase, auditCommit: phase, auditReveal: phase, settle: phase, appeal: 0 },
          ...{ aggregateCommit: phase, aggregateReveal: phase, challenge: phase, longChallenge: phase },
        },
        aggregation: {
          ...{ ...CAPS, ...(sizes.combining ?? MEAN), parameters: PARAMETERS, momentum: 0 },
        },
        ...{
          rounds: sizes.rounds,
          periodRounds: sizes.periodRounds ?? 1,
          retries: 0,
          minClients: 2,
          maxClients: sizes.clients,
        },
        ...{ panelCells: PANEL_CELLS, panelSeats: sizes.panelSeats, minAuditors: auditors.length },
        ...{ maxAuditors: auditors.length, aggregators: aggregators.length },
        aggregatorQuorum: Math.floor(aggregators.length / 2) + 1,
        ...{ auditorShare: 1500, aggregatorShare: 300, treasuryShare: 200, epsilon: 20, exclusionScore: 60_000 },
        ...{ minimumScore: MINIMUM_SCORE, auditorStake: STAKE, aggregatorStake: STAKE, missPenalty: STAKE / 2n },
        ...{ slashRecipient: this.treasury, consentPurpose: ZeroHash, reputationCategory: ZeroHash },
        ...{
          minimumReputation: 0,
          microRho: 0,
          initialRoot: tensorRoot(this.models[0]),
          initialModel: content,
          manifest: content,
        },
      })
    ).wait();
    for (const [role, accounts] of [
      [Role.Auditor, auditors],
      [Role.Aggregator, aggregators],
    ] as const) {
      for (const account of accounts) {
        await chain.deposit(account, STAKE);
        await chain.send(account, this.call("join", [TASK, role]));
      }
    }
    for (const { address } of this.clients) await chain.as(address);
  }

  /** Commitments, one by one in the first round and signed in batches after it; updates in batches. */
  async commit(round: number): Promise<void> {
    const { clients } = this;
    this.sent = clients.map((_, client) => sentBy(client, round));
    await this.enter(Phase.Commit);
    const scope = await this.scope(round);
    const commitments = clients.map(({ address }, i) => updateCommitment(scope, address, this.sent[i].opening));
    if (round === 1 || this.sizes.alone) {
      for (const [i, { address }] of clients.entries())
        await this.chain.send(address, this.call("commitUpdate", [TASK, commitments[i]]));
    } else {
      const items: string[] = [];
      for (const [i, client] of clients.entries()) {
        const signature = await signUpdateCommitment(client, scope, commitments[i]);
        items.push(commitItem(client.address, commitments[i], signature));
      }
      await this.batches("commitUpdates", items);
    }
    await this.enter(Phase.Reveal);
    if (this.sizes.alone) {
      for (const [i, { address }] of clients.entries())
        await this.chain.send(address, this.call("revealUpdate", [TASK, address, this.sent[i].opening]));
    } else {
      const items = clients.map(({ address }, i) => revealItem(address, this.sent[i].opening));
      await this.batches("revealUpdates", items);
    }
    const deadline = await this.tasks.phaseStart(TASK, Phase.AuditCommit);
    await this.enter(Phase.AuditCommit);
    await this.chain.prove(deadline);
    await this.asAnybody("drawSeed", [TASK]);
    const { updates } = await this.tasks.roundState(TASK);
    expectEqual("updates", Number(updates), clients.length);
  }

  /** Vectors of all auditors on panels, who differ by a little; medians are held against them. */
  async audit(round: number): Promise<void> {
    const { tasks, auditors, panelSizes } = this;
    this.seed = (await tasks.panelState(TASK)).seed;
    const panels = panelsOf(this.seed, panelSizes);
    const length = vectorLength(panelSizes);
    const scope = await this.scope(round);
    const openings = panels.map((panel) =>
      panel.auditors.map((seat) => {
        const auditor = auditors[seat];
        const scores = encodeVector(panel, (client) => scoreBy(seat, client, round), length);
        return { auditor, scores, salt: dataSlice(id(`${auditor} ${round}`), 0, 16) };
      }),
    );
    for (const { auditor, salt, scores } of openings.flat()) {
      const commitment = scoresCommitment(scope, auditor, salt, scores);
      await this.chain.send(auditor, this.call("commitScores", [TASK, commitment]));
    }
    await this.enter(Phase.AuditReveal);
    for (const opening of openings.flat())
      await this.chain.send(opening.auditor, this.call("revealScores", [TASK, opening]));
    await this.enter(Phase.Settle);
    for (const [panel, seats] of openings.entries()) {
      const revealed = seats.map(({ auditor, ...opening }) => ({ auditor, revealed: opening }));
      await this.asAnybody("settlePanel", [TASK, panel, packOpenings(revealed)]);
    }
    const settled = await queryLogs(tasks, tasks.filters.PanelSettled(TASK, round), 0);
    expectEqual("panels", settled.length, panels.length);
    for (const { args } of settled) {
      const panel = panels[Number(args.panel)];
      const medians = decodeVector(panel, getBytes(args.medians));
      for (const client of clientsOf(panel, this.sizes.clients)) {
        const median = lowerMedian(panel.auditors.map((seat) => scoreBy(seat, client, round)));
        expectEqual(`the median of client ${client}`, medians.get(client), median);
        this.balances[client] += BigInt(median);
      }
    }
    this.included = this.balances.flatMap((balance, client) => (balance < -60_000n ? [] : [client]));
  }

  /** Answers of all aggregators. A liar is disproved. */
  async aggregate(round: number): Promise<void> {
    const { tasks, aggregators } = this;
    const [previous, model] = this.models.slice(-2);
    const inputs = {
      order: [...cellOrder(this.seed, this.sizes.clients)],
      updates: this.included.map((client) => {
        const { delta, opening } = this.sent[client];
        const { samples, norm } = opening;
        return {
          ...{ id: client, account: this.clients[client].address, samples, norm, delta },
          inner: innerHash(opening),
        };
      }),
      rules: { ...CAPS, ...(this.sizes.combining ?? MEAN), parameters: PARAMETERS },
      ...{ model, previous, momentum: 0 },
    };
    const own = aggregate(inputs);
    const lie = this.sizes.liar && round === this.sizes.rounds ? bent(own) : own;
    const answers = aggregators.map((_, seat) => answerOf(seat === 0 ? lie : own));
    const scope = await this.scope(round);
    const salt = dataSlice(id(`answers ${round}`), 0, 16);
    await this.enter(Phase.AggregateCommit);
    for (const [seat, account] of aggregators.entries())
      await this.chain.send(
        account,
        this.call("commitAnswer", [TASK, answerCommitment(scope, account, salt, answers[seat])]),
      );
    await this.enter(Phase.AggregateReveal);
    for (const [seat, account] of aggregators.entries())
      await this.chain.send(account, this.call("revealAnswer", [TASK, account, answers[seat], salt]));
    await this.enter(Phase.Challenge);
    if (lie !== own) {
      const posted = { seat: 0, answer: answers[0], tree: lie.tree, model: lie.model };
      const { method, args } = disputeOf(findFault(posted, own)!, posted, inputs);
      await this.asAnybody(method, [TASK, ...args]);
      const disproved = await queryLogs(tasks, tasks.filters.AnswerDisproved(TASK, round), 0);
      expectEqual("seats disproved", disproved.map(({ args }) => args.seats).join(), "1");
    }
    await this.enter(Phase.Finishing);
    await this.asAnybody("finishRound", [TASK, answers[1]]);
    this.models.push(own.model);
    const { rounds, periodRounds = 1 } = this.sizes;
    if (round % periodRounds !== 0) return;
    const pool = (REWARD * 8_000n * BigInt(periodRounds)) / (10_000n * BigInt(rounds));
    const { pay, carried } = payPeriod(this.balances, pool, MINIMUM_SCORE);
    pay.forEach((amount, client) => (this.due[client] += amount));
    this.balances = [...carried];
  }

  /** Pays clients for all periods that ended with or before a round and were not paid, what the reference rules say. */
  async payClients(round: number): Promise<void> {
    const ended = Math.floor(round / (this.sizes.periodRounds ?? 1));
    const periods = ((1n << BigInt(ended)) - 1n) ^ ((1n << BigInt(this.paidPeriods)) - 1n);
    for (const [client, { address }] of this.clients.entries()) {
      if (this.due[client] > this.paid[client]) {
        await this.asAnybody("claimFor", [[(TASK << 224n) | periods], address]);
        this.paid[client] = this.due[client];
      }
      if (client % 97 === 0) expectEqual(`pay of client ${client}`, await this.balanceOf(address), this.due[client]);
    }
    this.paidPeriods = ended;
  }

  /** Pays everybody what is left. */
  async claim(): Promise<void> {
    const { chain } = this;
    await this.payClients(this.sizes.rounds);
    const paid = this.due.reduce((sum, amount) => sum + amount, 0n);
    for (const account of [...this.auditors, ...this.aggregators, this.treasury]) {
      const { claimable } = await this.tasks.earningsOf(TASK, account);
      if (claimable > 0n) await this.asAnybody("claimFor", [[TASK << 224n], account]);
    }
    const held = await this.balanceOf(chain.escrow);
    await this.asAnybody("refund", [TASK]);
    const dust = await this.balanceOf(chain.escrow);
    if (held > REWARD - paid || dust > BigInt(2 * this.sizes.rounds * this.roles.size))
      expectEqual("what is left", dust, 0n);
  }

  private balanceOf(account: string): Promise<bigint> {
    return this.chain.token.getFunction("balanceOf")(account);
  }

  private call(name: string, args: readonly unknown[]): string {
    return this.tasks.interface.encodeFunctionData(name as "join", args as [bigint, bigint]);
  }

  private asAnybody(name: string, args: readonly unknown[]): Promise<void> {
    return this.chain.send(this.chain.operator.address, this.call(name, args));
  }

  private async batches(name: string, items: readonly string[]): Promise<void> {
    for (let next = 0; next < items.length; next += BATCH)
      await this.asAnybody(name, [TASK, concat(items.slice(next, next + BATCH))]);
  }

  private async scope(round: number) {
    return { chainId: this.chain.chainId, contract: await this.tasks.getAddress(), taskId: TASK, round: BigInt(round) };
  }

  private async enter(phase: Phase): Promise<void> {
    if (Number(await this.tasks.phaseOf(TASK)) !== phase)
      await this.chain.warp(await this.tasks.phaseStart(TASK, phase));
  }
}

function walletOf(role: string, index: number): Wallet {
  return new Wallet(id(`crowd ${role} ${index}`));
}

function sentBy(client: number, round: number): Sent {
  const random = createRandom("crowd", client, round);
  const delta = Int32Array.from({ length: PARAMETERS }, () => random.below(2_001) - 1_000);
  const opening = {
    root: tensorRoot(delta),
    samples: BigInt(1 + random.below(2_000)),
    norm: tensorNorm(delta),
    content: taskContentOf(cidOf(tensorToBytes(delta))),
    salt: dataSlice(id(`${client} ${round}`), 0, 16),
  };
  return { delta, opening };
}

/** What an auditor makes of a client: most agree within epsilon. */
function scoreBy(auditor: number, client: number, round: number): number {
  const value = createRandom("contribution", client, round).below(4_000) - 500;
  return value + ((auditor * 7 + client * 3) % 31);
}

/** The same with one value of the first node that is one too high. */
function bent(own: Aggregation): Aggregation {
  const [first, ...others] = own.tree[0];
  const tensor = first.tensor!.with(0, first.tensor![0] + 1);
  return { ...own, tree: [[{ ...first, tensor, root: tensorRoot(tensor) }, ...others], ...own.tree.slice(1)] };
}

function answerOf(own: Aggregation): Answer {
  return {
    modelRoot: tensorRoot(own.model),
    model: taskContentOf(cidOf(publishedAggregation(own).file)),
    nodesRoot: nodesRoot(own.tree),
  };
}

function expectEqual(what: string, actual: unknown, expected: unknown): void {
  if (actual !== expected) throw new Error(`${what}: ${actual} on the chain, ${expected} by the rules`);
}
