import { join } from "node:path";

import { openContentFolder } from "@artel/node";
import { appointLearning, Phase, POINTS, Support, type Cooperative } from "@artel/sdk";
import { expect } from "chai";
import { ZeroAddress, type HDNodeWallet } from "ethers";

import { ProposalUpkeep, RoundUpkeep } from "../../keeper/src/index.js";
import { Processes, startGraphNode, startPostgres, type GraphNode } from "../../localnet/index.js";
import { bind } from "../../subgraph/scripts/bind.js";
import { isRunning, scratchFolder } from "../localnet/helpers.js";
import {
  deployToken,
  found,
  joinAll,
  partiesOf,
  pass,
  propose,
  raiseSuite,
  REWARD,
  SILENT,
  taskOf,
  termsOf,
  type Proposal,
  type Suite,
} from "../suite.js";

interface Indexed {
  cooperative: {
    name: string;
    memberCount: number;
    electorate: number;
    proposalCount: number;
    heir: string;
    limits: { amount: string }[];
  };
  members: { number: string; standing: string; account: { id: string } }[];
  proposals: {
    description: string;
    status: string;
    forVotes: string;
    againstVotes: string;
    abstainVotes: string;
    ballotCount: number;
    ballots: { voter: { id: string }; support: string; changes: number }[];
  }[];
  learningTasks: {
    settled: number;
    voided: number;
    modelRoot: string;
    claimed: string;
    refund: string;
    refundedAt: string | null;
    closedAt: string | null;
    roundHistory: { outcome: string; updatesRevealed: number; vectorsRevealed: number; medians: number[] }[];
    participants: { role: string; account: { id: string }; claimed: string; reputationPoints: string }[];
  }[];
  escrowAccounts: { funded: string; paid: string; remaining: string }[];
  reputationScores: { score: string; subject: { id: string } }[];
  network: { ballots: number; roundsSettled: number; claims: number };
}

const EVERYTHING = `query ($cooperative: ID!) {
  cooperative(id: $cooperative) { name memberCount electorate proposalCount heir limits { amount } }
  members(orderBy: number) { number standing account { id } }
  proposals(orderBy: createdAt) {
    description status forVotes againstVotes abstainVotes ballotCount
    ballots { voter { id } support changes }
  }
  learningTasks {
    settled voided modelRoot claimed refund refundedAt closedAt
    roundHistory { outcome updatesRevealed vectorsRevealed medians }
    participants { role account { id } claimed reputationPoints }
  }
  escrowAccounts { funded paid remaining }
  reputationScores { score subject { id } }
  networks { ballots roundsSettled claims }
}`;

