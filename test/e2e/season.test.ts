import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

import { expect } from "chai";
import { parseUnits } from "ethers";

import { eventually, scratchFolder } from "../localnet/helpers.js";
import { launch } from "../programs.js";

const SECOND = 1_000;

interface Season {
  accuracyByRound: number[];
  payouts: { name: string; role: string; conduct: string; amount: string; slashed: string; why: string }[];
  refund: string;
  reward: string;
  gasByRole: Record<string, { transactions: number; gas: number }>;
  subgraph: { head: number; hash: string; entities: Record<string, number> };
  seconds: number;
  peakMemoryMiB: number;
  report: string;
  deployment: string;
}

describe("a season", function () {
  this.timeout(180 * SECOND);
  const scratch = scratchFolder();
  // The database runs under another account, which has to pass.
  chmodSync(scratch, 0o711);
  let first: Season;

  const start = (name: string) => {
    const temporary = join(scratch, `${name}-tmp`);
    mkdirSync(temporary, { recursive: true, mode: 0o711 });
    const folder = join(scratch, name);
    const env = { TMPDIR: temporary };
    const season = launch("scripts/season.ts", ["--quick", "--json", "--folder", folder], { env });
    const expectNothingLeft = () => {
      expect([...season.family().values()]).to.deep.equal([]);
      expect(readdirSync(temporary).filter((entry) => entry.startsWith("artel-"))).to.deep.equal([]);
    };
    return { season, expectNothingLeft };
  };
  const play = async (name: string): Promise<Season> => {
    const { season, expectNothingLeft } = start(name);
    const { status, stdout, stderr } = await season.ended;
    expect({ status, stderr }).to.deep.equal({ status: 0, stderr: "" });
    expectNothingLeft();
    return JSON.parse(stdout.trimEnd().split("\n").at(-1)!) as Season;
  };

  it("SEA-05 trains, pays what was earned, and indexes all of it", async () => {
    first = await play("first");
    const { accuracyByRound, payouts, gasByRole, subgraph } = first;
    expect(accuracyByRound).to.have.length(3);
    expect(accuracyByRound[0]).to.be.below(0.25);
    expect(accuracyByRound[2]).to.be.above(0.6);

    const clients = payouts.filter(({ role }) => role === "client");
    expect(clients.map(({ conduct }) => conduct).slice(-2)).to.deep.equal(["flips-labels", "copies"]);
    const pool = clients.reduce((sum, { amount }) => sum + BigInt(amount), 0n);
    for (const { conduct, name, amount } of clients) {
      // A twentieth of an equal share.
      if (conduct !== "honest") expect(BigInt(amount) < pool / BigInt(20 * clients.length), name).to.equal(true);
    }
    for (const { name, conduct, amount, slashed } of payouts) {
      const loses = conduct === "silent" || conduct === "lies";
      if (conduct === "honest") expect(BigInt(amount) > 0n, name).to.equal(true);
      if (loses) expect(BigInt(amount), name).to.equal(0n);
      expect(BigInt(slashed) > 0n, `${name} slashed`).to.equal(loses);
    }
    expect(payouts.filter(({ conduct }) => conduct === "silent" || conduct === "lies")).to.have.length(2);
    // Each client's share of a round's pool is rounded down to the token's smallest unit.
    const reward = parseUnits("10000", 18);
    const rest = reward - payouts.reduce((sum, { amount }) => sum + BigInt(amount), BigInt(first.refund));
    expect(BigInt(first.reward)).to.equal(reward);
    expect(rest >= 0n && rest < BigInt(2 * clients.length), `${rest} left`).to.equal(true);

    for (const role of ["operator", "keeper", "client", "auditor", "aggregator"]) {
      expect(gasByRole[role].gas, role).to.be.above(21_000 * gasByRole[role].transactions);
    }
    expect(subgraph.entities).to.include({
      ...{ Cooperative: 1, Governor: 1, Member: 17, Proposal: 2, LearningTask: 1, Round: 2, Participant: 17 },
      // who was disproved in the first round has no stake to answer with in the second
      ...{ Panel: 2, AnswerCommitment: 5, Answer: 3, Model: 2, BeaconRound: 2, EscrowAccount: 1, Stake: 9 },
    });
    for (const entity of [
      "Ballot",
      "Update",
      "ScoresVector",
      "Claim",
      "EscrowPayment",
      "ReputationScore",
      "IdentityAttribute",
    ]) {
      expect(subgraph.entities[entity], entity).to.be.above(0);
    }
  });

  it("SEA-06 writes a report that needs nothing else", () => {
    const html = readFileSync(first.report, "utf8");
    expect(html).to.match(/^<!doctype html>/i);
    expect(html.match(/<svg/g)).to.have.length.at.least(3);
    expect(html).not.to.match(/<script|<link|<iframe|@import|url\(\s*["']?(?!#)/i);
    // Names of XML vocabularies look like links, and are none.
    expect(html.replaceAll(/xmlns(:\w+)?="[^"]*"/g, "")).not.to.match(/https?:/);
    for (const { name } of first.payouts) expect(html).to.contain(name);
  });

  it("SEA-03 is the same again with the same seed, down to the last block", async () => {
    const { seconds, peakMemoryMiB, report, deployment } = first;
    expect({ ...(await play("second")), seconds, peakMemoryMiB, report, deployment }).to.deep.equal(first);
  });

  const training = async () => {
    const sign = join(scratch, "interrupted", "logs", "host-1.log");
    rmSync(sign, { force: true });
    const run = start("interrupted");
    await eventually(() => existsSync(sign) && readFileSync(sign, "utf8").includes("commit in round 1"), 120 * SECOND);
    const chain = () => [...run.season.family()].find(([, name]) => name === "anvil")![0];
    return { ...run, chain };
  };

  it("SEA-01 leaves nothing behind after ctrl-C during training, and can be played again", async () => {
    const { season, expectNothingLeft } = await training();
    const broken = Date.now();
    season.kill("SIGINT");
    const { status, stdout, stderr } = await season.ended;
    expect({ status, stdout, stderr }).to.deep.equal({ status: 130, stdout: "", stderr: "" });
    expect(Date.now() - broken).to.be.below(10 * SECOND);
    expectNothingLeft();
  });

  for (const [what, signal, within, code, message] of [
    ["ends", "SIGKILL", 10, "localnet/child-ended", /^chain ended with SIGKILL: it left no message\n$/],
    ["hangs", "SIGSTOP", 60, "localnet/child-silent", /^chain runs but has not answered for about 20 s: .*\n$/],
  ] as const) {
    it(`SEA-04 ends in one sentence when the chain ${what} during training, and can be played again`, async () => {
      const { season, chain, expectNothingLeft } = await training();
      const broken = Date.now();
      process.kill(chain(), signal);
      const { status, stdout, stderr } = await season.ended;
      expect(status).to.equal(1);
      const { error } = JSON.parse(stdout) as { error: { code: string } };
      expect(error.code).to.equal(code);
      expect(stderr).to.match(message);
      expect(Date.now() - broken).to.be.below(within * SECOND);
      expectNothingLeft();
    });
  }
});
