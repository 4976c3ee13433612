import { queryLogs, Role, ROLE_NAMES, type TaskRole } from "@artel/sdk";
import { ZeroAddress } from "ethers";
import { z } from "zod";

import { acts, reads, transaction, type Noun, type Plan } from "../command.js";
import type { ActContext, ChainContext } from "../context.js";
import { CliFlagError } from "../errors.js";
import { allowanceOf, Amount, approval, formatAmount, inSmallest, TOKEN, unitOf } from "../money.js";
import { Account, flag, formatMoment } from "../values.js";

const TASK = flag(z.bigint().positive(), "N", "number of the task");

/** What the vault holds of an account, by currency: those it deposited, and those of its cooperative's tasks. */
async function holdingsOf(context: ChainContext, account: string) {
  const { tasks, vault } = context.contracts;
  const [deposited, opened] = await Promise.all([
    queryLogs(vault, vault.filters.StakeDeposited(tasks, undefined, account), context.blockOf("StakeVault")),
    queryLogs(tasks, tasks.filters.TaskOpened(undefined, undefined, account), context.blockOf("LearningTasks")),
  ]);
  const tokens = [...new Set([...deposited, ...opened].map(({ args }) => args.token))];
  return Promise.all(
    tokens.map(async (token) => {
      const [{ free, locked }, collectable] = await Promise.all([
        vault.stakeOf(tasks, token, account),
        vault.collectable(token, account),
      ]);
      return { token, free, locked, collectable };
    }),
  );
}

/** The seats of an account that hold stake. */
async function seatsOf(context: ChainContext, account: string) {
  const { tasks } = context.contracts;
  const joined = await queryLogs(
    tasks,
    tasks.filters.ParticipantJoined(undefined, account),
    context.blockOf("LearningTasks"),
  );
  const seats = joined
    .filter(({ args }) => Number(args.role) !== Role.Client)
    .map(async ({ args: { taskId, role, id } }) => {
      const [{ stake }, { token }, isReleasable] = await Promise.all([
        tasks.seatAt(taskId, role, id),
        tasks.termsOf(taskId),
        tasks.releaseStake.staticCall(taskId, account).then(
          () => true,
          () => false,
        ),
      ]);
      return { taskId, role: ROLE_NAMES[Number(role) as TaskRole], token, stake, isReleasable };
    });
  return (await Promise.all(seats)).filter(({ stake }) => stake > 0n);
}

/** The identities that an account is a member as, whatever account they were admitted with. */
async function identitiesOf(context: ChainContext, account: string): Promise<string[]> {
  const { membership } = context.contracts;
  const fromBlock = context.blockOf("Membership");
  const bound = await Promise.all([
    queryLogs(membership, membership.filters.MemberAdmitted(undefined, undefined, account), fromBlock),
    queryLogs(membership, membership.filters.MemberRebound(undefined, undefined, account), fromBlock),
  ]);
  const dids = await Promise.all(
    bound.flat().map(async ({ args: { cooperative, number } }) => {
      const present = await membership.accountOf(cooperative, number);
      return present === account ? [await membership.didOf(cooperative, number)] : [];
    }),
  );
  return [...new Set(dids.flat())];
}

/** Seconds before which the identities of an account take no seat, but for that which is the account itself. */
async function identityJails(context: ChainContext, account: string) {
  const { tasks, vault } = context.contracts;
  const others = (await identitiesOf(context, account)).filter((did) => did !== account);
  return Promise.all(
    others.map(async (did) => ({ did: context.didOf(did), jailedUntil: await vault.jailedUntil(tasks, did) })),
  );
}

const show = reads(
  "stake show",
  "what an account has at stake in learning tasks, by currency and seat, and what is free",
  { account: flag(Account, "ACCOUNT", "whose stake") },
  async (context, { account }) => {
    const { tasks, vault } = context.contracts;
    const [holdings, seats, jailedUntil, identities, now] = await Promise.all([
      holdingsOf(context, account),
      seatsOf(context, account),
      vault.jailedUntil(tasks, account),
      identityJails(context, account),
      context.now(),
    ]);
    const amount = (value: bigint, token: string) => formatAmount(value, token, context.provider);
    const jailed = (until: bigint) => `takes no seat before ${formatMoment(until)}: it was silent too often`;
    const lines = [
      ...(await Promise.all(
        holdings.map(async ({ token, free, locked, collectable }) => {
          const won = collectable === 0n ? "" : `, ${await amount(collectable, token)} to be collected`;
          return `${await amount(free, token)} free, ${await amount(locked, token)} bound${won}`;
        }),
      )),
      ...(await Promise.all(
        seats.map(async ({ taskId, role, token, stake, isReleasable }) => {
          const until = isReleasable
            ? "npx artel stake release frees it"
            : "until the last appeals of the task are over";
          return `  Task ${taskId}, ${role}: ${await amount(stake, token)}, ${until}`;
        }),
      )),
      ...(jailedUntil > now ? [`It ${jailed(jailedUntil)}`] : []),
      ...identities
        .filter((identity) => identity.jailedUntil > now)
        .map((identity) => `As ${identity.did} it ${jailed(identity.jailedUntil)}`),
    ];
    return {
      lines: lines.length === 0 ? [`${account} has entrusted nothing to the vault`] : lines,
      json: { account, holdings, seats, jailedUntil, identities },
    };
  },
  ["account"],
);

