import { readFile } from "node:fs/promises";

import { expect } from "chai";

import * as enums from "../../sdk/src/enums.js";
import { Support } from "../../sdk/src/ballots.js";
import { ROLE_CATEGORIES } from "../../sdk/src/roles.js";

/** Where the contracts declare what the SDK repeats. A new enum of the SDK must be entered here. */
const SOURCES: Record<keyof typeof enums, string> = {
  Phase: "contracts/learning/interfaces/ILearningRounds.sol",
  Role: "contracts/learning/interfaces/ILearningRounds.sol",
  ProposalState: "node_modules/@openzeppelin/contracts/governance/IGovernor.sol",
};

/** Members of an enum of a Solidity source, in order. */
async function declared(source: string, name: string): Promise<string[]> {
  const text = (await readFile(source, "utf8")).replaceAll(/\/\/.*$/gm, "");
  const [, body] = new RegExp(`enum ${name} \\{([^}]*)\\}`).exec(text)!;
  return body.split(",").map((member) => member.trim());
}

describe("enums of the SDK", () => {
  for (const [name, values] of Object.entries(enums)) {
    it(`NOD-15 ${name} has the members and numbers of the contract`, async () => {
      const members = await declared(SOURCES[name as keyof typeof enums], name);
      expect(values).to.deep.equal(Object.fromEntries(members.map((member, number) => [member, number])));
    });
  }

  it("names the categories of reputation that the contract awards", async () => {
    const text = await readFile("contracts/learning/libraries/SettlementLib.sol", "utf8");
    for (const [role, category] of Object.entries(ROLE_CATEGORIES)) {
      expect(text, `category of role ${role}`).to.contain(`CategoryId.wrap(keccak256("${category}"))`);
    }
  });

  it("NOD-15 Support has the numbers that the governor documents", async () => {
    const text = await readFile("contracts/governance/interfaces/ICooperativeGovernor.sol", "utf8");
    const { Against, For, Abstain, Veto } = Support;
    expect(text).to.contain(`Support is ${Against} against, ${For} for, ${Abstain} abstain, ${Veto} veto`);
  });
});
