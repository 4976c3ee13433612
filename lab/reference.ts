import { createHash } from "node:crypto";

import {
  ABSENT,
  accumulate,
  applyDelta,
  auditorPay,
  clientsOf,
  isExcluded,
  judgePanel,
  panelsOf,
  payPeriod,
  weightedMean,
  type CommitmentScope,
  type Panel as Seating,
  type WeightedUpdate,
} from "@artel/sdk/learning";
import { id, ZeroAddress } from "ethers";

import {
  PANEL_CELLS,
  vectorCommitment,
  type DeclaredUpdate,
  type Draw,
  type LabTask,
  type Panel,
  type Payout,
  type ScoresOpening,
  type SettledRound,
  type Settlement,
} from "./settlement.js";

/** What no rule decides: where commitments count, and what the draws follow from. */
export interface Grounds {
  scope(round: number): CommitmentScope;
  /** Randomness of a round, bytes32; no party has a say in it. */
  seed(round: number): string;
}

/** Grounds without a chain. */
export function imaginedGrounds(beacon: string): Grounds {
  return {
    scope: (round) => ({ chainId: 1n, contract: ZeroAddress, taskId: 1n, round: BigInt(round) }),
    seed: (round) => id(`${beacon} ${round}`),
  };
}

/** What the running round has taken so far. */
interface RoundState {
  readonly revealed: readonly number[];
  readonly seating: readonly Seating[];
  readonly panels: readonly Panel[];
  readonly commitments: Map<string, string>;
  readonly vectors: Map<string, Int16Array>;
}

/** The reference rules as a settlement: whole numbers, plain loops, nothing else. */
export class ReferenceSettlement implements Settlement {
  private task!: LabTask;
  private round!: RoundState;
  private model!: Int32Array;
  /** Digests of the updates of all rounds before. */
  private readonly before = new Set<string>();
  /** Sums of medians in the pay period. */
  private balances: bigint[] = [];
  private earned: bigint[] = [];
  private readonly credits = new Map<string, bigint>();
  private rounds = 0;

  /** @param auditors - accounts by id */
  constructor(
    readonly auditors: readonly string[],
    private readonly grounds: Grounds,
  ) {}

  async open(task: LabTask): Promise<void> {
    this.task = task;
    this.model = task.initial;
    this.balances = Array<bigint>(task.clients).fill(0n);
    this.earned = [...this.balances];
    for (const auditor of this.auditors) this.credits.set(auditor, 0n);
  }

  async reveal(round: number, updates: readonly DeclaredUpdate[]): Promise<Draw> {
    const { clients, seats } = this.task;
    // of equal updates the one of the lowest id stands: all are committed to at the same time
    const standing = new Map<string, number>();
    for (const { id: client, delta } of [...updates].sort((a, b) => a.id - b.id)) {
      const digest = createHash("sha256").update(delta).digest("hex");
      if (!standing.has(digest)) standing.set(digest, client);
    }
    const copies = [...standing].filter(([digest]) => this.before.has(digest)).map(([, client]) => client);
    for (const digest of standing.keys()) this.before.add(digest);
    const revealed = [...standing.values()];
    const seed = this.grounds.seed(round);
    const sizes = { clients, auditors: this.auditors.length, panelCells: PANEL_CELLS, panelSeats: seats };
    const seating = panelsOf(seed, sizes);
    const panels = seating.map((panel) => ({
      clients: clientsOf(panel, clients),
      auditors: panel.auditors.map((auditor) => this.auditors[auditor]),
    }));
    this.round = { revealed, seating, panels, commitments: new Map(), vectors: new Map() };
    return { revealed, copies, seed, panels, balances: this.balances.map(Number) };
  }

  scope(round: number): CommitmentScope {
    return this.grounds.scope(round);
  }

  commitmentTo(round: number, opening: ScoresOpening): string {
    const auditor = this.auditors.indexOf(opening.auditor);
    return vectorCommitment(this.scope(round), this.round.seating, auditor, opening);
  }

  /** Knows no stakes: every seat may commit. */
  async commitScores(_: number, auditor: string, commitment: string): Promise<boolean> {
    this.round.commitments.set(auditor, commitment);
    return true;
  }

  async revealScores(round: number, opening: ScoresOpening): Promise<boolean> {
    const { commitments, vectors } = this.round;
    if (commitments.get(opening.auditor) !== this.commitmentTo(round, opening)) return false;
    vectors.set(opening.auditor, opening.scores);
    return true;
  }

  async settle(): Promise<SettledRound> {
    const { clients, epsilon, seatPay, exclusionScore } = this.task;
    const { revealed, panels, vectors } = this.round;
    const medians = new Int16Array(clients).fill(ABSENT);
    for (const panel of panels) {
      const seats = panel.auditors.map((auditor) => {
        const scores = vectors.get(auditor);
        return scores && panel.clients.map((client) => scores[client]);
      });
      const isRevealed = panel.clients.map((client) => revealed.includes(client));
      const verdict = judgePanel(seats, isRevealed, epsilon);
      // a void panel says nothing about anybody
      if (verdict === undefined) continue;
      panel.clients.forEach((client, i) => (medians[client] = verdict.medians[i]));
      panel.auditors.forEach((auditor, seat) => {
        const pay = auditorPay(seatPay, verdict.accurate[seat], verdict.updates);
        this.credits.set(auditor, this.credits.get(auditor)! + pay);
      });
    }
    this.balances = accumulate(this.balances, medians);
    const included = revealed.filter((client) => !isExcluded(medians[client], this.balances[client], exclusionScore));
    return { medians, included };
  }

  async aggregate(_: number, kept: readonly WeightedUpdate[]): Promise<Int32Array> {
    if (kept.length > 0) this.model = applyDelta(this.model, weightedMean(kept));
    if (++this.rounds % this.task.periodRounds === 0) this.payPeriod();
    return this.model;
  }

  /** Goes on from another model, which is rounded in another place. */
  adopt(model: Int32Array): void {
    this.model = model;
  }

  async pay(): Promise<Payout> {
    return { clients: this.earned, auditors: this.credits };
  }

  private payPeriod(): void {
    const { pay, carried } = payPeriod(this.balances, this.task.periodPool, this.task.minimumScore);
    this.earned = this.earned.map((amount, client) => amount + pay[client]);
    this.balances = [...carried];
  }
}
