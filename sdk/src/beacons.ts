import { toBeHex, type Interface, type JsonRpcApiProvider } from "ethers";

import {
  IDrandBeacon__factory,
  IHeaderBeacon__factory,
  IRandomness__factory,
  type IDrandBeacon,
  type IHeaderBeacon,
  type IRandomness,
} from "./contracts/index.js";
import {
  drandProof,
  drandRandomness,
  drandRoundAt,
  drandTimeOf,
  fetchDrandNetwork,
  fetchDrandRound,
  headerProof,
  UnknownBeaconError,
  type DrandNetwork,
  type DrandRound,
  type RandomnessSource,
  type RelayOptions,
} from "./randomness/index.js";

/** A beacon's contract, and where what it verifies comes from. */
export interface Beacon extends RandomnessSource {
  readonly contract: IRandomness;
  /** Calldata that proves the seed of a second to the contract; undefined while the seed is not known. */
  proofOf(timepoint: bigint): Promise<string | undefined>;
}

/**
 * Finds out what kind of beacon a contract is, and where its seeds come from.
 *
 * @param address - such as `RANDOMNESS` of `LearningTasks`
 * @param relays - asked for rounds if it is drand's, and for the network unless that is quicknet
 * @throws UnknownBeaconError, DrandNetworkUnknownError
 */
export async function openBeacon(address: string, provider: JsonRpcApiProvider, relays: RelayOptions): Promise<Beacon> {
  const contract = IRandomness__factory.connect(address, provider);
  const isA = (kind: Interface) => contract.supportsInterface(interfaceIdOf(kind, contract.interface));
  const drand = IDrandBeacon__factory.connect(address, provider);
  if (await isA(drand.interface)) {
    const network = await fetchDrandNetwork(await drand.CHAIN_HASH(), relays);
    return drandBeacon(drand, network, (round) => fetchDrandRound(network, round, relays));
  }
  const header = IHeaderBeacon__factory.connect(address, provider);
  if (await isA(header.interface)) return headerBeacon(header, provider);
  throw new UnknownBeaconError(address);
}

/**
 * A beacon of drand's rounds.
 *
 * @param contract - connected to a provider
 * @param roundOf - gives a round that is due; undefined if it is not out yet after all
 */
export async function drandBeacon(
  contract: IDrandBeacon,
  network: DrandNetwork,
  roundOf: (round: bigint) => Promise<DrandRound | undefined>,
): Promise<Beacon> {
  const skew = await contract.CHAIN_SKEW();
  // by the chain's clock: a local one's may be far from everybody else's
  const dueRound = async (round: bigint) => {
    const block = await contract.runner!.provider!.getBlock("latest");
    return BigInt(block!.timestamp) < drandTimeOf(network, round) ? undefined : roundOf(round);
  };
  return {
    contract,
    ...drandRandomness(network, skew, async (round) => (await dueRound(round))?.randomness),
    proofOf: async (timepoint) => {
      const signed = await dueRound(drandRoundAt(network, timepoint + skew));
      return signed && contract.interface.encodeFunctionData("prove", [signed.round, drandProof(signed)]);
    },
  };
}

/**
 * A beacon of the chain's own mix hashes.
 *
 * @param provider - keeps the chain's blocks as long as the beacon knows them
 */
export function headerBeacon(contract: IHeaderBeacon, provider: JsonRpcApiProvider): Beacon {
  const proven = async (timepoint: bigint) => {
    const [time, block] = await Promise.all([contract.readyAt(timepoint), provider.getBlock("latest")]);
    if (BigInt(block!.timestamp) < time) return undefined;
    return headerProof((method, parameters) => provider.send(method, parameters), time);
  };
  return {
    contract,
    seedOf: async (timepoint) => (await proven(timepoint))?.mixHash,
    proofOf: async (timepoint) => {
      const proof = await proven(timepoint);
      if (proof === undefined) return undefined;
      const { number, header, parent } = proof;
      return contract.interface.encodeFunctionData("prove", [timepoint, number, header, parent]);
    },
  };
}

/** ERC-165's name of an interface: its own selectors together, without those that it inherits. */
function interfaceIdOf(whole: Interface, inherited: Interface): string {
  let id = 0n;
  whole.forEachFunction(({ selector }) => {
    if (!inherited.hasFunction(selector)) id ^= BigInt(selector);
  });
  return toBeHex(id, 4);
}
