import { readFile, writeFile } from "node:fs/promises";

import { Wallet, type SigningKey } from "ethers";

import { ArtelError } from "../errors.js";
import type { Secrets } from "./secret.js";

/** Variable of the environment that holds the keystore's password. */
export const PASSWORD_VARIABLE = "ARTEL_KEYSTORE_PASSWORD";

/** A keystore that can't be read or written. */
export class KeystoreFileError extends ArtelError {
  readonly code = "key/keystore-file";
  constructor(value: string, reason: string) {
    super(`The keystore ${value} can't be used (${reason})`, value, "name another file with --keystore");
  }
}

/** There is no password for the keystore. */
export class PasswordMissingError extends ArtelError {
  readonly code = "key/password-missing";
  constructor() {
    super("The keystore needs a password", undefined, `set ${PASSWORD_VARIABLE}, or type it on a terminal`);
  }
}

/** The password does not open the keystore. */
export class PasswordWrongError extends ArtelError {
  readonly code = "key/password-wrong";
  constructor(value: string) {
    super(`The password does not open ${value}`, value, `check ${PASSWORD_VARIABLE}, or type it again`);
  }
}

/** The password of a new keystore was typed in two ways. */
export class PasswordsDifferError extends ArtelError {
  readonly code = "key/passwords-differ";
  constructor(value: string) {
    super(`The two passwords for ${value} differ`, value, "nothing was made; type the same twice");
  }
}

async function passwordFor(file: string, { env, askSecret }: Secrets): Promise<string> {
  const password = env[PASSWORD_VARIABLE] ?? (await askSecret(`Password of ${file}: `));
  if (password === undefined || password === "") throw new PasswordMissingError();
  return password;
}

/**
 * Opens a keystore, the encrypted JSON file (version 3) that wallets export.
 *
 * @throws KeystoreFileError, PasswordMissingError, PasswordWrongError
 */
export async function openKeystore(file: string, secrets: Secrets): Promise<SigningKey> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KeystoreFileError(file, cause.message);
  });
  const password = await passwordFor(file, secrets);
  const wallet = await Wallet.fromEncryptedJson(text, password).catch((cause: Error) => {
    // The cause holds the password.
    throw /password/i.test(cause.message)
      ? new PasswordWrongError(file)
      : new KeystoreFileError(file, "it is no keystore");
  });
  return wallet.signingKey;
}

/**
 * Makes a key that exists in an encrypted file alone.
 *
 * @returns its account
 * @throws KeystoreFileError if the file exists or can't be written, PasswordMissingError, PasswordsDifferError
 */
export async function createKeystore(file: string, secrets: Secrets): Promise<string> {
  const password = await passwordFor(file, secrets);
  // A slip of the finger would lock the key in for good.
  const isTyped = secrets.env[PASSWORD_VARIABLE] === undefined;
  if (isTyped && (await secrets.askSecret("The same again: ")) !== password) throw new PasswordsDifferError(file);
  const wallet = Wallet.createRandom();
  const text = await new Wallet(wallet.privateKey).encrypt(password);
  // A keystore is never written over: it may be the only place of a key.
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    throw new KeystoreFileError(file, cause.code === "EEXIST" ? "it is there already" : cause.message);
  });
  return wallet.address;
}