describe("from the chain to GraphQL", function () {
  this.timeout(180_000);
  const folder = scratchFolder();
  let processes: Processes;
  let suite: Suite;
  let index: GraphNode;
  let founders: readonly HDNodeWallet[];
  let newcomers: readonly HDNodeWallet[];
  let cooperative: Cooperative;
  let keeper: ProposalUpkeep;

  const head = async () => (await suite.chain.provider.getBlock("latest"))!;
  const indexed = async () => {
    await index.untilSynced(await head());
    type Answer = Omit<Indexed, "network"> & { networks: Indexed["network"][] };
    const variables = { cooperative: cooperative.address.toLowerCase() };
    const { networks, ...rest } = await index.query<Answer>(EVERYTHING, variables);
    return { ...rest, network: networks[0] };
  };
  const carryOut = async () => {
    for (let turn = 0; turn < 2; turn++) await keeper.run(SILENT);
  };
  const addressOf = ({ address }: HDNodeWallet) => address.toLowerCase();

  before(async () => {
    processes = await Processes.open(join(folder, "logs"));
    const [raised, postgres] = await Promise.all([raiseSuite(processes), startPostgres(processes)]);
    suite = raised;
    founders = suite.accounts.slice(0, 7);
    newcomers = suite.accounts.slice(7, 10);
    const manifest = await bind(suite.deployment, join(folder, "index"));
    index = await startGraphNode(processes, { manifest, rpcUrl: suite.chain.url, postgresUrl: postgres.url });
    const { contracts } = suite;
    keeper = new ProposalUpkeep(contracts.factory, suite.accounts[20], suite.deployment.deployedAt);
    cooperative = await found(suite, founders, {
      calls: await appointLearning(contracts, 10n * BigInt(POINTS)),
      limits: [{ policyClass: 0, token: ZeroAddress, amount: 5, period: 60 }],
      heir: founders[0],
    });
  });
  after(async () => {
    const { pids } = processes;
    await processes.stopAll();
    expect(pids.filter(isRunning)).to.deep.equal([]);
  });

  it("tells of a founding", async () => {
    const { cooperative: entity, members, network } = await indexed();
    expect(entity).to.deep.equal({
      ...{ name: "Artel of the tests", memberCount: 7, electorate: 7, proposalCount: 0 },
      ...{ heir: addressOf(founders[0]), limits: [{ amount: "5" }] },
    });
    expect(members.map(({ account }) => account.id)).to.deep.equal(founders.map(addressOf));
    expect(network.ballots).to.equal(0);
  });

  it("IDX-02 IDX-03 tells of ballots, the changed one as it stands, and of members admitted by them", async () => {
    const { membership } = suite.contracts;
    const dids = newcomers.map(({ address }) => address);
    const data = membership.interface.encodeFunctionData("admit", [dids]);
    const admission = await propose(
      suite,
      cooperative,
      [{ target: await membership.getAddress(), data }],
      "Admit three",
    );
    const vote = async (wallet: HDNodeWallet, support: Support) =>
      (await cooperative.governor.connect(wallet).castVote(admission.id, support)).wait();
    await vote(founders[5], Support.Against);
    await vote(founders[6], Support.Abstain);
    await vote(founders[4], Support.Against);
    await vote(founders[4], Support.For);
    await pass(suite, cooperative, founders.slice(0, 4), [admission]);
    await carryOut();
    const { cooperative: entity, members, proposals } = await indexed();
    const [{ ballots, ...proposal }] = proposals;
    expect(proposal).to.deep.equal({
      ...{ description: "Admit three", status: "EXECUTED" },
      ...{ forVotes: "5", againstVotes: "1", abstainVotes: "1", ballotCount: 7 },
    });
    const changed = ballots.filter(({ changes }) => changes > 0);
    expect(changed).to.deep.equal([{ voter: { id: addressOf(founders[4]) }, support: "FOR", changes: 1 }]);
    expect(entity).to.include({ memberCount: 10, electorate: 10, proposalCount: 1 });
    expect(members.slice(7).map(({ account }) => account.id)).to.deep.equal(newcomers.map(addressOf));
    expect(members.every(({ standing }) => standing === "ACTIVE")).to.equal(true);
  });

  it("IDX-04 tells of a learning task, from the vote on it to the last payment, as the chain does", async () => {
    const { rounds } = suite.contracts;
    const content = openContentFolder(join(folder, "content"));
    const token = await deployToken(suite);
    const address = await token.getAddress();
    await (await token.mint(cooperative.address, REWARD)).wait();
    const members = [...founders, ...newcomers];
    const cast = { clients: members.slice(0, 3), auditors: members.slice(3, 7), aggregators: members.slice(7) };
    const terms = await termsOf(suite, cooperative.address, address, cast, content);
    const target = await rounds.getAddress();
    const opening: Proposal = await propose(
      suite,
      cooperative,
      [
        { target: address, data: token.interface.encodeFunctionData("approve", [target, REWARD]) },
        { target, data: rounds.interface.encodeFunctionData("openTask", [terms]) },
      ],
      "Train a model",
    );
    await pass(suite, cooperative, members, [opening]);
    await carryOut();
    const taskId = await rounds.taskCount();
    expect(taskId).to.equal(1n);
    await joinAll(suite, taskId, cast, address);
    const task = taskOf(suite, taskId, cast, address, folder, content);
    const { clients, auditors, aggregators } = await partiesOf(task);
    const upkeep = new RoundUpkeep(rounds, task.view.fromBlock);
    for (const [parties, commit] of [
      [clients, Phase.Commit],
      [auditors, Phase.AuditCommit],
      [aggregators, Phase.AggregateCommit],
    ] as const) {
      if (commit !== Phase.Commit) await task.to(commit);
      await upkeep.run(SILENT);
      for (const party of parties) expect(await party.step()).to.equal(true);
      await task.to(commit + 1);
      for (const party of parties) expect(await party.step()).to.equal(true);
    }
    await task.to(Phase.Finishing);
    expect(await upkeep.run(SILENT)).to.equal(1);
    for (const { address: account } of members) {
      const { claimable } = await rounds.earningsOf(taskId, account);
      if (claimable === 0n) continue;
      await (await rounds.claim([taskId], account)).wait();
      await (await rounds.recordReputation(taskId, account)).wait();
    }
    await (await rounds.refund(taskId)).wait();

    const { learningTasks, escrowAccounts, reputationScores, network } = await indexed();
    expect(learningTasks).to.have.length(1);
    const [{ participants, roundHistory, ...facts }] = learningTasks;
    const state = await task.view.state();
    const { medians } = (await task.view.scores(1n))!;
    expect(roundHistory).to.deep.equal([
      { outcome: "SETTLED", updatesRevealed: 3, vectorsRevealed: 4, medians: [...medians] },
    ]);
    expect(facts).to.include({ settled: 1, voided: 0, modelRoot: state.modelRoot });
    expect(facts.closedAt).not.to.equal(null);
    expect(facts.refundedAt).not.to.equal(null);
    // Each client's share is rounded down, so less than a unit a client stays behind.
    const paidOut = BigInt(facts.claimed) + BigInt(facts.refund);
    const rest = REWARD - paidOut;
    expect(rest >= 0n && rest < BigInt(cast.clients.length), `${rest} left`).to.equal(true);
    expect(escrowAccounts).to.deep.equal([{ funded: `${REWARD}`, paid: `${paidOut}`, remaining: `${rest}` }]);
    expect(participants).to.have.length(members.length);
    for (const { account, claimed, reputationPoints } of participants) {
      expect(BigInt(claimed)).to.equal(await token.balanceOf(account.id));
      // Points are millionths of the reward, which is a million here.
      expect(reputationPoints).to.equal(claimed);
    }
    const paid = participants.filter(({ claimed }) => claimed !== "0");
    expect(paid.length).to.be.at.least(6);
    expect(reputationScores.map(({ subject }) => subject.id).sort()).to.deep.equal(
      paid.map(({ account }) => account.id).sort(),
    );
    expect(network).to.deep.equal({ ballots: 17, roundsSettled: 1, claims: paid.length });
  });

  it("IDX-06 follows the chain through a reorganisation", async () => {
    const { membership } = suite.contracts;
    const leave = async (wallet: HDNodeWallet) => (await membership.connect(wallet).resign(cooperative.address)).wait();
    const departed = async () => {
      const { members } = await indexed();
      return members.filter(({ standing }) => standing === "DEPARTED").map(({ account }) => account.id);
    };
    const kept = (await leave(newcomers[0]))!;
    const dropped = (await leave(newcomers[1]))!;
    expect(await departed()).to.deep.equal([newcomers[0], newcomers[1]].map(addressOf));
    await suite.chain.provider.send("anvil_reorg", [1, []]);
    expect((await suite.chain.provider.getBlock(dropped.blockNumber))!.hash).not.to.equal(dropped.blockHash);
    expect((await suite.chain.provider.getBlock(kept.blockNumber))!.hash).to.equal(kept.blockHash);
    await leave(newcomers[2]);
    expect(await departed()).to.deep.equal([newcomers[0], newcomers[2]].map(addressOf));
    const { cooperative: entity } = await indexed();
    expect(entity).to.include({ memberCount: 8, electorate: 8 });
  });
});
