import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";

import {
  BallotRefused,
  GuardianCancelled,
  ProposalCanceled,
  ProposalClassified,
  ProposalCreated,
  ProposalExecuted,
  ProposalExtended,
  ProposalQueued,
  ProposalSponsored,
  ProxiedBallotsCast,
  ProxiedBallotsWeighed,
  VoteCast,
  VoteCastWithParams,
} from "../generated/templates/CooperativeGovernor/CooperativeGovernor";
import { Action, Ballot, Governor, Member, Proposal, RefusedBallot } from "../generated/schema";
import { actionId, ballotId, eventId, memberId, policyClassId, policyId, proposalId } from "./ids";
import { account, cooperative, memberOf, network } from "./shared";

// A cooperative may vote in any governor, and a hostile one may say anything: no event of a governor may stop the index,
// so what does not fit is passed over.

const SUPPORT: string[] = ["AGAINST", "FOR", "ABSTAIN", "VETO"];
const REFUSAL: string[] = ["NONE", "NO_BALLOT_RIGHT", "INVALID_SUPPORT", "ALREADY_CAST", "INVALID_SIGNATURE"];

function load(event: ethereum.Event, id: BigInt): Proposal | null {
  return Proposal.load(proposalId(event.address, id));
}

export function handleProposalCreated(event: ProposalCreated): void {
  const targets = event.params.targets;
  const values = event.params.values;
  const calldatas = event.params.calldatas;
  if (targets.length != calldatas.length || values.length != calldatas.length) return;
  if (load(event, event.params.proposalId) != null) return;

  const cooperativeId = Governor.load(event.address)!.cooperative;
  const proposal = new Proposal(proposalId(event.address, event.params.proposalId));
  proposal.proposalId = event.params.proposalId;
  proposal.governor = event.address;
  proposal.cooperative = cooperativeId;
  proposal.proposer = account(event.params.proposer);
  proposal.proposerMember = memberOf(cooperativeId, event.params.proposer);
  proposal.description = event.params.description;
  proposal.status = "PROPOSED";
  proposal.voteStart = event.params.voteStart;
  proposal.voteEnd = event.params.voteEnd;
  proposal.extended = false;
  proposal.againstVotes = BigInt.zero();
  proposal.forVotes = BigInt.zero();
  proposal.abstainVotes = BigInt.zero();
  proposal.vetoVotes = BigInt.zero();
  proposal.vetoCount = 0;
  proposal.sponsors = [];
  proposal.ballotCount = 0;
  proposal.createdAt = event.block.timestamp;
  proposal.transaction = event.transaction.hash;
  proposal.save();

  for (let i = 0; i < calldatas.length; i++) {
    const action = new Action(actionId(proposal.id, BigInt.fromI32(i)));
    action.proposal = proposal.id;
    action.index = i;
    action.target = targets[i];
    action.value = values[i];
    action.selector = calldatas[i].length < 4 ? new Bytes(0) : Bytes.fromUint8Array(calldatas[i].slice(0, 4));
    action.calldata = calldatas[i];
    action.save();
  }

  const proposing = cooperative(Address.fromBytes(cooperativeId));
  proposing.proposalCount++;
  proposing.save();
  const counters = network();
  counters.proposals++;
  counters.save();
}

export function handleProposalClassified(event: ProposalClassified): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  proposal.policyClass = policyClassId(proposal.cooperative, event.params.policyClass);
  proposal.policy = policyId(proposal.cooperative, event.params.policyVersion);
  proposal.electorate = event.params.electorate;
  proposal.save();
}

export function handleProposalExtended(event: ProposalExtended): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  proposal.voteEnd = event.params.extendedDeadline;
  proposal.extended = true;
  proposal.save();
}

export function handleProposalQueued(event: ProposalQueued): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  proposal.status = "QUEUED";
  proposal.eta = event.params.etaSeconds;
  proposal.queuedAt = event.block.timestamp;
  proposal.save();
}

export function handleProposalExecuted(event: ProposalExecuted): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  proposal.status = "EXECUTED";
  proposal.executedAt = event.block.timestamp;
  proposal.executionTransaction = event.transaction.hash;
  proposal.save();
}

export function handleProposalCanceled(event: ProposalCanceled): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  proposal.status = "CANCELED";
  proposal.canceledAt = event.block.timestamp;
  proposal.save();
}

export function handleProposalSponsored(event: ProposalSponsored): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  const sponsors: Bytes[] = [];
  for (let i = 0; i < event.params.members.length; i++) {
    const member = Member.load(memberId(proposal.cooperative, event.params.members[i]));
    if (member != null) sponsors.push(member.id);
  }
  proposal.sponsors = sponsors;
  proposal.save();
}

export function handleGuardianCancelled(event: GuardianCancelled): void {
  const proposal = load(event, event.params.proposalId);
  if (proposal == null) return;
  const guardian = Member.load(memberId(proposal.cooperative, event.params.memberNumber));
  if (guardian != null) proposal.guardian = guardian.id;
  proposal.guardianElection = event.params.election;
  proposal.cancellationReason = event.params.reason;
  proposal.save();
}

