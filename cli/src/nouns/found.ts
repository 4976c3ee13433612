import { queryLogs, type CooperativeRecord } from "@artel/sdk";
import { foundingTerms, formatDuration, lintBylaws, resolveBylaws, summarise, type Bylaws } from "@artel/sdk/bylaws";
import { getAddress } from "ethers";
import { z } from "zod";

import { acts, transaction, type Noun } from "../command.js";
import type { ActContext } from "../context.js";
import { BylawsRefusedError, PendingTransactionsError } from "../errors.js";
import { readConfig } from "../founding/config.js";
import { checkRecord, publish, recordFile } from "../founding/record.js";
import { flag } from "../values.js";

/** What bylaws say besides their classes, in sentences. */
function provisions({ heir, notice, proxies, learning }: Bylaws): string[] {
  return [
    heir === undefined
      ? "There is no heir: what the treasury holds stays there when the last member has left."
      : `${heir} inherits when there has been no member for 90 days.`,
    ...(notice === 0 ? [] : [`Members are heard for ${formatDuration(notice)} before suspension and expulsion.`]),
    ...(proxies === undefined
      ? ["There are no proxies."]
      : [
          `A member holds up to ${proxies.seats} proxies, for at most ${formatDuration(proxies.longest)}, passed on ${proxies.passes} times at most.`,
        ]),
    ...(learning === undefined
      ? []
      : [`Learning may award ${learning.weeklyPoints} points of reputation in a week and role.`]),
  ];
}

/** The record of a cooperative, from the event of its founding. */
function recordOf(
  { deployment }: ActContext,
  event: { args: { cooperative: string; governor: string; founder: string; membershipToken: string; name: string } },
  { blockNumber, hash }: { blockNumber: number; hash: string },
): CooperativeRecord {
  const { cooperative, governor, founder, membershipToken, name } = event.args;
  const { network, chainId } = deployment;
  const names = { name, network, chainId, cooperative, governor, membershipToken, founder };
  return { ...names, block: blockNumber, transaction: hash };
}

const foundCooperative = acts(
  "found",
  "founds a cooperative in one transaction: its members, its bylaws, its treasury and governor",
  {
    config: flag(z.string().min(1), "FILE", "name, members and bylaws: YAML, JSON, or a TypeScript module"),
    out: flag(
      z.string().min(1).optional(),
      "FILE",
      "where its addresses go (default deployments/NETWORK/cooperatives/NAME.json)",
    ),
  },
  async (context, { config: file, out }) => {
    const { account, contracts, deployment, known, provider } = context;
    const { factory, membership, policyBook } = contracts;
    const config = await readConfig(file);
    const dids = config.members.map((member) => context.identity(member));
    const named = [...known].map(([address, { name, interface: abi }]) => ({
      name,
      address: getAddress(address),
      interface: abi,
    }));
    const bylaws = resolveBylaws(config, named);
    const findings = lintBylaws(bylaws, {
      ...{ members: dids.length, membership: String(membership.target), policyBook: String(policyBook.target) },
    });
    const refused = findings.filter(({ severity }) => severity === "error");
    if (refused.length > 0) throw new BylawsRefusedError(file, refused);

    const terms = await foundingTerms(config.name, dids, bylaws, contracts, config.salt);
    const { cooperative, governor, membershipToken } = await factory.predict(account, terms);
    const record = out ?? recordFile(deployment.network, config.name, cooperative);
    await checkRecord(record, cooperative);
    if ((await provider.getCode(cooperative)) !== "0x") {
      const filter = factory.filters.CooperativeFounded(cooperative);
      const [event] = await queryLogs(factory, filter, context.blockOf("CooperativeFactory"));
      const { blockNumber, transactionHash: hash } = event;
      return {
        kind: "nothing",
        effect: [`${config.name} was founded in block ${blockNumber} already.`],
        outcome: () => publish(recordOf(context, event, { blockNumber, hash }), record),
      };
    }
    const [mined, sent] = await Promise.all([
      provider.getTransactionCount(account, "latest"),
      provider.getTransactionCount(account, "pending"),
    ]);
    if (sent > mined) throw new PendingTransactionsError(account, sent - mined);

    const classes = summarise(bylaws, dids.length);
    const effect = [
      `Founds ${config.name} on ${deployment.network}: treasury ${cooperative}, governor ${governor}, token ${membershipToken}.`,
      "Its first members are",
      ...dids.map((did) => `  ${context.didOf(did)}`),
      ...(dids.includes(account) ? [] : [`${account} founds it and is no member itself.`]),
      ...provisions(bylaws),
      "",
      ...classes.flatMap(({ lines }) => lines),
      ...(findings.length === 0
        ? []
        : ["", ...findings.map(({ problem, advice }) => `Warning: ${problem}: ${advice}.`)]),
    ];
    return transaction(await factory.found.populateTransaction(terms), effect, {
      facts: { cooperative, governor, membershipToken, classes, findings },
      outcome: async (receipt) => {
        const events = receipt.logs.map((log) => factory.interface.parseLog(log));
        // What was mined without failing has founded.
        const event = events.find((each) => each?.name === "CooperativeFounded")!;
        const args = event.args.toObject() as Parameters<typeof recordOf>[1]["args"];
        return publish(recordOf(context, { args }, receipt), record);
      },
    });
  },
  ["config"],
);

/** `artel found`. */
export const found: Noun = { name: "found", does: "Founding of a cooperative", commands: [foundCooperative] };
