import { Address, BigInt } from "@graphprotocol/graph-ts";

import {
  AggregateCommitted,
  AggregateRevealed,
  AggregatorRewarded,
  AuditorRewarded,
  ConsentRequired,
  DataDeclared,
  ParticipantJoined,
  ParticipantSlashed,
  PeriodClosed,
  ReputationRecorded,
  RewardClaimed,
  RoundScored,
  RoundSettled,
  RoundStarted,
  RoundVoided,
  ScoresCommitted,
  ScoresRevealed,
  TaskClosed,
  TaskOpened,
  TaskRefunded,
  UpdateCommitted,
  UpdateRevealed,
  UpdateStruck,
} from "../generated/LearningRounds/LearningRounds";
import {
  AggregateSubmission,
  Claim,
  LearningTask,
  Participant,
  PayPeriod,
  PeriodPay,
  ReputationRecord,
  Round,
  Score,
  ScoresVector,
  Slash,
  Update,
} from "../generated/schema";
import { cidText, scores } from "./decode";
import { escrowId, eventId, participantId, periodId, periodPayId, roundId, submissionId } from "./ids";
import { account, memberOf, network } from "./shared";

// In the order of the contract's enums.
const ROLE: string[] = ["NONE", "CLIENT", "AUDITOR", "AGGREGATOR"];
const OUTCOME: string[] = ["SETTLED", "TOO_FEW_UPDATES", "TOO_FEW_AUDITS", "NO_AGREEMENT"];
/** A score that says: there was nothing to score. */
const ABSENT: i32 = -32768;

function taskOf(contract: Address, number: BigInt): LearningTask {
  return LearningTask.load(escrowId(contract, number))!;
}

function roundOf(contract: Address, task: BigInt, number: BigInt): Round {
  return Round.load(roundId(escrowId(contract, task), number))!;
}

function participantOf(contract: Address, task: BigInt, address: Address): Participant {
  return Participant.load(participantId(escrowId(contract, task), address))!;
}

function clientsOf(task: LearningTask): Participant[] {
  return task.participants.load().filter((participant) => participant.role == "CLIENT");
}

export function handleTaskOpened(event: TaskOpened): void {
  const p = event.params;
  const id = escrowId(event.address, p.taskId);
  const task = new LearningTask(id);
  task.number = p.taskId;
  task.owner = account(p.owner);
  task.cooperative = p.cooperative;
  task.token = p.token;
  task.reward = p.reward;
  task.escrow = id;
  task.rounds = p.rounds;
  task.startsAt = p.startsAt;
  task.openedAt = event.block.timestamp;
  task.manifest = cidText(p.manifest);
  task.initialRoot = p.initialRoot;
  task.initialModel = cidText(p.initialModel);
  task.modelRoot = p.initialRoot;
  task.model = task.initialModel;
  task.clientCount = 0;
  task.auditorCount = 0;
  task.aggregatorCount = 0;
  task.settled = 0;
  task.voided = 0;
  task.clientPay = BigInt.zero();
  task.auditorPay = BigInt.zero();
  task.aggregatorPay = BigInt.zero();
  task.claimed = BigInt.zero();
  task.slashed = BigInt.zero();
  task.transaction = event.transaction.hash;
  task.save();

  const counters = network();
  counters.tasks++;
  counters.save();
}

export function handleConsentRequired(event: ConsentRequired): void {
  const task = taskOf(event.address, event.params.taskId);
  task.consentPurpose = event.params.purpose;
  task.save();
}

export function handleDataDeclared(event: DataDeclared): void {
  const client = participantOf(event.address, event.params.taskId, event.params.client);
  client.dataHash = event.params.dataHash;
  client.consentId = event.params.consentId;
  client.consent = event.params.consentId;
  client.save();
}

export function handleParticipantJoined(event: ParticipantJoined): void {
  const task = taskOf(event.address, event.params.taskId);
  const role = ROLE[event.params.role];
  const cooperativeId = task.cooperative;

  const participant = new Participant(participantId(task.id, event.params.account));
  participant.task = task.id;
  participant.account = account(event.params.account);
  if (cooperativeId !== null) participant.member = memberOf(cooperativeId, event.params.account);
  participant.role = role;
  participant.index = event.params.index.toI32();
  participant.joinedAt = event.block.timestamp;
  participant.score = BigInt.zero();
  participant.earned = BigInt.zero();
  participant.claimed = BigInt.zero();
  participant.slashed = BigInt.zero();
  participant.misses = 0;
  participant.accurate = 0;
  participant.scored = 0;
  participant.reputationPoints = BigInt.zero();
  participant.save();

  if (role == "CLIENT") task.clientCount++;
  else if (role == "AUDITOR") task.auditorCount++;
  else task.aggregatorCount++;
  task.save();
}

