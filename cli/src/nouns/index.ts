import type { Noun } from "../command.js";
import { consent } from "./consent.js";
import { did } from "./did.js";
import { member } from "./member.js";
import { reputation } from "./reputation.js";

/** Everything that `artel` can do, one file a noun. */
export const NOUNS: readonly Noun[] = [did, consent, member, reputation];
