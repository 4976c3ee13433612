import { readFile } from "node:fs/promises";

import { expect } from "chai";

import { membersOf, protocolText } from "../../sdk/scripts/protocol.js";
import { Support } from "../../sdk/src/ballots.js";
import { ABSENT } from "../../sdk/src/learning/scores.js";
import { ROLE_CATEGORIES } from "../../sdk/src/roles.js";

describe("what the SDK shares with the contracts", () => {
  it("NOD-15 is what they declare", async () => {
    expect(await readFile("sdk/src/protocol.ts", "utf8"), "npm run generate").to.equal(await protocolText());
  });

  it("names the categories of reputation that the contract awards", async () => {
    const text = await readFile("contracts/learning/libraries/RewardLib.sol", "utf8");
    for (const [role, category] of Object.entries(ROLE_CATEGORIES)) {
      expect(text, `category of role ${role}`).to.contain(`CategoryId.wrap(keccak256("${category}"))`);
    }
  });

  it("NOD-15 Support has the numbers that the governor documents", async () => {
    const text = await readFile("contracts/governance/interfaces/ICooperativeGovernor.sol", "utf8");
    const { Against, For, Abstain, Veto } = Support;
    expect(text).to.contain(`Support is ${Against} against, ${For} for, ${Abstain} abstain, ${Veto} veto`);
  });

  it("NOD-15 is the same in the index", async () => {
    const sources = ["decode", "learning", "tasks"].map((name) => readFile(`subgraph/src/${name}.ts`, "utf8"));
    const text = (await Promise.all(sources)).join("\n");
    expect(text).to.contain(`const ABSENT: i32 = ${ABSENT};`);
    for (const name of ["Role", "Outcome"]) {
      const members = await membersOf("contracts/learning/interfaces/ILearningTasks.sol", name);
      const names = members.map((member) => member.replaceAll(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase());
      const list = names.map((member) => `"${member}"`).join(", ");
      expect(text).to.contain(`const ${name.toUpperCase()}: string[] = [${list}];`);
    }
  });
});
