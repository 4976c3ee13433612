import { BigInt } from "@graphprotocol/graph-ts";

import {
  AutomationAgentMade,
  AutomationAuthorised,
  AutomationFired,
  AutomationFundsWithdrawn,
  AutomationStopped,
} from "../generated/ReputationAutomation/ReputationAutomation";
import { Automation, AutomationAgent, AutomationFiring } from "../generated/schema";
import { eventId } from "./ids";
import { account, identity } from "./shared";

const EDGES = ["RISE", "FALL"];

export function handleAutomationAgentMade(event: AutomationAgentMade): void {
  const agent = new AutomationAgent(event.params.realm);
  agent.agent = event.params.agent;
  agent.cooperative = event.params.realm;
  agent.withdrawn = BigInt.zero();
  agent.refunded = BigInt.zero();
  agent.save();
}

/** The same terms may be authorised again once stopped: then the automation begins anew. */
export function handleAutomationAuthorised(event: AutomationAuthorised): void {
  const p = event.params;
  const automation = new Automation(p.id);
  automation.realm = p.realm;
  automation.agent = p.realm;
  automation.category = p.category;
  automation.subject = identity(p.subject).id;
  automation.edge = EDGES[p.edge];
  automation.threshold = p.threshold;
  automation.margin = p.margin;
  automation.cooldown = p.cooldown;
  automation.expiry = p.expiry;
  automation.refundCap = p.refundCap;
  automation.target = p.target;
  automation.calldata = p.data;
  automation.authorisedAt = event.block.timestamp;
  automation.stoppedAt = null;
  automation.firedAt = null;
  automation.save();
}

export function handleAutomationFired(event: AutomationFired): void {
  const p = event.params;
  const automation = Automation.load(p.id)!;
  automation.firedAt = event.block.timestamp;
  automation.save();
  const agent = AutomationAgent.load(automation.agent)!;
  agent.refunded = agent.refunded.plus(p.refund);
  agent.save();
  const firing = new AutomationFiring(eventId(event));
  firing.automation = p.id;
  firing.caller = account(p.caller);
  firing.witness = p.witness;
  firing.before = p.before;
  firing.score = p.score;
  firing.refund = p.refund;
  firing.timestamp = event.block.timestamp;
  firing.transaction = event.transaction.hash;
  firing.save();
}

export function handleAutomationFundsWithdrawn(event: AutomationFundsWithdrawn): void {
  const agent = AutomationAgent.load(event.params.realm)!;
  agent.withdrawn = agent.withdrawn.plus(event.params.amount);
  agent.save();
}

export function handleAutomationStopped(event: AutomationStopped): void {
  const automation = Automation.load(event.params.id)!;
  automation.stoppedAt = event.block.timestamp;
  automation.save();
}
