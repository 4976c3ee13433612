import { existsSync, readFileSync } from "node:fs";

import {
  CooperativeRecord,
  ICooperativeGovernor__factory,
  IMembership__factory,
  IMembershipToken__factory,
  ITreasury__factory,
  NATIVE_TRANSFER,
  revertOf,
  SPENDERS,
  WRAPPERS,
} from "@artel/sdk";
import { BylawsInput, foundingTerms, lintBylaws, PRESETS, resolveBylaws, type Policy } from "@artel/sdk/bylaws";
import { expect } from "chai";
import {
  encryptKeystoreJsonSync,
  FunctionFragment,
  getAddress,
  id,
  Interface,
  parseEther,
  toBeHex,
  Wallet,
  ZeroAddress,
  ZeroHash,
  type HDNodeWallet,
} from "ethers";
import fc from "fast-check";
import decodeQR from "qr/decode.js";

import { readConfig } from "../../cli/src/founding/config.js";
import { commandsOf, readFiles } from "../docs/files.js";
import { launch } from "../programs.js";
import { Desk } from "./helpers.js";

describe("artel found", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let alice: HDNodeWallet;
  let bob: HDNodeWallet;
  let members: string[];
  let serial = 0;

  before(() => {
    [alice, bob] = desk.suite.accounts;
    members = desk.suite.accounts.slice(0, 7).map(({ address }) => address);
  });

  /** Writes a configuration under which nothing was founded yet, and answers with its flags. */
  function config(fields: object = {}, extension = "json", body?: string): string[] {
    serial += 1;
    const content = { name: `Cooperative ${serial}`, members, preset: "worker-cooperative", ...fields };
    const file = desk.write(`coop-${serial}.${extension}`, body ?? JSON.stringify(content));
    return ["--config", file, "--out", desk.file(`record-${serial}.json`)];
  }
  const found = (flags: readonly string[], as = alice) => desk.json("found", [...flags, "--yes"], { as });
  const refusal = (flags: readonly string[], as: HDNodeWallet | Wallet = alice) =>
    desk.failure("found", [...flags, "--yes"], { as });

  it("CLI-17 founds in one transaction, writes the addresses down and prints a link that member apply takes", async () => {
    const flags = config({ members: [desk.did(alice), ...members.slice(1)], notice: "14 days" });
    const before = await desk.sent(alice);
    const lines = await desk.lines("found", [...desk.place, ...flags, "--yes"], { as: alice });
    expect(await desk.sent(alice)).to.equal(before + 1);
    const record = CooperativeRecord.parse(JSON.parse(readFileSync(flags[3], "utf8")));
    const { provider } = desk.suite.chain;
    expect(await ITreasury__factory.connect(record.cooperative, provider).governor()).to.equal(record.governor);
    const { membership, policyBook } = desk.suite.contracts;
    expect(await membership.electorate(record.cooperative)).to.equal(7n);
    expect(await membership.noticePeriod(record.cooperative)).to.equal(14n * 86_400n);
    const data = membership.interface.encodeFunctionData("admit", [[bob.address]]);
    expect(await policyBook.classOf(record.cooperative, membership, 0, data)).to.equal(4n);
    const governor = ICooperativeGovernor__factory.connect(record.governor, provider);
    expect(await governor.votingPeriod()).to.equal(14n * 86_400n);
    expect(await IMembershipToken__factory.connect(record.membershipToken, provider).name()).to.equal(record.name);

    const told = lines.find((line) => line.includes("member apply"))!;
    const link = told.split(" ").at(-1)!;
    expect(link).to.equal(`eip155:31337:${record.cooperative}`);
    expect(scanned(lines)).to.equal(link);
    const newcomer = desk.suite.accounts[8];
    await desk.json("member apply", ["--cooperative", link], { as: newcomer });
    expect((await membership.applicationOf(record.cooperative, newcomer)).did).to.equal(newcomer.address);
    const elsewhere = link.replace("31337", "1");
    const error = await desk.failure("member apply", ["--cooperative", elsewhere], { as: newcomer });
    expect(error.code).to.equal("cli/foreign-cooperative");
  });

  it("CLI-17 CLI-20 does what its guide says, on the example", async () => {
    const [guide] = await readFiles("docs/guides/found.md");
    const example = readFileSync("examples/coop.config.yaml", "utf8");
    let place = -1;
    const own = example.replaceAll(/0x(\d)\1{39}$/gm, () => members[(place += 1)]);
    expect(place).to.equal(2);
    const [, shortest] = /^```yaml\n([^]*?)^```$/m.exec(guide.text)!;
    expect(await readConfig(desk.write("shortest.yaml", shortest))).to.have.property("preset", "worker-cooperative");
    const values: Record<string, string> = { "coop.config.yaml": desk.write("coop.config.yaml", own) };
    for (const [name, { address, privateKey }] of Object.entries({ alice, dora: desk.suite.accounts[9] })) {
      const keystore = encryptKeystoreJsonSync({ address, privateKey }, "open sesame", { scrypt: { N: 2 } });
      values[`${name}.json`] = desk.write(`${name}.json`, keystore);
    }
    const commands = commandsOf(guide).map(({ words }) => words);
    expect(commands).to.have.lengthOf(3);
    for (const [npx, artel, ...words] of commands) {
      expect([npx, artel]).to.deep.equal(["npx", "artel"]);
      const network = words.indexOf("--network");
      const [before, after] = [words.slice(0, network), words.slice(network + 2)].map((part) =>
        part.map((word) => values[word] ?? word),
      );
      const out = before[0] === "found" ? ["--out", desk.file("harbour.json")] : [];
      const flags = [...before.slice(1), ...desk.place, ...after, ...out, "--yes", "--json"];
      const env = { ARTEL_KEYSTORE_PASSWORD: "open sesame" };
      const json = JSON.parse((await desk.lines(before[0], flags, { env })).join());
      if (json.link !== undefined) values.LINK = json.link;
      if (words.includes("--dry-run")) {
        expect(json.findings.map(({ code }: { code: string }) => code)).to.deep.equal(["quorum-low"]);
      }
    }
    const { cooperative } = JSON.parse(readFileSync(desk.file("harbour.json"), "utf8"));
    const { membership, proxies } = desk.suite.contracts;
    expect((await membership.applicationOf(cooperative, desk.suite.accounts[9])).did).to.equal(
      desk.suite.accounts[9].address,
    );
    expect((await proxies.limitsOf(cooperative)).held).to.equal(2n);
  });

  it("CLI-17 founds with as many members as can be admitted at once, within the gas that a transaction may have", async () => {
    const many = Array.from({ length: 200 }, (_, i) => getAddress(toBeHex(i + 1, 20)));
    const { transaction } = await found(config({ members: many }));
    expect((await desk.suite.chain.provider.getTransaction(transaction))!.gasLimit).to.equal(2n ** 24n);
    expect((await refusal(config({ members: [...many, alice.address] }))).message).to.match(
      /^members in .*more than 200/,
    );
  });

  it("CLI-18 says what each class decides, how many of the founders it takes and when it takes effect", async () => {
    const flags = [...config({ classes: { ordinary: { quorum: "1/10" } } }), "--dry-run"];
    const before = await desk.sent(alice);
    const lines = await desk.lines("found", [...desk.place, ...flags], { as: alice });
    expect(lines).to.include.members([
      "ordinary (rank 1) decides LearningTasks.openTask",
      "  4 of 7 say yes when all vote; at least 1 has to vote",
      "  can be carried out from 7 days after the proposal on, for 14 days",
      "membership (rank 4) decides Membership.admit, Membership.reinstate, Membership.giveNotice, Membership.withdrawNotice",
      "  5 of 7 say yes when all vote; at least 4 have to vote",
      "constitution (rank 7) decides everything that no rule names",
      "  voting opens 7 days after the proposal and lasts 14 days, 2 days more if a late ballot turns it",
      "Warning: In the class ordinary one member of 7 decides alone when nobody else votes: raise the quorum while there are few members.",
      "Nothing was sent",
    ]);
    expect(lines.at(-2)).to.match(/^\d+ gas at [\d.]+ gwei, about 0\.\d+ ether, at most 0\.\d+ ether$/);
    const { gas, fee, gasPrice, classes, findings, cooperative } = await desk.json("found", flags, { as: alice });
    expect(BigInt(fee)).to.equal(BigInt(gas) * BigInt(gasPrice));
    expect(classes.map(({ name, yes, quorum }: never) => [name, yes, quorum])).to.deep.equal([
      ["ordinary", 4, 1],
      ["membership", 5, 4],
      ["constitution", 5, 4],
    ]);
    expect(findings.map(({ code }: { code: string }) => code)).to.deep.equal(["quorum-low"]);
    expect(await desk.suite.chain.provider.getCode(cooperative)).to.equal("0x");
    expect(await desk.sent(alice)).to.equal(before);
    expect(existsSync(flags[3])).to.equal(false);
  });

  it("CLI-17 founds on every preset", async () => {
    for (const preset of Object.keys(PRESETS)) {
      const { record } = await found(config({ preset }));
      expect(await desk.suite.contracts.policyBook.currentVersion(record.cooperative, 7), preset).to.equal(1n);
    }
  });

  it("CLI-19 picks up what was founded, whether or not its record was written, and sends nothing twice", async () => {
    const flags = config();
    const { record, transaction } = await found(flags);
    const before = await desk.sent(alice);
    for (const out of [flags[3], desk.file("another.json")]) {
      const again = await found([...flags.slice(0, 2), "--out", out]);
      expect(again.record).to.deep.equal(record);
      expect(again).to.not.have.property("transaction");
      expect(JSON.parse(readFileSync(out, "utf8"))).to.deep.equal(record);
    }
    expect(record.transaction).to.equal(transaction);
    const dry = await desk.lines("found", [...desk.place, ...flags, "--dry-run"], { as: alice });
    expect(dry).to.deep.equal([`${record.name} was founded in block ${record.block} already.`, "Nothing was sent"]);
    expect(await desk.sent(alice)).to.equal(before);
  });

  it("CLI-19 is not founded twice by another key or on other terms while its record stands", async () => {
    const flags = config();
    const { record } = await found(flags);
    for (const refused of [
      await refusal(flags, bob),
      await refusal(["--config", config({ name: record.name, notice: "1 day" })[1], ...flags.slice(2)]),
    ]) {
      expect(refused.code).to.equal("cli/record-taken");
      expect(refused.message).to.contain(record.cooperative);
    }
    desk.write("taken.json", "mine");
    expect((await refusal([...config().slice(0, 2), "--out", desk.file("taken.json")])).code).to.equal(
      "cli/record-taken",
    );
  });

  it("CLI-19 killed after it has sent, it waits for that transaction and picks up what it founded", async () => {
    const { provider } = desk.suite.chain;
    const flags = config();
    await provider.send("evm_setAutomine", [false]);
    try {
      const child = launch("cli/bin/artel.js", ["found", ...desk.place, ...flags, "--yes"], {
        env: { ARTEL_PRIVATE_KEY: alice.privateKey },
      });
      while (!child.stdout().includes("is on its way")) await new Promise((resolve) => setTimeout(resolve, 50));
      child.kill("SIGKILL");
      await child.ended;
      expect((await refusal(flags)).code).to.equal("cli/pending-transactions");
      expect(existsSync(flags[3])).to.equal(false);
    } finally {
      await provider.send("evm_setAutomine", [true]);
    }
    await provider.send("anvil_mine", ["0x1"]);
    const before = await desk.sent(alice);
    const { record } = await found(flags);
    expect(await desk.suite.contracts.membership.electorate(record.cooperative)).to.equal(7n);
    expect(await desk.sent(alice)).to.equal(before);
  });

  it("CLI-20 reads YAML, where addresses need no quotes, and TypeScript", async () => {
    const yaml = ["name: Quay", `members:`, ...members.map((each) => `  - ${each}`), "preset: dao", "salt: 1"];
    const { record } = await found(config({}, "yaml", yaml.join("\n")));
    expect(record.name).to.equal("Quay");
    const code = `const members: string[] = ${JSON.stringify(members)};\nexport default { name: "Pier", members, preset: "dao" };`;
    expect((await found(config({}, "ts", code))).record.name).to.equal("Pier");
  });

  it("CLI-20 takes rules for contracts of others, and classes of one's own", async () => {
    const terms = { ...PRESETS["worker-cooperative"].classes.ordinary, rank: 0 };
    const token = desk.suite.accounts[9].address;
    const { record } = await found(
      config({
        classes: { spending: { ...terms, weighting: { category: "client", upTo: 3 } } },
        rules: { [`${token} transfer(address,uint256)`]: "spending", "Membership.reinstate": "constitution" },
      }),
    );
    const { policyBook, membership } = desk.suite.contracts;
    const classOf = (target: string, data: string) => policyBook.classOf(record.cooperative, target, 0, data);
    const transfer = new Interface(["function transfer(address,uint256)"]).encodeFunctionData("transfer", [token, 1n]);
    expect(await classOf(token, transfer)).to.equal(0n);
    const { selector } = membership.interface.getFunction("reinstate");
    expect(await classOf(String(membership.target), selector)).to.equal(7n);
  });

  it("CLI-20 meters what a class may spend, and names an heir", async () => {
    const token = desk.suite.accounts[9].address;
    const spends = { amount: 3, token: 2 };
    const { record } = await found(
      config({
        rules: {
          ...{ [`${token} transfer(address,uint256)`]: "ordinary", native: "ordinary" },
          "LearningTasks.openTask": { class: "ordinary", spends },
        },
        limits: [
          { class: "ordinary", token, amount: "1000", period: "30 days" },
          { class: "ordinary", token: "native", amount: String(parseEther("2")), period: "1 week" },
        ],
        heir: bob.address,
      }),
    );
    const treasury = ITreasury__factory.connect(record.cooperative, desk.suite.chain.provider);
    expect((await treasury.limitOf(1, token)).slice(0, 2)).to.deep.equal([1_000n, 30n * 86_400n]);
    expect((await treasury.limitOf(1, ZeroAddress)).slice(0, 2)).to.deep.equal([parseEther("2"), 7n * 86_400n]);
    expect(await treasury.heir()).to.equal(bob.address);
    const { policyBook } = desk.suite.contracts;
    expect(await policyBook.classOf(record.cooperative, alice, 1, "0x")).to.equal(1n);
    const small = { class: "ordinary", token: "native", amount: 5, period: "1 day" };
    const flags = config({ rules: { native: "ordinary" }, limits: [small] });
    const lines = await desk.lines("found", [...desk.place, ...flags, "--dry-run"], { as: alice });
    expect(lines).to.include.members([
      "There is no heir: what the treasury holds stays there when the last member has left.",
      "  may spend 5 of the smallest units of the native currency in any 1 day",
    ]);
  });

  it("CLI-21 refuses bylaws that contradict themselves, all at once and before anything is sent", async () => {
    const error = await refusal(
      config({
        classes: { ordinary: { approval: "3/4", lateWindow: "6 days" } },
        rules: { "PolicyBook.setRule": "ordinary" },
      }),
    );
    expect(error.code).to.equal("cli/bylaws-refused");
    expect(error.message).to.match(
      /contradict themselves\. lateWindow of the class ordinary can't be kept .*; PolicyBook\.setRule is constitutional, .*: nothing was sent; correct them$/,
    );
  });

  const WRONG: readonly [string, () => string[], string, RegExp][] = [
    ["no file", () => ["--config", desk.file("none.yaml")], "cli/config-file", /none\.yaml can't be read \(ENOENT/],
    ["bad YAML", () => config({}, "yaml", "name: A\nmembers: [\n"), "cli/config-file", /line \d+, column \d+/],
    ["a key twice", () => config({}, "yaml", "name: A\nname: B\n"), "cli/config-file", /unique at line 2/],
    ["bad TypeScript", () => config({}, "ts", "export default {"), "cli/config-file", /can't be read/],
    ["no export", () => config({}, "ts", "export const a = 1;"), "cli/config-file", /no default export/],
    ["an empty file", () => config({}, "yaml", ""), "cli/config-invalid", /can't be used/],
    ["an unknown key", () => config({ symbol: "HDC" }), "cli/config-invalid", /^symbol in .*there is no such field/],
    [
      "an unknown field",
      () => config({ classes: { ordinary: { quorom: "1/2" } } }),
      "cli/config-invalid",
      /^classes\.ordinary\.quorom in/,
    ],
    ["no name", () => config({ name: "" }), "cli/config-invalid", /^name in .*1 to 64 bytes/],
    ["a long name", () => config({ name: "é".repeat(33) }), "cli/config-invalid", /^name in .*1 to 64 bytes/],
    ["nobody", () => config({ members: [] }), "cli/config-invalid", /there is nobody/],
    ["no DID", () => config({ members: ["did:web:x"] }), "cli/config-invalid", /^members\.0 in .*neither did:ethr/],
    [
      "a member twice",
      () => config({ members: [members[0], members[1], members[0].toLowerCase()] }),
      "cli/config-invalid",
      /^members\.2 in .*same identity as members\.0/,
    ],
    ["the zero address", () => config({ members: [ZeroAddress] }), "cli/config-invalid", /zero address/],
    [
      "another network's DID",
      () => config({ members: [`did:ethr:0x1:${members[0]}`] }),
      "cli/foreign-did",
      /is not on/,
    ],
    ["an unknown preset", () => config({ preset: "kibbutz" }), "cli/config-invalid", /^preset in/],
    ["no bylaws", () => config({ preset: undefined }), "cli/bylaws-refused", /No class has rank 7/],
    [
      "no such time",
      () => config({ notice: "a while" }),
      "cli/config-invalid",
      /^notice in .*"a while" is no span of time/,
    ],
    [
      "no such fraction",
      () => config({ classes: { ordinary: { approval: "0.5" } } }),
      "cli/config-invalid",
      /more than 1\/2/,
    ],
    [
      "half a coin",
      () => config({ limits: [{ class: "ordinary", token: "native", amount: "0.5", period: "1 day" }] }),
      "cli/config-invalid",
      /^limits\.0\.amount in/,
    ],
    ["no heir", () => config({ heir: ZeroAddress }), "cli/config-invalid", /^heir in .*no address of anybody/],
    [
      "a limit without class",
      () => config({ limits: [{ class: "board", token: "native", amount: "1", period: "1 day" }] }),
      "bylaws/invalid",
      /class board that there is not/,
    ],
    [
      "half a class",
      () => config({ classes: { spending: { rank: 2 } } }),
      "bylaws/invalid",
      /The class spending has no approval/,
    ],
    ["a rank twice", () => config({ classes: { ordinary: { rank: 4 } } }), "bylaws/invalid", /both have rank 4/],
    [
      "a rule without class",
      () => config({ rules: { "Membership.admit": "board" } }),
      "bylaws/invalid",
      /class board that there is not/,
    ],
    [
      "a rule without contract",
      () => config({ rules: { "Board.admit": "ordinary" } }),
      "bylaws/invalid",
      /no contract of the network/,
    ],
    [
      "a rule without function",
      () => config({ rules: { "Membership.standingOf": "ordinary" } }),
      "bylaws/invalid",
      /no function that changes/,
    ],
    [
      "a rule without signature",
      () => config({ rules: { [`${members[0]} transfer(money)`]: "ordinary" } }),
      "bylaws/invalid",
      /no signature/,
    ],
  ];
  for (const [what, flags, code, message] of WRONG) {
    it(`CLI-21 tells ${what} in a sentence`, async () => {
      const error = await refusal(flags());
      expect(error.code).to.equal(code);
      expect(error.message).to.match(message).and.not.contain("\n");
    });
  }

  it("CLI-21 refuses another chain, an account too poor, and two identities of one owner", async () => {
    const elsewhere = { ...desk.suite.deployment, chainId: 1 };
    const other = ["--deployment", desk.write("mainnet.json", JSON.stringify(elsewhere))];
    const url = ["--rpc-url", desk.suite.chain.url];
    const wrong = await desk.lines("found", [...other, ...url, ...config(), "--yes"], { as: alice }).catch((e) => e);
    expect(wrong.code).to.equal("rpc/wrong-chain");
    await desk.suite.chain.provider.send("anvil_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
    await desk.suite.chain.provider.send("anvil_mine", ["0x1"]);
    expect((await refusal(config(), Wallet.createRandom() as unknown as Wallet)).code).to.equal("cli/balance-too-low");
    const handed = Wallet.createRandom(desk.suite.chain.provider);
    await (await desk.suite.operator.sendTransaction({ to: handed.address, value: parseEther("1") })).wait();
    await desk.json("did rotate", ["--to", alice.address], { as: handed as unknown as Wallet });
    const twice = await refusal(config({ members: [alice.address, handed.address] }));
    expect(twice.message).to.match(/two identities of one owner are one member/);
  });

  it("CLI-23 calls an error what the contracts refuse, and nothing else", async () => {
    const { contracts, deployment } = desk.suite;
    const { factory, membership, policyBook } = contracts;
    const treasury = ITreasury__factory.createInterface();
    const interfaces = [policyBook.interface, membership.interface, factory.interface, treasury];
    const named = Object.entries({ Membership: membership, PolicyBook: policyBook, LearningTasks: contracts.tasks });
    const bylaws = resolveBylaws(
      BylawsInput.parse({ preset: "consent-circle" }),
      named.map(([name, { target, interface: abi }]) => ({ name, address: String(target), interface: abi })),
    );
    const context = { members: 1, membership: String(membership.target), policyBook: String(policyBook.target) };
    const codes: Record<string, string> = {
      PolicyBook_InvalidPolicy: "invalid-field",
      PolicyBook_NotMonotone: "not-monotone",
      PolicyBook_NoPolicy: "no-constitution",
      CooperativeFactory_NoPolicies: "no-constitution",
      PolicyBook_Pinned: "pinned",
      PolicyBook_InvalidRule: "invalid-rule",
      PolicyBook_MustBeMetered: "unmetered",
      Treasury_InvalidLimit: "invalid-limit",
      Membership_NoticeTooLong: "notice-too-long",
    };
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(CLASS_CHANGE, { maxLength: 3 }),
        fc.array(RULE, { maxLength: 1 }),
        fc.array(LIMIT, { maxLength: 1 }),
        NOTICE,
        async (...drawn) => {
          const [changes, rules, limits, notice] = drawn;
          const classes = bylaws.classes.map((each, i) => {
            const own = changes.filter((change) => change.place === i).map(({ fields }) => fields);
            return { ...each, policy: Object.assign({}, each.policy, ...own) as Policy };
          });
          const top = changes.some(({ drop }) => drop) ? classes.slice(1) : classes;
          const rounds = deployment.contracts.LearningTasks.address;
          const targets = [context.membership, context.policyBook, rounds, rounds, rounds, ZeroAddress];
          const candidate = {
            ...bylaws,
            ...{ classes: top, notice, limits: limits.map((limit) => ({ ...limit, token: ZeroAddress, amount: 1n })) },
            rules: rules.map(({ target, selector, ...rest }) => ({
              action: selector,
              target: targets[target],
              selector,
              ...rest,
            })),
          };
          const errors = lintBylaws(candidate, context).filter(({ severity }) => severity === "error");
          const terms = await foundingTerms("Property", [alice.address], candidate, contracts);
          const refused = await factory.found.staticCall(terms).then(
            () => undefined,
            (error: unknown) => revertOf(error, interfaces)!.name,
          );
          seen.set(refused ?? "founded", (seen.get(refused ?? "founded") ?? 0) + 1);
          if (refused === undefined) expect(errors).to.deep.equal([]);
          else
            expect(
              errors.map(({ code }) => code),
              refused,
            ).to.include(codes[refused]);
        },
      ),
      { numRuns: 200 },
    );
    // It looked at what is founded, and at most ways to be refused.
    expect([...seen.keys()])
      .to.include("founded")
      .and.have.length.above(5);
  });
});

const DAYS = 86_400;
/** Times at the edges of what the contracts take, and between. */
const TIME = fc.constantFrom(0, 1, 59, 60, 90, 5 * DAYS, 60 * DAYS, 2 ** 23 - 1, 2 ** 23, 365 * DAYS, 365 * DAYS + 1);
const LATE = fc.constantFrom(0, 59, 60, 3_600, 60 * (2 ** 12 - 1), 60 * 2 ** 12);
const PARTS = fc.constantFrom(0, 1, 2, 3, 254, 255);
/** A few fields of the class in this place that are otherwise; it may be the highest class that goes. */
const CLASS_CHANGE = fc.record({
  place: fc.nat(2),
  drop: fc.nat(20).map((draw) => draw === 0),
  fields: fc.oneof(
    fc.record({ approvalNumerator: PARTS, approvalDenominator: PARTS, strict: fc.boolean() }),
    fc.record({ quorumNumerator: PARTS, quorumDenominator: PARTS }),
    fc.record({ vetoNumerator: PARTS, vetoDenominator: PARTS }),
    ...(["votingDelay", "votingPeriod", "executionDelay", "executionWindow", "seasoning"] as const).map((field) =>
      TIME.map((time) => ({ [field]: time })),
    ),
    LATE.map((lateWindow) => ({ lateWindow })),
    fc.constantFrom(0, 1, 15, 16).map((sponsors) => ({ sponsors })),
    fc.record({ category: fc.constantFrom(ZeroHash, id("x")), curve: fc.constantFrom(0, 1, 2), weightCap: fc.nat(2) }),
  ),
});
/** Functions of the Membership, the PolicyBook and elsewhere, wrappers among them. */
const SELECTOR = fc.constantFrom(
  ...IMembership__factory.createInterface()
    .fragments.filter((each): each is FunctionFragment => each.type === "function")
    .map(({ selector }) => selector),
  ...[...WRAPPERS.slice(0, 5), ...WRAPPERS.slice(-5)].map((signature) => FunctionFragment.from(signature).selector),
  ...[...Object.keys(SPENDERS), ...Object.keys(SPENDERS)].map((signature) => FunctionFragment.from(signature).selector),
  ...[NATIVE_TRANSFER, NATIVE_TRANSFER, NATIVE_TRANSFER, "0x12345678", "0x12345679", "0x12345680"],
);
const RULE = fc.record({
  target: fc.nat(5),
  selector: SELECTOR,
  rank: fc.constantFrom(1, 4, 7),
  amountArgument: fc.constantFrom(0, 0, 1, 2, 3, 255),
  tokenArgument: fc.constantFrom(0, 0, 1, 2),
  inStruct: fc.nat(3).map((draw) => draw === 0),
});
const LIMIT = fc.record({ rank: fc.constantFrom(1, 1, 4, 4, 7), period: fc.constantFrom(0, 1, 1, DAYS, 30 * DAYS) });
const NOTICE = fc.constantFrom(0, 90 * DAYS, 90 * DAYS + 1);

/** What the code says that lines of a terminal show. */
function scanned(lines: readonly string[]): string {
  const rows = lines.filter((line) => /^[█▀▄ ]+$/.test(line) && line.trim() !== "" && line.length > 20);
  const width = rows[0].length;
  const scale = 4;
  const height = rows.length * 2;
  const pixels = new Uint8Array(width * height * scale * scale * 4).fill(255);
  for (let y = 0; y < height * scale; y += 1) {
    for (let x = 0; x < width * scale; x += 1) {
      const cell = rows[Math.floor(y / scale / 2)][Math.floor(x / scale)];
      const isLight = cell === "█" || cell === (Math.floor(y / scale) % 2 === 0 ? "▀" : "▄");
      pixels.fill(isLight ? 255 : 0, (y * width * scale + x) * 4, (y * width * scale + x) * 4 + 3);
    }
  }
  return decodeQR({ width: width * scale, height: height * scale, data: pixels });
}
