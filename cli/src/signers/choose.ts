import { KEY_VARIABLE, parseKey } from "@artel/sdk/program";
import { Wallet, type AbstractSigner, type Provider } from "ethers";

import { CliFlagError, SignerMissingError } from "../errors.js";
import type { Terminal } from "../terminal.js";
import { ExternalSigner } from "./external.js";
import { openKeystore } from "./keystore.js";

/** Whom the flags name to sign. */
export interface SignerChoice {
  readonly keystore?: string;
  readonly signer?: string;
  readonly signerSeconds: number;
}

/** A signer, and how to let go of it. */
export interface ChosenSigner {
  readonly signer: AbstractSigner;
  close(): void;
}

/**
 * The signer that the flags name: an encrypted keystore, a program, or without either the key in the environment.
 *
 * @throws CliFlagError, SignerMissingError, PrivateKeyInvalidError, and as {@link openKeystore}
 */
export async function chooseSigner(
  { keystore, signer: command, signerSeconds }: SignerChoice,
  terminal: Terminal,
  provider: Provider,
): Promise<ChosenSigner> {
  if (keystore !== undefined && command !== undefined) {
    throw new CliFlagError("Only one of --keystore and --signer can sign", undefined);
  }
  if (command !== undefined) {
    const signer = new ExternalSigner(command, signerSeconds, provider);
    return { signer, close: () => signer.close() };
  }
  const close = () => {};
  if (keystore !== undefined) return { signer: (await openKeystore(keystore, terminal)).connect(provider), close };
  const text = terminal.env[KEY_VARIABLE];
  if (text === undefined || text === "") throw new SignerMissingError();
  return { signer: new Wallet(parseKey(text), provider), close };
}