export function handleRoundStarted(event: RoundStarted): void {
  const task = taskOf(event.address, event.params.taskId);
  const round = new Round(roundId(task.id, event.params.round));
  round.task = task.id;
  round.number = event.params.round;
  round.startedAt = event.params.startedAt;
  round.updatesCommitted = 0;
  round.updatesRevealed = 0;
  round.updatesStruck = 0;
  round.vectorsCommitted = 0;
  round.vectorsRevealed = 0;
  round.aggregatesCommitted = 0;
  round.aggregatesRevealed = 0;
  round.auditorPay = BigInt.zero();
  round.aggregatorPay = BigInt.zero();
  round.slashed = BigInt.zero();
  round.save();
  task.currentRound = round.id;
  task.save();
}

export function handleUpdateCommitted(event: UpdateCommitted): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const update = new Update(submissionId(round.id, event.params.client));
  update.round = round.id;
  update.client = participantId(round.task, event.params.client);
  update.commitment = event.params.commitment;
  update.committedAt = event.block.timestamp;
  update.save();
  round.updatesCommitted++;
  round.save();
}

export function handleUpdateRevealed(event: UpdateRevealed): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const update = Update.load(submissionId(round.id, event.params.client))!;
  update.revealedAt = event.block.timestamp;
  update.root = event.params.root;
  update.samples = event.params.samples;
  update.norm = event.params.norm;
  update.cid = cidText(event.params.cid);
  update.save();
  round.updatesRevealed++;
  round.save();

  const counters = network();
  counters.updates++;
  counters.save();
}

export function handleUpdateStruck(event: UpdateStruck): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const update = Update.load(submissionId(round.id, event.params.client))!;
  update.copyOf = participantId(round.task, event.params.original);
  update.save();
  round.updatesStruck++;
  round.save();
}

export function handleScoresCommitted(event: ScoresCommitted): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const vector = new ScoresVector(submissionId(round.id, event.params.auditor));
  vector.round = round.id;
  vector.auditor = participantId(round.task, event.params.auditor);
  vector.commitment = event.params.commitment;
  vector.committedAt = event.block.timestamp;
  vector.earned = BigInt.zero();
  vector.save();
  round.vectorsCommitted++;
  round.save();
}

export function handleScoresRevealed(event: ScoresRevealed): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const vector = ScoresVector.load(submissionId(round.id, event.params.auditor))!;
  vector.revealedAt = event.block.timestamp;
  vector.salt = event.params.salt;
  vector.scores = scores(event.params.scores);
  vector.save();
  round.vectorsRevealed++;
  round.save();
}

/** Medians accumulate, signed, over the pay period; absent clients gain and lose nothing. */
export function handleRoundScored(event: RoundScored): void {
  const task = taskOf(event.address, event.params.taskId);
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const medians = scores(event.params.medians);
  const included = event.params.included;
  round.scoredAt = event.block.timestamp;
  round.medians = medians;
  round.included = included;
  round.save();

  const clients = clientsOf(task);
  for (let i = 0; i < clients.length; i++) {
    const client = clients[i];
    const median = client.index < medians.length ? medians[client.index] : ABSENT;
    const score = new Score(submissionId(round.id, client.account));
    score.round = round.id;
    score.client = client.id;
    score.included = !included
      .rightShift(client.index as u8)
      .bitAnd(BigInt.fromI32(1))
      .isZero();
    if (median != ABSENT) {
      score.median = median;
      client.score = client.score.plus(BigInt.fromI32(median));
      client.save();
    }
    score.save();
  }
}

export function handleAuditorRewarded(event: AuditorRewarded): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const auditor = participantOf(event.address, p.taskId, p.auditor);
  const vector = ScoresVector.load(submissionId(round.id, p.auditor))!;
  const accurate = p.accurate.toI32();
  const scored = p.scored.toI32();

  vector.accurate = accurate;
  vector.scored = scored;
  vector.earned = p.amount;
  vector.save();
  auditor.accurate += accurate;
  auditor.scored += scored;
  auditor.earned = auditor.earned.plus(p.amount);
  auditor.save();
  round.auditorPay = round.auditorPay.plus(p.amount);
  round.save();
  task.auditorPay = task.auditorPay.plus(p.amount);
  task.save();
}

export function handleAggregateCommitted(event: AggregateCommitted): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const aggregate = new AggregateSubmission(submissionId(round.id, event.params.aggregator));
  aggregate.round = round.id;
  aggregate.aggregator = participantId(round.task, event.params.aggregator);
  aggregate.commitment = event.params.commitment;
  aggregate.committedAt = event.block.timestamp;
  aggregate.earned = BigInt.zero();
  aggregate.save();
  round.aggregatesCommitted++;
  round.save();
}

