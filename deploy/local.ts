import { rm } from "node:fs/promises";

import hre from "hardhat";

import type { Deployment } from "../sdk/src/deployments.js";
import { QUICKNET, type DrandNetwork } from "../sdk/src/randomness/index.js";
import { deployNetwork, handOver, journalOf, type DeploymentPlan } from "./deployment.js";

/** A network of contracts on a local chain. */
export interface LocalNetwork {
  readonly deployment: Deployment;
  /** Makes a cooperative's Treasury the only administrator. */
  handOver(steward: string): Promise<void>;
  /** Forgets the journal: the chain that it describes will be gone. */
  close(): Promise<void>;
}

/**
 * Deploys to a local chain with the modules that deploy everywhere, as compiled last.
 * @param rpcUrl - the chain's endpoint
 * @param key - the deployer's private key, hexadecimal
 * @param drand - the drand network whose rounds seed its learning tasks
 * @throws DeploymentStoppedError, DeploymentFailedError
 */
export async function deployLocal(rpcUrl: string, key: string, drand: DrandNetwork = QUICKNET): Promise<LocalNetwork> {
  const connection = await hre.network.create({ network: "localhost", override: { url: rpcUrl, accounts: [key] } });
  const plan: DeploymentPlan = {
    network: "localhost",
    provider: connection.provider,
    // Never the name of an earlier chain's journal, which would be "resumed" on this empty one.
    deploymentId: `local-${process.pid}-${Date.now()}`,
    drand,
    confirmations: 1,
    pollMs: 10,
  };
  const close = async () => {
    await rm(journalOf(hre, plan.deploymentId), { recursive: true, force: true });
    await connection.close();
  };
  try {
    const deployment = await deployNetwork(hre, plan);
    return { deployment, handOver: (steward) => handOver(hre, plan, deployment, steward), close };
  } catch (error) {
    await close();
    throw error;
  }
}
