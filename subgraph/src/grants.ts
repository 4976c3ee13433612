import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";

import {
  GrantAccepted,
  GrantOpened,
  GrantStopped,
  MilestoneApproved,
  MilestoneDelivered,
  MilestoneReclaimed,
  MilestoneRejected,
  MilestoneSet,
} from "../generated/Grants/Grants";
import { Grant, GrantMilestone, GrantStep } from "../generated/schema";
import { eventId, fundId, milestoneId, word } from "./ids";
import { account, knownCooperative } from "./shared";

const NO_OFFICE = word(BigInt.zero());

export function handleGrantOpened(event: GrantOpened): void {
  const p = event.params;
  const grant = new Grant(fundId(event.address, p.grantId));
  grant.number = p.grantId;
  grant.funder = p.cooperative;
  grant.cooperative = knownCooperative(p.cooperative);
  grant.recipient = account(p.recipient);
  grant.reviewer = p.reviewer.equals(Address.zero()) ? null : account(p.reviewer);
  grant.office = p.office.equals(NO_OFFICE) ? null : p.office;
  grant.token = p.token;
  grant.amount = p.amount;
  grant.approved = BigInt.zero();
  grant.reclaimed = BigInt.zero();
  grant.acceptBy = p.acceptBy;
  grant.reviewPeriod = p.reviewPeriod;
  grant.decisionPeriod = p.decisionPeriod;
  grant.description = p.description;
  grant.openedAt = event.block.timestamp;
  grant.save();
}

export function handleMilestoneSet(event: MilestoneSet): void {
  const p = event.params;
  const grant = fundId(event.address, p.grantId);
  const milestone = new GrantMilestone(milestoneId(grant, p.index));
  milestone.grant = grant;
  milestone.index = p.index;
  milestone.amount = p.amount;
  milestone.deadline = p.deadline;
  milestone.status = "OPEN";
  milestone.save();
}

export function handleGrantAccepted(event: GrantAccepted): void {
  const grant = Grant.load(fundId(event.address, event.params.grantId))!;
  grant.acceptedAt = event.block.timestamp;
  grant.save();
}

export function handleGrantStopped(event: GrantStopped): void {
  const grant = Grant.load(fundId(event.address, event.params.grantId))!;
  grant.stoppedAt = event.block.timestamp;
  grant.save();
}

function milestoneOf(event: ethereum.Event, grantId: BigInt, index: BigInt): GrantMilestone {
  return GrantMilestone.load(milestoneId(fundId(event.address, grantId), index))!;
}

/** Moves a milestone on, and begins the record of how; whoever calls saves that. */
function move(event: ethereum.Event, milestone: GrantMilestone, status: string, by: Bytes | null): GrantStep {
  milestone.status = status;
  milestone.save();
  const step = new GrantStep(eventId(event));
  step.milestone = milestone.id;
  step.status = status;
  step.by = by;
  step.timestamp = event.block.timestamp;
  step.transaction = event.transaction.hash;
  return step;
}

export function handleMilestoneDelivered(event: MilestoneDelivered): void {
  const p = event.params;
  const milestone = milestoneOf(event, p.grantId, p.index);
  milestone.content = p.cid;
  milestone.decideBy = p.decideBy;
  const step = move(event, milestone, "DELIVERED", null);
  step.content = p.cid;
  step.save();
}

export function handleMilestoneApproved(event: MilestoneApproved): void {
  const p = event.params;
  const milestone = milestoneOf(event, p.grantId, p.index);
  move(event, milestone, "APPROVED", p.by).save();
  const grant = Grant.load(milestone.grant)!;
  grant.approved = grant.approved.plus(milestone.amount);
  grant.save();
}

export function handleMilestoneRejected(event: MilestoneRejected): void {
  const p = event.params;
  const milestone = milestoneOf(event, p.grantId, p.index);
  // the funder's word is the last, as in the contract
  if (p.by.equals(Grant.load(milestone.grant)!.funder)) milestone.decideBy = null;
  const step = move(event, milestone, "REJECTED", p.by);
  step.reason = p.reason;
  step.save();
}

export function handleMilestoneReclaimed(event: MilestoneReclaimed): void {
  const p = event.params;
  const milestone = milestoneOf(event, p.grantId, p.index);
  move(event, milestone, "RECLAIMED", null).save();
  const grant = Grant.load(milestone.grant)!;
  grant.reclaimed = grant.reclaimed.plus(p.amount);
  grant.save();
}
