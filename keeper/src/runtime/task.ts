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
 * @param atOnce - how many are under way at a time
 * @returns the sum of what `act` returned
 * @throws the first failure, once every item has had its turn
 */
export async function forEach<T>(items: Iterable<T>, act: (item: T) => Promise<number>, atOnce = 1): Promise<number> {
  const failures: unknown[] = [];
  let sum = 0;
  // all take from the same queue
  const queue = items[Symbol.iterator]();
  const work = async () => {
    for (let next = queue.next(); next.done !== true; next = queue.next()) {
      try {
        const sent = await act(next.value);
        sum += sent;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  if (failures.length > 0) throw failures[0];
  return sum;
}
