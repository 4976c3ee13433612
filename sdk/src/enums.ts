/** Where a round stands; the numbers are those of `ILearningRounds.Phase`. */
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
export type Phase = (typeof Phase)[keyof typeof Phase];

/** What an account does in a task; the numbers are those of `ILearningRounds.Role`. */
export const Role = { None: 0, Client: 1, Auditor: 2, Aggregator: 3 } as const;
export type Role = (typeof Role)[keyof typeof Role];

/** State of a proposal; the numbers are those of OpenZeppelin's `IGovernor.ProposalState`. */
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
export type ProposalState = (typeof ProposalState)[keyof typeof ProposalState];
