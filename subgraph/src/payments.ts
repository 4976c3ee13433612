import { Address, BigInt } from "@graphprotocol/graph-ts";

import { PaymentCollected, PaymentOwed } from "../generated/Grants/Grants";
import { OwedPayment } from "../generated/schema";
import { owedPaymentId } from "./ids";
import { account } from "./shared";

// What Grants and MatchingRounds owe: both emit the same two events.

function owedOf(contract: Address, token: Address, owner: Address): OwedPayment {
  const id = owedPaymentId(contract, token, owner);
  let owed = OwedPayment.load(id);
  if (owed == null) {
    owed = new OwedPayment(id);
    owed.contract = contract;
    owed.token = token;
    owed.account = account(owner);
    owed.collectable = BigInt.zero();
    owed.collected = BigInt.zero();
  }
  return owed;
}

export function handlePaymentOwed(event: PaymentOwed): void {
  const owed = owedOf(event.address, event.params.token, event.params.account);
  owed.collectable = owed.collectable.plus(event.params.amount);
  owed.save();
}

export function handlePaymentCollected(event: PaymentCollected): void {
  const owed = owedOf(event.address, event.params.token, event.params.account);
  owed.collectable = owed.collectable.minus(event.params.amount);
  owed.collected = owed.collected.plus(event.params.amount);
  owed.save();
}
