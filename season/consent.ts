import { dataHashOf } from "@artel/node";
import { consentIdOf, signConsentGrant, type ConsentScope, type IConsentRegistry } from "@artel/sdk";
import { id, type HDNodeWallet } from "ethers";

import type { PartyProfile } from "./parties.js";
import type { PhaseProgress } from "./progress.js";

/** What the season's clients consent to. */
export const TRAINING_PURPOSE = id("train the model of the cooperative");
/** The text that they have read. */
const TERMS_HASH = id("Your examples stay with you. Updates learned from them are published for the cooperative.");
/** How long a grant holds and its signature is accepted, in seconds. */
const CONSENT_SECONDS = 365n * 24n * 3600n;

/**
 * Every client grants the cooperative the use of its data: every second one by a transaction of its own, the others by
 * a signature that `sender` brings to the chain.
 * @param now - present second of the chain
 */
export async function grantConsents(
  registry: IConsentRegistry,
  sender: HDNodeWallet,
  clients: readonly PartyProfile[],
  cooperative: string,
  { chainId, now }: { chainId: bigint; now: bigint },
  progress: PhaseProgress,
): Promise<void> {
  const address = await registry.getAddress();
  const expiresAt = now + CONSENT_SECONDS;
  for (const [i, client] of clients.entries()) {
    const subject = client.wallet.address;
    const dataHash = dataHashOf(subject);
    const scope: ConsentScope = { subject, grantee: cooperative, dataHash, purpose: TRAINING_PURPOSE };
    if (i % 2 === 0) {
      await (await registry.connect(client.wallet).grant(scope, TERMS_HASH, expiresAt)).wait();
    } else {
      const { version } = await registry.consentOf(consentIdOf(scope));
      const grant = { ...scope, termsHash: TERMS_HASH, expiresAt, version, deadline: expiresAt };
      const approval = await signConsentGrant(client.wallet, address, chainId, grant);
      await (await registry.connect(sender).grantBySig(scope, TERMS_HASH, expiresAt, approval)).wait();
    }
    progress.step(client.name);
  }
}
