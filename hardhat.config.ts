import { fileURLToPath } from "node:url";

import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { configVariable, defineConfig } from "hardhat/config";
import hardhatIgnoreWarnings from "hardhat-ignore-warnings";

import { PUBLIC_NETWORKS } from "./deploy/networks.js";

// The compiler that npm installed (wasm): nothing is downloaded.
const solc = { version: "0.8.37", path: fileURLToPath(import.meta.resolve("solc/soljson.js")) };
const outputSelection = { "*": { "*": ["storageLayout"] } };
const production = { evmVersion: "prague", outputSelection, optimizer: { enabled: true, runs: 10_000 } };

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, hardhatIgnoreWarnings],
  warnings: { "npm/**/*": "off" },
  paths: { ignition: "deploy", tests: { solidity: "test", mocha: "test/integration" } },
  typechain: { outDir: "sdk/src/contracts", tsNocheck: false },
  solidity: {
    // The output of the tests is eight times that of the contracts, and every chain in a process reads what is built.
    splitTestsCompilation: true,
    npmFilesToBuild: [
      "@openzeppelin/contracts/access/manager/AccessManager.sol",
      "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913P256Verifier.sol",
      "@openzeppelin/contracts/utils/cryptography/verifiers/ERC7913WebAuthnVerifier.sol",
    ],
    profiles: {
      default: {
        ...solc,
        settings: { evmVersion: "prague", outputSelection, optimizer: { enabled: true, runs: 200 } },
      },
      production: {
        // One unit for all: files that declare types alone, compiled by themselves, are no unit a simulation can read.
        isolated: false,
        compilers: [{ ...solc, settings: { ...production, viaIR: true } }],
        // Through its intermediate language the compiler compares a call with one function after another, without it
        // halves the list: this contract has forty and more, and cheap ones.
        overrides: { "contracts/identity/DIDRegistry.sol": { ...solc, settings: production } },
      },
    },
  },
  verify: { etherscan: { apiKey: configVariable("ETHERSCAN_API_KEY") } },
  test: { solidity: { fuzz: { runs: 256 }, invariant: { runs: 64, depth: 64, failOnRevert: true } } },
  networks: {
    l1: { type: "edr-simulated", chainType: "l1" },
    op: { type: "edr-simulated", chainType: "op" },
    localhost: { type: "http", chainType: "l1", url: "http://127.0.0.1:8545" },
    ...Object.fromEntries(
      PUBLIC_NETWORKS.map((network) => [
        network.name,
        {
          type: "http" as const,
          chainType: network.chainType,
          chainId: network.chainId,
          url: configVariable("ARTEL_RPC_URL"),
          accounts: [configVariable("ARTEL_PRIVATE_KEY")],
        },
      ]),
    ),
  },
});
