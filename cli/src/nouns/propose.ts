import { z } from "zod";

import { ACTIONS } from "../actions.js";
import { acts, type Noun } from "../command.js";
import { governorOf, planProposal } from "../proposal.js";
import { readProposalFile } from "../proposalFile.js";
import { COOPERATIVE, flag } from "../values.js";

const fromFile = acts(
  "propose",
  "proposes what a file says, YAML or JSON: title, description, actions",
  { file: flag(z.string().min(1), "FILE", "the proposal; docs/guides/govern.md shows one"), cooperative: COOPERATIVE },
  async (context, { file, cooperative }) => {
    await governorOf(context, cooperative);
    const { title, description, actions } = await readProposalFile(context, cooperative, file);
    return planProposal(context, cooperative, actions, title, description);
  },
  ["file"],
);

const byFlags = ACTIONS.map(({ name, does, fields, build }) =>
  acts(
    `propose ${name}`,
    does,
    {
      ...fields,
      cooperative: COOPERATIVE,
      title: flag(z.string().min(1).optional(), "TEXT", "its title (default: what it does)"),
      description: flag(z.string().min(1).optional(), "TEXT", "its text, Markdown (default: when it was made)"),
    },
    async (context, { cooperative, title, description, ...given }) => {
      await governorOf(context, cooperative);
      const { actions, title: plain } = await build(context, cooperative, given);
      return planProposal(context, cooperative, actions, title ?? plain, description);
    },
  ),
);

/** `artel propose`. */
export const propose: Noun = {
  name: "propose",
  does: "Proposals; a member's key makes them, and shows first what they would do",
  commands: [fromFile, ...byFlags],
};
