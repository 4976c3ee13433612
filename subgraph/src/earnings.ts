import { BigInt } from "@graphprotocol/graph-ts";

import {
  PeriodClosed,
  ReputationRecorded,
  RewardClaimed,
  TaskClosed,
  TaskRefunded,
  TaskSwept,
} from "../generated/LearningTasks/LearningTasks";
import { Claim, Participant, PeriodPay, ReputationRecord } from "../generated/schema";
import { eventId, participantId, periodId, periodPayId } from "./ids";
import { account, network } from "./shared";
import { ROLE, participantOf, payOut, periodOf, taskOf } from "./tasks";

export function handlePeriodClosed(event: PeriodClosed): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const period = periodOf(task, p.period.toI32());
  period.pool = p.pool;
  period.positive = p.positive;
  period.divisor = p.divisor;
  period.paid = p.pool.times(p.positive).div(p.divisor);
  period.treasury = p.treasury;
  period.claimableFrom = p.claimableFrom;
  period.closedAt = event.block.timestamp;
  period.save();
  task.periodsClosed++;
  task.clientPay = task.clientPay.plus(period.paid!);
  task.treasuryPay = task.treasuryPay.plus(p.treasury);
  task.save();

  const pays = period.pays.load();
  for (let i = 0; i < pays.length; i++) {
    const pay = pays[i];
    const client = Participant.load(pay.client)!;
    payOut(period, pay, client);
    pay.save();
    client.save();
  }
}

export function handleTaskClosed(event: TaskClosed): void {
  const task = taskOf(event.address, event.params.taskId);
  task.closedAt = event.block.timestamp;
  task.refund = event.params.refundable;
  task.save();
}

/** The bits of a claim's `periods`, as numbers. */
function periodsOf(bits: BigInt): i32[] {
  const out: i32[] = [];
  // little-endian
  for (let i = 0; i < bits.length * 8; i++) {
    if ((bits[i >> 3] >> ((i & 7) as u8)) & 1) out.push(i);
  }
  return out;
}

/** Who is paid may be the treasury, which takes no part. Periods that were paid before are passed over. */
export function handleRewardClaimed(event: RewardClaimed): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const participant = Participant.load(participantId(task.id, p.account));
  const claim = new Claim(eventId(event));
  claim.task = task.id;
  claim.account = account(p.account);
  claim.to = p.to;
  claim.periods = periodsOf(p.periods);
  claim.amount = p.amount;
  claim.timestamp = event.block.timestamp;
  claim.transaction = event.transaction.hash;
  if (participant != null) {
    claim.participant = participant.id;
    participant.claimed = participant.claimed.plus(p.amount);
    participant.save();
  }
  claim.save();
  for (let i = 0; i < claim.periods.length; i++) {
    const pay = PeriodPay.load(periodPayId(periodId(task.id, claim.periods[i]), p.account));
    if (pay == null || pay.claim !== null) continue;
    pay.claim = claim.id;
    pay.save();
  }

  task.claimed = task.claimed.plus(p.amount);
  task.save();
  const counters = network();
  counters.claims++;
  counters.save();
}

export function handleTaskRefunded(event: TaskRefunded): void {
  const task = taskOf(event.address, event.params.taskId);
  task.refund = event.params.amount;
  task.refundedAt = event.block.timestamp;
  task.save();
}

export function handleTaskSwept(event: TaskSwept): void {
  const task = taskOf(event.address, event.params.taskId);
  task.swept = task.swept.plus(event.params.amount);
  task.sweptAt = event.block.timestamp;
  task.save();
}

export function handleReputationRecorded(event: ReputationRecorded): void {
  const participant = participantOf(event.address, event.params.taskId, event.params.account);
  const record = new ReputationRecord(eventId(event));
  record.participant = participant.id;
  record.role = ROLE[event.params.role];
  record.points = event.params.points;
  record.timestamp = event.block.timestamp;
  record.transaction = event.transaction.hash;
  record.save();
  participant.reputationPoints = participant.reputationPoints.plus(event.params.points);
  participant.save();
}
