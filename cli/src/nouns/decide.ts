import { actionLists, type OnchainProposal, type ProposedAction } from "@artel/sdk";
import { z } from "zod";

import { acts, reads, transaction, type Answer, type Noun } from "../command.js";
import { governorOf, decisionOf } from "../proposal.js";
import { readProposalFile } from "../proposalFile.js";
import { rehearse } from "../simulate.js";
import { COOPERATIVE, flag, formatMoment } from "../values.js";
import { actionLines, findProposal, openProposals, proposalLines, standingOf } from "../votes.js";

const PROPOSAL = flag(z.bigint(), "ID", "the proposal");

const status = reads(
  "status",
  "open proposals: tally, what is missing, when it ends, what may be done next and by whom",
  {
    proposal: flag(z.bigint().optional(), "ID", "only this one, even if it is over"),
    cooperative: COOPERATIVE,
  },
  async (context, { proposal: id, cooperative }) => {
    const governor = await governorOf(context, cooperative);
    const proposals =
      id === undefined
        ? await openProposals(context, governor)
        : [await findProposal(context, governor, cooperative, id)];
    const shown = [];
    for (const proposal of proposals) shown.push(await standingOf(context, governor, proposal));
    return {
      lines: shown.length === 0 ? [`${cooperative} has no open proposals`] : shown.flatMap(({ lines }) => lines),
      json: { cooperative, proposals: shown.map(({ json }) => json) },
    };
  },
  ["proposal"],
);

const simulate = reads(
  "simulate",
  "carries a proposal out without sending anything, at the first second at which it may be, and tells what it would do",
  {
    proposal: flag(z.string().min(1), "ID|FILE", "a proposal that was made, or a file with one"),
    cooperative: COOPERATIVE,
    content: flag(
      z.string().min(1).optional(),
      "DIR",
      "the content store: rules of learning tasks are read there, and held against the terms",
    ),
  },
  async (context, { proposal: given, cooperative, content }) => {
    const governor = await governorOf(context, cooperative);
    const rulesOf = async (actions: readonly ProposedAction[]): Promise<Answer> => {
      if (content === undefined) return { lines: [], json: {} };
      // Training and storage come with it.
      const { lines, json } = await (await import("../task/rules.js")).readProposedRules(context, actions, content);
      return { lines, json: { rules: json } };
    };
    if (/^\d+$/.test(given)) {
      const proposal = await findProposal(context, governor, cooperative, BigInt(given));
      const eta = await governor.proposalEta(proposal.id);
      const { lines, json } = await rehearse(context, cooperative, proposal.actions, { ...proposal, eta });
      const calls = actionLines(context, proposal.actions);
      const rules = await rulesOf(proposal.actions);
      return {
        lines: [...calls, ...rules.lines, ...lines],
        json: { cooperative, proposalId: proposal.id, ...json, ...rules.json },
      };
    }
    const { actions } = await readProposalFile(context, cooperative, given);
    const { lines: policy, ...when } = await decisionOf(context, governor, cooperative, actions);
    const { lines, json } = await rehearse(context, cooperative, actions, when);
    const rules = await rulesOf(actions);
    return {
      lines: [...policy, ...actionLines(context, actions), ...rules.lines, ...lines],
      json: { cooperative, policyClass: when.policyClass, ...json, ...rules.json },
    };
  },
  ["proposal"],
);

/** What `queue`, `execute` and `cancel` take. */
function argumentsOf({ actions, descriptionHash }: OnchainProposal) {
  const { targets, values, calldatas } = actionLists(actions);
  return [targets, values, calldatas, descriptionHash] as const;
}

const queue = acts(
  "queue",
  "announces that a proposal has passed; anybody may, and execution does not wait for it",
  { proposal: PROPOSAL, cooperative: COOPERATIVE },
  async (context, { proposal: id, cooperative }) => {
    const governor = await governorOf(context, cooperative);
    const proposal = await findProposal(context, governor, cooperative, id);
    const eta = await governor.proposalEta(id);
    return transaction(
      await governor.queue.populateTransaction(...argumentsOf(proposal)),
      [
        `Announces that it can be carried out from ${formatMoment(eta)} on; it changes nothing else.`,
        ...proposalLines(context, proposal),
      ],
      { facts: { proposalId: id, eta } },
    );
  },
  ["proposal"],
);

const execute = acts(
  "execute",
  "carries a proposal out that has passed and waited; anybody may",
  { proposal: PROPOSAL, cooperative: COOPERATIVE },
  async (context, { proposal: id, cooperative }) => {
    const governor = await governorOf(context, cooperative);
    const proposal = await findProposal(context, governor, cooperative, id);
    const eta = await governor.proposalEta(id);
    const simulation = await rehearse(context, cooperative, proposal.actions, { ...proposal, eta });
    return transaction(
      await governor.execute.populateTransaction(...argumentsOf(proposal)),
      [`${cooperative} carries proposal ${id} out.`, ...simulation.lines],
      { facts: { proposalId: id, simulation: simulation.json } },
    );
  },
  ["proposal"],
);

const cancel = acts(
  "cancel",
  "takes back a proposal of your own before voting starts, or as a guardian with --reason anybody's",
  {
    proposal: PROPOSAL,
    cooperative: COOPERATIVE,
    reason: flag(z.string().min(1).optional(), "TEXT", "as a guardian: why; it is published"),
  },
  async (context, { proposal: id, cooperative, reason }) => {
    const governor = await governorOf(context, cooperative);
    const proposal = await findProposal(context, governor, cooperative, id);
    const [request, effect] =
      reason === undefined
        ? [governor.cancel.populateTransaction(...argumentsOf(proposal)), "Takes this proposal back for good."]
        : [
            governor.cancelAsGuardian.populateTransaction(...argumentsOf(proposal), reason),
            "Cancels this proposal as a guardian; proposed again, the same actions can't be cancelled for a while.",
          ];
    return transaction(await request, [effect, ...proposalLines(context, proposal)], { facts: { proposalId: id } });
  },
  ["proposal"],
);

/** `artel status`, `simulate`, `queue`, `execute`, `cancel`. */
export const decide: Noun = {
  name: "status",
  does: "Decisions: where proposals stand, and carrying them out",
  commands: [status, simulate, queue, execute, cancel],
};
