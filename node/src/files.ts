import { randomBytes } from "node:crypto";
import { link, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { StorageAccessError, StorageFullError } from "./errors.js";

/**
 * Writes a file so that it is there whole or not at all, replacing one of that name; makes its folder if need be.
 *
 * @param content - the bytes, at once or in pieces
 * @throws StorageFullError, StorageAccessError
 */
export function writeAtomically(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<void> {
  return writeThen(path, content, rename);
}

/**
 * Like {@link writeAtomically}, but keeps a file that is already there.
 *
 * @returns whether this call created the file
 * @throws StorageFullError, StorageAccessError
 */
export async function createAtomically(path: string, content: Uint8Array): Promise<boolean> {
  let created = true;
  await writeThen(path, content, async (temporary, target) => {
    // a link, unlike a rename, fails when the name is taken
    await link(temporary, target).catch((error: unknown) => {
      if (codeOf(error) !== "EEXIST") throw error;
      created = false;
    });
  });
  return created;
}

/** System error code of something thrown, `ENOENT` for instance. */
export function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}

/**
 * What went wrong with a file, in the words of a typed error; undefined for anything the operating system did not say.
 *
 * @param path - the file, where the system's error names none or a temporary one
 */
export function storageErrorOf(cause: unknown, path?: string): StorageFullError | StorageAccessError | undefined {
  const { code, syscall, path: named } = (cause ?? {}) as NodeJS.ErrnoException;
  const full = code === "ENOSPC" || code === "EDQUOT";
  const file = path ?? named ?? (full ? "a file" : undefined);
  if (syscall === undefined || file === undefined) return undefined;
  return full ? new StorageFullError(file, { cause }) : new StorageAccessError(file, { cause });
}

async function writeThen(
  path: string,
  content: Uint8Array | AsyncIterable<Uint8Array>,
  publish: (temporary: string, target: string) => Promise<void>,
): Promise<void> {
  const temporary = `${path}.${randomBytes(8).toString("hex")}.tmp`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, "wx", 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await publish(temporary, path);
  } catch (cause) {
    // what the operating system did not say comes from the content's source
    throw storageErrorOf(cause, path) ?? cause;
  } finally {
    await rm(temporary, { force: true }).catch(() => {});
  }
}
