import { Role } from "./protocol.js";

/** A role that somebody has in a task. */
export type TaskRole = Exclude<Role, typeof Role.None>;

/** Names of the roles, for people. */
export const ROLE_NAMES = {
  [Role.Client]: "client",
  [Role.Auditor]: "auditor",
  [Role.Aggregator]: "aggregator",
} as const satisfies Record<TaskRole, string>;

/**
 * Category of reputation that each role is awarded in by `ITaskRewards.recordReputation`. The id on the chain is keccak256 of
 * the name.
 */
export const ROLE_CATEGORIES = {
  [Role.Client]: "contribution",
  [Role.Auditor]: "auditing",
  [Role.Aggregator]: "aggregation",
} as const satisfies Record<TaskRole, string>;
