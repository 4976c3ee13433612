// Written by `npm run generate` from the contracts.

/** Where a round of a learning task stands. */
export const Phase = {
  Waiting: 0,
  Commit: 1,
  Reveal: 2,
  AuditCommit: 3,
  AuditReveal: 4,
  Settle: 5,
  AggregateCommit: 6,
  AggregateReveal: 7,
  Challenge: 8,
  Finishing: 9,
  Closed: 10,
} as const;

/** Where a round of a learning task stands. */
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What an account does in a task. */
export const Role = { None: 0, Client: 1, Auditor: 2, Aggregator: 3 } as const;

/** What an account does in a task. */
export type Role = (typeof Role)[keyof typeof Role];

/** How a round of a learning task ended. */
export const Outcome = { Settled: 0, TooFewUpdates: 1, NoSeed: 2, TooFewAudits: 3, NoAnswer: 4 } as const;

/** How a round of a learning task ended. */
export type Outcome = (typeof Outcome)[keyof typeof Outcome];

/** How a node of the aggregation tree combines its children. */
export const Combining = { Mean: 0, TrimmedMean: 1, Median: 2 } as const;

/** How a node of the aggregation tree combines its children. */
export type Combining = (typeof Combining)[keyof typeof Combining];

/** What is opened of an answer. */
export const PartKind = { Node: 0, Tensor: 1, Hashes: 2 } as const;

/** What is opened of an answer. */
export type PartKind = (typeof PartKind)[keyof typeof PartKind];

/** State of a proposal. */
export const ProposalState = {
  Pending: 0,
  Active: 1,
  Canceled: 2,
  Defeated: 3,
  Succeeded: 4,
  Queued: 5,
  Expired: 6,
  Executed: 7,
} as const;

/** State of a proposal. */
export type ProposalState = (typeof ProposalState)[keyof typeof ProposalState];

/** As `amountArgument` of a rule: what the action spends is the native currency that it carries. */
export const VALUE_ONLY = 255;

/** Points of reputation that a whole task is worth. */
export const POINTS = 1000000;

/** Most commitments or updates in a batch. */
export const MAX_BATCH = 64;

/** Most levels of a tensor's tree between a hash and those that a demand opens. */
export const DEMAND_LEVELS = 5;

/** A bond has this part of the stake of a seat, rounded up. */
export const BOND_PART = 32;

/** Most panels in a round of a learning task. */
export const MAX_PANELS = 240;

/** Most auditors on a panel, fresh ones included. */
export const MAX_SEATS = 11;

/** Largest score; the lowest is minus this. */
export const MAX_SCORE = 32767;

/** Functions that can carry other calls or hand on powers: constitutional wherever they are. */
export const WRAPPERS: readonly string[] = [
  "multicall(bytes[])",
  "multicall(uint256,bytes[])",
  "multicall(bytes32,bytes[])",
  "aggregate((address,bytes)[])",
  "aggregate3((address,bool,bytes)[])",
  "aggregate3Value((address,bool,uint256,bytes)[])",
  "blockAndAggregate((address,bytes)[])",
  "tryAggregate(bool,(address,bytes)[])",
  "tryBlockAndAggregate(bool,(address,bytes)[])",
  "execute(bytes)",
  "execute(uint256)",
  "execute(address,bytes)",
  "execute(bytes32,bytes)",
  "execute(address,uint256,bytes)",
  "execute(address,uint256,bytes,uint8)",
  "execute(address,uint256,bytes,bytes32,bytes32)",
  "execute(address[],uint256[],bytes[],bytes32)",
  "execute(uint256,uint8,address,address[],uint256[],bytes[])",
  "executeBatch(address[],bytes[])",
  "executeBatch(address[],uint256[],bytes[])",
  "executeBatch((address,uint256,bytes)[])",
  "executeBatch(address[],uint256[],bytes[],bytes32,bytes32)",
  "executeFromExecutor(bytes32,bytes)",
  "execTransactionFromModule(address,uint256,bytes,uint8)",
  "execTransactionFromModuleReturnData(address,uint256,bytes,uint8)",
  "execTransaction(address,uint256,bytes,uint8,uint256,uint256,uint256,address,address,bytes)",
  "relay(address,uint256,bytes)",
  "delegateCall(address,bytes)",
  "delegatecall(address,bytes)",
  "functionDelegateCall(address,bytes)",
  "authorise((bytes32,address,uint8,uint96,uint96,uint32,uint48,uint96,address,bytes))",
  "schedule(address,bytes,uint48)",
  "schedule(address,uint256,bytes,bytes32,bytes32,uint256)",
  "scheduleBatch(address[],uint256[],bytes[],bytes32,bytes32,uint256)",
  "cancel(address,address,bytes)",
  "upgradeTo(address)",
  "upgradeToAndCall(address,bytes)",
  "upgrade(address,address)",
  "upgradeAndCall(address,address,bytes)",
  "changeAdmin(address)",
  "changeProxyAdmin(address,address)",
  "diamondCut((address,uint8,bytes4[])[],address,bytes)",
  "labelRole(uint64,string)",
  "setAuthority(address)",
  "updateAuthority(address,address)",
  "grantRole(uint64,address,uint32)",
  "grantRole(bytes32,address)",
  "revokeRole(uint64,address)",
  "revokeRole(bytes32,address)",
  "renounceRole(uint64,address)",
  "renounceRole(bytes32,address)",
  "setRoleAdmin(uint64,uint64)",
  "setRoleGuardian(uint64,uint64)",
  "setGrantDelay(uint64,uint32)",
  "setTargetFunctionRole(address,bytes4[],uint64)",
  "setTargetAdminDelay(address,uint32)",
  "setTargetClosed(address,bool)",
  "transferOwnership(address)",
  "renounceOwnership()",
  "changeOwner(address,address)",
  "setGuardians(address,address[],uint8,uint8,uint32)",
  "setApprovalForAll(address,bool)",
  "setOperator(address,bool)",
  "authorizeOperator(address)",
  "operatorSend(address,address,uint256,bytes,bytes)",
  "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)",
  "permit(address,address,uint256,uint256,bytes)",
  "permit(address,address,uint256,uint256,bool,uint8,bytes32,bytes32)",
  "approve(address,address,uint160,uint48)",
  "approve(address,uint256,uint256)",
  "transfer(address,uint256,uint256)",
  "transferFrom(address,address,uint256,uint256)",
  "safeTransferFrom(address,address,uint256)",
  "safeTransferFrom(address,address,uint256,bytes)",
  "safeTransferFrom(address,address,uint256,uint256,bytes)",
  "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
  "collectTo(address,address)",
  "claimTo(uint256[],address)",
];

