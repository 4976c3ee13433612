import { BigInt, Bytes } from "@graphprotocol/graph-ts";

import {
  ConsentRequired,
  DataDeclared,
  ParticipantJoined,
  ParticipantSlashed,
  RoundSettled,
  RoundStarted,
  RoundVoided,
  TaskDescribed,
  TaskOpened,
  UpdateCommitted,
  UpdateRevealed,
  UpdateStruck,
} from "../generated/LearningTasks/LearningTasks";
import { AggregateSubmission, Cell, LearningTask, Participant, Round, Slash, Update } from "../generated/schema";
import { cidText, numberIn } from "./decode";
import { answerId, cellId, escrowId, eventId, memberId, participantId, roundId, submissionId } from "./ids";
import { account, identity, network } from "./shared";
import { ROLE, participantOf, roundOf, taskOf } from "./tasks";

// In the order of the contract's enum.
const OUTCOME: string[] = ["SETTLED", "TOO_FEW_UPDATES", "NO_SEED", "TOO_FEW_AUDITS", "NO_ANSWER"];
/** Clients in a cell, and the bits of an id below its cell. */
const CELL_BITS = 3;

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
  // TaskDescribed says these, in the same transaction.
  task.manifest = "";
  task.initialRoot = Bytes.empty();
  task.initialModel = "";
  task.modelRoot = Bytes.empty();
  task.model = "";
  task.clientCount = 0;
  task.auditorCount = 0;
  task.aggregatorCount = 0;
  task.settled = 0;
  task.voided = 0;
  task.periodsClosed = 0;
  task.clientPay = BigInt.zero();
  task.auditorPay = BigInt.zero();
  task.aggregatorPay = BigInt.zero();
  task.treasuryPay = BigInt.zero();
  task.claimed = BigInt.zero();
  task.slashed = BigInt.zero();
  task.swept = BigInt.zero();
  task.transaction = event.transaction.hash;
  task.save();

  const counters = network();
  counters.tasks++;
  counters.save();
}

export function handleTaskDescribed(event: TaskDescribed): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  task.manifest = cidText(p.manifestCodec, p.manifestDigest);
  task.initialRoot = p.initialRoot;
  task.initialModel = cidText(p.modelCodec, p.modelDigest);
  task.modelRoot = p.initialRoot;
  task.model = task.initialModel;
  task.save();
}

export function handleConsentRequired(event: ConsentRequired): void {
  const task = taskOf(event.address, event.params.taskId);
  task.consentPurpose = event.params.purpose;
  task.save();
}

export function handleDataDeclared(event: DataDeclared): void {
  const client = participantOf(event.address, event.params.taskId, event.params.client);
  client.dataSubject = identity(event.params.subject).id;
  client.dataHash = event.params.dataHash;
  client.consentId = event.params.consentId;
  client.consent = event.params.consentId;
  client.save();
}

/** The cell of a client, which exists from here on. */
function cellOf(task: LearningTask, client: i32): Bytes {
  const number = client >> CELL_BITS;
  const id = cellId(task.id, number);
  if (Cell.load(id) == null) {
    const cell = new Cell(id);
    cell.task = task.id;
    cell.number = number;
    cell.lastPeriod = -1;
    cell.save();
  }
  return id;
}

export function handleParticipantJoined(event: ParticipantJoined): void {
  const task = taskOf(event.address, event.params.taskId);
  const role = ROLE[event.params.role];
  const cooperative = task.cooperative;

  const participant = new Participant(participantId(task.id, event.params.account));
  participant.task = task.id;
  participant.account = account(event.params.account);
  if (cooperative !== null) participant.member = memberId(cooperative, event.params.number);
  participant.role = role;
  participant.index = event.params.id.toI32();
  participant.joinedAt = event.block.timestamp;
  participant.score = BigInt.zero();
  participant.earned = BigInt.zero();
  participant.claimed = BigInt.zero();
  participant.slashed = BigInt.zero();
  participant.misses = 0;
  participant.accurate = 0;
  participant.scored = 0;
  participant.reputationPoints = BigInt.zero();
  if (role == "CLIENT") participant.cell = cellOf(task, participant.index);
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
  round.panelsSettled = 0;
  round.panelsVoided = 0;
  round.answersDisproved = 0;
  round.auditorPay = BigInt.zero();
  round.aggregatorPay = BigInt.zero();
  round.slashed = BigInt.zero();
  round.save();
  task.currentRound = round.id;
  task.save();
}

/** A client's commitment that was never revealed counts as a miss from its next one on. */
export function handleUpdateCommitted(event: UpdateCommitted): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const client = participantOf(event.address, event.params.taskId, event.params.client);
  const update = new Update(submissionId(round.id, event.params.client));
  update.round = round.id;
  update.client = client.id;
  update.commitment = event.params.commitment;
  update.committedAt = event.block.timestamp;
  update.save();
  round.updatesCommitted++;
  round.save();

  const last = client.lastUpdate;
  if (last !== null && Update.load(last)!.revealedAt === null) client.misses++;
  client.lastUpdate = update.id;
  client.save();
}

export function handleUpdateRevealed(event: UpdateRevealed): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const update = Update.load(submissionId(round.id, event.params.client))!;
  // [samples 32 | norm 64 | codec 32 | salt 128]
  const details = event.params.details;
  update.revealedAt = event.block.timestamp;
  update.root = event.params.root;
  update.samples = numberIn(details, 0, 4);
  update.norm = numberIn(details, 4, 8);
  update.cid = cidText(numberIn(details, 12, 4), event.params.digest);
  update.salt = Bytes.fromUint8Array(details.slice(16));
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

/** A seat that has no stake left misses its reveals unseen. */
export function handleParticipantSlashed(event: ParticipantSlashed): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  const participant = participantOf(event.address, p.taskId, p.account);
  // An aggregator that revealed can lose its stake for what it revealed alone.
  const answer = AggregateSubmission.load(submissionId(round.id, p.account));
  const disproved = answer != null && answer.revealedAt !== null;

  const slash = new Slash(eventId(event));
  slash.task = task.id;
  slash.round = round.id;
  slash.participant = participant.id;
  slash.role = ROLE[p.role];
  slash.reason = disproved ? "DISPROVED_ANSWER" : "MISSED_REVEAL";
  slash.amount = p.amount;
  slash.timestamp = event.block.timestamp;
  slash.transaction = event.transaction.hash;
  slash.save();

  participant.slashed = participant.slashed.plus(p.amount);
  if (!disproved) participant.misses++;
  participant.save();
  round.slashed = round.slashed.plus(p.amount);
  round.save();
  task.slashed = task.slashed.plus(p.amount);
  task.save();
}

export function handleRoundSettled(event: RoundSettled): void {
  const p = event.params;
  const task = taskOf(event.address, p.taskId);
  const round = roundOf(event.address, p.taskId, p.round);
  round.outcome = "SETTLED";
  round.endedAt = event.block.timestamp;
  round.modelRoot = p.modelRoot;
  round.model = cidText(p.codec, p.digest);
  round.nodesRoot = p.nodesRoot;
  round.answer = answerId(round.id, p.modelRoot, p.codec, p.digest, p.nodesRoot);
  round.save();
  task.settled++;
  task.modelRoot = p.modelRoot;
  task.model = cidText(p.codec, p.digest);
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
