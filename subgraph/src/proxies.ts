import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";

import {
  ProxyAccepted,
  ProxyDropped,
  ProxyLimitsSet,
  ProxyNamed,
  ProxyPassedOn,
  ProxyRevoked,
} from "../generated/Proxies/Proxies";
import { Proxy, ProxyChange } from "../generated/schema";
import { eventId, memberId, proxyId } from "./ids";
import { cooperative } from "./shared";

function proxyOf(cooperativeAddress: Address, principal: BigInt, topic: i32): Proxy {
  const member = memberId(cooperativeAddress, principal);
  const id = proxyId(member, topic);
  let proxy = Proxy.load(id);
  if (proxy == null) {
    proxy = new Proxy(id);
    proxy.cooperative = cooperative(cooperativeAddress).id;
    proxy.principal = member;
    proxy.topic = topic;
    end(proxy);
  }
  return proxy;
}

/** Nobody holds it, nobody may accept it. */
function end(proxy: Proxy): void {
  proxy.holder = null;
  proxy.offeredTo = null;
  proxy.heldSince = null;
  proxy.unset("seat");
  proxy.until = null;
  proxy.passes = 0;
  proxy.passed = 0;
}

function note(event: ethereum.Event, proxy: Proxy, kind: string, member: Bytes | null): void {
  const change = new ProxyChange(eventId(event));
  change.proxy = proxy.id;
  change.kind = kind;
  change.member = member;
  change.timestamp = event.block.timestamp;
  change.transaction = event.transaction.hash;
  change.save();
}

export function handleProxyLimitsSet(event: ProxyLimitsSet): void {
  const entity = cooperative(event.params.cooperative);
  entity.proxiesHeld = event.params.held;
  entity.proxyPasses = event.params.passes;
  entity.proxyDuration = event.params.duration;
  entity.save();
}

export function handleProxyNamed(event: ProxyNamed): void {
  const p = event.params;
  const proxy = proxyOf(p.cooperative, p.principal, p.topic);
  end(proxy);
  proxy.offeredTo = memberId(p.cooperative, p.holder);
  proxy.until = p.until;
  proxy.passes = p.passes;
  proxy.version = p.version;
  proxy.save();
  note(event, proxy, "NAMED", proxy.offeredTo);
}

export function handleProxyAccepted(event: ProxyAccepted): void {
  const p = event.params;
  const proxy = proxyOf(p.cooperative, p.principal, p.topic);
  proxy.holder = memberId(p.cooperative, p.holder);
  proxy.offeredTo = null;
  proxy.heldSince = event.block.timestamp;
  proxy.seat = p.seat;
  proxy.passed = p.passed;
  proxy.save();
  note(event, proxy, "ACCEPTED", proxy.holder);
}

export function handleProxyPassedOn(event: ProxyPassedOn): void {
  const p = event.params;
  const proxy = proxyOf(p.cooperative, p.principal, p.topic);
  proxy.offeredTo = memberId(p.cooperative, p.offeredTo);
  proxy.save();
  note(event, proxy, "PASSED_ON", proxy.offeredTo);
}

export function handleProxyDropped(event: ProxyDropped): void {
  const p = event.params;
  const proxy = proxyOf(p.cooperative, p.principal, p.topic);
  const member = memberId(p.cooperative, p.holder);
  // Who is offered one does not hold it: only the offer is refused.
  if (proxy.offeredTo !== null && proxy.offeredTo! == member) proxy.offeredTo = null;
  else end(proxy);
  proxy.save();
  note(event, proxy, "DROPPED", member);
}

export function handleProxyRevoked(event: ProxyRevoked): void {
  const p = event.params;
  const proxy = proxyOf(p.cooperative, p.principal, p.topic);
  end(proxy);
  proxy.version = p.version;
  proxy.save();
  note(event, proxy, "REVOKED", null);
}
