/**
 * Gas of governance in cooperatives of 10 to 10,000 members, on a chain in this process: founded by seven, grown by votes
 * that admit a page each, until one proposal on which everybody votes.
 *
 *   npm run bench:scale
 *
 * Writes bench/results/scale.json and bench/results/scale.svg.
 */
import { mkdir, writeFile } from "node:fs/promises";

import { id, Wallet, type Contract } from "ethers";

import { plot } from "../season/report.js";
import { ballotDigest, signedBallot, Support } from "../sdk/src/ballots.js";
import { gasOf, openChain, SETTINGS, type Chain } from "./gas/chain.js";
import { cooperative, passTime, type Action } from "./gas/governance.js";

const SIZES = [10, 100, 1_000, 10_000];
const FOUNDERS = 7;
/** Members that one proposal admits. */
const PAGE = 150;
/** Signed ballots in a transaction. */
const BATCH = 250;
/** No transaction may use more. */
const LIMIT = 10_000_000;
/** What the zero bytes among those of an identifier and an address can make of the same ballot, at 12 gas each. */
const NOISE = 200;
const DESCRIPTION = "Buy a server for training; the machine room has space for one more";

/** What a proposal among so many members costs, in gas of whole transactions. */
interface Row {
  readonly members: number;
  readonly propose: number;
  /** Of a member, in a word of ballots that is in use. */
  readonly castVote: number;
  /** Of the member admitted last, in a word that nobody has used. */
  readonly castVoteOfTheLast: number;
  /** A signed ballot, alone in its transaction. */
  readonly castVoteBySig: number;
  readonly execute: number;
  /** Each of a whole page of admissions, in a proposal of its own; absent where one page is not filled. */
  readonly admitEach?: number;
  /** Each signed ballot of all that were cast in batches. */
  readonly batchedBallotEach?: number;
  /** The dearest of all transactions, and what it did. */
  readonly largest: { readonly what: string; readonly gas: number };
}

/** Member with this number beyond the founders, who hold accounts of the chain. */
const walletOf = (number: number) => new Wallet(id(`member ${number}`));

async function measure(chain: Chain, members: number): Promise<Row> {
  const signers = chain.signers.slice(1, 1 + FOUNDERS);
  const [proposer, voter] = signers;
  const lastMember = chain.signers[1 + FOUNDERS];
  const { governor, action, membership } = await cooperative(
    chain,
    signers.map(({ address }) => address),
  );
  let largest = { what: "", gas: 0 };
  /** Remembers the dearest transaction. */
  const spend = async (what: string, sent: Parameters<typeof gasOf>[0]) => {
    const gas = await gasOf(sent);
    if (gas > largest.gas) largest = { what, gas };
    return gas;
  };

  const wallets = Array.from({ length: members - FOUNDERS - 1 }, (_, index) => walletOf(FOUNDERS + 1 + index));
  const dids = [...wallets.map(({ address }) => address), lastMember.address];
  const pages = Array.from({ length: Math.ceil(dids.length / PAGE) }, (_, page) =>
    dids.slice(page * PAGE, (page + 1) * PAGE),
  );
  const admitting = pages.map((page): readonly [Action, string] => [
    [[String(membership.target)], [0n], [membership.interface.encodeFunctionData("admit", [page])]],
    `Admit ${page.length} members, beginning with ${page[0]}`,
  ]);
  const admitted = await decide(chain, governor, signers, admitting, (call, what) => spend(`${what} a page`, call));

  const proposalId: bigint = await governor.getProposalId(...action, id(DESCRIPTION));
  const as = (signer: (typeof signers)[number], name: string, ...args: unknown[]) =>
    spend(name, governor.connect(signer).getFunction(name)(...args));
  const propose = await as(proposer, "propose", ...action, DESCRIPTION);
  await passTime(chain, governor, await governor.proposalSnapshot(proposalId));
  await as(proposer, "castVote", proposalId, Support.For);
  const castVote = await as(voter, "castVote", proposalId, Support.For);
  const castVoteOfTheLast = await as(lastMember, "castVote", proposalId, Support.For);
  const { chainId } = await governor.eip712Domain();
  const ballotBy = (wallet: Wallet) => {
    const ballot = { proposalId, support: Support.For, voter: wallet.address, nonce: 0n };
    const digest = ballotDigest(String(governor.target), chainId, ballot);
    return signedBallot(ballot, wallet.signingKey.sign(digest).serialized);
  };
  const [firstWallet, ...others] = wallets;
  const { signature } = ballotBy(firstWallet);
  const castVoteBySig = await as(proposer, "castVoteBySig", proposalId, Support.For, firstWallet.address, signature);
  let batched = 0;
  for (let next = 0; next < others.length; next += BATCH) {
    const ballots = others.slice(next, next + BATCH).map(ballotBy);
    batched += await as(proposer, "castVotesBySig", proposalId, ballots);
  }
  const [, yes] = await governor.proposalVotes(proposalId);
  const expected = BigInt(3 + wallets.length);
  if (yes !== expected) throw new Error(`${yes} of ${expected} ballots counted`);
  await chain.warp((await governor.proposalEta(proposalId)) + 1n);
  const execute = await as(proposer, "execute", ...action, id(DESCRIPTION));
  return {
    ...{ members, propose, castVote, castVoteOfTheLast, castVoteBySig, execute },
    ...(pages[0].length === PAGE && { admitEach: Math.ceil(admitted[0] / PAGE) }),
    ...(others.length >= BATCH && { batchedBallotEach: Math.ceil(batched / others.length) }),
    largest,
  };
}

