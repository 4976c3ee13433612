import { queryLogs, ROLE_CATEGORIES } from "@artel/sdk";
import { id, isHexString } from "ethers";
import { z } from "zod";

import { reads, type Noun } from "../command.js";
import { CliFlagError } from "../errors.js";
import { Account, DAY, flag, Identity } from "../values.js";

/** Names of the categories that the suite itself awards in, by their ids. */
const NAMES = new Map<string, string>(Object.values(ROLE_CATEGORIES).map((name) => [id(name), name]));

const show = reads(
  "reputation show",
  "what an identity has earned in a cooperative, decayed to this second",
  {
    did: flag(Identity, "DID", "the identity"),
    cooperative: flag(Account, "ACCOUNT", "the realm: a cooperative's Treasury"),
    category: flag(z.array(z.string().min(1)).optional(), "NAME", "only this category, by name or id; may be repeated"),
  },
  async (context, { did, cooperative, category: wanted }) => {
    const { reputation } = context.contracts;
    const subject = context.identity(did);
    const added = await queryLogs(reputation, reputation.filters.CategoryAdded(), context.blockOf("Reputation"));
    const ids =
      wanted?.map((name) => (isHexString(name, 32) ? name : id(name))) ?? added.map(({ args }) => args.category);
    const scores = await Promise.all(
      ids.map(async (category, i) => {
        const [score, total, halfLife] = await Promise.all([
          reputation.scoreOf(cooperative, category, subject),
          reputation.totalOf(cooperative, category),
          reputation.categoryOf(category),
        ]);
        const name = wanted?.[i] ?? NAMES.get(category) ?? category;
        if (halfLife === 0n) throw new CliFlagError(`There is no category ${name}`, name);
        return {
          category,
          name,
          score,
          total,
          halfLife,
        };
      }),
    );
    const lines = scores.map(
      ({ name, score, total, halfLife }) =>
        `${name}: ${score} of ${total} points, halved every ${Number(halfLife) / Number(DAY)} days`,
    );
    return {
      lines: lines.length === 0 ? ["The network has no categories yet"] : lines,
      json: { subject, cooperative, scores },
    };
  },
);

/** `artel reputation`. */
export const reputation: Noun = { name: "reputation", does: "Reputation", commands: [show] };
