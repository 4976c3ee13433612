/** Transactions of one kind that parties of one role sent. */
export interface Spent {
  readonly role: string;
  /** Function of the contract. */
  readonly kind: string;
  readonly transactions: number;
  /** Gas of all of them. */
  readonly gas: number;
  /** The dearest one, and what it takes at 64 gas a byte of calldata (EIP-7976). */
  readonly largest: number;
  readonly largestByCalldata: number;
}

/** What a task cost its parties. */
export interface Costs {
  readonly spent: readonly Spent[];
  /** By account: gas of its own acts; of batches its equal part. */
  readonly gasOf: ReadonlyMap<string, number>;
  /** By account: stake lost. */
  readonly slashed: ReadonlyMap<string, bigint>;
}
