import { Phase } from "@artel/sdk";
import { repeat } from "@artel/sdk/program";
import type { Logger } from "pino";

import type { TaskState, TaskView } from "./taskView.js";

/** Who does its duty step by step. */
export interface Stepping {
  readonly account: string;
  /** Does what is due now and was not done. Safe to repeat. */
  step(): Promise<boolean>;
  /** Whether nothing is left to do in a task that is closed, after a step; nothing is if this is omitted. */
  isDone?(): Promise<boolean>;
}

/**
 * Does two duties of a party; the second has its turn even if the first fails.
 *
 * @returns whether a transaction was sent
 */
export async function bothOf(first: () => Promise<boolean>, second: () => Promise<boolean>): Promise<boolean> {
  let sent = false;
  try {
    sent = await first();
  } finally {
    sent = (await second()) || sent;
  }
  return sent;
}

/** What is told of a task's course. */
export type Course = Pick<TaskState, "round" | "phase" | "settled" | "voided">;

/** What has happened in a task since it was last looked at, a line each. */
export function newsOf(before: Course | undefined, now: Course): string[] {
  const news: string[] = [];
  if (before !== undefined) {
    const [settled, voided] = [now.settled - before.settled, now.voided - before.voided];
    const over = settled + voided;
    if (over === 1n) news.push(`round ${before.round} is ${settled === 1n ? "settled" : "void"}`);
    if (over > 1n)
      news.push(
        `rounds ${before.round} to ${before.round + over - 1n} are over, ${settled} of them settled and ${voided} void`,
      );
  }
  if (isClosed(now) && (before === undefined || !isClosed(before)))
    news.push(`the task is closed; rounds settled: ${now.settled}, void: ${now.voided}`);
  return news;
}

function isClosed({ phase }: Course): boolean {
  return Number(phase) === Phase.Closed;
}

/**
 * Lets a party do its duty until nothing is left to do in a task that is closed, or until the signal is aborted. Tells how
 * rounds and task end. A step that fails is tried again after pauses that double up to a minute.
 */
export async function runParty(
  party: Stepping,
  view: Pick<TaskView, "taskId" | "state">,
  pollMs: number,
  log: Logger,
  signal: AbortSignal,
): Promise<void> {
  const { account } = party;
  const done = new AbortController();
  let seen: Course | undefined;
  const turn = async () => {
    const state = await view.state();
    for (const news of newsOf(seen, state)) log.info({ task: `${view.taskId}` }, news);
    seen = state;
    const sent = await party.step();
    if (isClosed(state) && !sent && (party.isDone === undefined || (await party.isDone()))) done.abort();
  };
  const onFailure = (err: unknown, failures: number) =>
    log.warn({ err, account, failures }, "step failed; it will be tried again");
  await repeat(turn, { pollMs, signal: AbortSignal.any([signal, done.signal]), onFailure });
  if (done.signal.aborted) log.info({ account }, "nothing is left to do");
}
