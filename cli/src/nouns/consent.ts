import { consentIdOf, queryLogs, type ConsentScope } from "@artel/sdk";
import { epsilonOf } from "@artel/sdk/learning";
import { z } from "zod";

import { acts, reads, transaction, type Noun } from "../command.js";
import type { ActContext } from "../context.js";
import {
  Account,
  flag,
  formatMoment,
  formatTag,
  Hash,
  Identity,
  Moment,
  Tag,
  TextHash,
  type GivenIdentity,
} from "../values.js";

/** What a consent is about. */
const SCOPE = {
  did: flag(Identity.optional(), "DID", "the subject (default: the signer's own DID)"),
  grantee: flag(Account, "ACCOUNT", "who may use the data; of a learning task its cooperative"),
  data: flag(Hash, "HASH", "what points to the data"),
  purpose: flag(Tag, "TEXT", "what for: a text of at most 31 bytes, or 32 bytes in hexadecimal"),
};

interface GivenScope {
  readonly did?: GivenIdentity;
  readonly grantee: string;
  readonly data: string;
  readonly purpose: string;
}

function scopeOf(context: ActContext, { did, grantee, data, purpose }: GivenScope): ConsentScope {
  return { subject: context.identityOrOwn(did), grantee, dataHash: data, purpose };
}

const grant = acts(
  "consent grant",
  "agrees that somebody uses data for a purpose until a time; again: new time and terms",
  {
    ...SCOPE,
    terms: flag(TextHash, "TEXT", "the terms you have read, or their hash"),
    until: flag(Moment, "TIME", "when it ends: a date, or seconds since 1970"),
  },
  async (context, { terms, until, ...given }) => {
    const scope = scopeOf(context, given);
    return transaction(
      await context.contracts.consents.grant.populateTransaction(scope, terms, until),
      [
        `${context.didOf(scope.subject)} agrees that ${scope.grantee} uses data ${scope.dataHash} for ${formatTag(scope.purpose)},`,
        `until ${formatMoment(until)}, under the terms with hash ${terms}.`,
      ],
      { facts: { consentId: consentIdOf(scope) } },
    );
  },
);

const revoke = acts(
  "consent revoke",
  "ends a consent at once, and every signed grant of it that was not sent yet",
  SCOPE,
  async (context, given) => {
    const scope = scopeOf(context, given);
    const consentId = consentIdOf(scope);
    const { expiresAt } = await context.contracts.consents.consentOf(consentId);
    const live = expiresAt > (await context.now());
    return transaction(
      await context.contracts.consents.revoke.populateTransaction(scope),
      [
        `${context.didOf(scope.subject)} no longer agrees that ${scope.grantee} uses data ${scope.dataHash} for ${formatTag(scope.purpose)}.`,
        ...(live ? [] : ["It is not live now: this only ends signed grants."]),
      ],
      { facts: { consentId } },
    );
  },
);

/** Probability with which a release may tell more than its epsilon, for people to compare. */
const DELTA = 1e-6;

const cap = acts(
  "consent cap",
  "limits what data may tell in all, through every release that is counted; again: another limit",
  {
    did: SCOPE.did,
    data: SCOPE.data,
    microRho: flag(z.bigint().nonnegative(), "N", "in millionths of rho (zero-concentrated differential privacy)"),
  },
  async (context, { did, data, microRho }) => {
    const { privacy } = context.contracts;
    const subject = context.identityOrOwn(did);
    const { spent } = await privacy.budgetOf(subject, data);
    const epsilon = epsilonOf(microRho, DELTA).toFixed(2);
    return transaction(
      await privacy.setCap.populateTransaction(subject, data, microRho),
      [
        `Data ${data} of ${context.didOf(subject)} may tell ${microRho} millionths of rho in all: epsilon ${epsilon} at delta ${DELTA}.`,
        `They have told ${spent} so far.`,
      ],
      { facts: { microRho, spent } },
    );
  },
);

const list = reads(
  "consent list",
  "every consent that an identity has granted or revoked, with its state now",
  { did: flag(Identity, "DID", "the subject") },
  async (context, { did }) => {
    const { consents } = context.contracts;
    const subject = context.identity(did);
    const from = context.blockOf("ConsentRegistry");
    const [granted, revoked, now] = await Promise.all([
      queryLogs(consents, consents.filters.ConsentGranted(undefined, subject), from),
      queryLogs(consents, consents.filters.ConsentRevoked(undefined, subject), from),
      context.now(),
    ]);
    const scopes = new Map(
      [...granted, ...revoked].map(({ args: { consentId, grantee, dataHash, purpose } }) => [
        consentId,
        { consentId, grantee, dataHash, purpose },
      ]),
    );
    const found = await Promise.all(
      [...scopes.values()].map(async (scope) => {
        const { version, grantedAt, expiresAt, termsHash } = await consents.consentOf(scope.consentId);
        const live = grantedAt !== 0n && expiresAt > now;
        return { ...scope, live, version, grantedAt, expiresAt, termsHash };
      }),
    );
    const lines = found.flatMap(({ consentId, live, grantee, dataHash, purpose, expiresAt, grantedAt }) => [
      `${consentId} ${live ? "live" : "over"}`,
      `  grantee ${grantee}  data ${dataHash}`,
      `  purpose ${formatTag(purpose)}  ${grantedAt === 0n ? "never granted" : `until ${formatMoment(expiresAt)}`}`,
    ]);
    return {
      lines: found.length === 0 ? [`${context.didOf(subject)} has granted nothing`] : lines,
      json: { subject, consents: found },
    };
  },
);

/** `artel consent`. */
export const consent: Noun = {
  name: "consent",
  does: "Consent to the use of data",
  commands: [grant, revoke, cap, list],
};
