import type { Noun } from "../command.js";
import { consent } from "./consent.js";
import { decide } from "./decide.js";
import { delegate } from "./delegate.js";
import { did } from "./did.js";
import { found } from "./found.js";
import { member } from "./member.js";
import { propose } from "./propose.js";
import { reputation } from "./reputation.js";
import { reward } from "./reward.js";
import { stake } from "./stake.js";
import { task } from "./task.js";
import { vote } from "./vote.js";

/** Everything that `artel` can do, one file a noun. */
export const NOUNS: readonly Noun[] = [
  ...[found, did, consent, member, reputation],
  ...[propose, vote, delegate, decide],
  ...[task, stake, reward],
];
