import { Phase } from "@artel/sdk";
import {
  aggregate,
  answerDigest,
  disputeOf,
  findFault,
  nextStep,
  nodesRoot,
  tensorRoot,
  WithheldContentError,
  type Aggregation,
  type AggregationInputs,
  type Answer,
  type Demand,
  type Dispute,
  type Part,
  type PostedAnswer,
} from "@artel/sdk/learning";
import { ZeroAddress, type ContractTransactionResponse } from "ethers";

import { BondMissingError } from "../errors.js";
import { aggregationInputs, postedAnswer } from "./aggregation.js";
import { openDemanded } from "./demands.js";
import { act, type PartyContext } from "./party.js";
import type { AnswerRecord, TaskState } from "./taskView.js";

/** What is right in a round. */
interface Reference extends Pick<Answer, "modelRoot" | "nodesRoot"> {
  readonly round: bigint;
  readonly inputs: AggregationInputs;
  readonly own: Aggregation;
}

/**
 * A challenger: computes the answer of a round again and disproves every other one. If its content is withheld, or is not
 * what it should be, it demands on the chain what it needs of it, for which it has some stake in the vault. Of right answers
 * it opens what others demand, so that they stand. Whoever can read the updates can be one: anybody where they are open, the
 * aggregators where they are sealed.
 */
export class Challenger {
  readonly account: string;
  private reference?: Reference;
  /** What was logged, and demands that bind nothing any more. */
  private readonly noted = new Set<string>();
  /** Whether a demand of its own binds its stake. */
  private isBound = true;

  constructor(private readonly context: Pick<PartyContext, "view" | "tasks" | "account" | "store" | "log">) {
    this.account = context.account;
  }

  /**
   * Checks the answers that stand, and does the next thing to disprove each that is wrong; takes back the bonds of demands
   * that came to nothing. Safe to repeat, also after a crash.
   *
   * @returns whether it sent a transaction
   */
  async step(): Promise<boolean> {
    const { view } = this.context;
    const state = await view.state();
    if (Number(state.phase) !== Phase.Challenge) return this.takeBack();
    const [answers, { digest: leader }] = await Promise.all([
      view.answers(state.round),
      view.contract.leadingAnswer(view.taskId),
    ]);
    const byDigest = new Map(answers.map((record) => [answerDigest(record.answer), record]));
    // the leading one first: there may be stake for its demands alone
    const digests = [...byDigest.keys()].sort((a, b) => Number(b === leader) - Number(a === leader));
    let sent = false;
    for (const digest of digests) if (await this.check(state, byDigest.get(digest)!)) sent = true;
    return sent;
  }

  /** Whether all that its demands have bound is free again. */
  async isDone(): Promise<boolean> {
    return !this.isBound;
  }

  /** Does what is due about an answer. */
  private async check(state: TaskState, record: AnswerRecord): Promise<boolean> {
    const reference = await this.referenceOf(state);
    if (reference === undefined) return false;
    const { inputs, own } = reference;
    const { answer } = record;
    if (answer.nodesRoot === reference.nodesRoot && answer.modelRoot === reference.modelRoot)
      return openDemanded(this.context, state.round, answer, async () => own);
    const posted = await postedAnswer(this.context.view, record, inputs, own);
    const dispute = posted && disputeIn(posted, reference);
    if (dispute !== undefined) return this.dispute(dispute);
    const digest = answerDigest(answer);
    // it is looked for again until Challenge is over
    if (this.isNew(digest)) this.context.log.warn({ seat: record.seat, digest }, "the answer's content is withheld");
    return this.goDown(record, reference);
  }

  /** One step down an answer that is wrong, of which what was opened on the chain is known. */
  private async goDown(record: AnswerRecord, { round, inputs, own }: Reference): Promise<boolean> {
    const { view } = this.context;
    const next = nextStep(record, own, inputs, await view.openedParts(round));
    if (next === undefined) return false;
    if (!("part" in next)) return this.dispute(next);
    const { demander, deadline } = await view.contract.demandOf(view.taskId, round, record.answer, next.part);
    if (deadline === 0n) return this.demand(next);
    // whoever demanded it
    if (demander === ZeroAddress || (await view.now()) <= deadline) return false;
    return this.endDemand(round, record.answer, next.part);
  }

