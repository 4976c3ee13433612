import { ABSENT, dequantise } from "@artel/sdk/learning";
import { queryLogs, Role, ROLE_NAMES, type TaskRole } from "@artel/sdk";
import type { Examples, TaskView } from "@artel/node";
import { toQuantity, type JsonRpcProvider } from "ethers";

import type { PrivateData } from "./data.js";
import type { Conduct, PartyProfile } from "./parties.js";

/** What a party earned, and why. */
export interface Payout {
  readonly name: string;
  readonly account: string;
  readonly role: (typeof ROLE_NAMES)[TaskRole];
  readonly conduct: Conduct;
  /** Paid, in the smallest unit of the reward token. */
  readonly amount: bigint;
  /** Share of all that was paid, 0 to 1. */
  readonly share: number;
  /** Stake lost, in the smallest unit of the token. */
  readonly slashed: bigint;
  /** The facts of the record that the amount follows from, for people. */
  readonly why: string;
  /** Reputation in the cooperative's realm after the season. */
  readonly reputation: bigint;
  /** Medians by round (client), units of 2^-14 nat; null where there was no update or it was excluded as absent. */
  readonly scores: readonly (number | null)[];
  /** Test accuracy of a model trained on this client's data alone, 0 to 1; null for those without data. */
  readonly dataQuality: number | null;
}

/** Gas of everybody with one role. */
export interface RoleGas {
  readonly transactions: number;
  readonly gas: bigint;
}

/**
 * Accuracy on held-out images of the first model and of the model of every settled round, each fetched by the content
 * identifier on the chain and checked against the root there.
 */
export async function accuracyByRound(view: TaskView, test: Examples): Promise<number[]> {
  const [trainer, { fractionBits }] = await Promise.all([view.trainer(), view.manifest()]);
  const { contract, taskId, fromBlock } = view;
  const { initialRoot } = await view.terms();
  const settled = await queryLogs(contract, contract.filters.RoundSettled(taskId), fromBlock);
  const accuracies = [];
  for (const root of [initialRoot, ...settled.map(({ args }) => args.modelRoot)]) {
    accuracies.push(trainer.accuracy(dequantise(await view.model(root), fractionBits), test));
  }
  return accuracies;
}

/** Accuracy of a model that saw one client's data alone, for as many local epochs as the federation trains a round. */
export async function dataQuality(view: TaskView, examples: Examples, test: Examples): Promise<number> {
  const [trainer, manifest] = await Promise.all([view.trainer(), view.manifest()]);
  const trained = trainer.train(trainer.initial(manifest.seed), examples, manifest.recipe, manifest.seed);
  return trainer.accuracy(trained, test);
}

/** What a settled round says about its clients. */
interface JudgedRound {
  /** Median by client id; `ABSENT` or nothing for one without an update that counts. */
  readonly medians: ReadonlyMap<number, number>;
  /** Ids of the clients whose updates are in the model. */
  readonly included: ReadonlySet<number>;
}

/** The rounds of which a panel was scored. */
async function judgedRounds(view: TaskView): Promise<JudgedRound[]> {
  const panels = (await view.settledPanels()).filter(({ medians }) => medians.size > 0);
  return Promise.all(
    [...new Set(panels.map(({ round }) => round))].map(async (round) => ({
      medians: new Map(panels.filter((panel) => panel.round === round).flatMap(({ medians }) => [...medians])),
      included: (await view.included({ round }))!,
    })),
  );
}

