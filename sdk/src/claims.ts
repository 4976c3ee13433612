import type { ILearning } from "./contracts/index.js";
import { queryLogs } from "./logs.js";
import { Role } from "./protocol.js";

/** Most pay periods of a task, and so the bits of an item below the task's number. */
const PERIOD_BITS = 224n;

/**
 * What `claim` and its like take for one task.
 *
 * @param periods - bit p for what a client earned in period p; 0 for what a seat, or the treasury, has earned
 */
export function claimItem(taskId: bigint, periods: bigint): bigint {
  return (taskId << PERIOD_BITS) | periods;
}

/** What an account has earned in a task. */
export interface TaskEarnings {
  readonly taskId: bigint;
  /** None: it is the treasury of the task's cooperative. */
  readonly role: Role;
  /** Reward token; the zero address is native currency. */
  readonly token: string;
  /** So far, in the smallest unit of the token; of clients in closed periods. */
  readonly earned: bigint;
  /** What of it a claim would pay now. */
  readonly claimable: bigint;
  /** What `claim` takes to pay that. */
  readonly item: bigint;
}

/**
 * What an account has earned in every task that it takes a place in, or that its cooperative's treasury is paid by.
 *
 * @param fromBlock - a block not after the first task
 */
export async function readEarnings(tasks: ILearning, account: string, fromBlock: number): Promise<TaskEarnings[]> {
  const [joined, ofCooperative, swept] = await Promise.all([
    queryLogs(tasks, tasks.filters.ParticipantJoined(undefined, account), fromBlock),
    queryLogs(tasks, tasks.filters.TaskOpened(undefined, undefined, account), fromBlock),
    queryLogs(tasks, tasks.filters.TaskSwept(), fromBlock),
  ]);
  const gone = new Set(swept.map(({ args }) => args.taskId));
  const roles = new Map<bigint, Role>([
    ...ofCooperative.map(({ args }) => [args.taskId, Role.None] as const),
    ...joined.map(({ args }) => [args.taskId, Number(args.role) as Role] as const),
  ]);
  return Promise.all(
    [...roles].map(async ([taskId, role]) => {
      const [{ earned, claimable }, { token }, periods] = await Promise.all([
        tasks.earningsOf(taskId, account),
        tasks.termsOf(taskId),
        role === Role.Client ? duePeriods(tasks, taskId, account, fromBlock) : 0n,
      ]);
      // what nobody claimed in time is the treasury's, and was paid to it
      const left = gone.has(taskId) ? 0n : claimable;
      return { taskId, role, token, earned, claimable: left, item: claimItem(taskId, periods) };
    }),
  );
}

/** The pay periods, as bits, that a client can claim and was not paid for. */
async function duePeriods(tasks: ILearning, taskId: bigint, client: string, fromBlock: number): Promise<bigint> {
  const [closed, paid, head] = await Promise.all([
    queryLogs(tasks, tasks.filters.PeriodClosed(taskId), fromBlock),
    queryLogs(tasks, tasks.filters.RewardClaimed(taskId, client), fromBlock),
    tasks.runner!.provider!.getBlock("latest"),
  ]);
  const due = closed.filter(({ args }) => args.claimableFrom <= head!.timestamp);
  const bits = due.reduce((set, { args }) => set | (1n << args.period), 0n);
  return paid.reduce((left, { args }) => left & ~args.periods, bits);
}
