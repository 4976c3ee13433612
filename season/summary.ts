import { formatUnits } from "ethers";

import type { SeasonEndpoints, SeasonResult } from "./season.js";

/** What a season prints when it is over. */
export function summary(result: SeasonResult, kept: boolean): string {
  const { token, endpoints } = result;
  const amount = (value: bigint) => Number(formatUnits(value, token.decimals)).toFixed(2);
  const lines = [
    "",
    `Accuracy by round: ${result.accuracyByRound.map((value) => `${(value * 100).toFixed(2)} %`).join(", ")}`,
    "",
    `${"who".padEnd(14)}${"conduct".padEnd(14)}${token.symbol.padStart(12)}${"slashed".padStart(12)}  why`,
    ...result.payouts.map(
      ({ name, conduct, amount: paid, slashed, why }) =>
        `${name.padEnd(14)}${conduct.padEnd(14)}${amount(paid).padStart(12)}${amount(slashed).padStart(12)}  ${why}`,
    ),
    `${"back to the cooperative".padEnd(28)}${amount(result.refund).padStart(12)}`,
    "",
    ...Object.entries(result.gasByRole).map(
      ([role, { transactions, gas }]) =>
        `${role.padEnd(14)}${gas.toLocaleString("en").padStart(14)} gas in ${transactions} transactions`,
    ),
    "",
    `Indexed up to block ${result.head.number}; the index and the chain agree on every payment.`,
    `${result.seconds.toFixed(0)} s, at most ${(result.peakMemory / 2 ** 20).toFixed(0)} MiB resident.`,
    `Report: ${endpoints.report}`,
    ...(kept ? waysIn(endpoints) : []),
    "",
  ];
  return lines.join("\n");
}

/** Where a season that goes on can be looked at, and how to begin. */
function waysIn({ rpc, relay, graphql, deployment, cooperative }: SeasonEndpoints): string[] {
  return [
    `Chain: ${rpc}`,
    `Beacon (--drand-relay): ${relay}`,
    `GraphQL: ${graphql}`,
    `Addresses: ${deployment}`,
    `Cooperative (its Treasury): ${cooperative}`,
    `Try: npx artel member list --deployment ${deployment} --cooperative ${cooperative} --rpc-url ${rpc}`,
    "Press ctrl-C to end.",
  ];
}

/** The machine-readable result: amounts are decimal strings in the smallest unit of the token. */
export function toJson(result: SeasonResult): Record<string, unknown> {
  return {
    accuracyByRound: result.accuracyByRound,
    payouts: result.payouts.map(({ amount, slashed, reputation, ...rest }) => ({
      ...rest,
      amount: amount.toString(),
      slashed: slashed.toString(),
      reputation: reputation.toString(),
    })),
    reward: result.reward.toString(),
    refund: result.refund.toString(),
    gasByRole: Object.fromEntries(
      Object.entries(result.gasByRole).map(([role, { transactions, gas }]) => [
        role,
        { transactions, gas: Number(gas) },
      ]),
    ),
    subgraph: { head: result.head.number, hash: result.head.hash, entities: result.entities },
    seconds: result.seconds,
    peakMemoryMiB: Math.round(result.peakMemory / 2 ** 20),
    report: result.endpoints.report,
    deployment: result.endpoints.deployment,
    cooperative: result.endpoints.cooperative,
  };
}
