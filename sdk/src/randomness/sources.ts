import type { IRandomness } from "../contracts/index.js";
import { type DrandNetwork, drandRoundAt } from "./drand.js";

/** Where a party learns what the beacon gives for a second, whether or not anybody has proved it to the chain. */
export interface RandomnessSource {
  /** The beacon's seed for a second, bytes32; undefined while it is not known. */
  seedOf(timepoint: bigint): Promise<string | undefined>;
}

/** What was proved to the beacon's contract. */
export function provenRandomness(beacon: IRandomness): RandomnessSource {
  return {
    seedOf: async (timepoint) => {
      const seed = await beacon.seedOf(timepoint);
      return BigInt(seed) === 0n ? undefined : seed;
    },
  };
}

/**
 * What a drand network publishes, for the chain's `DrandBeacon` of the same network.
 *
 * @param chainSkew - `CHAIN_SKEW` of that contract, in seconds
 * @param randomnessOf - verified randomness of a round, bytes32; undefined while it is not out
 */
export function drandRandomness(
  network: DrandNetwork,
  chainSkew: bigint,
  randomnessOf: (round: bigint) => Promise<string | undefined>,
): RandomnessSource {
  return { seedOf: async (timepoint) => randomnessOf(drandRoundAt(network, timepoint + chainSkew)) };
}
