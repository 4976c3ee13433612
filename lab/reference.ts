import { createHash } from "node:crypto";

import {
  ABSENT,
  accumulate,
  auditorPay,
  decodeScores,
  isExcluded,
  judgePanel,
  payPeriod,
  scoresCommitment,
  type ScoresOpening,
} from "@artel/sdk/learning";
import { id, ZeroAddress } from "ethers";

import type { DeclaredUpdate, Draw, LabTerms, Payout, SettledRound, Settlement } from "./settlement.js";

/** What the running round has taken so far. */
interface RoundState {
  readonly revealed: ReadonlySet<number>;
  readonly commitments: Map<string, string>;
  readonly vectors: Map<string, Int16Array>;
}

/** The reference rules as a settlement: one panel of all clients and auditors, a beacon of its own. */
export class ReferenceSettlement implements Settlement {
  private terms!: LabTerms;
  private round!: RoundState;
  /** Digests of all updates so far. */
  private readonly seen = new Set<string>();
  /** Sums of medians, in the task and in the pay period. */
  private totals: bigint[] = [];
  private balances: bigint[] = [];
  private earned: bigint[] = [];
  private readonly credits = new Map<string, bigint>();
  private rounds = 0;

  /**
   * @param auditors - accounts by seat
   * @param beacon - what the randomness of rounds follows from; no party has a say in it
   */
  constructor(
    private readonly auditors: readonly string[],
    private readonly beacon: string,
  ) {}

  async open(terms: LabTerms): Promise<void> {
    this.terms = terms;
    this.totals = Array<bigint>(terms.clients).fill(0n);
    this.balances = [...this.totals];
    this.earned = [...this.totals];
    for (const auditor of this.auditors) this.credits.set(auditor, 0n);
  }

  scope(round: number) {
    return { chainId: 1n, contract: ZeroAddress, taskId: 1n, round: BigInt(round) };
  }

  async reveal(round: number, updates: readonly DeclaredUpdate[]): Promise<Draw> {
    // the first of equal updates counts; who sends what was sent before contributes nothing new
    const revealed: number[] = [];
    for (const { id: client, delta } of updates) {
      const digest = createHash("sha256").update(delta).digest("hex");
      if (this.seen.has(digest)) continue;
      this.seen.add(digest);
      revealed.push(client);
    }
    this.round = { revealed: new Set(revealed), commitments: new Map(), vectors: new Map() };
    const seed = id(`${this.beacon} ${round}`);
    const clients = Array.from({ length: this.terms.clients }, (_, client) => client);
    return { revealed, seed, panels: [{ clients, auditors: this.auditors }] };
  }

  async commitScores(_: number, auditor: string, commitment: string): Promise<void> {
    this.round.commitments.set(auditor, commitment);
  }

  async revealScores(round: number, opening: ScoresOpening): Promise<boolean> {
    const { commitments, vectors } = this.round;
    if (commitments.get(opening.auditor) !== scoresCommitment(this.scope(round), opening)) return false;
    vectors.set(opening.auditor, decodeScores(opening.scores, this.terms.clients));
    return true;
  }

  async settle(): Promise<SettledRound> {
    const { clients, epsilon, seatPay, exclusionScore } = this.terms;
    const { revealed, vectors } = this.round;
    const isRevealed = Array.from({ length: clients }, (_, client) => revealed.has(client));
    const seats = this.auditors.map((auditor) => vectors.get(auditor));
    // a void panel says nothing about anybody
    const silence = { medians: new Int16Array(clients).fill(ABSENT), accurate: seats.map(() => 0), updates: 0 };
    const { medians, accurate, updates } = judgePanel(seats, isRevealed, epsilon) ?? silence;
    this.totals = accumulate(this.totals, medians);
    this.balances = accumulate(this.balances, medians);
    this.auditors.forEach((auditor, seat) => {
      const pay = auditorPay(seatPay, accurate[seat], updates);
      this.credits.set(auditor, this.credits.get(auditor)! + pay);
    });
    const included = [...revealed].filter(
      (client) => !isExcluded(medians[client], this.totals[client], exclusionScore),
    );
    return { medians, included };
  }

  async aggregate(): Promise<void> {
    if (++this.rounds % this.terms.periodRounds === 0) this.payPeriod();
  }

  async pay(): Promise<Payout> {
    return { clients: this.earned, auditors: this.credits };
  }

  private payPeriod(): void {
    const { pay, carried } = payPeriod(this.balances, this.terms.periodPool, this.terms.minimumScore);
    this.earned = this.earned.map((amount, client) => amount + pay[client]);
    this.balances = [...carried];
  }
}
