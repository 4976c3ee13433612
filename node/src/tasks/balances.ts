import { ABSENT, CELL_CLIENTS, type Panel } from "@artel/sdk/learning";

/** A panel as it was settled. */
export interface SettledPanel {
  readonly round: bigint;
  /** Pay period of the round, from 0. */
  readonly period: number;
  /** Its cells. */
  readonly panel: Panel;
  /** Median by client id; none if it is void. */
  readonly medians: ReadonlyMap<number, number>;
}

/**
 * Score of each client in a period, as the contract keeps them: eight clients of a cell at a time; a period begins,
 * for each cell, with what was negative in the period before. A void panel scores nobody, but keeps what its clients owe.
 *
 * @param panels - all that were settled, in the order of their rounds
 * @param period - that of the last of these, if omitted; in a later one balances are what it begins with
 * @returns by client id, for the clients of all cells that had a panel in the period or in the one before
 */
export function balancesOf(panels: readonly SettledPanel[], period = panels.at(-1)?.period ?? 0): Map<number, number> {
  const periods = new Map<number, Map<number, number[]>>();
  for (const { period: at, panel, medians } of panels) {
    const current = periods.get(at) ?? new Map<number, number[]>();
    periods.set(at, current);
    for (const cell of panel.cells) {
      const before = periods.get(at - 1)?.get(cell) ?? Array<number>(CELL_CLIENTS).fill(0);
      const lanes = current.get(cell) ?? carriedOver(before);
      current.set(
        cell,
        lanes.map((balance, i) => {
          const median = medians.get(cell * CELL_CLIENTS + i) ?? ABSENT;
          return median === ABSENT ? balance : balance + median;
        }),
      );
    }
  }
  const carried = [...(periods.get(period - 1) ?? [])].map(([cell, lanes]) => [cell, carriedOver(lanes)] as const);
  const cells = new Map([...carried, ...(periods.get(period) ?? [])]);
  return new Map([...cells].flatMap(([cell, lanes]) => lanes.map((balance, i) => [cell * CELL_CLIENTS + i, balance])));
}

/** What a cell begins a period with: debts of the one before. */
function carriedOver(lanes: readonly number[]): number[] {
  return lanes.map((balance) => Math.min(balance, 0));
}
