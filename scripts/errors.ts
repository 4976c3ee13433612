import { ArtelError } from "@artel/sdk";

/** A part of the test command that does not exist. */
export class UnknownStageError extends ArtelError {
  readonly code = "test/unknown-stage";
  constructor(value: string, known: readonly string[]) {
    super(`The tests have no stage called ${value}`, value, `name any of ${known.join(", ")}, or none for all of them`);
  }
}
