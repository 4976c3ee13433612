import { id, parseEther, ZeroAddress, ZeroHash, type Contract, type Signer } from "ethers";

import { PROXY_NAMING_TYPES } from "../../sdk/src/proxies.js";
import { BY_HEADS } from "../../sdk/src/weighting.js";
import { gasOf, type Chain } from "./chain.js";
import type { Measured } from "./results.js";

const HOUR = 3_600;
const DAY = 24 * HOUR;
const ORDINARY = 1;
const CONSTITUTIONAL = 7;
const FOR = 1;
/** The topic that stands for all. */
const ALL_TOPICS = 255;
/** 66 bytes. */
const DESCRIPTION = "Buy a server for training; the machine room has space for one more";
const POLICY = {
  ...{ approvalNumerator: 1, approvalDenominator: 2, strict: true, quorumNumerator: 1, quorumDenominator: 3 },
  ...{ vetoNumerator: 1, vetoDenominator: 2, votingDelay: HOUR, votingPeriod: 3 * DAY, executionDelay: DAY },
  ...{ executionWindow: 7 * DAY, seasoning: 0, lateWindow: 6 * HOUR, sponsors: 0, ...BY_HEADS },
};
const BALLOT = {
  Ballot: [
    { name: "proposalId", type: "uint256" },
    { name: "support", type: "uint8" },
    { name: "voter", type: "address" },
    { name: "nonce", type: "uint256" },
  ],
};
const PEER = "OpenZeppelin Governor 5.7.0 with ERC721Votes and TimelockController";

/** Gas of one proposal's life. */
interface Life {
  readonly propose: number;
  readonly first: number;
  readonly next: number;
  readonly signed: number;
  readonly queueAndExecute: number;
}

/** A cooperative of seven founded by the factory, against seven holders of a voting token. */
export async function measureGovernance(chain: Chain): Promise<Measured> {
  const [, ...members] = chain.signers;
  const seven = members.slice(0, 7).map(({ address }) => address);
  const { governor, action, founding } = await cooperative(chain, seven);
  await life(chain, governor, action, "The first proposal, which makes the governor's words");
  const ours = await life(chain, governor, action, DESCRIPTION);
  const limited = await cooperative(chain, seven, { isMetered: true });
  await life(chain, limited.governor, limited.action, "The first payment, which makes the meter's words");
  const metered = await life(chain, limited.governor, limited.action, DESCRIPTION);
  const peer = await opponent(chain);
  await life(chain, peer.governor, peer.action, "The first proposal, which makes the governor's words");
  const theirs = await life(chain, peer.governor, peer.action, DESCRIPTION);
  const pair = (key: keyof Life) => ({ ours: ours[key], peer: { name: PEER, gas: theirs[key] } });
  return {
    "governance.propose": pair("propose"),
    "governance.castVote.firstInWord": pair("first"),
    "governance.castVote.next": pair("next"),
    "governance.castVoteBySig.next": pair("signed"),
    "governance.ballots.batch100.each": { ours: await batch(chain) },
    "governance.proxyBallot.eachPrincipal": { ours: await proxied(chain) },
    "governance.queueAndExecute": {
      ...pair("queueAndExecute"),
      variants: { "counted against a limit, which peers have not": metered.queueAndExecute },
    },
    "governance.found.sevenMembers": {
      ours: founding,
      peer: { name: `${PEER}, deployed`, gas: peer.deployment },
      variants: { "with a limit": limited.founding },
    },
  };
}

/** The actions of a proposal, as `propose` and `execute` take them. */
export type Action = readonly [targets: string[], values: bigint[], calldatas: string[]];

async function life(chain: Chain, governor: Contract, action: Action, description: string): Promise<Life> {
  const [relayer, ...members] = chain.signers;
  const proposalId = await governor.getProposalId(...action, id(description));
  const as = (index: number, name: string, ...args: unknown[]) =>
    gasOf(governor.connect(members[index]).getFunction(name)(...args));
  const propose = await as(0, "propose", ...action, description);
  await passTime(chain, governor, await governor.proposalSnapshot(proposalId));
  const first = await as(0, "castVote", proposalId, FOR);
  await as(1, "castVote", proposalId, FOR);
  const next = await as(2, "castVote", proposalId, FOR);
  const nonce = await nonceOf(governor, proposalId, members[3].address);
  const signature = await sign(governor, proposalId, members[3], nonce);
  const signed = await gasOf(
    governor.connect(relayer).getFunction("castVoteBySig")(proposalId, FOR, members[3].address, signature),
  );
  await passTime(chain, governor, await governor.proposalDeadline(proposalId));
  const queue = await as(0, "queue", ...action, id(description));
  await chain.warp((await governor.proposalEta(proposalId)) + 1n);
  const execute = await as(0, "execute", ...action, id(description));
  return { propose, first, next, signed, queueAndExecute: queue + execute };
}

