import { ArtelError } from "../errors.js";

/** A key that can't be published: no known type, or not of its type's length. */
export class KeyInvalidError extends ArtelError {
  readonly code = "identity/key-invalid";
  constructor(type: string, length: number, expected: readonly number[]) {
    super(
      `A ${type} key of ${length} bytes can't be published`,
      { type, length },
      `pass the raw public key of ${expected.join(" or ")} bytes`,
    );
  }
}

/** A purpose that keys of this type can't serve. */
export class KeyPurposeError extends ArtelError {
  readonly code = "identity/key-purpose";
  constructor(type: string, purpose: string, allowed: readonly string[]) {
    super(`A ${type} key can't serve as ${purpose}`, { type, purpose }, `use ${allowed.join(" or ")}`);
  }
}

/** The log lacks an event that the registry points to. */
export class HistoryMissingError extends ArtelError {
  readonly code = "identity/history-missing";
  constructor(identity: string, block: number) {
    super(
      `The events of ${identity} in block ${block} are missing`,
      { identity, block },
      "ask a node that keeps the logs since the registry was deployed",
    );
  }
}
