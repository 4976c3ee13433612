import { openKey } from "@artel/sdk/program";
import { Wallet, type AbstractSigner, type Provider } from "ethers";

import { CliFlagError } from "../errors.js";
import type { Terminal } from "../terminal.js";
import { ExternalSigner } from "./external.js";

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
 * @throws CliFlagError, and as {@link openKey}
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
  return { signer: new Wallet(await openKey(keystore, terminal), provider), close: () => {} };
}