/** Gas of each of a hundred signed ballots in one transaction, in words that are in use. */
async function batch(chain: Chain): Promise<number> {
  const [relayer, proposer] = chain.signers;
  const voters = Array.from({ length: 102 }, () => chain.newWallet());
  const { governor, action } = await cooperative(
    chain,
    [proposer, ...voters].map(({ address }) => address),
  );
  await gasOf(governor.connect(proposer).getFunction("propose")(...action, DESCRIPTION));
  const proposalId = await governor.getProposalId(...action, id(DESCRIPTION));
  await passTime(chain, governor, await governor.proposalSnapshot(proposalId));
  const cast = async (...signers: typeof voters) => {
    const ballots = signers.map(async (signer) => {
      const signature = await sign(governor, proposalId, signer, 0n);
      return { signer: signer.address, support: FOR, isChange: false, signature };
    });
    return gasOf(governor.connect(relayer).getFunction("castVotesBySig")(proposalId, await Promise.all(ballots)));
  };
  await cast(voters[0], voters[101]);
  const gas = await cast(...voters.slice(1, 101));
  const [, yes] = await governor.proposalVotes(proposalId);
  if (yes !== 102n) throw new Error(`${yes} of 102 ballots counted`);
  return Math.ceil(gas / 100);
}

/** Gas of each of fifty ballots that a holder of proxies casts in one transaction, in a word that is in use. */
async function proxied(chain: Chain): Promise<number> {
  const [relayer, holder, voter, ...others] = chain.signers;
  const principals = [...others, ...Array.from({ length: 50 - others.length }, () => chain.newWallet())];
  const { governor, action, proxies, treasury } = await cooperative(
    chain,
    [holder, voter, ...principals].map(({ address }) => address),
    { call: (contract) => contract.interface.encodeFunctionData("setLimits", [principals.length, 0, 90 * DAY]) },
  );
  const until = (await chain.now()) + 30 * DAY;
  const naming = { topic: ALL_TOPICS, holder: 1n, until, passes: 0 };
  const numbers = principals.map((_, index) => BigInt(index + 3));
  const { name, version, chainId, verifyingContract } = await proxies.eip712Domain();
  for (const [seat, principal] of principals.entries()) {
    const message = { cooperative: treasury, principal: numbers[seat], ...naming, version: 0n, deadline: until };
    const domain = { name, version, chainId, verifyingContract };
    const signature = await principal.signTypedData(domain, PROXY_NAMING_TYPES, message);
    const authorization = { deadline: until, signer: principal.address, signature };
    await gasOf(
      proxies.connect(relayer).getFunction("nameProxyBySig")(treasury, numbers[seat], naming, 0n, authorization),
    );
    await gasOf(proxies.connect(holder).getFunction("accept")(treasury, numbers[seat], ALL_TOPICS, seat));
  }
  await gasOf(governor.connect(holder).getFunction("propose")(...action, DESCRIPTION));
  const proposalId = await governor.getProposalId(...action, id(DESCRIPTION));
  await passTime(chain, governor, await governor.proposalSnapshot(proposalId));
  await gasOf(governor.connect(voter).getFunction("castVote")(proposalId, FOR));
  const gas = await gasOf(governor.connect(holder).getFunction("castProxied")(proposalId, FOR, numbers));
  const [, yes] = await governor.proposalVotes(proposalId);
  if (yes !== BigInt(principals.length + 1)) throw new Error(`${yes - 1n} of ${principals.length} ballots counted`);
  return Math.ceil(gas / principals.length);
}

async function sign(governor: Contract, proposalId: bigint, signer: Signer, nonce: bigint): Promise<string> {
  const { name, version, chainId, verifyingContract } = await governor.eip712Domain();
  const ballot = { proposalId, support: FOR, voter: await signer.getAddress(), nonce };
  return signer.signTypedData({ name, version, chainId, verifyingContract }, BALLOT, ballot);
}

/** Ours gives every ballot of a proposal its own nonce, a voting token counts through. */
async function nonceOf(governor: Contract, proposalId: bigint, voter: string): Promise<bigint> {
  return governor.interface.hasFunction("ballotNonce")
    ? governor.ballotNonce(proposalId, voter)
    : governor.nonces(voter);
}

