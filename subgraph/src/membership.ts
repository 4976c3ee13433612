import { Address, BigInt } from "@graphprotocol/graph-ts";

import {
  MemberAdmitted,
  MemberExpelled,
  MemberLeft,
  MemberReinstated,
  MemberSuspended,
} from "../generated/Membership/Membership";
import { Member, MemberAccount } from "../generated/schema";
import { memberAccountId, memberId } from "./ids";
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

  count(event.params.cooperative, 1, 1);
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
