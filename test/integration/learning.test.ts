import { expect } from "chai";
import { AbiCoder, id, keccak256, toUtf8Bytes, ZeroAddress, ZeroHash } from "ethers";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });

const coder = AbiCoder.defaultAbiCoder();
const REWARD = 10n ** 18n;
const STAKE = 10n ** 15n;
const Role = { Client: 1, Auditor: 2, Aggregator: 3 } as const;
const Phase = {
  Commit: 1,
  Reveal: 2,
  AuditCommit: 3,
  AuditReveal: 4,
  AggregateCommit: 5,
  AggregateReveal: 6,
  Finishing: 8,
};

/** keccak256(abi.encode(keccak256(tag), chain, contract, task, round, account, ...)), written out by hand. */
function commitment(tag: string, common: unknown[], types: string[], values: unknown[]): string {
  const head = ["bytes32", "uint256", "address", "uint256", "uint256", "address"];
  return keccak256(coder.encode([...head, ...types], [id(tag), ...common, ...values]));
}

/** Scores as an auditor commits to them: two bytes a client, big-endian two's complement. */
function vector(scores: number[]): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(2 * scores.length));
  scores.forEach((score, index) => bytes.setInt16(2 * index, score));
  return new Uint8Array(bytes.buffer);
}

async function fixture() {
  const signers = await ethers.getSigners();
  const membership = await ethers.deployContract("MembershipStub");
  const reputation = await ethers.deployContract("ReputationStub");
  const escrow = await ethers.deployContract("RewardEscrow");
  const vault = await ethers.deployContract("StakeVault");
  const dids = await ethers.deployContract("DIDRegistry");
  const consents = await ethers.deployContract("ConsentRegistry", [dids.target]);
  const opening = await ethers.deployContract("OpeningLib");
  const settlement = await ethers.deployContract("SettlementLib");
  const rounds = await ethers.deployContract(
    "LearningRounds",
    [membership.target, escrow.target, vault.target, reputation.target, consents.target],
    { libraries: { OpeningLib: opening.target, SettlementLib: settlement.target } },
  );
  const [owner, slashRecipient, ...others] = signers;
  const clients = others.slice(0, 3);
  const auditors = others.slice(3, 8);
  const aggregators = others.slice(8, 11);
  for (const account of [...clients, ...auditors, ...aggregators])
    await membership.admit(owner.address, account.address, account.address);
  const terms = {
    cooperative: owner.address,
    token: ZeroAddress,
    reward: REWARD,
    startsAt: BigInt(await networkHelpers.time.latest()) + 1000n,
    schedule: {
      commit: 100,
      reveal: 100,
      auditCommit: 100,
      auditReveal: 100,
      aggregateCommit: 100,
      aggregateReveal: 100,
      challenge: 100,
    },
    rounds: 1,
    periodRounds: 1,
    retries: 0,
    minClients: 2,
    maxClients: 8,
    auditors: 5,
    aggregators: 3,
    aggregatorQuorum: 2,
    auditorShare: 2000,
    aggregatorShare: 1000,
    epsilon: 10,
    exclusionScore: 50,
    minimumScore: 100,
    auditorStake: STAKE,
    aggregatorStake: STAKE,
    missPenalty: STAKE / 2n,
    slashRecipient: slashRecipient.address,
    consentPurpose: ZeroHash,
    initialRoot: id("initial"),
    initialModel: toUtf8Bytes("initial model"),
    manifest: toUtf8Bytes("manifest"),
  };
  return { owner, clients, auditors, aggregators, rounds, vault, reputation, terms, slashRecipient };
}

