import { readdirSync, readFileSync } from "node:fs";

interface Process {
  readonly pid: number;
  readonly parent: number;
}

function processes(): Process[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        // The name, in parentheses, may hold anything; state and parent follow it.
        const fields = readFileSync(`/proc/${entry}/stat`, "utf8").split(") ").at(-1)!.split(" ");
        return [{ pid: Number(entry), parent: Number(fields[1]) }];
      } catch {
        return [];
      }
    });
}

function residentBytes(pid: number): number {
  try {
    return Number(/^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/**
 * Memory resident in a process and everything it started, each shared page counted once (Linux's proportional set size).
 * @param root - default: this process
 * @returns bytes; processes that end meanwhile count as zero
 */
export function treeMemory(root = process.pid): number {
  const all = processes();
  const tree = [root];
  for (const pid of tree) tree.push(...all.filter(({ parent }) => parent === pid).map((child) => child.pid));
  return tree.reduce((sum, pid) => sum + residentBytes(pid), 0);
}

/** Follows the memory of this process's tree until stopped. */
export interface MemoryWatch {
  /** Ends the watch and returns the highest value seen, in bytes. */
  stop(): number;
}

/**
 * Samples {@link treeMemory} while the event loop runs.
 * @param every - milliseconds between samples
 */
export function watchMemory(every = 1_000): MemoryWatch {
  let peak = treeMemory();
  const timer = setInterval(() => (peak = Math.max(peak, treeMemory())), every).unref();
  return {
    stop: () => {
      clearInterval(timer);
      return Math.max(peak, treeMemory());
    },
  };
}