/** Everybody's pay with its reasons, read from the chain's events. */
export async function readPayouts(
  view: TaskView,
  parties: readonly PartyProfile[],
  data: PrivateData,
  test: Examples,
  reputationOf: (party: PartyProfile) => Promise<bigint>,
): Promise<Payout[]> {
  const { contract, taskId, fromBlock } = view;
  const [claims, audited, aggregates, disproved, slashed, rounds] = await Promise.all([
    queryLogs(contract, contract.filters.RewardClaimed(taskId), fromBlock),
    queryLogs(contract, contract.filters.PanelSettled(taskId), fromBlock),
    queryLogs(contract, contract.filters.AggregatorRewarded(taskId), fromBlock),
    queryLogs(contract, contract.filters.AnswerDisproved(taskId), fromBlock),
    queryLogs(contract, contract.filters.ParticipantSlashed(taskId), fromBlock),
    judgedRounds(view),
  ]);
  const total = claims.reduce((sum, { args }) => sum + args.amount, 0n);
  const payouts: Payout[] = [];
  for (const party of parties) {
    const { name, role, conduct, wallet } = party;
    const { address } = wallet;
    const { id } = await contract.participantOf(taskId, address);
    const place = Number(id);
    const amount = claims
      .filter(({ args }) => args.account === address)
      .reduce((sum, { args }) => sum + args.amount, 0n);
    const scores = role === Role.Client ? rounds.map(({ medians }) => scoreOf(medians.get(place))) : [];
    const examples = data.get(party);
    const why = () => {
      switch (role) {
        case Role.Client:
          return contributed(scores, rounds.filter(({ included }) => included.has(place)).length);
        case Role.Auditor:
          return scored(audited, address);
        case Role.Aggregator: {
          const wrong = disproved.filter(({ args }) => (args.seats >> id) & 1n).length;
          const agreed = aggregates.filter(({ args }) => args.aggregator === address).length;
          return wrong > 0 ? `${wrong} of its answers disproved` : `${agreed} of its answers became the model`;
        }
      }
    };
    const losses = slashed.filter(({ args }) => args.account === address);
    payouts.push({
      name,
      account: address,
      role: ROLE_NAMES[role],
      conduct,
      amount,
      share: total === 0n ? 0 : Number((amount * 1_000_000n) / total) / 1_000_000,
      slashed: losses.reduce((sum, { args }) => sum + args.amount, 0n),
      why: why(),
      reputation: await reputationOf(party),
      scores,
      dataQuality: examples === undefined ? null : await dataQuality(view, examples, test),
    });
  }
  return payouts;
}

function scoreOf(median: number | undefined): number | null {
  return median === undefined || median === ABSENT ? null : median;
}

function contributed(scores: readonly (number | null)[], included: number): string {
  const present = scores.filter((score) => score !== null);
  const sum = present.reduce((total, score) => total + score, 0);
  return `contributed ${sum} in ${present.length} scored updates, ${included} of them in the model`;
}

function scored(
  panels: readonly { args: { auditors: string[]; accurate: bigint[]; updates: bigint } }[],
  auditor: string,
): string {
  let accurate = 0n;
  let given = 0n;
  for (const { args } of panels) {
    const seat = args.auditors.indexOf(auditor);
    if (seat === -1) continue;
    accurate += args.accurate[seat];
    given += args.updates;
  }
  return given === 0n ? "no scores on any panel" : `${accurate} of ${given} scores close to the median`;
}

/** The task's full reward, and what of it went back to the cooperative; in the smallest unit of the token. */
export async function readFunds(view: TaskView): Promise<{ reward: bigint; refund: bigint }> {
  const { contract, taskId, fromBlock } = view;
  const [{ reward }, refunded] = await Promise.all([
    view.terms(),
    queryLogs(contract, contract.filters.TaskRefunded(taskId), fromBlock),
  ]);
  return { reward, refund: refunded.reduce((sum, { args }) => sum + args.amount, 0n) };
}

/** Gas spent by each role, over all blocks of the chain. */
export async function gasByRole(
  provider: JsonRpcProvider,
  roleOf: (account: string) => string,
): Promise<Record<string, RoleGas>> {
  const head = await provider.getBlockNumber();
  const spent: Record<string, RoleGas> = {};
  for (let block = 1; block <= head; block++) {
    const receipts: { from: string; gasUsed: string }[] = await provider.send("eth_getBlockReceipts", [
      toQuantity(block),
    ]);
    for (const { from, gasUsed } of receipts) {
      const role = roleOf(from.toLowerCase());
      const { transactions, gas } = spent[role] ?? { transactions: 0, gas: 0n };
      spent[role] = { transactions: transactions + 1, gas: gas + BigInt(gasUsed) };
    }
  }
  return spent;
}
