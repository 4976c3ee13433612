import { readFile } from "node:fs/promises";

/** What one operation costs in ours and in a peer, in gas. */
export interface Measurement {
  readonly ours: number;
  /** Absent where there is nothing to compare with. */
  readonly peer?: { readonly name: string; readonly gas: number };
  /** Dearer or cheaper circumstances of the same operation, by what is different. */
  readonly variants?: Readonly<Record<string, number>>;
}

/** Measurements by key of `goals.json`. */
export type Measured = Readonly<Record<string, Measurement>>;

/** A goal: the most that an operation may cost, in gas. */
export interface Goal {
  readonly goal: number;
  /** What an operation with no administrator and no standards would cost at least. */
  readonly floor?: number;
  readonly note?: string;
}

/** An operation's line in `results/gas.json`. */
export interface Line extends Measurement {
  readonly goal: number;
  readonly met: boolean;
}

/** A measurement of which no goal speaks: `key` is misspelt, or `goals.json` is out of date. */
export class UnknownKeyError extends Error {
  readonly code = "bench/unknown-key";
  constructor(readonly key: string) {
    super(`${key} is measured, but bench/gas/goals.json has no such key. Correct one of them.`);
  }
}

/** Reads the goals. */
export async function readGoals(): Promise<Readonly<Record<string, Goal>>> {
  return JSON.parse(await readFile(new URL("goals.json", import.meta.url), "utf8"));
}

/**
 * Puts measurements beside their goals, in the order of the goals.
 * @throws UnknownKeyError
 */
export function compare(goals: Readonly<Record<string, Goal>>, measured: Measured): Record<string, Line> {
  for (const key of Object.keys(measured)) if (!(key in goals)) throw new UnknownKeyError(key);
  return Object.fromEntries(
    Object.entries(goals)
      .filter(([key]) => key in measured)
      .map(([key, { goal }]) => {
        const { ours, peer, variants } = measured[key];
        const rounded = Math.round(ours);
        const line = { ours: rounded, goal, peer: peer && { ...peer, gas: Math.round(peer.gas) }, variants };
        return [key, { ...line, met: rounded <= goal }];
      }),
  );
}

/** The lines as a table for a terminal. */
export function table(lines: Readonly<Record<string, Line>>): string {
  const rows = Object.entries(lines).map(([key, { ours, goal, met, peer }]) => [
    ...[met ? "met" : "over", key, ours.toLocaleString("en"), goal.toLocaleString("en")],
    peer === undefined ? "" : `${peer.gas.toLocaleString("en")}  ${peer.name}`,
  ]);
  const header = ["", "operation", "ours", "goal", "peer"];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column].length)));
  const text = (row: readonly string[]) =>
    row.map((cell, column) =>
      column === 2 || column === 3 ? cell.padStart(widths[column]) : cell.padEnd(widths[column]),
    );
  return [header, ...rows].map((row) => text(row).join("  ").trimEnd()).join("\n");
}
