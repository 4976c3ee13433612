import { readFile, writeFile } from "node:fs/promises";

import { queryLogs } from "@artel/sdk";
import { REGISTRY_TYPES, registryDomain } from "@artel/sdk/identity";
import { getAddress, ZeroAddress, ZeroHash } from "ethers";
import { z } from "zod";

import { acts, transaction, type Command } from "../command.js";
import type { ChainContext } from "../context.js";
import {
  ApprovalError,
  CliFlagError,
  GuardiansError,
  NoGuardiansError,
  NoRecoveryError,
  OutputFileError,
} from "../errors.js";
import { Account, Bytes, DAY, flag, formatMoment, Identity, Moment } from "../values.js";

/** What a guardian's approval is kept as, in a file of its own. */
const Approval = z.strictObject({
  identity: Account,
  successor: Account,
  round: z.string().regex(/^\d+$/),
  deadline: z.string().regex(/^\d+$/),
  guardian: Account,
  signer: Bytes,
  signature: Bytes,
});
type Approval = z.infer<typeof Approval>;

const LOST_DID = flag(Identity, "DID", "the identity that is recovered");
const SUCCESSOR = flag(Account, "ACCOUNT", "its next owner");

/** Guardians with the settings that came with them, as the registry announced or changed them last. */
interface Settings {
  readonly guardians: string[];
  readonly threshold: bigint;
  readonly superThreshold: bigint;
  readonly delay: bigint;
}

async function lastSettings(
  context: ChainContext,
  identity: string,
  event: "GuardiansChanged" | "GuardiansAnnounced",
): Promise<Settings | undefined> {
  const { didRegistry } = context.contracts;
  const filter = didRegistry.filters[event](identity);
  const logs = await queryLogs(
    didRegistry,
    filter as ReturnType<typeof didRegistry.filters.GuardiansChanged>,
    context.blockOf("DIDRegistry"),
  );
  const last = logs.at(-1)?.args;
  if (last === undefined || last.guardians.length === 0) return undefined;
  const { guardians, threshold, superThreshold, delay } = last;
  return { guardians: [...guardians], threshold, superThreshold, delay };
}

async function guardiansOf(context: ChainContext, identity: string): Promise<Settings> {
  const settings = await lastSettings(context, identity, "GuardiansChanged");
  if (settings === undefined) throw new NoGuardiansError(context.didOf(identity), "guardians");
  return settings;
}

function days(seconds: bigint): string {
  return String(Number(seconds) / Number(DAY));
}

const guardians = acts(
  "did recover guardians",
  "names who may give your identity a new owner: at once the first time, then after the delay",
  {
    did: flag(Identity.optional(), "DID", "the identity (default: the signer's own)"),
    guardian: flag(z.array(Identity).min(1), "DID", "a guardian; give this once for each"),
    threshold: flag(z.int().min(1).max(255), "N", "how many of them start a recovery, which the owner may cancel once"),
    superThreshold: flag(z.int().min(1).max(255).optional(), "N", "how many start one for good (default: all)"),
    delay: flag(z.int().min(1).max(365).default(7), "DAYS", "how long a recovery or another change waits (default 7)"),
  },
  async (context, { did, guardian, threshold, superThreshold, delay }) => {
    const { didRegistry } = context.contracts;
    const identity = context.identityOrOwn(did);
    const list = guardian.map((each) => context.identity(each)).sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    const most = superThreshold ?? list.length;
    const twice = list.find((each, i) => each === list[i + 1]);
    if (twice !== undefined) throw new GuardiansError(twice, `${twice} is named twice`);
    if (list.includes(identity)) throw new GuardiansError(identity, "an identity can't be its own guardian");
    if (most > list.length) throw new GuardiansError(most, `${most} are to agree, and there are ${list.length}`);
    if (threshold > most)
      throw new GuardiansError(threshold, `${threshold} start a recovery, but ${most} do so for good`);
    const seconds = BigInt(delay) * DAY;
    const { guardiansHash } = await didRegistry.guardianship(identity);
    const due = formatMoment((await context.now()) + seconds);
    return transaction(
      await didRegistry.setGuardians.populateTransaction(identity, list, threshold, most, seconds),
      [
        `Any ${threshold} of ${list.length} guardians may hand ${context.didOf(identity)} to a new owner after ${delay} days.`,
        `Its owner may cancel that once; any ${most} of them together can't be stopped.`,
        guardiansHash === ZeroHash
          ? "They hold at once."
          : `There are guardians already: anybody may put these in force with did recover apply, not before the present delay is over (${due} if it is the same).`,
      ],
      { facts: { guardians: list } },
    );
  },
);

const apply = acts(
  "did recover apply",
  "puts announced guardians in force once they are due; anybody may",
  { did: flag(Identity, "DID", "the identity") },
  async (context, { did }) => {
    const { didRegistry } = context.contracts;
    const identity = context.identity(did);
    const { guardiansDue } = await didRegistry.guardianship(identity);
    const settings = guardiansDue === 0n ? undefined : await lastSettings(context, identity, "GuardiansAnnounced");
    if (settings === undefined) throw new NoGuardiansError(context.didOf(identity), "announced guardians");
    const { guardians: list, threshold, superThreshold, delay } = settings;
    return transaction(
      await didRegistry.applyGuardians.populateTransaction(identity, list, threshold, superThreshold, delay),
      [`${threshold} of ${list.length} guardians may recover ${context.didOf(identity)} from then on.`],
    );
  },
);

