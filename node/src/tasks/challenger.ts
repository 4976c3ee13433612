import { TaskPhase } from "@artel/sdk";
import {
  aggregate,
  answerDigest,
  disputeOf,
  findFault,
  WithheldContentError,
  type Aggregation,
  type AggregationInputs,
  type Dispute,
  type PostedAnswer,
} from "@artel/sdk/learning";

import { act } from "../committingParty.js";
import { aggregationInputs, postedAnswer } from "./aggregation.js";
import { SETTLED_REVERTS, type PartyContext } from "./party.js";
import type { AnswerRecord, TaskState } from "./taskView.js";

/** What is right in a round. */
interface Reference {
  readonly round: bigint;
  readonly inputs: AggregationInputs;
  readonly own: Aggregation;
}

/**
 * A challenger: computes the answer of a round again and disproves every other one. Whoever can read the updates can be one:
 * anybody where they are open, the aggregators where they are sealed. It has no stake and earns nothing but a sound model.
 */
export class Challenger {
  readonly account: string;
  private reference?: Reference;
  private readonly done = new Set<string>();
  private readonly withheld = new Set<string>();

  constructor(private readonly context: Pick<PartyContext, "view" | "tasks" | "account" | "store" | "log">) {
    this.account = context.account;
  }

  /**
   * Checks the answers that stand, and disproves those that are wrong. Safe to repeat, also after a crash.
   *
   * @returns whether it sent a transaction
   */
  async step(): Promise<boolean> {
    const { view } = this.context;
    const state = await view.state();
    if (Number(state.phase) !== TaskPhase.Challenge) return false;
    let sent = false;
    for (const record of await view.answers(state.round)) {
      const digest = `${state.round}/${answerDigest(record.answer)}`;
      if (this.done.has(digest)) continue;
      const dispute = await this.check(state, record, digest);
      if (dispute !== undefined && (await this.send(dispute))) sent = true;
      if (!this.withheld.has(digest)) this.done.add(digest);
    }
    return sent;
  }

  /** The dispute of an answer, if it is wrong and enough of it is published. */
  private async check(state: TaskState, record: AnswerRecord, digest: string): Promise<Dispute | undefined> {
    const { view } = this.context;
    const reference = await this.referenceOf(state);
    if (reference === undefined) return undefined;
    const { inputs, own } = reference;
    const posted = await postedAnswer(view, record, inputs, own);
    const dispute = posted === undefined ? "withheld" : disputeIn(posted, reference);
    if (dispute !== "withheld") {
      this.withheld.delete(digest);
      return dispute;
    }
    // it is looked for again until Challenge is over
    if (!this.withheld.has(digest))
      this.context.log.warn({ seat: record.seat, answer: digest }, "the answer's content is withheld");
    this.withheld.add(digest);
    return undefined;
  }

  private async referenceOf(state: TaskState): Promise<Reference | undefined> {
    const { round } = state;
    if (this.reference?.round === round) return this.reference;
    const inputs = await aggregationInputs(this.context, state);
    this.reference = inputs && { round, inputs, own: aggregate(inputs) };
    return this.reference;
  }

  private send(dispute: Dispute): Promise<boolean> {
    const { tasks, view, log } = this.context;
    const send = () => {
      switch (dispute.method) {
        case "disputeWeight":
          return tasks.disputeWeight(view.taskId, ...dispute.args);
        case "disputeChunk":
          return tasks.disputeChunk(view.taskId, ...dispute.args);
        case "disputeStep":
          return tasks.disputeStep(view.taskId, ...dispute.args);
      }
    };
    const labelled = log.child({ role: "challenger", account: this.account });
    return act(dispute.method, send, { log: labelled, contract: view.contract, settledReverts: SETTLED_REVERTS });
  }
}

function disputeIn(posted: PostedAnswer, { inputs, own }: Reference): Dispute | "withheld" | undefined {
  try {
    const fault = findFault(posted, own);
    return fault && disputeOf(fault, posted, inputs);
  } catch (error) {
    if (error instanceof WithheldContentError) return "withheld";
    throw error;
  }
}
