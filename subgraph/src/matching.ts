import { BigInt, ethereum } from "@graphprotocol/graph-ts";

import {
  ContributionMade,
  ContributionRefunded,
  MatchingRoundClosed,
  MatchingRoundOpened,
  ProjectRegistered,
  ProjectSettled,
  ProjectVoided,
  ProjectWithdrawn,
} from "../generated/MatchingRounds/MatchingRounds";
import { MatchingContribution, MatchingProject, MatchingRound } from "../generated/schema";
import { contributionId, fundId, memberId, projectId } from "./ids";
import { account, knownCooperative } from "./shared";

export function handleMatchingRoundOpened(event: MatchingRoundOpened): void {
  const p = event.params;
  const round = new MatchingRound(fundId(event.address, p.roundId));
  round.number = p.roundId;
  round.funder = p.cooperative;
  round.cooperative = knownCooperative(p.cooperative);
  round.token = p.token;
  round.pool = p.pool;
  round.startsAt = p.startsAt;
  round.endsAt = p.endsAt;
  round.settlesAt = p.settlesAt;
  round.minimum = p.minimum;
  round.cap = p.cap;
  round.minContributors = p.minContributors;
  round.maxProjects = p.maxProjects;
  round.description = p.description;
  round.matched = BigInt.zero();
  round.save();
}

export function handleMatchingRoundClosed(event: MatchingRoundClosed): void {
  const round = MatchingRound.load(fundId(event.address, event.params.roundId))!;
  round.returned = event.params.returned;
  round.save();
}

export function handleProjectRegistered(event: ProjectRegistered): void {
  const p = event.params;
  const round = MatchingRound.load(fundId(event.address, p.roundId))!;
  const project = new MatchingProject(projectId(round.id, p.projectId));
  project.round = round.id;
  project.number = p.projectId;
  project.owner = memberId(round.funder, p.owner);
  project.payee = account(p.payee);
  project.description = p.cid;
  project.status = "LIVE";
  project.contributors = 0;
  project.contributed = BigInt.zero();
  project.matched = BigInt.zero();
  project.save();
}

function projectOf(event: ethereum.Event, round: BigInt, project: BigInt): MatchingProject {
  return MatchingProject.load(projectId(fundId(event.address, round), project))!;
}

export function handleProjectWithdrawn(event: ProjectWithdrawn): void {
  const project = projectOf(event, event.params.roundId, event.params.projectId);
  project.status = "WITHDRAWN";
  project.save();
}

export function handleContributionMade(event: ContributionMade): void {
  const p = event.params;
  const project = projectOf(event, p.roundId, p.projectId);
  const id = contributionId(project.id, p.number);
  let contribution = MatchingContribution.load(id);
  if (contribution == null) {
    contribution = new MatchingContribution(id);
    contribution.project = project.id;
    contribution.member = memberId(MatchingRound.load(project.round)!.funder, p.number);
    project.contributors++;
  }
  contribution.amount = p.total;
  contribution.save();
  project.contributed = project.contributed.plus(p.amount);
  project.save();
}

export function handleProjectSettled(event: ProjectSettled): void {
  const p = event.params;
  const project = projectOf(event, p.roundId, p.projectId);
  project.status = "SETTLED";
  project.matched = p.matched;
  project.save();
  const round = MatchingRound.load(project.round)!;
  round.matched = round.matched.plus(p.matched);
  round.save();
}

export function handleProjectVoided(event: ProjectVoided): void {
  const project = projectOf(event, event.params.roundId, event.params.projectId);
  project.status = "VOID";
  project.save();
}

export function handleContributionRefunded(event: ContributionRefunded): void {
  const p = event.params;
  const project = projectOf(event, p.roundId, p.projectId);
  const contribution = MatchingContribution.load(contributionId(project.id, p.number))!;
  contribution.refundedTo = account(p.account);
  contribution.save();
}
