import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import hardhatEthers from "@nomicfoundation/hardhat-ethers";
import { ILearning__factory, Membership__factory, StakeVault__factory, type ILearning } from "@artel/sdk";
import { drandNetworkStruct, drandProof, drandRoundAt, localDrand, type LocalDrand } from "@artel/sdk/randomness";
import { ContractFactory, id, Interface, type Contract, type InterfaceAbi, type Signer } from "ethers";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";

import { UnexpectedChainError } from "./errors.js";
import { GasBook } from "./gasBook.js";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** Allowance of the drand beacon for clocks that differ. */
const SKEW = 30n;
/** More than anybody spends. */
const MONEY = `0x${(10n ** 24n).toString(16)}`;
/** When the chain begins, whatever clocks say: draws follow from it. */
const BEGINNING = "2026-01-01T00:00:00Z";
/** More than a transaction may take. */
const GAS = `0x${(16_000_000).toString(16)}`;
/** Play money of the operator, more than all rewards together. */
const PLENTY = 10n ** 40n;
/** Members admitted in a transaction. */
const PAGE = 150;

/** What the laboratory needs of the contracts, as paths of sources. */
const SOURCES = {
  AccessManager: "@openzeppelin/contracts/access/manager/AccessManager.sol",
  ConsentRegistry: "contracts/identity/ConsentRegistry.sol",
  DIDRegistry: "contracts/identity/DIDRegistry.sol",
  DrandBeacon: "contracts/randomness/DrandBeacon.sol",
  LearningAnswers: "contracts/learning/LearningAnswers.sol",
  LearningTasks: "contracts/learning/LearningTasks.sol",
  LocalToken: "contracts/mocks/LocalToken.sol",
  Membership: "contracts/membership/Membership.sol",
  PrivacyLedger: "contracts/learning/PrivacyLedger.sol",
  ModelRegistry: "contracts/learning/ModelRegistry.sol",
  Reputation: "contracts/reputation/Reputation.sol",
  RewardEscrow: "contracts/rewards/RewardEscrow.sol",
  StakeVault: "contracts/rewards/StakeVault.sol",
} as const;

/** Part of a compiled contract. */
interface Artifact {
  readonly abi: InterfaceAbi;
  readonly bytecode: string;
  readonly linkReferences: Record<string, Record<string, { readonly start: number; readonly length: number }[]>>;
}

/** Who sends transactions, whether or not anybody has its key. */
export type Account = Signer & { readonly address: string };

/** A chain in this process with the contracts of learning on it, and nothing else. */
export interface LabChain {
  readonly chainId: bigint;
  /** All of `LearningTasks`, connected to the operator. */
  readonly tasks: ILearning;
  /** Reward and stake. */
  readonly token: Contract;
  readonly escrow: string;
  readonly vault: string;
  /** Opens tasks and sends what anybody may. */
  readonly operator: Account;
  /** The cooperative whose members take part. */
  readonly cooperative: string;
  readonly book: GasBook;
  /** Second of the last block. */
  now(): Promise<number>;
  /** Mines a block at a second. */
  warp(second: bigint): Promise<void>;
  /** Has the cooperative admit accounts. */
  admit(accounts: readonly string[]): Promise<void>;
  /** Sends a transaction to `LearningTasks` in somebody's name, from {@link LabChain.as} on. */
  send(account: string, data: string): Promise<void>;
  /** Whoever has an account, with money for gas. */
  as(account: string): Promise<Account>;
  /** Deposits stake in the vault. */
  deposit(account: string, amount: bigint): Promise<void>;
  /** Has the next block bear a second. */
  next(second: bigint): Promise<void>;
  /** Goes back to where nobody had done anything: tasks don't depend on what was played before. */
  reset(): Promise<void>;
  /** Proves to the beacon what drand gives for a second. */
  prove(second: bigint): Promise<void>;
  /** Randomness that drand gives for a second. */
  randomnessOf(second: bigint): string;
  close(): Promise<void>;
}

/**
 * Sources of the contracts that the laboratory needs, and of all libraries that they link.
 *
 * @param artifacts - folder of a build that has them
 */
export async function linkedSources(artifacts = "artifacts"): Promise<string[]> {
  const found = new Set<string>();
  const add = async (source: string, name: string): Promise<void> => {
    if (found.has(source)) return;
    found.add(source);
    const { linkReferences } = await readArtifact(artifacts, source, name);
    for (const [input, references] of Object.entries(linkReferences))
      for (const library of Object.keys(references)) await add(sourceOf(input), library);
  };
  for (const [name, source] of Object.entries(SOURCES)) await add(source, name);
  return [...found];
}

async function readArtifact(artifacts: string, source: string, name: string): Promise<Artifact> {
  return JSON.parse(await readFile(`${ROOT}${artifacts}/${source}/${name}.json`, "utf8"));
}

