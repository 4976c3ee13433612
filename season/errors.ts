import { ArtelError } from "@artel/sdk";

/** Something that others should have done by now did not happen. */
export class SeasonStalledError extends ArtelError {
  readonly code = "season/stalled";
  constructor(what: string, seconds: number, logs: string) {
    super(`Waited ${seconds} s in vain until ${what}`, what, `look at the logs in ${logs}`);
  }
}

/** A party failed. */
export class PartyFailedError extends ArtelError {
  readonly code = "season/party-failed";
  constructor(message: string, logs: string) {
    super(`A party of the season failed (${message})`, message, `look at the logs in ${logs}`);
  }
}

/** Two sources that must agree do not. */
export class SeasonMismatchError extends ArtelError {
  readonly code = "season/mismatch";
  constructor(what: string, first: unknown, second: unknown) {
    super(
      `${what} differ: ${first} and ${second}`,
      [first, second],
      "this is a defect; please report it with the seed",
    );
  }
}
