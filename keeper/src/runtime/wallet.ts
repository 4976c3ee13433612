import { HeadroomWallet } from "@artel/sdk";
import type { TransactionRequest, TransactionResponse } from "ethers";

/** Milliseconds after which a transaction that was not mined is given up, and replaced by the next. */
export const PATIENCE_MS = 120_000;

const FEES = ["gasPrice", "maxFeePerGas", "maxPriorityFeePerGas"] as const;

type Fees = { [fee in (typeof FEES)[number]]?: bigint };

/** A transaction that may not be mined yet. */
interface Sent {
  readonly at: number;
  readonly fees: Fees;
}

/**
 * A wallet that sends one transaction after another: tasks that share it would take the same nonce.
 *
 * @remarks A transaction that nobody mines holds up all behind it. What a keeper sends follows from the state of the chain, so
 * whatever is due next takes its place, for a higher fee.
 */
export class KeeperWallet extends HeadroomWallet {
  /** How long a transaction may take, in milliseconds. */
  patienceMs = PATIENCE_MS;
  private readonly sent = new Map<number, Sent>();
  private last: Promise<unknown> = Promise.resolve();

  override sendTransaction(transaction: TransactionRequest): Promise<TransactionResponse> {
    const sent = this.last.then(() => this.sendNext(transaction));
    this.last = sent.catch(() => {});
    return sent;
  }

  private async sendNext(transaction: TransactionRequest): Promise<TransactionResponse> {
    const [mined, pending] = await Promise.all([this.getNonce("latest"), this.getNonce("pending")]);
    for (const nonce of this.sent.keys()) if (nonce < mined) this.sent.delete(nonce);
    let nonce = mined;
    while (nonce < pending && !this.isStuck(nonce)) nonce++;
    const populated = await this.populateTransaction({ ...transaction, nonce });
    const fees = raised(populated, this.sent.get(nonce));
    const response = await super.sendTransaction({ ...populated, ...fees });
    this.sent.set(nonce, { at: Date.now(), fees });
    return response;
  }

  private isStuck(nonce: number): boolean {
    const sent = this.sent.get(nonce);
    return sent !== undefined && Date.now() - sent.at >= this.patienceMs;
  }
}

/** The fees of a transaction, high enough to replace another of the same nonce: nodes ask for a tenth more. */
function raised(transaction: TransactionRequest, replaced: Sent | undefined): Fees {
  const fees: Fees = {};
  for (const fee of FEES) {
    const given = transaction[fee];
    if (given == null) continue;
    const before = replaced?.fees[fee];
    const least = before === undefined ? 0n : before + before / 8n + 1n;
    fees[fee] = BigInt(given) > least ? BigInt(given) : least;
  }
  return fees;
}
