import { Address, BigInt, Bytes, crypto, ethereum } from "@graphprotocol/graph-ts";

// Every id of the schema is made here: the packed bytes of the entity's key, numbers as 32-byte words.

/** Id of the only `Network`. */
export const NETWORK_ID = Bytes.fromHexString("0x00");

/** A non-negative number as 32 bytes, big-endian. */
export function word(value: BigInt): Bytes {
  const out = new Uint8Array(32);
  // A BigInt is little-endian; above 2^255 it has a 33rd byte, which is 0.
  for (let i = 0; i < value.length && i < 32; i++) out[31 - i] = value[i];
  return Bytes.fromUint8Array(out);
}

/** Id of what an event leaves behind for good: ids sort in the order of the chain. */
export function eventId(event: ethereum.Event): Bytes {
  return word(event.block.number).concat(word(event.logIndex));
}

export function delegateId(identity: Address, type: Bytes, delegate: Address): Bytes {
  return identity.concat(type).concat(delegate);
}

export function attributeId(identity: Address, name: Bytes, valueHash: Bytes): Bytes {
  return identity.concat(name).concat(valueHash);
}

/** Id of where a subject wants data to be kept. */
export function residencyId(subject: Address, dataHash: Bytes): Bytes {
  return subject.concat(dataHash);
}

export function memberId(cooperative: Bytes, number: BigInt): Bytes {
  return cooperative.concat(word(number));
}

export function memberAccountId(cooperative: Bytes, account: Bytes): Bytes {
  return cooperative.concat(account);
}

/** Id of a principal's proxy for a topic. */
export function proxyId(principal: Bytes, topic: i32): Bytes {
  return principal.concat(word(BigInt.fromI32(topic)));
}

/** Id of a module's appointment. */
export function admissionId(cooperative: Bytes, module: Bytes): Bytes {
  return cooperative.concat(module);
}

export function noticeId(member: Bytes, from: BigInt): Bytes {
  return member.concat(word(from));
}

export function trustedIssuerId(cooperative: Bytes, issuer: Bytes): Bytes {
  return cooperative.concat(issuer);
}

export function credentialId(issuer: Bytes, credential: Bytes): Bytes {
  return issuer.concat(credential);
}

export function policyClassId(cooperative: Bytes, policyClass: i32): Bytes {
  return cooperative.concat(word(BigInt.fromI32(policyClass)));
}

export function policyId(cooperative: Bytes, version: BigInt): Bytes {
  return cooperative.concat(word(version));
}

export function ruleId(cooperative: Bytes, target: Bytes, selector: Bytes): Bytes {
  return cooperative.concat(target).concat(selector);
}

export function spendingLimitId(policyClass: Bytes, token: Bytes): Bytes {
  return policyClass.concat(token);
}

export function proposalId(governor: Bytes, id: BigInt): Bytes {
  return governor.concat(word(id));
}

export function actionId(proposal: Bytes, index: BigInt): Bytes {
  return proposal.concat(word(index));
}

/** Id of a member's ballot, whatever account it votes with; of a voter who never was one, the account's. */
export function ballotId(proposal: Bytes, memberOrVoter: Bytes): Bytes {
  return proposal.concat(memberOrVoter);
}

export function electionId(election: BigInt): Bytes {
  return word(election);
}

/** Id of a member's candidacy or ballot in an election. */
export function electionMemberId(election: BigInt, number: BigInt): Bytes {
  return word(election).concat(word(number));
}

export function electionStageId(election: BigInt, stage: i32): Bytes {
  return word(election).concat(word(BigInt.fromI32(stage)));
}

export function issuerId(realm: Bytes, category: Bytes, issuer: Bytes): Bytes {
  return realm.concat(category).concat(issuer);
}

export function scoreId(realm: Bytes, category: Bytes, subject: Bytes): Bytes {
  return realm.concat(category).concat(subject);
}

/** Id of an account of the escrow, and of the task it pays for. */
export function escrowId(module: Bytes, number: BigInt): Bytes {
  return module.concat(word(number));
}

export function participantId(task: Bytes, account: Bytes): Bytes {
  return task.concat(account);
}

export function roundId(task: Bytes, round: BigInt): Bytes {
  return task.concat(word(round));
}

/** Id of what one participant does in one round: an update, a vector, an answer. */
export function submissionId(round: Bytes, account: Bytes): Bytes {
  return round.concat(account);
}

export function cellId(task: Bytes, cell: i32): Bytes {
  return task.concat(word(BigInt.fromI32(cell)));
}

export function panelId(round: Bytes, panel: BigInt): Bytes {
  return round.concat(word(panel));
}

/** Id of an answer: its digest is the one that the contract calls so. */
export function answerId(round: Bytes, modelRoot: Bytes, codec: BigInt, content: Bytes, nodesRoot: Bytes): Bytes {
  const encoding = modelRoot.concat(word(codec)).concat(content).concat(nodesRoot);
  return round.concat(Bytes.fromByteArray(crypto.keccak256(encoding)));
}

/** Id of a part of answers of a round that was demanded. */
export function partId(round: Bytes, hash: Bytes): Bytes {
  return round.concat(hash);
}

export function periodId(task: Bytes, period: i32): Bytes {
  return task.concat(word(BigInt.fromI32(period)));
}

export function periodPayId(period: Bytes, client: Bytes): Bytes {
  return period.concat(client);
}

/** Id of a model in the registry; `task` is the id of the module's task. */
export function modelId(task: Bytes, root: Bytes): Bytes {
  return task.concat(root);
}

export function privacyBudgetId(subject: Bytes, dataHash: Bytes): Bytes {
  return subject.concat(dataHash);
}

export function privacySpenderId(cooperative: Bytes, spender: Bytes): Bytes {
  return cooperative.concat(spender);
}

export function beaconRoundId(beacon: Bytes, round: BigInt): Bytes {
  return beacon.concat(word(round));
}

export function stakeId(module: Bytes, token: Bytes, account: Bytes): Bytes {
  return module.concat(token).concat(account);
}

export function jailId(module: Bytes, account: Bytes): Bytes {
  return module.concat(account);
}

export function slashedStakeId(token: Bytes, recipient: Bytes): Bytes {
  return token.concat(recipient);
}

export function owedPaymentId(contract: Bytes, token: Bytes, account: Bytes): Bytes {
  return contract.concat(token).concat(account);
}

/** Id of a grant or matching round, by the contract that numbers it. */
export function fundId(contract: Bytes, number: BigInt): Bytes {
  return contract.concat(word(number));
}

export function milestoneId(grant: Bytes, index: BigInt): Bytes {
  return grant.concat(word(index));
}

export function projectId(round: Bytes, number: BigInt): Bytes {
  return round.concat(word(number));
}

export function contributionId(project: Bytes, member: BigInt): Bytes {
  return project.concat(word(member));
}

export function roleHolderId(roleId: BigInt, account: Bytes): Bytes {
  return word(roleId).concat(account);
}

export function restrictedFunctionId(target: Bytes, selector: Bytes): Bytes {
  return target.concat(selector);
}

export function operationId(operation: Bytes, nonce: BigInt): Bytes {
  return operation.concat(word(nonce));
}
