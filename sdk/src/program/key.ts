import { SigningKey } from "ethers";

import type { ArtelError } from "../errors.js";

/** Variable of the environment that holds the key of the account to act with. */
export const KEY_VARIABLE = "ARTEL_PRIVATE_KEY";

/**
 * A private key from its text, with or without `0x`.
 *
 * @throws Invalid if it is none
 */
export function parseKey(text: string, Invalid: new () => ArtelError): SigningKey {
  try {
    return new SigningKey(text.startsWith("0x") ? text : `0x${text}`);
  } catch {
    // The cause would repeat the text.
    throw new Invalid();
  }
}

/**
 * The private key in the environment.
 *
 * @throws Missing if there is none, Invalid if it is none
 */
export function environmentKey(Missing: new () => ArtelError, Invalid: new () => ArtelError): SigningKey {
  const text = process.env[KEY_VARIABLE];
  if (text === undefined || text === "") throw new Missing();
  return parseKey(text, Invalid);
}
