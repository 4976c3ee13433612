import {
  errorDeploymentResultToExceptionMessage,
  HardhatArtifactResolver,
} from "@nomicfoundation/hardhat-ignition/helpers";
import {
  deploy,
  DeploymentResultType,
  type DeploymentParameters,
  type IgnitionModule,
} from "@nomicfoundation/ignition-core";
import { Contract, toQuantity, type Provider } from "ethers";
import type { HardhatRuntimeEnvironment } from "hardhat/types/hre";
import type { EthereumProvider } from "hardhat/types/providers";

import { opDataFee, type PricedTransaction } from "../sdk/src/fees.js";
import { QUICKNET } from "../sdk/src/randomness/index.js";
import { networkParameters } from "./deployment.js";
import { DeploymentFailedError } from "./errors.js";
import Handover from "./modules/Handover.js";
import Network from "./modules/Network.js";

interface Block {
  readonly transactions: readonly { hash: string; to?: string | null; input: string }[];
}

interface Receipt {
  readonly gasUsed: string;
}

/** What a deployment is going to cost. Gas in units, the rest in wei. */
export interface Quote {
  readonly transactions: number;
  readonly gas: bigint;
  /** Present price of a unit of gas. */
  readonly gasPrice: bigint;
  /** What a rollup adds for publishing the data on its parent chain. */
  readonly dataFee: bigint;
  readonly total: bigint;
}

/** Precompile that tells an Arbitrum chain; its node answers at `ARBITRUM_NODE_INTERFACE` too, which has no code. */
export const ARBITRUM_SYS = "0x0000000000000000000000000000000000000064";
export const ARBITRUM_NODE_INTERFACE = "0x00000000000000000000000000000000000000C8";

/** What a deployment and its handover send, in order. */
export interface Rehearsal {
  readonly deployment: readonly PricedTransaction[];
  readonly handover: readonly PricedTransaction[];
}

/** Deploys and hands over with the same modules on an empty chain inside this process. */
export async function rehearse(hre: HardhatRuntimeEnvironment): Promise<Rehearsal> {
  const connection = await hre.network.create({ network: "l1", chainType: "l1" });
  try {
    const { provider } = connection;
    const accounts = (await provider.request({ method: "eth_accounts" })) as string[];
    const run = async (ignitionModule: IgnitionModule, deploymentParameters: DeploymentParameters) => {
      const result = await deploy({
        ...{ provider, accounts, deploymentParameters, ignitionModule },
        artifactResolver: new HardhatArtifactResolver(hre.artifacts),
        config: { requiredConfirmations: 1, blockPollingInterval: 10 },
      });
      if (result.type === DeploymentResultType.SUCCESSFUL_DEPLOYMENT) return result.contracts;
      throw new DeploymentFailedError(errorDeploymentResultToExceptionMessage(result), "rehearsal");
    };
    const contracts = await run(Network, networkParameters(QUICKNET));
    const deployed = await headOf(provider);
    const accessManager = contracts["Network#AccessManager"].address;
    // Any account will do: who it is changes the cost by no more than a few zero bytes.
    await run(Handover, { Handover: { accessManager, steward: accounts[1] } });
    return {
      deployment: await sentIn(provider, 1, deployed),
      handover: await sentIn(provider, deployed + 1, await headOf(provider)),
    };
  } finally {
    await connection.close();
  }
}

async function headOf(provider: EthereumProvider): Promise<number> {
  return Number(await provider.request({ method: "eth_blockNumber" }));
}

async function sentIn(provider: EthereumProvider, from: number, to: number): Promise<PricedTransaction[]> {
  const sent: PricedTransaction[] = [];
  for (let number = from; number <= to; number++) {
    const params = [toQuantity(number), true];
    const block = (await provider.request({ method: "eth_getBlockByNumber", params })) as Block;
    for (const { hash, to: target, input } of block.transactions) {
      const receipt = (await provider.request({ method: "eth_getTransactionReceipt", params: [hash] })) as Receipt;
      sent.push({ gas: BigInt(receipt.gasUsed), to: target ?? undefined, data: input });
    }
  }
  return sent;
}

/**
 * Prices transactions on a chain at its present fees.
 * @param provider - the chain
 * @param rehearsed - what is still to be sent
 */
export async function quote(provider: Provider, rehearsed: readonly PricedTransaction[]): Promise<Quote> {
  const { gasPrice } = await provider.getFeeData();
  const price = gasPrice ?? 0n;
  const execution = rehearsed.reduce((sum, { gas }) => sum + gas, 0n);
  const gas = execution + (await arbitrumDataGas(provider, rehearsed));
  const dataFee = await opDataFee(provider, rehearsed);
  return { transactions: rehearsed.length, gas, gasPrice: price, dataFee, total: gas * price + dataFee };
}

async function arbitrumDataGas(provider: Provider, rehearsed: readonly PricedTransaction[]): Promise<bigint> {
  if ((await provider.getCode(ARBITRUM_SYS)) === "0x") return 0n;
  const signature =
    "function gasEstimateL1Component(address to, bool contractCreation, bytes data) view " +
    "returns (uint64 gasEstimateForL1, uint256 baseFee, uint256 l1BaseFeeEstimate)";
  const node = new Contract(ARBITRUM_NODE_INTERFACE, [signature], provider);
  const amounts = await Promise.all(
    rehearsed.map(async ({ to, data }): Promise<bigint> => {
      const [amount] = await node.gasEstimateL1Component(to ?? `0x${"00".repeat(20)}`, to === undefined, data);
      return amount;
    }),
  );
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}
