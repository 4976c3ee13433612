import {
  IPolicyBook__factory,
  outlookOf,
  ProposalState,
  readProposals,
  titleOf,
  type ICooperativeGovernor,
  type IPolicyBook,
  type OnchainProposal,
  type ProposedAction,
} from "@artel/sdk";

import { ZeroHash } from "ethers";

import type { ChainContext } from "./context.js";
import { callLines, decodeCall, oneLine } from "./decode.js";
import { ProposalUnknownError } from "./errors.js";
import { formatMoment, formatState } from "./values.js";

/** Something that may be done about a proposal. */
interface Step {
  readonly command: string;
  readonly by: string;
  /** First second; undefined: now. */
  readonly from?: bigint;
  /** Last second. */
  readonly until: bigint;
}

/** States in which something may still be done. */
const OPEN: readonly number[] = [ProposalState.Pending, ProposalState.Active, ProposalState.Queued];
/** How many proposals are asked about at once. */
const PAGE = 50;

/** Proposals about which something may still be done, from the chain alone. */
export async function openProposals(context: ChainContext, governor: ICooperativeGovernor): Promise<OnchainProposal[]> {
  const all = await readProposals(governor, context.blockOf("CooperativeFactory"));
  const open: OnchainProposal[] = [];
  for (let from = 0; from < all.length; from += PAGE) {
    const page = all.slice(from, from + PAGE);
    const states = await Promise.all(page.map(({ id }) => governor.state(id)));
    open.push(...page.filter((_, i) => OPEN.includes(Number(states[i]))));
  }
  return open;
}

/**
 * One proposal.
 * @throws ProposalUnknownError
 */
export async function findProposal(
  context: ChainContext,
  governor: ICooperativeGovernor,
  cooperative: string,
  id: bigint,
): Promise<OnchainProposal> {
  const [proposal] = await readProposals(governor, context.blockOf("CooperativeFactory"), id);
  if (proposal === undefined) throw new ProposalUnknownError(id, cooperative);
  return proposal;
}

/** What actions are. */
export function actionLines({ known }: ChainContext, actions: readonly ProposedAction[]): string[] {
  return actions.flatMap(({ target, data, value }) => callLines(decodeCall(known, target, data, value), "  "));
}

/** What a proposal calls itself, in one line, and what it does. */
export function proposalLines(context: ChainContext, { id, description, actions }: OnchainProposal): string[] {
  const title = oneLine(titleOf(description));
  return [`Proposal ${id} calls itself "${title}", and does:`, ...actionLines(context, actions)];
}

/** Where a proposal stands. */
export async function standingOf(context: ChainContext, governor: ICooperativeGovernor, proposal: OnchainProposal) {
  const { id, proposer, policyClass, description, actions } = proposal;
  const [state, start, end, eta, votes, ballots, electorate, [version], book, cooperative, now] = await Promise.all([
    governor.state(id),
    governor.proposalSnapshot(id),
    governor.proposalDeadline(id),
    governor.proposalEta(id),
    governor.proposalVotes(id),
    governor.proposalBallots(id),
    governor.proposalElectorate(id),
    governor.proposalPolicy(id),
    governor.policyBook(),
    governor.treasury(),
    context.now(),
  ]);
  const policy = await IPolicyBook__factory.connect(book, context.provider).policyAt(cooperative, version);
  const [no, yes, abstain, vetoes] = ballots;
  const tally = { yes, no, abstain, vetoes, electorate };
  const weights = policy.category === ZeroHash ? undefined : { yes: votes.forVotes, against: votes.againstVotes };
  const outlook = outlookOf(tally, policy, weights);
  const expiry = eta + policy.executionWindow;
  const name = formatState(state);
  const next = nextSteps(Number(state), { start, end, eta, expiry, now, proposer });
  const title = oneLine(titleOf(description));
  const calls = actions.map(({ target, data, value }) => decodeCall(context.known, target, data, value));
  const json = {
    ...{ proposalId: id, title, state: name, proposer, policyClass, tally, weights, outlook },
    ...{ voteStart: start, voteEnd: end, eta, expiry, next, calls },
  };
  const lines = [
    `${id}  ${name}  ${title}`,
    `  class ${policyClass}, made by ${proposer}`,
    ...(name === "pending" ? [] : [`  ${tallyLine(tally)}`]),
    ...(weights === undefined ? [] : [`  weighed by reputation: ${weights.yes} for, ${weights.against} against`]),
    ...(name === "pending" || name === "active" ? [`  ${outlookLine(outlook, electorate)}`] : []),
    ...next.map((step) => `  ${stepLine(step)}`),
  ];
  return { json, lines };
}

