import { ArtelError } from "@artel/sdk";
import type { Finding } from "@artel/sdk/bylaws";

/** A word or flag of the command line is missing or wrong. */
export class CliFlagError extends ArtelError {
  readonly code = "cli/flag";

  /** @param advice - what to do about it, where the help of the command is not the best that can be said */
  constructor(
    readonly problem: string,
    value: unknown,
    readonly advice?: string,
    options?: ErrorOptions,
  ) {
    super(problem, value, advice ?? "see npx artel --help", options);
  }

  /** The same, which sends the reader to the help of a command. */
  within(words: string): CliFlagError {
    return new CliFlagError(this.problem, this.value, this.advice ?? `see npx artel ${words} --help`, { cause: this });
  }
}

/** The external signer does not start, ended, or was ended before it answered. */
export class SignerEndedError extends ArtelError {
  readonly code = "cli/signer-ended";
  constructor(value: string, how: string, options?: ErrorOptions) {
    super(
      `The signer ended before it answered (${how})`,
      value,
      "nothing was sent; run it by itself to see what it says",
      options,
    );
  }
}

/** The external signer took too long. */
export class SignerTimeoutError extends ArtelError {
  readonly code = "cli/signer-timeout";
  constructor(value: string, seconds: number) {
    super(
      `The signer did not answer ${value} within ${seconds} s`,
      value,
      "nothing was sent; allow --signer-seconds more",
    );
  }
}

/** The external signer said no. */
export class SignerRefusedError extends ArtelError {
  readonly code = "cli/signer-refused";
  constructor(value: string, reason: string) {
    super(`The signer refused ${value} (${reason})`, value, "nothing was sent; ask again once it is willing");
  }
}

/** The external signer answered something else than the protocol says, or signed for another account. */
export class SignerReplyError extends ArtelError {
  readonly code = "cli/signer-reply";
  constructor(value: string, reason: string) {
    super(
      `The signer's answer to ${value} is not usable (${reason})`,
      value,
      "nothing was sent; see docs/guides/identity.md",
    );
  }
}

/** A DID of another chain or network than the deployment's. */
export class ForeignDidError extends ArtelError {
  readonly code = "cli/foreign-did";
  constructor(value: string, network: string) {
    super(`${value} is not on ${network}`, value, "give a DID of the network that --network or --deployment names");
  }
}

/** A DID that does not resolve. */
export class UnresolvedDidError extends ArtelError {
  readonly code = "cli/unresolved-did";
  constructor(value: string, reason: string) {
    super(`${value} does not resolve (${reason})`, value, "check the DID, the block, and that the node keeps old logs");
  }
}

/** A key or service that the history of an identity does not have. */
export class EntryUnknownError extends ArtelError {
  readonly code = "cli/unknown-entry";
  constructor(value: string, did: string) {
    super(`${did} never had #${value}`, value, "take the id from npx artel did show");
  }
}

/** Somebody without guardians, where they are needed, or without announced ones. */
export class NoGuardiansError extends ArtelError {
  readonly code = "cli/no-guardians";
  constructor(value: string, what: string) {
    super(`${value} has no ${what}`, value, "its owner names some with npx artel did recover guardians");
  }
}

/** Guardians and thresholds that can't go together. */
export class GuardiansError extends ArtelError {
  readonly code = "cli/guardians";
  constructor(value: unknown, reason: string) {
    super(
      `These guardians can't be set (${reason})`,
      value,
      "name each once, with --threshold at most --super-threshold, and that at most their number",
    );
  }
}

/** An identity whose recovery is to be finished, and that has none running. */
export class NoRecoveryError extends ArtelError {
  readonly code = "cli/no-recovery";
  constructor(value: string) {
    super(`No recovery of ${value} is running`, value, "start one with npx artel did recover start");
  }
}

/** Approvals that can't start a recovery together. */
export class ApprovalError extends ArtelError {
  readonly code = "cli/approval";
  constructor(value: string, reason: string) {
    super(`The approval ${value} can't be used (${reason})`, value, "ask its guardian for another");
  }
}

/** A file that can't be written. */
export class OutputFileError extends ArtelError {
  readonly code = "cli/output-file";
  constructor(value: string, reason: string) {
    super(`${value} can't be written (${reason})`, value, "name another file with --out");
  }
}

/** A configuration of a founding, or the plan of a task, that can't be read. */
export class ConfigFileError extends ArtelError {
  readonly code = "cli/config-file";
  constructor(value: string, reason: string, example: string) {
    super(`The configuration ${value} can't be read (${reason})`, value, `see ${example}`);
  }
}

/** A configuration of a founding, or the plan of a task, with a field that is missing, unknown or wrong. */
export class ConfigInvalidError extends ArtelError {
  readonly code = "cli/config-invalid";
  constructor(
    file: string,
    /** Where it is wrong, such as `classes.ordinary.quorum`. */
    readonly field: string,
    reason: string,
    /** What to do about it, such as where its fields are explained. */
    advice: string,
  ) {
    const place = field === "" ? file : `${field} in ${file}`;
    super(`${place} can't be used (${reason})`, field, advice);
  }
}

/** Bylaws that the contracts would refuse. */
export class BylawsRefusedError extends ArtelError {
  readonly code = "cli/bylaws-refused";
  constructor(
    file: string,
    readonly findings: readonly Finding[],
  ) {
    const sentences = findings.map(({ problem, advice }) => `${problem} (${advice})`);
    super(
      `The bylaws in ${file} contradict themselves. ${sentences.join("; ")}`,
      file,
      "nothing was sent; correct them",
    );
  }
}

