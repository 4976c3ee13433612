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
  const answers = await linked("LearningAnswers", [parts.vault]);
  const { membership, escrow, reputation, consents, randomness, models } = parts;
  const ledger = await linked("PrivacyLedger", [consents]);
  return linked("LearningTasks", [membership, escrow, answers, reputation, ledger, randomness, models]);
}
