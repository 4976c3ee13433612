// Written by `npm run generate` from the contracts.

/** Where a round stands. */
export const Phase = {
  Waiting: 0,
  Commit: 1,
  Reveal: 2,
  AuditCommit: 3,
  AuditReveal: 4,
  AggregateCommit: 5,
  AggregateReveal: 6,
  Challenge: 7,
  Finishing: 8,
  Closed: 9,
} as const;

/** Where a round stands. */
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What an account does in a task. */
export const Role = { None: 0, Client: 1, Auditor: 2, Aggregator: 3 } as const;

/** What an account does in a task. */
export type Role = (typeof Role)[keyof typeof Role];

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

/** Score of an update that is absent or malformed. */
export const ABSENT = -32768;

/** Most clients in a task, and so most updates in a round. */
export const MAX_CLIENTS = 256;

/** As `amountArgument` of a rule: what the action spends is the native currency that it carries. */
export const VALUE_ONLY = 255;

/** Points of reputation that a whole task is worth. */
export const POINTS = 1000000;

/** Tag of a commitment to an update. */
export const UPDATE_TAG = "artel.update.v1";

/** Tag of a commitment to a vector of scores. */
export const SCORES_TAG = "artel.scores.v1";

/** Tag of a commitment to an aggregate. */
export const AGGREGATE_TAG = "artel.aggregate.v1";

/** EIP-712 name and version of every governor. */
export const GOVERNOR_DOMAIN = { name: "Artel Governor", version: "1" };

/** EIP-712 type of a ballot, as in OpenZeppelin's Governor. */
export const BALLOT_TYPES = {
  Ballot: [
    { name: "proposalId", type: "uint256" },
    { name: "support", type: "uint8" },
    { name: "voter", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};
