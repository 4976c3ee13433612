import { UnknownNetworkError } from "./errors.js";

/** A chain that Artel is deployed to by name. Any other chain is reached with `--rpc-url`. */
export interface PublicNetwork {
  /** The name on the command line and of the folder under `deployments/`. */
  readonly name: string;
  readonly chainId: number;
  /** Hardhat's chain type: OP-stack chains charge an L1 data fee. */
  readonly chainType: "l1" | "op" | "generic";
}

/** Chains that have a name here. Endpoints and keys never do: they come from the environment or the keystore. */
export const PUBLIC_NETWORKS: readonly PublicNetwork[] = [
  { name: "mainnet", chainId: 1, chainType: "l1" },
  { name: "sepolia", chainId: 11155111, chainType: "l1" },
  { name: "base", chainId: 8453, chainType: "op" },
  { name: "base-sepolia", chainId: 84532, chainType: "op" },
  { name: "optimism", chainId: 10, chainType: "op" },
  { name: "optimism-sepolia", chainId: 11155420, chainType: "op" },
  { name: "arbitrum", chainId: 42161, chainType: "generic" },
  { name: "arbitrum-sepolia", chainId: 421614, chainType: "generic" },
];

/**
 * The network of a name.
 * @throws UnknownNetworkError when there is none
 */
export function findNetwork(name: string): PublicNetwork {
  const network = PUBLIC_NETWORKS.find((candidate) => candidate.name === name);
  if (network !== undefined) return network;
  throw new UnknownNetworkError(name, PUBLIC_NETWORKS.map((candidate) => candidate.name).join(", "));
}

/** The network of a chain id; a chain without a name here is called after its id. */
export function networkOf(chainId: bigint): PublicNetwork {
  const network = PUBLIC_NETWORKS.find((candidate) => BigInt(candidate.chainId) === chainId);
  return network ?? { name: `chain-${chainId}`, chainId: Number(chainId), chainType: "generic" };
}
