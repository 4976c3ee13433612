import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";

import {
  ConsentGranted,
  ConsentRevoked,
  ErasureRequested,
  ResidencyTagged,
} from "../generated/ConsentRegistry/ConsentRegistry";
import { Consent, ConsentChange, ErasureRequest, Residency } from "../generated/schema";
import { text } from "./decode";
import { eventId, residencyId } from "./ids";
import { identity } from "./shared";

function consentOf(id: Bytes, subject: Address, grantee: Address, dataHash: Bytes, purpose: Bytes): Consent {
  let consent = Consent.load(id);
  if (consent == null) {
    consent = new Consent(id);
    consent.subject = identity(subject).id;
    consent.grantee = grantee;
    consent.cooperative = grantee;
    consent.dataHash = dataHash;
    consent.purpose = purpose;
  }
  return consent;
}

function change(event: ethereum.Event, consent: Bytes, kind: string, version: BigInt): ConsentChange {
  const entity = new ConsentChange(eventId(event));
  entity.consent = consent;
  entity.kind = kind;
  entity.version = version;
  entity.timestamp = event.block.timestamp;
  entity.transaction = event.transaction.hash;
  return entity;
}

export function handleConsentGranted(event: ConsentGranted): void {
  const p = event.params;
  const consent = consentOf(p.consentId, p.subject, p.grantee, p.dataHash, p.purpose);
  consent.version = p.version;
  consent.termsHash = p.termsHash;
  consent.grantedAt = event.block.timestamp;
  consent.expiresAt = p.expiresAt;
  consent.revokedAt = null;
  consent.save();

  const history = change(event, consent.id, "GRANT", p.version);
  history.termsHash = p.termsHash;
  history.expiresAt = p.expiresAt;
  history.save();
}

export function handleConsentRevoked(event: ConsentRevoked): void {
  const p = event.params;
  const consent = consentOf(p.consentId, p.subject, p.grantee, p.dataHash, p.purpose);
  consent.version = p.version;
  consent.revokedAt = event.block.timestamp;
  consent.save();

  change(event, consent.id, "REVOCATION", p.version).save();
}

export function handleErasureRequested(event: ErasureRequested): void {
  const request = new ErasureRequest(eventId(event));
  request.subject = identity(event.params.subject).id;
  request.grantee = event.params.grantee;
  request.dataHash = event.params.dataHash;
  request.timestamp = event.block.timestamp;
  request.transaction = event.transaction.hash;
  request.save();
}

export function handleResidencyTagged(event: ResidencyTagged): void {
  const residency = new Residency(residencyId(event.params.subject, event.params.dataHash));
  residency.subject = identity(event.params.subject).id;
  residency.dataHash = event.params.dataHash;
  residency.region = text(event.params.region);
  residency.statedAt = event.block.timestamp;
  residency.save();
}