/** Passes proposals of the founders side by side and executes them; gas of their executions. */
async function decide(
  chain: Chain,
  governor: Contract,
  founders: Chain["signers"],
  proposals: readonly (readonly [Action, string])[],
  spend: (sent: Parameters<typeof gasOf>[0], what: string) => Promise<number>,
): Promise<number[]> {
  const [proposer] = founders;
  const ids: bigint[] = [];
  for (const [action, description] of proposals) {
    await spend(governor.connect(proposer).getFunction("propose")(...action, description), "propose");
    ids.push(await governor.getProposalId(...action, id(description)));
  }
  await passTime(chain, governor, await governor.proposalSnapshot(ids.at(-1)!));
  for (const proposalId of ids) {
    for (const founder of founders.slice(0, 5)) {
      await spend(governor.connect(founder).getFunction("castVote")(proposalId, Support.For), "castVote");
    }
  }
  await chain.warp((await governor.proposalEta(ids.at(-1)!)) + 1n);
  const executed: number[] = [];
  for (const [action, description] of proposals) {
    executed.push(await spend(governor.connect(proposer).getFunction("execute")(...action, id(description)), "admit"));
  }
  return executed;
}

/** The lines of one operation each over the number of members. */
async function draw(rows: readonly Row[]): Promise<string> {
  const lines: readonly (readonly [string, (row: Row) => number])[] = [
    ["propose", (row) => row.propose],
    ["vote", (row) => row.castVote],
    ["vote by signature", (row) => row.castVoteBySig],
    ["execute", (row) => row.execute],
  ];
  return plot({
    width: 560,
    height: 260,
    data: {
      values: rows.flatMap((row) =>
        lines.map(([operation, gas]) => ({ members: row.members, operation, gas: gas(row) })),
      ),
    },
    mark: { type: "line", point: true },
    encoding: {
      x: { field: "members", type: "quantitative", title: "members", scale: { type: "log" } },
      y: { field: "gas", type: "quantitative", title: "gas of a transaction", scale: { zero: true } },
      color: { field: "operation", type: "nominal", title: null },
    },
  });
}

const chain = await openChain();
try {
  const rows: Row[] = [];
  for (const members of SIZES) {
    rows.push(await measure(chain, members));
    process.stdout.write(`${JSON.stringify(rows.at(-1))}\n`);
  }
  const [few] = rows;
  for (const row of rows) {
    if (row.largest.gas > LIMIT) throw new Error(`${row.largest.what}: ${row.largest.gas} gas, more than ${LIMIT}`);
    for (const key of ["propose", "castVote", "castVoteBySig"] as const) {
      if (Math.abs(row[key] - few[key]) > NOISE) {
        throw new Error(`${key} costs ${row[key]} gas among ${row.members}, ${few[key]} among ${few.members}`);
      }
    }
  }
  const results = {
    about: "npm run bench:scale: gas of whole transactions (receipt.gasUsed) in cooperatives of growing size.",
    settings: SETTINGS,
    ...{ page: PAGE, batch: BATCH, limit: LIMIT, noise: NOISE },
    rows,
  };
  const place = new URL("results/", import.meta.url);
  await mkdir(place, { recursive: true });
  await writeFile(new URL("scale.json", place), `${JSON.stringify(results, undefined, 2)}\n`);
  await writeFile(new URL("scale.svg", place), `${await draw(rows)}\n`);
} finally {
  await chain.close();
}