export function handleAggregateRevealed(event: AggregateRevealed): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const aggregate = AggregateSubmission.load(submissionId(round.id, event.params.aggregator))!;
  aggregate.revealedAt = event.block.timestamp;
  aggregate.root = event.params.root;
  aggregate.cid = cidText(event.params.cid);
  aggregate.save();
  round.aggregatesRevealed++;
  round.save();
}

export function handleAggregatorRewarded(event: AggregatorRewarded): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const aggregator = participantOf(event.address, p.taskId, p.aggregator);
  const aggregate = AggregateSubmission.load(submissionId(round.id, p.aggregator))!;

  aggregate.earned = p.amount;
  aggregate.save();
  aggregator.earned = aggregator.earned.plus(p.amount);
  aggregator.save();
  round.aggregatorPay = round.aggregatorPay.plus(p.amount);
  round.save();
  task.aggregatorPay = task.aggregatorPay.plus(p.amount);
  task.save();
}

export function handleRoundSettled(event: RoundSettled): void {
  const task = taskOf(event.address, event.params.taskId);
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  round.outcome = "SETTLED";
  round.endedAt = event.block.timestamp;
  round.modelRoot = event.params.modelRoot;
  round.model = cidText(event.params.model);
  round.save();
  task.settled++;
  task.modelRoot = event.params.modelRoot;
  task.model = cidText(event.params.model);
  task.save();

  const counters = network();
  counters.roundsSettled++;
  counters.save();
}

export function handleRoundVoided(event: RoundVoided): void {
  const task = taskOf(event.address, event.params.taskId);
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  round.outcome = OUTCOME[event.params.outcome];
  round.endedAt = event.block.timestamp;
  round.save();
  task.voided++;
  task.save();

  const counters = network();
  counters.roundsVoided++;
  counters.save();
}

/** Pays every client `pool * score / divisor` for a positive score, which then starts anew; a negative one stays. */
export function handlePeriodClosed(event: PeriodClosed): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const period = new PayPeriod(periodId(task.id, p.period));
  period.task = task.id;
  period.number = p.period;
  period.pool = p.pool;
  period.positive = p.positive;
  period.divisor = p.divisor;
  period.closedAt = event.block.timestamp;

  let paid = BigInt.zero();
  const clients = clientsOf(task);
  for (let i = 0; i < clients.length; i++) {
    const client = clients[i];
    const pay = new PeriodPay(periodPayId(period.id, client.account));
    pay.period = period.id;
    pay.client = client.id;
    pay.score = client.score;
    pay.amount = BigInt.zero();
    if (client.score.gt(BigInt.zero())) {
      // The divisor is no less than the sum of positive scores, so it is not 0 here.
      pay.amount = p.pool.times(client.score).div(p.divisor);
      client.score = BigInt.zero();
      client.earned = client.earned.plus(pay.amount);
      client.save();
      paid = paid.plus(pay.amount);
    }
    pay.save();
  }
  period.paid = paid;
  period.save();
  task.clientPay = task.clientPay.plus(paid);
  task.save();
}

export function handleParticipantSlashed(event: ParticipantSlashed): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const participant = participantOf(event.address, p.taskId, p.account);

  const slash = new Slash(eventId(event));
  slash.task = task.id;
  slash.round = round.id;
  slash.participant = participant.id;
  slash.role = ROLE[p.role];
  slash.amount = p.amount;
  slash.timestamp = event.block.timestamp;
  slash.transaction = event.transaction.hash;
  slash.save();

  participant.slashed = participant.slashed.plus(p.amount);
  participant.misses++;
  participant.save();
  round.slashed = round.slashed.plus(p.amount);
  round.save();
  task.slashed = task.slashed.plus(p.amount);
  task.save();
}

export function handleTaskClosed(event: TaskClosed): void {
  const task = taskOf(event.address, event.params.taskId);
  task.closedAt = event.block.timestamp;
  task.refund = event.params.refund;
  task.save();
}

export function handleRewardClaimed(event: RewardClaimed): void {
  const task = taskOf(event.address, event.params.taskId);
  const participant = participantOf(event.address, event.params.taskId, event.params.account);
  const claim = new Claim(eventId(event));
  claim.task = task.id;
  claim.participant = participant.id;
  claim.to = event.params.to;
  claim.amount = event.params.amount;
  claim.timestamp = event.block.timestamp;
  claim.transaction = event.transaction.hash;
  claim.save();

  participant.claimed = participant.claimed.plus(event.params.amount);
  participant.save();
  task.claimed = task.claimed.plus(event.params.amount);
  task.save();
  const counters = network();
  counters.claims++;
  counters.save();
}

export function handleTaskRefunded(event: TaskRefunded): void {
  const task = taskOf(event.address, event.params.taskId);
  task.refundedAt = event.block.timestamp;
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
