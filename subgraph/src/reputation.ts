import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";

import {
  CategoryAdded,
  IssuerAppointed,
  IssuerRevoked,
  ReputationAwarded,
  ReputationPenalised,
} from "../generated/Reputation/Reputation";
import { ReputationCategory, ReputationChange, ReputationIssuer, ReputationScore } from "../generated/schema";
import { eventId, issuerId, scoreId } from "./ids";
import { identity } from "./shared";

export function handleCategoryAdded(event: CategoryAdded): void {
  const category = new ReputationCategory(event.params.category);
  category.halfLife = event.params.halfLife;
  category.addedAt = event.block.timestamp;
  category.save();
}

export function handleIssuerAppointed(event: IssuerAppointed): void {
  const issuer = new ReputationIssuer(issuerId(event.params.realm, event.params.category, event.params.issuer));
  issuer.realm = event.params.realm;
  issuer.cooperative = event.params.realm;
  issuer.category = event.params.category;
  issuer.issuer = event.params.issuer;
  issuer.awardCap = event.params.awardCap;
  issuer.penaltyCap = event.params.penaltyCap;
  issuer.active = true;
  issuer.save();
}

export function handleIssuerRevoked(event: IssuerRevoked): void {
  const issuer = ReputationIssuer.load(issuerId(event.params.realm, event.params.category, event.params.issuer))!;
  issuer.active = false;
  issuer.save();
}

function scoreOf(realm: Address, category: Bytes, subject: Address): ReputationScore {
  const id = scoreId(realm, category, subject);
  let score = ReputationScore.load(id);
  if (score == null) {
    score = new ReputationScore(id);
    score.realm = realm;
    score.cooperative = realm;
    score.category = category;
    score.subject = identity(subject).id;
    score.awarded = BigInt.zero();
    score.taken = BigInt.zero();
  }
  return score;
}

/** Saves a score with the change that led to it. */
function change(
  event: ethereum.Event,
  score: ReputationScore,
  issuer: Address,
  amount: BigInt,
  requested: BigInt,
  scoreAfter: BigInt,
  evidence: Bytes,
): void {
  score.score = scoreAfter;
  score.changedAt = event.block.timestamp;
  score.save();
  const entity = new ReputationChange(eventId(event));
  entity.score = score.id;
  entity.issuer = issuer;
  entity.amount = amount;
  entity.requested = requested;
  entity.scoreAfter = scoreAfter;
  entity.evidence = evidence;
  entity.timestamp = event.block.timestamp;
  entity.transaction = event.transaction.hash;
  entity.save();
}

export function handleReputationAwarded(event: ReputationAwarded): void {
  const p = event.params;
  const score = scoreOf(p.realm, p.category, p.subject);
  score.awarded = score.awarded.plus(p.amount);
  change(event, score, p.issuer, p.amount, p.amount, p.score, p.evidence);
}

export function handleReputationPenalised(event: ReputationPenalised): void {
  const p = event.params;
  const score = scoreOf(p.realm, p.category, p.subject);
  score.taken = score.taken.plus(p.taken);
  change(event, score, p.issuer, p.taken.neg(), p.requested, p.score, p.evidence);
}
