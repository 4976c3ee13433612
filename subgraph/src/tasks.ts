import { Address, BigInt } from "@graphprotocol/graph-ts";

import { LearningTask, Participant, PayPeriod, PeriodPay, Round } from "../generated/schema";
import { escrowId, participantId, periodId, periodPayId, roundId } from "./ids";

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

/** A client's score in a period, which begins with what is carried over. */
export function payIn(period: PayPeriod, client: Participant): PeriodPay {
  const id = periodPayId(period.id, client.account);
  let pay = PeriodPay.load(id);
  if (pay == null) {
    pay = new PeriodPay(id);
    pay.period = period.id;
    pay.client = client.id;
    pay.score = client.score;
    pay.amount = BigInt.zero();
  }
  return pay;
}

/** Pays a client of a closed period `pool * score / divisor` for a positive score; a negative one is carried over. */
export function payOut(period: PayPeriod, pay: PeriodPay, client: Participant): void {
  const positive = pay.score.gt(BigInt.zero());
  const amount = positive ? period.pool!.times(pay.score).div(period.divisor!) : BigInt.zero();
  client.earned = client.earned.plus(amount).minus(pay.amount);
  client.score = positive ? BigInt.zero() : pay.score;
  pay.amount = amount;
}
