import { Address, BigInt } from "@graphprotocol/graph-ts";

import {
  OperationCanceled,
  OperationExecuted,
  OperationScheduled,
  RoleAdminChanged,
  RoleGrantDelayChanged,
  RoleGranted,
  RoleGuardianChanged,
  RoleLabel,
  RoleRevoked,
  TargetAdminDelayUpdated,
  TargetClosed,
  TargetFunctionRoleUpdated,
} from "../generated/AccessManager/AccessManager";
import { AuthorityUpdated } from "../generated/Reputation/Reputation";
import { AccessOperation, AccessRole, AccessTarget, RestrictedFunction, RoleHolder } from "../generated/schema";
import { operationId, restrictedFunctionId, roleHolderId, word } from "./ids";
import { account } from "./shared";

/** A role; the administrator (role 0) grants, revokes and guards it unless something else was said. */
function roleOf(roleId: BigInt): AccessRole {
  const id = word(roleId);
  let role = AccessRole.load(id);
  if (role == null) {
    role = new AccessRole(id);
    role.roleId = roleId;
    role.admin = word(BigInt.zero());
    role.guardian = word(BigInt.zero());
    role.grantDelay = BigInt.zero();
    role.grantDelaySince = BigInt.zero();
    role.save();
  }
  return role;
}

export function handleRoleLabel(event: RoleLabel): void {
  const role = roleOf(event.params.roleId);
  role.label = event.params.label;
  role.save();
}

export function handleRoleAdminChanged(event: RoleAdminChanged): void {
  const role = roleOf(event.params.roleId);
  role.admin = roleOf(event.params.admin).id;
  role.save();
}

export function handleRoleGuardianChanged(event: RoleGuardianChanged): void {
  const role = roleOf(event.params.roleId);
  role.guardian = roleOf(event.params.guardian).id;
  role.save();
}

export function handleRoleGrantDelayChanged(event: RoleGrantDelayChanged): void {
  const role = roleOf(event.params.roleId);
  role.grantDelay = event.params.delay;
  role.grantDelaySince = event.params.since;
  role.save();
}

/** `since` is when a new holder begins; for an earlier one, when the new delay does. */
export function handleRoleGranted(event: RoleGranted): void {
  const id = roleHolderId(event.params.roleId, event.params.account);
  let holder = RoleHolder.load(id);
  if (holder == null) {
    holder = new RoleHolder(id);
    holder.role = roleOf(event.params.roleId).id;
    holder.account = account(event.params.account);
    holder.since = event.params.since;
  } else if (event.params.newMember) {
    holder.since = event.params.since;
  }
  holder.active = true;
  holder.delay = event.params.delay;
  holder.delaySince = event.params.since;
  holder.save();
}

export function handleRoleRevoked(event: RoleRevoked): void {
  const holder = RoleHolder.load(roleHolderId(event.params.roleId, event.params.account))!;
  holder.active = false;
  holder.save();
}

function targetOf(address: Address): AccessTarget {
  let target = AccessTarget.load(address);
  if (target == null) {
    target = new AccessTarget(address);
    target.closed = false;
    target.adminDelay = BigInt.zero();
    target.adminDelaySince = BigInt.zero();
    target.save();
  }
  return target;
}

export function handleAuthorityUpdated(event: AuthorityUpdated): void {
  const target = targetOf(event.address);
  target.authority = event.params.authority;
  target.save();
}

export function handleTargetClosed(event: TargetClosed): void {
  const target = targetOf(event.params.target);
  target.closed = event.params.closed;
  target.save();
}

export function handleTargetAdminDelayUpdated(event: TargetAdminDelayUpdated): void {
  const target = targetOf(event.params.target);
  target.adminDelay = event.params.delay;
  target.adminDelaySince = event.params.since;
  target.save();
}

export function handleTargetFunctionRoleUpdated(event: TargetFunctionRoleUpdated): void {
  const restricted = new RestrictedFunction(restrictedFunctionId(event.params.target, event.params.selector));
  restricted.target = targetOf(event.params.target).id;
  restricted.selector = event.params.selector;
  restricted.role = roleOf(event.params.roleId).id;
  restricted.setAt = event.block.timestamp;
  restricted.save();
}

export function handleOperationScheduled(event: OperationScheduled): void {
  const operation = new AccessOperation(operationId(event.params.operationId, event.params.nonce));
  operation.operationId = event.params.operationId;
  operation.nonce = event.params.nonce;
  operation.caller = event.params.caller;
  operation.target = event.params.target;
  operation.data = event.params.data;
  operation.readyAt = event.params.schedule;
  operation.status = "SCHEDULED";
  operation.scheduledAt = event.block.timestamp;
  operation.save();
}

export function handleOperationExecuted(event: OperationExecuted): void {
  const operation = AccessOperation.load(operationId(event.params.operationId, event.params.nonce))!;
  operation.status = "EXECUTED";
  operation.endedAt = event.block.timestamp;
  operation.save();
}

export function handleOperationCanceled(event: OperationCanceled): void {
  const operation = AccessOperation.load(operationId(event.params.operationId, event.params.nonce))!;
  operation.status = "CANCELED";
  operation.endedAt = event.block.timestamp;
  operation.save();
}
