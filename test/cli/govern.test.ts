import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { ALL_TOPICS, LocalToken__factory, type Cooperative } from "@artel/sdk";
import { cidOf } from "@artel/sdk/learning";
import { expect } from "chai";
import { parseEther, type HDNodeWallet } from "ethers";

import { deployToken, found } from "../suite.js";
import { Desk, type Run } from "./helpers.js";

const DAY = 86_400;

/** An endpoint that refuses methods. */
async function endpointWithout(methods: readonly string[], url: string): Promise<{ url: string; server: Server }> {
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += String(chunk);
    const payload = [JSON.parse(body)].flat() as { id: number; method: string }[];
    const refused = payload.filter(({ method }) => methods.includes(method));
    const answers =
      refused.length > 0
        ? refused.map((each) => ({ jsonrpc: "2.0", id: each.id, error: { code: -32601, message: "not offered here" } }))
        : [
            await (await fetch(url, { method: "POST", body, headers: { "content-type": "application/json" } })).json(),
          ].flat();
    response.end(JSON.stringify(body.startsWith("[") ? answers : answers[0]));
  });
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

describe("artel propose, vote, delegate, queue, execute, cancel, simulate, status", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let founders: readonly HDNodeWallet[];
  let guest: HDNodeWallet;
  let stranger: HDNodeWallet;
  let cooperative: Cooperative;
  let token: string;
  let place: string[];

  before(async () => {
    const { accounts, contracts, operator } = desk.suite;
    founders = accounts.slice(0, 3);
    [guest, stranger] = accounts.slice(10);
    const { to, data } = await contracts.proxies.setLimits.populateTransaction(1, 1, 365 * DAY);
    cooperative = await found(desk.suite, founders, { calls: [{ target: to, data }] });
    place = ["--cooperative", cooperative.address];
    const deployed = await deployToken(desk.suite);
    token = await deployed.getAddress();
    await (await deployed.mint(cooperative.address, parseEther("100"))).wait();
    await (await operator.sendTransaction({ to: cooperative.address, value: parseEther("5") })).wait();
  });

  const now = async () => BigInt((await desk.suite.chain.provider.getBlock("latest"))!.timestamp);
  const run = (words: string, flags: readonly string[] = [], as?: HDNodeWallet) =>
    desk.json(words, [...place, ...flags], { as });
  const refused = (words: string, flags: readonly string[] = [], as?: HDNodeWallet) =>
    desk.failure(words, [...place, ...flags], { as });
  const text = async (words: string, flags: readonly string[], options: Run = {}) =>
    (await desk.lines(words, [...desk.place, ...place, ...flags], options)).join("\n");
  const status = async (proposalId: string) => (await run(`status ${proposalId}`)).proposals[0];
  const open = async (proposalId: string) =>
    desk.suite.chain.warpTo((await cooperative.governor.proposalSnapshot(proposalId)) + 1n);
  const pass = async (proposalId: string) => {
    await open(proposalId);
    for (const founder of founders.slice(0, 2)) await run(`vote ${proposalId} for`, [], founder);
    await desk.suite.chain.warpTo(await cooperative.governor.proposalEta(proposalId));
  };

  it("CGV-01 CGV-04 CGV-07 pays by proposal, from the first word to the last", async () => {
    const given = ["--to", guest.address, "--amount", "12.5", "--token", token];
    const sent = await desk.sent(founders[0]);
    const dry = await run("propose pay", [...given, "--dry-run"], founders[0]);
    expect(await desk.sent(founders[0])).to.equal(sent);
    expect(dry).to.deep.include({ dryRun: true, policyClass: 7, cooperative: cooperative.address });
    const { proposalId, simulation, effect, call } = await run("propose pay", given, founders[0]);
    expect(call.arguments.description).to.match(
      new RegExp(`^# Pay 12.5 of token ${token} to ${guest.address}\n\nProposed .*Z\\.\n\n#proposer=0x[0-9a-f]{40}$`),
    );
    expect(effect[1]).to.equal(
      "Class 7 decides: at least 2/3 of those for or against, and 2 of 3 members have to vote.",
    );
    expect(simulation).to.deep.include({ via: "eth_simulateV1", isMeasured: true, unavailable: [], omitted: 0 });
    expect(simulation.balances).to.deep.equal([
      { account: cooperative.address, token, change: String(-parseEther("12.5")), amount: "-12.5" },
      { account: guest.address, token, change: String(parseEther("12.5")), amount: "12.5" },
    ]);

    const pending = await status(proposalId);
    expect(pending).to.deep.include({ state: "pending", title: call.arguments.description.split("\n")[0].slice(2) });
    expect(pending.outlook).to.deep.equal({ quorum: "2", missing: "2", isVetoed: false });
    expect(pending.next.map(({ command }: { command: string }) => command)).to.deep.equal(["vote", "cancel"]);
    await open(proposalId);
    await run(`vote ${proposalId} against`, ["--reason", "too dear"], founders[0]);
    expect((await status(proposalId)).outlook.missing).to.equal("2");
    const changed = await text(`vote ${proposalId} for`, ["--dry-run"], { as: founders[0] });
    expect(changed).to.match(
      /^Member 1 votes for, instead of the ballot cast before\.\nProposal \d+ calls itself "Pay 12/,
    );
    expect(changed).to.contain(`  ${token}.transfer\n    to      ${guest.address}\n`);
    await run(`vote ${proposalId} for`, [], founders[0]);
    await run(`vote ${proposalId} for`, [], founders[1]);
    const active = await status(proposalId);
    expect(active).to.deep.include({ state: "active", policyClass: 7 });
    expect(active.tally).to.deep.equal({ yes: "2", no: "0", abstain: "0", vetoes: "0", electorate: "3" });
    expect(active.outlook.missing).to.equal("0");
    expect(await text("status", [])).to.match(
      /2 for, 0 against, .* of 3 members\n  it passes as it stands \(quorum 2\)/,
    );

    const early = await refused(`execute ${proposalId}`, [], stranger);
    expect(early.message).to.match(/^CooperativeGovernor\.execute would be refused \(GovernorUnexpectedProposalState/);
    await desk.suite.chain.warpTo(BigInt(active.voteEnd) + 1n);
    await run(`queue ${proposalId}`, [], stranger);
    const waiting = await refused(`execute ${proposalId}`, [], stranger);
    expect(waiting.message).to.match(/\(Governor_TooEarly\(/);
    await desk.suite.chain.warpTo(BigInt(active.eta));
    const steps = (await status(proposalId)).next.map(({ command, by }: Record<string, string>) => [command, by]);
    expect(steps).to.deep.equal([
      ["queue", "anybody"],
      ["execute", "anybody"],
    ]);
    expect((await run(`execute ${proposalId}`, [], stranger)).simulation.balances).to.deep.equal(simulation.balances);
    expect(await LocalToken__factory.connect(token, stranger).balanceOf(guest.address)).to.equal(parseEther("12.5"));
    expect(await status(proposalId)).to.deep.include({ state: "executed", next: [] });
    expect(await text("status", [])).to.equal(`${cooperative.address} has no open proposals`);
  });

  it("CGV-02 proposes what a file says, all its actions in one", async () => {
    const { contracts, accounts } = desk.suite;
    const membership = await contracts.membership.getAddress();
    const file = desk.write(
      "proposal.yaml",
      `title: Spring
description: |
  **Two** things.
actions:
  - pay: { to: ${guest.address}, amount: 1.5 }
  - admit: { did: [${desk.did(accounts[20])}] }
  - notice: { number: 3, charge: copied updates }
  - rule: { target: ${membership}, function: "expel(uint256)", class: 0 }
  - policy: { class: 7, approval: 3/4, votingPeriod: 5 days }
  - limit: { class: 0, amount: 20, token: ${token}, days: 30 }
  - heir: { to: ${guest.address} }
  - module: { module: ${await contracts.openAdmission.getAddress()}, cap: 2, readmits: true }
  - call: { to: ${token}, function: "approve(address spender, uint256 amount)", argument: [${guest.address}, 7], value: 0 }
`,
    );
    const { policyClass, simulation, call } = await run(`propose ${file}`, ["--dry-run"], founders[0]);
    expect(policyClass).to.equal(7);
    expect(call.arguments.description).to.match(/^# Spring\n\n\*\*Two\*\* things\.\n\n#proposer=0x/);
    expect(simulation.balances.map(({ account, amount }: Record<string, string>) => [account, amount])).to.deep.equal([
      [cooperative.address, "-1.5"],
      [guest.address, "1.5"],
    ]);
    const told = simulation.events.map(({ action, contract, event }: Record<string, string>) => [
      action,
      contract,
      event,
    ]);
    expect(told).to.deep.equal([
      [2, "Membership", "MemberAdmitted"],
      [3, "Membership", "NoticeGiven"],
      [4, "PolicyBook", "RuleSet"],
      [5, "PolicyBook", "PolicySet"],
      [6, "Treasury", "LimitSet"],
      [7, "Treasury", "HeirSet"],
      [8, "Membership", "AdmissionAppointed"],
      [9, token, "Approval"],
    ]);
    const [, , , , { arguments: changed }] = simulation.calls;
    expect(changed.policy).to.include({
      approvalNumerator: "3",
      approvalDenominator: "4",
      votingPeriod: String(5 * DAY),
    });
    expect(changed.policy).to.include({ quorumNumerator: "1", quorumDenominator: "2", executionDelay: String(DAY) });
    expect(simulation.events.at(-1).arguments).to.deep.equal({
      ...{ owner: cooperative.address, spender: guest.address, amount: "7" },
    });
    const seen = await text(`simulate ${file}`, []);
    expect(seen).to.match(/^Class 7 decides: /);
    expect(seen).to.contain("\nSimulated by eth_simulateV1, at ");
    expect(seen).to.contain(`  2: Membership.MemberAdmitted  cooperative ${cooperative.address}  number 4`);
    // The Treasury is handed on last: nothing after it is refused, and all of it is told.
    const json = desk.write(
      "proposal.json",
      JSON.stringify({ title: "Hand over", actions: [{ governor: { to: membership } }, { expel: { number: "3" } }] }),
    );
    const handed = await run(`simulate ${json}`);
    expect(handed.events.map(({ event }: { event: string }) => event)).to.deep.equal([
      "GovernorChanged",
      "MemberExpelled",
    ]);
  });

  it("CGV-02 says in one sentence what is wrong with a file or a flag", async () => {
    const cases: readonly [string, RegExp][] = [
      ["title: [", /^.* holds no proposal \(.*line 1, column \d+\): docs\/guides\/govern\.md shows one$/],
      ["title: A", /\(actions: /],
      ["title: A\nactions: []", /\(actions: /],
      ["title: A\nurgent: yes\nactions:\n  - expel: { number: 1 }", /\(the whole: Unrecognized key: "urgent"\)/],
      ["title: A\nactions:\n  - burn: { number: 1 }", /\(action 1, burn: it is none of pay, admit, /],
      [
        "title: A\nactions:\n  - expel: { number: 1 }\n    admit: { did: [] }",
        /\(actions\.0: it has to be one action\)/,
      ],
      [
        "title: A\nactions:\n  - expel: { number: 1 }\n  - expel: { number: one }",
        /\(action 2, expel: number can't be used/,
      ],
      ["title: A\nactions:\n  - expel: {}", /\(action 1, expel: number is missing\)/],
      [
        `title: A\nactions:\n  - pay: { to: ${"0x12"}, amount: 1 }`,
        /\(action 1, pay: to can't be used as given \(it is not an address\)\)/,
      ],
      [`title: A\nactions:\n  - pay: { to: ${guest.address}, amount: -1 }`, /\(action 1, pay: amount can't be used/],
    ];
    for (const [content, sentence] of cases) {
      const error = await refused(`propose ${desk.write("wrong.yaml", content)}`, [], founders[0]);
      expect(error.message, content).to.match(sentence);
      expect(error.code).to.equal("cli/proposal-file");
      expect(error.message).not.to.contain("\n");
    }
    expect((await refused("propose nowhere.yaml", [], founders[0])).message).to.match(
      /^nowhere\.yaml holds no proposal \(ENOENT/,
    );
    const to = ["--to", guest.address];
    const flags: readonly [string, string[], RegExp][] = [
      ["propose pay", to, /^--amount is missing: see npx artel propose pay --help$/],
      ["propose pay", [...to, ...to, "--amount", "1"], /^--to is given twice/],
      ["propose pay", [...to, "--amount", "1", "--token", guest.address], /is no token that tells its decimals/],
      ["propose pay", [...to, "--amount", `0.${"1".repeat(19)}`], /has more than 18 digits after the point/],
      ["propose call", [...to, "--function", "pay("], /it is no signature of a function/],
      [
        "propose call",
        [...to, "--function", "pay(uint256)", "--argument", "many"],
        /can't be called with what is given/,
      ],
      ["propose call", [...to, "--function", "pay(uint256)"], /can't be called with what is given/],
      ["propose task", ["--terms", desk.write("terms.json", "{}")], /^openTask can't be called/],
      ["propose rule", ["--target", token, "--function", "?", "--class", "0"], /neither a signature nor a selector/],
    ];
    for (const [words, given, sentence] of flags) {
      expect((await refused(words, given, founders[0])).message, words).to.match(sentence);
    }
    const outsider = await refused("propose pay", [...to, "--amount", "1"], stranger);
    expect(outsider.message).to.match(/Governor_NotAMember\(.*is no active member of the cooperative/);
    const odd = await desk.failure("propose pay", ["--cooperative", guest.address, ...to, "--amount", "1"], {
      as: guest,
    });
    expect(odd.code).to.equal("cli/not-a-cooperative");
  });

  it("CGV-01 offers a grant by milestones, from what is put aside when it is carried out", async () => {
    const { grants } = desk.suite.contracts;
    const terms = [
      ...["--to", guest.address, "--token", token, "--accept-by", "2100-01-01"],
      ...["--milestone", "2 by 2100-02-01", "--milestone", "0.5 by 2100-03-01"],
      ...["--work", cidOf(new Uint8Array([1])).toString()],
    ];
    const short = await refused("propose grant", [...terms, "--milestone", "3 until May"], founders[0]);
    expect(short.message).to.match(/^--milestone can't be used as given \(it is not written as 500 by 2030-01-31\)/);
    const { proposalId, simulation, call } = await run("propose grant", terms, founders[0]);
    expect(call.arguments.description).to.match(/^# Grant 0x\w+ 2.5 of token 0x\w+ by milestones\n/);
    expect(simulation.balances.map(({ account, amount }: Record<string, string>) => [account, amount])).to.deep.equal([
      [cooperative.address, "-2.5"],
      [await grants.getAddress(), "2.5"],
    ]);
    await pass(proposalId);
    await run(`execute ${proposalId}`, [], stranger);
    const [offered] = await grants.queryFilter(grants.filters.GrantOpened);
    expect([offered.args.cooperative, offered.args.recipient]).to.deep.equal([cooperative.address, guest.address]);
    expect(offered.args.amount).to.equal(parseEther("2.5"));
  });

  it("CGV-03 simulates the whole after each part, and names the action that fails", async () => {
    const pay = (amount: string) => `  - pay: { to: ${guest.address}, amount: ${amount}, token: ${token} }`;
    // Either alone has cover; together they have not.
    const file = desk.write(
      "drain.yaml",
      ["title: Nothing to see", "actions:", pay("80"), pay("80"), pay("1")].join("\n"),
    );
    const drained = await run(`simulate ${file}`);
    expect(drained.failedAction).to.equal(2);
    expect(drained.refused).to.match(new RegExp(`^action 2, ${token}.transfer, fails \\(`));
    expect(drained).to.deep.include({ events: [], balances: [] });
    expect(await text(`simulate ${file}`, [])).to.match(/\nIt would be refused as a whole: action 2, /);
    const empty = desk.write("empty.yaml", `title: A\nactions:\n  - call: { to: ${guest.address}, function: "a()" }`);
    expect((await run(`simulate ${empty}`)).refused).to.match(new RegExp(`^action 1, ${guest.address}`));
    // What it does is told, not what it says it does.
    const liar = desk.write(
      "liar.yaml",
      `title: Pay nobody\ndescription: It changes no balance.\nactions:\n${pay("3")}`,
    );
    const told = await text(`simulate ${liar}`, []);
    expect(told).to.contain(`the cooperative loses 3.0 of token ${token}`);
    expect(told).not.to.match(/Pay nobody|It changes no balance/);
  });

  it("CGV-03 simulates by debug_traceCall or a local fork where the endpoint offers no more, and says so", async () => {
    const file = desk.write(
      "ways.yaml",
      `title: A\nactions:\n  - pay: { to: ${guest.address}, amount: 2 }\n  - pay: { to: ${guest.address}, amount: 3, token: ${token} }`,
    );
    const drain = desk.write(
      "more.yaml",
      `title: A\nactions:\n  - pay: { to: ${guest.address}, amount: 4 }\n  - pay: { to: ${guest.address}, amount: 4 }`,
    );
    const direct = await run(`simulate ${file}`);
    const simulateV1 = "eth_simulateV1";
    for (const [via, methods, isMeasured] of [
      ["debug_traceCall", [simulateV1], false],
      ["fork", [simulateV1, "debug_traceCall"], true],
    ] as const) {
      const { url, server } = await endpointWithout(methods, desk.suite.chain.url);
      const at = ["--deployment", desk.deployment, "--rpc-url", url, ...place];
      const json = async (name: string) => JSON.parse((await desk.lines(`simulate ${name}`, [...at, "--json"])).join());
      const found = await json(file);
      expect(found).to.deep.include({
        via,
        isMeasured,
        unavailable: methods.map((method) => `${method}: not offered here`),
      });
      expect(found.balances).to.deep.equal(direct.balances);
      expect(found.events).to.deep.equal(direct.events);
      expect((await json(drain)).failedAction).to.equal(2);
      const [first] = await desk.lines(`simulate ${file}`, at);
      expect(first).to.match(/^Class 7 decides/);
      expect((await desk.lines(`simulate ${file}`, at)).join("\n")).to.contain(
        `Not available: ${simulateV1}: not offered here`,
      );
      server.close();
    }
  });

  it("CGV-05 takes ballots that were signed apart, and tells which do not count and why", async () => {
    const { proposalId } = await run("propose pay", ["--to", guest.address, "--amount", "1"], founders[0]);
    await open(proposalId);
    const sign = async (as: HDNodeWallet, support: string, file: string) =>
      run(`vote ${proposalId} ${support}`, ["--sign-only", "--out", desk.file(file)], as);
    const before = await desk.sent(founders[0]);
    const { ballot } = await sign(founders[0], "for", "one.json");
    expect(ballot).to.deep.include({
      chainId: "31337",
      proposalId,
      support: "for",
      voter: founders[0].address,
      nonce: "0",
    });
    expect(await desk.sent(founders[0])).to.equal(before);
    await sign(founders[1], "veto", "two.json");
    const [, two] = ["one", "two"].map((name) => JSON.parse(readFileSync(desk.file(`${name}.json`), "utf8")));
    const printed = await text(`vote ${proposalId} abstain`, ["--sign-only", "--yes"], { as: founders[2] });
    const three = JSON.parse(printed.slice(printed.indexOf("{")));
    const forged = { ...three, signature: two.signature };
    const batch = desk.write("ballots.json", JSON.stringify([forged, two, { ...ballot, support: "against" }]));

    const dry = await run(`vote submit ${batch}`, ["--dry-run"], stranger);
    expect(dry.doubtful).to.deep.equal([founders[0].address, founders[2].address]);
    const list = desk.write("list.json", JSON.stringify([forged, two, ballot]));
    const { counted, refused: passedOver } = await run("vote submit", ["--ballots", list], stranger);
    expect(counted).to.deep.equal([founders[0].address, founders[1].address]);
    expect(passedOver).to.deep.equal([{ voter: founders[2].address, reason: "the signature is not the voter's" }]);
    const again = await run(
      "vote submit",
      ["--ballots", desk.file("one.json"), "--ballots", desk.file("two.json")],
      stranger,
    );
    expect(again.counted).to.deep.equal([]);
    expect(again.refused[0].reason).to.match(/^the voter has voted in person/);
    expect((await status(proposalId)).tally).to.deep.include({ yes: "1", vetoes: "1", no: "0" });

    const changed = await sign(founders[1], "for", "two.json");
    expect(changed.ballot.nonce).to.equal("1");
    await run("vote submit", ["--ballots", desk.file("two.json")], stranger);
    const third = await refused(`vote ${proposalId} veto`, ["--sign-only"], founders[1]);
    expect(third.message).to.match(
      /^No signature changes this ballot any more: change it with a transaction of your own/,
    );

    const cases: readonly [object | string, RegExp][] = [
      [{ ...ballot, chainId: "1" }, /\(they were signed for chain 1, and this is chain 31337\)/],
      [{ ...ballot, governor: guest.address }, /\(they were signed for the governor 0x/],
      [[ballot, { ...ballot, proposalId: "7" }], /\(they are on several proposals/],
      [{ ...ballot, support: "maybe" }, /\(they are no signed ballots\)/],
      [[], /\(they are no signed ballots\)/],
      ["no json", /\(they are no signed ballots\)/],
    ];
    for (const [content, sentence] of cases) {
      const written = desk.write("odd.json", typeof content === "string" ? content : JSON.stringify(content));
      const error = await refused("vote submit", ["--ballots", written], stranger);
      expect(error).to.include({ code: "cli/ballot-file" });
      expect(error.message).to.match(sentence);
    }
  });

  it("CGV-04 takes no ballot that can't count", async () => {
    const { proposalId } = await run("propose pay", ["--to", guest.address, "--amount", "1"], founders[1]);
    const early = await refused(`vote ${proposalId} for`, [], founders[0]);
    expect(early.message).to.contain("GovernorUnexpectedProposalState");
    const cases: readonly [string, string[], HDNodeWallet, RegExp][] = [
      [`vote ${proposalId} for`, [], stranger, /is no active member of/],
      [`vote ${proposalId} maybe`, [], founders[0], /^"maybe" can't be used as given \(.*"for"/],
      [`vote ${proposalId}`, ["--support", "maybe"], founders[0], /^--support can't be used as given/],
      [`vote ${proposalId}`, [], founders[0], /^--support is missing/],
      [`vote ${proposalId} for`, ["--support", "against"], founders[0], /^--support is given twice/],
      [`vote ${proposalId} for now`, [], founders[0], /^There is no command/],
      ["vote 7 for", [], founders[0], /^The governor of 0x.* has no proposal 7: take the id from npx artel status$/],
      [`vote ${proposalId} for`, ["--sign-only", "--reason", "so"], founders[0], /has no room for --reason/],
      [`vote ${proposalId} for`, ["--out", "x"], founders[0], /^--out goes with --sign-only/],
      ["status 7", [], founders[0], /has no proposal 7/],
      ["simulate 7", [], founders[0], /has no proposal 7/],
    ];
    for (const [words, given, as, sentence] of cases) {
      expect((await refused(words, given, as)).message, words).to.match(sentence);
    }
  });

  it("CGV-06 takes a proposal back before voting starts, its maker alone", async () => {
    const { proposalId } = await run("propose pay", ["--to", guest.address, "--amount", "1"], founders[1]);
    const other = await refused(`cancel ${proposalId}`, [], founders[0]);
    expect(other.message).to.match(/^CooperativeGovernor\.cancel would be refused \(GovernorUnableToCancel/);
    await run(`cancel ${proposalId}`, [], founders[1]);
    expect((await status(proposalId)).state).to.equal("canceled");
  });

  it("CGV-08 lends a ballot and takes it back", async () => {
    const { proxies } = desk.suite.contracts;
    const until = String((await now()) + BigInt(DAY));
    const name = (to: string, ...more: string[]) => ["--to", to, "--until", until, ...more];
    expect((await refused("delegate", name("1"), founders[0])).message).to.contain("Proxies_InvalidHolder");
    expect((await refused("delegate", name("2", "--topic", "8"), founders[0])).message).to.match(
      /^--topic can't be used/,
    );
    await run("delegate", name("2"), founders[0]);
    await run("delegate", name("2", "--topic", "7"), founders[2]);
    expect((await refused("delegate accept", ["--principal", "1"], stranger)).code).to.equal("cli/no-member");
    await run("delegate accept", ["--principal", "1"], founders[1]);
    const full = await refused("delegate accept", ["--principal", "3", "--topic", "7"], founders[1]);
    expect(full.message).to.match(/^All 1 seats for proxies are taken/);
    expect(await proxies.holderOf(cooperative.address, 1, 0, await now())).to.equal(2n);

    const { proposalId } = await run("propose pay", ["--to", guest.address, "--amount", "1"], founders[0]);
    await open(proposalId);
    const late = await refused(`vote ${proposalId} for`, ["--as-proxy-for", "3"], founders[1]);
    expect(late.message).to.contain("Governor_NoProxiedBallot");
    const both = ["--as-proxy-for", "3", "--as-proxy-for", "1"];
    const { counted, effect } = await run(`vote ${proposalId} for`, both, founders[1]);
    expect(effect[0]).to.equal("Member 2 votes for in the place of 3, 1.");
    expect(counted).to.deep.equal(["1"]);
    expect((await status(proposalId)).tally.yes).to.equal("1");
    const odd = await refused(`vote ${proposalId} for`, [...both, "--sign-only"], founders[1]);
    expect(odd.message).to.match(/^A ballot by proxy is sent, without/);

    await run("delegate revoke", [], founders[0]);
    expect((await proxies.proxyOf(cooperative.address, 1, ALL_TOPICS)).holder).to.equal(0n);
    await run("delegate accept", ["--principal", "3", "--topic", "7"], founders[1]);
  });

  it("CGV-07 executes nothing twice, nor what fails, and finds it unharmed later", async () => {
    const { chain, operator } = desk.suite;
    const { proposalId } = await run("propose pay", ["--to", guest.address, "--amount", "900"], founders[0]);
    await pass(proposalId);
    const short = await refused(`execute ${proposalId}`, [], stranger);
    expect(short.message).to.match(/^CooperativeGovernor\.execute would be refused/);
    expect((await run(`simulate ${proposalId}`)).failedAction).to.equal(1);
    await (await operator.sendTransaction({ to: cooperative.address, value: parseEther("1000") })).wait();
    const held = await chain.provider.getBalance(guest.address);
    await run(`execute ${proposalId}`, [], stranger);
    expect((await chain.provider.getBalance(guest.address)) - held).to.equal(parseEther("900"));
    expect((await refused(`execute ${proposalId}`, [], stranger)).message).to.contain(
      "GovernorUnexpectedProposalState",
    );
  });

  it("CGV-07 reads a proposal whose description is no text", async () => {
    const { governor } = cooperative;
    const { data, to } = await governor.propose.populateTransaction([guest.address], [1n], ["0x"], "\n\n# odd?");
    // A byte that begins no character of UTF-8.
    const odd = data.replace(Buffer.from("odd?").toString("hex"), `${Buffer.from("odd").toString("hex")}ff`);
    const receipt = await (await founders[2].sendTransaction({ to, data: odd })).wait();
    const proposalId = String(governor.interface.parseLog(receipt!.logs[0])!.args.proposalId);
    expect((await status(proposalId)).title).to.equal("odd\ufffd");
    await pass(proposalId);
    await run(`execute ${proposalId}`, [], stranger);
    expect((await status(proposalId)).state).to.equal("executed");
  });
});
