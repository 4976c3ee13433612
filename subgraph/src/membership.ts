import { Address, BigInt } from "@graphprotocol/graph-ts";

import {
  MemberAdmitted,
  MemberExpelled,
  MemberLeft,
  MemberRebound,
  MemberReinstated,
  MemberSuspended,
  NoticeAnswered,
  NoticeGiven,
  NoticePeriodSet,
  NoticeWithdrawn,
} from "../generated/Membership/Membership";
import { Application, Member, MemberAccount, Notice } from "../generated/schema";
import { memberAccountId, memberId, noticeId } from "./ids";
import { account, cooperative, identity, network } from "./shared";

/** Counts members that joined or departed, and those that gained or lost standing. */
function count(cooperativeAddress: Address, members: i32, standing: i32): void {
  const entity = cooperative(cooperativeAddress);
  entity.memberCount += members;
  entity.electorate += standing;
  entity.save();
  const counters = network();
  counters.members += members;
  counters.save();
}

export function handleMemberAdmitted(event: MemberAdmitted): void {
  const id = memberId(event.params.cooperative, event.params.number);
  const member = new Member(id);
  member.cooperative = event.params.cooperative;
  member.number = event.params.number;
  member.account = account(event.params.account);
  member.did = identity(event.params.did).id;
  member.standing = "ACTIVE";
  member.joinedAt = event.block.timestamp;
  member.expelled = false;
  member.save();

  const binding = new MemberAccount(memberAccountId(event.params.cooperative, event.params.account));
  binding.member = id;
  binding.save();

  const application = Application.load(binding.id);
  if (application != null && application.status == "OPEN") {
    application.status = "ADMITTED";
    application.save();
  }
  count(event.params.cooperative, 1, 1);
}

export function handleMemberRebound(event: MemberRebound): void {
  const id = memberId(event.params.cooperative, event.params.number);
  const member = Member.load(id)!;
  member.account = account(event.params.account);
  member.save();

  const binding = new MemberAccount(memberAccountId(event.params.cooperative, event.params.account));
  binding.member = id;
  binding.save();
  // It keeps its member: ballots and places that it took are that member's.
  const tombstone = MemberAccount.load(memberAccountId(event.params.cooperative, event.params.previousAccount))!;
  tombstone.movedAt = event.block.timestamp;
  tombstone.save();
}

export function handleNoticePeriodSet(event: NoticePeriodSet): void {
  const entity = cooperative(event.params.cooperative);
  entity.noticePeriod = event.params.period;
  entity.noticePeriodFrom = event.params.from;
  entity.save();
}

export function handleNoticeGiven(event: NoticeGiven): void {
  const member = Member.load(memberId(event.params.cooperative, event.params.number))!;
  const notice = new Notice(noticeId(member.id, event.params.from));
  notice.member = member.id;
  notice.charge = event.params.charge;
  notice.givenAt = event.block.timestamp;
  notice.from = event.params.from;
  notice.until = event.params.until;
  notice.save();
  member.currentNotice = notice.id;
  member.save();
}

/** The notice that a member was given last: there is one at a time. */
function currentNotice(cooperativeAddress: Address, number: BigInt): Notice {
  const member = Member.load(memberId(cooperativeAddress, number))!;
  return Notice.load(member.currentNotice!)!;
}

export function handleNoticeAnswered(event: NoticeAnswered): void {
  const notice = currentNotice(event.params.cooperative, event.params.number);
  notice.answer = event.params.statement;
  notice.save();
}

export function handleNoticeWithdrawn(event: NoticeWithdrawn): void {
  const notice = currentNotice(event.params.cooperative, event.params.number);
  notice.withdrawnAt = event.block.timestamp;
  notice.save();
}

function depart(cooperativeAddress: Address, number: BigInt, timestamp: BigInt, expelled: boolean): void {
  const member = Member.load(memberId(cooperativeAddress, number))!;
  count(cooperativeAddress, -1, member.standing == "ACTIVE" ? -1 : 0);
  member.standing = "DEPARTED";
  member.leftAt = timestamp;
  member.expelled = expelled;
  member.save();
}

export function handleMemberLeft(event: MemberLeft): void {
  depart(event.params.cooperative, event.params.number, event.block.timestamp, false);
}

export function handleMemberExpelled(event: MemberExpelled): void {
  depart(event.params.cooperative, event.params.number, event.block.timestamp, true);
}

export function handleMemberSuspended(event: MemberSuspended): void {
  const member = Member.load(memberId(event.params.cooperative, event.params.number))!;
  if (member.standing == "ACTIVE") count(event.params.cooperative, 0, -1);
  member.standing = "SUSPENDED";
  member.suspendedFrom = event.params.from;
  member.suspendedUntil = event.params.until.isZero() ? null : event.params.until;
  member.save();
}

export function handleMemberReinstated(event: MemberReinstated): void {
  const member = Member.load(memberId(event.params.cooperative, event.params.number))!;
  if (member.standing == "SUSPENDED") count(event.params.cooperative, 0, 1);
  member.standing = "ACTIVE";
  member.suspendedFrom = null;
  member.suspendedUntil = null;
  member.save();
}
