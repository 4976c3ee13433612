import { z } from "zod";

import { drandChainHash, type DrandNetwork, type DrandRound, verifyDrandRound } from "./drand.js";
import { DrandResponseError, DrandUnavailableError } from "./errors.js";

/** Longest answer that is read, in bytes; drand's are below 500. */
const LONGEST_ANSWER = 4096;

const hex = (bytes: number) =>
  z
    .string()
    .regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`))
    .transform((text) => `0x${text}`);

const PublishedRound = z.object({ round: z.int().positive(), randomness: hex(32), signature: hex(48) });

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
export async function fetchDrandRound(
  network: DrandNetwork,
  round: bigint,
  { urls, timeoutMs, fetch: ask = fetch }: RelayOptions,
): Promise<DrandRound> {
  const causes: unknown[] = [];
  for (const url of urls) {
    try {
      const address = `${url.replace(/\/+$/, "")}/${drandChainHash(network).slice(2)}/public/${round}`;
      const response = await ask(address, { signal: AbortSignal.timeout(timeoutMs) });
      if (!response.ok) throw new DrandResponseError(response.status);
      const published = parseDrandRound(await readShort(response));
      const verified = verifyDrandRound(network, round, published.signature);
      if (published.round !== round || published.randomness !== verified.randomness)
        throw new DrandResponseError(published);
      return verified;
    } catch (cause) {
      causes.push(cause);
    }
  }
  throw new DrandUnavailableError(round, causes);
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
