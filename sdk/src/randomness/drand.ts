import { bls12_381 } from "@noble/curves/bls12-381.js";
import { concat, getBytes, hexlify, sha256, toBeHex, toUtf8Bytes } from "ethers";

import { BeforeGenesisError, DrandNetworkError, DrandSignatureError, RoundNumberError } from "./errors.js";

/** A drand network with the scheme `bls-unchained-g1-rfc9380`, as its nodes describe it under `/info`. */
export interface DrandNetwork {
  /** Compressed point of G2, 96 bytes. */
  readonly publicKey: string;
  /** Second at which round 1 is due. */
  readonly genesis: bigint;
  /** Seconds from one round to the next. */
  readonly period: bigint;
  /** Hash of the group of nodes at genesis, bytes32. */
  readonly groupHash: string;
  readonly beaconId: string;
}

/** A round as drand publishes it. */
export interface DrandRound {
  readonly round: bigint;
  /** Compressed point of G1, 48 bytes. */
  readonly signature: string;
  /** sha256 of the signature, bytes32. */
  readonly randomness: string;
}

/** The League of Entropy's network of three seconds. */
export const QUICKNET: DrandNetwork = {
  publicKey:
    "0x83cf0f2896adee7eb8b5f01fcad3912212c437e0073e911fb90022d3e760183c8c4b450b6a0a6c3ac6a5776a2d1064510d1fec758c921cc22b0e17e63aaf4bcb5ed66304de9cf809bd274ca73bab4af5a6e9c76a4bc09e76eae8991ef5ece45a",
  genesis: 1692803367n,
  period: 3n,
  groupHash: "0xf477d5c89f21a17c863a7f937c6a6d15859414d2be09cd448d4279af331c5d3e",
  beaconId: "quicknet",
};

/** Tag of the scheme, by which its hash to the curve differs from others'. */
const TAG = "BLS_SIG_BLS12381G1_XMD:SHA-256_SSWU_RO_NUL_";

/** Lengths of compressed points. */
const SIGNATURE_BYTES = 48;
export const KEY_BYTES = 96;

const { shortSignatures, G1, G2 } = bls12_381;

/** A point of G1, where signatures are. */
export type SignaturePoint = ReturnType<typeof G1.Point.fromBytes>;
/** A point of G2, where public keys are. */
export type KeyPoint = ReturnType<typeof G2.Point.fromBytes>;

/** drand's name for a network: a hash over all of its description. */
export function drandChainHash(network: DrandNetwork): string {
  return sha256(
    concat([
      toBeHex(network.period, 4),
      toBeHex(network.genesis, 8),
      network.publicKey,
      network.groupHash,
      toUtf8Bytes(network.beaconId),
    ]),
  );
}

/**
 * The first round at or after a time. The seed of a timepoint at a `DrandBeacon` is the round at `timepoint + CHAIN_SKEW`.
 *
 * @param time - in seconds
 * @throws BeforeGenesisError
 */
export function drandRoundAt(network: DrandNetwork, time: bigint): bigint {
  if (time < network.genesis) throw new BeforeGenesisError(time, network.genesis);
  return (time - network.genesis + network.period - 1n) / network.period + 1n;
}

/**
 * The second at which a round is due.
 *
 * @throws RoundNumberError
 */
export function drandTimeOf(network: DrandNetwork, round: bigint): bigint {
  return network.genesis + (numbered(round) - 1n) * network.period;
}

/**
 * What the network's key multiplies to sign a round: sha256 of its number in eight bytes, hashed to G1.
 *
 * @throws RoundNumberError
 */
export function drandMessagePoint(round: bigint): SignaturePoint {
  return shortSignatures.hash(getBytes(sha256(toBeHex(numbered(round), 8))), TAG);
}

/**
 * A network's public key as a point of its group, and not infinity.
 *
 * @throws DrandNetworkError
 */
export function drandKey(network: DrandNetwork): KeyPoint {
  try {
    return readPoint(G2.Point, getBytes(network.publicKey), KEY_BYTES);
  } catch (cause) {
    throw new DrandNetworkError(network.publicKey, { cause });
  }
}

/**
 * Checks a signature of a round.
 *
 * @param signature - compressed, 48 bytes
 * @throws DrandSignatureError, DrandNetworkError, RoundNumberError
 */
export function verifyDrandRound(network: DrandNetwork, round: bigint, signature: string): DrandRound {
  const key = drandKey(network);
  const point = signaturePoint(round, signature);
  if (!shortSignatures.verify(point, drandMessagePoint(round), key)) throw new DrandSignatureError(round, signature);
  return drandRound(round, point);
}

/** A round of a signature that is known to be good. */
export function drandRound(round: bigint, point: SignaturePoint): DrandRound {
  const signature = hexlify(point.toBytes(true));
  return { round, signature, randomness: sha256(signature) };
}

/**
 * What `DrandBeacon.prove` takes: the signature's point as EIP-2537 has it, 128 bytes.
 *
 * @throws DrandSignatureError if the signature is no point of its group
 */
export function drandProof({ round, signature }: Pick<DrandRound, "round" | "signature">): string {
  const { x, y } = signaturePoint(round, signature).toAffine();
  return concat([x, y].map(element));
}

/**
 * A network as the constructor of `DrandBeacon` takes it.
 *
 * @throws DrandNetworkError
 */
export function drandNetworkStruct(network: DrandNetwork) {
  if (network.period < 1n) throw new DrandNetworkError(network.period);
  const { x, y } = drandKey(network).toAffine();
  return { ...network, publicKey: concat([x.c0, x.c1, y.c0, y.c1].map(element)) };
}

/** A compressed signature as a point of its group, and not infinity. */
export function signaturePoint(round: bigint, signature: string): SignaturePoint {
  try {
    return readPoint(G1.Point, getBytes(signature), SIGNATURE_BYTES);
  } catch (cause) {
    throw new DrandSignatureError(round, signature, { cause });
  }
}

/** A point of the group by its compressed form, and not infinity; whatever error otherwise. */
export function readPoint<Point extends { assertValidity(): void; is0(): boolean }>(
  group: { fromBytes(bytes: Uint8Array): Point },
  bytes: Uint8Array,
  length: number,
): Point {
  if (bytes.length !== length) throw new RangeError(`${bytes.length} bytes, not ${length}`);
  const point = group.fromBytes(bytes);
  point.assertValidity();
  if (point.is0()) throw new RangeError("the point at infinity");
  return point;
}

/** A number that a round can have. */
function numbered(round: bigint): bigint {
  if (round < 1n || round >= 1n << 64n) throw new RoundNumberError(round);
  return round;
}

/** An element of the base field in 64 bytes. */
function element(value: bigint): string {
  return toBeHex(value, 64);
}
