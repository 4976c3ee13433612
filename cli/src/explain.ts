import type { Revert } from "@artel/sdk";

import { formatMoment } from "./values.js";

/** What the refusals mean that these commands commonly meet, by the names of the errors. */
const MEANINGS: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  Governor_NotAMember: ([account]) => `${account} is no active member of the cooperative`,
  IdentityRecovery_BadSettings: () =>
    "guardians are too many, one is the identity itself, or thresholds or delay are out of bounds",
  IdentityRecovery_NotDue: ([, due]) => `it can be done from ${formatMoment(due as bigint)} on`,
  Membership_AlreadyMember: ([, account, number]) =>
    `${account} is member ${number} already; two identities of one owner are one member`,
  Membership_DeactivatedDid: ([did]) => `nobody controls the identity ${did} any more`,
  Membership_NoPlaceLeft: () => "the cooperative has not appointed this module, or it has admitted as many as it may",
  Membership_NotAMember: ([cooperative, number]) => `${cooperative} has no member ${number}`,
  Membership_NotTheMember: ([cooperative, caller]) => `${caller} is no member of ${cooperative}`,
};

/** A refusal as the contract gives it, with a sentence where it is a common one. */
export function explain({ name, text, args }: Revert): string {
  const meaning = MEANINGS[name]?.(args);
  return meaning === undefined ? text : `${text}: ${meaning}`;
}
