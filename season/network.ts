import { rm } from "node:fs/promises";

import type { Deployment } from "@artel/sdk";
import hre from "hardhat";

import { deployNetwork, journalOf, type DeploymentPlan } from "../deploy/deployment.js";

/** A network of contracts deployed to a local chain. */
export interface LocalNetwork {
  readonly deployment: Deployment;
  /** Makes a cooperative's Treasury the only administrator. */
  handOver(steward: string): Promise<void>;
  /** Forgets the journal: the chain that it describes will be gone. */
  close(): Promise<void>;
}

/**
 * Deploys to a local chain with the modules that deploy everywhere.
 *
 * @param rpcUrl - the chain's endpoint
 * @param key - the deployer's private key
 */
export async function deployLocally(rpcUrl: string, key: string): Promise<LocalNetwork> {
  const connection = await hre.network.create({ network: "localhost", override: { url: rpcUrl, accounts: [key] } });
  const plan: DeploymentPlan = {
    network: "localhost",
    provider: connection.provider,
    deploymentId: `local-${process.pid}-${Date.now()}`,
    confirmations: 1,
    pollMs: 10,
  };
  const close = async () => {
    await rm(journalOf(hre, plan.deploymentId), { recursive: true, force: true });
    await connection.close();
  };
  try {
    const deployment = await deployNetwork(hre, plan);
    return { deployment, handOver: async (steward) => void (await deployNetwork(hre, { ...plan, steward })), close };
  } catch (error) {
    await close();
    throw error;
  }
}
