import { ArtelError } from "@artel/sdk";

/** A flag of the keeper is missing or wrong. */
export class KeeperConfigError extends ArtelError {
  readonly code = "keeper/config";
  constructor(problem: string, value: unknown) {
    super(problem, value, "see npm run keeper -- --help");
  }
}
