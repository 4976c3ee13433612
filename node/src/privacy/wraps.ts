import { getAddress, getBytes, hexlify } from "ethers";

import { RecipientsError } from "../errors.js";

/** A content key, sealed for one recipient. */
export interface Wrap {
  /** Address of the recipient. */
  readonly account: string;
  /** HPKE's encapsulated key and ciphertext, {@link SEALED_BYTES} bytes. */
  readonly sealed: Uint8Array;
}

/** Bytes of X-Wing's encapsulation, and of a 32-byte key with its tag. */
export const SEALED_BYTES = 1120 + 48;
/** Most recipients of an update. */
export const MAX_RECIPIENTS = 256;

const MAGIC = Buffer.from("ARTELWR1", "latin1");
const ACCOUNT_BYTES = 20;
const WRAP_BYTES = ACCOUNT_BYTES + SEALED_BYTES;

/**
 * Serialises the wraps of one update: magic, then account and sealed key of each recipient, ascending by account. There is
 * one form for any set of wraps.
 *
 * @throws RecipientsError for too many or repeated recipients
 */
export function encodeWraps(wraps: readonly Wrap[]): Uint8Array {
  if (wraps.length > MAX_RECIPIENTS) throw new RecipientsError(wraps.length, `at most ${MAX_RECIPIENTS} are possible`);
  const entries = wraps.map(({ account, sealed }) => Buffer.concat([getBytes(account), sealed])).sort(Buffer.compare);
  if (entries.some((entry, i) => i > 0 && !precedes(entries[i - 1], entry)))
    throw new RecipientsError(wraps.length, "somebody is named twice");
  return Buffer.concat([MAGIC, ...entries]);
}

/** Reads back what {@link encodeWraps} wrote; undefined for anything else. */
export function decodeWraps(bundle: Uint8Array): Wrap[] | undefined {
  const bytes = Buffer.from(bundle.buffer, bundle.byteOffset, bundle.length);
  const size = bytes.length - MAGIC.length;
  if (size < 0 || size % WRAP_BYTES !== 0 || size > MAX_RECIPIENTS * WRAP_BYTES) return undefined;
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  const entries = Array.from({ length: size / WRAP_BYTES }, (_, i) =>
    bytes.subarray(MAGIC.length + i * WRAP_BYTES, MAGIC.length + (i + 1) * WRAP_BYTES),
  );
  if (entries.some((entry, i) => i > 0 && !precedes(entries[i - 1], entry))) return undefined;
  return entries.map((entry) => ({
    account: getAddress(hexlify(entry.subarray(0, ACCOUNT_BYTES))),
    sealed: entry.subarray(ACCOUNT_BYTES),
  }));
}

function precedes(left: Buffer, right: Buffer): boolean {
  return Buffer.compare(left.subarray(0, ACCOUNT_BYTES), right.subarray(0, ACCOUNT_BYTES)) < 0;
}
