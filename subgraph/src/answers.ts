import { BigInt } from "@graphprotocol/graph-ts";

import {
  AggregatorRewarded,
  AnswerCommitted,
  AnswerDisproved,
  AnswerRevealed,
  DemandEnded,
  PartDemanded,
  PartOpened,
} from "../generated/LearningTasks/LearningTasks";
import { Answer, AnswerCommitment, Demand, Part } from "../generated/schema";
import { cidText } from "./decode";
import { answerId, eventId, partId, submissionId } from "./ids";
import { account } from "./shared";
import { participantOf, roundOf, taskOf } from "./tasks";

// In the order of the contract's enum.
const KIND: string[] = ["NODE", "TENSOR", "HASHES"];

export function handleAnswerCommitted(event: AnswerCommitted): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const aggregator = participantOf(event.address, event.params.taskId, event.params.aggregator);
  const commitment = new AnswerCommitment(submissionId(round.id, event.params.aggregator));
  commitment.round = round.id;
  commitment.aggregator = aggregator.id;
  commitment.seat = aggregator.index;
  commitment.commitment = event.params.commitment;
  commitment.committedAt = event.block.timestamp;
  commitment.earned = BigInt.zero();
  commitment.save();
  round.answersCommitted++;
  round.save();
}

export function handleAnswerRevealed(event: AnswerRevealed): void {
  const p = event.params;
  const round = roundOf(event.address, p.taskId, p.round);
  const id = answerId(round.id, p.modelRoot, p.codec, p.digest, p.nodesRoot);
  let answer = Answer.load(id);
  if (answer == null) {
    answer = new Answer(id);
    answer.round = round.id;
    answer.modelRoot = p.modelRoot;
    answer.model = cidText(p.codec, p.digest);
    answer.nodesRoot = p.nodesRoot;
    answer.support = 0;
  }
  answer.support++;
  answer.save();

  const commitment = AnswerCommitment.load(submissionId(round.id, p.aggregator))!;
  commitment.revealedAt = event.block.timestamp;
  commitment.answer = id;
  commitment.save();
  round.answersRevealed++;
  round.challengeEnds = p.challengeEnds;
  round.save();
}

/** All seats that gave it are told; one of them leads to the answer. */
export function handleAnswerDisproved(event: AnswerDisproved): void {
  const p = event.params;
  const round = roundOf(event.address, p.taskId, p.round);
  const commitments = round.answerCommitments.load();
  for (let i = 0; i < commitments.length; i++) {
    const id = commitments[i].answer;
    const bit = p.seats.rightShift(commitments[i].seat as u8).bitAnd(BigInt.fromI32(1));
    if (id === null || bit.isZero()) continue;
    const answer = Answer.load(id)!;
    answer.disprovedAt = event.block.timestamp;
    answer.challenger = account(p.challenger);
    answer.save();
    break;
  }
  round.answersDisproved++;
  round.challengeEnds = p.challengeEnds;
  round.save();
}

export function handleAggregatorRewarded(event: AggregatorRewarded): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const aggregator = participantOf(event.address, p.taskId, p.aggregator);
  const commitment = AnswerCommitment.load(submissionId(round.id, p.aggregator))!;

  commitment.earned = p.amount;
  commitment.save();
  aggregator.earned = aggregator.earned.plus(p.amount);
  aggregator.save();
  round.aggregatorPay = round.aggregatorPay.plus(p.amount);
  round.save();
  task.aggregatorPay = task.aggregatorPay.plus(p.amount);
  task.save();
}

export function handlePartDemanded(event: PartDemanded): void {
  const p = event.params;
  const round = roundOf(event.address, p.taskId, p.round);
  const id = partId(round.id, p.hash);
  if (Part.load(id) == null) {
    const part = new Part(id);
    part.round = round.id;
    part.kind = KIND[p.kind.toI32()];
    part.count = p.count.toI32();
    part.hash = p.hash;
    part.save();
  }
  const demand = new Demand(eventId(event));
  demand.part = id;
  demand.demander = account(p.demander);
  demand.modelRoot = p.modelRoot;
  demand.nodesRoot = p.nodesRoot;
  demand.deadline = p.deadline;
  demand.demandedAt = event.block.timestamp;
  demand.save();
}

/** Whoever's demand it meets: what is open is open to all. */
export function handlePartOpened(event: PartOpened): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const part = Part.load(partId(round.id, event.params.hash))!;
  part.data = event.params.data;
  part.opener = account(event.params.opener);
  part.openedAt = event.block.timestamp;
  part.save();
}

/** Demands of one account for a part of several answers end one after the other. */
export function handleDemandEnded(event: DemandEnded): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const demands = Part.load(partId(round.id, event.params.hash))!.demands.load();
  for (let i = 0; i < demands.length; i++) {
    const demand = demands[i];
    if (demand.endedAt !== null || demand.demander != event.params.demander) continue;
    demand.endedAt = event.block.timestamp;
    demand.save();
    return;
  }
}
