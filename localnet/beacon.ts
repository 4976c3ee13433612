import { createServer, type RequestListener } from "node:http";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { dataSlice, hexlify, id, toBigInt, zeroPadValue } from "ethers";

import {
  drandChainHash,
  drandTimeOf,
  localDrand,
  type DrandNetwork,
  type DrandRound,
} from "../sdk/src/randomness/index.js";
import type { Chain } from "./chain.js";
import type { Processes } from "./processes.js";

/** What a local beacon is made of. */
export interface BeaconOptions {
  /** The key follows from it. Without one it is random: nobody else signs. */
  readonly seed?: string;
  /** Seconds from one round to the next. Default 1. */
  readonly period?: bigint;
}

/** A drand network of one key, whose rounds come out by the clock of a local chain. */
export interface LocalBeacon {
  readonly network: DrandNetwork;
  /** A round; undefined before the chain has a block of its time. */
  roundOf(round: bigint): Promise<DrandRound | undefined>;
  /** A relay of it, as drand's are. */
  readonly url: string;
}

/**
 * Starts the beacon of a local chain. Programs in other processes ask its relay under drand's paths,
 * `/<chain hash>/info` and `/<chain hash>/public/<round>`.
 *
 * Time on a local chain is whatever the chain says, so a round of its future is out for nobody, here or there.
 */
export async function startBeacon(
  processes: Processes,
  { provider }: Pick<Chain, "provider">,
  { seed, period = 1n }: BeaconOptions = {},
): Promise<LocalBeacon> {
  const now = async () => BigInt((await provider.getBlock("latest"))!.timestamp);
  const { network, sign } = localDrand({ secretKey: keyOf(seed), genesis: await now(), period });
  const roundOf = async (round: bigint) => (drandTimeOf(network, round) <= (await now()) ? sign(round) : undefined);

  const server = createServer(relayOf(network, roundOf)).listen(0, "127.0.0.1");
  await once(server, "listening");
  processes.onStop(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { network, roundOf, url };
}

/** Answers as drand's own relays do. */
function relayOf(network: DrandNetwork, roundOf: LocalBeacon["roundOf"]): RequestListener {
  const bare = (hex: string) => hex.slice(2);
  const hash = bare(drandChainHash(network));
  const info = {
    public_key: bare(network.publicKey),
    period: Number(network.period),
    genesis_time: Number(network.genesis),
    hash,
    groupHash: bare(network.groupHash),
    schemeID: "bls-unchained-g1-rfc9380",
    metadata: { beaconID: network.beaconId },
  };
  const answerTo = async (path: string): Promise<object | undefined> => {
    const [chain, kind, number, ...rest] = path.split("/").slice(1);
    if (chain !== hash) return undefined;
    if (kind === "info" && number === undefined) return info;
    // what is no number of a round has none
    if (kind !== "public" || !/^[1-9]\d{0,15}$/.test(number) || rest.length > 0) return undefined;
    const published = await roundOf(toBigInt(number));
    if (published === undefined) return undefined;
    const { round, randomness, signature } = published;
    return { round: Number(round), randomness: bare(randomness), signature: bare(signature) };
  };
  return (request, response) => {
    const tell = (status: number, body: object) =>
      void response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    answerTo(request.url!).then(
      (answer) => (answer === undefined ? tell(404, { error: "not found" }) : tell(200, answer)),
      () => tell(503, { error: "the chain does not answer" }),
    );
  };
}

/** A key, of 31 bytes: the order of the group has nearly 32. */
function keyOf(seed: string | undefined): string {
  const entropy = seed === undefined ? hexlify(randomBytes(32)) : id(`artel beacon ${seed}`);
  return zeroPadValue(dataSlice(entropy, 1), 32);
}
