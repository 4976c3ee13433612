import { z } from "zod";

import { drandChainHash, type DrandNetwork, type DrandRound, QUICKNET, verifyDrandRound } from "./drand.js";
import { DrandNetworkUnknownError, DrandResponseError, DrandUnavailableError } from "./errors.js";

/** Public relays of the League of Entropy's networks. */
export const DRAND_RELAYS: readonly string[] = [
  "https://api.drand.sh",
  "https://api2.drand.sh",
  "https://api3.drand.sh",
  "https://drand.cloudflare.com",
];

/** Longest wait for a relay in the programs, in milliseconds. */
export const RELAY_TIMEOUT_MS = 10_000;

/** Longest answer that is read, in bytes; drand's are below 500. */
const LONGEST_ANSWER = 4096;

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))
    .transform((text) => `0x${text}`);

const PublishedRound = z.object({ round: z.int().positive(), randomness: hex(32), signature: hex(48) });

const PublishedNetwork = z.object({
  public_key: hex(96),
  period: z.int().positive(),
  genesis_time: z.int().nonnegative(),
  groupHash: hex(32),
  metadata: z.object({ beaconID: z.string().min(1) }),
});

/** Where to ask for rounds, and how. */
export interface RelayOptions {
  /** Addresses of relays, asked one after another, for example `https://api.drand.sh`. */
  readonly urls: readonly string[];
  /** Longest wait for each of them, in milliseconds. */
  readonly timeoutMs: number;
  /** Instead of the platform's. */
  readonly fetch?: typeof fetch;
}

/**
 * Reads the JSON that drand publishes for a round, without looking at the signature.
 *
 * @throws DrandResponseError
 */
export function parseDrandRound(text: string): DrandRound {
  try {
    const { round, ...rest } = PublishedRound.parse(JSON.parse(text));
    return { round: BigInt(round), ...rest };
  } catch (cause) {
    throw new DrandResponseError(text, { cause });
  }
}

/**
 * Fetches a round from the first relay that has it. Relays need no trust: what they answer is verified.
 *
 * @throws DrandUnavailableError if none has it, or has another than the network signed
 */
export async function fetchDrandRound(network: DrandNetwork, round: bigint, relays: RelayOptions): Promise<DrandRound> {
  const read = (text: string) => {
    const published = parseDrandRound(text);
    const verified = verifyDrandRound(network, round, published.signature);
    if (published.round !== round || published.randomness !== verified.randomness)
      throw new DrandResponseError(published);
    return verified;
  };
  const fail = (causes: readonly unknown[]) => new DrandUnavailableError(round, causes);
  return firstOf(relays, `${drandChainHash(network).slice(2)}/public/${round}`, read, fail);
}

/**
 * The network of a chain hash: {@link QUICKNET}, or what the first relay says whose answer has that hash. Relays need no
 * trust.
 *
 * @param chainHash - `CHAIN_HASH` of a `DrandBeacon`
 * @throws DrandNetworkUnknownError
 */
export async function fetchDrandNetwork(chainHash: string, relays: RelayOptions): Promise<DrandNetwork> {
  if (chainHash === drandChainHash(QUICKNET)) return QUICKNET;
  const read = (text: string) => {
    const {
      public_key: publicKey,
      period,
      genesis_time,
      groupHash,
      metadata,
    } = PublishedNetwork.parse(JSON.parse(text));
    const times = { period: BigInt(period), genesis: BigInt(genesis_time) };
    const network = { publicKey, ...times, groupHash, beaconId: metadata.beaconID };
    if (drandChainHash(network) !== chainHash) throw new DrandResponseError(network);
    return network;
  };
  const fail = (causes: readonly unknown[]) => new DrandNetworkUnknownError(chainHash, causes);
  return firstOf(relays, `${chainHash.slice(2)}/info`, read, fail);
}

/** What is read from the answer of the first relay that can be read. */
async function firstOf<T>(
  { urls, timeoutMs, fetch: ask = fetch }: RelayOptions,
  path: string,
  read: (text: string) => T,
  fail: (causes: readonly unknown[]) => Error,
): Promise<T> {
  const causes: unknown[] = [];
  for (const url of urls) {
    try {
      const address = `${url.replace(/\/+$/, "")}/${path}`;
      const response = await ask(address, { signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok) throw new DrandResponseError(response.status);
      return read(await readShort(response));
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw fail(causes);
}

/** The text of an answer, unless it is longer than any of drand's. */
async function readShort(response: Response): Promise<string> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    if (text.length > LONGEST_ANSWER) throw new DrandResponseError(`${text.slice(0, 64)}…`);
  }
  return text;
}
