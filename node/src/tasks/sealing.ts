import { Role, Phase } from "@artel/sdk";
import { cidFromBytes } from "@artel/sdk/learning";
import { hexlify, randomBytes } from "ethers";

import { createPrivacyMode } from "../privacy/create.js";
import type { PrivacyMode, Recipient } from "../privacy/PrivacyMode.js";
import { sealingKeyOf } from "../privacy/sealed.js";
import { Party, type PartyContext } from "./party.js";
import type { TaskState, UpdateRecord } from "./taskView.js";

/** Who reads updates. */
export type ReaderContext = Pick<PartyContext, "view" | "account" | "store">;

/** An update as read, or why it counts as absent. */
export type ReadUpdate = { readonly delta: Int32Array } | { readonly problem: string };

/** Name under which a party's store keeps what its sealing keys are derived from: 32 secret bytes. */
export const SEALING_SECRET_RECORD = "sealing-secret";
const SECRET_BYTES = 32;

/** How the updates of a task reach their readers, for one of its parties. */
export async function privacyOf({ view, account, store }: ReaderContext): Promise<PrivacyMode> {
  const { privacy } = await view.manifest();
  return createPrivacyMode(privacy, { account, secret: await sealingSecret(store) });
}

/**
 * Reads updates of a round for one of its parties.
 *
 * @returns a function that never throws for what others published. With recipients it finds absent what not all of them can
 *   read.
 */
export async function readerOf(
  context: ReaderContext,
  round: bigint,
): Promise<(update: UpdateRecord, recipients?: readonly Recipient[]) => Promise<ReadUpdate>> {
  const { view } = context;
  const [mode, scope, wraps, { parameterCount: parameters }] = await Promise.all([
    privacyOf(context),
    view.scope(round),
    view.wraps(round),
    view.trainer(),
  ]);
  return async (declared, recipients) => {
    const { client, cid } = declared;
    const bundle = wraps.get(client);
    try {
      const published = {
        content: await view.content.get(cidFromBytes(cid)),
        ...(bundle && { wraps: await view.content.get(bundle) }),
      };
      const expected = { declared, parameters, seen: new Set<string>(), ...(recipients && { recipients }) };
      const outcome = await mode.open(published, { ...scope, client }, expected);
      return outcome.valid ? { delta: outcome.delta } : { problem: outcome.reason };
    } catch (error) {
      return { problem: (error as Error).message };
    }
  };
}

/** A party with a seat, to which updates are sealed where the manifest says so. */
export abstract class Seat extends Party {
  /** Publishes the key under which updates are sealed to the party, once it has its seat. */
  protected override async attend({ phase }: TaskState): Promise<boolean> {
    const { view, tasks, store } = this.context;
    if (Number(phase) !== Phase.Waiting || (await view.manifest()).privacy.kind !== "sealed") return false;
    const key = hexlify(await sealingKeyOf(await sealingSecret(store)));
    if ((await view.sealingKeys()).get(this.account) === key) return false;
    const { role } = await tasks.participantOf(view.taskId, this.account);
    if (Number(role) === Role.None) return false;
    return this.act("publish the sealing key", () => tasks.publishSealingKey(view.taskId, key));
  }
}

/** What a party's sealing keys are derived from, drawn when it is first needed. It is backed up with the store. */
async function sealingSecret(store: PartyContext["store"]): Promise<Uint8Array> {
  if (!(await store.has(SEALING_SECRET_RECORD))) await store.put(SEALING_SECRET_RECORD, randomBytes(SECRET_BYTES));
  return store.get(SEALING_SECRET_RECORD);
}
