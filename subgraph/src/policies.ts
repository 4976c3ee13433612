import { Address, BigInt } from "@graphprotocol/graph-ts";

import { PolicySet, RuleSet, WeightingSet } from "../generated/PolicyBook/PolicyBook";
import { Policy, PolicyClass, Rule } from "../generated/schema";
import { policyClassId, policyId, ruleId } from "./ids";
import { cooperative } from "./shared";

/** Granularity of the late window in seconds (`IPolicyBook.LATE_UNIT`). */
const LATE_UNIT = BigInt.fromI32(60);

/** A class of a cooperative; it may get a limit before a policy. */
export function policyClass(cooperativeAddress: Address, number: i32): PolicyClass {
  const id = policyClassId(cooperativeAddress, number);
  let entity = PolicyClass.load(id);
  if (entity == null) {
    entity = new PolicyClass(id);
    entity.cooperative = cooperative(cooperativeAddress).id;
    entity.number = number;
    entity.save();
  }
  return entity;
}

/** One field of a policy word. */
function field(policy: BigInt, shift: u8, bits: u8): BigInt {
  return policy.rightShift(shift).bitAnd(BigInt.fromI32(1).leftShift(bits).minus(BigInt.fromI32(1)));
}

/** Unpacks a policy; the layout is that of `PolicyLib`. */
function unpack(policy: Policy, packed: BigInt): void {
  policy.approvalNumerator = field(packed, 0, 8).toI32();
  policy.approvalDenominator = field(packed, 8, 8).toI32();
  policy.strict = !field(packed, 16, 8).isZero();
  policy.quorumNumerator = field(packed, 24, 8).toI32();
  policy.quorumDenominator = field(packed, 32, 8).toI32();
  policy.vetoNumerator = field(packed, 40, 8).toI32();
  policy.vetoDenominator = field(packed, 48, 8).toI32();
  policy.votingDelay = field(packed, 56, 32);
  policy.votingPeriod = field(packed, 88, 32);
  policy.executionDelay = field(packed, 120, 32);
  policy.executionWindow = field(packed, 152, 32);
  policy.seasoning = field(packed, 184, 32);
  policy.lateWindow = field(packed, 216, 12).times(LATE_UNIT);
  policy.sponsors = field(packed, 228, 4).toI32();
  policy.curve = field(packed, 232, 2).toI32();
  policy.weightCap = field(packed, 234, 16).toI32();
}

export function handlePolicySet(event: PolicySet): void {
  const decided = policyClass(event.params.cooperative, event.params.policyClass);
  const current = decided.policy;
  if (current !== null) {
    const former = Policy.load(current)!;
    former.supersededAt = event.block.timestamp;
    former.save();
  }

  const policy = new Policy(policyId(event.params.cooperative, event.params.version));
  policy.cooperative = event.params.cooperative;
  policy.policyClass = decided.id;
  policy.version = event.params.version;
  policy.word = event.params.policy;
  unpack(policy, event.params.policy);
  policy.setAt = event.block.timestamp;
  policy.save();

  decided.policy = policy.id;
  decided.save();
}

export function handleWeightingSet(event: WeightingSet): void {
  const policy = Policy.load(policyId(event.params.cooperative, event.params.version));
  if (policy == null) return;
  policy.category = event.params.category;
  policy.save();
}

export function handleRuleSet(event: RuleSet): void {
  const rule = new Rule(ruleId(event.params.cooperative, event.params.target, event.params.selector));
  rule.cooperative = event.params.cooperative;
  rule.target = event.params.target;
  rule.selector = event.params.selector;
  rule.policyClass = policyClass(event.params.cooperative, event.params.policyClass).id;
  rule.amountArgument = event.params.amountArgument;
  rule.tokenArgument = event.params.tokenArgument;
  rule.inStruct = event.params.inStruct;
  rule.setAt = event.block.timestamp;
  rule.save();
}
