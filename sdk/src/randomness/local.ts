import { bls12_381 } from "@noble/curves/bls12-381.js";
import { getBytes, hexlify, id, toBeHex, toBigInt } from "ethers";

import { type DrandNetwork, type DrandRound, drandMessagePoint, drandRound } from "./drand.js";
import { DrandNetworkError } from "./errors.js";

const { fields, shortSignatures } = bls12_381;

/** A drand network of one key, for a local chain: who has the key knows every round beforehand. */
export interface LocalDrand {
  readonly network: DrandNetwork;
  /**
   * Signs a round, due or not.
   *
   * @throws RoundNumberError
   */
  sign(round: bigint): DrandRound;
}

/** What a local network is made of. */
export interface LocalDrandOptions {
  /** bytes32, not zero and less than the order of the group. */
  readonly secretKey: string;
  /** Second at which round 1 is due. */
  readonly genesis: bigint;
  /** Seconds from one round to the next. */
  readonly period: bigint;
}

/**
 * Makes a drand network whose rounds are signed here. Never for a chain that holds anything of value.
 *
 * @throws DrandNetworkError if the key is none
 */
export function localDrand({ secretKey, genesis, period }: LocalDrandOptions): LocalDrand {
  const scalar = toBigInt(secretKey);
  // the key itself stays out of the error
  if (scalar < 1n || scalar >= fields.Fr.ORDER) throw new DrandNetworkError("a secret key out of range");
  const key = getBytes(toBeHex(scalar, 32));
  const publicKey = hexlify(shortSignatures.getPublicKey(key).toBytes(true));
  return {
    network: { publicKey, genesis, period, groupHash: id("artel.local"), beaconId: "artel-local" },
    sign: (round) => drandRound(round, shortSignatures.sign(drandMessagePoint(round), key)),
  };
}
