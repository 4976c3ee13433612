import { expect } from "chai";
import {
  AbiCoder,
  concat,
  getBytes,
  id,
  keccak256,
  parseEther,
  solidityPacked,
  toBeHex,
  Wallet,
  type ContractTransactionResponse,
} from "ethers";
import { network } from "hardhat";

import { deployLearningTasks } from "../learningTasks.js";
import { evenSchedule, smallTask, takeSeats } from "../tasks.js";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });

const coder = AbiCoder.defaultAbiCoder();
const TASK = 1n;
const STAKE = 10n ** 15n;
const BATCH = 50;
const Role = { Client: 1, Auditor: 2, Aggregator: 3 } as const;
const Phase = { Commit: 1, Reveal: 2, AuditCommit: 3 } as const;
/** Bounds on the gas of whole transactions, as compiled for tests. */
const BOUNDS = { first: 55_000, next: 34_100, signed: 15_000, reveal: 12_800, alone: 78_000 };
/** What one place a member costs on top of a first commitment: asking the membership, and the member's lane. */
const GATE = 22_500;

interface Update {
  readonly root: string;
  readonly samples: number;
  readonly norm: bigint;
  readonly content: { readonly codec: number; readonly digest: string };
  readonly salt: string;
}

async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  return Number((await (await sent).wait())!.gasUsed);
}

function update(seed: string): Update {
  const content = { codec: 0x55, digest: id(`content of ${seed}`) };
  return { root: id(seed), samples: 600, norm: 123_456_789n, content, salt: id(`salt of ${seed}`).slice(0, 34) };
}

/** The gas of a transaction where each byte of calldata costs at least 64. */
function dearest(gas: number, data: string): number {
  return Math.max(gas, 21_000 + 64 * getBytes(data).length);
}

async function fixture() {
  const signers = await ethers.getSigners();
  const dids = await ethers.deployContract("DIDRegistry");
  const membership = await ethers.deployContract("Membership", [dids.target]);
  const reputation = await ethers.deployContract("ReputationStub");
  const beacon = await ethers.deployContract("RandomnessStub");
  const escrow = await ethers.deployContract("RewardEscrow");
  const vault = await ethers.deployContract("StakeVault");
  const consents = await ethers.deployContract("ConsentRegistry", [dids.target]);
  const models = await ethers.deployContract("ModelRegistry");
  const address = await deployLearningTasks(ethers, {
    membership: String(membership.target),
    escrow: String(escrow.target),
    vault: String(vault.target),
    reputation: String(reputation.target),
    consents: String(consents.target),
    randomness: String(beacon.target),
    models: String(models.target),
  });
  const tasks = await ethers.getContractAt("ILearning", address);
  const [owner, slashRecipient, ...others] = signers;
  const auditors = others.slice(0, 4);
  const [aggregator] = others.slice(4);
  // each with a key, so that it can sign and send
  const clients = Array.from({ length: BATCH + 12 }, (_, i) => new Wallet(toBeHex(i + 1, 32), ethers.provider));
  for (const { address } of clients) await networkHelpers.setBalance(address, parseEther("1"));
  const members = [...auditors, aggregator, ...clients].map(({ address }) => address);
  for (let from = 0; from < members.length; from += BATCH) await membership.admit(members.slice(from, from + BATCH));
  await tasks.openTask(
    smallTask({
      ...{ cooperative: owner.address, slashRecipient: slashRecipient.address, reward: STAKE },
      startsAt: BigInt(await networkHelpers.time.latest()) + 10_000n,
      ...{ schedule: evenSchedule(1000), rounds: 4, retries: 4, maxClients: 10_000, panelCells: 12 },
      ...{ epsilon: 10, exclusionScore: 50, minimumScore: 100 },
    }),
    { value: STAKE },
  );
  await takeSeats({ tasks, vault }, TASK, { auditors, aggregators: [aggregator] });
  const { chainId } = await ethers.provider.getNetwork();

  const enter = async (phase: number) => networkHelpers.time.setNextBlockTimestamp(await tasks.phaseStart(TASK, phase));

  /** keccak256 of the ABI encoding, written out by hand. */
  const commitmentOf = (round: bigint, client: string, { root, samples, norm, content, salt }: Update): string => {
    const inner = keccak256(coder.encode(["uint32", "bytes32", "bytes16"], [content.codec, content.digest, salt]));
    const types = "bytes32 uint256 address uint256 uint256 address bytes32 uint256 uint256 bytes32".split(" ");
    const values = [id("artel.task.update.v1"), chainId, tasks.target, TASK, round, client, root, samples, norm, inner];
    return keccak256(coder.encode(types, values));
  };

  const commitItem = async (round: bigint, client: Wallet, commitment: string): Promise<string> => {
    const domain = { name: "Artel Learning", version: "1", chainId, verifyingContract: String(tasks.target) };
    const types = {
      UpdateCommitment: [
        { name: "taskId", type: "uint256" },
        { name: "round", type: "uint256" },
        { name: "client", type: "address" },
        { name: "commitment", type: "bytes32" },
      ],
    };
    const value = { taskId: TASK, round, client: client.address, commitment };
    const signature = ethers.Signature.from(await client.signTypedData(domain, types, value));
    return concat([client.address, commitment, signature.compactSerialized]);
  };

  const revealItem = (client: Wallet, { root, samples, norm, content, salt }: Update): string =>
    solidityPacked(
      ["address", "bytes32", "bytes32", "uint32", "uint64", "uint32", "bytes16"],
      [client.address, root, content.digest, samples, norm, content.codec, salt],
    );

  return { tasks, clients, enter, commitmentOf, commitItem, revealItem };
}

