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

/** A task that was kept can't be read. */
export class KeptTaskError extends ArtelError {
  readonly code = "lab/kept-task";
  constructor(file: string, options: ErrorOptions) {
    super(`The task kept in ${file} is no JSON`, file, "delete the file, and the task is played again", options);
  }
}

/** The contracts did something else than the laboratory reckoned with. */
export class UnexpectedChainError extends ArtelError {
  readonly code = "lab/unexpected-chain";
  constructor(what: string, value: unknown, expected: unknown) {
    super(`On the chain ${what} is ${value}, not ${expected}`, value, "compare contracts and lab/contracts.ts");
  }
}

/** The contracts and the reference rules decided differently. */
export class RefereesDisagreeError extends ArtelError {
  readonly code = "lab/referees-disagree";
  constructor(what: string, chain: unknown, rules: unknown) {
    super(`The chain has ${what} ${chain}, the rules ${rules}`, chain, "one of them is wrong: read docs/spec.md");
  }
}
