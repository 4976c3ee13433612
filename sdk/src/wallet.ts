import { Wallet, type TransactionRequest } from "ethers";

/** Share of an estimate that is added to it, as a divisor: a half. */
const HEADROOM_DIVISOR = 2n;
/** Gas added to every estimate: room for a dozen storage slots. */
const HEADROOM_BASE = 250_000n;

/**
 * A wallet that leaves room in its gas limits. What an act costs depends on who acted before (the reveal that completes
 * a quorum stores more than the one before it), and between the estimate and the block somebody else may act. Unused
 * gas is not paid for.
 */
export class HeadroomWallet extends Wallet {
  override async estimateGas(transaction: TransactionRequest): Promise<bigint> {
    const estimate = await super.estimateGas(transaction);
    return estimate + estimate / HEADROOM_DIVISOR + HEADROOM_BASE;
  }
}
