import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A folder for one test file, removed after it. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "artel-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** True when a process runs; one that has ended but was never waited for by its new parent does not. */
export function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  if (!existsSync(file)) return false;
  return readFileSync(file, "utf8").split(") ").at(-1)![0] !== "Z";
}

/**
 * Waits until a condition holds.
 * @param patience - milliseconds after which it fails
 */
export async function eventually(condition: () => boolean | Promise<boolean>, patience = 5_000): Promise<void> {
  for (const deadline = Date.now() + patience; !(await condition());) {
    if (Date.now() > deadline) throw new Error("the condition never held");
    await sleep(25);
  }
}

/** The error a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  return promise.then(
    () => {
      throw new Error("it was not rejected");
    },
    (error) => error as Error & { code?: string },
  );
}
