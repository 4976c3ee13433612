import type { Revert } from "@artel/sdk";

import { formatMoment, formatState } from "./values.js";

/** What the refusals mean that these commands commonly meet, by the names of the errors. */
const MEANINGS: Readonly<Record<string, (args: readonly unknown[]) => string>> = {
  ERC20InsufficientBalance: ([account, balance, needed]) =>
    `${account} has ${balance} of the token and needs ${needed}, in its smallest units`,
  GovernorAlreadyCastVote: ([voter]) => `the ballot of ${voter} says so already`,
  GovernorUnableToCancel: () =>
    "whoever made a proposal cancels it before voting starts, and nobody else but a guardian",
  GovernorUnexpectedProposalState: ([id, state]) =>
    `the proposal is ${formatState(state as bigint)}; npx artel status ${id} says what may be done`,
  Governor_NoBallotRight: ([, account]) =>
    `${account} is no member in standing, or was none when the proposal was made or as long before as its class asks for`,
  Governor_NoProxiedBallot: ([, holder]) =>
    `${holder} held none of these proxies before the proposal was made, or their members have ballots already`,
  Governor_NotTheGuardian: ([account]) => `${account} does not hold the office of guardian`,
  Governor_SponsorsMissing: ([, needed]) => `${needed} other members have to sign for a proposal of this class`,
  Governor_TooEarly: ([, eta]) => `it can be carried out from ${formatMoment(eta as bigint)} on`,
  Governor_NotAMember: ([account]) => `${account} is no active member of the cooperative`,
  IdentityRecovery_BadSettings: () =>
    "guardians are too many, one is the identity itself, or thresholds or delay are out of bounds",
  IdentityRecovery_NotDue: ([, due]) => `it can be done from ${formatMoment(due as bigint)} on`,
  LearningTasks_InvalidTerms: ([term, value]) => `no task takes ${value} as ${term}`,
  LearningTasks_NotClosed: ([task]) => `task ${task} still runs; npx artel task show ${task} tells how far it is`,
  LearningTasks_NothingToRelease: ([task, account]) => `${account} has no stake bound in task ${task}`,
  LearningTasks_TooEarly: ([, from]) => `it can be done from ${formatMoment(from as bigint)} on`,
  LearningTasks_UnknownTask: ([task]) => `there is no task ${task}; npx artel task list names all`,
  Membership_AlreadyMember: ([, account, number]) =>
    `${account} is member ${number} already; two identities of one owner are one member`,
  Membership_DeactivatedDid: ([did]) => `nobody controls the identity ${did} any more`,
  Membership_NoPlaceLeft: () => "the cooperative has not appointed this module, or it has admitted as many as it may",
  Membership_NotAMember: ([cooperative, number]) => `${cooperative} has no member ${number}`,
  Membership_NotTheMember: ([cooperative, caller]) => `${caller} is no member of ${cooperative}`,
  Proxies_InvalidExpiry: ([, latest]) =>
    `it has to end in the future, and at ${formatMoment(latest as bigint)} at the latest`,
  Proxies_InvalidHolder: ([, , holder]) => `there is no member ${holder}, or it is you, or holds this proxy already`,
  Proxies_NotOffered: ([, principal, , member]) =>
    `member ${principal} has not named member ${member} for this topic, or it is over`,
  Treasury_LimitExceeded: ([policyClass]) => `it is more than what is left of the limit of class ${policyClass}`,
};

/** A refusal as the contract gives it, with a sentence on it, or where to find one if it is no common one. */
export function explain({ name, text, args }: Revert): string {
  return `${text}: ${MEANINGS[name]?.(args) ?? "what that means is in the contract's interface"}`;
}
