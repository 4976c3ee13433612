import { ArtelError } from "../errors.js";

/** A drand network that can't be: a period that is not positive, or a public key that is no point of its group. */
export class DrandNetworkError extends ArtelError {
  readonly code = "randomness/drand-network";
  constructor(value: unknown, options?: ErrorOptions) {
    super(
      "The drand network is not valid",
      value,
      "copy public key, genesis, period and group hash from the network's /info",
      options,
    );
  }
}

/** A time before the first round of a drand network. */
export class BeforeGenesisError extends ArtelError {
  readonly code = "randomness/before-genesis";
  constructor(value: bigint, genesis: bigint) {
    super(`The network has no round at ${value}`, value, `its first is due at ${genesis}`);
  }
}

/** A number that no round has. */
export class RoundNumberError extends ArtelError {
  readonly code = "randomness/round-number";
  constructor(value: bigint) {
    super(`There is no round ${value}`, value, "rounds are numbered from 1, in 64 bits");
  }
}

/** A signature that is not the network's of this round. */
export class DrandSignatureError extends ArtelError {
  readonly code = "randomness/drand-signature";
  constructor(
    readonly round: bigint,
    value: string,
    options?: ErrorOptions,
  ) {
    super(
      `Signature ${value} is not the network's of round ${round}`,
      value,
      "check round and network, or ask another relay",
      options,
    );
  }
}

/** What a relay answered is not a round as drand publishes them. */
export class DrandResponseError extends ArtelError {
  readonly code = "randomness/drand-response";
  constructor(value: unknown, options?: ErrorOptions) {
    super("The answer is no drand round", value, "ask another relay", options);
  }
}

/** No relay gave a round that verifies. */
export class DrandUnavailableError extends ArtelError {
  readonly code = "randomness/drand-unavailable";
  constructor(
    round: bigint,
    /** What each relay failed with, in the order asked. */
    readonly causes: readonly unknown[],
  ) {
    super(
      `None of ${causes.length} relays has round ${round}`,
      round,
      "wait until the round is due, or name more relays",
      { cause: causes[0] },
    );
  }
}

/** No relay described the network of a chain hash. */
export class DrandNetworkUnknownError extends ArtelError {
  readonly code = "randomness/drand-network-unknown";
  constructor(
    chainHash: string,
    /** What each relay failed with, in the order asked. */
    readonly causes: readonly unknown[],
  ) {
    super(
      `None of ${causes.length} relays describes the drand network ${chainHash}`,
      chainHash,
      "name a relay of that network with --drand-relay",
      { cause: causes[0] },
    );
  }
}

/** A contract that is no beacon of a known kind. */
export class UnknownBeaconError extends ArtelError {
  readonly code = "randomness/unknown-beacon";
  constructor(value: string) {
    super(`There is no beacon of a known kind at ${value}`, value, "give the address of a DrandBeacon or HeaderBeacon");
  }
}

/** A file that is not encrypted to a round of this network, or was made wrong. */
export class TimelockError extends ArtelError {
  readonly code = "randomness/timelock";
  constructor(problem: string, value: unknown, options?: ErrorOptions) {
    super(problem, value, "the file opens for nobody; ask who made it", options);
  }
}

/** The fields of a block, put together, do not have its hash. */
export class HeaderFieldsError extends ArtelError {
  readonly code = "randomness/header-fields";
  constructor(value: unknown, options?: ErrorOptions) {
    super(
      "The block's fields do not make its header",
      value,
      "pass the block as eth_getBlockByNumber gives it; a chain with other fields is not supported",
      options,
    );
  }
}

/** The chain has no block yet that is late enough, or begins after the time. */
export class BlockMissingError extends ArtelError {
  readonly code = "randomness/block-missing";
  constructor(time: bigint) {
    super(
      `The chain has no first block at or after ${time}`,
      time,
      "wait for it; its first block is no block after another",
    );
  }
}
