import { readFile, writeFile } from "node:fs/promises";

import { Wallet, type HDNodeWallet } from "ethers";

import { KeystoreFileError, PasswordMissingError, PasswordsDifferError, PasswordWrongError } from "../errors.js";
import type { Terminal } from "../terminal.js";

/** Variable of the environment that holds the keystore's password. */
export const PASSWORD_VARIABLE = "ARTEL_KEYSTORE_PASSWORD";

async function passwordFor(file: string, terminal: Terminal): Promise<string> {
  const password = terminal.env[PASSWORD_VARIABLE] ?? (await terminal.askSecret(`Password of ${file}: `));
  if (password === undefined || password === "") throw new PasswordMissingError();
  return password;
}

/**
 * Opens a keystore, the encrypted JSON file (version 3) that wallets export.
 *
 * @throws KeystoreFileError, PasswordMissingError, PasswordWrongError
 */
export async function openKeystore(file: string, terminal: Terminal): Promise<Wallet | HDNodeWallet> {
  const text = await readFile(file, "utf8").catch((cause: Error) => {
    throw new KeystoreFileError(file, cause.message);
  });
  const password = await passwordFor(file, terminal);
  return Wallet.fromEncryptedJson(text, password).catch((cause: Error) => {
    // The cause holds the password.
    throw /password/i.test(cause.message)
      ? new PasswordWrongError(file)
      : new KeystoreFileError(file, "it is no keystore");
  });
}

/**
 * Makes a key that exists in an encrypted file alone.
 *
 * @returns its account
 * @throws KeystoreFileError if the file exists or can't be written, PasswordMissingError, PasswordsDifferError
 */
export async function createKeystore(file: string, terminal: Terminal): Promise<string> {
  const password = await passwordFor(file, terminal);
  // A slip of the finger would lock the key in for good.
  const isTyped = terminal.env[PASSWORD_VARIABLE] === undefined;
  if (isTyped && (await terminal.askSecret("The same again: ")) !== password) throw new PasswordsDifferError(file);
  const wallet = Wallet.createRandom();
  const text = await new Wallet(wallet.privateKey).encrypt(password);
  // A keystore is never written over: it may be the only place of a key.
  await writeFile(file, `${text}\n`, { mode: 0o600, flag: "wx" }).catch((cause: NodeJS.ErrnoException) => {
    throw new KeystoreFileError(file, cause.code === "EEXIST" ? "it is there already" : cause.message);
  });
  return wallet.address;
}
