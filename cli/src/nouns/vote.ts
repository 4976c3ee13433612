import { readFile, writeFile } from "node:fs/promises";

import {
  ballotDomain,
  BallotFile,
  BALLOT_TYPES,
  proxiedBallot,
  signedBallot,
  SUPPORTS,
  type ICooperativeGovernor,
} from "@artel/sdk";
import { z } from "zod";

import { acts, transaction, type Noun } from "../command.js";
import type { ActContext } from "../context.js";
import { BallotFileError, CliFlagError, NoMemberError, OutputFileError } from "../errors.js";
import { governorOf } from "../proposal.js";
import { COOPERATIVE, flag } from "../values.js";
import { findProposal, proposalLines } from "../votes.js";

const MemberNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, "it is no member's number")
  .transform(BigInt);

const Support = z.enum(Object.keys(SUPPORTS) as (keyof typeof SUPPORTS)[]);

const cast = acts(
  "vote",
  "casts or changes your ballot, or with --sign-only signs one for anybody to send",
  {
    proposal: flag(z.bigint(), "ID", "the proposal"),
    support: flag(Support, "SUPPORT", "for, against, abstain or veto"),
    cooperative: COOPERATIVE,
    reason: flag(z.string().min(1).optional(), "TEXT", "why; it is published"),
    asProxyFor: flag(
      z.array(MemberNumber).optional(),
      "N",
      "cast the ballot of this member, who named you, instead of your own; may be repeated",
    ),
    signOnly: flag(z.boolean().default(false), "", "sign the ballot and send nothing"),
    out: flag(z.string().min(1).optional(), "FILE", "with --sign-only: where the ballot goes (default: it is printed)"),
  },
  async (context, { proposal: id, support, cooperative, reason, asProxyFor, signOnly, out }) => {
    if (reason !== undefined && signOnly) throw new CliFlagError("A signed ballot has no room for --reason", reason);
    if (asProxyFor !== undefined && (signOnly || reason !== undefined)) {
      throw new CliFlagError("A ballot by proxy is sent, without --reason and --sign-only", asProxyFor);
    }
    if (out !== undefined && !signOnly) throw new CliFlagError("--out goes with --sign-only", out);
    const governor = await governorOf(context, cooperative);
    const proposal = await findProposal(context, governor, cooperative, id);
    const { membership } = context.contracts;
    const [number, standing, nonce] = await Promise.all([
      membership.numberOf(cooperative, context.account),
      membership.standingOf(cooperative, context.account),
      governor.ballotNonce(id, context.account),
    ]);
    // 1 is `IMembership.Standing.Active`.
    if (standing !== 1n) throw new NoMemberError(context.account, cooperative);
    const choice = support === "veto" ? "vetoes" : support === "abstain" ? "abstains" : `votes ${support}`;
    if (asProxyFor !== undefined) {
      const principals = [...new Set(asProxyFor)].join(", ");
      const effect = [`Member ${number} ${choice} in the place of ${principals}.`, ...proposalLines(context, proposal)];
      return proxied(governor, { id, support, principals: asProxyFor, effect });
    }
    const former = nonce === 0n ? "" : ", instead of the ballot cast before";
    const effect = [`Member ${number} ${choice}${former}.`, ...proposalLines(context, proposal)];
    if (signOnly) return signing(context, governor, { id, support, nonce, out, effect });
    const value = SUPPORTS[support];
    const request =
      reason === undefined
        ? governor.castVote.populateTransaction(id, value)
        : governor.castVoteWithReason.populateTransaction(id, value, reason);
    return transaction(await request, effect, { facts: { proposalId: id, support, member: number } });
  },
  ["proposal", "support"],
);

interface ProxiedBallots {
  readonly id: bigint;
  readonly support: keyof typeof SUPPORTS;
  readonly principals: readonly bigint[];
  readonly effect: readonly string[];
}

async function proxied(governor: ICooperativeGovernor, { id, support, principals, effect }: ProxiedBallots) {
  const request = governor.castProxied.populateTransaction(...proxiedBallot(id, SUPPORTS[support], principals));
  return transaction(
    await request,
    [
      ...effect,
      "A member who has voted, or whose proxy you did not hold before the proposal was made, is passed over.",
    ],
    {
      facts: { proposalId: id, support, principals },
      outcome: async ({ logs }) => {
        const event = logs
          .map((log) => governor.interface.parseLog(log))
          .find((log) => log?.name === "ProxiedBallotsCast");
        const counted = [...(event!.args.members as bigint[])];
        return { lines: [`The ballots of members ${counted.join(", ")} count`], json: { counted } };
      },
    },
  );
}

interface BallotToSign {
  readonly id: bigint;
  readonly support: keyof typeof SUPPORTS;
  readonly nonce: bigint;
  readonly out?: string;
  readonly effect: readonly string[];
}

