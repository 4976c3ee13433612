import { varint } from "multiformats";
import { base58btc } from "multiformats/bases/base58";

import type { DidDocument } from "./document.js";
import { KEY_FORMS, type KeyType } from "./keys.js";

/**
 * The public keys of a type to which content for a subject is to be sealed, last published last.
 * @param type - X25519 (32 bytes) if omitted
 * @returns none if the document names none; keys of other types are left out
 */
export function sealingKeysOf(
  { verificationMethod, keyAgreement = [] }: DidDocument,
  type: KeyType = "X25519",
): Uint8Array[] {
  return verificationMethod
    .filter(({ id }) => keyAgreement.includes(id))
    .flatMap(({ publicKeyMultibase }) => {
      const bytes = base58btc.decode(publicKeyMultibase ?? "z");
      if (bytes.length === 0) return [];
      const [code, size] = varint.decode(bytes);
      return code === KEY_FORMS[type].code ? [bytes.subarray(size)] : [];
    });
}
