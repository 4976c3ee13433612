import { CooperativeFounded } from "../generated/CooperativeFactory/CooperativeFactory";
import { Treasury } from "../generated/templates";
import { appoint } from "./treasury";
import { account, cooperative } from "./shared";

export function handleCooperativeFounded(event: CooperativeFounded): void {
  const founded = cooperative(event.params.cooperative);
  founded.name = event.params.name;
  founded.founder = account(event.params.founder);
  founded.foundedAt = event.block.timestamp;
  founded.membershipToken = event.params.membershipToken;
  founded.governor = appoint(event.params.governor, event.params.cooperative, event.block.timestamp);
  founded.save();
  Treasury.create(event.params.cooperative);
}
