import type { Provider } from "ethers";

import type { TypedContractEvent, TypedDeferredTopicFilter, TypedEventLog } from "./contracts/common.js";

interface Queryable<E extends TypedContractEvent> {
  queryFilter(filter: TypedDeferredTopicFilter<E>, from: number, to: number): Promise<TypedEventLog<E>[]>;
}

/** Widest range first asked for; public endpoints commonly refuse more. */
const WIDEST_RANGE = 10_000;

/**
 * All logs of a filter from a block to the head, in order.
 *
 * Public endpoints limit a query by range or by number of results and each says so in its own words, so a refused
 * range is halved until a single block is refused too; that last error is thrown.
 */
export async function queryLogs<E extends TypedContractEvent>(
  contract: Queryable<E> & { runner: { provider: Provider | null } | null },
  filter: TypedDeferredTopicFilter<E>,
  fromBlock: number,
  toBlock?: number,
): Promise<TypedEventLog<E>[]> {
  const head = toBlock ?? (await contract.runner!.provider!.getBlockNumber());
  const logs: TypedEventLog<E>[] = [];
  let range = WIDEST_RANGE;
  for (let from = fromBlock; from <= head;) {
    const to = Math.min(head, from + range - 1);
    try {
      logs.push(...(await contract.queryFilter(filter, from, to)));
      from = to + 1;
    } catch (error) {
      if (to === from) throw error;
      range = Math.max(1, Math.floor((to - from + 1) / 2));
    }
  }
  return logs;
}
