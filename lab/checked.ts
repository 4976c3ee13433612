import type { WeightedUpdate } from "@artel/sdk/learning";

import { RefereesDisagreeError } from "./errors.js";
import { ReferenceSettlement, type Grounds } from "./reference.js";
import type { DeclaredUpdate, Draw, LabTask, Payout, ScoresOpening, SettledRound, Settlement } from "./settlement.js";

/** Roundings of a value of the model between two ways to average it: one at each level of a small tree. */
const ROUNDINGS = 2;

/** Contracts whose every decision is held against the reference rules, which take the same acts and draws. */
export class CheckedSettlement implements Settlement {
  private rules!: ReferenceSettlement;
  private draw!: Draw;

  constructor(private readonly chain: Settlement & Pick<Grounds, "scope">) {}

  get auditors(): readonly string[] {
    return this.chain.auditors;
  }

  async open(task: LabTask): Promise<void> {
    await this.chain.open(task);
    this.rules = new ReferenceSettlement(this.auditors, {
      scope: (round) => this.chain.scope(round),
      seed: () => this.draw.seed,
    });
    await this.rules.open(task);
  }

  async reveal(round: number, updates: readonly DeclaredUpdate[]): Promise<Draw> {
    this.draw = await this.chain.reveal(round, updates);
    agree(`the draw of round ${round}`, this.draw, await this.rules.reveal(round, updates));
    return this.draw;
  }

  commitmentTo(round: number, opening: ScoresOpening): string {
    return this.chain.commitmentTo(round, opening);
  }

  async commitScores(round: number, auditor: string, commitment: string): Promise<boolean> {
    const taken = await this.chain.commitScores(round, auditor, commitment);
    // the rules know no stakes
    if (taken) await this.rules.commitScores(round, auditor, commitment);
    return taken;
  }

  async revealScores(round: number, opening: ScoresOpening): Promise<boolean> {
    const taken = await this.chain.revealScores(round, opening);
    agree(`a reveal of round ${round}`, taken, await this.rules.revealScores(round, opening));
    return taken;
  }

  async settle(round: number): Promise<SettledRound> {
    const settled = await this.chain.settle(round);
    agree(`the scores of round ${round}`, settled, await this.rules.settle());
    return settled;
  }

  async aggregate(round: number, kept: readonly WeightedUpdate[]): Promise<Int32Array> {
    const [model, flat] = [await this.chain.aggregate(round, kept), await this.rules.aggregate(round, kept)];
    model.forEach((value, i) => {
      if (Math.abs(value - flat[i]) > ROUNDINGS)
        throw new RefereesDisagreeError(`value ${i} of the model after round ${round}`, value, flat[i]);
    });
    // both go on from what the chain has
    this.rules.adopt(model);
    return model;
  }

  async pay(): Promise<Payout> {
    const paid = await this.chain.pay();
    const { clients, auditors } = paid;
    agree("pay", { clients, auditors }, await this.rules.pay());
    return paid;
  }
}

function agree(what: string, chain: unknown, rules: unknown): void {
  const [ours, theirs] = [asText(chain), asText(rules)];
  if (ours !== theirs) throw new RefereesDisagreeError(what, ours, theirs);
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) => {
    if (typeof part === "bigint") return String(part);
    if (part instanceof Map) return [...part];
    return ArrayBuffer.isView(part) ? [...(part as Int16Array)] : part;
  });
}
