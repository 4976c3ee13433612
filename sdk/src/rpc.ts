import { FetchRequest, JsonRpcProvider, Network } from "ethers";

import { ArtelError } from "./errors.js";

/** No chain answers at an endpoint. */
export class RpcUnreachableError extends ArtelError {
  readonly code = "rpc/unreachable";
  constructor(url: string, cause: unknown) {
    super(
      `No chain answers at ${nameOf(url)}`,
      nameOf(url),
      "check the address, and that the node or service behind it is up",
      {
        cause,
      },
    );
  }
}

/** The endpoint serves another chain than was expected. */
export class WrongChainError extends ArtelError {
  readonly code = "rpc/wrong-chain";
  constructor(url: string, actual: bigint, expected: bigint) {
    super(
      `${nameOf(url)} serves chain ${actual}, not chain ${expected}`,
      actual,
      "give the endpoint of the chain that the deployment is on",
    );
  }
}

/** An endpoint without its user, path and query, which may hold a key. */
function nameOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : "the endpoint";
}

/** How to talk to an endpoint. */
export interface RpcOptions {
  /** Chain that the endpoint must serve. */
  readonly chainId?: bigint;
  /** Pause between two looks for a receipt or a block, in milliseconds; 4,000 if omitted. */
  readonly pollMs?: number;
}

/**
 * Connects to a JSON-RPC endpoint and finds out its chain once.
 *
 * @throws RpcUnreachableError if nothing answers
 * @throws WrongChainError if it serves another chain than `options.chainId`
 */
export async function connectRpc(url: string, options: RpcOptions = {}): Promise<JsonRpcProvider> {
  const chainId = await readChainId(url);
  if (options.chainId !== undefined && chainId !== options.chainId)
    throw new WrongChainError(url, chainId, options.chainId);
  return new JsonRpcProvider(url, Network.from(chainId), {
    staticNetwork: true,
    pollingInterval: options.pollMs ?? 4_000,
    // Otherwise ethers answers equal calls from memory for 250 ms: of two transactions sent within, both would have one nonce.
    cacheTimeout: -1,
  });
}

async function readChainId(url: string): Promise<bigint> {
  try {
    const request = new FetchRequest(url);
    request.timeout = 10_000;
    request.body = { jsonrpc: "2.0", id: 1, method: "eth_chainId", params: [] };
    const response = await request.send();
    return BigInt(response.bodyJson.result);
  } catch (error) {
    throw new RpcUnreachableError(url, error);
  }
}