/** A file that is to hold the addresses of a cooperative, and holds something else. */
export class RecordTakenError extends ArtelError {
  readonly code = "cli/record-taken";
  constructor(value: string, reason: string) {
    super(
      `The addresses can't be written to ${value} (${reason})`,
      value,
      "nothing was sent; found with the same key and file to pick that one up, or name another file with --out",
    );
  }
}

/** Transactions of the account that are on their way, one of which may found the same cooperative. */
export class PendingTransactionsError extends ArtelError {
  readonly code = "cli/pending-transactions";
  constructor(account: string, value: number) {
    super(
      `${account} has ${value} transactions on their way, one of which may be this founding`,
      value,
      "wait until they are mined, and run the command again: it picks up what was founded",
    );
  }
}

/** A cooperative on another chain than the deployment's. */
export class ForeignCooperativeError extends ArtelError {
  readonly code = "cli/foreign-cooperative";
  constructor(value: string, network: string) {
    super(`${value} is not on ${network}`, value, "name its network with --network or --deployment");
  }
}

/** An account that is no cooperative. */
export class NotACooperativeError extends ArtelError {
  readonly code = "cli/not-a-cooperative";
  constructor(value: string) {
    super(`${value} is no cooperative with a governor`, value, "give the address of its Treasury");
  }
}

/** An application of somebody who is a member. */
export class AlreadyMemberError extends ArtelError {
  readonly code = "cli/already-member";
  constructor(value: string, number: bigint) {
    super(`${value} is member ${number} already`, value, "there is nothing to apply for");
  }
}

/** A measure against a member that takes a notice first. */
export class NoticeNeededError extends ArtelError {
  readonly code = "cli/notice-needed";
  constructor(value: bigint, days: string) {
    super(
      `Member ${value} has to be heard for ${days} days before a suspension`,
      value,
      "propose the notice first, with --notice and the charge",
    );
  }
}

/** The contract refuses what was asked for. Nothing was sent. */
export class WouldRevertError extends ArtelError {
  readonly code = "cli/would-revert";
  constructor(
    call: string,
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(`${call} would be refused (${reason})`, reason, "nothing was sent", options);
  }
}

/** The account can't pay for the transaction. Amounts in wei. */
export class BalanceTooLowError extends ArtelError {
  readonly code = "cli/balance-too-low";
  constructor(
    account: string,
    value: bigint,
    readonly needed: bigint,
    words: string,
  ) {
    super(`${account} can't pay for this (${words})`, value, "nothing was sent; send it the difference");
  }
}

/** Nobody agreed to send or sign. */
export class NotAgreedError extends ArtelError {
  readonly code = "cli/not-agreed";
  constructor(what: string) {
    super(`Nothing was ${what}`, undefined, "answer y when asked, or give --yes");
  }
}

/** A transaction that was sent and failed on the chain. */
export class TransactionFailedError extends ArtelError {
  readonly code = "cli/transaction-failed";
  constructor(value: string, options?: ErrorOptions) {
    super(
      `Transaction ${value} was mined and failed`,
      value,
      "the state moved on meanwhile; look and try again",
      options,
    );
  }
}

/** A transaction that was sent, and of which it is not known whether it was mined. */
export class TransactionPendingError extends ArtelError {
  readonly code = "cli/transaction-pending";
  constructor(value: string, reason: string, options?: ErrorOptions) {
    super(
      `What became of transaction ${value} is not known (${reason})`,
      value,
      "it may still be mined: look before you repeat",
      options,
    );
  }
}

/** The endpoint failed in the middle of the command. */
export class RequestFailedError extends ArtelError {
  readonly code = "cli/request-failed";
  constructor(value: string, options?: ErrorOptions) {
    super(`The endpoint failed (${value})`, value, "look whether something was sent, and try again", options);
  }
}

/** A chain that can't be forked on this machine. */
export class ForkFailedError extends ArtelError {
  readonly code = "cli/fork-failed";
  constructor(reason: string, options?: ErrorOptions) {
    super(
      `anvil does not fork the chain (${reason})`,
      reason,
      "install it, or use an endpoint that simulates",
      options,
    );
  }
}

/** A proposal that the governor of the cooperative does not have. */
export class ProposalUnknownError extends ArtelError {
  readonly code = "cli/unknown-proposal";
  constructor(value: bigint, cooperative: string) {
    super(`The governor of ${cooperative} has no proposal ${value}`, value, "take the id from npx artel status");
  }
}

/** A file that holds no proposal. */
export class ProposalFileError extends ArtelError {
  readonly code = "cli/proposal-file";
  constructor(value: string, reason: string, options?: ErrorOptions) {
    super(`${value} holds no proposal (${reason})`, value, "docs/guides/govern.md shows one", options);
  }
}

/** Signed ballots that can't be sent. */
export class BallotFileError extends ArtelError {
  readonly code = "cli/ballot-file";
  constructor(value: string, reason: string, options?: ErrorOptions) {
    super(
      `The ballots in ${value} can't be sent (${reason})`,
      value,
      "sign them again with npx artel vote --sign-only",
      options,
    );
  }
}

/** Somebody without a vote where they are. */
export class NoMemberError extends ArtelError {
  readonly code = "cli/no-member";
  constructor(value: string, cooperative: string) {
    super(`${value} is no active member of ${cooperative}`, value, "sign with the account of a member");
  }
}

/** A cooperative whose members lend no ballots. */
export class NoProxiesError extends ArtelError {
  readonly code = "cli/no-proxies";
  constructor(value: string) {
    super(`${value} has no proxies`, value, "it allows them by a vote to call setLimits of Proxies");
  }
}

/** A proxy that can't be accepted. */
export class ProxySeatError extends ArtelError {
  readonly code = "cli/no-proxy-seat";
  constructor(value: bigint) {
    super(`All ${value} seats for proxies are taken`, value, "give one back first");
  }
}