interface Times {
  readonly start: bigint;
  readonly end: bigint;
  readonly eta: bigint;
  readonly expiry: bigint;
  readonly now: bigint;
  readonly proposer: string;
}

/** What may be done next, and by whom. */
function nextSteps(state: number, { start, end, eta, expiry, now, proposer }: Times): Step[] {
  const later = (from: bigint) => (from > now ? { from } : {});
  const vote = { command: "vote", by: "members", ...later(start + 1n), until: end };
  switch (state) {
    case ProposalState.Pending:
      return [vote, { command: "cancel", by: proposer, until: start }];
    case ProposalState.Active:
      return [vote];
    case ProposalState.Queued:
      return [
        { command: "queue", by: "anybody", until: expiry },
        { command: "execute", by: "anybody", ...later(eta), until: expiry },
      ];
    default:
      return [];
  }
}

function stepLine({ command, by, from, until }: Step): string {
  const since = from === undefined ? "now" : `from ${formatMoment(from)}`;
  return `${command}: ${by}, ${since} until ${formatMoment(until)}`;
}

function tallyLine({ yes, no, abstain, vetoes, electorate }: Parameters<typeof outlookOf>[0]): string {
  return `${yes} for, ${no} against, ${vetoes} veto, ${abstain} abstain, of ${electorate} members`;
}

function outlookLine(
  { missing, quorum, isVetoed, vetoesToDefeat }: ReturnType<typeof outlookOf>,
  electorate: bigint,
): string {
  const bar = `quorum ${quorum}${vetoesToDefeat === undefined ? "" : `, ${vetoesToDefeat} vetoes defeat it`}`;
  if (isVetoed) return `vetoes defeat it as it stands (${bar})`;
  if (missing === 0n) return `it passes as it stands (${bar})`;
  if (missing > electorate) return `no number of further yes makes it pass as it stands (${bar})`;
  return `${missing} more yes are enough for it to pass (${bar})`;
}

/** How a policy decides, in sentences. */
export function policyLines(
  policyClass: number,
  policy: IPolicyBook.PolicyStructOutput,
  electorate: bigint,
  now: bigint,
) {
  const { approvalNumerator, approvalDenominator, strict, vetoNumerator, vetoDenominator } = policy;
  const nobody = { yes: 0n, no: 0n, abstain: 0n, vetoes: 0n, electorate };
  const { quorum, vetoesToDefeat } = outlookOf(nobody, policy);
  const start = now + policy.votingDelay;
  const end = start + policy.votingPeriod;
  const eta = end + policy.executionDelay;
  const atLeast = strict ? "more than" : "at least";
  const weighed = policy.category === ZeroHash ? "" : ", weighed by reputation,";
  return [
    `Class ${policyClass} decides: ${atLeast} ${approvalNumerator}/${approvalDenominator} of those for or against${weighed}, and ${quorum} of ${electorate} members have to vote.`,
    ...(vetoesToDefeat === undefined
      ? []
      : [`Vetoes of ${vetoNumerator}/${vetoDenominator} of the members, which is ${vetoesToDefeat}, defeat it.`]),
    `Sent now, members vote from ${formatMoment(start + 1n)} until ${formatMoment(end)}; it can be carried out from ${formatMoment(eta)} until ${formatMoment(eta + policy.executionWindow)}.`,
  ];
}