const approve = acts(
  "did recover approve",
  "signs, as a guardian, that an identity gets a new owner; nothing is sent",
  {
    did: LOST_DID,
    successor: SUCCESSOR,
    until: flag(Moment, "TIME", "last second at which it counts; the same for all guardians"),
    guardian: flag(Identity.optional(), "DID", "the guardian that the signer owns (default: the signer's own DID)"),
    out: flag(z.string().min(1), "FILE", "where the approval goes, for whoever starts the recovery"),
  },
  async (context, { did, successor, until, guardian, out }) => {
    const { chainId, contracts, deployment, account } = context;
    const identity = context.identity(did);
    const own = context.identityOrOwn(guardian, "guardian");
    const [{ guardians: list }, { round }, owner] = await Promise.all([
      guardiansOf(context, identity),
      contracts.didRegistry.guardianship(identity),
      contracts.didRegistry.identityOwner(own),
    ]);
    if (!list.includes(own)) throw new CliFlagError(`${context.didOf(own)} is no guardian of ${did.text}`, own);
    if (owner !== account) throw new CliFlagError(`${context.didOf(own)} is owned by ${owner}, not by ${account}`, own);
    return {
      kind: "signature",
      domain: registryDomain(deployment.contracts.DIDRegistry.address, chainId),
      types: REGISTRY_TYPES.Recover,
      message: { identity, successor, round, deadline: until },
      effect: [
        `With enough others, until ${formatMoment(until)}, this gives ${context.didOf(identity)} to ${successor}.`,
      ],
      outcome: async (signature) => {
        const approval: Approval = {
          ...{ identity, successor, round: String(round), deadline: String(until) },
          ...{ guardian: own, signer: account, signature },
        };
        await writeFile(out, `${JSON.stringify(approval, undefined, 2)}\n`).catch((cause: Error) => {
          throw new OutputFileError(out, cause.message);
        });
        return { lines: [`The approval is in ${out}`], json: { out, approval } };
      },
    };
  },
);

async function readApproval(file: string): Promise<Approval> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new ApprovalError(file, cause.message);
  });
  try {
    return Approval.parse(JSON.parse(text));
  } catch {
    // What it holds is not repeated: it comes from somebody else.
    throw new ApprovalError(file, "it is no approval");
  }
}

const start = acts(
  "did recover start",
  "starts a recovery with the guardians' approvals; anybody may",
  {
    did: LOST_DID,
    successor: SUCCESSOR,
    approval: flag(z.array(z.string()).min(1), "FILE", "a guardian's approval; give this once for each"),
  },
  async (context, { did, successor, approval: files }) => {
    const { didRegistry } = context.contracts;
    const identity = context.identity(did);
    const [{ guardians: list, delay }, { round }] = await Promise.all([
      guardiansOf(context, identity),
      didRegistry.guardianship(identity),
    ]);
    const approvals = await Promise.all(files.map(readApproval));
    const [{ deadline }] = approvals;
    approvals.forEach((each, i) => {
      const refuse = (reason: string) => new ApprovalError(files[i], reason);
      if (each.identity !== identity) throw refuse(`it is about ${each.identity}`);
      if (each.successor !== successor) throw refuse(`it is for ${each.successor}`);
      if (each.round !== String(round)) throw refuse("guardians or recovery have changed since it was signed");
      if (each.deadline !== deadline) throw refuse("it ends at another time than the first");
      if (!list.includes(each.guardian)) throw refuse(`${each.guardian} is no guardian`);
    });
    const of = (guardian: string) => approvals.find((each) => each.guardian === guardian);
    const signers = list.map((each) => of(each)?.signer ?? "0x");
    const signatures = list.map((each) => of(each)?.signature ?? "0x");
    return transaction(
      await didRegistry.startRecovery.populateTransaction(identity, successor, list, signers, signatures, deadline),
      [
        `${context.didOf(identity)} goes to ${successor} after ${days(delay)} days, when anybody may finish it.`,
        "Until then its owner may cancel that once, unless a first recovery was cancelled already.",
      ],
    );
  },
);

const finish = acts(
  "did recover finish",
  "hands the identity to its new owner once the delay is over; anybody may",
  { did: LOST_DID },
  async (context, { did }) => {
    const { didRegistry } = context.contracts;
    const identity = context.identity(did);
    const { successor } = await didRegistry.recovery(identity);
    if (successor === ZeroAddress) throw new NoRecoveryError(context.didOf(identity));
    return transaction(await didRegistry.finishRecovery.populateTransaction(identity), [
      `${getAddress(successor)} owns ${context.didOf(identity)} from then on.`,
      `Commands with its key name the identity with --did ${context.didOf(identity)} from then on.`,
    ]);
  },
);

const cancel = acts(
  "did recover cancel",
  "stops a recovery as the owner; this can be done once",
  { did: flag(Identity.optional(), "DID", "the identity (default: the signer's own)") },
  async (context, { did }) => {
    const identity = context.identityOrOwn(did);
    return transaction(await context.contracts.didRegistry.cancelRecovery.populateTransaction(identity), [
      `${context.didOf(identity)} stays with its owner. The next recovery can't be cancelled.`,
    ]);
  },
);

/** `artel did recover`. */
export const recovery: readonly Command[] = [guardians, apply, approve, start, finish, cancel];
