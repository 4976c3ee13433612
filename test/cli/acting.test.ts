import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect } from "chai";
import { formatEther, Wallet, type HDNodeWallet } from "ethers";
import type { z } from "zod";

import { NOUNS } from "../../cli/src/nouns/index.js";
import { wireTo } from "../deploy/helpers.js";
import { eventually, isRunning } from "../localnet/helpers.js";
import { launch } from "../programs.js";
import { Desk } from "./helpers.js";

const SIGNER = fileURLToPath(new URL("fixture/signer.mjs", import.meta.url));

describe("artel", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let alice: HDNodeWallet;
  let bob: HDNodeWallet;
  let keyFile: string;

  before(async () => {
    [alice, bob] = desk.suite.accounts;
    keyFile = desk.write("key", alice.privateKey);
    await desk.suite.chain.provider.send("anvil_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
  });
  const rotate = () => ["--to", bob.address, "--did", desk.did(alice)];
  const signer = (mode: string, seconds = 10) => [
    ...["--signer", `${process.execPath} ${SIGNER} ${keyFile} ${mode}`, "--signer-seconds", String(seconds)],
  ];
  /** Hands the identity back, so that the next test finds it as it was. */
  const undo = async () =>
    void (await desk.json("did rotate", ["--to", alice.address, "--did", desk.did(alice)], { as: bob }));

  it("CLI-12 shows the decoded effect, gas and fee in a dry run, and sends nothing", async () => {
    const before = await desk.sent(alice);
    const { call, gas, gasPrice, fee, ...rest } = await desk.json("did rotate", [...rotate(), "--dry-run"], {
      as: alice,
    });
    expect(call).to.deep.equal({
      ...{
        contract: "DIDRegistry",
        address: desk.suite.deployment.contracts.DIDRegistry.address,
        method: "changeOwner",
      },
      arguments: { identity: alice.address, newOwner: bob.address },
    });
    expect(BigInt(fee)).to.equal(BigInt(gas) * BigInt(gasPrice));
    expect(rest).to.include({ dryRun: true, account: alice.address }).and.not.to.have.property("transaction");
    const lines = await desk.lines("did rotate", [...desk.place, ...rotate(), "--dry-run"], { as: alice });
    expect(lines[0]).to.equal(
      `${bob.address} owns ${desk.did(alice)} from then on, and ${alice.address} can change it no more.`,
    );
    expect(lines).to.include.members(["DIDRegistry.changeOwner", `  newOwner  ${bob.address}`, "Nothing was sent"]);
    expect(lines.at(-2))
      .to.contain(`${gas} gas at `)
      .and.to.contain(`about ${formatEther(BigInt(fee))} ether`);
    expect(await desk.sent(alice)).to.equal(before);
  });

  it("CLI-12 says in a dry run with what error it would be refused", async () => {
    const error = await desk.failure("did rotate", [...rotate(), "--dry-run"], { as: bob });
    expect(error.message).to.match(
      /^DIDRegistry\.changeOwner would be refused \(DIDRegistry_NotOwner\(0x\w+, 0x\w+, 0x\w+\): .*\): nothing was sent/,
    );
  });

  it("CLI-12 shows what a signature allows, and signs nothing in a dry run", async () => {
    await desk.json("did recover guardians", ["--guardian", desk.did(bob), "--threshold", "1"], { as: alice });
    const given = [
      "--did",
      desk.did(alice),
      "--successor",
      bob.address,
      "--until",
      "2100-01-01",
      "--out",
      desk.file("a.json"),
    ];
    const lines = await desk.lines("did recover approve", [...desk.place, ...given, "--dry-run"], { as: bob });
    expect(lines).to.include.members([
      "Recover for Artel DIDRegistry",
      `  successor  ${bob.address}`,
      "Nothing was signed",
    ]);
    const run = { as: bob, agree: () => false };
    const error = await desk
      .lines("did recover approve", [...desk.place, ...given], run)
      .catch((cause: Error) => cause);
    expect(error)
      .to.have.property("message")
      .that.matches(/^Nothing was signed: answer y/);
    expect(() => readFileSync(desk.file("a.json"))).to.throw();
    const nowhere = await desk.failure("did recover approve", [...given.slice(0, -1), "/nowhere/a.json"], {
      as: bob,
    });
    expect(nowhere.code).to.equal("cli/output-file");
  });

  it("CLI-13 sends only what somebody agreed to", async () => {
    const before = await desk.sent(alice);
    const printed = await desk
      .lines("did rotate", [...desk.place, ...rotate()], { as: alice, agree: () => false })
      .catch((e) => e);
    expect(printed).to.have.property("code", "cli/not-agreed");
    const asJson = await desk
      .lines("did rotate", [...desk.place, ...rotate(), "--json"], { as: alice })
      .catch((e) => e);
    expect(asJson).to.have.property("code", "cli/not-agreed");
    expect(await desk.sent(alice)).to.equal(before);
    const lines = await desk.lines("did rotate", [...desk.place, ...rotate()], { as: alice });
    expect(lines.at(-1)).to.match(/^It is in block \d+ and took \d+ gas$/);
    expect(lines).to.include("DIDRegistry.changeOwner");
    await undo();
  });

  it("CLI-13 refuses an account that can't pay", async () => {
    const poor = Wallet.createRandom();
    const error = await desk.failure("did rotate", ["--to", bob.address], { as: new Wallet(poor.privateKey) });
    expect(error.code).to.equal("cli/balance-too-low");
    expect(error.message).to.match(/can't pay for this \(it has 0\.0 ether and needs 0\.\d+ ether in reserve\)/);
  });

  it("CLI-14 signs with an encrypted keystore, whose password is in the environment or typed", async () => {
    const keystore = desk.write("keystore.json", await new Wallet(alice.privateKey).encrypt("open sesame"));
    const flags = [...rotate(), "--keystore", keystore];
    const { account } = await desk.json("did rotate", flags, { env: { ARTEL_KEYSTORE_PASSWORD: "open sesame" } });
    expect(account).to.equal(alice.address);
    await undo();
    await desk.json("did rotate", flags, { secret: "open sesame" });
    await undo();
    const wrong = await desk.failure("did rotate", flags, { secret: "sesame" });
    expect(wrong.code).to.equal("key/password-wrong");
    expect(wrong.message).not.to.match(/sesame/);
    expect((await desk.failure("did rotate", flags)).code).to.equal("key/password-missing");
    const other = [...rotate(), "--keystore", desk.write("other.json", "{}")];
    expect((await desk.failure("did rotate", other, { secret: "x" })).code).to.equal("key/keystore-file");
    const none = [...rotate(), "--keystore", desk.file("none.json")];
    expect((await desk.failure("did rotate", none, { secret: "x" })).code).to.equal("key/keystore-file");
  });

  it("CLI-15 signs transactions and typed data with a program that holds the key", async () => {
    const { account } = await desk.json("did rotate", [...rotate(), ...signer("honest")]);
    expect(account).to.equal(alice.address);
    await undo();
    await desk.json("did recover guardians", ["--guardian", desk.did(alice), "--threshold", "1"], { as: bob });
    const out = desk.file("approval.json");
    const given = ["--did", desk.did(bob), "--successor", alice.address, "--until", "2100-01-01", "--out", out];
    await desk.json("did recover approve", [...given, ...signer("honest")]);
    await desk.json("did recover start", ["--did", desk.did(bob), "--successor", alice.address, "--approval", out], {
      as: alice,
    });
    const other = await desk.failure("did recover approve", [...given, ...signer("other")]);
    expect(other.code).to.equal("cli/signer-reply");
  });

  for (const [mode, code, sentence] of [
    ["dies", "cli/signer-ended", /^The signer ended before it answered \(exit code 3\)/],
    ["killed", "cli/signer-ended", /\(SIGKILL\)/],
    ["declines", "cli/signer-refused", /^The signer refused signTransaction \(declined on the \[31mdevice\)/],
    ["babbles", "cli/signer-reply", /it is no JSON/],
    ["confused", "cli/signer-reply", /it does not follow the protocol/],
    ["empty", "cli/signer-reply", /neither a result nor an error/],
    ["nonsense", "cli/signer-reply", /it is not a signature/],
    ["endless", "cli/signer-reply", /it is too long/],
    ["other", "cli/signer-reply", /it signed something else, or another account did/],
  ] as const) {
    it(`CLI-15 sends nothing when the program ${mode}`, async () => {
      const before = await desk.sent(alice);
      const error = await desk.failure("did rotate", [...rotate(), ...signer(mode)]);
      expect(error.code, error.message).to.equal(code);
      expect(error.message).to.match(sentence);
      expect(await desk.sent(alice)).to.equal(before);
    });
  }

  it("CLI-15 waits for the program no longer than it was told, and ends it", async () => {
    for (const mode of ["silent", "hangs"]) {
      const error = await desk.failure("did rotate", [...rotate(), ...signer(mode, 1)]);
      expect(error.message).to.match(/^The signer did not answer \w+ within 1 s/);
    }
    const stubborn = await desk.failure("did rotate", [...rotate(), ...signer("stubborn", 5)]);
    expect(stubborn.code).to.equal("cli/signer-timeout");
    const [, pid] = /program (\d+)/.exec(readFileSync(`${keyFile}.pid`, "utf8"))!;
    await eventually(() => !isRunning(Number(pid)), 10_000);
    const missing = await desk.failure("did rotate", [...rotate(), "--signer", "no-such-program"]);
    expect(missing.message).to.match(/^The signer ended before it answered \(exit code 127\)/);
  });

  it("CLI-15 leaves no program behind when the command is interrupted", async () => {
    const args = ["did", "rotate", ...desk.place, ...rotate(), ...signer("hangs", 60), "--yes"];
    const command = launch("cli/bin/artel.js", args);
    await eventually(() => command.stdout().includes("DIDRegistry.changeOwner"), 30_000);
    const family = [...command.family().keys()];
    expect(family.length).to.be.above(1);
    command.kill("SIGINT");
    await command.ended;
    await eventually(() => family.every((pid) => !isRunning(pid)));
  });

  it("CLI-16 ends wrong input with one sentence", async () => {
    const cases: [string, string[], RegExp][] = [
      ["did sing", [], /^There is no command "did sing": see npx artel did --help$/],
      ["sing", [], /^There is no command "sing": see npx artel --help$/],
      ["did rotate", ["--speed", "9"], /^Unknown option '--speed': see npx artel did rotate --help$/],
      ["did rotate", [], /^--to is missing: see npx artel did rotate --help$/],
      ["did rotate", ["--to", "me"], /^--to can't be used as given \(it is not an address\)/],
      ["did rotate", ["--to", `${bob.address.slice(0, -1)}`], /^--to can't be used/],
      ["did show", ["--did", "did:web:example.org"], /^--did can't be used as given \(it is neither did:ethr nor an/],
      ["did add-key", ["--type", "RSA", "--purpose", "enc", "--key", "0x00"], /^--type can't be used/],
      [
        "did recover guardians",
        ["--guardian", bob.address, "--threshold", "many"],
        /^--threshold needs a whole number/,
      ],
      ["member suspend", ["--cooperative", bob.address, "--number", "first"], /^--number can't be used/],
      [
        "consent grant",
        ["--grantee", bob.address, "--data", "0x12"],
        /^--data can't be used as given \(it is not 0x and 64/,
      ],
    ];
    for (const [words, flags, sentence] of cases) {
      const error = await desk.lines(words, [...desk.place, ...flags], { as: alice }).catch((cause: Error) => cause);
      expect(error, words).to.have.property("message").that.matches(sentence).and.not.contain("\n");
    }
    const until = [
      "--grantee",
      bob.address,
      "--data",
      `0x${"12".repeat(32)}`,
      "--purpose",
      "x",
      "--terms",
      "y",
      "--until",
      "soon",
    ];
    expect((await desk.failure("consent grant", until, { as: alice })).message).to.match(/^--until can't be used/);
  });

  it("CLI-16 names a place, an endpoint or a key that is wrong, and repeats no key", async () => {
    const show = ["--did", desk.did(alice)];
    const url = ["--rpc-url", desk.suite.chain.url];
    const known = ["--deployment", desk.deployment];
    const elsewhere = desk.write("elsewhere.json", JSON.stringify({ ...desk.suite.deployment, chainId: 10 }));
    const cases: [string[], string, RegExp][] = [
      [[...show, ...url], "cli/flag", /^Exactly one of --network and --deployment/],
      [[...show, ...known, "--network", "sepolia"], "cli/flag", /^Exactly one of --network and --deployment/],
      [
        [...show, ...url, "--network", "atlantis"],
        "cli/flag",
        /^There is no deployment called atlantis .*: npm run deploy writes/,
      ],
      [[...show, ...url, "--deployment", desk.file("none.json")], "cli/flag", /can't be read/],
      [[...show, ...url, "--deployment", desk.write("torn.json", "{")], "cli/flag", /is no JSON/],
      [
        [...show, ...url, "--deployment", desk.write("empty.json", "{}")],
        "deployment/invalid",
        /^The list of addresses/,
      ],
      [[...show, ...known], "cli/flag", /^No endpoint is given/],
      [[...show, ...known, "--rpc-url", "http://127.0.0.1:9"], "rpc/unreachable", /^No chain answers at/],
      [[...show, ...url, "--deployment", elsewhere], "rpc/wrong-chain", /serves chain 31337, not chain 10/],
    ];
    for (const [flags, code, sentence] of cases) {
      const error = await desk.lines("did show", flags).catch((cause: Error) => cause);
      expect(error).to.include({ code }).and.to.have.property("message").that.matches(sentence);
    }
    expect((await desk.failure("did rotate", rotate())).code).to.equal("key/missing");
    const invalid = await desk.failure("did rotate", rotate(), { env: { ARTEL_PRIVATE_KEY: "0x1234567890" } });
    expect(invalid.code).to.equal("key/invalid");
    expect(invalid.message).not.to.contain("1234567890");
    const both = await desk.failure("did rotate", [...rotate(), "--keystore", "x", "--signer", "y"], { as: alice });
    expect(both.message).to.match(/^Only one of --keystore and --signer/);
    const elsewhereToo = await desk.lines("did show", [...known, ...show], {
      env: { ARTEL_RPC_URL: desk.suite.chain.url },
    });
    expect(elsewhereToo).to.have.length(1);
  });

  it("CLI-16 ends in one sentence when the endpoint goes away half way", async () => {
    const wire = await wireTo(desk.suite.chain.url);
    const place = ["--deployment", desk.deployment, "--rpc-url", wire.url];
    const agree = () => {
      wire.cut();
      return true;
    };
    const error = await desk.lines("did rotate", [...place, ...rotate()], { as: alice, agree }).catch((cause) => cause);
    expect(error).to.have.property("code", "cli/request-failed");
    expect(error).to.have.property("message").that.does.not.contain("\n");
  });

  it("CLI-16 is a program: npx artel, with exit codes, JSON and help for every command", async () => {
    const npx = promisify(execFile);
    const { stdout } = await npx("npx", ["artel", "did", "show", ...desk.place, "--did", desk.did(bob), "--json"]);
    expect(JSON.parse(stdout).didDocument.id).to.equal(desk.did(bob));
    const failed = await npx("npx", ["artel", "did", "rotate", ...desk.place, "--to", "me", "--json"]).catch(
      (error) => error,
    );
    expect(failed.code).to.equal(1);
    expect(JSON.parse(failed.stdout).error).to.include({ code: "cli/flag", hint: "see npx artel did rotate --help" });
    for (const { name, commands } of NOUNS) {
      const [help] = await desk.lines(name, []);
      for (const { words, does, operands, flags } of commands) {
        expect(help).to.match(new RegExp(`^  ${words} +${does.slice(0, 20)}`, "m"));
        const [own] = await desk.lines(words, ["--help"]);
        const isLeftOut = (operand: string) => (flags[operand] as z.ZodType).safeParse(undefined).success;
        const places = operands.map((each) => (isLeftOut(each) ? `[${each.toUpperCase()}]` : each.toUpperCase()));
        const typed = [words, ...places].join(" ");
        expect(own).to.contain(`npx artel ${typed}: ${does}`).and.to.contain("--deployment FILE");
      }
    }
    const [rotateHelp] = await desk.lines("did rotate", ["--help"]);
    expect(rotateHelp).to.match(/^  --to ACCOUNT .*\(required\)$/m);
    expect(rotateHelp.match(/\(required\)/g)).to.have.length(1);
    for (const flags of [[], ["--help"]]) {
      const [help] = await desk.lines("did recover", flags);
      expect(help).to.contain("  did recover finish ").and.not.to.contain("did rotate");
    }
  });
});
