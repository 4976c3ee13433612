import { Address, BigInt, Bytes, ethereum } from "@graphprotocol/graph-ts";

import {
  AnnouncementsDiscarded,
  DeactivationAnnounced,
  GuardiansAnnounced,
  GuardiansChanged,
  RecoveryCancelled,
  RecoveryFinished,
  RecoveryStarted,
} from "../generated/DIDRegistry/DIDRegistry";
import { Guardianship, Recovery } from "../generated/schema";
import { eventId } from "./ids";
import { identity } from "./shared";

function guardianship(did: Address): Guardianship {
  let entity = Guardianship.load(did);
  if (entity == null) {
    entity = new Guardianship(did);
    entity.identity = identity(did).id;
    entity.guardians = [];
    entity.threshold = 0;
    entity.superThreshold = 0;
    entity.delay = BigInt.zero();
  }
  return entity;
}

function bytes(addresses: Address[]): Bytes[] {
  return addresses.map<Bytes>((address: Address): Bytes => address);
}

function discard(guarded: Guardianship): void {
  guarded.nextGuardians = null;
  guarded.guardiansDue = null;
  guarded.deactivationDue = null;
}

/** Ends the recovery that runs, if one does. */
function end(guarded: Guardianship, state: string, event: ethereum.Event): void {
  const running = guarded.running;
  if (running === null) return;
  const recovery = Recovery.load(running)!;
  recovery.state = state;
  recovery.endedAt = event.block.timestamp;
  recovery.save();
  guarded.running = null;
}

export function handleGuardiansChanged(event: GuardiansChanged): void {
  const guarded = guardianship(event.params.identity);
  guarded.guardians = bytes(event.params.guardians);
  guarded.threshold = event.params.threshold;
  guarded.superThreshold = event.params.superThreshold;
  guarded.delay = event.params.delay;
  guarded.nextGuardians = null;
  guarded.guardiansDue = null;
  guarded.save();
}

export function handleGuardiansAnnounced(event: GuardiansAnnounced): void {
  const guarded = guardianship(event.params.identity);
  guarded.nextGuardians = bytes(event.params.guardians);
  guarded.guardiansDue = event.params.due;
  guarded.save();
}

export function handleDeactivationAnnounced(event: DeactivationAnnounced): void {
  const guarded = guardianship(event.params.identity);
  guarded.deactivationDue = event.params.due;
  guarded.save();
}

export function handleAnnouncementsDiscarded(event: AnnouncementsDiscarded): void {
  const guarded = guardianship(event.params.identity);
  discard(guarded);
  guarded.save();
}

export function handleRecoveryStarted(event: RecoveryStarted): void {
  const guarded = guardianship(event.params.identity);
  end(guarded, "REPLACED", event);
  const recovery = new Recovery(eventId(event));
  recovery.identity = event.params.identity;
  recovery.state = "RUNNING";
  recovery.successor = event.params.successor;
  recovery.approvals = event.params.approvals.toI32();
  recovery.uncancellable = event.params.uncancellable;
  recovery.startedAt = event.block.timestamp;
  recovery.readyAt = event.params.readyAt;
  recovery.save();
  guarded.running = recovery.id;
  guarded.save();
}

export function handleRecoveryCancelled(event: RecoveryCancelled): void {
  const guarded = guardianship(event.params.identity);
  end(guarded, "CANCELLED", event);
  guarded.save();
}

export function handleRecoveryFinished(event: RecoveryFinished): void {
  const guarded = guardianship(event.params.identity);
  end(guarded, "FINISHED", event);
  guarded.save();
}
