import type { Cooperative } from "@artel/sdk";
import { expect } from "chai";
import { encryptKeystoreJsonSync, id, parseEther, type HDNodeWallet } from "ethers";

import { commandsOf, readFiles } from "../docs/files.js";
import { found } from "../suite.js";
import { Desk } from "./helpers.js";

const PASSWORD = "correct horse";
const DAY = 86_400n;

describe("docs/guides", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let founders: readonly HDNodeWallet[];
  let cooperative: Cooperative;

  before(async () => {
    const [bob, carol, dora, erin] = desk.suite.accounts;
    founders = [bob, carol, erin];
    const { to, data } = await desk.suite.contracts.proxies.setLimits.populateTransaction(1, 0, 365n * 100n * DAY);
    cooperative = await found(desk.suite, founders, { calls: [{ target: to, data }] });
    await (await desk.suite.operator.sendTransaction({ to: cooperative.address, value: parseEther("2") })).wait();
    for (const [name, { address, privateKey }] of Object.entries({ bob, carol, dora })) {
      // As cheap to open as they are to break: the tests wait for this.
      desk.write(`${name}.json`, encryptKeystoreJsonSync({ address, privateKey }, PASSWORD, { scrypt: { N: 2 } }));
    }
  });

  it("CLI-16 says nothing about identities that does not work, in its order", async () => {
    const { chain, accounts, operator } = desk.suite;
    const [bob, carol, dora] = accounts;
    const values: Record<string, string> = {
      ...{ BOB: desk.did(bob), CAROL: desk.did(carol), DORA: desk.did(dora), TREASURY: cooperative.address },
      ...{ ACCOUNT: accounts[9].address, HEX: id("key"), HASH: id("anything"), TIME: "2100-01-01" },
    };
    const valueOf = (word: string) => values[word] ?? (word.endsWith(".json") ? desk.file(word) : word);
    const commands = commandsOf((await readFiles("docs/guides/identity.md"))[0]).map(({ words }) => words);
    expect(commands).to.have.length.above(15);
    for (const [npx, artel, ...rest] of commands) {
      expect([npx, artel]).to.deep.equal(["npx", "artel"]);
      const end = rest.findIndex((word) => word.startsWith("--"));
      const words = rest.slice(0, end).join(" ");
      // The network of the guide is this chain.
      const given = rest.slice(end).map(valueOf).slice(2);
      const acts = given.includes("--keystore") && words !== "did create";
      const place = words === "did create" ? desk.place.slice(0, 2) : desk.place;
      if (words === "did recover finish") await chain.warpTo((await now()) + 7n * DAY);
      const flags = [...place, ...given, ...(acts ? ["--yes"] : []), "--json"];
      const json = JSON.parse((await desk.lines(words, flags, { env: { ARTEL_KEYSTORE_PASSWORD: PASSWORD } })).join());
      if (words === "did create") {
        values.ALICE = json.did;
        await (await operator.sendTransaction({ to: json.account, value: parseEther("1") })).wait();
      }
      if (words === "member admit") await desk.carryOut(cooperative, founders, json);
    }
    const { didRegistry } = desk.suite.contracts;
    expect(await didRegistry.identityOwner(values.ALICE.split(":").at(-1)!)).to.equal(values.ACCOUNT);

    async function now(): Promise<bigint> {
      return BigInt((await chain.provider.getBlock("latest"))!.timestamp);
    }
  });

  it("CLI-16 CGV-01 CGV-03 CGV-04 CGV-05 CGV-07 CGV-08 says nothing about decisions that does not work, in its order", async () => {
    const { chain, accounts } = desk.suite;
    const { governor } = cooperative;
    const [guide] = await readFiles("docs/guides/govern.md");
    desk.write("proposal.yaml", /```yaml\n([^]*?)```/.exec(guide.text)![1]);
    const day = String((await chain.provider.getBlock("latest"))!.timestamp + 30 * Number(DAY));
    const values: Record<string, string> = { TREASURY: cooperative.address, ACCOUNT: accounts[9].address, TIME: day };
    const valueOf = (word: string) => values[word] ?? (/\.(json|yaml)$/.test(word) ? desk.file(word) : word);
    const before = await chain.provider.getBalance(accounts[9].address);
    const answers: Record<string, Record<string, unknown>[]> = {};
    for (const { words } of commandsOf(guide)) {
      expect(words.slice(0, 2)).to.deep.equal(["npx", "artel"]);
      const rest = words.slice(2);
      const end = rest.findIndex((word) => word.startsWith("--"));
      const name = rest.slice(0, end).map(valueOf).join(" ");
      // The network of the guide is this chain.
      const given = rest.slice(end + 2).map(valueOf);
      const id = values.PROPOSAL;
      if (name.startsWith("vote") && (await governor.state(id)) === 0n) {
        await chain.warpTo((await governor.proposalSnapshot(id)) + 1n);
      }
      if (name.startsWith("queue")) await chain.warpTo(await governor.proposalEta(id));
      const flags = [...desk.place, ...given, ...(given.includes("--keystore") ? ["--yes"] : []), "--json"];
      const lines = await desk.lines(name, flags, { env: { ARTEL_KEYSTORE_PASSWORD: PASSWORD } });
      const json = JSON.parse(lines.join());
      if (name === "propose pay") values.PROPOSAL = json.proposalId;
      (answers[rest[0]] ??= []).push(json);
    }
    const [file, made] = answers.simulate;
    expect(file).to.include({ failedAction: 2 });
    expect(made).not.to.have.property("refused");
    expect(answers.vote.at(-1)).to.deep.include({ counted: [accounts[1].address], refused: [] });
    expect((await chain.provider.getBalance(accounts[9].address)) - before).to.equal(parseEther("1.5"));
  });
});
