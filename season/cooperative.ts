import { createPrivateKey, createPublicKey } from "node:crypto";

import {
  ProposalState,
  queryLogs,
  signBallot,
  Support,
  type Action,
  type Cooperative,
  type IDIDRegistry,
} from "@artel/sdk";
import { encodeBytes32String, getBytes, id, type HDNodeWallet } from "ethers";

import type { Chain } from "../localnet/index.js";
import type { PartyProfile } from "./parties.js";
import type { PhaseProgress } from "./progress.js";
import { until } from "./wait.js";

/** How long a key stays announced, in seconds. */
const YEAR = 365 * 24 * 3600;

/** Every party announces, under its DID, the key to which content for its eyes is to be sealed. */
export async function publishKeys(registry: IDIDRegistry, parties: readonly PartyProfile[]): Promise<void> {
  const name = encodeBytes32String("did/pub/X25519/enc/base64");
  for (const { wallet } of parties) {
    const key = sealingKey(wallet);
    await (await registry.connect(wallet).setAttribute(wallet.address, name, key, YEAR)).wait();
  }
}

/**
 * Has members decide on actions: one proposes, every second voter votes by a transaction of their own, the others sign
 * ballots that the proposer sends, and the last abstains. The keeper queues and executes what passed.
 */
export async function decide(
  chain: Chain,
  cooperative: Cooperative,
  voters: readonly PartyProfile[],
  actions: readonly Action[],
  description: string,
  progress: PhaseProgress,
  logs: string,
): Promise<bigint> {
  const [proposer] = voters;
  const governor = cooperative.governor.connect(proposer.wallet);
  const targets = actions.map(({ target }) => target);
  const values = actions.map(() => 0n);
  const calldatas = actions.map(({ data }) => data);
  await (await governor.propose(targets, values, calldatas, description)).wait();
  const proposalId = await governor.getProposalId(targets, values, calldatas, id(description));
  progress.step("proposed");
  await chain.warpTo((await governor.proposalSnapshot(proposalId)) + 1n);
  for (const [i, { wallet }] of voters.entries()) {
    const support = i === voters.length - 1 ? Support.Abstain : Support.For;
    if (i % 2 === 0) {
      await (await governor.connect(wallet).castVote(proposalId, support)).wait();
    } else {
      const voter = wallet.address;
      const nonce = await governor.ballotNonce(proposalId, voter);
      const chainId = (await chain.provider.getNetwork()).chainId;
      const address = await governor.getAddress();
      const signature = await signBallot(wallet, address, chainId, { proposalId, support, voter, nonce });
      await (await governor.castVoteBySig(proposalId, support, voter, signature)).wait();
    }
    progress.step(`${i + 1} of ${voters.length} ballots`);
  }
  await chain.warpTo((await governor.proposalDeadline(proposalId)) + 1n);
  await until(`proposal "${description}" is queued`, logs, async () => {
    const queued = await queryLogs(governor, governor.filters.ProposalQueued(), cooperative.block);
    return queued.some(({ args }) => args.proposalId === proposalId);
  });
  progress.step("queued");
  await chain.warpTo(await governor.proposalEta(proposalId));
  await until(`proposal "${description}" is executed`, logs, async () => {
    return Number(await governor.state(proposalId)) === ProposalState.Executed;
  });
  progress.step("executed");
  return proposalId;
}

/** X25519 public key derived from an account's private key, as a member's wallet would derive it. */
function sealingKey(wallet: HDNodeWallet): Uint8Array {
  const seed = getBytes(id(`artel sealing key ${wallet.privateKey}`));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_X25519, seed]), format: "der", type: "pkcs8" });
  return createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
}

/** What comes before the 32 secret bytes in the DER form of an X25519 key (RFC 8410). */
const PKCS8_X25519 = Buffer.from("302e020100300506032b656e04220420", "hex");
