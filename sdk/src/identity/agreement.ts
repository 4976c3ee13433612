import { varint } from "multiformats";
import { base58btc } from "multiformats/bases/base58";

import type { DidDocument } from "./document.js";
import { KEY_FORMS } from "./keys.js";

/**
 * The X25519 public keys (32 bytes) to which content for a subject is to be sealed, last published last.
 * @returns none if the document names none; keys of other types are left out
 */
export function sealingKeysOf({ verificationMethod, keyAgreement = [] }: DidDocument): Uint8Array[] {
  return verificationMethod
    .filter(({ id }) => keyAgreement.includes(id))
    .flatMap(({ publicKeyMultibase }) => {
      const bytes = base58btc.decode(publicKeyMultibase ?? "z");
      if (bytes.length === 0) return [];
      const [code, size] = varint.decode(bytes);
      return code === KEY_FORMS.X25519.code ? [bytes.subarray(size)] : [];
    });
}
