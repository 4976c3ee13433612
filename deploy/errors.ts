import { ArtelError } from "../sdk/src/errors.js";

/** A flag that does not exist, or a value it can't have. */
export class DeployFlagError extends ArtelError {
  readonly code = "deploy/flag";
  constructor(problem: string, value: unknown) {
    super(problem, value, "run it with --help to see what it takes");
  }
}

/** A network without an entry in `deploy/networks.ts`. */
export class UnknownNetworkError extends ArtelError {
  readonly code = "deploy/unknown-network";
  constructor(value: string, known: string) {
    super(`There is no network called ${value}`, value, `use one of ${known}, or --rpc-url for any other`);
  }
}

/** A secret or an endpoint that is neither in the environment nor in the keystore. */
export class MissingVariableError extends ArtelError {
  readonly code = "deploy/missing-variable";
  constructor(value: string, options?: ErrorOptions) {
    super(
      `${value} is not set`,
      value,
      `set it in the environment, or keep it encrypted with: npx hardhat keystore set ${value}`,
      options,
    );
  }
}

/** The deploying account can't pay for the deployment. Amounts in wei. */
export class InsufficientBalanceError extends ArtelError {
  readonly code = "deploy/insufficient-balance";
  constructor(
    account: string,
    value: bigint,
    readonly needed: bigint,
    words: string,
  ) {
    super(`${account} can't pay for the deployment (${words})`, value, "send it the difference and run this again");
  }
}

/** Nobody agreed to spend. */
export class NotConfirmedError extends ArtelError {
  readonly code = "deploy/not-confirmed";
  constructor(value: string) {
    super(`Nothing was deployed to ${value}`, value, "answer y when asked, or give --yes");
  }
}

/** The steward to hand the network over to is not a cooperative's Treasury. */
export class StewardError extends ArtelError {
  readonly code = "deploy/steward";
  constructor(value: string, reason: string) {
    super(`${value} can't be the steward, ${reason}`, value, "give the address of a founded cooperative's Treasury");
  }
}

/** The deployment began and did not end. What is deployed stays deployed. */
export class DeploymentStoppedError extends ArtelError {
  readonly code = "deploy/stopped";
  constructor(value: string, options?: ErrorOptions) {
    super(
      `The deployment stopped half way (${value})`,
      value,
      "once that is mended, run the same command again, and it goes on from there",
      options,
    );
  }
}

/** A transaction of the deployment failed, so that going on can't help. */
export class DeploymentFailedError extends ArtelError {
  readonly code = "deploy/failed";
  constructor(value: string, deploymentId: string) {
    super(
      `The deployment failed (${value})`,
      value,
      `look at it with npx hardhat ignition status ${deploymentId}, mend the cause, and run the same command again`,
    );
  }
}

/** A local chain, which no explorer knows. */
export class LocalChainError extends ArtelError {
  readonly code = "deploy/local-chain";
  constructor(value: string) {
    super(
      `${value} is a local chain, where no explorer takes sources`,
      value,
      "verify a deployment to a public network",
    );
  }
}

/** There is nothing to verify. */
export class NotDeployedError extends ArtelError {
  readonly code = "deploy/not-deployed";
  constructor(value: string, folder: string, target: string) {
    super(`${folder} has no addresses of ${value}`, value, `deploy first with npm run deploy -- ${target}`);
  }
}

/** An explorer did not accept the source of some contracts. */
export class UnverifiedError extends ArtelError {
  readonly code = "deploy/unverified";
  constructor(value: readonly string[]) {
    super(`Not verified: ${value.join(", ")}`, value, "see the reasons above, and run this again once they are mended");
  }
}
