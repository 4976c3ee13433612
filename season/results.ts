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
  const { initialRoot } = await view.rounds.termsOf(view.taskId);
  const settled = await queryLogs(view.rounds, view.rounds.filters.RoundSettled(view.taskId), view.fromBlock);
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

/** Everybody's pay with its reasons, read from the chain's events. */
export async function readPayouts(
  view: TaskView,
  parties: readonly PartyProfile[],
  data: PrivateData,
  test: Examples,
  reputationOf: (party: PartyProfile) => Promise<bigint>,
): Promise<Payout[]> {
  const { rounds, taskId, fromBlock } = view;
  const [claims, audits, aggregates, scored] = await Promise.all([
    queryLogs(rounds, rounds.filters.RewardClaimed(taskId), fromBlock),
    queryLogs(rounds, rounds.filters.AuditorRewarded(taskId), fromBlock),
    queryLogs(rounds, rounds.filters.AggregatorRewarded(taskId), fromBlock),
    queryLogs(rounds, rounds.filters.RoundScored(taskId), fromBlock),
  ]);
  const medians = await Promise.all(scored.map(({ args }) => view.scores(args.round)));
  const total = claims.reduce((sum, { args }) => sum + args.amount, 0n);
  const payouts: Payout[] = [];
  for (const party of parties) {
    const { name, role, conduct, wallet } = party;
    const own = <T extends { args: object }>(logs: T[], key: keyof T["args"]) =>
      logs.filter(({ args }) => (args as Record<PropertyKey, unknown>)[key] === wallet.address);
    const amount = own(claims, "account").reduce((sum, { args }) => sum + args.amount, 0n);
    const { index } = await rounds.participantOf(taskId, wallet.address);
    const clientRounds = role === Role.Client ? medians : [];
    const scores = clientRounds.map((round) => {
      const score = round!.medians[Number(index)] ?? ABSENT;
      return score === ABSENT ? null : score;
    });
    const included = clientRounds.filter((round) => round!.included.has(Number(index))).length;
    const examples = role === Role.Client ? data.get(party) : undefined;
    payouts.push({
      name,
      account: wallet.address,
      role: ROLE_NAMES[role],
      conduct,
      amount,
      share: total === 0n ? 0 : Number((amount * 1_000_000n) / total) / 1_000_000,
      why: explain(role, scores, included, own(audits, "auditor"), own(aggregates, "aggregator")),
      reputation: await reputationOf(party),
      scores,
      dataQuality: examples === undefined ? null : await dataQuality(view, examples, test),
    });
  }
  return payouts;
}

function explain(
  role: TaskRole,
  scores: readonly (number | null)[],
  included: number,
  audits: readonly { args: { accurate: bigint; scored: bigint } }[],
  aggregates: readonly unknown[],
): string {
  if (role === Role.Auditor) {
    const accurate = audits.reduce((sum, { args }) => sum + args.accurate, 0n);
    const given = audits.reduce((sum, { args }) => sum + args.scored, 0n);
    return `${accurate} of ${given} scores close to the median`;
  }
  if (role === Role.Aggregator) return `${aggregates.length} roots agreed with the others`;
  const present = scores.filter((score) => score !== null);
  const sum = present.reduce((total, score) => total + score, 0);
  return `contributed ${sum} in ${present.length} scored updates, ${included} of them in the model`;
}

/** The task's full reward, and what of it went back to the cooperative; in the smallest unit of the token. */
export async function readFunds({ rounds, taskId, fromBlock }: TaskView): Promise<{ reward: bigint; refund: bigint }> {
  const [{ reward }, refunded] = await Promise.all([
    rounds.termsOf(taskId),
    queryLogs(rounds, rounds.filters.TaskRefunded(taskId), fromBlock),
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
