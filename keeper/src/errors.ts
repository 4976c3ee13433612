import { ArtelError } from "@artel/sdk";

/** A flag of the keeper is missing or wrong. */
export class KeeperConfigError extends ArtelError {
  readonly code = "keeper/config";
  constructor(problem: string, value: unknown) {
    super(problem, value, "see npm run keeper -- --help");
  }
}

/** There is no key to pay for gas with. */
export class KeeperKeyMissingError extends ArtelError {
  readonly code = "keeper/key-missing";
  constructor() {
    super("The keeper has no key", undefined, "put one into the environment as ARTEL_PRIVATE_KEY");
  }
}
