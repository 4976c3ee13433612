import { drandBeacon, type IDrandBeacon } from "@artel/sdk";
import { fetchDrandNetwork, fetchDrandRound, type RandomnessSource, type RelayOptions } from "@artel/sdk/randomness";

import { drandTimelock, type Timelock } from "./data/slices.js";

/** What the parties of a task have of its beacon. */
export interface TaskBeacon {
  /** Tells seeds as soon as they are out. */
  readonly randomness: RandomnessSource;
  /** Opens test slices. */
  readonly timelock: Timelock;
}

/**
 * The drand network whose rounds seed learning tasks, as its relays publish it.
 *
 * @param contract - connected to a provider
 * @param relays - need no trust: what they say is held against the contract
 * @throws DrandNetworkUnknownError
 */
export async function openTaskBeacon(contract: IDrandBeacon, relays: RelayOptions): Promise<TaskBeacon> {
  const network = await fetchDrandNetwork(await contract.CHAIN_HASH(), relays);
  const roundOf = (round: bigint) => fetchDrandRound(network, round, relays);
  return {
    randomness: await drandBeacon(contract, network, roundOf),
    timelock: drandTimelock(network, async (round) => (await roundOf(round)).signature),
  };
}
