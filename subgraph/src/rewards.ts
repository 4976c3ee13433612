import { Address, BigInt, ethereum } from "@graphprotocol/graph-ts";

import { EscrowFunded, EscrowPaid } from "../generated/RewardEscrow/RewardEscrow";
import {
  AccountJailed,
  SlashedStakeCollected,
  StakeDeposited,
  StakeLocked,
  StakeSlashed,
  StakeUnlocked,
  StakeWithdrawn,
} from "../generated/StakeVault/StakeVault";
import { EscrowAccount, EscrowPayment, Jail, SlashedStake, Stake, StakeMovement } from "../generated/schema";
import { escrowId, eventId, jailId, slashedStakeId, stakeId } from "./ids";
import { account } from "./shared";

export function handleEscrowFunded(event: EscrowFunded): void {
  const escrow = new EscrowAccount(escrowId(event.params.module, event.params.id));
  escrow.module = event.params.module;
  escrow.number = event.params.id;
  escrow.token = event.params.token;
  escrow.funded = event.params.amount;
  escrow.paid = BigInt.zero();
  escrow.remaining = event.params.amount;
  escrow.fundedAt = event.block.timestamp;
  escrow.save();
}

export function handleEscrowPaid(event: EscrowPaid): void {
  const escrow = EscrowAccount.load(escrowId(event.params.module, event.params.id))!;
  escrow.paid = escrow.paid.plus(event.params.amount);
  escrow.remaining = escrow.remaining.minus(event.params.amount);
  escrow.save();

  const payment = new EscrowPayment(eventId(event));
  payment.escrow = escrow.id;
  payment.to = event.params.to;
  payment.amount = event.params.amount;
  payment.timestamp = event.block.timestamp;
  payment.transaction = event.transaction.hash;
  payment.save();
}

function stakeOf(module: Address, token: Address, staker: Address): Stake {
  const id = stakeId(module, token, staker);
  let stake = Stake.load(id);
  if (stake == null) {
    stake = new Stake(id);
    stake.module = module;
    stake.token = token;
    stake.account = account(staker);
    stake.free = BigInt.zero();
    stake.locked = BigInt.zero();
    stake.slashed = BigInt.zero();
  }
  return stake;
}

/** Saves a stake with the movement that changed it. */
function move(event: ethereum.Event, stake: Stake, kind: string, amount: BigInt, recipient: Address | null): void {
  stake.save();
  const movement = new StakeMovement(eventId(event));
  movement.stake = stake.id;
  movement.kind = kind;
  movement.amount = amount;
  movement.recipient = recipient;
  movement.timestamp = event.block.timestamp;
  movement.transaction = event.transaction.hash;
  movement.save();
}

export function handleStakeDeposited(event: StakeDeposited): void {
  const stake = stakeOf(event.params.module, event.params.token, event.params.account);
  stake.free = stake.free.plus(event.params.amount);
  move(event, stake, "DEPOSITED", event.params.amount, null);
}

export function handleStakeWithdrawn(event: StakeWithdrawn): void {
  const stake = stakeOf(event.params.module, event.params.token, event.params.account);
  stake.free = stake.free.minus(event.params.amount);
  move(event, stake, "WITHDRAWN", event.params.amount, event.params.to);
}

export function handleStakeLocked(event: StakeLocked): void {
  const stake = stakeOf(event.params.module, event.params.token, event.params.account);
  stake.free = stake.free.minus(event.params.amount);
  stake.locked = stake.locked.plus(event.params.amount);
  move(event, stake, "LOCKED", event.params.amount, null);
}

export function handleStakeUnlocked(event: StakeUnlocked): void {
  const stake = stakeOf(event.params.module, event.params.token, event.params.account);
  stake.free = stake.free.plus(event.params.amount);
  stake.locked = stake.locked.minus(event.params.amount);
  move(event, stake, "UNLOCKED", event.params.amount, null);
}

function slashedStakeOf(token: Address, recipient: Address): SlashedStake {
  const id = slashedStakeId(token, recipient);
  let slashed = SlashedStake.load(id);
  if (slashed == null) {
    slashed = new SlashedStake(id);
    slashed.token = token;
    slashed.recipient = recipient;
    slashed.collectable = BigInt.zero();
    slashed.collected = BigInt.zero();
  }
  return slashed;
}

export function handleStakeSlashed(event: StakeSlashed): void {
  const stake = stakeOf(event.params.module, event.params.token, event.params.account);
  stake.locked = stake.locked.minus(event.params.amount);
  stake.slashed = stake.slashed.plus(event.params.amount);
  move(event, stake, "SLASHED", event.params.amount, event.params.recipient);

  const slashed = slashedStakeOf(event.params.token, event.params.recipient);
  slashed.collectable = slashed.collectable.plus(event.params.amount);
  slashed.save();
}

export function handleSlashedStakeCollected(event: SlashedStakeCollected): void {
  const slashed = slashedStakeOf(event.params.token, event.params.recipient);
  slashed.collectable = slashed.collectable.minus(event.params.amount);
  slashed.collected = slashed.collected.plus(event.params.amount);
  slashed.save();
}

export function handleAccountJailed(event: AccountJailed): void {
  const jail = new Jail(jailId(event.params.module, event.params.account));
  jail.module = event.params.module;
  jail.account = account(event.params.account);
  jail.until = event.params.until;
  jail.save();
}
