import { SigningKey } from "ethers";

import { ArtelError } from "../errors.js";
import { openKeystore } from "./keystore.js";
import { ownSecrets, type Secrets } from "./secret.js";

/** Variable of the environment that holds the key of the account to act with. */
export const KEY_VARIABLE = "ARTEL_PRIVATE_KEY";

/** There is no key to act with. */
export class PrivateKeyMissingError extends ArtelError {
  readonly code = "key/missing";
  constructor() {
    super(
      "There is no key to act with",
      undefined,
      `set ${KEY_VARIABLE}, or name an encrypted keystore with --keystore`,
    );
  }
}

/** The key is none. It is never repeated. */
export class PrivateKeyInvalidError extends ArtelError {
  readonly code = "key/invalid";
  constructor() {
    super(`${KEY_VARIABLE} holds no private key`, undefined, "give 32 bytes in hexadecimal, other than zero");
  }
}

/**
 * A private key from its text, with or without `0x`.
 * @throws PrivateKeyInvalidError
 */
export function parseKey(text: string): SigningKey {
  try {
    return new SigningKey(text.startsWith("0x") ? text : `0x${text}`);
  } catch {
    // The cause would repeat the text.
    throw new PrivateKeyInvalidError();
  }
}

/**
 * The key to act with: that in an encrypted keystore if one is named, else that in the environment.
 *
 * @param keystore - what `--keystore` names
 * @throws PrivateKeyMissingError, PrivateKeyInvalidError, and as {@link openKeystore}
 */
export async function openKey(keystore: string | undefined, secrets: Secrets = ownSecrets()): Promise<SigningKey> {
  if (keystore !== undefined) return openKeystore(keystore, secrets);
  const text = secrets.env[KEY_VARIABLE];
  if (text === undefined || text === "") throw new PrivateKeyMissingError();
  return parseKey(text);
}
