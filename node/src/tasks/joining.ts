import { Phase, type Revert } from "@artel/sdk";
import { repeat } from "@artel/sdk/program";
import type { Logger } from "pino";

import type { TaskState, TaskView } from "./taskView.js";

/** Why an account that is no member has no place. */
export function noMember(account: string): string {
  return `${account} is no member of its cooperative, or is suspended`;
}

/** Why the contracts let nobody in, by the names of their errors. */
const REFUSALS: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  LearningTasks_AlreadyPlaced: ([, number]) => `member ${number} has a place in it with another key, or is its owner`,
  LearningTasks_NoPlace: ([, , places]) =>
    places === 0n ? "it has too few auditors or aggregators for any client" : `all ${places} places are taken`,
  LearningTasks_NotAMember: ([, account]) => noMember(account as string),
  LearningTasks_OwnersTask: () => "its owner takes no part in it",
  LearningTasks_TooLittleReputation: ([, account, , minimum]) =>
    `${account} has less than the ${minimum} of reputation that it asks for`,
  LearningTasks_UnknownTask: () => "there is no such task",
  LearningTasks_WrongPhase: () =>
    "clients join before the first round and in every Commit, auditors and aggregators before the first round",
  StakeVault_Jailed: ([, account, until]) =>
    `${account} missed too many reveals, and is jailed until ${new Date(1_000 * Number(until)).toISOString()}`,
};

/** Why a contract lets nobody in, in words if the reason is a common one. */
export function refusalText({ name, text, args }: Revert): string {
  return REFUSALS[name]?.(args) ?? text;
}

/** What a client has to wait for that would join; undefined if waiting makes no room. */
export function awaitedBy(
  { phase, clients, capacity }: Pick<TaskState, "phase" | "clients" | "capacity">,
  maxClients: bigint,
): string | undefined {
  const hasRoom = clients < capacity;
  switch (Number(phase)) {
    case Phase.Waiting:
      return hasRoom || capacity === maxClients ? undefined : "auditors and aggregators, who make room for clients";
    case Phase.Commit:
    case Phase.Closed:
      return undefined;
    default:
      return hasRoom ? "the next Commit, in which clients join" : undefined;
  }
}

/**
 * Waits until a client may try to join, and says once what for.
 *
 * @returns false if the signal was aborted before
 */
export async function untilJoinable(
  view: TaskView,
  pollMs: number,
  log: Logger,
  signal: AbortSignal,
): Promise<boolean> {
  let told: string | undefined;
  const joinable = new AbortController();
  const turn = async () => {
    const [state, { maxClients }] = await Promise.all([view.state(), view.terms()]);
    const awaited = awaitedBy(state, maxClients);
    if (awaited === undefined) joinable.abort();
    else if (awaited !== told) log.info({ task: `${view.taskId}` }, `waiting for ${awaited}`);
    told = awaited;
  };
  const onFailure = (err: unknown) => log.warn({ err }, "the task can't be read; it will be tried again");
  await repeat(turn, { pollMs, signal: AbortSignal.any([signal, joinable.signal]), onFailure });
  return joinable.signal.aborted;
}