  /** Frees the bonds of its demands that nobody met. */
  private async takeBack(): Promise<boolean> {
    const { view, account } = this.context;
    let sent = false;
    let isBound = false;
    for (const { round, part, modelRoot, nodesRoot } of await view.demands(undefined, account)) {
      const key = `${round}/${modelRoot}/${nodesRoot}/${part.kind}/${part.count}/${part.hash}`;
      if (this.noted.has(key)) continue;
      const answers = (await view.revealedAnswers(round)).filter(
        ({ answer }) => answer.modelRoot === modelRoot && answer.nodesRoot === nodesRoot,
      );
      let bound = false;
      for (const { answer } of answers) {
        const { demander, deadline } = await view.contract.demandOf(view.taskId, round, answer, part);
        if (demander !== account) continue;
        bound = true;
        if ((await view.now()) > deadline && (await this.endDemand(round, answer, part))) sent = true;
      }
      if (bound) isBound = true;
      else this.noted.add(key);
    }
    this.isBound = isBound;
    return sent;
  }

  private async referenceOf(state: TaskState): Promise<Reference | undefined> {
    const { round } = state;
    if (this.reference?.round === round) return this.reference;
    const inputs = await aggregationInputs(this.context, state);
    if (inputs === undefined) return undefined;
    const own = aggregate(inputs);
    this.reference = { round, inputs, own, modelRoot: tensorRoot(own.model), nodesRoot: nodesRoot(own.tree) };
    return this.reference;
  }

  private dispute(dispute: Dispute): Promise<boolean> {
    const { tasks, view } = this.context;
    return this.act(dispute.method, () => {
      switch (dispute.method) {
        case "disputeWeight":
          return tasks.disputeWeight(view.taskId, ...dispute.args);
        case "disputeChunk":
          return tasks.disputeChunk(view.taskId, ...dispute.args);
        case "disputeStep":
          return tasks.disputeStep(view.taskId, ...dispute.args);
      }
    });
  }

  private async demand(demand: Demand): Promise<boolean> {
    const { tasks, view, log, account } = this.context;
    const [free, bond] = await Promise.all([view.freeStake(account), view.bond()]);
    if (free < bond) {
      if (this.isNew(demand.part.hash))
        log.error({ err: new BondMissingError("a demand", free, bond), account }, "nothing demanded");
      return false;
    }
    return this.act(demand.method, () => {
      switch (demand.method) {
        case "demandNode":
          return tasks.demandNode(view.taskId, ...demand.args);
        case "demandHashes":
          return tasks.demandHashes(view.taskId, ...demand.args);
        case "demandModelHashes":
          return tasks.demandModelHashes(view.taskId, ...demand.args);
      }
    });
  }

  private endDemand(round: bigint, answer: Answer, part: Part): Promise<boolean> {
    const { tasks, view } = this.context;
    return this.act("endDemand", () => tasks.endDemand(view.taskId, round, answer, part));
  }

  private act(what: string, send: () => Promise<ContractTransactionResponse>): Promise<boolean> {
    const { log, view } = this.context;
    const labelled = log.child({ role: "challenger", account: this.account });
    return act(what, send, { log: labelled, contract: view.contract });
  }

  /** Whether it is asked for the first time. */
  private isNew(key: string): boolean {
    const before = this.noted.size;
    return this.noted.add(key).size > before;
  }
}

function disputeIn(posted: PostedAnswer, { inputs, own }: Reference): Dispute | undefined {
  try {
    const fault = findFault(posted, own);
    return fault && disputeOf(fault, posted, inputs);
  } catch (error) {
    if (error instanceof WithheldContentError) return undefined;
    throw error;
  }
}
