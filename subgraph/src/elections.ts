import { BigInt } from "@graphprotocol/graph-ts";

import {
  BallotCast,
  BallotRefused,
  CandidateDisplaced,
  CandidateElected,
  CandidateExcluded,
  CandidatePlaced,
  CandidateSeconded,
  CandidateStood,
  CandidateWithdrawn,
  ElectionCancelled,
  ElectionDecided,
  ElectionOpened,
  LotCalled,
  LotDrawn,
  OfficeVacated,
  StageCounted,
} from "../generated/Elections/Elections";
import { Candidate, Election, ElectionBallot, ElectionStage, RefusedElectionBallot } from "../generated/schema";
import { electionId, electionMemberId, electionStageId, eventId, memberId } from "./ids";
import { account, cooperative } from "./shared";

const METHOD: string[] = ["RANKED", "APPROVAL"];
const REFUSAL: string[] = ["NONE", "NO_BALLOT_RIGHT", "INVALID_CHOICES", "ALREADY_CAST", "INVALID_SIGNATURE"];

/** An election that was opened: every other event names one. */
function electionOf(number: BigInt): Election {
  return Election.load(electionId(number))!;
}

/** A candidate who stood: every event but the first names one. */
function candidateOf(election: BigInt, number: BigInt): Candidate {
  return Candidate.load(electionMemberId(election, number))!;
}

export function handleElectionOpened(event: ElectionOpened): void {
  const p = event.params;
  const election = new Election(electionId(p.election));
  election.cooperative = cooperative(p.cooperative).id;
  election.office = p.office;
  election.method = METHOD[p.method];
  election.seats = p.seats;
  election.status = "OPEN";
  election.openedAt = event.block.timestamp;
  election.nominationsEnd = p.nominationsEnd;
  election.votingEnd = p.votingEnd;
  election.termEnd = p.termEnd;
  election.ballotCount = 0;
  election.save();
}

export function handleElectionCancelled(event: ElectionCancelled): void {
  const election = electionOf(event.params.election);
  election.status = "CANCELLED";
  election.closedAt = event.block.timestamp;
  election.save();
}

export function handleElectionDecided(event: ElectionDecided): void {
  const election = electionOf(event.params.election);
  election.status = "DECIDED";
  election.elected = event.params.elected;
  election.closedAt = event.block.timestamp;
  election.save();
}

export function handleCandidateStood(event: CandidateStood): void {
  const p = event.params;
  const id = electionMemberId(p.election, p.candidate);
  let candidate = Candidate.load(id);
  if (candidate == null) {
    candidate = new Candidate(id);
    const election = electionOf(p.election);
    candidate.election = election.id;
    candidate.member = memberId(election.cooperative, p.candidate);
    candidate.seconders = 0;
  }
  candidate.statement = p.statement;
  candidate.save();
}

export function handleCandidateSeconded(event: CandidateSeconded): void {
  const candidate = candidateOf(event.params.election, event.params.candidate);
  candidate.seconders += 1;
  candidate.save();
}

export function handleCandidatePlaced(event: CandidatePlaced): void {
  const candidate = candidateOf(event.params.election, event.params.candidate);
  candidate.place = event.params.place;
  candidate.save();
}

export function handleCandidateDisplaced(event: CandidateDisplaced): void {
  const candidate = candidateOf(event.params.election, event.params.candidate);
  candidate.unset("place");
  candidate.save();
}

export function handleCandidateWithdrawn(event: CandidateWithdrawn): void {
  const candidate = candidateOf(event.params.election, event.params.candidate);
  candidate.withdrawnAt = event.block.timestamp;
  candidate.save();
}

export function handleCandidateElected(event: CandidateElected): void {
  const candidate = candidateOf(event.params.election, event.params.candidate);
  candidate.electedIn = event.params.stage;
  candidate.save();
}

export function handleCandidateExcluded(event: CandidateExcluded): void {
  const candidate = candidateOf(event.params.election, event.params.candidate);
  candidate.excludedIn = event.params.stage;
  candidate.save();
}

export function handleOfficeVacated(event: OfficeVacated): void {
  const candidate = candidateOf(event.params.election, event.params.number);
  candidate.vacatedAt = event.block.timestamp;
  candidate.wasRecalled = event.params.isRecall;
  candidate.save();
}

export function handleElectionBallotCast(event: BallotCast): void {
  const p = event.params;
  const id = electionMemberId(p.election, p.number);
  let ballot = ElectionBallot.load(id);
  if (ballot == null) {
    ballot = new ElectionBallot(id);
    const election = electionOf(p.election);
    election.ballotCount += 1;
    election.save();
    ballot.election = election.id;
    ballot.member = memberId(election.cooperative, p.number);
    ballot.changes = 0;
  } else {
    ballot.changes += 1;
  }
  ballot.choices = p.choices;
  ballot.castAt = event.block.timestamp;
  ballot.transaction = event.transaction.hash;
  ballot.save();
}

export function handleElectionBallotRefused(event: BallotRefused): void {
  const p = event.params;
  const refused = new RefusedElectionBallot(eventId(event));
  refused.election = electionId(p.election);
  refused.voter = account(p.voter);
  refused.refusal = REFUSAL[p.refusal];
  refused.refusedAt = event.block.timestamp;
  refused.transaction = event.transaction.hash;
  refused.save();
}

export function handleStageCounted(event: StageCounted): void {
  const p = event.params;
  const stage = new ElectionStage(electionStageId(p.election, p.stage));
  stage.election = electionId(p.election);
  stage.stage = p.stage;
  stage.moved = p.moved.isZero() ? null : electionMemberId(p.election, p.moved);
  stage.votes = p.votes;
  stage.countedAt = event.block.timestamp;
  stage.transaction = event.transaction.hash;
  stage.save();
}

export function handleLotCalled(event: LotCalled): void {
  const election = electionOf(event.params.election);
  election.lotBlock = event.params.lotBlock;
  election.save();
}

export function handleLotDrawn(event: LotDrawn): void {
  const election = electionOf(event.params.election);
  election.seed = event.params.seed;
  election.save();
}
