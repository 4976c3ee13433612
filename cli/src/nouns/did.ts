import { createResolver, findEntry, keyAttribute, KEY_FORMS, readHistory, type KeyType } from "@artel/sdk/identity";
import { createKeystore } from "@artel/sdk/program";
import { getBytes } from "ethers";
import { z } from "zod";

import { acts, reads, transaction, works, type Noun } from "../command.js";
import { CliFlagError, EntryUnknownError, UnresolvedDidError } from "../errors.js";
import { Account, Bytes, DAY, flag, formatMoment, Identity } from "../values.js";
import { recovery } from "./recovery.js";

const OWN_DID = flag(Identity.optional(), "DID", "the identity (default: the signer's own)");
const KEY_TYPES = Object.keys(KEY_FORMS) as [KeyType, ...KeyType[]];

const create = works(
  "did create",
  "makes a key in a new encrypted keystore, and with it an identity; nothing is sent",
  { keystore: flag(z.string().min(1), "FILE", "where the key goes; ARTEL_KEYSTORE_PASSWORD, or it is asked for") },
  async (context, { keystore }) => {
    const account = await createKeystore(keystore, context.terminal);
    const did = context.didOf(account);
    return {
      lines: [did, `Its key is in ${keystore}. Who loses the file or its password has lost the key: name guardians.`],
      json: { did, account, keystore },
    };
  },
);

const show = reads(
  "did show",
  "resolves a DID: owner, keys, services, state of recovery",
  {
    did: flag(Identity, "DID", "the identity"),
    atBlock: flag(z.int().nonnegative().optional(), "N", "as it was after this block"),
  },
  async (context, { did, atBlock }) => {
    const { provider, chainId, deployment } = context;
    const registry = deployment.contracts.DIDRegistry.address;
    const resolve = createResolver([{ provider, registry, chainId, names: [deployment.network, ...nameOf(chainId)] }]);
    const name = did.network === undefined ? context.didOf(did.address) : did.text;
    const url = atBlock === undefined ? name : `${name}?versionId=${atBlock}`;
    const { didDocument, didDocumentMetadata, didResolutionMetadata } = await resolve(url);
    const { error, message } = didResolutionMetadata;
    if (didDocument === null) throw new UnresolvedDidError(url, message ?? error ?? "no reason given");
    const json = { didDocument, didDocumentMetadata };
    return { lines: [JSON.stringify(json, undefined, 2)], json };
  },
);

/** The name that a DID without one stands for. */
function nameOf(chainId: bigint): string[] {
  return chainId === 1n ? ["mainnet"] : [];
}

const rotate = acts(
  "did rotate",
  "hands an identity to another account: a new key, or a wallet contract",
  { did: OWN_DID, to: flag(Account, "ACCOUNT", "who owns it from then on") },
  async (context, { did, to }) => {
    if (BigInt(to) === 0n) throw new CliFlagError("--to is nobody, who would own the identity for good", to);
    const identity = context.identityOrOwn(did);
    return transaction(await context.contracts.didRegistry.changeOwner.populateTransaction(identity, to), [
      `${to} owns ${context.didOf(identity)} from then on, and ${context.account} can change it no more.`,
      `Commands with the key of ${to} name it with --did ${context.didOf(identity)} from then on.`,
      "Cooperatives know the member by the former account until somebody runs `artel member rebind`.",
    ]);
  },
);

const addKey = acts(
  "did add-key",
  "publishes a public key, post-quantum ones included",
  {
    did: OWN_DID,
    type: flag(z.enum(KEY_TYPES), "TYPE", KEY_TYPES.join(", ")),
    purpose: flag(z.enum(["veriKey", "sigAuth", "enc"]), "PURPOSE", "veriKey (assert), sigAuth (log in too) or enc"),
    key: flag(Bytes, "HEX", "the raw public key"),
    days: flag(z.int().min(1).max(36_500).default(365), "N", "how long it is valid (default 365)"),
  },
  async (context, { did, type, purpose, key, days }) => {
    const identity = context.identityOrOwn(did);
    const { name, value } = keyAttribute(type, purpose, getBytes(key));
    const validity = BigInt(days) * DAY;
    const until = formatMoment((await context.now()) + validity);
    return transaction(
      await context.contracts.didRegistry.setAttribute.populateTransaction(identity, name, value, validity),
      [`${context.didOf(identity)} shows this ${type} key as ${purpose} until ${until}.`],
    );
  },
);

const revoke = acts(
  "did revoke",
  "takes a key, a delegate or a service out of the document",
  { did: OWN_DID, id: flag(z.string().min(1), "ID", "its id in the document, such as delegate-1 or service-1") },
  async (context, { did, id }) => {
    const { provider, contracts, deployment } = context;
    const identity = context.identityOrOwn(did);
    const fragment = id.replace(/^.*#/, "");
    const entry = findEntry(await readHistory(provider, deployment.contracts.DIDRegistry.address, identity), fragment);
    if (entry === undefined) throw new EntryUnknownError(fragment, context.didOf(identity));
    const request =
      entry.kind === "delegate"
        ? contracts.didRegistry.revokeDelegate.populateTransaction(identity, entry.name, entry.delegate)
        : contracts.didRegistry.revokeAttribute.populateTransaction(identity, entry.name, entry.value);
    return transaction(await request, [`${context.didOf(identity)} shows #${fragment} no more.`]);
  },
);

/** `artel did`. */
export const did: Noun = {
  name: "did",
  does: "Identities",
  commands: [create, show, rotate, addKey, revoke, ...recovery],
};
