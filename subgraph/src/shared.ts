import { Address, BigInt, Bytes } from "@graphprotocol/graph-ts";

import { Account, Cooperative, Identity, MemberAccount, Network } from "../generated/schema";
import { NETWORK_ID, memberAccountId } from "./ids";

// What more than one domain reads or makes.

/** The counters. */
export function network(): Network {
  let entity = Network.load(NETWORK_ID);
  if (entity == null) {
    entity = new Network(NETWORK_ID);
    entity.cooperatives = 0;
    entity.members = 0;
    entity.identities = 0;
    entity.proposals = 0;
    entity.ballots = 0;
    entity.tasks = 0;
    entity.roundsSettled = 0;
    entity.roundsVoided = 0;
    entity.updates = 0;
    entity.claims = 0;
  }
  return entity;
}

/** Id of an account, which exists from here on. */
export function account(address: Address): Bytes {
  if (Account.load(address) == null) new Account(address).save();
  return address;
}

/** An identity; one that never changed anything belongs to itself. */
export function identity(did: Address): Identity {
  let entity = Identity.load(did);
  if (entity == null) {
    entity = new Identity(did);
    entity.owner = account(did);
    entity.deactivated = false;
    entity.save();
    const counters = network();
    counters.identities++;
    counters.save();
  }
  return entity;
}

/** A cooperative; members and policies may be written before its founding is announced, or without one. */
export function cooperative(address: Address): Cooperative {
  let entity = Cooperative.load(address);
  if (entity == null) {
    entity = new Cooperative(address);
    entity.memberCount = 0;
    entity.electorate = 0;
    entity.proposalCount = 0;
    entity.noticePeriod = BigInt.zero();
    entity.sponsors = 0;
    entity.sponsorSeasoning = BigInt.zero();
    entity.proxiesHeld = 0;
    entity.proxyPasses = 0;
    entity.proxyDuration = BigInt.zero();
    entity.nativeReceived = BigInt.zero();
    entity.save();
    const counters = network();
    counters.cooperatives++;
    counters.save();
  }
  return entity;
}

/** Id of a cooperative that is known, null for any other account. */
export function knownCooperative(address: Address): Bytes | null {
  return Cooperative.load(address) == null ? null : address;
}

/** Id of the last membership of an account in a cooperative, null if there never was one. */
export function memberOf(cooperativeId: Bytes, accountId: Bytes): Bytes | null {
  const binding = MemberAccount.load(memberAccountId(cooperativeId, accountId));
  return binding == null ? null : binding.member;
}
