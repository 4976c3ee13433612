import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";

import { CapSet, PrivacySpent, SpenderAppointed, SpenderDismissed } from "../generated/PrivacyLedger/PrivacyLedger";
import { PrivacyBudget, PrivacySpender, PrivacySpending } from "../generated/schema";
import { eventId, privacyBudgetId, privacySpenderId } from "./ids";
import { identity } from "./shared";

/** Without a cap nothing can be spent, but a spending of nothing can be told of. */
function budgetOf(subject: Address, dataHash: Bytes): PrivacyBudget {
  const id = privacyBudgetId(subject, dataHash);
  let budget = PrivacyBudget.load(id);
  if (budget == null) {
    budget = new PrivacyBudget(id);
    budget.subject = identity(subject).id;
    budget.dataHash = dataHash;
    budget.cap = BigInt.zero();
    budget.spent = BigInt.zero();
    budget.version = BigInt.zero();
  }
  return budget;
}

export function handleCapSet(event: CapSet): void {
  const budget = budgetOf(event.params.subject, event.params.dataHash);
  budget.cap = event.params.cap;
  budget.version = event.params.version;
  budget.setAt = event.block.timestamp;
  budget.save();
}

export function handlePrivacySpent(event: PrivacySpent): void {
  const p = event.params;
  const budget = budgetOf(p.subject, p.dataHash);
  budget.spent = p.spent;
  budget.save();

  const spending = new PrivacySpending(eventId(event));
  spending.budget = budget.id;
  spending.grantee = p.cooperative;
  spending.cooperative = p.cooperative;
  spending.spender = p.spender;
  spending.purpose = p.purpose;
  spending.microRho = p.microRho;
  spending.spent = p.spent;
  spending.timestamp = event.block.timestamp;
  spending.transaction = event.transaction.hash;
  spending.save();
}

function appoint(cooperative: Address, spender: Bytes, appointed: boolean, timestamp: BigInt): void {
  const entity = new PrivacySpender(privacySpenderId(cooperative, spender));
  entity.grantee = cooperative;
  entity.cooperative = cooperative;
  entity.spender = spender;
  entity.appointed = appointed;
  entity.changedAt = timestamp;
  entity.save();
}

export function handleSpenderAppointed(event: SpenderAppointed): void {
  appoint(event.params.cooperative, event.params.spender, true, event.block.timestamp);
}

export function handleSpenderDismissed(event: SpenderDismissed): void {
  appoint(event.params.cooperative, event.params.spender, false, event.block.timestamp);
}
