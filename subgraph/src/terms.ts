import { BigInt, Bytes } from "@graphprotocol/graph-ts";

import {
  ConsentRequired,
  ReputationRequired,
  TaskAggregationSet,
  TaskDescribed,
  TaskOpened,
  TaskPaySet,
  TaskPlacesSet,
  TaskScheduled,
} from "../generated/LearningTasks/LearningTasks";
import { LearningTask, TaskAggregation, TaskPay, TaskPlaces, TaskSchedule } from "../generated/schema";
import { cidText } from "./decode";
import { escrowId } from "./ids";
import { account, network } from "./shared";
import { taskOf } from "./tasks";

// A task as it is opened: all of these events are of one transaction. What has 32 bits and more does not fit an `i32`.

/** In the order of the contract's enum. */
const COMBINING: string[] = ["MEAN", "TRIMMED_MEAN", "MEDIAN"];

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
  task.schedule = id;
  task.aggregation = id;
  task.places = id;
  task.pay = id;
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

export function handleTaskScheduled(event: TaskScheduled): void {
  const p = event.params;
  const terms = new TaskSchedule(escrowId(event.address, p.taskId));
  terms.commit = p.commit.toI32();
  terms.reveal = p.reveal.toI32();
  terms.auditCommit = p.auditCommit.toI32();
  terms.auditReveal = p.auditReveal.toI32();
  terms.settle = p.settle.toI32();
  terms.aggregateCommit = p.aggregateCommit.toI32();
  terms.aggregateReveal = p.aggregateReveal.toI32();
  terms.challenge = p.challenge.toI32();
  terms.longChallenge = p.longChallenge.toI32();
  terms.appeal = p.appeal.toI32();
  terms.save();
}

export function handleTaskAggregationSet(event: TaskAggregationSet): void {
  const p = event.params;
  const terms = new TaskAggregation(escrowId(event.address, p.taskId));
  terms.parameters = p.parameters;
  terms.sampleCap = p.sampleCap.toI32();
  terms.clipNorm = p.clipNorm;
  terms.combining = COMBINING[p.combining];
  terms.trim = p.trim.toI32();
  terms.leafCells = p.leafCells.toI32();
  terms.momentum = p.momentum.toI32();
  terms.exclusionScore = p.exclusionScore.toI32();
  terms.save();
}

export function handleTaskPlacesSet(event: TaskPlacesSet): void {
  const p = event.params;
  const terms = new TaskPlaces(escrowId(event.address, p.taskId));
  terms.retries = p.retries.toI32();
  terms.minClients = p.minClients.toI32();
  terms.maxClients = p.maxClients.toI32();
  terms.panelCells = p.panelCells.toI32();
  terms.panelSeats = p.panelSeats.toI32();
  terms.minAuditors = p.minAuditors.toI32();
  terms.maxAuditors = p.maxAuditors.toI32();
  terms.aggregators = p.aggregators.toI32();
  terms.aggregatorQuorum = p.aggregatorQuorum.toI32();
  terms.save();
}

export function handleTaskPaySet(event: TaskPaySet): void {
  const p = event.params;
  const terms = new TaskPay(escrowId(event.address, p.taskId));
  terms.slashRecipient = p.slashRecipient;
  terms.periodRounds = p.periodRounds.toI32();
  terms.auditorShare = p.auditorShare.toI32();
  terms.aggregatorShare = p.aggregatorShare.toI32();
  terms.treasuryShare = p.treasuryShare.toI32();
  terms.epsilon = p.epsilon.toI32();
  terms.minimumScore = p.minimumScore;
  terms.auditorStake = p.auditorStake;
  terms.aggregatorStake = p.aggregatorStake;
  terms.missPenalty = p.missPenalty;
  terms.save();
}

export function handleReputationRequired(event: ReputationRequired): void {
  const task = taskOf(event.address, event.params.taskId);
  task.reputationCategory = event.params.category;
  task.minimumReputation = event.params.minimum;
  task.save();
}

export function handleConsentRequired(event: ConsentRequired): void {
  const task = taskOf(event.address, event.params.taskId);
  task.consentPurpose = event.params.purpose;
  task.microRho = event.params.microRho;
  task.save();
}
