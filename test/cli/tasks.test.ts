import { readFileSync } from "node:fs";

import { openContentFolder } from "@artel/node";
import { LocalToken__factory, Phase, Role, type Cooperative } from "@artel/sdk";
import { parseManifest } from "@artel/sdk/learning";
import { expect } from "chai";
import { encryptKeystoreJsonSync, parseEther, ZeroAddress, type HDNodeWallet } from "ethers";
import { CID } from "multiformats/cid";

import { commandsOf, readFiles } from "../docs/files.js";
import { deployToken, found, halves, openTask, partiesOf, playRound, REWARD, taskOf, type OpenTask } from "../suite.js";
import { Desk } from "./helpers.js";

const PASSWORD = "correct horse";

/** A file in the IDX format. */
function idx(magic: number, sizes: readonly number[], items: Uint8Array): Uint8Array {
  const header = Buffer.alloc(4 + 4 * sizes.length);
  [magic, ...sizes].forEach((value, i) => header.writeUInt32BE(value, 4 * i));
  return Buffer.concat([header, items]);
}

describe("artel task, stake, reward", function () {
  this.timeout(180_000);
  const desk = new Desk();
  const members = () => desk.suite.accounts.slice(0, 9);
  let cooperative: Cooperative;
  let stranger: HDNodeWallet;

  before(async () => {
    cooperative = await found(desk.suite, members());
    stranger = desk.suite.accounts[10];
    const examples = halves("slices", 6_000);
    // As 2 x 2 images.
    desk.write("images.idx", idx(0x803, [6_000, 2, 2], examples.pixels));
    desk.write("labels.idx", idx(0x801, [6_000], examples.labels));
  });

  const lines = (words: string, flags: readonly string[] = []) => desk.lines(words, [...desk.place, ...flags]);
  const cast = () => ({
    clients: members().slice(0, 2),
    auditors: members().slice(2, 6),
    aggregators: members().slice(6),
  });
  /** The example, for a model and slices that take no time. */
  const plan = async (token: string, changes: readonly (readonly [string | RegExp, string])[] = []) => {
    const { timestamp } = (await desk.suite.chain.provider.getBlock("latest"))!;
    const small: [string | RegExp, string][] = [
      ["dataset: mnist", "dataset: halves"],
      ["{ kind: mlp, inputs: 784, hidden: 32, classes: 10 }", "{ kind: mlp, inputs: 4, hidden: 3, classes: 2 }"],
      ["samples: 500", "samples: 100"],
      ["rounds: 5", "rounds: 1"],
      ["auditorStake: 800", "auditorStake: 4100"],
      ["missPenalty: 270", "missPenalty: 1800"],
      ["epsilon: 64", "epsilon: 4096"],
      ["0x1111111111111111111111111111111111111111", token],
      ["2030-03-01", String(timestamp + 15 * 86_400)],
    ];
    return [...small, ...changes].reduce(
      (text, [from, to]) => {
        const changed = text.replace(from, to);
        expect(changed, String(from)).not.to.equal(text);
        return changed;
      },
      readFileSync("examples/task.yaml", "utf8"),
    );
  };
  const preparing = (file: string, content: string) => [
    ...[desk.write("task.yaml", file), "--cooperative", cooperative.address, "--content", desk.file(content)],
    ...["--images", desk.file("images.idx"), "--labels", desk.file("labels.idx"), "--out", desk.file("terms.json")],
    ...["--drand-relay", desk.suite.drand.url],
  ];
  const prepare = (file: string, content = "prepared") => {
    const [operand, ...flags] = preparing(file, content);
    return desk.json(`task prepare ${operand}`, flags);
  };
  const refusal = async (file: string) => {
    const [operand, ...flags] = preparing(file, "refused");
    return desk.failure(`task prepare ${operand}`, flags);
  };

  it("CLT-01 prepares a task: publishes rules, model and slices, and writes terms that the contract takes", async () => {
    const token = await deployToken(desk.suite);
    await (await token.mint(cooperative.address, parseEther("10000"))).wait();
    const told = await prepare(await plan(await token.getAddress()));
    expect(told.simulation).not.to.have.property("refused");
    expect(told.simulation.events.map(({ event }: { event: string }) => event)).to.include("TaskOpened");
    const content = openContentFolder(desk.file("prepared"));
    const manifest = parseManifest(await content.get(CID.parse(told.manifest)));
    expect(await content.has(CID.parse(told.initialModel))).to.equal(true);
    const { test } = manifest.scoring;
    if (test.kind !== "common") throw new TypeError("slices were planned");
    // rounds take three: (1 + 1) * 39 hours, one every 30
    expect(test.slices).to.have.length(6).and.to.deep.equal(told.slices);
    expect(test.opensAt).to.equal(told.terms.startsAt + 7_200);
    for (const slice of test.slices) expect(await content.has(CID.parse(slice))).to.equal(true);
    expect(JSON.parse(readFileSync(desk.file("terms.json"), "utf8"))).to.deep.equal(told.terms);
    expect(told.terms).to.include({ auditorShare: 1_500, reward: String(parseEther("10000")) });
    // never the same slices: nobody finds out which examples are in them by preparing the task again
    const again = await prepare(await plan(await token.getAddress()), "again");
    expect(again.manifest).not.to.equal(told.manifest);
  });

  it("CLT-01 CLI-16 says in one sentence what is wrong with a plan, or that the contract would refuse it", async () => {
    const token = await deployToken(desk.suite);
    const address = await token.getAddress();
    await (await token.mint(cooperative.address, parseEther("10000"))).wait();
    const soon = (await desk.suite.chain.provider.getBlock("latest"))!.timestamp + 86_400;
    const cases: readonly [readonly [string | RegExp, string], RegExp][] = [
      [
        ["rounds: 1\n", "rounds: many\n"],
        /^terms\.rounds in .* can't be used \(it is no whole number\): see docs\/guides\/open-a-task\.md$/,
      ],
      [["retries: 1", "tries: 1"], /^terms\.\w+ in .* can't be used \(/],
      [["auditorShare: 15 %", "auditorShare: 15"], /\(it is no share such as 15 %\)/],
      [["reward: 10000", "reward: -1"], /\(it is no amount such as 12\.5\)/],
      [["appeal: none", "appeal: 40 hours"], /nobody can appeal where updates are sealed/],
      [["interval: 30 hours", "interval: 31 hours"], /auditors have to score within auditCommit/],
      [["samples: 100 #", "samples: 5000 #"], /^6 slices of 5000 examples are needed, and .* has 6000 examples/],
      [["seed: spring", "speed: spring"], /^manifest\.(seed|speed) in .* can't be used \(.*\): see docs/],
      [["seed: spring", 'seed: ""'], /^manifest\.seed in .* can't be used/],
      [["{ kind: sealed }", "{ kind: hidden }"], /^manifest\.privacy\.kind in .* can't be used/],
      [["samples: 100 #", "samples: 0 #"], /^test\.samples in .* can't be used/],
      [["interval: 30 hours", "interval: none"], /^test\.interval in .* can't be used/],
      [["interval: 30 hours", "interval: 1 minute"], /^test\.interval in .* \(it makes \d+ slices, and 4096 are/],
      [
        [address, stranger.address],
        /^terms\.token in .* \(0x\w+ is no token .*\): give .*, or leave it out for native/,
      ],
      [["reward: 10000", `reward: 0.${"1".repeat(19)}`], /^terms\.reward in .* more than 18 digits/],
      [["inputs: 4", "inputs: 784"], /784/],
      [[/startsAt: \d+/, "startsAt: 2020-01-01"], /^terms\.startsAt in .* \(it is over\)/],
      [[/startsAt: \d+/, `startsAt: ${soon}`], /^terms\.startsAt in .* \(proposed now it can be opened from /],
      [["manifest:", "manifest: ["], /^The configuration .* can't be read \(.*line/],
    ];
    for (const [change, sentence] of cases) {
      const error = await refusal(await plan(address, [change]));
      expect(error.message, change[1]).to.match(sentence);
      expect(error.message).not.to.contain("\n");
    }
    const [operand, ...flags] = preparing(await plan(address), "refused");
    const bare = await desk.failure(`task prepare ${operand}`, [...flags.slice(0, 4), ...flags.slice(8)]);
    expect(bare.message).to.match(/^Test slices are cut from --images and --labels/);
    const told = await prepare(await plan(address, [["auditorStake: 4100", "auditorStake: 3900"]]));
    expect(told.simulation.refused).to.match(/LearningTasks_InvalidTerms\(.*no task takes 3900\d* as auditorStake/);
    const poor = await prepare(await plan(address, [["reward: 10000", "reward: 10001"]]));
    expect(poor.simulation.refused).to.match(
      /ERC20InsufficientBalance\(.* has 1\d* of the token and needs 10001\d*, in/,
    );
  });

  describe("of a task that runs", () => {
    let task: OpenTask;

    before(async () => {
      task = await openTask(desk.suite, cooperative.address, cast(), desk.folder);
    });

    const show = async () => desk.json(`task show ${task.view.taskId}`, []);

    it("CLT-02 lists tasks, and shows phase, deadlines, parties and next steps", async () => {
      const { taskId } = task.view;
      const { tasks } = await desk.json("task list", ["--cooperative", cooperative.address]);
      expect(tasks.at(-1)).to.deep.include({ taskId: String(taskId), phase: "Commit", reward: String(REWARD) });
      expect((await desk.json("task list", ["--cooperative", stranger.address])).tasks).to.deep.equal([]);
      const told = await show();
      expect(told).to.deep.include({ phase: "Commit", round: "1", clients: "2", past: [] });
      expect(told.times.map(({ phase }: { phase: string }) => phase)).to.deep.equal(Object.keys(Phase).slice(1, -1));
      const start = await desk.suite.contracts.tasks.phaseStart(taskId, Phase.Settle);
      expect(told.times).to.deep.include({ phase: "Settle", from: String(start) });
      expect(told.parties.map(({ role }: { role: string }) => role)).to.deep.equal([
        ...Array<string>(4).fill("auditor"),
        ...Array<string>(3).fill("aggregator"),
        ...Array<string>(2).fill("client"),
      ]);
      expect(told.next[0].by).to.equal("a client");
      const text = (await lines(`task show ${taskId}`)).join("\n");
      expect(text).to.match(/^Round 1, Commit: 0 of 1 settled, 0 void of at most 1$/m);
      expect(text).to.match(/^ {2}AuditCommit from \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m);
      expect(text).to.match(/^ {2}Finishing from \S+Z if nobody answers, else after Challenge$/m);
      expect((await desk.failure("task show 99", [])).message).to.match(/there is no task 99/);
    });

    it("CLT-03 CLT-04 pays all an account earned in one claim, and frees and returns its stake", async () => {
      const { taskId, contract } = task.view;
      const { clients, auditors, aggregators } = task.cast;
      const balance = async ({ address }: { address: string }) =>
        LocalToken__factory.connect(task.token, desk.suite.operator).balanceOf(address);
      expect(await lines(`reward show ${stranger.address}`)).to.deep.equal([
        `${stranger.address} has a place in no task`,
      ]);
      const own = ["--task", String(taskId)];
      expect((await desk.json("reward claim", own, { as: clients[0] })).paid).to.deep.equal([]);
      await playRound(task);
      expect((await show()).past).to.have.length(1);
      // clients wait for appeals, seats do not
      const waiting = await desk.json(`reward show ${clients[0].address}`, []);
      expect(waiting.tasks.at(-1)).to.deep.include({ taskId: String(taskId), role: "client", claimable: "0" });
      const early = await desk.failure(`stake release ${taskId}`, [], { as: auditors[0] });
      expect(early.message).to.match(/LearningTasks_TooEarly\(.*it can be done from \d{4}/);
      await desk.suite.chain.warpTo((await contract.periodOf(taskId, 0n)).claimableFrom + 1n);

      for (const party of [clients[0], auditors[0], auditors[1]]) {
        const { earned } = await contract.earningsOf(taskId, party.address);
        const before = await balance(party);
        const { tasks } = await desk.json(`reward show ${party.address}`, []);
        // of the guide's task too, as far as it was not claimed there
        const due = tasks.filter(({ claimable }: { claimable: string }) => claimable !== "0");
        const { paid, call } = await desk.json("reward claim", ["--for", party.address], { as: stranger });
        expect(call?.method, party.address).to.equal(due.length === 0 ? undefined : "claimFor");
        const amounts = due.map(({ taskId: of, token, claimable: amount }: Record<string, string>) => {
          return { taskId: of, token, amount };
        });
        expect(paid).to.deep.equal(amounts);
        expect((await balance(party)) - before).to.equal(earned);
        expect((await desk.json("reward claim", [], { as: party })).paid).to.deep.equal([]);
      }
      const { earned } = await contract.earningsOf(taskId, aggregators[2].address);
      expect(earned).to.be.above(0n);
      const elsewhere = await desk.json("reward claim", ["--to", stranger.address, "--task", "99"], {
        as: aggregators[2],
      });
      expect(elsewhere.paid).to.deep.equal([]);
      await desk.json("reward claim", ["--to", stranger.address, "--task", String(taskId)], { as: aggregators[2] });
      expect(await balance(stranger)).to.equal(earned);
      const both = await desk.failure("reward claim", ["--to", stranger.address, "--for", stranger.address], {
        as: aggregators[2],
      });
      expect(both.code).to.equal("cli/flag");

      const bound = await desk.json(`stake show ${auditors[0].address}`, []);
      expect(bound.seats).to.deep.equal([
        { taskId: String(taskId), role: "auditor", token: task.token, stake: String(REWARD), isReleasable: true },
      ]);
      expect((await desk.json("stake withdraw", ["--token", task.token], { as: auditors[0] })).amount).to.equal("0");
      await desk.json(`stake release ${taskId}`, [], { as: auditors[0] });
      const freed = await desk.json(`stake show ${auditors[0].address}`, []);
      expect(freed.holdings).to.deep.include({
        token: task.token,
        free: String(REWARD),
        locked: "0",
        collectable: "0",
      });
      const had = await balance(auditors[0]);
      // the token counts in 18 decimals
      await desk.json("stake withdraw", ["--token", task.token, "--amount", "0.0000000000000001"], { as: auditors[0] });
      await desk.json("stake withdraw", ["--token", task.token, "--to", stranger.address], { as: auditors[0] });
      expect((await balance(auditors[0])) - had).to.equal(100n);
      expect((await balance(stranger)) - earned).to.equal(REWARD - 100n);
      const again = await desk.failure(`stake release ${taskId}`, [], { as: auditors[0] });
      expect(again.message).to.match(/has no stake bound in task/);
    });

    it("CLT-04 deposits what is missing for a seat, or an amount, after an approval of exactly that", async () => {
      const { taskId } = task.view;
      const token = LocalToken__factory.connect(task.token, desk.suite.operator);
      await (await token.mint(stranger.address, 3n * REWARD)).wait();
      const { vault, tasks } = desk.suite.contracts;
      const given = ["--task", String(taskId)];
      const sent = await desk.sent(stranger);
      const dry = await desk.json("stake deposit", [...given, "--for", "auditor", "--dry-run"], { as: stranger });
      expect(dry).to.deep.include({ dryRun: true, amount: String(REWARD) });
      expect(await desk.sent(stranger)).to.equal(sent);
      const asked: string[] = [];
      const agree = () => void asked.push("") === undefined;
      const told = await desk.lines("stake deposit", [...desk.place, ...given, "--amount", "0.0000000000000001"], {
        as: stranger,
        agree,
      });
      expect(asked).to.have.length(2);
      expect(told.join("\n")).to.match(/approve\n[^]*StakeVault\.deposit\n[^]*It is in block/);
      const { call, before } = await desk.json("stake deposit", [...given, "--for", "auditor"], { as: stranger });
      expect([before.call.method, call.method]).to.deep.equal(["approve", "deposit"]);
      expect(before.call.arguments.amount).to.equal(String(REWARD - 100n));
      expect((await vault.stakeOf(tasks, task.token, stranger.address)).free).to.equal(REWARD);
      expect(await token.allowance(stranger.address, vault)).to.equal(0n);
      const enough = await desk.json("stake deposit", [...given, "--for", "aggregator"], { as: stranger });
      expect(enough).to.include({ amount: "0", free: String(REWARD) });
      const neither = await desk.failure("stake deposit", given, { as: stranger });
      expect(neither.message).to.match(/^Exactly one of --for and --amount says how much/);
    });

    it("CLT-04 pays out stake that others have lost", async () => {
      const { chain, contracts } = desk.suite;
      const { tasks, vault } = contracts;
      const loser = task.cast.auditors[1];
      const given = ["--token", task.token, "--account", cooperative.address];
      expect((await desk.json("stake collect", given, { as: stranger })).amount).to.equal("0");
      const module = await tasks.getAddress();
      await chain.provider.send("anvil_impersonateAccount", [module]);
      await chain.provider.send("anvil_setBalance", [module, "0xde0b6b3a7640000"]);
      const signer = await chain.provider.getSigner(module);
      const { gasPrice } = await chain.provider.getFeeData();
      await (
        await vault.connect(signer).slash(loser.address, task.token, 1_000n, cooperative.address, { gasPrice })
      ).wait();
      const { holdings } = await desk.json(`stake show ${cooperative.address}`, []);
      expect(holdings).to.deep.include({ token: task.token, free: "0", locked: "0", collectable: "1000" });
      expect((await desk.json("stake collect", given, { as: stranger })).amount).to.equal("1000");
      const token = LocalToken__factory.connect(task.token, desk.suite.operator);
      expect(await token.balanceOf(cooperative.address)).to.equal(1_000n);
      const ours = await desk.json(`stake show ${cooperative.address}`, []);
      expect(ours.holdings).to.deep.include({ token: task.token, free: "0", locked: "0", collectable: "0" });
    });

    it("CLT-03 leaves a task out whose token does not pay, and pays the others", async () => {
      const { chain, contracts } = desk.suite;
      // the guide's task has not paid this one either
      const aggregator = task.cast.aggregators[1];
      const told = await desk.json(`reward show ${aggregator.address}`, []);
      const open = told.tasks.filter(({ claimable }: { claimable: string }) => claimable !== "0");
      expect(open).to.have.length(2);
      await chain.provider.send("anvil_setCode", [task.token, "0x"]);
      const { paid, refused } = await desk.json("reward claim", [], { as: aggregator });
      const dead = open.find(({ token }: { token: string }) => token === task.token);
      expect(refused.map(({ taskId }: { taskId: string }) => taskId)).to.deep.equal([dead.taskId]);
      expect(paid.map(({ taskId }: { taskId: string }) => taskId)).to.deep.equal(
        open.filter((each: unknown) => each !== dead).map(({ taskId }: { taskId: string }) => taskId),
      );
      const { claimable } = await contracts.tasks.earningsOf(dead.taskId, aggregator.address);
      expect(String(claimable)).to.equal(dead.claimable);
      const { paid: none } = await desk.json("reward claim", [], { as: aggregator });
      expect(none).to.deep.equal([]);
      const treasury = await desk.json(`reward show ${cooperative.address}`, []);
      expect(treasury.tasks[0]).to.include({ role: "treasury", earned: "0", claimable: "0" });
    });
  });

  it("CLT-04 tells of a jail that follows an identity to another account", async () => {
    const { chain, contracts, accounts } = desk.suite;
    const { tasks, vault } = contracts;
    const [jailed, successor] = accounts.slice(11);
    const { address } = await found(desk.suite, [jailed, ...accounts.slice(13, 15)]);
    await desk.json("did rotate", ["--to", successor.address], { as: jailed });
    await desk.json("member rebind", ["--cooperative", address, "--number", "1"], { as: stranger });
    expect((await lines(`stake show ${successor.address}`)).join()).to.match(/has entrusted nothing/);
    const until = BigInt((await chain.provider.getBlock("latest"))!.timestamp) + 86_400n;
    const module = await tasks.getAddress();
    await chain.provider.send("anvil_impersonateAccount", [module]);
    await chain.provider.send("anvil_setBalance", [module, "0xde0b6b3a7640000"]);
    const { gasPrice } = await chain.provider.getFeeData();
    const signer = await chain.provider.getSigner(module);
    await (await vault.connect(signer).jail(jailed.address, until, { gasPrice })).wait();
    const told = await desk.json(`stake show ${successor.address}`, []);
    expect(told).to.deep.include({
      jailedUntil: "0",
      identities: [{ did: desk.did(jailed), jailedUntil: `${until}` }],
    });
    const [line] = await lines(`stake show ${successor.address}`);
    expect(line).to.match(/^As did:ethr:\S+ it takes no seat before \d{4}-.*: it was silent too often$/);
    const own = await lines(`stake show ${jailed.address}`);
    expect(own).to.have.length(1);
    expect(own[0]).to.match(/^It takes no seat before/);
  });

  it("CLT-01 CLT-04 CLT-06 takes tasks in native currency, which goes along with the deposit", async () => {
    const { operator, contracts, chain } = desk.suite;
    await (await operator.sendTransaction({ to: cooperative.address, value: parseEther("3") })).wait();
    const file = await plan(ZeroAddress, [
      [/token: .*/, ""],
      ["reward: 10000", "reward: 2.5"],
      [/auditorStake: 4100 .*/, "auditorStake: 1"],
      [/missPenalty: 1800 .*/, "missPenalty: 0.4"],
      ["aggregatorStake: 100", "aggregatorStake: 1"],
    ]);
    const { manifest } = await prepare(file);
    const place = ["--cooperative", cooperative.address];
    const [founder, , auditor] = members();
    const made = await desk.json("propose task", ["--terms", desk.file("terms.json"), ...place], { as: founder });
    expect(made.simulation.balances).to.deep.include({
      ...{ account: cooperative.address, change: String(-parseEther("2.5")), amount: "-2.5" },
    });
    const seen = await lines(`simulate ${made.proposalId}`, [...place, "--content", desk.file("prepared")]);
    expect(seen.join("\n")).to.contain(`"manifest":"${manifest}"`);
    expect(seen).to.include(`Manifest ${manifest} and first model are there, and agree with the terms.`);
    expect(seen.join("\n")).to.match(/^ {2}privacy +\{"kind":"sealed"\}$/m);
    const elsewhere = await lines(`simulate ${made.proposalId}`, [...place, "--content", desk.file("elsewhere")]);
    expect(elsewhere.join("\n")).to.match(new RegExp(`^Vote with care: Content ${manifest} is not`, "m"));
    const { terms, ...rest } = JSON.parse(readFileSync(desk.file("terms.json"), "utf8"), (name, value) =>
      name === "sampleCap" ? value + 1 : value,
    );
    desk.write("other.json", JSON.stringify({ terms, ...rest }));
    const other = await desk.json("propose task", ["--terms", desk.file("other.json"), ...place], { as: founder });
    const { rules } = await desk.json(`simulate ${other.proposalId}`, [...place, "--content", desk.file("prepared")]);
    expect(rules[0])
      .to.include({ manifest })
      .and.to.have.property("problem")
      .that.matches(/sampleCap/);
    await chain.warpTo((await cooperative.governor.proposalSnapshot(made.proposalId)) + 1n);
    for (const member of members()) await desk.json(`vote ${made.proposalId} for`, place, { as: member });
    await chain.warpTo(await cooperative.governor.proposalEta(made.proposalId));
    await desk.json(`execute ${made.proposalId}`, place, { as: stranger });
    const taskId = await contracts.tasks.taskCount();
    const had = await chain.provider.getBalance(auditor.address);
    const given = ["--task", String(taskId), "--for", "auditor"];
    const deposited = await desk.json("stake deposit", given, { as: auditor });
    expect(deposited.call).to.include({ method: "deposit", value: String(parseEther("1")) });
    expect(had - (await chain.provider.getBalance(auditor.address))).to.be.at.least(parseEther("1"));
    await desk.json("stake withdraw", ["--to", stranger.address], { as: auditor });
    expect((await contracts.vault.stakeOf(contracts.tasks, ZeroAddress, auditor.address)).free).to.equal(0n);
  });

  it("CLT-05 CLI-16 says nothing in its guide that does not work, in its order, from the plan to the last stake", async () => {
    const { chain, contracts, operator } = desk.suite;
    const { tasks } = contracts;
    const { clients, auditors, aggregators } = cast();
    const keys = { bob: auditors[0], carol: aggregators[0], dora: clients[0] };
    for (const [name, { address, privateKey }] of Object.entries(keys))
      desk.write(`${name}.json`, encryptKeystoreJsonSync({ address, privateKey }, PASSWORD, { scrypt: { N: 2 } }));
    const token = await deployToken(desk.suite);
    const address = await token.getAddress();
    await (await token.mint(cooperative.address, parseEther("10000"))).wait();
    for (const { address: member } of members()) await (await token.mint(member, parseEther("4110"))).wait();
    desk.write("task.yaml", await plan(address));
    const { governor } = cooperative;
    const values: Record<string, string> = {
      ...{ TREASURY: cooperative.address, TOKEN: address, ACCOUNT: keys.carol.address },
      ...{ content: desk.file("content"), "test-images.idx": desk.file("images.idx") },
      "test-labels.idx": desk.file("labels.idx"),
    };
    const valueOf = (word: string) => values[word] ?? (/\.(json|yaml)$/.test(word) ? desk.file(word) : word);
    const answers: Record<string, Record<string, unknown>> = {};
    const [guide] = await readFiles("docs/guides/open-a-task.md");
    for (const { words } of commandsOf(guide).filter(({ words: [program] }) => program === "npx")) {
      const rest = words.slice(2);
      const end = rest.findIndex((word) => word.startsWith("--"));
      const name = rest.slice(0, end).map(valueOf).join(" ");
      // The network of the guide is this chain.
      const network = rest.indexOf("--network");
      const given = rest.slice(end).map(valueOf);
      given.splice(network - end, 2);
      if (name.startsWith("vote")) {
        await chain.warpTo((await governor.proposalSnapshot(values.PROPOSAL)) + 1n);
        for (const member of members().filter((each) => each !== keys.carol))
          await (await governor.connect(member).castVote(values.PROPOSAL, 1)).wait();
      }
      if (name.startsWith("execute")) await chain.warpTo(await governor.proposalEta(values.PROPOSAL));
      if (name.startsWith("task show")) await work();
      const relay = name.startsWith("task prepare") ? ["--drand-relay", desk.suite.drand.url] : [];
      const signs = given.includes("--keystore") ? ["--yes"] : [];
      const flags = [...desk.place, ...given, ...relay, ...signs, "--json"];
      const printed = await desk.lines(name, flags, { env: { ARTEL_KEYSTORE_PASSWORD: PASSWORD } });
      const json = JSON.parse(printed.join());
      if (name === "propose task") values.PROPOSAL = json.proposalId;
      if (name.startsWith("task list")) values.TASK = json.tasks.at(-1).taskId;
      answers[rest.slice(0, 2).join(" ")] = json;
    }
    expect(answers["task show"]).to.deep.include({ phase: "Closed", settled: "1" });
    const [{ earned }] = answers["reward show"].tasks as { earned: string }[];
    expect(answers["reward claim"].paid).to.deep.equal([{ taskId: values.TASK, token: address, amount: earned }]);
    expect(BigInt(earned)).to.be.above(0n);
    expect(await token.balanceOf(keys.carol.address)).to.equal(parseEther("4010") + BigInt(earned));

    /** What the programs of the guide do. */
    async function work(): Promise<void> {
      const taskId = BigInt(values.TASK);
      const staked = [...auditors, ...aggregators].filter((each) => each !== keys.bob && each !== keys.carol);
      for (const wallet of staked) {
        const role = auditors.includes(wallet) ? "auditor" : "aggregator";
        await desk.json("stake deposit", ["--task", values.TASK, "--for", role], { as: wallet });
      }
      for (const [role, wallets] of [
        [Role.Auditor, auditors],
        [Role.Aggregator, aggregators],
        [Role.Client, clients],
      ] as const) {
        for (const wallet of wallets) await (await tasks.connect(wallet).join(taskId, role)).wait();
      }
      const task = taskOf(desk.suite, taskId, cast(), address, desk.folder, openContentFolder(desk.file("content")));
      const parties = await partiesOf(task);
      for (const party of [...parties.auditors, ...parties.aggregators]) await party.step();
      await task.to(Phase.Commit);
      await playRound(task, parties);
      await (await tasks.connect(operator).refund(taskId)).wait();
    }
  });
});
