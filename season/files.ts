import { writeFile } from "node:fs/promises";

import { storageErrorOf } from "@artel/node";

/**
 * Writes a text file.
 *
 * @throws StorageFullError, StorageAccessError
 */
export async function saveText(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: unknown) => {
    throw storageErrorOf(cause, file) ?? cause;
  });
}
