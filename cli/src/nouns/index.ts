import type { Noun } from "../command.js";
import { consent } from "./consent.js";
import { did } from "./did.js";
import { found } from "./found.js";
import { member } from "./member.js";
import { reputation } from "./reputation.js";

/** Everything that `artel` can do, one file a noun. */
export const NOUNS: readonly Noun[] = [found, did, consent, member, reputation];
