import { join } from "node:path";

import { openContentFolder } from "@artel/node";
import { appointLearning, claimItem, POINTS, Role, Support, Phase, type Cooperative } from "@artel/sdk";
import { ABSENT, clientsOf, decodeVector, panelsOf } from "@artel/sdk/learning";
import { expect } from "chai";
import { getBytes, ZeroAddress, type HDNodeWallet } from "ethers";
import { CID } from "multiformats/cid";

import { ProposalUpkeep } from "../../keeper/src/index.js";
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

type Terms = Record<string, number | string>;

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
    clientPay: string;
    auditorPay: string;
    aggregatorPay: string;
    claimed: string;
    refund: string;
    refundedAt: string | null;
    closedAt: string | null;
    schedule: Terms;
    aggregation: Terms & { combining: string };
    places: Terms;
    pay: Terms;
    microRho: string | null;
    reputationCategory: string | null;
    models: { root: string; parentRoot: string; cid: string }[];
    roundHistory: {
      outcome: string;
      seed: string;
      updatesRevealed: number;
      vectorsRevealed: number;
      panels: { cells: number[]; medians: number[]; vectors: { auditor: { account: { id: string } } }[] }[];
      updates: { client: { account: { id: string } }; root: string; median: number | null }[];
      answers: { support: number; modelRoot: string; disprovedAt: string | null }[];
      challengeEnds: string;
    }[];
    participants: {
      role: string;
      account: { id: string };
      earned: string;
      claimed: string;
      misses: number;
      reputationPoints: string;
    }[];
  }[];
  beaconRounds: { randomness: string }[];
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
    settled voided modelRoot clientPay auditorPay aggregatorPay claimed refund refundedAt closedAt
    schedule {
      commit reveal auditCommit auditReveal settle aggregateCommit aggregateReveal challenge longChallenge appeal
    }
    aggregation { parameters sampleCap clipNorm combining trim leafCells momentum exclusionScore }
    places {
      retries minClients maxClients panelCells panelSeats minAuditors maxAuditors aggregators aggregatorQuorum
    }
    pay {
      slashRecipient periodRounds auditorShare aggregatorShare treasuryShare epsilon minimumScore
      auditorStake aggregatorStake missPenalty
    }
    microRho reputationCategory
    models { root parentRoot cid }
    roundHistory {
      outcome seed updatesRevealed vectorsRevealed challengeEnds
      panels { cells medians vectors { auditor { account { id } } } }
      updates { client { account { id } } root median }
      answers { support modelRoot disprovedAt }
    }
    participants { role account { id } earned claimed misses reputationPoints }
  }
  beaconRounds { randomness }
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

  it("IDX-04 IDX-08 tells of a learning task, from the vote on it to the last payment, as the chain does", async () => {
    const { membership, models, tasks } = suite.contracts;
    const content = openContentFolder(join(folder, "content"));
    const token = await deployToken(suite);
    const address = await token.getAddress();
    await (await token.mint(cooperative.address, REWARD)).wait();
    const members = [...founders, ...newcomers];
    const cast = { clients: members.slice(0, 3), auditors: members.slice(3, 7), aggregators: members.slice(7) };
    const terms = await termsOf(suite, cooperative.address, address, cast, content);
    const target = await tasks.getAddress();
    const opening: Proposal = await propose(
      suite,
      cooperative,
      [
        { target: address, data: token.interface.encodeFunctionData("approve", [target, REWARD]) },
        { target, data: tasks.interface.encodeFunctionData("openTask", [terms]) },
      ],
      "Train a model",
    );
    await pass(suite, cooperative, members, [opening]);
    await carryOut();
    const taskId = await tasks.taskCount();
    expect(taskId).to.equal(1n);
    await joinAll(suite, taskId, cast, address);
    const task = taskOf(suite, taskId, cast, address, folder, content);
    const { clients, auditors, aggregators } = await partiesOf(task);
    const stepAll = async (parties: readonly { step(): Promise<boolean> }[]) => {
      for (const party of parties) await party.step();
    };
    await stepAll(clients);
    await task.to(Phase.Reveal);
    await stepAll(clients);
    await task.to(Phase.AuditCommit);
    // the beacon's round, then the seed
    expect(await task.keeper.run(SILENT)).to.equal(2);
    await stepAll(auditors);
    await task.to(Phase.AuditReveal);
    await stepAll(auditors);
    await task.to(Phase.Settle);
    expect(await task.keeper.run(SILENT)).to.equal(1);
    await task.to(Phase.AggregateCommit);
    await stepAll(aggregators);
    await task.to(Phase.AggregateReveal);
    await stepAll(aggregators);
    const challengeEnds = await tasks.phaseStart(taskId, Phase.Finishing);
    await task.to(Phase.Finishing);
    expect(await task.keeper.run(SILENT)).to.equal(1);
    await suite.chain.warpTo((await tasks.periodOf(taskId, 0n)).claimableFrom);
    for (const wallet of members) {
      const { claimable } = await tasks.earningsOf(taskId, wallet.address);
      if (claimable === 0n) continue;
      await (await tasks.connect(wallet).claim([claimItem(taskId, cast.clients.includes(wallet) ? 1n : 0n)])).wait();
      const number = await membership.numberOf(cooperative.address, wallet.address);
      await (await tasks.recordReputation(taskId, wallet.address, number)).wait();
    }
    await (await tasks.refund(taskId)).wait();

    const { learningTasks, beaconRounds, escrowAccounts, reputationScores, network } = await indexed();
    expect(learningTasks).to.have.length(1);
    expect(beaconRounds).to.have.length(1);
    const [{ participants, roundHistory, models: lineage, ...facts }] = learningTasks;
    const state = await tasks.roundState(taskId);
    expect(facts).to.include({ settled: 1, voided: 0, modelRoot: state.modelRoot });
    const { combining, exclusionScore, ...aggregation } = facts.aggregation;
    expect(combining).to.equal("MEAN");
    const onChain = await tasks.termsOf(taskId);
    for (const [shown, struct] of [
      [facts.schedule, onChain.schedule],
      [aggregation, onChain.aggregation],
      [{ ...facts.places, ...facts.pay, exclusionScore }, onChain],
    ] as const) {
      const said = Object.keys(shown).map((term) => String(Reflect.get(struct, term)).toLowerCase());
      expect(Object.values(shown).map(String)).to.deep.equal(said);
    }
    // it asks for neither
    expect(facts).to.include({ microRho: null, reputationCategory: null });
    const model = await models.modelOf(tasks, taskId, state.modelRoot);
    expect(lineage.map(({ root, parentRoot }) => [root, parentRoot])).to.deep.equal([[state.modelRoot, model.parent]]);
    expect(await content.has(CID.parse(lineage[0].cid))).to.equal(true);

    expect(roundHistory).to.have.length(1);
    const [{ panels, updates, answers, ...round }] = roundHistory;
    const { seed } = await tasks.panelState(taskId);
    expect(round).to.deep.equal({
      ...{ outcome: "SETTLED", seed, updatesRevealed: 3, vectorsRevealed: 3, challengeEnds: `${challengeEnds}` },
    });
    expect(answers).to.deep.equal([{ support: 3, modelRoot: state.modelRoot, disprovedAt: null }]);
    const sizes = { clients: 3, auditors: 4, panelCells: 1, panelSeats: 3 };
    const [panel] = panelsOf(seed, sizes);
    const [settled] = await tasks.queryFilter(tasks.filters.PanelSettled(taskId));
    const medians = decodeVector(panel, getBytes(settled.args.medians));
    expect(panels.map(({ cells }) => cells)).to.deep.equal([panel.cells]);
    expect(panels[0].medians).to.deep.equal([...medians.values()]);
    expect(panels[0].vectors.map(({ auditor }) => auditor.account.id).sort()).to.deep.equal(
      panel.auditors.map((id) => addressOf(cast.auditors[id])).sort(),
    );
    const medianOf = new Map(updates.map(({ client, median }) => [client.account.id, median ?? ABSENT]));
    for (const id of clientsOf(panel, sizes.clients)) {
      expect(medianOf.get(addressOf(cast.clients[id]))).to.equal(medians.get(id));
    }

    expect(facts.closedAt).not.to.equal(null);
    expect(facts.refundedAt).not.to.equal(null);
    // Each client's share is rounded down, so less than a unit a client stays behind.
    const owed = [facts.clientPay, facts.auditorPay, facts.aggregatorPay, facts.refund].map(BigInt);
    expect(owed.reduce((sum, part) => sum + part)).to.equal(REWARD);
    const paidOut = BigInt(facts.claimed) + BigInt(facts.refund);
    const rest = REWARD - paidOut;
    expect(rest >= 0n && rest < BigInt(cast.clients.length), `${rest} left`).to.equal(true);
    expect(escrowAccounts).to.deep.equal([{ funded: `${REWARD}`, paid: `${paidOut}`, remaining: `${rest}` }]);
    expect(participants).to.have.length(members.length);
    for (const { account, role, earned, claimed, misses, reputationPoints } of participants) {
      const [{ earned: owing }, share, seen] = await Promise.all([
        tasks.earningsOf(taskId, account.id),
        tasks.shareOf(taskId, account.id),
        tasks.participantOf(taskId, account.id),
      ]);
      expect(BigInt(earned)).to.equal(owing);
      expect(BigInt(claimed)).to.equal(await token.balanceOf(account.id));
      expect(BigInt(misses)).to.equal(seen.misses);
      expect(role).to.equal(Object.keys(Role)[Number(seen.role)].toUpperCase());
      if (role === "CLIENT") expect([share.pay, share.ofAll]).to.deep.equal([earned, facts.clientPay].map(BigInt));
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
