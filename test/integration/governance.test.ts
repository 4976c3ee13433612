import { readFile } from "node:fs/promises";

import { expect } from "chai";
import type { Contract, ContractTransactionReceipt, InterfaceAbi, Signer } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

import { ballotDigest, proxiedBallot, signBallot, signedBallot, Support } from "../../sdk/src/ballots.js";
import { ALL_TOPICS } from "../../sdk/src/proxies.js";
import { createRandom } from "../../sdk/src/learning/index.js";
import { signSponsorship, sponsorshipDigest } from "../../sdk/src/sponsors.js";
import { BY_HEADS } from "../../sdk/src/weighting.js";
import type { ICooperativeFactory } from "../../sdk/src/contracts/contracts/founding/CooperativeFactory.js";

const connection: NetworkConnection<"l1"> = await network.create({ network: "l1", chainType: "l1" });
const { ethers, networkHelpers } = connection;

const HOUR = 3_600n;
const DAY = 24n * HOUR;
const ORDINARY = 1n;
const DESCRIPTION = "# Buy a server\n\nFor training.";
const BALLOT = {
  Ballot: [
    { name: "proposalId", type: "uint256" },
    { name: "support", type: "uint8" },
    { name: "voter", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};
const EXTENDED_BALLOT = {
  ExtendedBallot: [...BALLOT.Ballot, { name: "reason", type: "string" }, { name: "params", type: "bytes" }],
};
const FRACTIONS = [
  [0n, 1n],
  [1n, 3n],
  [1n, 2n],
  [2n, 3n],
  [1n, 1n],
] as const;
const POLICY = {
  approvalNumerator: 1n,
  approvalDenominator: 2n,
  strict: true,
  quorumNumerator: 1n,
  quorumDenominator: 2n,
  vetoNumerator: 1n,
  vetoDenominator: 2n,
  votingDelay: HOUR,
  votingPeriod: 3n * DAY,
  executionDelay: DAY,
  executionWindow: 7n * DAY,
  seasoning: 0n,
  lateWindow: 6n * HOUR,
  sponsors: 0n,
  ...BY_HEADS,
};

/** The suite as a deployment makes it, and a cooperative of five accounts, one of which is a wallet contract. */
async function fixture() {
  const [deployer, founder, relayer, ...members] = (await ethers.getSigners()).slice(0, 7);
  const registry = await ethers.deployContract("DIDRegistry", deployer);
  const membership = await ethers.deployContract("Membership", [registry], deployer);
  const policyBook = await ethers.deployContract("PolicyBook", [membership], deployer);
  const proxies = await ethers.deployContract("Proxies", [membership], deployer);
  const offices = await ethers.deployContract("OfficesStub", deployer);
  const manager = await ethers.deployContract("AccessManager", [deployer], deployer);
  const reputation = await ethers.deployContract("Reputation", [manager], deployer);
  const libraries: Record<string, string> = {};
  for (const name of ["GuardianLib", "ProposingLib", "WeighingLib"]) {
    libraries[name] = await (await ethers.deployContract(name, deployer)).getAddress();
  }
  const governors = await ethers.deployContract(
    "CooperativeGovernor",
    [membership, policyBook, proxies, offices, reputation],
    { signer: deployer, libraries },
  );
  const tokens = await ethers.deployContract("MembershipToken", [membership], deployer);
  const factory = await ethers.deployContract("CooperativeFactory", [governors, tokens], deployer);
  const walletKey = ethers.Wallet.createRandom();
  const wallet = await ethers.deployContract("SignerWallet", [walletKey.address], deployer);

  const beneficiary = ethers.Wallet.createRandom().address;
  const terms: ICooperativeFactory.FoundingTermsStruct = {
    name: "Northern Lights",
    dids: [...members.map((member) => member.address), await wallet.getAddress()],
    policies: [
      { policyClass: await policyBook.CONSTITUTIONAL(), policy: POLICY },
      { policyClass: ORDINARY, policy: POLICY },
    ],
    rules: [
      {
        target: membership,
        selector: membership.interface.getFunction("admit").selector,
        rule: { policyClass: ORDINARY, amountArgument: 0, tokenArgument: 0, inStruct: false },
      },
    ],
    limits: [],
    heir: ethers.ZeroAddress,
    calls: [{ target: proxies, data: proxies.interface.encodeFunctionData("setLimits", [9, 0, 90n * DAY]) }],
    salt: ethers.ZeroHash,
  };
  const predicted = await factory.predict(founder.address, terms);
  const founding = await factory.connect(founder).found(terms);
  const treasury = await ethers.getContractAt("Treasury", predicted.cooperative);
  const governor = await ethers.getContractAt("CooperativeGovernor", predicted.governor);
  const token = await ethers.getContractAt("MembershipToken", predicted.membershipToken);
  await founder.sendTransaction({ to: treasury, value: ethers.parseEther("10") });
  const guard = (number: bigint) => offices.appoint(ethers.id("guardian"), number, 1n, 2n ** 40n);
  return {
    ...{ beneficiary, factory, founding, founder, governor, guard, members, membership, predicted },
    ...{ proxies, relayer, token, treasury, wallet, walletKey },
  };
}

type Fixture = Awaited<ReturnType<typeof fixture>>;

/** A payment of two ether, proposed by the first member. */
async function propose({ governor, members, beneficiary }: Fixture) {
  const actions: [string[], bigint[], string[]] = [[beneficiary], [ethers.parseEther("2")], ["0x"]];
  const hash = ethers.id(DESCRIPTION);
  const id = await governor.getProposalId(...actions, hash);
  const proposing = await governor.connect(members[0]).propose(...actions, DESCRIPTION);
  return { actions, hash, id, proposing };
}

async function domainOf(governor: Fixture["governor"]) {
  const { name, version, chainId, verifyingContract } = await governor.eip712Domain();
  return { name, version, chainId, verifyingContract };
}

describe("governance", () => {
  it("FND-02 founds a cooperative at the predicted addresses", async () => {
    const { factory, founding, founder, governor, predicted, token, treasury } =
      await networkHelpers.loadFixture(fixture);
    await expect(founding)
      .to.emit(factory, "CooperativeFounded")
      .withArgs(
        predicted.cooperative,
        predicted.governor,
        founder.address,
        predicted.membershipToken,
        "Northern Lights",
      );
    expect(await treasury.governor()).to.equal(predicted.governor);
    expect(await governor.treasury()).to.equal(predicted.cooperative);
    expect(await token.name()).to.equal("Northern Lights");
  });

  it("GSW-06 takes the signatures of sponsors, and GSW-01 a guardian cancels", async () => {
    const { beneficiary, founder, governor, guard, members, wallet, walletKey } =
      await networkHelpers.loadFixture(fixture);
    const actions: [string[], bigint[], string[]] = [[beneficiary], [1n], ["0x"]];
    const hash = ethers.id(DESCRIPTION);
    const proposalId = await governor.getProposalId(...actions, hash);
    const deadline = BigInt(await networkHelpers.time.latest()) + DAY;
    const sponsoring = { proposalId, proposer: members[0].address, deadline };
    const { verifyingContract, chainId } = await domainOf(governor);
    const signature = walletKey.signingKey.sign(sponsorshipDigest(verifyingContract, chainId, sponsoring)).serialized;
    const sponsorships = [
      await signSponsorship(members[1], verifyingContract, chainId, sponsoring),
      { signer: await wallet.getAddress(), deadline, signature },
    ];
    await expect(governor.connect(members[0]).proposeWithSponsors(...actions, DESCRIPTION, sponsorships))
      .to.emit(governor, "ProposalSponsored")
      .withArgs(proposalId, [2n, BigInt(members.length + 1)]);
    await guard(1n);
    await expect(governor.connect(founder).cancelAsGuardian(...actions, hash, "No.")).to.be.revertedWithCustomError(
      governor,
      "Governor_NotTheGuardian",
    );
    await expect(governor.connect(members[0]).cancelAsGuardian(...actions, hash, "The payee is unknown."))
      .to.emit(governor, "GuardianCancelled")
      .withArgs(proposalId, 1n, 1n, "The payee is unknown.");
  });

  it("GOV-19 pays after propose, direct and signed ballots, queue and execute", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { beneficiary, governor, members, relayer, treasury, wallet, walletKey } = suite;
    const { actions, hash, id, proposing } = await propose(suite);
    await expect(proposing).to.emit(governor, "ProposalClassified").withArgs(id, 7n, 1n, 5n);

    await networkHelpers.time.increaseTo((await governor.proposalSnapshot(id)) + 1n);
    const domain = await domainOf(governor);
    // An account, directly.
    await expect(governor.connect(members[0]).castVote(id, 1))
      .to.emit(governor, "VoteCast")
      .withArgs(members[0].address, id, 1n, 1n, "");
    // An account's signature, carried by somebody else.
    const signed = { proposalId: id, support: 1, voter: members[1].address, nonce: 0 };
    await expect(
      governor
        .connect(relayer)
        .castVoteBySig(id, 1, members[1].address, await members[1].signTypedData(domain, BALLOT, signed)),
    )
      .to.emit(governor, "VoteCast")
      .withArgs(members[1].address, id, 1n, 1n, "");
    // A signature with a reason.
    const reasoned = { proposalId: id, support: 2, voter: members[2].address, nonce: 0, reason: "cost", params: "0x" };
    const reasonedSignature = await members[2].signTypedData(domain, EXTENDED_BALLOT, reasoned);
    await expect(
      governor
        .connect(relayer)
        .castVoteWithReasonAndParamsBySig(id, 2, members[2].address, "cost", "0x", reasonedSignature),
    )
      .to.emit(governor, "VoteCast")
      .withArgs(members[2].address, id, 2n, 1n, "cost");
    // A wallet contract, through ERC-1271.
    const voter = await wallet.getAddress();
    const walletBallot = { proposalId: id, support: 1, voter, nonce: 0 };
    await governor
      .connect(relayer)
      .castVoteBySig(id, 1, voter, await walletKey.signTypedData(domain, BALLOT, walletBallot));
    expect(await governor.proposalVotes(id)).to.deep.equal([0n, 3n, 1n]);

    const eta = await governor.proposalEta(id);
    await networkHelpers.time.increaseTo((await governor.proposalDeadline(id)) + 1n);
    await expect(governor.queue(...actions, hash))
      .to.emit(governor, "ProposalQueued")
      .withArgs(id, eta);
    await expect(governor.execute(...actions, hash))
      .to.be.revertedWithCustomError(governor, "Governor_TooEarly")
      .withArgs(id, eta);
    await networkHelpers.time.increaseTo(eta);
    const execution = governor.connect(relayer).execute(...actions, hash);
    await expect(execution)
      .to.emit(treasury, "ActionExecuted")
      .withArgs(id, 0n, beneficiary, ethers.parseEther("2"), "0x00000000");
    await expect(execution).to.emit(governor, "ProposalExecuted").withArgs(id);
    expect(await ethers.provider.getBalance(beneficiary)).to.equal(ethers.parseEther("2"));
  });

  it("GOV-25 serves a client that knows nothing but OpenZeppelin's ABI", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { beneficiary, members, predicted, relayer, treasury } = suite;
    const file = new URL(import.meta.resolve("@openzeppelin/contracts/build/contracts/Governor.json"));
    const { abi } = JSON.parse(await readFile(file, "utf8")) as { abi: InterfaceAbi };
    const governor = new ethers.Contract(predicted.governor, abi, relayer);
    /** Sends a call, and tells the events that the ABI knows, with their arguments. */
    const events = async (signer: Signer, name: string, ...args: unknown[]) => {
      const sent = await (governor.connect(signer) as Contract).getFunction(name)(...args);
      const { logs } = (await sent.wait()) as ContractTransactionReceipt;
      return logs
        .filter(({ address }) => address === predicted.governor)
        .map((log) => governor.interface.parseLog(log))
        .filter((event) => event !== null)
        .map((event) => [event.name, ...event.args.toArray()]);
    };
    const actions: [string[], bigint[], string[]] = [[beneficiary], [ethers.parseEther("2")], ["0x"]];
    const hash = ethers.id(DESCRIPTION);
    const id: bigint = await governor.hashProposal(...actions, hash);
    const created = await events(members[0], "propose", ...actions, DESCRIPTION);
    const [start, end]: bigint[] = [await governor.proposalSnapshot(id), await governor.proposalDeadline(id)];
    const announced = [id, members[0].address, actions[0], actions[1], [""], actions[2], start, end, DESCRIPTION];
    expect(created).to.deep.equal([["ProposalCreated", ...announced]]);
    expect([await governor.votingDelay(), await governor.votingPeriod()]).to.deep.equal([HOUR, end - start]);
    expect(await governor.proposalProposer(id)).to.equal(members[0].address);
    expect(await governor.state(id)).to.equal(0n);

    await networkHelpers.time.increaseTo(start + 1n);
    expect(await governor.state(id)).to.equal(1n);
    expect(await governor.clock()).to.equal(start + 1n);
    expect(await governor.getVotes(members[1].address, start)).to.equal(1n);
    expect(await governor.quorum(start)).to.equal(3n); // half of five
    for (const member of members.slice(0, 3)) {
      const cast = ["VoteCast", member.address, id, 1n, 1n, "because"];
      expect(await events(member, "castVoteWithReason", id, 1, "because")).to.deep.equal([cast]);
    }
    expect(await governor.hasVoted(id, members[2].address)).to.equal(true);

    await networkHelpers.time.increaseTo(end + 1n);
    expect(await governor.state(id)).to.equal(5n); // never Succeeded: queued from here on
    expect(await governor.proposalNeedsQueuing(id)).to.equal(true);
    const eta: bigint = await governor.proposalEta(id);
    expect(eta).to.equal(end + DAY);
    expect(await events(relayer, "queue", ...actions, hash)).to.deep.equal([["ProposalQueued", id, eta]]);
    await networkHelpers.time.increaseTo(eta);
    expect(await events(relayer, "execute", ...actions, hash)).to.deep.equal([["ProposalExecuted", id]]);
    expect(await governor.state(id)).to.equal(7n);
    expect(await ethers.provider.getBalance(beneficiary)).to.equal(ethers.parseEther("2"));
    expect(await ethers.provider.getBalance(treasury)).to.equal(ethers.parseEther("8"));
  });

  it("GOV-15 lets a wallet contract vote by its own transaction, and refuses what its signer signed before", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { governor, wallet, walletKey, relayer } = suite;
    const { id } = await propose(suite);
    await networkHelpers.time.increaseTo((await governor.proposalSnapshot(id)) + 1n);
    const voter = await wallet.getAddress();
    const ballot = { proposalId: id, support: 1, voter, nonce: 0 };
    const signature = await walletKey.signTypedData(await domainOf(governor), BALLOT, ballot);

    await networkHelpers.setBalance(walletKey.address, ethers.parseEther("1"));
    const vote = governor.interface.encodeFunctionData("castVote", [id, 0]);
    await expect(wallet.connect(walletKey.connect(ethers.provider)).execute(governor, 0, vote))
      .to.emit(governor, "VoteCast")
      .withArgs(voter, id, 0n, 1n, "");
    await expect(governor.connect(relayer).castVoteBySig(id, 1, voter, signature))
      .to.be.revertedWithCustomError(governor, "GovernorInvalidSignature")
      .withArgs(voter);
  });

  it("GOV-27 counts a batch that the SDK made, and names what it passes over", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { founder, governor, members, relayer, wallet, walletKey } = suite;
    const { id } = await propose(suite);
    await networkHelpers.time.increaseTo((await governor.proposalSnapshot(id)) + 1n);
    const address = await governor.getAddress();
    const { chainId } = await governor.eip712Domain();
    const ballotOf = (voter: string, nonce = 0n) => ({ proposalId: id, support: Support.For, voter, nonce });
    const [first, outsider] = [ballotOf(members[0].address), ballotOf(founder.address)];
    const fromWallet = ballotOf(await wallet.getAddress(), 1n);
    const batch = [
      signedBallot(first, await signBallot(members[0], address, chainId, first)),
      signedBallot(outsider, await signBallot(founder, address, chainId, outsider)),
      signedBallot(fromWallet, walletKey.signingKey.sign(ballotDigest(address, chainId, fromWallet)).serialized),
    ];
    await expect(governor.connect(relayer).castVotesBySig(id, batch))
      .to.emit(governor, "BallotRefused")
      .withArgs(id, founder.address, 1n)
      .and.to.emit(governor, "VoteCast")
      .withArgs(members[0].address, id, 1n, 1n, "");
    expect(await governor.proposalVotes(id)).to.deep.equal([0n, 2n, 0n]);
    expect(await governor.ballotNonce(id, fromWallet.voter)).to.equal(2n);
  });

  it("GOV-28 GOV-29 counts what a holder of proxies casts, until the principal votes", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { governor, members, proxies, treasury } = suite;
    const [holder, ...principals] = members;
    const until = BigInt(await networkHelpers.time.latest()) + 30n * DAY;
    for (const [seat, principal] of principals.entries()) {
      const naming = { topic: ALL_TOPICS, holder: 1n, until, passes: 0 };
      await proxies.connect(principal).nameProxy(treasury, naming);
      await proxies.connect(holder).accept(treasury, seat + 2, ALL_TOPICS, seat);
    }
    await networkHelpers.time.increase(1);
    const { id } = await propose(suite);
    await networkHelpers.time.increaseTo((await governor.proposalSnapshot(id)) + 1n);
    await expect(governor.connect(holder).castProxied(...proxiedBallot(id, Support.For, [4n, 2n, 5n, 3n, 4n])))
      .to.emit(governor, "ProxiedBallotsCast")
      .withArgs(id, holder.address, Support.For, [2n, 3n, 4n]); // 5 is the wallet, and named nobody
    await governor.connect(principals[0]).castVote(id, Support.Against);
    expect(await governor.proposalVotes(id)).to.deep.equal([1n, 2n, 0n]);
  });

  it("GOV-07 GOV-17 GOV-28 equals an independent count of direct, signed, batched and proxied ballots", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { factory, founder, proxies, relayer } = suite;
    const accounts = (await ethers.getSigners()).slice(10, 17);
    const { chainId } = await suite.governor.eip712Domain();
    const random = createRandom("an independent count");
    const pick = <T>(list: readonly T[]): T => list[random.below(list.length)];
    const outcomes = new Set<bigint>();
    for (let run = 0; run < 24; run++) {
      const members = accounts.slice(0, pick([2, 3, 7]));
      const [approval, quorum] = [pick(FRACTIONS), pick(FRACTIONS)];
      const veto = pick([[0n, 0n], [1n, 255n], ...FRACTIONS.slice(1)] as const);
      const strict = approval[0] !== approval[1] && pick([true, false]);
      const policy = {
        ...{ ...POLICY, strict, lateWindow: 0n, approvalNumerator: approval[0], approvalDenominator: approval[1] },
        ...{ quorumNumerator: quorum[0], quorumDenominator: quorum[1] },
        ...{ vetoNumerator: veto[0], vetoDenominator: veto[1] },
      };
      const terms: ICooperativeFactory.FoundingTermsStruct = {
        ...{ name: `Circle ${run}`, dids: members.map(({ address }) => address) },
        ...{ policies: [{ policyClass: 7n, policy }], rules: [], limits: [], heir: ethers.ZeroAddress },
        calls: [{ target: proxies, data: proxies.interface.encodeFunctionData("setLimits", [9, 0, 90n * DAY]) }],
        salt: ethers.ZeroHash,
      };
      const { cooperative, governor: address } = await factory.predict(founder.address, terms);
      await factory.connect(founder).found(terms);
      const governor = await ethers.getContractAt("CooperativeGovernor", address);

      const until = BigInt(await networkHelpers.time.latest()) + 30n * DAY;
      const holders = members.map((_, i) => pick([...members.keys()].filter((other) => other !== i)));
      const lent = members.map(() => pick([true, false]));
      for (const [i, member] of members.entries()) {
        if (!lent[i]) continue;
        const naming = { topic: ALL_TOPICS, holder: holders[i] + 1, until, passes: 0 };
        await proxies.connect(member).nameProxy(cooperative, naming);
        await proxies.connect(members[holders[i]]).accept(cooperative, i + 1, ALL_TOPICS, i);
      }
      await networkHelpers.time.increase(1);
      const actions: [string[], bigint[], string[]] = [[cooperative], [0n], ["0x"]];
      await governor.connect(members[0]).propose(...actions, "");
      const id = await governor.getProposalId(...actions, ethers.id(""));
      await networkHelpers.time.increaseTo((await governor.proposalSnapshot(id)) + 1n);

      // what everybody says, and how: by another, in person, in person and changed
      const book = new Map<number, { says: Support; how: "proxy" | "own" | "changed" }>();
      const fresh = (i: number) => pick(Object.values(Support).filter((each) => each !== book.get(i)?.says));
      const note = (i: number, says: Support) => {
        const former = book.get(i)?.how;
        book.set(i, { says, how: former === undefined || former === "proxy" ? "own" : "changed" });
      };
      const sign = async (i: number) => {
        const nonce = (book.get(i)?.how ?? "proxy") === "proxy" ? 0n : 1n;
        const ballot = { proposalId: id, support: fresh(i), voter: members[i].address, nonce };
        return { ballot, signature: await signBallot(members[i], address, chainId, ballot) };
      };
      for (let act = 0; act < 2 * members.length; act++) {
        const i = pick([...members.keys()]);
        const maySign = [...members.keys()].filter((each) => book.get(each)?.how !== "changed");
        const way = pick(["direct", "signed", "batch", "proxy"]);
        if (way === "direct") {
          const says = fresh(i);
          await governor.connect(members[i]).castVote(id, says);
          note(i, says);
        } else if (way === "signed" && maySign.includes(i)) {
          const { ballot, signature } = await sign(i);
          await governor.connect(relayer).castVoteBySig(id, ballot.support, ballot.voter, signature);
          note(i, ballot.support);
        } else if (way === "batch" && maySign.length !== 0) {
          const voters = maySign.filter(() => pick([true, false]));
          const signed = await Promise.all(voters.map(sign));
          const batch = signed.map(({ ballot, signature }) => signedBallot(ballot, signature));
          await governor.connect(relayer).castVotesBySig(id, batch);
          for (const [at, voter] of voters.entries()) note(voter, signed[at].ballot.support);
        } else if (way === "proxy") {
          const says = pick(Object.values(Support));
          const counts = [...members.keys()].filter((each) => lent[each] && holders[each] === i && !book.has(each));
          if (counts.length === 0) continue;
          const everybody = [...members.keys()].map((each) => BigInt(each + 1));
          await governor.connect(members[i]).castProxied(...proxiedBallot(id, says, everybody));
          for (const each of counts) book.set(each, { says, how: "proxy" });
        }
      }

      const count = (says: Support) => BigInt([...book.values()].filter((each) => each.says === says).length);
      const [no, yes, abstain, vetoes] = [Support.Against, Support.For, Support.Abstain, Support.Veto].map(count);
      const where = `run ${run}`;
      expect(await governor.proposalVotes(id), where).to.deep.equal([no + vetoes, yes, abstain]);
      expect(await governor.proposalVetoes(id), where).to.equal(vetoes);
      for (const i of members.keys()) {
        const isOwn = ["own", "changed"].includes(book.get(i)?.how ?? "");
        expect(await governor.hasVoted(id, members[i].address), where).to.equal(isOwn);
      }
      const [all, decided] = [BigInt(members.length), yes + no + vetoes];
      const passes =
        yes > 0n &&
        (decided + abstain) * quorum[1] >= quorum[0] * all &&
        (veto[1] === 0n || vetoes * veto[1] < veto[0] * all) &&
        (strict ? yes * approval[1] > approval[0] * decided : yes * approval[1] >= approval[0] * decided);
      await networkHelpers.time.increaseTo((await governor.proposalDeadline(id)) + 1n);
      expect(await governor.state(id), where).to.equal(passes ? 5n : 3n);
      outcomes.add(await governor.state(id));
    }
    expect([...outcomes].sort()).to.deep.equal([3n, 5n]);
  });

  it("GOV-01 admits a member by a vote of a lower class", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const { governor, founder, members, membership, treasury } = suite;
    const data = membership.interface.encodeFunctionData("admit", [[founder.address]]);
    const actions: [string[], bigint[], string[]] = [[await membership.getAddress()], [0n], [data]];
    const id = await governor.getProposalId(...actions, ethers.id("welcome"));
    await expect(governor.connect(members[0]).propose(...actions, "welcome"))
      .to.emit(governor, "ProposalClassified")
      .withArgs(id, ORDINARY, 2n, 5n);
    await networkHelpers.time.increaseTo((await governor.proposalSnapshot(id)) + 1n);
    for (const member of members.slice(0, 3)) await governor.connect(member).castVote(id, 1);
    await networkHelpers.time.increaseTo(await governor.proposalEta(id));
    await expect(governor.execute(...actions, ethers.id("welcome")))
      .to.emit(membership, "MemberAdmitted")
      .withArgs(treasury, 6n, founder.address, founder.address);
    expect(await membership.electorate(treasury)).to.equal(6n);
  });
});
