import { Address, Bytes, ethereum, crypto } from "@graphprotocol/graph-ts";

import { DIDAttributeChanged, DIDDelegateChanged, DIDOwnerChanged } from "../generated/DIDRegistry/DIDRegistry";
import { IdentityAttribute, IdentityChange, IdentityDelegate } from "../generated/schema";
import { text } from "./decode";
import { attributeId, delegateId, eventId } from "./ids";
import { account, identity } from "./shared";

function change(event: ethereum.Event, did: Address, kind: string): IdentityChange {
  const entity = new IdentityChange(eventId(event));
  entity.identity = identity(did).id;
  entity.kind = kind;
  entity.block = event.block.number;
  entity.timestamp = event.block.timestamp;
  entity.transaction = event.transaction.hash;
  return entity;
}

export function handleDIDOwnerChanged(event: DIDOwnerChanged): void {
  const owner = event.params.owner;
  const history = change(event, event.params.identity, "OWNER");
  history.account = owner;
  history.previousChange = event.params.previousChange;
  history.save();

  const did = identity(event.params.identity);
  did.deactivated = owner == Address.zero();
  did.owner = did.deactivated ? null : account(owner);
  did.save();
}

export function handleDIDDelegateChanged(event: DIDDelegateChanged): void {
  const type = text(event.params.delegateType);
  const history = change(event, event.params.identity, "DELEGATE");
  history.account = event.params.delegate;
  history.name = type;
  history.validTo = event.params.validTo;
  history.previousChange = event.params.previousChange;
  history.save();

  const delegate = new IdentityDelegate(
    delegateId(event.params.identity, event.params.delegateType, event.params.delegate),
  );
  delegate.identity = event.params.identity;
  delegate.type = type;
  delegate.delegate = event.params.delegate;
  delegate.validTo = event.params.validTo;
  delegate.save();
}

export function handleDIDAttributeChanged(event: DIDAttributeChanged): void {
  const name = text(event.params.name);
  const value = event.params.value;
  const history = change(event, event.params.identity, "ATTRIBUTE");
  history.name = name;
  history.value = value;
  history.validTo = event.params.validTo;
  history.previousChange = event.params.previousChange;
  history.save();

  const valueHash = Bytes.fromByteArray(crypto.keccak256(value));
  const attribute = new IdentityAttribute(attributeId(event.params.identity, event.params.name, valueHash));
  attribute.identity = event.params.identity;
  attribute.name = name;
  attribute.value = value;
  attribute.validTo = event.params.validTo;
  attribute.save();
}
