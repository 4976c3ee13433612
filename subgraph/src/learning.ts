import { BigInt, Bytes } from "@graphprotocol/graph-ts";

import {
  DataDeclared,
  ParticipantJoined,
  ParticipantSlashed,
  RoundSettled,
  RoundStarted,
  RoundVoided,
  SealingKeyPublished,
  UpdateCommitted,
  UpdateRevealed,
  UpdateStruck,
  WrapsPublished,
} from "../generated/LearningTasks/LearningTasks";
import {
  AnswerCommitment,
  Appeal,
  Cell,
  LearningTask,
  Participant,
  Round,
  ScoresVector,
  Slash,
  Update,
} from "../generated/schema";
import { cidText, numberIn } from "./decode";
import { answerId, cellId, eventId, memberId, participantId, roundId, submissionId } from "./ids";
import { account, identity, network } from "./shared";
import { ROLE, participantOf, roundOf, taskOf } from "./tasks";

// In the order of the contract's enum.
const OUTCOME: string[] = ["SETTLED", "TOO_FEW_UPDATES", "NO_SEED", "TOO_FEW_AUDITS", "NO_ANSWER"];
/** Clients in a cell, and the bits of an id below its cell. */
const CELL_BITS = 3;

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

/** In place of an earlier one. */
export function handleSealingKeyPublished(event: SealingKeyPublished): void {
  const participant = participantOf(event.address, event.params.taskId, event.params.account);
  participant.sealingKey = event.params.key;
  participant.save();
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
  round.answersCommitted = 0;
  round.answersRevealed = 0;
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

/** Of several the first counts. */
export function handleWrapsPublished(event: WrapsPublished): void {
  const round = roundOf(event.address, event.params.taskId, event.params.round);
  const update = Update.load(submissionId(round.id, event.params.client))!;
  if (update.wraps !== null) return;
  update.wraps = cidText(event.params.codec, event.params.digest);
  update.save();
}

/** An aggregator who revealed an answer can lose stake of that round for it alone. */
function isDisproved(round: Round, account: Bytes): boolean {
  const answer = AnswerCommitment.load(submissionId(round.id, account));
  return answer != null && answer.revealedAt !== null;
}

/**
 * An auditor who revealed loses stake of that round by the appeal of its panel, which is settled after its fines, or by its
 * silence on the fresh panel of another, which is punished after the end of that appeal, in the same transaction.
 */
function isOutlier(round: Round, account: Bytes, transaction: Bytes): boolean {
  const judged = round.appealEndedIn;
  if (judged !== null && judged == transaction) return false;
  const vector = ScoresVector.load(submissionId(round.id, account));
  if (vector == null) return false;
  const panel = vector.panel;
  if (panel === null) return false;
  const appeal = Appeal.load(panel);
  return appeal != null && appeal.status == "OPEN" && appeal.seed !== null;
}

function reasonOf(round: Round, account: Bytes, transaction: Bytes): string {
  if (isDisproved(round, account)) return "DISPROVED_ANSWER";
  return isOutlier(round, account, transaction) ? "OUTLIER" : "MISSED_REVEAL";
}

/** A seat that has no stake left misses its reveals unseen. */
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
  slash.reason = reasonOf(round, p.account, event.transaction.hash);
  slash.amount = p.amount;
  slash.timestamp = event.block.timestamp;
  slash.transaction = event.transaction.hash;
  slash.save();

  participant.slashed = participant.slashed.plus(p.amount);
  if (slash.reason == "MISSED_REVEAL") participant.misses++;
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
