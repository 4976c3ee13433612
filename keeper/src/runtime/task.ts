import type { Logger } from "pino";

/** One kind of upkeep. The runtime calls `run` again and again. */
export interface KeeperTask {
  /** Name in logs and in the health report. */
  readonly name: string;
  /**
   * Looks at the chain and sends what is due. Must be safe to repeat, and to be overtaken by another keeper.
   *
   * @returns the number of transactions sent.
   */
  run(log: Logger): Promise<number>;
}
