import { HeadroomWallet } from "@artel/sdk";
import type { TransactionRequest, TransactionResponse } from "ethers";

/** A wallet that sends one transaction after another: tasks that share it would take the same nonce. */
export class KeeperWallet extends HeadroomWallet {
  private last: Promise<unknown> = Promise.resolve();

  override sendTransaction(transaction: TransactionRequest): Promise<TransactionResponse> {
    const sent = this.last.then(() => super.sendTransaction(transaction));
    this.last = sent.catch(() => {});
    return sent;
  }
}
