import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";

import { CooperativeGovernor } from "../generated/templates";
import {
  ActionExecuted,
  GovernorChanged,
  HeirSet,
  Inherited,
  LimitSet,
  NativeReceived,
} from "../generated/templates/Treasury/Treasury";
import { Action, Governor, Inheritance, NativeDeposit, SpendingLimit } from "../generated/schema";
import { actionId, eventId, proposalId, spendingLimitId } from "./ids";
import { policyClass } from "./policies";
import { cooperative } from "./shared";

/** Id of a governor, which is indexed from here on. */
export function appoint(governor: Address, cooperativeId: Bytes, timestamp: BigInt): Bytes {
  if (Governor.load(governor) == null) {
    const entity = new Governor(governor);
    entity.cooperative = cooperativeId;
    entity.appointedAt = timestamp;
    entity.save();
    CooperativeGovernor.create(governor);
  }
  return governor;
}

export function handleGovernorChanged(event: GovernorChanged): void {
  const changed = cooperative(event.address);
  if (event.params.previousGovernor != Address.zero()) changed.previousGovernor = event.params.previousGovernor;
  changed.governor = appoint(event.params.newGovernor, event.address, event.block.timestamp);
  changed.save();
}

/** The action as planned under a governor, null if that governor never had it. */
function actionOf(governor: Bytes | null, event: ActionExecuted): Action | null {
  if (governor === null) return null;
  return Action.load(actionId(proposalId(governor, event.params.proposalId), event.params.index));
}

export function handleActionExecuted(event: ActionExecuted): void {
  const executing = cooperative(event.address);
  // A proposal that replaces its governor goes on executing under the one it was made under.
  let action = actionOf(executing.governor, event);
  if (action == null || action.executedAt !== null) action = actionOf(executing.previousGovernor, event);
  if (action == null) return;
  action.executedAt = event.block.timestamp;
  action.save();
}

export function handleLimitSet(event: LimitSet): void {
  const spending = policyClass(event.address, event.params.policyClass);
  const limit = new SpendingLimit(spendingLimitId(spending.id, event.params.token));
  limit.cooperative = event.address;
  limit.policyClass = spending.id;
  limit.token = event.params.token;
  limit.amount = event.params.amount;
  limit.period = event.params.period;
  limit.setAt = event.block.timestamp;
  limit.save();
}

export function handleHeirSet(event: HeirSet): void {
  const naming = cooperative(event.address);
  naming.heir = event.params.heir == Address.zero() ? null : changetype<Bytes>(event.params.heir);
  naming.save();
}

export function handleInherited(event: Inherited): void {
  const inheritance = new Inheritance(eventId(event));
  inheritance.cooperative = event.address;
  inheritance.heir = event.params.heir;
  inheritance.token = event.params.token;
  inheritance.amount = event.params.amount;
  inheritance.timestamp = event.block.timestamp;
  inheritance.transaction = event.transaction.hash;
  inheritance.save();
}

export function handleNativeReceived(event: NativeReceived): void {
  const receiver = cooperative(event.address);
  receiver.nativeReceived = receiver.nativeReceived.plus(event.params.amount);
  receiver.save();

  const deposit = new NativeDeposit(eventId(event));
  deposit.cooperative = event.address;
  deposit.from = event.params.from;
  deposit.amount = event.params.amount;
  deposit.timestamp = event.block.timestamp;
  deposit.transaction = event.transaction.hash;
  deposit.save();
}