describe("a learning round across the ABI", () => {
  it("LRN-06 RWD-09 goes from escrow to pay with commitments computed in TypeScript", async () => {
    const { owner, clients, auditors, aggregators, rounds, vault, reputation, terms } =
      await networkHelpers.loadFixture(fixture);
    const chainId = (await ethers.provider.getNetwork()).chainId;
    const bound = (account: string) => [chainId, rounds.target, 1n, 1n, account];
    const enter = async (phase: number) => networkHelpers.time.increaseTo(await rounds.phaseStart(1n, phase));

    await expect(rounds.connect(owner).openTask(terms, { value: REWARD }))
      .to.emit(rounds, "TaskOpened")
      .and.to.emit(rounds, "RoundStarted")
      .withArgs(1n, 1n, terms.startsAt);
    for (const client of clients) await rounds.connect(client).join(1n, Role.Client);
    const seats = [
      ...auditors.map((account) => ({ account, role: Role.Auditor })),
      ...aggregators.map((account) => ({ account, role: Role.Aggregator })),
    ];
    for (const { account, role } of seats) {
      await vault.connect(account).deposit(rounds.target, ZeroAddress, STAKE, { value: STAKE });
      await rounds.connect(account).join(1n, role);
    }

    await enter(Phase.Commit);
    const updates = clients.map((client, index) => ({
      client,
      opening: {
        root: id(`root ${index}`),
        samples: 600n,
        norm: 1234n,
        cid: toUtf8Bytes(`cid ${index}`),
        salt: id("s"),
      },
    }));
    for (const { client, opening } of updates) {
      const hash = commitment(
        "artel.update.v1",
        bound(client.address),
        ["bytes32", "uint256", "uint256", "bytes32", "bytes32"],
        [opening.root, opening.samples, opening.norm, keccak256(opening.cid), opening.salt],
      );
      expect(hash).to.equal(await rounds.updateCommitment(1n, 1n, client.address, opening));
      await rounds.connect(client).commitUpdate(1n, hash);
    }
    await enter(Phase.Reveal);
    for (const { client, opening } of updates) await rounds.revealUpdate(1n, client.address, opening);

    await enter(Phase.AuditCommit);
    const openings = auditors.map((auditor, index) => ({
      auditor: auditor.address,
      salt: id(`salt ${index}`),
      scores: vector([300 + index, 100, -60]),
    }));
    for (const [index, opening] of openings.entries()) {
      const hash = commitment(
        "artel.scores.v1",
        bound(opening.auditor),
        ["bytes32", "bytes32"],
        [keccak256(opening.scores), opening.salt],
      );
      await rounds.connect(auditors[index]).commitScores(1n, hash);
    }
    await enter(Phase.AuditReveal);
    for (const opening of openings) await rounds.revealScores(1n, opening);

    await enter(Phase.AggregateCommit);
    await expect(rounds.scoreRound(1n, openings))
      .to.emit(rounds, "RoundScored")
      .withArgs(1n, 1n, ethers.hexlify(vector([302, 100, -60])), 0b011n);
    const root = id("next");
    const cid = toUtf8Bytes("next model");
    for (const aggregator of aggregators) {
      const hash = commitment(
        "artel.aggregate.v1",
        bound(aggregator.address),
        ["bytes32", "bytes32", "bytes32"],
        [root, keccak256(cid), id("s")],
      );
      await rounds.connect(aggregator).commitAggregate(1n, hash);
    }
    await enter(Phase.AggregateReveal);
    for (const aggregator of aggregators) await rounds.revealAggregate(1n, aggregator.address, root, cid, id("s"));

    await enter(Phase.Finishing);
    await expect(rounds.finishRound(1n))
      .to.emit(rounds, "RoundSettled")
      .withArgs(1n, 1n, root, ethers.hexlify(cid))
      .and.to.emit(rounds, "PeriodClosed")
      .withArgs(1n, 0n, (REWARD * 7n) / 10n, 402n, 402n)
      .and.to.emit(rounds, "TaskClosed");
    expect((await rounds.roundState(1n)).modelRoot).to.equal(root);

    const share = (score: bigint) => (((REWARD * 7n) / 10n) * score) / 402n;
    await expect(rounds.claim([1n], clients[0].address)).to.changeEtherBalance(ethers, clients[0], share(302n));
    await expect(rounds.claim([1n], clients[1].address)).to.changeEtherBalance(ethers, clients[1], share(100n));
    await expect(rounds.claim([1n], clients[2].address)).to.changeEtherBalance(ethers, clients[2], 0n);
    await expect(rounds.claim([1n], auditors[0].address)).to.changeEtherBalance(ethers, auditors[0], REWARD / 25n);
    await rounds.releaseStake(1n, auditors[0].address);
    await rounds.recordReputation(1n, clients[0].address);
    expect(await reputation.scoreOf(owner.address, id("contribution"), clients[0].address)).to.equal(
      (share(302n) * 1_000_000n) / REWARD,
    );
  });

  it("explains a refusal with its values", async () => {
    const { owner, clients, rounds, terms } = await networkHelpers.loadFixture(fixture);
    await expect(rounds.connect(owner).openTask({ ...terms, auditors: 2 }, { value: REWARD }))
      .to.be.revertedWithCustomError(rounds, "LearningRounds_InvalidTerms")
      .withArgs("auditors", 2n);
    await rounds.connect(owner).openTask(terms, { value: REWARD });
    await expect(rounds.connect(clients[0]).commitUpdate(1n, id("early")))
      .to.be.revertedWithCustomError(rounds, "LearningRounds_WrongPhase")
      .withArgs(1n, 1n, 0n, Phase.Commit);
    // an error that the linked library raises is in the contract's ABI as well
    await expect(rounds.finishRound(1n))
      .to.be.revertedWithCustomError(rounds, "LearningRounds_NotFinishable")
      .withArgs(1n, 1n, 0n);
  });
});
