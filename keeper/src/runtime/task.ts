import type { Logger } from "pino";

/** One kind of upkeep. The runtime calls `run` again and again. */
export interface KeeperTask {
  /** Name in logs. */
  readonly name: string;
  /**
   * Looks at the chain and sends what is due. Must be safe to repeat, and to be overtaken by another keeper.
   *
   * @returns the number of transactions sent.
   */
  run(log: Logger): Promise<number>;
}

/**
 * Does something for every item, whatever happens to the others: one that always fails must not stall those after it.
 *
 * @returns the sum of what `act` returned
 * @throws the first failure, once every item has had its turn
 */
export async function forEach<T>(items: Iterable<T>, act: (item: T) => Promise<number>): Promise<number> {
  const failures: unknown[] = [];
  let sum = 0;
  for (const item of items) {
    try {
      sum += await act(item);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
  return sum;
}
