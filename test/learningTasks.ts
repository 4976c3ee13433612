import { ILearning__factory, IStakeVault__factory } from "@artel/sdk";
import type { Addressable } from "ethers";
import { artifacts, type network } from "hardhat";

type Ethers = Awaited<ReturnType<typeof network.create>>["ethers"];

/** The contracts that `LearningTasks` works with, by address; see its constructor. */
export interface LearningParts {
  readonly membership: string;
  readonly escrow: string;
  readonly vault: string;
  readonly reputation: string;
  readonly consents: string;
  readonly randomness: string;
  readonly models: string;
}

/** Deploys `LearningTasks` with its libraries and the code it delegates to; returns its address. */
export async function deployLearningTasks(ethers: Ethers, parts: LearningParts): Promise<string> {
  const libraries: Record<string, string> = {};
  const linked = async (name: string, args: readonly string[]): Promise<string> => {
    const { linkReferences } = await artifacts.readArtifact(name);
    const needed: Record<string, string> = {};
    for (const library of Object.values(linkReferences).flatMap((file) => Object.keys(file)))
      needed[library] = libraries[library] ??= await linked(library, []);
    return String((await ethers.deployContract(name, [...args], { libraries: needed })).target);
  };
  const answers = await linked("LearningAnswers", [parts.vault, parts.randomness]);
  const { membership, escrow, reputation, consents, models } = parts;
  const ledger = await linked("PrivacyLedger", [consents]);
  return linked("LearningTasks", [membership, escrow, answers, reputation, ledger, models]);
}

/** Learning tasks among stubs, with a beacon of the test's; says what tests reach into. */
export async function deployAmongStubs(ethers: Ethers, randomness: { readonly target: string | Addressable }) {
  const membership = await ethers.deployContract("MembershipStub");
  const vault = await ethers.deployContract("StakeVault");
  const dids = await ethers.deployContract("DIDRegistry");
  const consents = await ethers.deployContract("ConsentRegistry", [dids.target]);
  const address = await deployLearningTasks(ethers, {
    membership: String(membership.target),
    escrow: String((await ethers.deployContract("RewardEscrow")).target),
    vault: String(vault.target),
    reputation: String((await ethers.deployContract("ReputationStub")).target),
    consents: String(consents.target),
    randomness: String(randomness.target),
    models: String((await ethers.deployContract("ModelRegistry")).target),
  });
  const [owner] = await ethers.getSigners();
  const tasks = ILearning__factory.connect(address, owner);
  return { tasks, vault: IStakeVault__factory.connect(String(vault.target), owner), membership, consents };
}
