import { dataLength, dataSlice, getAddress, toNumber, type Interface } from "ethers";

import type { Spent } from "./costs.js";

/** Gas of a transaction before any of its calldata and code. */
const BASE = 21_000;
/** Gas of a byte of calldata in EIP-7976. */
const BYTE = 64;
/** Bytes of an item of a batch of commitments or updates, of which the first are its client. */
const ITEM = 116;

/** What a transaction takes where calldata is priced as in EIP-7976. */
function gasByCalldata(gas: number, data: string): number {
  return Math.max(gas, BASE + BYTE * dataLength(data));
}

/** Asks a chain. */
interface Chain {
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- answers have as many types as there are methods
  send(method: string, params?: any[]): Promise<any>;
}

/** A transaction as the chain tells of it. */
interface Transaction {
  readonly hash: string;
  readonly from: string;
  readonly to: string | null;
  readonly input: string;
}

/** Who paid how much gas for what, read off the chain, so that nothing is left out. */
export class GasBook {
  private next = 0;
  private roles = new Map<string, string>();
  private rows = new Map<string, Spent>();
  private accounts = new Map<string, number>();

  /**
   * @param contracts - transactions to others are not counted; lower case
   * @param functions - of these contracts
   */
  constructor(
    private readonly provider: Chain,
    private readonly contracts: readonly string[],
    private readonly functions: Interface,
  ) {}

  /**
   * Begins anew with the next block.
   *
   * @param roles - of accounts; whoever has none is anybody
   */
  async open(roles: ReadonlyMap<string, string>): Promise<void> {
    this.next = toNumber(await this.provider.send("eth_blockNumber", [])) + 1;
    this.roles = new Map(roles);
    this.rows = new Map();
    this.accounts = new Map();
  }

  /** Reads all blocks since it was opened, or read. */
  async read(): Promise<{ readonly spent: readonly Spent[]; readonly gasOf: ReadonlyMap<string, number> }> {
    const head = toNumber(await this.provider.send("eth_blockNumber", []));
    for (; this.next <= head; this.next++) {
      const block = await this.provider.send("eth_getBlockByNumber", [`0x${this.next.toString(16)}`, true]);
      for (const transaction of block.transactions as Transaction[]) {
        if (transaction.to !== null && this.contracts.includes(transaction.to.toLowerCase()))
          await this.record(transaction);
      }
    }
    return { spent: [...this.rows.values()], gasOf: this.accounts };
  }

  private async record({ hash, from, input }: Transaction): Promise<void> {
    const receipt = await this.provider.send("eth_getTransactionReceipt", [hash]);
    const gas = toNumber(receipt.gasUsed);
    const call = this.functions.parseTransaction({ data: input })!;
    const { name: kind, args } = call;
    // who sends a batch or a claim does so for others
    const items = kind === "commitUpdates" || kind === "revealUpdates" ? clientsOf(args[1]) : undefined;
    const accounts = items ?? (kind === "claimFor" ? [args[1] as string] : [getAddress(from)]);
    for (const account of accounts)
      this.accounts.set(account, (this.accounts.get(account) ?? 0) + gas / accounts.length);
    const role = this.roles.get(accounts[0]) ?? "anybody";
    const key = `${role} ${kind}`;
    const row = this.rows.get(key) ?? { role, kind, transactions: 0, gas: 0, largest: 0, largestByCalldata: 0 };
    this.rows.set(key, {
      ...row,
      transactions: row.transactions + 1,
      gas: row.gas + gas,
      largest: Math.max(row.largest, gas),
      largestByCalldata: Math.max(row.largestByCalldata, gasByCalldata(gas, input)),
    });
  }
}

function clientsOf(items: string): string[] {
  return Array.from({ length: dataLength(items) / ITEM }, (_, i) =>
    getAddress(dataSlice(items, i * ITEM, i * ITEM + 20)),
  );
}
