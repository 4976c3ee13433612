/**
 * Gas of named operations beside their goals and beside what others published, all on one chain in this process.
 *
 *   npm run bench:gas
 *
 * Writes bench/results/gas.json.
 */
import { mkdir, writeFile } from "node:fs/promises";

import { openChain, SETTINGS } from "./chain.js";
import { measureGovernance } from "./governance.js";
import { measureIdentity } from "./identity.js";
import { measureLearning } from "./learning.js";
import { measureMembership } from "./membership.js";
import { measureReputation } from "./reputation.js";
import { compare, readGoals, table, type Measured } from "./results.js";

/** Keys that nothing in the suite can be measured by yet. */
const NOT_YET: Readonly<Record<string, string>> = {
  "learning.reveal.batch50.each": "updates are revealed one a transaction",
  "learning.commitAndReveal.alone": "part of a later measurement of whole rounds",
  "learning.audit.eachScore": "panels of 96 need more audits than a round takes",
  "learning.settle.eachUpdate": "panels of 96 need more audits than a round takes",
  "learning.round.din9": "part of a later measurement of whole rounds",
  "learning.largestTransactionAt10000Clients": "a task takes fewer clients",
  "learning.commit.signedBatch50.each": "commitments are made by the client itself",
  "learning.dispute.arity32chunk64": "aggregates are agreed on by a quorum, not disputed",
  "rewards.claim.tenPeriods": "one claim pays for all periods of a task already; ten tasks are a later measurement",
};

const chain = await openChain();
try {
  let measured: Measured = {};
  const domains = [measureIdentity, measureMembership, measureReputation, measureGovernance, measureLearning];
  for (const measure of domains) measured = { ...measured, ...(await measure(chain)) };
  const goals = await readGoals();
  const lines = compare(goals, measured);
  const results = {
    about:
      "npm run bench:gas: gas of whole transactions (receipt.gasUsed), ours and npm-published peers on one chain. " +
      "Peers that publish bytecode run as published; OpenZeppelin's, which are sources, are built with our settings. " +
      "Not published on npm, so not measured: ERC-8004's reference registry, Governor Bravo, 2CP, DIN, 1inch's distributor.",
    settings: SETTINGS,
    ...lines,
    notYet: Object.fromEntries(Object.entries(NOT_YET).filter(([key]) => !(key in measured))),
  };
  const place = new URL("../results/", import.meta.url);
  await mkdir(place, { recursive: true });
  await writeFile(new URL("gas.json", place), `${JSON.stringify(results, undefined, 2)}\n`);
  process.stdout.write(`${table(lines)}\n`);
} finally {
  await chain.close();
}
