import { expect } from "chai";
import type { JsonFragment } from "ethers";

import { Deployment } from "../../sdk/src/deployments.js";
import { readFiles } from "./files.js";
import { powersTable } from "./powersTable.js";

/** What a contract offers beside its own code, by the interface that says so. */
const OFFERED: Readonly<Record<string, string>> = { LearningTasks: "ILearning" };

/** Functions of a contract that can change something, by name, as its compiled artifact lists them. */
async function changing(contract: string): Promise<string[]> {
  const [artifact] = await readFiles(`artifacts/**/${OFFERED[contract] ?? contract}.json`);
  const { abi } = JSON.parse(artifact.text) as { abi: JsonFragment[] };
  return abi
    .filter(({ type, stateMutability }) => type === "function" && !["view", "pure"].includes(stateMutability!))
    .map(({ name }) => name!);
}

/** Functions of a contract in the table of powers. */
async function listed(): Promise<Map<string, string[]>> {
  const table = new Map<string, string[]>();
  for (const { contract, functions } of await powersTable()) {
    table.set(contract, [...(table.get(contract) ?? []), ...functions]);
  }
  return table;
}

describe("powers in docs/spec.md", () => {
  const contracts = Object.keys(Deployment.shape.contracts.shape);

  it("DEP-07 lists no contract that is not deployed", async () => {
    expect(contracts).to.include.members([...(await listed()).keys()]);
  });

  for (const contract of contracts) {
    it(`DEP-07 lists exactly what changes something in ${contract}`, async () => {
      const names = [...new Set(await changing(contract))].sort();
      expect(((await listed()).get(contract) ?? []).sort()).to.deep.equal(names);
    });
  }
});
