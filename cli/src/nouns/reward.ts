import { readEarnings, ROLE_NAMES, type TaskEarnings, type TaskRole } from "@artel/sdk";
import { z } from "zod";

import { acts, reads, transaction, type Noun } from "../command.js";
import type { ChainContext } from "../context.js";
import { refusalOf } from "../decode.js";
import { CliFlagError } from "../errors.js";
import { formatAmount } from "../money.js";
import { Account, flag } from "../values.js";

/** What an account has earned in learning tasks, by task. */
function earningsOf(context: ChainContext, account: string): Promise<TaskEarnings[]> {
  return readEarnings(context.contracts.tasks, account, context.blockOf("LearningTasks"));
}

/** Whose earnings these are, in the words of the task. */
function placeOf({ role }: TaskEarnings): string {
  return ROLE_NAMES[role as TaskRole] ?? "treasury";
}

const show = reads(
  "reward show",
  "what an account has earned in learning tasks, and what of it can be claimed now",
  { account: flag(Account, "ACCOUNT", "a member's account, or a cooperative's Treasury") },
  async (context, { account }) => {
    const tasks = await earningsOf(context, account);
    const lines = await Promise.all(
      tasks.map(async (task) => {
        const [earned, claimable] = await Promise.all([
          formatAmount(task.earned, task.token, context.provider),
          formatAmount(task.claimable, task.token, context.provider),
        ]);
        return `Task ${task.taskId}, ${placeOf(task)}: earned ${earned}, to be claimed now ${claimable}`;
      }),
    );
    return {
      lines: lines.length === 0 ? [`${account} has a place in no task`] : lines,
      json: { account, tasks: tasks.map((task) => ({ ...task, role: placeOf(task) })) },
    };
  },
  ["account"],
);

const claim = acts(
  "reward claim",
  "has everything paid at once that an account has earned and can claim: all tasks, pay periods and roles",
  {
    task: flag(
      z.array(z.string().regex(/^\d+$/, "it is no number")).optional(),
      "N",
      "of these tasks only; may be repeated",
    ),
    for: flag(Account.optional(), "ACCOUNT", "what somebody else has earned; it is paid to them (default: your own)"),
    to: flag(Account.optional(), "ACCOUNT", "have your own paid to this account"),
  },
  async (context, { task: wanted, for: other, to }) => {
    if (other !== undefined && to !== undefined) {
      throw new CliFlagError("What others have earned is paid to them: --for and --to exclude each other", to);
    }
    const { tasks } = context.contracts;
    const account = other ?? context.account;
    const earned = await earningsOf(context, account);
    const asked = earned.filter(({ taskId }) => wanted === undefined || wanted.includes(String(taskId)));
    const open = asked.filter(({ claimable }) => claimable > 0n);
    const send = to === undefined ? tasks.claimFor : tasks.claimTo;
    const from = { from: context.account };
    // One token that refuses to pay would have all of them refused.
    const refusals = await Promise.all(
      open.map(({ item }) =>
        send.staticCall([item], to ?? account, from).then(
          () => undefined,
          (error: unknown) => refusalOf(context, error) ?? Promise.reject(error as Error),
        ),
      ),
    );
    const paid = open.filter((_, i) => refusals[i] === undefined);
    const refused = open.flatMap(({ taskId }, i) =>
      refusals[i] === undefined ? [] : [{ taskId, reason: refusals[i] }],
    );
    const passedOver = refused.map(
      ({ taskId, reason }) => `Task ${taskId} is left out: its pay is refused (${reason}).`,
    );
    if (paid.length === 0) {
      const effect = [
        ...passedOver,
        `${account} can claim nothing now; npx artel reward show tells what it has earned.`,
      ];
      return { kind: "nothing", effect, outcome: async () => ({ lines: [], json: { paid: [], refused } }) };
    }
    const amounts = await Promise.all(
      paid.map(async (each) => {
        const amount = await formatAmount(each.claimable, each.token, context.provider);
        return `Task ${each.taskId} pays ${amount} for what ${account} did as ${placeOf(each)}.`;
      }),
    );
    return transaction(
      await send.populateTransaction(
        paid.map(({ item }) => item),
        to ?? account,
      ),
      [...amounts, ...(to === undefined ? [] : [`All of it goes to ${to}.`]), ...passedOver],
      {
        facts: { refused },
        outcome: async ({ logs }) => {
          const claims = logs.flatMap((log) => {
            const event = tasks.interface.parseLog(log);
            if (event?.name !== "RewardClaimed") return [];
            const taskId = event.args.taskId as bigint;
            const { token } = paid.find((each) => each.taskId === taskId)!;
            return [{ taskId, token, amount: event.args.amount as bigint }];
          });
          const lines = claims.map(async ({ taskId, token, amount }) => {
            return `Task ${taskId} paid ${await formatAmount(amount, token, context.provider)}`;
          });
          return { lines: await Promise.all(lines), json: { paid: claims } };
        },
      },
    );
  },
);

/** `artel reward`. */
export const reward: Noun = { name: "reward", does: "Pay for learning tasks", commands: [show, claim] };
