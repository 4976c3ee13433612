import { Outcome, Phase, queryLogs, Role, ROLE_NAMES, type ILearning, type TaskRole } from "@artel/sdk";
import { cidOfTaskContent } from "@artel/sdk/learning";
import { DRAND_RELAYS } from "@artel/sdk/randomness";
import { z } from "zod";

import { reads, type Noun } from "../command.js";
import { formatAmount } from "../money.js";
import { Account, COOPERATIVE, flag, formatCount, formatMoment } from "../values.js";

const PHASE_NAMES = Object.keys(Phase);
const OUTCOMES: Readonly<Record<number, string>> = {
  [Outcome.TooFewUpdates]: "too few updates",
  [Outcome.NoSeed]: "no seed",
  [Outcome.TooFewAudits]: "no panel could be scored",
  [Outcome.NoAnswer]: "no answer stands",
};

/** Something that may be done in a task now. */
interface Step {
  readonly by: string;
  readonly does: string;
}

const CHALLENGER = "npm run node -- challenger";
const KEEPER = "npm run keeper";

/** What may be done in each phase. Programs do most of it: they are named. */
const STEPS: Readonly<Record<Phase, readonly Step[]>> = {
  [Phase.Waiting]: [
    { by: "a member", does: "joins as auditor or aggregator (npm run node -- auditor, npm run node -- aggregator)" },
    { by: "a member", does: "joins as client, once there are auditors (npm run node -- client)" },
  ],
  [Phase.Commit]: [{ by: "a client", does: "trains and commits to an update; members may still join as clients" }],
  [Phase.Reveal]: [{ by: "a client", does: "reveals its update" }],
  [Phase.AuditCommit]: [
    { by: "anybody", does: `draws the seed once the beacon has it (${KEEPER})` },
    { by: "an auditor", does: "scores the updates of its panel and commits to the scores" },
    { by: "a client", does: "lets the readers of a sealed update in, during the first half" },
  ],
  [Phase.AuditReveal]: [{ by: "an auditor", does: "reveals its scores" }],
  [Phase.Settle]: [{ by: "anybody", does: `settles panels (${KEEPER})` }],
  [Phase.AggregateCommit]: [{ by: "an aggregator", does: "computes the next model and commits to it" }],
  [Phase.AggregateReveal]: [{ by: "an aggregator", does: "reveals its answer" }],
  [Phase.Challenge]: [
    { by: "anybody", does: `disproves a wrong answer, or demands to see parts of it (${CHALLENGER})` },
  ],
  [Phase.Finishing]: [{ by: "anybody", does: `finishes the round (${KEEPER})` }],
  [Phase.Closed]: [
    { by: "whoever earned something", does: "has it paid (npx artel reward claim)" },
    { by: "anybody", does: `frees stakes and sends back what nobody earned, after the last appeals (${KEEPER})` },
  ],
};

/** What is left to do in a closed task: there are claims until it is swept, and seats until their stakes are free. */
async function stepsAfter(tasks: ILearning, taskId: bigint, parties: readonly { stake: bigint }[], fromBlock: number) {
  const [claim, release] = STEPS[Phase.Closed];
  const swept = await queryLogs(tasks, tasks.filters.TaskSwept(taskId), fromBlock);
  return [...(swept.length === 0 ? [claim] : []), ...(parties.some(({ stake }) => stake > 0n) ? [release] : [])];
}

/** The phase in words. */
function nameOf(phase: bigint): string {
  return PHASE_NAMES[Number(phase)];
}

const list = reads(
  "task list",
  "learning tasks, with the phase that each is in",
  { cooperative: flag(Account.optional(), "ACCOUNT", "of this cooperative only: address of its Treasury") },
  async (context, { cooperative }) => {
    const { tasks } = context.contracts;
    const filter = tasks.filters.TaskOpened(undefined, undefined, cooperative);
    const opened = await queryLogs(tasks, filter, context.blockOf("LearningTasks"));
    const found = await Promise.all(
      opened.map(async ({ args }) => {
        const { taskId, owner, cooperative: of, token, reward, rounds, startsAt } = args;
        const [phase, shown] = await Promise.all([
          tasks.phaseOf(taskId),
          formatAmount(reward, token, context.provider),
        ]);
        const line = `${taskId}  ${nameOf(phase)}  ${formatCount(rounds, "round")} from ${formatMoment(startsAt)}  ${shown}  of ${of}`;
        return {
          line,
          json: { taskId, owner, cooperative: of, token, reward, rounds, startsAt, phase: nameOf(phase) },
        };
      }),
    );
    return {
      lines: found.length === 0 ? ["There is no task"] : found.map(({ line }) => line),
      json: { tasks: found.map(({ json }) => json) },
    };
  },
);

/** Everybody with a place in a task. */
async function partiesOf(tasks: ILearning, taskId: bigint, fromBlock: number) {
  const joined = await queryLogs(tasks, tasks.filters.ParticipantJoined(taskId), fromBlock);
  return Promise.all(
    joined.map(async ({ args: { account, role, id, number } }) => {
      const [{ misses }, { stake }] = await Promise.all([
        tasks.participantOf(taskId, account),
        // clients have no seat, and no stake
        Number(role) === Role.Client ? { stake: 0n } : tasks.seatAt(taskId, role, id),
      ]);
      return { role: ROLE_NAMES[Number(role) as TaskRole], id, account, member: number, misses, stake };
    }),
  );
}