/** Path of a source by the name that the compiler knows it by. */
function sourceOf(input: string): string {
  return input.replace(/^project\//, "");
}

/**
 * Starts a chain and deploys the contracts of learning.
 *
 * @param artifacts - folder of compiled contracts: those of the last build if omitted
 */
export async function openLabChain(artifacts = "artifacts"): Promise<LabChain> {
  // a folder without artifacts: to read all of them, for traces that nobody looks at, takes the network 20 s
  const none = ".artel/no-artifacts";
  const hre = await createHardhatRuntimeEnvironment(
    {
      plugins: [hardhatEthers],
      networks: { l1: { type: "edr-simulated", chainType: "l1", initialDate: BEGINNING } },
      paths: { artifacts: none, cache: none },
    },
    {},
    ROOT,
  );
  const connection = await hre.network.create({ network: "l1", chainType: "l1" });
  const { provider } = connection.ethers;
  const [operator, cooperative] = await connection.ethers.getSigners();
  const { chainId } = await provider.getNetwork();
  const libraries = new Map<string, Promise<string>>();
  const deploy = async (source: string, name: string, args: readonly unknown[] = []): Promise<Contract> => {
    const { abi, bytecode, linkReferences } = await readArtifact(artifacts, source, name);
    let linked = bytecode;
    for (const [input, references] of Object.entries(linkReferences)) {
      for (const [library, places] of Object.entries(references)) {
        if (!libraries.has(library)) {
          libraries.set(
            library,
            deploy(sourceOf(input), library).then(({ target }) => String(target)),
          );
        }
        const address = (await libraries.get(library)!).slice(2).toLowerCase();
        for (const { start } of places) {
          const at = 2 + 2 * start;
          linked = linked.slice(0, at) + address + linked.slice(at + address.length);
        }
      }
    }
    const contract = await new ContractFactory(abi, linked, operator).deploy(...args);
    return (await contract.waitForDeployment()) as Contract;
  };
  const make = (name: keyof typeof SOURCES, args: readonly unknown[] = []) => deploy(SOURCES[name], name, args);

  const now = async () => (await provider.getBlock("latest"))!.timestamp;
  const drand = localDrand({ secretKey: id("laboratory"), genesis: BigInt(Date.parse(BEGINNING) / 1000), period: 3n });
  const beacon = await make("DrandBeacon", [drandNetworkStruct(drand.network), SKEW]);
  const dids = await make("DIDRegistry");
  const membership = await make("Membership", [dids.target]);
  const manager = await make("AccessManager", [operator.address]);
  const reputation = await make("Reputation", [manager.target]);
  const consents = await make("ConsentRegistry", [dids.target]);
  const escrow = await make("RewardEscrow");
  const vault = await make("StakeVault");
  const models = await make("ModelRegistry");
  const answers = await make("LearningAnswers", [vault.target, beacon.target]);
  const ledger = await make("PrivacyLedger", [consents.target]);
  const parts = [membership, escrow, answers, reputation, ledger, models].map(({ target }) => target);
  const { target } = await make("LearningTasks", parts);
  const token = await make("LocalToken", ["Play", "PLAY"]);
  const tasks = ILearning__factory.connect(String(target), operator);
  await (await token.getFunction("mint")(operator.address, PLENTY)).wait();
  await (await token.getFunction("approve")(target, PLENTY)).wait();
  const as = async (account: string) => {
    await provider.send("hardhat_setBalance", [account, MONEY]);
    return connection.ethers.getImpersonatedSigner(account);
  };
  let snapshot: unknown;
  const reset = async () => {
    if (snapshot !== undefined) await provider.send("evm_revert", [snapshot]);
    snapshot = await provider.send("evm_snapshot", []);
  };
  const rounds = new Map<bigint, ReturnType<LocalDrand["sign"]>>();
  const drawn = (second: bigint) => {
    const round = drandRoundAt(drand.network, second + SKEW);
    if (!rounds.has(round)) rounds.set(round, drand.sign(round));
    return rounds.get(round)!;
  };
  return {
    ...{ chainId, tasks, token, operator, cooperative: cooperative.address, now, as, reset },
    escrow: String(escrow.target),
    vault: String(vault.target),
    book: new GasBook(
      provider,
      [String(target), String(beacon.target), String(vault.target)].map((address) => address.toLowerCase()),
      new Interface([...[tasks, beacon, vault].flatMap((contract) => contract.interface.fragments)]),
    ),
    warp: async (second) => {
      await provider.send("evm_setNextBlockTimestamp", [Number(second)]);
      await provider.send("evm_mine", []);
    },
    admit: async (accounts) => {
      const admitting = Membership__factory.connect(String(membership.target), cooperative);
      for (let next = 0; next < accounts.length; next += PAGE)
        await (await admitting.admit(accounts.slice(next, next + PAGE))).wait();
    },
    deposit: async (account, amount) => {
      const signer = await as(account);
      await (await token.getFunction("mint")(account, amount)).wait();
      await (await token.connect(signer).getFunction("approve")(vault.target, amount)).wait();
      await (
        await StakeVault__factory.connect(String(vault.target), signer).deposit(target, token.target, amount)
      ).wait();
    },
    send: async (from, data) => {
      const hash = await provider.send("eth_sendTransaction", [{ from, to: target, data, gas: GAS }]);
      const receipt = await provider.send("eth_getTransactionReceipt", [hash]);
      if (receipt.status !== "0x1") throw new UnexpectedChainError("the status", receipt.status, "0x1");
    },
    next: (second) => provider.send("evm_setNextBlockTimestamp", [Number(second)]),
    prove: async (second) => {
      await (await beacon.getFunction("prove")(drawn(second).round, drandProof(drawn(second)))).wait();
    },
    randomnessOf: (second) => drawn(second).randomness,
    close: () => connection.close(),
  };
}