/** Adds a ballot's weight to the tallies, or takes it off again when negative. */
function tally(proposal: Proposal, support: string, weight: BigInt): void {
  if (support == "FOR") {
    proposal.forVotes = proposal.forVotes.plus(weight);
  } else if (support == "ABSTAIN") {
    proposal.abstainVotes = proposal.abstainVotes.plus(weight);
  } else {
    proposal.againstVotes = proposal.againstVotes.plus(weight);
    if (support == "VETO") {
      proposal.vetoVotes = proposal.vetoVotes.plus(weight);
      proposal.vetoCount += weight.lt(BigInt.zero()) ? -1 : 1;
    }
  }
}

/** A first ballot. */
function newBallot(event: ethereum.Event, id: Bytes, proposal: Proposal, voter: Bytes, member: Bytes | null): Ballot {
  const ballot = new Ballot(id);
  ballot.proposal = proposal.id;
  ballot.voter = voter;
  ballot.member = member;
  ballot.changes = 0;
  ballot.castAt = event.block.timestamp;
  proposal.ballotCount++;
  const counters = network();
  counters.ballots++;
  counters.save();
  return ballot;
}

/** The latest ballot of a voter replaces the one before, that of a proxy included. */
function castBallot(
  event: ethereum.Event,
  id: BigInt,
  voter: Address,
  support: i32,
  weight: BigInt,
  reason: string,
  params: Bytes | null,
): void {
  const proposal = load(event, id);
  if (proposal == null || support >= SUPPORT.length) return;
  const member = memberOf(proposal.cooperative, voter);
  const key = member === null ? ballotId(proposal.id, voter) : ballotId(proposal.id, member);
  let ballot = Ballot.load(key);
  if (ballot == null) {
    ballot = newBallot(event, key, proposal, account(voter), member);
  } else {
    tally(proposal, ballot.support, ballot.weight.neg());
    if (ballot.castBy === null) ballot.changes++;
    ballot.changedAt = event.block.timestamp;
    ballot.voter = account(voter);
    ballot.castBy = null;
  }
  ballot.support = SUPPORT[support];
  ballot.weight = weight;
  ballot.reason = reason;
  ballot.params = params;
  ballot.transaction = event.transaction.hash;
  ballot.save();
  tally(proposal, ballot.support, weight);
  proposal.save();
}

/** A proxy casts the ballots of members who have none. */
export function handleProxiedBallotsCast(event: ProxiedBallotsCast): void {
  const p = event.params;
  const proposal = load(event, p.proposalId);
  if (proposal == null || p.support >= SUPPORT.length) return;
  const weight = BigInt.fromI32(1);
  for (let i = 0; i < p.members.length; i++) {
    const member = Member.load(memberId(proposal.cooperative, p.members[i]));
    if (member == null) continue;
    const key = ballotId(proposal.id, member.id);
    if (Ballot.load(key) != null) continue;
    const ballot = newBallot(event, key, proposal, member.account, member.id);
    ballot.castBy = account(p.holder);
    ballot.support = SUPPORT[p.support];
    ballot.weight = weight;
    ballot.reason = "";
    ballot.transaction = event.transaction.hash;
    ballot.save();
    tally(proposal, ballot.support, weight);
  }
  proposal.save();
}

/** What ballots weigh that a proxy has just cast. */
export function handleProxiedBallotsWeighed(event: ProxiedBallotsWeighed): void {
  const p = event.params;
  const proposal = load(event, p.proposalId);
  if (proposal == null || p.members.length != p.weights.length) return;
  for (let i = 0; i < p.members.length; i++) {
    const ballot = Ballot.load(ballotId(proposal.id, memberId(proposal.cooperative, p.members[i])));
    if (ballot == null || ballot.castBy === null) continue;
    tally(proposal, ballot.support, ballot.weight.neg());
    ballot.weight = p.weights[i];
    ballot.save();
    tally(proposal, ballot.support, ballot.weight);
  }
  proposal.save();
}

export function handleVoteCast(event: VoteCast): void {
  const p = event.params;
  castBallot(event, p.proposalId, p.voter, p.support, p.weight, p.reason, null);
}

export function handleVoteCastWithParams(event: VoteCastWithParams): void {
  const p = event.params;
  castBallot(event, p.proposalId, p.voter, p.support, p.weight, p.reason, p.params);
}

export function handleBallotRefused(event: BallotRefused): void {
  const p = event.params;
  const proposal = load(event, p.proposalId);
  if (proposal == null || p.refusal == 0 || p.refusal >= REFUSAL.length) return;
  const refused = new RefusedBallot(eventId(event));
  refused.proposal = proposal.id;
  refused.voter = account(p.voter);
  refused.refusal = REFUSAL[p.refusal];
  refused.refusedAt = event.block.timestamp;
  refused.transaction = event.transaction.hash;
  refused.save();
}
