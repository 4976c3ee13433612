import { ArtelError } from "../errors.js";

/** A number of fraction bits outside what the int32 format offers. */
export class FractionBitsError extends ArtelError {
  readonly code = "quantise/fraction-bits";
  constructor(value: number) {
    super(`Fraction bits ${value} are not supported`, value, "use an integer from 0 to 30");
  }
}

/** A value that int32 fixed point can't hold: too large, or not a number. */
export class QuantiseRangeError extends ArtelError {
  readonly code = "quantise/range";
  constructor(
    readonly index: number,
    value: number,
    fractionBits: number,
  ) {
    super(
      `Value ${value} at index ${index} does not fit int32 with ${fractionBits} fraction bits`,
      value,
      "training diverged or the format is too fine; lower the learning rate or use fewer fraction bits",
    );
  }
}

/** An int32 sum or difference that left the int32 range. */
export class TensorOverflowError extends ArtelError {
  readonly code = "tensor/overflow";
  constructor(
    readonly index: number,
    value: number,
  ) {
    super(`Value ${value} at index ${index} leaves the int32 range`, value, "refuse the update; its step is too large");
  }
}

/** Two tensors, or a tensor and its declared length, that do not agree. */
export class TensorLengthError extends ArtelError {
  readonly code = "tensor/length";
  constructor(value: number, expected: number | string) {
    super(`Length ${value} where ${expected} was expected`, value, "check that both belong to the same model");
  }
}

/** A chunk index outside the tensor. */
export class ChunkIndexError extends ArtelError {
  readonly code = "tensor/chunk-index";
  constructor(value: number, chunks: number) {
    super(`Chunk ${value} does not exist`, value, `use an index from 0 to ${chunks - 1}`);
  }
}

/** Content larger than the one raw block an identifier can address. */
export class ContentTooLargeError extends ArtelError {
  readonly code = "content/too-large";
  constructor(value: number, maximum: number) {
    super(`Content of ${value} bytes exceeds one block`, value, `keep it within ${maximum} bytes`);
  }
}

/** A content identifier other than CIDv1, raw codec, sha2-256. */
export class CidKindError extends ArtelError {
  readonly code = "content/cid-kind";
  constructor(value: unknown, options?: ErrorOptions) {
    super(
      `Content identifier ${String(value)} is not supported`,
      value,
      "use CIDv1 with raw codec and sha2-256",
      options,
    );
  }
}

/** A contribution that is not a finite number, or a number of updates that is not a positive integer. */
export class ScoreRangeError extends ArtelError {
  readonly code = "scores/range";
  constructor(value: number) {
    super(`Score ${value} is not representable`, value, "give a finite utility and a positive number of clients");
  }
}

/** A score vector whose byte length does not match the number of clients. */
export class ScoreLengthError extends ArtelError {
  readonly code = "scores/length";
  constructor(value: number, expected: number) {
    super(`Score vector of ${value} bytes where ${expected} were expected`, value, "send two bytes for each client id");
  }
}

/** An aggregation weight that is not an integer from 0 to 2^24 - 1, or a declaration that yields one. */
export class WeightRangeError extends ArtelError {
  readonly code = "weights/range";
  constructor(value: number | bigint) {
    super(`Weight ${value} is out of range`, value, "weights are integers below 2^24; lower the sample cap");
  }
}

/** A sample count, cap, norm or clipping bound that is not positive. */
export class WeightInputError extends ArtelError {
  readonly code = "weights/input";
  constructor(
    readonly field: string,
    value: number | bigint,
  ) {
    super(`${field} ${value} is not valid`, value, "counts, caps and bounds are positive integers, norms not negative");
  }
}

/** A set of updates that can't be averaged: none, too many, or without any weight. */
export class AggregateSetError extends ArtelError {
  readonly code = "aggregate/set";
  constructor(value: number, reason: string) {
    super(`Cannot aggregate ${value} updates`, value, reason);
  }
}

/** A server momentum that is not an integer from 0 to 2^16 - 1. */
export class ServerMomentumError extends ArtelError {
  readonly code = "server/momentum";
  constructor(value: number) {
    super(`Server momentum ${value} is out of range`, value, "momentum is an integer below 2^16, in units of 2^-16");
  }
}