/** Lets a point of the governor's clock pass: a block's number, or a second. */
export async function passTime(chain: Chain, governor: Contract, point: bigint): Promise<void> {
  const clock: bigint = await governor.clock();
  if (point > 1_000_000_000n) await chain.warp(point + 1n);
  else await chain.mine(Number(point - clock) + 1);
}

/** Terms beside those of every cooperative here. */
interface Extra {
  /** What it tells the contract of proxies when it is founded. */
  readonly call?: (proxies: Contract) => string;
  /** Whether an ordinary vote pays, within a limit, instead of a constitutional one. */
  readonly isMetered?: boolean;
}

/** A cooperative founded by the factory, with a payment for it to decide about. */
export async function cooperative(chain: Chain, dids: readonly string[], { call, isMetered = false }: Extra = {}) {
  const [deployer] = chain.signers;
  const registry = await chain.deploy("DIDRegistry");
  const membership = await chain.deploy("Membership", [registry.target]);
  const policyBook = await chain.deploy("PolicyBook", [membership.target]);
  const proxies = await chain.deploy("Proxies", [membership.target]);
  const books = [membership.target, policyBook.target, proxies.target];
  const manager = await chain.deploy("AccessManager", [deployer.address]);
  const offices = await chain.deploy("Elections", [membership.target]);
  const reputation = await chain.deploy("Reputation", [manager.target]);
  const libraries: Record<string, string> = {};
  for (const name of ["GuardianLib", "ProposingLib", "WeighingLib"]) {
    libraries[name] = String((await chain.deploy(name)).target);
  }
  const parts = [...books, offices.target, reputation.target];
  const governors = await chain.deploy("CooperativeGovernor", parts, libraries);
  const tokens = await chain.deploy("MembershipToken", [membership.target]);
  const factory = await chain.deploy("CooperativeFactory", [governors.target, tokens.target]);
  const token = await chain.deploy("LocalToken", ["Play", "PLAY"]);
  const policies = [CONSTITUTIONAL, 1, 2, 3, 4, 5].map((policyClass) => ({ policyClass, policy: POLICY }));
  const [target, name] = isMetered ? [token, "transfer"] : [membership, "admit"];
  const { selector } = target.interface.getFunction(name)!;
  const terms = {
    name: "Northern Lights",
    dids,
    policies,
    rules: [
      {
        target: target.target,
        selector,
        rule: { policyClass: ORDINARY, amountArgument: isMetered ? 2 : 0, tokenArgument: 0, inStruct: false },
      },
    ],
    limits: isMetered
      ? [{ policyClass: ORDINARY, token: token.target, amount: parseEther("10"), period: 30 * DAY }]
      : [],
    heir: ZeroAddress,
    calls: call === undefined ? [] : [{ target: proxies.target, data: call(proxies) }],
    salt: ZeroHash,
  };
  const predicted = await factory.predict(deployer.address, terms);
  const founding = await gasOf(factory.found(terms));
  const governor = await chain.at("CooperativeGovernor", predicted.governor);
  const action = await payment(token, predicted.cooperative, deployer.address);
  return { governor, founding, membership, proxies, treasury: predicted.cooperative, action };
}

async function opponent(chain: Chain) {
  const [deployer, ...members] = chain.signers;
  const votes = await chain.deploy("PeerVotes");
  const timelock = await chain.deploy("TimelockController", [DAY, [], [ZeroAddress], deployer.address]);
  const governor = await chain.deploy("PeerGovernor", [votes.target, timelock.target]);
  const deployment = await Promise.all(
    [votes, timelock, governor].map(async (contract) => {
      const receipt = await contract.deploymentTransaction()!.wait();
      return Number(receipt!.gasUsed);
    }),
  );
  await timelock.grantRole(await timelock.PROPOSER_ROLE(), governor.target);
  for (const [index, { address }] of members.slice(0, 7).entries()) {
    await votes.mint(address, index + 1);
    await votes.connect(members[index]).getFunction("delegate")(address);
  }
  await chain.mine(2);
  const token = await chain.deploy("LocalToken", ["Play", "PLAY"]);
  return {
    governor,
    action: await payment(token, String(timelock.target), deployer.address),
    deployment: deployment.reduce((sum, gas) => sum + gas),
  };
}

/** A payment of two tokens to somebody who has some already, from an account that keeps some. */
async function payment(token: Contract, from: string, to: string): Promise<Action> {
  await token.mint(from, parseEther("10"));
  await token.mint(to, parseEther("1"));
  const calldata = token.interface.encodeFunctionData("transfer", [to, parseEther("2")]);
  return [[String(token.target)], [0n], [calldata]];
}
