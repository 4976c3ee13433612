import { hexlify, id, parseEther, toUtf8Bytes, type Contract } from "ethers";

import { gasOf, type Chain } from "./chain.js";
import type { Measured } from "./results.js";

const ROLE = { client: 1, auditor: 2, aggregator: 3 };
const PHASE = {
  commit: 1,
  reveal: 2,
  auditCommit: 3,
  auditReveal: 4,
  aggregateCommit: 5,
  aggregateReveal: 6,
  finishing: 8,
};
const STAKE = parseEther("0.001");
const REWARD = parseEther("10");
const TASK = 1n;

/** A task of three rounds, each a pay period, paid in a token that the clients have some of. */
export async function measureLearning(chain: Chain): Promise<Measured> {
  const suite = await open(chain);
  const { rounds, clients } = suite;
  const first = await round(chain, suite, 1n);
  const firstClaim = await gasOf(rounds.claim([TASK], clients[0].address));
  const next = await round(chain, suite, 2n);
  const claim = await gasOf(rounds.claim([TASK], clients[0].address));
  return {
    "learning.commit.first": { ours: first },
    "learning.commit.next": { ours: next },
    "rewards.claim.onePeriod": { ours: claim, variants: { "the client's first in a task": firstClaim } },
  };
}

type Suite = Awaited<ReturnType<typeof open>>;

async function open(chain: Chain) {
  const [owner, ...others] = chain.signers;
  const registry = await chain.deploy("DIDRegistry");
  const membership = await chain.deploy("Membership", [registry.target]);
  const manager = await chain.deploy("AccessManager", [owner.address]);
  const reputation = await chain.deploy("Reputation", [manager.target]);
  const escrow = await chain.deploy("RewardEscrow");
  const vault = await chain.deploy("StakeVault");
  const consents = await chain.deploy("ConsentRegistry", [registry.target]);
  const opening = await chain.deploy("OpeningLib");
  const settlement = await chain.deploy("SettlementLib");
  const rounds = await chain.deploy(
    "LearningRounds",
    [membership.target, escrow.target, vault.target, reputation.target, consents.target],
    { OpeningLib: String(opening.target), SettlementLib: String(settlement.target) },
  );
  const token = await chain.deploy("LocalToken", ["Play", "PLAY"]);
  const clients = others.slice(0, 3);
  const auditors = others.slice(3, 8);
  const aggregators = others.slice(8, 11);
  await membership.admit([...clients, ...auditors, ...aggregators].map(({ address }) => address));
  for (const { address } of chain.signers) await token.mint(address, REWARD * 2n);
  await token.approve(escrow.target, REWARD);
  await token.approve(rounds.target, REWARD);
  await rounds.openTask({
    cooperative: owner.address,
    token: token.target,
    reward: REWARD,
    startsAt: (await chain.now()) + 1_000,
    schedule: {
      ...{ commit: 100, reveal: 100, auditCommit: 100, auditReveal: 100 },
      ...{ aggregateCommit: 100, aggregateReveal: 100, challenge: 100 },
    },
    ...{ rounds: 3, periodRounds: 1, retries: 0, minClients: 2, maxClients: 8, auditors: 5, aggregators: 3 },
    ...{ aggregatorQuorum: 2, auditorShare: 2000, aggregatorShare: 1000, epsilon: 10, exclusionScore: 50 },
    ...{ minimumScore: 100, auditorStake: STAKE, aggregatorStake: STAKE, missPenalty: STAKE / 2n },
    slashRecipient: others[12].address,
    consentPurpose: `0x${"00".repeat(32)}`,
    initialRoot: id("initial"),
    initialModel: toUtf8Bytes("initial model"),
    manifest: toUtf8Bytes("manifest"),
  });
  const seats = [
    ...auditors.map((account) => ({ account, role: ROLE.auditor })),
    ...aggregators.map((account) => ({ account, role: ROLE.aggregator })),
  ];
  for (const { account, role } of seats) {
    await token.connect(account).getFunction("approve")(vault.target, STAKE);
    await vault.connect(account).getFunction("deposit")(rounds.target, token.target, STAKE);
    await rounds.connect(account).getFunction("join")(TASK, role);
  }
  return { rounds, clients, auditors, aggregators };
}

/** One round of three clients, five auditors and three aggregators. @returns what the last client's commitment cost */
async function round(chain: Chain, { rounds, clients, auditors, aggregators }: Suite, number: bigint): Promise<number> {
  const enter = async (phase: number) => {
    const start: bigint = await rounds.phaseStart(TASK, phase);
    if (start > BigInt(await chain.now())) await chain.warp(start);
  };
  const as = (signer: (typeof clients)[number], name: string, ...args: unknown[]) =>
    (rounds.connect(signer) as Contract).getFunction(name)(...args);
  const joins: number[] = [];
  if (number === 1n) for (const client of clients) joins.push(await gasOf(as(client, "join", TASK, ROLE.client)));

  await enter(PHASE.commit);
  const opening = (index: number) => ({
    ...{ root: id(`root ${number} ${index}`), samples: 600n, norm: 1234n },
    ...{ cid: toUtf8Bytes(`cid ${number} ${index}`), salt: id("salt") },
  });
  const commits: number[] = [];
  for (const [index, client] of clients.entries()) {
    const hash = await rounds.updateCommitment(TASK, number, client.address, opening(index));
    commits.push(await gasOf(as(client, "commitUpdate", TASK, hash)));
  }
  await enter(PHASE.reveal);
  for (const [index, client] of clients.entries()) await rounds.revealUpdate(TASK, client.address, opening(index));

  await enter(PHASE.auditCommit);
  const scores = new DataView(new ArrayBuffer(6));
  [300, 200, 100].forEach((score, index) => scores.setInt16(2 * index, score));
  const vectors = auditors.map(({ address }) => ({
    ...{ auditor: address, salt: id("salt"), scores: hexlify(new Uint8Array(scores.buffer)) },
  }));
  for (const [index, vector] of vectors.entries()) {
    await as(auditors[index], "commitScores", TASK, await rounds.scoresCommitment(TASK, number, vector));
  }
  await enter(PHASE.auditReveal);
  for (const vector of vectors) await rounds.revealScores(TASK, vector);

  await enter(PHASE.aggregateCommit);
  await rounds.scoreRound(TASK, vectors);
  const model = [id(`model ${number}`), toUtf8Bytes(`model ${number}`), id("salt")] as const;
  for (const aggregator of aggregators) {
    const hash = await rounds.aggregateCommitment(TASK, number, aggregator.address, ...model);
    await as(aggregator, "commitAggregate", TASK, hash);
  }
  await enter(PHASE.aggregateReveal);
  for (const { address } of aggregators) await rounds.revealAggregate(TASK, address, ...model);
  await enter(PHASE.finishing);
  await rounds.finishRound(TASK);
  return commits.at(-1)! + (joins.at(-1) ?? 0);
}
