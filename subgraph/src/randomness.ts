import { RoundProven } from "../generated/DrandBeacon/DrandBeacon";
import { BeaconRound } from "../generated/schema";
import { beaconRoundId } from "./ids";

export function handleRoundProven(event: RoundProven): void {
  const round = new BeaconRound(beaconRoundId(event.address, event.params.round));
  round.beacon = event.address;
  round.number = event.params.round;
  round.randomness = event.params.randomness;
  round.provenAt = event.block.timestamp;
  round.transaction = event.transaction.hash;
  round.save();
}
