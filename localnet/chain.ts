import { createHash, randomBytes } from "node:crypto";

import { HDNodeWallet, JsonRpcProvider, Mnemonic, toQuantity, type Provider } from "ethers";

import { claimPort } from "./ports.js";
import type { Child, Processes } from "./processes.js";
import { program } from "./programs.js";

/** Chain id of every local chain. */
export const LOCAL_CHAIN_ID = 31337;

/** The lightest question that the chain itself has to answer. */
const BLOCK_NUMBER = {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "eth_blockNumber", params: [] }),
};

/** What a local chain starts from. Equal options give equal blocks. */
export interface ChainOptions {
  /** Accounts follow from it. Without one they are random: no key is known to anybody else. */
  readonly seed?: string;
  /** Time of the genesis block, Unix seconds. Default: now. */
  readonly timestamp?: number;
  /** How many accounts hold ether. Default 32. */
  readonly accounts?: number;
  /** Ether of each account. Default 10,000. */
  readonly balance?: number;
  /** Base fee of the first block, wei. Default 0, which keeps it at zero and balances easy to read. */
  readonly baseFee?: number;
  /** The port to listen on. Default: any free one. */
  readonly port?: number;
}

/** A running local chain that mines every transaction at once. */
export interface Chain {
  readonly url: string;
  readonly child: Child;
  readonly provider: JsonRpcProvider;
  /** The funded accounts, connected. */
  readonly wallets: readonly HDNodeWallet[];
  /** Mines empty blocks, one second apart. */
  mine(blocks?: number): Promise<void>;
  /** Mines one empty block at a time, Unix seconds, later than the head's. */
  warpTo(timestamp: number | bigint): Promise<void>;
}

function mnemonicOf(seed: string | undefined): Mnemonic {
  const entropy =
    seed === undefined
      ? randomBytes(16)
      : createHash("sha256").update(`artel accounts ${seed}`).digest().subarray(0, 16);
  return Mnemonic.fromEntropy(entropy);
}

function walletsOf(mnemonic: Mnemonic, count: number, provider: Provider): HDNodeWallet[] {
  const branch = HDNodeWallet.fromMnemonic(mnemonic, "m/44'/60'/0'/0");
  return Array.from({ length: count }, (_, index) => branch.deriveChild(index).connect(provider));
}

/**
 * Starts a private chain on loopback.
 * @throws PortTakenError, SpawnError, ChildEndedError, NotReadyError
 */
export async function startChain(processes: Processes, options: ChainOptions = {}): Promise<Chain> {
  const { accounts = 32, balance = 10_000, baseFee = 0 } = options;
  const port = await claimPort(options.port);
  const url = `http://127.0.0.1:${port}`;
  const mnemonic = mnemonicOf(options.seed);
  const folder = processes.temporaryFolder("chain");
  const network = { name: "localhost", chainId: LOCAL_CHAIN_ID };
  // Nothing is cached: a read right after a transaction sees its effect.
  const provider = new JsonRpcProvider(url, network, { staticNetwork: true, cacheTimeout: -1, pollingInterval: 50 });
  processes.onStop(() => provider.destroy());
  const child = await processes.start({
    name: "chain",
    command: program("anvil"),
    args: [
      "--silent",
      ...["--host", "127.0.0.1", "--port", String(port)],
      ...["--chain-id", String(LOCAL_CHAIN_ID), "--hardfork", "prague"],
      ...["--timestamp", String(options.timestamp ?? Math.floor(Date.now() / 1000))],
      ...["--mnemonic", mnemonic.phrase, "--accounts", String(accounts), "--balance", String(balance)],
      ...["--block-base-fee-per-gas", String(baseFee), "--disable-min-priority-fee"],
      ...["--cache-path", folder],
    ],
    // fetch instead of the provider, whose start-up retries print to the console
    ready: async () => (await fetch(url, { method: "POST", body: "" })).status > 0,
    answers: async (signal) => (await fetch(url, { ...BLOCK_NUMBER, signal })).json(),
  });
  const mine = async (blocks = 1) => void (await provider.send("anvil_mine", [toQuantity(blocks), "0x1"]));
  // A second a block whatever the clock on the wall says: equal seeds give equal times.
  if (options.seed !== undefined) await provider.send("anvil_setBlockTimestampInterval", [1]);
  const warpTo = async (timestamp: number | bigint) => {
    await provider.send("evm_setNextBlockTimestamp", [toQuantity(timestamp)]);
    await provider.send("evm_mine", []);
  };
  return { url, child, provider, wallets: walletsOf(mnemonic, accounts, provider), mine, warpTo };
}
