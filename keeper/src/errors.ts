import { ArtelError } from "@artel/sdk";

/** A flag of the keeper is missing or wrong. */
export class KeeperConfigError extends ArtelError {
  readonly code = "keeper/config";
  constructor(problem: string, value: unknown) {
    super(problem, value, "see npm run keeper -- --help");
  }
}

/** The contract refused an act that is due. */
export class ActRefusedError extends ArtelError {
  readonly code = "keeper/refused";
  constructor(what: string, reason: string) {
    super(
      `The chain refused to ${what} (${reason})`,
      what,
      "it is tried again; if that lasts, compare the endpoint with another",
    );
  }
}

/** An act would burn more gas than any of the protocol's own takes. */
export class GasLimitError extends ArtelError {
  readonly code = "keeper/gas";
  constructor(what: string, gas: bigint, most: bigint) {
    super(`To ${what} would take ${gas} gas, more than ${most}`, gas, "whoever needs it may send it");
  }
}
