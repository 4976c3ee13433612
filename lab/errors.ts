import { ArtelError } from "@artel/sdk";

/** A flag of the laboratory is missing or wrong. */
export class LabConfigError extends ArtelError {
  readonly code = "lab/config";
  constructor(problem: string, value: unknown) {
    super(problem, value, "see npm run lab -- --help");
  }
}

/** No attack has this name. */
export class UnknownAttackError extends ArtelError {
  readonly code = "lab/unknown-attack";
  constructor(value: string, known: readonly string[]) {
    super(`There is no attack ${value}`, value, `use one of ${known.join(", ")}`);
  }
}