async function signing(
  { chainId, account }: ActContext,
  governor: ICooperativeGovernor,
  { id, support, nonce, out, effect }: BallotToSign,
) {
  if (nonce > 1n) {
    const advice = "change it with a transaction of your own: leave --sign-only out";
    throw new CliFlagError("No signature changes this ballot any more", nonce, advice);
  }
  const address = await governor.getAddress();
  return {
    kind: "signature" as const,
    domain: ballotDomain(address, chainId),
    types: BALLOT_TYPES,
    message: { proposalId: id, support: SUPPORTS[support], voter: account, nonce },
    effect,
    outcome: async (signature: string) => {
      const ballot = {
        ...{ chainId: String(chainId), governor: address, proposalId: String(id), support, voter: account },
        ...{ nonce: String(nonce), signer: account.toLowerCase(), signature },
      };
      const text = JSON.stringify(ballot, undefined, 2);
      if (out === undefined) return { lines: [text], json: { ballot } };
      await writeFile(out, `${text}\n`).catch((cause: Error) => {
        throw new OutputFileError(out, cause.message);
      });
      return { lines: [`The ballot is in ${out}`], json: { out, ballot } };
    },
  };
}

/** What `ICooperativeGovernor.Refusal` says, by its numbers. */
const REFUSALS: Readonly<Record<string, string>> = {
  1: "the voter has no ballot right",
  2: "there is no such support",
  3: "the voter has voted in person, changed that ballot, or says the same again",
  4: "the signature is not the voter's",
};

const submit = acts(
  "vote submit",
  "sends signed ballots on one proposal together; anybody may",
  {
    ballots: flag(z.array(z.string().min(1)).min(1), "FILE", "a ballot, or a list of them; may be repeated"),
    cooperative: COOPERATIVE,
  },
  async (context, { ballots: files, cooperative }) => {
    const governor = await governorOf(context, cooperative);
    const ballots = (await Promise.all(files.map((file) => readBallots(file, context, governor)))).flat();
    const [{ proposalId: id }] = ballots;
    if (ballots.some((ballot) => ballot.proposalId !== id)) {
      throw new BallotFileError(files.join(", "), "they are on several proposals: send those on each by themselves");
    }
    const proposal = await findProposal(context, governor, cooperative, id);
    const numbered = await Promise.all(
      ballots.map(async (ballot) => ({
        ballot,
        number: await context.contracts.membership.numberOf(cooperative, ballot.voter),
      })),
    );
    // In this order a batch costs least.
    const ordered = numbered.sort((a, b) => Number(a.number - b.number)).map(({ ballot }) => ballot);
    const signed = ordered.map(({ support, signature, signer, ...ballot }) =>
      signedBallot({ ...ballot, support: SUPPORTS[support] }, signature, signer),
    );
    const alone = await Promise.all(signed.map((each) => governor.castVotesBySig.staticCall(id, [each])));
    const doubtful = ordered.filter((_, i) => alone[i] === 0n).map(({ voter }) => voter);
    return transaction(
      await governor.castVotesBySig.populateTransaction(id, signed),
      [
        `Casts ${ballots.length} signed ballots; those that do not count are passed over.`,
        ...doubtful.map((voter) => `Sent now, the ballot of ${voter} would not count.`),
        ...proposalLines(context, proposal),
      ],
      {
        facts: { proposalId: id, ballots: ballots.length, doubtful },
        outcome: async ({ logs }) => {
          const events = logs.flatMap((log) => governor.interface.parseLog(log) ?? []);
          const counted = events.filter(({ name }) => name === "VoteCast").map(({ args }) => String(args.voter));
          const refused = events
            .filter(({ name }) => name === "BallotRefused")
            .map(({ args }) => ({ voter: String(args.voter), reason: REFUSALS[String(args.refusal)] }));
          return {
            lines: [
              `${counted.length} ballots count, ${refused.length} were refused`,
              ...refused.map(({ voter, reason }) => `${voter}: ${reason}`),
            ],
            json: { counted, refused },
          };
        },
      },
    );
  },
  ["ballots"],
);

/**
 * Reads signed ballots.
 * @throws BallotFileError if there is none, or one is for another chain or governor
 */
async function readBallots(
  file: string,
  { chainId }: ActContext,
  governor: ICooperativeGovernor,
): Promise<BallotFile[]> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new BallotFileError(file, cause.message, { cause });
  });
  let ballots: BallotFile[];
  try {
    ballots = z
      .array(BallotFile)
      .min(1)
      .parse([JSON.parse(text)].flat());
  } catch (cause) {
    // What it holds is not repeated: it comes from somebody else.
    throw new BallotFileError(file, "they are no signed ballots", { cause });
  }
  const address = await governor.getAddress();
  for (const ballot of ballots) {
    if (ballot.chainId !== chainId) {
      throw new BallotFileError(file, `they were signed for chain ${ballot.chainId}, and this is chain ${chainId}`);
    }
    if (ballot.governor !== address) {
      throw new BallotFileError(file, `they were signed for the governor ${ballot.governor}, and this is ${address}`);
    }
  }
  return ballots;
}

/** `artel vote`. */
export const vote: Noun = { name: "vote", does: "Ballots", commands: [cast, submit] };