/** Functions of the Membership that a rule can put below the constitution. */
export const RULED_MEMBERSHIP: readonly string[] = [
  "admit",
  "suspend",
  "expel",
  "reinstate",
  "giveNotice",
  "withdrawNotice",
];

/** Tag of a client's commitment in `LearningTasks`. */
export const UPDATE_TAG = "artel.task.update.v1";

/** Tag of an auditor's commitment in `LearningTasks`. */
export const SCORES_TAG = "artel.task.scores.v1";

/** Tag of an aggregator's commitment in `LearningTasks`. */
export const ANSWER_TAG = "artel.task.answer.v1";

/** Tag of the commitment of a fresh panel's auditor in `LearningTasks`. */
export const REVIEW_TAG = "artel.task.review.v1";

/** Tag of the seed of a round of `LearningTasks`. */
export const SEED_TAG = "artel.task.seed.v1";

/** Functions that are known to spend the target's own token, with the number of the argument that is the amount. */
export const SPENDERS: Readonly<Record<string, number>> = {
  "transfer(address,uint256)": 2,
  "approve(address,uint256)": 2,
  "increaseAllowance(address,uint256)": 2,
  "increaseApproval(address,uint256)": 2,
  "burnFrom(address,uint256)": 2,
  "withdrawTo(address,uint256)": 2,
  "send(address,uint256,bytes)": 2,
  "transferAndCall(address,uint256)": 2,
  "transferAndCall(address,uint256,bytes)": 2,
  "approveAndCall(address,uint256)": 2,
  "approveAndCall(address,uint256,bytes)": 2,
  "transferFrom(address,address,uint256)": 3,
  "transferFromAndCall(address,address,uint256)": 3,
  "transferFromAndCall(address,address,uint256,bytes)": 3,
  "burn(uint256)": 1,
  "burn(uint256,bytes)": 1,
  "withdraw(uint256,address,address)": 1,
  "redeem(uint256,address,address)": 1,
};

/** EIP-712 type of a client's commitment that somebody else brings. */
export const UPDATE_COMMITMENT_TYPES = {
  UpdateCommitment: [
    { name: "taskId", type: "uint256" },
    { name: "round", type: "uint256" },
    { name: "client", type: "address" },
    { name: "commitment", type: "bytes32" },
  ],
};

/** EIP-712 name and version of every governor. */
export const GOVERNOR_DOMAIN = { name: "Artel Governor", version: "1" };

/** EIP-712 name and version of `LearningTasks`. */
export const LEARNING_DOMAIN = { name: "Artel Learning", version: "1" };

/** EIP-712 type of a ballot, as in OpenZeppelin's Governor. */
export const BALLOT_TYPES = {
  Ballot: [
    { name: "proposalId", type: "uint256" },
    { name: "support", type: "uint8" },
    { name: "voter", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};

/** EIP-712 type of a sponsorship. */
export const SPONSORSHIP_TYPES = {
  Sponsorship: [
    { name: "proposalId", type: "uint256" },
    { name: "proposer", type: "address" },
    { name: "deadline", type: "uint256" },
  ],
};
