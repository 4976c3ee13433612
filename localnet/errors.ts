import { ArtelError } from "../sdk/src/errors.js";

/** A port that another program already listens on. */
export class PortTakenError extends ArtelError {
  readonly code = "localnet/port-taken";
  constructor(value: number, options?: ErrorOptions) {
    super(
      `Port ${value} is already in use`,
      value,
      "end the program that listens there, or choose another port",
      options,
    );
  }
}

/** A program that could not be started at all. */
export class SpawnError extends ArtelError {
  readonly code = "localnet/spawn";
  constructor(name: string, value: string, options?: ErrorOptions) {
    super(`${name} could not be started from ${value}`, value, "run npm ci again, with optional packages", options);
  }
}

/** A child that ended although nobody asked it to. */
export class ChildEndedError extends ArtelError {
  readonly code = "localnet/child-ended";
  constructor(
    readonly child: string,
    value: number | NodeJS.Signals | null,
    lastWords: string,
  ) {
    super(`${child} ended with ${value}`, value, lastWords === "" ? "it left no message" : `it said "${lastWords}"`);
  }
}

/** A child that runs and was ready, but no longer answers. */
export class ChildSilentError extends ArtelError {
  readonly code = "localnet/child-silent";
  constructor(
    readonly child: string,
    value: number,
  ) {
    super(
      `${child} runs but has not answered for about ${value / 1000} s`,
      value,
      "free memory and processor time, then start again",
    );
  }
}

/** A child that runs but did not become ready in time. */
export class NotReadyError extends ArtelError {
  readonly code = "localnet/not-ready";
  constructor(
    readonly child: string,
    value: number,
    log: string,
  ) {
    super(`${child} was not ready after ${value} ms`, value, `see ${log}`);
  }
}

/** Something was to be started although everything is being ended. */
export class StoppingError extends ArtelError {
  readonly code = "localnet/stopping";
  constructor(value: string) {
    super(`${value} was not started`, value, "the run is being ended");
  }
}

/** Another instance is at work in the same folder. */
export class FolderInUseError extends ArtelError {
  readonly code = "localnet/folder-in-use";
  constructor(value: string, holder: string) {
    super(`Another instance (${holder}) is at work in ${value}`, value, "wait until it is done, or end it");
  }
}

/** An index that reports failed handlers instead of data. */
export class IndexingError extends ArtelError {
  readonly code = "localnet/indexing";
  constructor(value: string, log: string) {
    super(`The index failed: ${value}`, value, `see ${log}`);
  }
}

/** An index that did not reach a block in time. */
export class NotSyncedError extends ArtelError {
  readonly code = "localnet/not-synced";
  constructor(value: string, reached: string, log: string) {
    super(`The index did not reach block ${value} (it is at ${reached})`, value, `see ${log}`);
  }
}

/** A GraphQL query that the index refused. */
export class QueryError extends ArtelError {
  readonly code = "localnet/query";
  constructor(value: string, reasons: string) {
    super(`The index refused a query (${reasons})`, value, "compare the query with subgraph/schema.graphql");
  }
}
