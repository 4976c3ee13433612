import { admission, notice, queryLogs, suspension } from "@artel/sdk";
import { ZeroHash } from "ethers";
import { z } from "zod";

import { acts, reads, transaction, type Noun } from "../command.js";
import type { ChainContext } from "../context.js";
import { AlreadyMemberError, NoticeNeededError } from "../errors.js";
import { governorOf, planProposal } from "../proposal.js";
import {
  Bytes,
  COOPERATIVE,
  CooperativeOrLink,
  DAY,
  flag,
  formatMoment,
  Identity,
  Moment,
  TextHash,
} from "../values.js";

const JOINED = flag(CooperativeOrLink, "COOPERATIVE", "address of its Treasury, or the link that its founding printed");
const OWN_DID = flag(Identity.optional(), "DID", "the identity to join with (default: the signer's own)");
const DESCRIPTION = flag(z.string().min(1).optional(), "TEXT", "what the proposal says (default: a plain sentence)");

/** Standing of a member by the number of `IMembership.Standing`; whoever has another is none any more. */
const STANDINGS: Readonly<Record<string, string>> = { 1: "active", 2: "suspended" };

const apply = acts(
  "member apply",
  "asks a cooperative to be admitted; its members decide",
  {
    cooperative: JOINED,
    did: OWN_DID,
    statement: flag(TextHash.optional(), "TEXT", "why, or the hash of why; the text itself is not published"),
  },
  async (context, { cooperative: given, did, statement }) => {
    const cooperative = context.cooperative(given);
    await governorOf(context, cooperative);
    const identity = context.identityOrOwn(did);
    const { membership } = context.contracts;
    if (String(await membership.standingOf(cooperative, context.account)) in STANDINGS) {
      throw new AlreadyMemberError(context.account, await membership.numberOf(cooperative, context.account));
    }
    return transaction(await membership.applyFor.populateTransaction(cooperative, identity, statement ?? ZeroHash), [
      `${context.didOf(identity)} asks ${cooperative} to be admitted.`,
    ]);
  },
);

const MODULES = {
  open: "openAdmission",
  invitation: "invitationAdmission",
  sponsors: "sponsorAdmission",
  credential: "credentialAdmission",
} as const;

const join = acts(
  "member join",
  "joins a cooperative without a vote, through a module that it has appointed",
  {
    cooperative: JOINED,
    did: OWN_DID,
    through: flag(
      z.enum(["open", "invitation", "sponsors", "credential"]),
      "MODULE",
      "open, invitation, sponsors, credential",
    ),
    proof: flag(Bytes.default("0x"), "HEX", "what the module asks for, encoded; nothing for open"),
  },
  async (context, { cooperative: given, did, through, proof }) => {
    const cooperative = context.cooperative(given);
    await governorOf(context, cooperative);
    const identity = context.identityOrOwn(did);
    const { [MODULES[through]]: module, membership } = context.contracts;
    return transaction(await membership.join.populateTransaction(cooperative, module, identity, proof), [
      `${context.didOf(identity)} is a member of ${cooperative} from then on, acting by ${context.account}.`,
    ]);
  },
);

const admit = acts(
  "member admit",
  "proposes to admit somebody; needs a member's key, and then a vote",
  {
    cooperative: COOPERATIVE,
    did: flag(z.array(Identity).min(1), "DID", "whom to admit; may be repeated"),
    description: DESCRIPTION,
  },
  async (context, { cooperative, did, description }) => {
    const dids = did.map((each) => context.identity(each));
    const names = dids.map((each) => context.didOf(each)).join(", ");
    return planProposal(context, cooperative, [admission(context.contracts, dids)], `Admit ${names}`, description);
  },
);

/** Until when a member can't be suspended for want of a notice; undefined if one stands or none is needed. */
async function missingNotice(context: ChainContext, cooperative: string, number: bigint): Promise<bigint | undefined> {
  const { membership } = context.contracts;
  const [period, { until }, now] = await Promise.all([
    membership.noticePeriod(cooperative),
    membership.noticeOf(cooperative, number),
    context.now(),
  ]);
  return period > 0n && until <= now ? period : undefined;
}

const suspend = acts(
  "member suspend",
  "proposes to suspend a member, or with --notice to give the notice that must run first",
  {
    cooperative: COOPERATIVE,
    number: flag(z.bigint().positive(), "N", "the member's number"),
    until: flag(Moment.optional(), "TIME", "when the suspension ends (default: only by another vote)"),
    notice: flag(TextHash.optional(), "TEXT", "propose the notice instead, with this charge or its hash"),
    description: DESCRIPTION,
  },
  async (context, { cooperative, number, until = 0n, notice: charge, description }) => {
    if (charge !== undefined) {
      const action = notice(context.contracts, number, charge);
      return planProposal(context, cooperative, [action], `Give member ${number} notice`, description);
    }
    const period = await missingNotice(context, cooperative, number);
    if (period !== undefined) throw new NoticeNeededError(number, String(Number(period) / Number(DAY)));
    const end = until === 0n ? "until another vote" : `until ${formatMoment(until)}`;
    const action = suspension(context.contracts, number, until);
    return planProposal(context, cooperative, [action], `Suspend member ${number} ${end}`, description);
  },
);

const leave = acts(
  "member leave",
  "ends your membership at once; coming back takes an admission and gives another number",
  { cooperative: COOPERATIVE },
  async (context, { cooperative }) =>
    transaction(await context.contracts.membership.resign.populateTransaction(cooperative), [
      `${context.account} is no member of ${cooperative} from then on.`,
    ]),
);

const rebind = acts(
  "member rebind",
  "moves a member to the account that owns their identity now, after a new key or a recovery; anybody may",
  { cooperative: COOPERATIVE, number: flag(z.bigint().positive(), "N", "the member's number") },
  async (context, { cooperative, number }) =>
    transaction(await context.contracts.membership.rebind.populateTransaction(cooperative, number), [
      `Member ${number} of ${cooperative} acts by the account that owns their identity from then on.`,
      "The account before it serves no other member of this cooperative.",
    ]),
);

/** How many members are asked about at once. */
const PAGE = 50;

const list = reads(
  "member list",
  "everybody who was ever admitted, with their standing now",
  { cooperative: COOPERATIVE },
  async (context, { cooperative }) => {
    await governorOf(context, cooperative);
    const { membership } = context.contracts;
    const filter = membership.filters.MemberAdmitted(cooperative);
    const admitted = await queryLogs(membership, filter, context.blockOf("Membership"));
    const members = [];
    for (let from = 0; from < admitted.length; from += PAGE) {
      const page = admitted.slice(from, from + PAGE).map(async ({ args: { number, did } }) => {
        const account = await membership.accountOf(cooperative, number);
        const [standing, current] = await Promise.all([
          membership.standingOf(cooperative, account),
          membership.numberOf(cooperative, account),
        ]);
        // An account may have come back under another number.
        const now = current === number ? STANDINGS[String(standing)] : undefined;
        return { number, did: context.didOf(did), account, standing: now ?? "departed" };
      });
      members.push(...(await Promise.all(page)));
    }
    const lines = members.map(({ number, did, account, standing }) => `${number}  ${standing}  ${did}  ${account}`);
    return {
      lines: lines.length === 0 ? [`${cooperative} has no members`] : lines,
      json: { cooperative, electorate: await membership.electorate(cooperative), members },
    };
  },
);

/** `artel member`. */
export const member: Noun = {
  name: "member",
  does: "Membership of a cooperative",
  commands: [apply, join, admit, suspend, leave, rebind, list],
};
