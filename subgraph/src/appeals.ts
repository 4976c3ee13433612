import { Address, BigInt } from "@graphprotocol/graph-ts";

import {
  AppealDrawn,
  AppealEnded,
  AppealSettled,
  AppealVoided,
  PanelAppealed,
  PeriodAmended,
  ReviewCommitted,
  ReviewRevealed,
} from "../generated/LearningTasks/LearningTasks";
import { Appeal, Cell, Panel, Participant, Review, Update } from "../generated/schema";
import { ABSENT, scores } from "./decode";
import { cellId, panelId, participantId, submissionId } from "./ids";
import { account } from "./shared";
import { payIn, payOut, periodOf, roundOf, taskOf } from "./tasks";

/** An appeal, which has the id of its panel: there is one at most. */
function appealOf(contract: Address, task: BigInt, round: BigInt, panel: BigInt): Appeal {
  return Appeal.load(panelId(roundOf(contract, task, round).id, panel))!;
}

export function handlePanelAppealed(event: PanelAppealed): void {
  const p = event.params;
  const round = roundOf(event.address, p.taskId, p.round);
  const appeal = new Appeal(panelId(round.id, p.panel));
  appeal.panel = appeal.id;
  appeal.task = round.task;
  appeal.status = "OPEN";
  appeal.appellant = account(p.appellant);
  appeal.bond = p.bond;
  appeal.appealedAt = event.block.timestamp;
  appeal.save();
}

export function handleAppealDrawn(event: AppealDrawn): void {
  const p = event.params;
  const appeal = appealOf(event.address, p.taskId, p.round, p.panel);
  appeal.seed = p.seed;
  appeal.seats = p.seats.toI32();
  appeal.startedAt = p.startedAt;
  appeal.save();
}

export function handleReviewCommitted(event: ReviewCommitted): void {
  const p = event.params;
  const appeal = appealOf(event.address, p.taskId, p.round, p.panel);
  const review = new Review(submissionId(appeal.id, p.auditor));
  review.appeal = appeal.id;
  review.auditor = participantId(appeal.task, p.auditor);
  review.commitment = p.commitment;
  review.committedAt = event.block.timestamp;
  review.earned = BigInt.zero();
  review.save();
}

export function handleReviewRevealed(event: ReviewRevealed): void {
  const p = event.params;
  const appeal = appealOf(event.address, p.taskId, p.round, p.panel);
  const review = Review.load(submissionId(appeal.id, p.auditor))!;
  review.revealedAt = event.block.timestamp;
  review.salt = p.salt;
  review.scores = scores(p.scores);
  review.save();
}

function pointsOf(median: i32): BigInt {
  return BigInt.fromI32(median == ABSENT ? 0 : median);
}

/** New medians in the place of the old ones, in the scores of the panel's period; before any of it can be claimed. */
export function handleAppealSettled(event: AppealSettled): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const period = periodOf(task, p.period.toI32());
  const panel = Panel.load(panelId(round.id, p.panel))!;
  const medians = scores(p.medians).slice(0, panel.cells.length * 8);
  const before = scores(p.before);
  panel.medians = medians;
  panel.save();

  for (let i = 0; i < panel.cells.length; i++) {
    const clients = Cell.load(cellId(task.id, panel.cells[i]))!.clients.load();
    for (let j = 0; j < clients.length; j++) {
      const client = clients[j];
      const place = i * 8 + (client.index & 7);
      if (medians[place] == before[place]) continue;
      const update = Update.load(submissionId(round.id, client.account))!;
      if (medians[place] == ABSENT) update.unset("median");
      else update.median = medians[place];
      update.save();

      const pay = payIn(period, client);
      pay.score = pay.score.plus(pointsOf(medians[place])).minus(pointsOf(before[place]));
      if (period.closedAt === null) client.score = pay.score;
      else payOut(period, pay, client);
      pay.save();
      client.save();
    }
  }

  // A fresh panel with anything to pay for has updates.
  const paying = !p.seatPay.isZero();
  for (let i = 0; i < p.auditors.length; i++) {
    const review = Review.load(submissionId(panel.id, p.auditors[i]))!;
    review.accurate = p.accurate[i].toI32();
    if (paying) review.earned = p.seatPay.times(p.accurate[i]).div(BigInt.fromI32(panel.scored));
    review.save();
  }
  const appeal = Appeal.load(panel.id)!;
  appeal.status = "SETTLED";
  appeal.reveals = p.auditors.length;
  appeal.before = before.slice(0, medians.length);
  appeal.corrected = p.corrected.toI32();
  appeal.returned = p.returned;
  appeal.endedAt = event.block.timestamp;
  appeal.save();
  round.appealEndedIn = event.transaction.hash;
  round.save();
}

export function handleAppealVoided(event: AppealVoided): void {
  const p = event.params;
  const appeal = appealOf(event.address, p.taskId, p.round, p.panel);
  appeal.status = "VOID";
  appeal.reveals = p.reveals.toI32();
  appeal.returned = appeal.bond;
  appeal.endedAt = event.block.timestamp;
  appeal.save();
  const round = roundOf(event.address, p.taskId, p.round);
  round.appealEndedIn = event.transaction.hash;
  round.save();
}

export function handleAppealEnded(event: AppealEnded): void {
  const p = event.params;
  const appeal = appealOf(event.address, p.taskId, p.round, p.panel);
  appeal.status = "ENDED";
  appeal.returned = appeal.bond;
  appeal.endedAt = event.block.timestamp;
  appeal.save();
}

/** A closed period pays everybody by another divisor. The scores that changed follow with the appeal itself. */
export function handlePeriodAmended(event: PeriodAmended): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const period = periodOf(task, p.period.toI32());
  const paid = period.pool!.times(p.positive).div(p.divisor);
  const rise = paid.minus(period.paid!);
  period.positive = p.positive;
  period.divisor = p.divisor;
  period.paid = paid;
  period.save();
  task.clientPay = task.clientPay.plus(rise);
  const refund = task.refund;
  if (refund !== null) task.refund = refund.minus(rise);
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
