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
 * Score of each client in its last period, as the contract keeps them: eight clients of a cell at a time; a period begins,
 * for each cell, with what was negative in the period before. A void panel scores nobody, but keeps what its clients owe.
 *
 * @param panels - all that were settled, in the order of their rounds
 * @returns by client id, for the clients of all cells that had a panel in the last of these periods or in the one before
 */
export function balancesOf(panels: readonly SettledPanel[]): Map<number, number> {
  const periods = new Map<number, Map<number, number[]>>();
  for (const { period, panel, medians } of panels) {
    const current = periods.get(period) ?? new Map<number, number[]>();
    periods.set(period, current);
    for (const cell of panel.cells) {
      const before = periods.get(period - 1)?.get(cell) ?? Array<number>(CELL_CLIENTS).fill(0);
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
  const last = panels.at(-1)?.period ?? 0;
  const carried = [...(periods.get(last - 1) ?? [])].map(([cell, lanes]) => [cell, carriedOver(lanes)] as const);
  const cells = new Map([...carried, ...(periods.get(last) ?? [])]);
  return new Map([...cells].flatMap(([cell, lanes]) => lanes.map((balance, i) => [cell * CELL_CLIENTS + i, balance])));
}

/** What a cell begins a period with: debts of the one before. */
function carriedOver(lanes: readonly number[]): number[] {
  return lanes.map((balance) => Math.min(balance, 0));
}
