import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import {
  ContractFactory,
  Wallet,
  type Contract,
  type ContractTransactionResponse,
  type HDNodeWallet,
  type Signer,
} from "ethers";
import hardhatIgnoreWarnings from "hardhat-ignore-warnings";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import type { MultiVersionSolidityUserConfig } from "hardhat/types/config";

import base from "../../hardhat.config.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** What is measured, as paths of sources; what they import is built with them. */
const SOURCES = [
  "contracts/founding/CooperativeFactory.sol",
  "contracts/governance/CooperativeGovernor.sol",
  "contracts/governance/Elections.sol",
  "contracts/governance/PolicyBook.sol",
  "contracts/governance/libraries/GuardianLib.sol",
  "contracts/governance/libraries/ProposingLib.sol",
  "contracts/governance/libraries/WeighingLib.sol",
  "contracts/identity/ConsentRegistry.sol",
  "contracts/identity/DIDRegistry.sol",
  "contracts/membership/Membership.sol",
  "contracts/membership/MembershipToken.sol",
  "contracts/membership/Proxies.sol",
  "contracts/mocks/LocalToken.sol",
  "contracts/reputation/Reputation.sol",
  "contracts/rewards/RewardEscrow.sol",
  "contracts/rewards/StakeVault.sol",
  "bench/gas/peers/PeerGovernor.sol",
  "bench/gas/peers/PeerVotes.sol",
];
const NPM_SOURCES = ["access/manager/AccessManager.sol", "governance/TimelockController.sol"].map(
  (path) => `@openzeppelin/contracts/${path}`,
);

/** The part of hardhat.config.ts that is written as an object of profiles. */
const SOLIDITY = base.solidity as { profiles: Record<"default" | "production", MultiVersionSolidityUserConfig> };

/** The compiler's settings, which the results quote. */
export const SETTINGS = (() => {
  const { compilers, overrides = {} } = SOLIDITY.profiles.production;
  const [{ version, settings }] = compilers;
  return {
    ...{ compiler: version, evm: settings.evmVersion, runs: settings.optimizer.runs, viaIR: settings.viaIR },
    notViaIR: Object.keys(overrides),
  };
})();

/** A chain in this process with everything built as for production. */
export interface Chain {
  readonly signers: readonly (Signer & { readonly address: string })[];
  /** Makes a contract of the suite, or one of `peers/`. */
  deploy(name: string, args?: readonly unknown[], libraries?: Record<string, string>): Promise<Contract>;
  /** Makes a contract from the bytecode that an npm package published. */
  deployPublished(path: string, args?: readonly unknown[]): Promise<Contract>;
  /** A contract of the suite at an address. */
  at(name: string, address: string): Promise<Contract>;
  /** A new key, which has no money. */
  newWallet(): Wallet | HDNodeWallet;
  /** Second of the last block. */
  now(): Promise<number>;
  /** Mines a block at a second. */
  warp(time: number | bigint): Promise<void>;
  /** Mines some blocks, one second apart. */
  mine(blocks: number): Promise<void>;
  close(): Promise<void>;
}

/** Gas that a transaction used, base cost and calldata included. */
export async function gasOf(sent: Promise<ContractTransactionResponse>): Promise<number> {
  const receipt = await (await sent).wait();
  return Number(receipt!.gasUsed);
}

/** An address that nobody used before. */
export function freshAddress(seed: number): string {
  return `0x${(0x5eed_0000_0000n + BigInt(seed)).toString(16).padStart(12, "0")}${"ab".repeat(14)}`;
}

/**
 * Builds as for production in `.artel/`, where a second run finds all done.
 *
 * @param files - paths of sources; what they import is built with them
 * @returns the environment of the build, and its folder of artifacts
 */
export async function buildForProduction(files: readonly string[]) {
  const artifacts = ".artel/bench-gas/artifacts";
  const hre = await createHardhatRuntimeEnvironment(
    {
      plugins: [hardhatEthers, hardhatIgnoreWarnings],
      ...{
        solidity: { ...SOLIDITY, npmFilesToBuild: NPM_SOURCES },
        warnings: base.warnings,
        networks: { l1: base.networks!.l1 },
      },
      paths: {
        sources: { solidity: ["contracts", "bench/gas/peers"] },
        ...{ artifacts, cache: ".artel/bench-gas/cache" },
      },
    },
    { buildProfile: "production" },
    ROOT,
  );
  await hre.tasks.getTask("build").run({ quiet: true, noTests: true, files: [...files] });
  return { hre, artifacts };
}

/** Builds what is measured, and starts the chain. */
export async function openChain(): Promise<Chain> {
  const { hre } = await buildForProduction([...SOURCES, ...NPM_SOURCES.map((path) => `npm:${path}`)]);
  const connection = await hre.network.create({ network: "l1", chainType: "l1" });
  const { ethers } = connection;
  const signers = await ethers.getSigners();
  const published = async (path: string) =>
    JSON.parse(await readFile(join(ROOT, "node_modules", path), "utf8")) as { abi: string; bytecode: string };
  return {
    signers,
    deploy: async (name, args = [], libraries = {}) =>
      (await ethers.deployContract(name, args as unknown[], { libraries })) as unknown as Contract,
    deployPublished: async (path, args = []) => {
      const { abi, bytecode } = await published(path);
      const contract = await new ContractFactory(abi, bytecode, signers[0]).deploy(...args);
      return (await contract.waitForDeployment()) as Contract;
    },
    at: async (name, address) => (await ethers.getContractAt(name, address)) as unknown as Contract,
    newWallet: () => Wallet.createRandom(),
    now: async () => (await ethers.provider.getBlock("latest"))!.timestamp,
    warp: async (time) => {
      await ethers.provider.send("evm_setNextBlockTimestamp", [Number(time)]);
      await ethers.provider.send("evm_mine", []);
    },
    mine: async (blocks) => {
      await ethers.provider.send("hardhat_mine", [`0x${blocks.toString(16)}`, "0x1"]);
    },
    close: () => connection.close(),
  };
}
