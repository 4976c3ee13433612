import { Address, BigInt } from "@graphprotocol/graph-ts";

import { LearningTask, Participant, PayPeriod, Round } from "../generated/schema";
import { escrowId, participantId, periodId, roundId } from "./ids";

// What all handlers of learning tasks read. Everything has its task, and what belongs to a round its round.

/** In the order of the contract's enum. */
export const ROLE: string[] = ["NONE", "CLIENT", "AUDITOR", "AGGREGATOR"];

export function taskOf(contract: Address, number: BigInt): LearningTask {
  return LearningTask.load(escrowId(contract, number))!;
}

export function roundOf(contract: Address, task: BigInt, number: BigInt): Round {
  return Round.load(roundId(escrowId(contract, task), number))!;
}

export function participantOf(contract: Address, task: BigInt, address: Address): Participant {
  return Participant.load(participantId(escrowId(contract, task), address))!;
}

/** A pay period, which begins with its first score. */
export function periodOf(task: LearningTask, number: i32): PayPeriod {
  const id = periodId(task.id, number);
  let period = PayPeriod.load(id);
  if (period == null) {
    period = new PayPeriod(id);
    period.task = task.id;
    period.number = number;
    period.save();
  }
  return period;
}
