import { createCipheriv, createDecipheriv, randomBytes, scrypt } from "node:crypto";
import { access, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import {
  KeyFormatError,
  RecordMissingError,
  RecordNameError,
  RecordTamperedError,
  StorageAccessError,
  WrongKeyError,
} from "../errors.js";
import { codeOf, createAtomically, writeAtomically } from "../files.js";
import type { DataStore } from "./DataStore.js";

/** A passphrase, stretched with scrypt, or 32 raw bytes. */
export type StoreKey = string | Uint8Array;

const CIPHER = "aes-256-gcm";
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SALT_BYTES = 16;
/** Cost of scrypt: 64 MiB and about 0.2 s. */
const SCRYPT = { N: 1 << 16, r: 8, p: 1, maxmem: 1 << 27 };

const HEADER_FILE = "store.header";
const HEADER_MAGIC = Buffer.from("ARTELDS1", "latin1");
const RECORD_MAGIC = Buffer.from("ARTELRC1", "latin1");
const RECORD_ENDING = ".record";
const RECORD_NAME = /^[a-z0-9][a-z0-9._-]{0,99}$/;

/**
 * Opens a folder of records encrypted with AES-256-GCM, creating it if need be.
 *
 * The header file holds magic, salt and an authenticated check value, so that a wrong key is told at once. A record
 * file holds magic, nonce, ciphertext and tag; the tag also covers the store's salt and the record's name, so that
 * records can't be moved or renamed unnoticed. Nonces are random: a store takes 2^32 writes safely.
 *
 * @throws KeyFormatError, WrongKeyError, RecordTamperedError, StorageFullError, StorageAccessError
 */
export async function openEncryptedFolder(folder: string, key: StoreKey): Promise<DataStore> {
  const headerPath = join(folder, HEADER_FILE);
  let header = await readOptional(headerPath);
  if (!header) {
    const salt = randomBytes(SALT_BYTES);
    const prefix = Buffer.concat([HEADER_MAGIC, salt]);
    const fresh = Buffer.concat([prefix, seal(await deriveKey(key, salt), prefix, new Uint8Array(0))]);
    // another process may have created the store meanwhile: then its header counts
    header = (await createAtomically(headerPath, fresh)) ? fresh : await readFile(headerPath);
  }
  const prefixBytes = HEADER_MAGIC.length + SALT_BYTES;
  if (
    header.length !== prefixBytes + NONCE_BYTES + TAG_BYTES ||
    !header.subarray(0, HEADER_MAGIC.length).equals(HEADER_MAGIC)
  )
    throw new RecordTamperedError(headerPath);
  const prefix = header.subarray(0, prefixBytes);
  const salt = prefix.subarray(HEADER_MAGIC.length);
  const secret = await deriveKey(key, salt);
  try {
    unseal(secret, prefix, header.subarray(prefixBytes));
  } catch (cause) {
    throw new WrongKeyError(folder, { cause });
  }

  const pathOf = (name: string) => {
    if (!RECORD_NAME.test(name)) throw new RecordNameError(name);
    return join(folder, name + RECORD_ENDING);
  };
  const boundTo = (name: string) => Buffer.concat([RECORD_MAGIC, salt, Buffer.from(name, "latin1")]);

  return {
    async put(name, record) {
      const path = pathOf(name);
      await writeAtomically(path, Buffer.concat([RECORD_MAGIC, seal(secret, boundTo(name), record)]));
    },

    async get(name) {
      const path = pathOf(name);
      const file = await readOptional(path);
      if (!file) throw new RecordMissingError(name);
      if (
        file.length < RECORD_MAGIC.length + NONCE_BYTES + TAG_BYTES ||
        !file.subarray(0, RECORD_MAGIC.length).equals(RECORD_MAGIC)
      )
        throw new RecordTamperedError(path);
      try {
        return unseal(secret, boundTo(name), file.subarray(RECORD_MAGIC.length));
      } catch (cause) {
        throw new RecordTamperedError(path, { cause });
      }
    },

    async has(name) {
      return access(pathOf(name)).then(
        () => true,
        () => false,
      );
    },

    async list() {
      const files = await readdir(folder);
      return files
        .filter((file) => file.endsWith(RECORD_ENDING))
        .map((file) => file.slice(0, -RECORD_ENDING.length))
        .sort();
    },

    async delete(name) {
      await rm(pathOf(name), { force: true });
    },
  };
}

async function readOptional(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw new StorageAccessError(path, { cause });
  }
}

async function deriveKey(key: StoreKey, salt: Uint8Array): Promise<Uint8Array> {
  if (typeof key !== "string") {
    if (key.length !== 32) throw new KeyFormatError(key.length);
    return key;
  }
  if (key === "") throw new KeyFormatError(0);
  return new Promise((resolve, reject) => {
    scrypt(key.normalize("NFKC"), salt, 32, SCRYPT, (error, derived) => (error ? reject(error) : resolve(derived)));
  });
}

/** Nonce, ciphertext and tag. */
function seal(key: Uint8Array, associated: Uint8Array, plain: Uint8Array): Buffer {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce).setAAD(associated);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Inverse of {@link seal}; throws when key, associated data or sealed bytes differ. */
function unseal(key: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array {
  const nonce = sealed.subarray(0, NONCE_BYTES);
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
    .setAAD(associated)
    .setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
}
