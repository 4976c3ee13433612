import { CredentialRevoked, IssuerTrusted } from "../generated/CredentialAdmission/CredentialAdmission";
import { InvitationsSet } from "../generated/InvitationAdmission/InvitationAdmission";
import {
  AdmissionAppointed,
  AdmittedByModule,
  ApplicationWithdrawn,
  MembershipApplied,
} from "../generated/Membership/Membership";
import { Admission, Application, Member, RevokedCredential, TrustedIssuer } from "../generated/schema";
import { SponsorshipSet } from "../generated/SponsorAdmission/SponsorAdmission";
import { admissionId, credentialId, memberAccountId, memberId, trustedIssuerId } from "./ids";
import { account, cooperative, identity } from "./shared";

export function handleMembershipApplied(event: MembershipApplied): void {
  const application = new Application(memberAccountId(event.params.cooperative, event.params.account));
  application.cooperative = cooperative(event.params.cooperative).id;
  application.account = account(event.params.account);
  application.did = identity(event.params.did).id;
  application.statement = event.params.statement;
  application.status = "OPEN";
  application.appliedAt = event.block.timestamp;
  application.save();
}

export function handleApplicationWithdrawn(event: ApplicationWithdrawn): void {
  const application = Application.load(memberAccountId(event.params.cooperative, event.params.account))!;
  application.status = "WITHDRAWN";
  application.save();
}

export function handleAdmissionAppointed(event: AdmissionAppointed): void {
  const admission = new Admission(admissionId(event.params.cooperative, event.params.module));
  admission.cooperative = cooperative(event.params.cooperative).id;
  admission.module = event.params.module;
  admission.cap = event.params.cap;
  admission.admitted = 0;
  admission.readmits = event.params.readmits;
  admission.save();
}

/** Follows the MemberAdmitted of the same number. */
export function handleAdmittedByModule(event: AdmittedByModule): void {
  const member = Member.load(memberId(event.params.cooperative, event.params.number))!;
  member.admittedBy = event.params.module;
  member.save();
  const admission = Admission.load(admissionId(event.params.cooperative, event.params.module))!;
  admission.admitted++;
  admission.save();
}

export function handleInvitationsSet(event: InvitationsSet): void {
  const entity = cooperative(event.params.cooperative);
  entity.invitations = event.params.root;
  entity.save();
}

export function handleSponsorshipSet(event: SponsorshipSet): void {
  const entity = cooperative(event.params.cooperative);
  entity.sponsors = event.params.sponsors;
  entity.sponsorSeasoning = event.params.seasoning;
  entity.save();
}

export function handleIssuerTrusted(event: IssuerTrusted): void {
  const issuer = new TrustedIssuer(trustedIssuerId(event.params.cooperative, event.params.issuer));
  issuer.cooperative = cooperative(event.params.cooperative).id;
  issuer.issuer = identity(event.params.issuer).id;
  issuer.trusted = event.params.trusted;
  issuer.save();
}

export function handleCredentialRevoked(event: CredentialRevoked): void {
  const id = credentialId(event.params.issuer, event.params.credential);
  // An issuer may say it twice.
  if (RevokedCredential.load(id) != null) return;
  const revoked = new RevokedCredential(id);
  revoked.issuer = identity(event.params.issuer).id;
  revoked.credential = event.params.credential;
  revoked.revokedAt = event.block.timestamp;
  revoked.save();
}
