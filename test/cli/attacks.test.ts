import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { ArtelError } from "@artel/sdk";
import { expect } from "chai";
import { formatEther, parseEther, toBeHex, toUtf8Bytes, type HDNodeWallet } from "ethers";

import { rejection } from "../localnet/helpers.js";
import { launch } from "../programs.js";
import { found } from "../suite.js";
import { Desk } from "./helpers.js";

const SIGNER = fileURLToPath(new URL("fixture/signer.mjs", import.meta.url));
/** What moves a cursor, colours a line or turns it around. */
const CONTROLS = /[^\P{C}\n]/u;

/** What an endpoint makes of the true answer; `times` it was asked this before. */
type Lie = (method: string, truth: unknown, times: number) => unknown;

describe("attacks on the artel command", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let alice: HDNodeWallet;
  let bob: HDNodeWallet;
  const close: (() => void)[] = [];

  before(async () => {
    [alice, bob] = desk.suite.accounts;
    // without a base fee there are no tips
    await desk.suite.chain.provider.send("anvil_setNextBlockBaseFeePerGas", ["0x3b9aca00"]);
    await desk.suite.chain.provider.send("evm_mine", []);
  });
  after(() => close.forEach((each) => each()));

  /** Flags that lead to the chain through an endpoint that lies. */
  async function through(lie: Lie): Promise<string[]> {
    const asked = new Map<string, number>();
    const answer = async (request: { id: number; method: string; params: unknown[] }) => {
      const times = asked.get(request.method) ?? 0;
      asked.set(request.method, times + 1);
      const reply = { jsonrpc: "2.0", id: request.id };
      return desk.suite.chain.provider.send(request.method, request.params).then(
        (truth: unknown) => ({ ...reply, result: lie(request.method, truth, times) }),
        (failure: { info?: { error: object }; error?: object }) => ({
          ...reply,
          error: failure.info?.error ?? failure.error,
        }),
      );
    };
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const body = JSON.parse(Buffer.concat(chunks).toString()) as Parameters<typeof answer>[0];
        const all = Array.isArray(body) ? Promise.all(body.map(answer)) : answer(body);
        void all.then((result: unknown) => response.end(JSON.stringify(result)));
      });
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    close.push(() => (server.closeAllConnections(), server.close()));
    return ["--deployment", desk.deployment, "--rpc-url", `http://127.0.0.1:${(server.address() as AddressInfo).port}`];
  }

  const rotate = () => ["--to", bob.address, "--did", desk.did(alice)];
  const addKey = ["--type", "Ed25519", "--purpose", "veriKey", "--key", `0x${"07".repeat(32)}`];
  const signer = (mode: string) => [
    "--signer",
    `${process.execPath} ${SIGNER} ${desk.write("key", alice.privateKey)} ${mode}`,
  ];

  it("CLI-12 signs the fee that was shown, whatever the endpoint asks for while somebody reads it", async () => {
    const place = await through((method, truth, times) => {
      const isFee = method === "eth_maxPriorityFeePerGas" || method === "eth_gasPrice";
      return isFee && times > 0 ? toBeHex(parseEther("0.0001")) : truth;
    });
    // longer than equal questions are answered from memory
    const agree = async () => {
      await setTimeout(500);
      return true;
    };
    const printed = (await desk.lines("did add-key", [...place, ...addKey], { as: alice, agree })).join("\n");
    const [, hash] = /Transaction (0x\w+) is on its way/.exec(printed)!;
    const sent = (await desk.suite.chain.provider.getTransaction(hash))!;
    expect(sent.maxPriorityFeePerGas! < parseEther("0.0001")).to.equal(true);
    expect(printed).to.contain(`at most ${formatEther(sent.gasLimit * sent.maxFeePerGas!)} ether`);
  });

  it("CLI-12 shows the most that a transaction can cost, tips included", async () => {
    const tip = parseEther("0.0001");
    const place = await through((method, truth) => (method === "eth_maxPriorityFeePerGas" ? toBeHex(tip) : truth));
    const [line] = await desk.lines("did add-key", [...place, ...addKey, "--dry-run", "--json"], { as: alice });
    const { gas, mostFee } = JSON.parse(line);
    expect(BigInt(mostFee) > BigInt(gas) * tip).to.equal(true);
    const lines = await desk.lines("did add-key", [...place, ...addKey, "--dry-run"], { as: alice });
    expect(lines.join("\n")).to.match(/at most \d+\.\d+ ether/);
  });

  it("CLI-12 shows the address that a call goes to, where the endpoint names it", async () => {
    const { address, governor } = await found(desk.suite, [alice, bob, desk.suite.accounts[2]]);
    const place = await through((_, truth) => truth);
    const given = ["--cooperative", address, "--did", desk.did(bob), "--dry-run"];
    const lines = await desk.lines("member admit", [...place, ...given], { as: alice });
    expect(lines.join("\n")).to.contain(String(governor.target));
  });

  it("CLI-16 names a transaction that it sent, whatever the endpoint answers", async () => {
    const lies: Lie[] = [
      (method, truth) => (method === "eth_sendRawTransaction" ? `0x${"ab".repeat(32)}` : truth),
      (method, truth) => (method === "eth_sendRawTransaction" ? "never" : truth),
      (method, truth) => {
        if (method !== "eth_getTransactionReceipt" || truth === null) return truth;
        return { ...(truth as object), logs: "none", status: "0x1" };
      },
    ];
    for (const lie of lies) {
      const before = await desk.sent(alice);
      const place = await through(lie);
      const error = await rejection(desk.lines("did add-key", [...place, ...addKey, "--yes"], { as: alice }));
      expect(await desk.sent(alice)).to.equal(before + 1);
      expect(error).to.be.instanceOf(ArtelError).with.property("code", "cli/transaction-pending");
      const block = (await desk.suite.chain.provider.getBlock("latest"))!;
      expect(error.message).to.contain(block.transactions[0]).and.not.contain("\n");
    }
  });

  it("CLI-16 names a proposal's transaction, though the endpoint hides the proposal", async () => {
    const { address } = await found(desk.suite, [bob, alice, desk.suite.accounts[2]]);
    const place = await through((method, truth) => {
      return method === "eth_getTransactionReceipt" && truth !== null ? { ...(truth as object), logs: [] } : truth;
    });
    const given = ["--cooperative", address, "--did", desk.did(desk.suite.accounts[3]), "--yes"];
    const error = await rejection(desk.lines("member admit", [...place, ...given], { as: alice }));
    expect(error).to.have.property("code", "cli/transaction-pending");
  });

  it("CLI-15 hands no key and no password to the program that holds another", async () => {
    const args = ["did", "rotate", ...desk.place, ...rotate(), ...signer("curious"), "--dry-run"];
    const env = { ARTEL_PRIVATE_KEY: bob.privateKey, ARTEL_KEYSTORE_PASSWORD: "open sesame" };
    await launch("cli/bin/artel.js", args, { env }).ended;
    const seen = readFileSync(`${desk.file("key")}.env`, "utf8");
    expect(seen).to.contain("PATH");
    expect(seen).to.not.contain(bob.privateKey);
    expect(seen).to.not.contain("open sesame");
  });

  it("CLI-15 keeps a signature as contracts take it, however the program writes it", async () => {
    await desk.json("did recover guardians", ["--guardian", desk.did(alice), "--threshold", "1"], { as: bob });
    const out = desk.file("parity.json");
    const given = ["--did", desk.did(bob), "--successor", alice.address];
    await desk.json("did recover approve", [...given, "--until", "2100-01-01", "--out", out, ...signer("parity")]);
    await desk.json("did recover start", [...given, "--approval", out], { as: desk.suite.accounts[2] });
  });

  it("CLI-16 prints nothing that a terminal obeys, from an approval, an endpoint or an identity", async () => {
    const spoof = "\u001b[2J\u009b31m\u202eAll is well";
    const given = ["--did", desk.did(bob), "--successor", alice.address, "--approval"];
    const approval = JSON.parse(readFileSync(desk.file("parity.json"), "utf8")) as object;
    const files = [
      spoof,
      JSON.stringify({ ...approval, identity: spoof }),
      JSON.stringify({ ...approval, guardian: spoof }),
      JSON.stringify({ ...approval, signer: "zebra" }),
      JSON.stringify({ ...approval, signature: spoof }),
    ];
    for (const text of files) {
      const error = await desk.failure("did recover start", [...given, desk.write("evil.json", text)], { as: alice });
      expect(error.code, text).to.equal("cli/approval");
      expect(error.message).to.not.match(CONTROLS).and.not.contain("\n");
    }
    const { didRegistry } = desk.suite.contracts;
    const name = `0x${Buffer.from("did/svc/Hub").toString("hex").padEnd(64, "0")}`;
    const value = toUtf8Bytes(`https://example.org/${spoof}`);
    await (await didRegistry.connect(alice).setAttribute(alice.address, name, value, 86_400)).wait();
    for (const json of [[], ["--json"]]) {
      const lines = await desk.lines("did show", [...desk.place, "--did", desk.did(alice), ...json]);
      expect(lines.join("\n")).to.not.match(CONTROLS);
      const { didDocument } = JSON.parse(lines.join("\n"));
      expect(didDocument.service[0].serviceEndpoint).to.contain("All is well");
    }
  });

  it("CLI-16 repeats no key of an endpoint", async () => {
    const show = ["did show", ["--deployment", desk.deployment, "--did", desk.did(alice), "--rpc-url"]] as const;
    for (const secret of [
      "http://user:hunter2@127.0.0.1:9/",
      "http://127.0.0.1:9/v3/hunter2",
      "http://127.0.0.1:9/?key=hunter2",
    ]) {
      const error = await rejection(desk.lines(show[0], [...show[1], secret]));
      expect(error).to.have.property("code", "rpc/unreachable");
      expect(`${error.message} ${JSON.stringify(error)}`).to.not.contain("hunter2");
    }
  });

  it("CLI-14 writes a keystore that nobody else reads", async () => {
    const keystore = desk.file("fresh.json");
    await desk.lines("did create", ["--deployment", desk.deployment, "--keystore", keystore], {
      secret: "open sesame",
    });
    expect(statSync(keystore).mode & 0o777).to.equal(0o600);
    expect(readFileSync(keystore, "utf8")).to.not.contain("sesame");
  });
});