/** Roles that take a stake, by name. */
const STAKED = { auditor: "auditorStake", aggregator: "aggregatorStake" } as const;

const deposit = acts(
  "stake deposit",
  "entrusts the vault with stake for a task: as much as a seat takes, or an amount, for the bonds of a challenger",
  {
    task: TASK,
    for: flag(
      z.enum(["auditor", "aggregator"]).optional(),
      "ROLE",
      "auditor or aggregator: what is missing for a seat",
    ),
    amount: flag(Amount.optional(), "AMOUNT", "how much, such as 12.5, instead"),
  },
  async (context, { task, for: role, amount }): Promise<Plan> => {
    if ((role === undefined) === (amount === undefined)) {
      throw new CliFlagError("Exactly one of --for and --amount says how much", amount);
    }
    const { tasks, vault } = context.contracts;
    const terms = await tasks.termsOf(task);
    const { token } = terms;
    const { free } = await vault.stakeOf(tasks, token, context.account);
    const sum = role === undefined ? await inSmallest(amount!, token, context.provider) : terms[STAKED[role]] - free;
    if (sum <= 0n) {
      const effect = [`${context.account} has enough free stake in the vault for a seat of task ${task} as ${role}.`];
      return { kind: "nothing", effect, outcome: async () => ({ lines: [], json: { token, amount: 0n, free } }) };
    }
    return entrust(context, token, sum);
  },
);

/** Deposits for learning tasks; of a token the vault is let take it first. */
async function entrust(context: ActContext, token: string, sum: bigint): Promise<Plan> {
  const { account, provider } = context;
  const { tasks, vault } = context.contracts;
  const spender = String(vault.target);
  const isNative = token === ZeroAddress;
  const shown = await formatAmount(sum, token, provider);
  const depositing = async () =>
    transaction(
      await vault.deposit.populateTransaction(tasks, token, sum, { value: isNative ? sum : 0n }),
      [
        `Entrusts ${shown} to the vault. Learning tasks bind what the seats take that ${account} joins; the rest stays free.`,
      ],
      { facts: { token, amount: sum } },
    );
  if (isNative || (await allowanceOf(token, account, spender, provider)) >= sum) return depositing();
  return transaction(
    await approval(token, spender, sum),
    [`Lets the vault take ${shown} of ${account}; a second transaction deposits it.`],
    { facts: { token, amount: sum }, next: depositing },
  );
}

const release = acts(
  "stake release",
  "frees the stake of a seat, once the task is closed and its last appeals are over; anybody may",
  { task: TASK, account: flag(Account.optional(), "ACCOUNT", "whose seat (default: your own)") },
  async (context, { task, account = context.account }) =>
    transaction(await context.contracts.tasks.releaseStake.populateTransaction(task, account), [
      `What is left of the stake that ${account} has bound in task ${task} is free in the vault from then on.`,
    ]),
  ["task"],
);

const withdraw = acts(
  "stake withdraw",
  "takes free stake back out of the vault",
  {
    token: TOKEN,
    amount: flag(Amount.optional(), "AMOUNT", "how much, such as 12.5 (default: all that is free)"),
    to: flag(Account.optional(), "ACCOUNT", "who gets it (default: your own account)"),
  },
  async (context, { token = ZeroAddress, amount, to = context.account }): Promise<Plan> => {
    const { account, provider } = context;
    const { tasks, vault } = context.contracts;
    const { free, locked } = await vault.stakeOf(tasks, token, account);
    const sum = amount === undefined ? free : await inSmallest(amount, token, provider);
    if (sum === 0n) {
      const effect = [
        `${account} has nothing free ${unitOf(token)} in the vault; npx artel stake show tells what is bound.`,
      ];
      return { kind: "nothing", effect, outcome: async () => ({ lines: [], json: { token, amount: 0n, locked } }) };
    }
    return transaction(
      await vault.withdraw.populateTransaction(tasks, token, sum, to),
      [`Takes ${await formatAmount(sum, token, provider)} out of the vault; ${to} gets it.`],
      { facts: { token, amount: sum } },
    );
  },
);

const collect = acts(
  "stake collect",
  "pays out stake that others have lost to an account: a challenger's part, bonds, what goes to a treasury; anybody may",
  { token: TOKEN, account: flag(Account.optional(), "ACCOUNT", "whose (default: your own)") },
  async (context, { token = ZeroAddress, account = context.account }): Promise<Plan> => {
    const { vault } = context.contracts;
    const sum = await vault.collectable(token, account);
    if (sum === 0n) {
      const effect = [`The vault owes ${account} nothing ${unitOf(token)}.`];
      return { kind: "nothing", effect, outcome: async () => ({ lines: [], json: { token, amount: 0n } }) };
    }
    return transaction(
      await vault.collect.populateTransaction(token, account),
      [`Sends ${account} ${await formatAmount(sum, token, context.provider)} that others have lost to it.`],
      { facts: { token, amount: sum } },
    );
  },
);

/** `artel stake`. */
export const stake: Noun = {
  name: "stake",
  does: "Stake of auditors, aggregators and challengers",
  commands: [show, deposit, release, withdraw, collect],
};
