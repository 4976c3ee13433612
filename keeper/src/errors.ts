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

/** The key is none. It is never repeated. */
export class KeeperKeyInvalidError extends ArtelError {
  readonly code = "keeper/key-invalid";
  constructor() {
    super("ARTEL_PRIVATE_KEY holds no private key", undefined, "give 32 bytes in hexadecimal, other than zero");
  }
}