/** A task manifest that breaks its schema. */
export class ManifestInvalidError extends ArtelError {
  readonly code = "manifest/invalid";
  constructor(
    value: unknown,
    readonly issues: readonly string[],
    options?: ErrorOptions,
  ) {
    super(`The task manifest is not valid (${issues.join("; ")})`, value, "correct the listed fields", options);
  }
}

/** More players than a Shapley method can take. */
export class PlayerCountError extends ArtelError {
  readonly code = "shapley/players";
  constructor(value: number, maximum: number) {
    super(`A game of ${value} players is not supported`, value, `give an integer from 0 to ${maximum}`);
  }
}

/** A sampling request without a whole, positive number of samples. */
export class SampleCountError extends ArtelError {
  readonly code = "random/count";
  constructor(value: number) {
    super(`Count ${value} is not valid`, value, "give a positive integer below 2^32");
  }
}

/** A set of children, a weight or a trim that a node of the aggregation tree can't combine. */
export class CombiningError extends ArtelError {
  readonly code = "tree/combining";
  constructor(
    readonly field: "children" | "weight" | "trim",
    value: number,
  ) {
    super(
      `${field} ${value} is not valid`,
      value,
      "a node has at least one child, weights are integers that add up to 1 to 2^44 - 1, a trim is less than 128",
    );
  }
}

/** Updates that do not fit the tree: from a cell without place in the order, or of a client that is there already. */
export class TreeUpdateError extends ArtelError {
  readonly code = "tree/update";
  constructor(value: number) {
    super(
      `The update of client ${value} has no place in the tree`,
      value,
      "give each client of the round's cells once",
    );
  }
}

/** A posted answer whose content is missing, or is not what its roots commit to. */
export class WithheldContentError extends ArtelError {
  readonly code = "dispute/withheld";
  constructor(
    readonly part: string,
    value: string,
  ) {
    super(
      `What is known of the answer's ${part} does not have its root ${value}`,
      value,
      "fetch it, or ask for its opening",
    );
  }
}

/** A permutation of no numbers, or of more than the contract takes. */
export class PermutationSizeError extends ArtelError {
  readonly code = "panels/size";
  constructor(value: number) {
    super(`A permutation of ${value} numbers is not supported`, value, "give an integer from 1 to 2^24");
  }
}

/** A round without clients, or with fewer auditors than a panel has seats. */
export class PanelCountError extends ArtelError {
  readonly code = "panels/count";
  constructor(
    value: number,
    readonly auditors: number,
  ) {
    super(`${value} clients and ${auditors} auditors make no panel`, value, "wait until enough have joined");
  }
}

/** A test slice that is not in the plan. */
export class SliceIndexError extends ArtelError {
  readonly code = "slices/index";
  constructor(value: number, slices: number) {
    super(`Test slice ${value} does not exist`, value, `use an index from 0 to ${slices - 1}`);
  }
}

/** A test slice that is too short to be told from an inner node of a tree, or none at all. */
export class SliceContentError extends ArtelError {
  readonly code = "slices/content";
  constructor(value: number, minimum: number) {
    super(`A test slice of ${value} bytes can't be committed to`, value, `give at least ${minimum} bytes`);
  }
}

/** A bound on privacy loss that is no bound, or too tight to spend a millionth of rho within it. */
export class EpsilonRangeError extends ArtelError {
  readonly code = "privacy/epsilon";
  constructor(value: number) {
    super(`Epsilon ${value} is not usable`, value, "give a finite number above 0, or allow more");
  }
}

/** A probability of failure outside what differential privacy can be stated with. */
export class DeltaRangeError extends ArtelError {
  readonly code = "privacy/delta";
  constructor(value: number) {
    super(`Delta ${value} is not usable`, value, "give a number between 0 and 1, well below one over the examples");
  }
}

/** What somebody revealed is on the chain, but the endpoint does not show the event. */
export class EventMissingError extends ArtelError {
  readonly code = "learning/event-missing";
  constructor(what: string, value: unknown) {
    super(
      `The endpoint does not show ${what}`,
      value,
      "it is tried again; if that lasts, use an endpoint with all logs",
    );
  }
}
