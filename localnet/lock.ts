import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdir, stat } from "node:fs/promises";
import { connect, createServer, type Server } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

import { FolderInUseError } from "./errors.js";

/** A held lock. */
export interface Lock {
  release(): Promise<void>;
}

async function holderOf(name: string): Promise<string> {
  const socket = connect(name);
  const answer = once(socket, "data").then(([data]: Buffer[]) => `process ${data.toString()}`);
  const unknown = "of unknown process";
  const holder = await Promise.race([answer.catch(() => unknown), sleep(500, unknown, { ref: false })]);
  socket.destroy();
  return holder;
}

/**
 * Lets one instance at a time work in a folder, under any of the folder's names. The lock is a socket without a file: the
 * kernel drops it with its process, so a lock of a dead process does not exist.
 * @param folder - made when missing
 * @throws FolderInUseError when a living process holds it
 */
export async function lockFolder(folder: string): Promise<Lock> {
  await mkdir(folder, { recursive: true });
  const { dev, ino } = await stat(folder, { bigint: true });
  const name = `\0artel-${createHash("sha256").update(`${dev}:${ino}`).digest("hex").slice(0, 32)}`;
  const server: Server = createServer((socket) => {
    socket.on("error", () => {});
    socket.end(String(process.pid));
  });
  server.listen(name);
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    throw new FolderInUseError(folder, await holderOf(name));
  }
  server.unref();
  return {
    release: async () => {
      server.close();
      await once(server, "close");
    },
  };
}
