import { Contract, Transaction, type Provider } from "ethers";

/** Predeploy of OP-stack chains that prices a transaction's data. */
export const OP_GAS_PRICE_ORACLE = "0x420000000000000000000000000000000000000F";

/** A transaction to be priced. */
export interface PricedTransaction {
  readonly gas: bigint;
  /** Undefined when it makes a contract. */
  readonly to?: string;
  readonly data: string;
}

/** What an OP-stack chain adds for publishing transactions on its parent chain, in wei; 0 on every other chain. */
export async function opDataFee(provider: Provider, transactions: readonly PricedTransaction[]): Promise<bigint> {
  if ((await provider.getCode(OP_GAS_PRICE_ORACLE)) === "0x") return 0n;
  const oracle = new Contract(OP_GAS_PRICE_ORACLE, ["function getL1Fee(bytes) view returns (uint256)"], provider);
  const fees = await Promise.all(
    transactions.map(({ gas: gasLimit, to, data }): Promise<bigint> => {
      const transaction = Transaction.from({ type: 2, chainId: 10, gasLimit, to, data });
      return oracle.getL1Fee(transaction.unsignedSerialized);
    }),
  );
  return fees.reduce((sum, fee) => sum + fee, 0n);
}
