import { ALL_TOPICS } from "@artel/sdk";
import { z } from "zod";

import { acts, transaction, type Noun } from "../command.js";
import type { ActContext } from "../context.js";
import { NoMemberError, NoProxiesError, ProxySeatError } from "../errors.js";
import { governorOf } from "../proposal.js";
import { COOPERATIVE, flag, formatMoment, Moment } from "../values.js";

const Topic = z
  .string()
  .regex(/^([0-7]|all)$/, "it is neither a class from 0 to 7 nor all")
  .transform((text) => (text === "all" ? ALL_TOPICS : Number(text)));
const TOPIC = flag(Topic.default(ALL_TOPICS), "CLASS", "what about: a class of the bylaws, 0 to 7 (default: all)");

function topicText(topic: number): string {
  return topic === ALL_TOPICS ? "all proposals" : `proposals of class ${topic}`;
}

/**
 * How many proxies a member may hold.
 * @throws NoProxiesError if none
 */
async function seatsOfHolder({ contracts }: ActContext, cooperative: string): Promise<bigint> {
  const { held } = await contracts.proxies.limitsOf(cooperative);
  if (held === 0n) throw new NoProxiesError(cooperative);
  return held;
}

const name = acts(
  "delegate",
  "names a member who may cast your ballot until a time; your own ballot always wins",
  {
    cooperative: COOPERATIVE,
    to: flag(z.bigint().positive(), "N", "number of the member"),
    topic: TOPIC,
    until: flag(Moment, "TIME", "when it ends: a date, or seconds since 1970"),
    passes: flag(z.int().min(0).max(255).default(0), "N", "how often it may be passed on (default 0)"),
  },
  async (context, { cooperative, to, topic, until, passes }) => {
    await governorOf(context, cooperative);
    await seatsOfHolder(context, cooperative);
    const { proxies, membership } = context.contracts;
    const naming = { topic, holder: to, until, passes };
    return transaction(await proxies.nameProxy.populateTransaction(cooperative, naming), [
      `Member ${to}, ${await membership.accountOf(cooperative, to)}, may cast your ballot on ${topicText(topic)} until ${formatMoment(until)}, once they have accepted.`,
      "What you have named before for this topic ends at once.",
    ]);
  },
);

const accept = acts(
  "delegate accept",
  "accepts a proxy that a member has named you for",
  { cooperative: COOPERATIVE, principal: flag(z.bigint().positive(), "N", "number of the member"), topic: TOPIC },
  async (context, { cooperative, principal, topic }) => {
    await governorOf(context, cooperative);
    const { proxies, membership } = context.contracts;
    const [number, held] = await Promise.all([
      membership.numberOf(cooperative, context.account),
      seatsOfHolder(context, cooperative),
    ]);
    if (number === 0n) throw new NoMemberError(context.account, cooperative);
    const seats = await proxies.seatsOf(cooperative, number, 0, held);
    const seat = seats.findIndex((each) => each.principal === 0n);
    if (seat < 0) throw new ProxySeatError(held);
    return transaction(await proxies.accept.populateTransaction(cooperative, principal, topic, seat), [
      `You may cast the ballot of member ${principal} on ${topicText(topic)} that are made from then on.`,
    ]);
  },
);

const revoke = acts(
  "delegate revoke",
  "ends the proxy that you have named for a topic",
  { cooperative: COOPERATIVE, topic: TOPIC },
  async (context, { cooperative, topic }) => {
    await governorOf(context, cooperative);
    return transaction(await context.contracts.proxies.revoke.populateTransaction(cooperative, topic), [
      `Nobody casts your ballot on ${topicText(topic)} any more.`,
    ]);
  },
);

/** `artel delegate`. */
export const delegate: Noun = {
  name: "delegate",
  does: "Proxies: who may cast your ballot",
  commands: [name, accept, revoke],
};
