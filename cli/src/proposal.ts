import {
  actionLists,
  ICooperativeGovernor__factory,
  IPolicyBook__factory,
  ITreasury__factory,
  proposalText,
  type ICooperativeGovernor,
  type ProposedAction,
} from "@artel/sdk";
import { ZeroAddress } from "ethers";

import { transaction, type Plan } from "./command.js";
import type { ActContext, ChainContext } from "./context.js";
import { NotACooperativeError } from "./errors.js";
import { rehearse } from "./simulate.js";
import { formatMoment } from "./values.js";
import { policyLines } from "./votes.js";

/**
 * The governor of a cooperative; what is sent to it is told by name from then on.
 * @throws NotACooperativeError
 */
export async function governorOf(context: ChainContext, cooperative: string): Promise<ICooperativeGovernor> {
  const treasury = ITreasury__factory.connect(cooperative, context.provider);
  // What is no Treasury does not answer, or answers something else.
  const address = await treasury.governor().catch(() => ZeroAddress);
  if (address === ZeroAddress) throw new NotACooperativeError(cooperative);
  const governor = ICooperativeGovernor__factory.connect(address, context.provider);
  context.known.set(address.toLowerCase(), { name: "CooperativeGovernor", interface: governor.interface });
  context.known.set(cooperative.toLowerCase(), { name: "Treasury", interface: treasury.interface });
  return governor;
}

/** The policy that actions would be decided by if they were proposed now, and when they could be carried out. */
export async function decisionOf(
  context: ChainContext,
  governor: ICooperativeGovernor,
  cooperative: string,
  actions: readonly ProposedAction[],
) {
  const book = IPolicyBook__factory.connect(await governor.policyBook(), context.provider);
  const { targets, values, calldatas } = actionLists(actions);
  const [[policyClass, version], electorate, now] = await Promise.all([
    book.classify(cooperative, targets, values, calldatas),
    context.contracts.membership.electorate(cooperative),
    context.now(),
  ]);
  const policy = await book.policyAt(cooperative, version);
  const eta = now + policy.votingDelay + policy.votingPeriod + policy.executionDelay;
  return { policyClass: Number(policyClass), eta, lines: policyLines(Number(policyClass), policy, electorate, now) };
}

/**
 * Plans a proposal of a member, and tells who decides it and what it would do.
 *
 * @param title - what it asks the others to do, in a few words
 * @param text - its text; without one the time, as a cooperative takes no proposal twice
 */
export async function planProposal(
  context: ActContext,
  cooperative: string,
  actions: readonly ProposedAction[],
  title: string,
  text?: string,
): Promise<Plan> {
  const governor = await governorOf(context, cooperative);
  const { lines, ...when } = await decisionOf(context, governor, cooperative, actions);
  const simulation = await rehearse(context, cooperative, actions, when);
  const { targets, values, calldatas } = actionLists(actions);
  const made = `Proposed ${formatMoment(await context.now())}.`;
  const description = proposalText({ title, text: text ?? made, proposer: context.account });
  const request = await governor.propose.populateTransaction(targets, values, calldatas, description);
  return transaction(request, [`Asks the members of ${cooperative}: ${title}?`, ...lines, ...simulation.lines], {
    facts: { cooperative, policyClass: when.policyClass, simulation: simulation.json },
    outcome: async ({ logs }) => {
      const created = logs
        .map((log) => governor.interface.parseLog(log))
        .find((log) => log?.name === "ProposalCreated");
      const { proposalId, voteStart, voteEnd } = created!.args.toObject() as Record<string, bigint>;
      return {
        lines: [
          `Proposal ${proposalId}`,
          `Members vote from ${formatMoment(voteStart + 1n)} until ${formatMoment(voteEnd)}`,
        ],
        json: { proposalId, voteStart, voteEnd },
      };
    },
  });
}
