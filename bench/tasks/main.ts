/**
 * Gas of learning tasks of 10 to 10,000 clients, and of one as large as a peer published, on a chain in this process.
 *
 *   npm run bench:tasks
 *
 * Fails if a transaction takes more than 2,000,000 gas, also with calldata priced as in EIP-7976. Writes
 * bench/results/tasks-scale.json.
 */
import { mkdir, writeFile } from "node:fs/promises";

import { linkedSources, openLabChain } from "../../lab/chain.js";
import type { Spent } from "../../lab/costs.js";
import { buildForProduction, SETTINGS } from "../gas/chain.js";
import { playCrowd, type Played, type Sizes } from "./crowd.js";

/** No transaction may use more. */
const LIMIT = 2_000_000;
const SEATS = 5;
/** Clients on a full panel. */
const PANEL = 96;

/** A task whose panels are full, with one auditor more than they seat. */
const crowdOf = (clients: number): Sizes => {
  const auditors = Math.ceil(clients / PANEL) * SEATS + 1;
  return { clients, auditors, panelSeats: SEATS, aggregators: 3, rounds: 2, liar: true };
};
/** As many as DIN publishes its round for, and the largest panel that nine auditors make; all are honest. */
const DIN: Sizes = { clients: 9, auditors: 9, panelSeats: 7, aggregators: 12, rounds: 10, liar: false };

const sum = (rows: readonly Spent[], value: (row: Spent) => number) => rows.reduce((all, row) => all + value(row), 0);

/** What a task costs, in gas. */
function rowOf(sizes: Sizes, { rounds, claims, panels }: Played, seconds: number) {
  const [first] = rounds;
  const next = rounds.at(-1)!;
  const gas = (rows: readonly Spent[]) => sum(rows, (row) => row.gas);
  // one claim pays for all rounds; the round in which an answer is disputed pays for that too
  const perRound = gas(next) + gas(claims) / rounds.length;
  const people: Record<string, number> = {
    client: sizes.clients,
    auditor: sizes.auditors,
    aggregator: sizes.aggregators,
  };
  const perParty = (rows: readonly Spent[]) =>
    Object.fromEntries(
      Object.entries(people).map(([role, count]) => [
        role,
        Math.round(gas(rows.filter((row) => row.role === role)) / count),
      ]),
    );
  const everything = [...first, ...next, ...claims];
  const largest = everything.reduce((most, row) => (row.largest > most.largest ? row : most));
  const dearest = everything.reduce((most, row) => (row.largestByCalldata > most.largestByCalldata ? row : most));
  return {
    ...{ ...sizes, panels, seconds: Math.round(seconds) },
    eachClientAllIn: Math.round(perRound / sizes.clients),
    perParty: { firstRound: perParty(first), lastRound: perParty(next), claims: perParty(claims) },
    byAnybody: Math.round(gas(next.filter(({ role }) => role === "anybody"))),
    round: Math.round(perRound),
    largest: { kind: largest.kind, gas: largest.largest },
    largestByCalldata: { kind: dearest.kind, gas: dearest.largestByCalldata },
    transactions: { firstRound: first.map(kindOf), lastRound: next.map(kindOf), claims: claims.map(kindOf) },
  };
}

function kindOf({ role, kind, transactions, gas, largest, largestByCalldata }: Spent) {
  return { role, kind, transactions, mean: Math.round(gas / transactions), largest, largestByCalldata };
}

const sources = (await linkedSources()).map((path) => (path.startsWith("@") ? `npm:${path}` : path));
const { artifacts } = await buildForProduction(sources);
const chain = await openLabChain(artifacts);
try {
  const sizes = process.argv.slice(2).map(Number);
  const rows = [];
  for (const size of [DIN, ...(sizes.length > 0 ? sizes : [10, 100, 1_000, 10_000]).map(crowdOf)]) {
    await chain.reset();
    const begun = performance.now();
    const row = rowOf(size, await playCrowd(chain, size), (performance.now() - begun) / 1_000);
    process.stdout.write(`${JSON.stringify({ ...row, transactions: undefined })}\n`);
    rows.push(row);
    for (const { kind, gas } of [row.largest, row.largestByCalldata])
      if (gas > LIMIT) throw new Error(`${kind}: ${gas} gas among ${row.clients} clients, more than ${LIMIT}`);
  }
  const [din, ...scale] = rows;
  const most = scale.at(-1)!;
  const results = {
    about:
      "npm run bench:tasks: gas of whole transactions (receipt.gasUsed) in learning tasks of growing size. In the first " +
      "round clients join and commit one by one, later their signed commitments come in batches; updates come in " +
      "batches of 50. In the last round of `scale` one aggregator lies and is disproved; one claim pays for all rounds.",
    settings: SETTINGS,
    limit: LIMIT,
    "learning.largestTransactionAt10000Clients": Math.max(most.largest.gas, most.largestByCalldata.gas),
    "learning.round.din9": din.round,
    ...{ din, scale },
  };
  if (sizes.length === 0) {
    const place = new URL("../results/", import.meta.url);
    await mkdir(place, { recursive: true });
    await writeFile(new URL("tasks-scale.json", place), `${JSON.stringify(results, undefined, 2)}\n`);
  }
} finally {
  await chain.close();
}
