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

/** Keys that are measured elsewhere. */
const NOT_YET: Readonly<Record<string, string>> = {
  "learning.round.din9": "npm run bench:tasks measures it, see tasks-scale.json",
  "learning.largestTransactionAt10000Clients": "npm run bench:tasks measures it, see tasks-scale.json",
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