/** How the rounds that are over ended, in their order. */
async function pastRoundsOf(tasks: ILearning, taskId: bigint, fromBlock: number) {
  const [settled, voided] = await Promise.all([
    queryLogs(tasks, tasks.filters.RoundSettled(taskId), fromBlock),
    queryLogs(tasks, tasks.filters.RoundVoided(taskId), fromBlock),
  ]);
  const rounds = [
    ...settled.map(({ args: { round, modelRoot } }) => ({ round, outcome: "settled", modelRoot })),
    ...voided.map(({ args: { round, outcome } }) => ({ round, outcome: `void: ${OUTCOMES[Number(outcome)]}` })),
  ];
  return rounds.sort((a, b) => Number(a.round - b.round));
}

/** The phase that runs, and those that follow it in the round, with the seconds at which they begin. */
async function timesOf(tasks: ILearning, taskId: bigint, phase: Phase) {
  const first = Math.max(phase, Phase.Commit);
  const phases =
    phase === Phase.Closed ? [] : Object.values(Phase).filter((each) => each >= first && each < Phase.Closed);
  return Promise.all(
    phases.map(async (each) => ({ phase: PHASE_NAMES[each], from: await tasks.phaseStart(taskId, each) })),
  );
}

const show = reads(
  "task show",
  "where a task stands: its phase and deadlines, who takes part, past rounds, and what may be done next",
  { task: flag(z.bigint().positive(), "N", "number of the task") },
  async (context, { task: taskId }) => {
    const { tasks } = context.contracts;
    const fromBlock = context.blockOf("LearningTasks");
    const [state, terms, parties, rounds] = await Promise.all([
      tasks.roundState(taskId),
      tasks.termsOf(taskId),
      partiesOf(tasks, taskId, fromBlock),
      pastRoundsOf(tasks, taskId, fromBlock),
    ]);
    const phase = Number(state.phase) as Phase;
    const times = await timesOf(tasks, taskId, phase);
    const challenged = times.find(({ phase: name }) => name === "Challenge")?.from;
    const { token } = terms;
    const steps = phase === Phase.Closed ? await stepsAfter(tasks, taskId, parties, fromBlock) : STEPS[phase];
    const amount = (value: bigint) => formatAmount(value, token, context.provider);
    const { codec, digest } = terms.manifest;
    const seats = parties.filter(({ role }) => role !== ROLE_NAMES[Role.Client]);
    const isClosed = phase === Phase.Closed;
    const room = isClosed ? 0n : state.capacity - state.clients;
    const updates = `a round takes ${formatCount(terms.minClients, "update")}`;
    const lines = [
      `Task ${taskId} of ${terms.cooperative}: ${await amount(terms.reward)} for ${formatCount(terms.rounds, "round")}`,
      `Manifest ${cidOfTaskContent({ codec: Number(codec), digest }).toString()}`,
      isClosed
        ? `Closed: ${formatCount(state.settled, "round")} settled, ${state.voided} void`
        : `Round ${state.round}, ${nameOf(state.phase)}: ${state.settled} of ${terms.rounds} settled, ${state.voided} void of at most ${terms.retries}`,
      ...times.map(({ phase: name, from }) => {
        const isOpen = name === "Finishing" && from === challenged;
        return `  ${name} from ${formatMoment(from)}${isOpen ? " if nobody answers, else after Challenge" : ""}`;
      }),
      `${formatCount(state.clients, "client")} of at most ${terms.maxClients}${isClosed ? "" : ` (room for ${room} more now; ${updates})`}`,
      `${formatCount(state.auditors, "auditor")} of at least ${terms.minAuditors} (stake ${await amount(terms.auditorStake)})`,
      `${formatCount(state.aggregators, "aggregator")} of at most ${terms.aggregators} (stake ${await amount(terms.aggregatorStake)})`,
      ...(await Promise.all(
        seats.map(async ({ role, id, account, stake, misses }) => {
          return `  ${role} ${id}  ${account}  ${await amount(stake)} bound  ${misses} reveals missed`;
        }),
      )),
      ...rounds.map(({ round, outcome }) => `Round ${round}: ${outcome}`),
      ...(steps.length > 0 ? ["Next:"] : []),
      ...steps.map(({ by, does }) => `  ${by} ${does}`),
    ];
    return {
      lines,
      json: {
        ...{ taskId, cooperative: terms.cooperative, token, reward: terms.reward, rounds: terms.rounds },
        ...{ phase: nameOf(state.phase), round: state.round, settled: state.settled, voided: state.voided },
        ...{ clients: state.clients, capacity: state.capacity, room, times, parties, past: rounds, next: steps },
      },
    };
  },
  ["task"],
);

const prepare = reads(
  "task prepare",
  "publishes manifest, first model and sealed test slices of a planned task, and writes the terms to propose",
  {
    plan: flag(z.string().min(1), "FILE", "the plan, YAML or JSON; docs/guides/open-a-task.md explains it"),
    cooperative: COOPERATIVE,
    content: flag(z.string().min(1), "DIR", "public content of the task, which all its parties need"),
    images: flag(
      z.string().min(1).optional(),
      "FILE",
      "examples of the test slices: images in IDX format, nobody's training data",
    ),
    labels: flag(z.string().min(1).optional(), "FILE", "their labels in IDX format"),
    out: flag(z.string().min(1).default("terms.json"), "FILE", "where the terms go (default terms.json)"),
    drandRelay: flag(
      z
        .array(z.url())
        .min(1)
        .default([...DRAND_RELAYS]),
      "URL",
      "asked for the network of drand that opens the slices; may be repeated (default: the League of Entropy's)",
    ),
  },
  // Training and storage come with it, and no other command waits for them.
  async (context, given) => (await import("../task/prepare.js")).prepareTask(context, given),
  ["plan"],
);

/** `artel task`. */
export const task: Noun = { name: "task", does: "Learning tasks", commands: [list, show, prepare] };