describe("Learning tasks, by whole transactions", () => {
  it("TSK-15 keeps its bounds for commitments and reveals", async () => {
    const { tasks, clients, enter, commitmentOf, commitItem, revealItem } = await fixture();
    const openings = clients.map(({ address }) => update(address));
    const commit = (i: number) => {
      const commitment = commitmentOf(1n, clients[i].address, openings[i]);
      return gasOf(tasks.connect(clients[i]).commitUpdate(TASK, commitment));
    };
    const reveal = (i: number) => gasOf(tasks.connect(clients[i]).revealUpdate(TASK, clients[i].address, openings[i]));
    const batch = clients.slice(0, BATCH);
    const signed = concat(
      await Promise.all(
        batch.map((client, i) => commitItem(1n, client, commitmentOf(1n, client.address, openings[i]))),
      ),
    );
    const revealed = concat(batch.map((client, i) => revealItem(client, openings[i])));

    // those who have a place write the same words as in every later round
    for (const client of clients.slice(0, BATCH + 2)) await tasks.connect(client).join(TASK, Role.Client);
    await enter(Phase.Commit);
    const signedBatch = await gasOf(tasks.commitUpdates(TASK, signed));
    await commit(BATCH);
    const next = await commit(BATCH + 1);
    const joining: number[] = [];
    for (let i = BATCH + 2; i < clients.length; i++) joining.push(await commit(i));
    await enter(Phase.Reveal);
    await reveal(BATCH);
    const revealBatch = await gasOf(tasks.revealUpdates(TASK, revealed));
    const alone = next + (await reveal(BATCH + 1));

    expect((await tasks.roundState(TASK)).updates).to.equal(BATCH + 2);
    expect(next, "learning.commit.next").to.be.at.most(BOUNDS.next);
    expect(signedBatch / BATCH, "learning.commit.signedBatch50.each").to.be.at.most(BOUNDS.signed);
    expect(revealBatch / BATCH, "learning.reveal.batch50.each").to.be.at.most(BOUNDS.reveal);
    expect(alone, "learning.commitAndReveal.alone").to.be.at.most(BOUNDS.alone);
    // seven of eight members share a word of places with one who has come before
    const median = joining.sort((a, b) => a - b)[joining.length >> 1];
    expect(median, "learning.commit.first").to.be.at.most(BOUNDS.first + GATE);
    for (const [gas, items] of [
      [signedBatch, signed],
      [revealBatch, revealed],
    ] as const)
      expect(dearest(gas, items)).to.be.below(2_000_000);
  });
});
