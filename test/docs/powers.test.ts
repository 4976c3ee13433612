import { readFile } from "node:fs/promises";

import { expect } from "chai";
import type { JsonFragment } from "ethers";

import { Deployment } from "../../sdk/src/deployments.js";
import { readFiles } from "./files.js";

/** Functions of a contract that can change something, by name, as its compiled artifact lists them. */
async function changing(contract: string): Promise<string[]> {
  const [artifact] = await readFiles(`artifacts/**/${contract}.json`);
  const { abi } = JSON.parse(artifact.text) as { abi: JsonFragment[] };
  return abi
    .filter(({ type, stateMutability }) => type === "function" && !["view", "pure"].includes(stateMutability!))
    .map(({ name }) => name!);
}

/** Functions of a contract in the table of powers. */
async function listed(): Promise<Map<string, string[]>> {
  const text = await readFile("docs/spec.md", "utf8");
  const [, section] = text.split("\n## Powers\n");
  const table = new Map<string, string[]>();
  for (const row of section
    .split("\n## ")[0]
    .split("\n")
    .filter((line) => line.startsWith("| "))) {
    const [contract, functions] = row.split("|").slice(1, 3);
    const names = [...functions.matchAll(/`(\w+)`/g)].map(([, name]) => name);
    if (names.length > 0) table.set(contract.trim(), [...(table.get(contract.trim()) ?? []), ...names]);
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
