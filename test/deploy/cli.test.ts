import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import { expect } from "chai";
import { parseEther, Wallet } from "ethers";
import hre from "hardhat";

import { ARBITRUM_NODE_INTERFACE, ARBITRUM_SYS, quote, rehearse } from "../../deploy/cost.js";
import { Processes, startChain, type Chain } from "../../localnet/index.js";
import { Reputation__factory } from "../../sdk/src/contracts/index.js";
import { connect, loadDeployment, type Deployment } from "../../sdk/src/deployments.js";
import { OP_GAS_PRICE_ORACLE } from "../../sdk/src/fees.js";
import { Command, forgetJournal, scratchFolder, wireTo, type Outcome } from "./helpers.js";

/** mstore(0, 1000); return(0, 96): answers every question with 1000. */
const ANSWERS_1000 = "0x6103e85f5260605ff3";
const TRANSACTIONS = 45;

describe("npm run deploy", function () {
  this.timeout(180_000);
  const folder = scratchFolder();
  const ids: string[] = [];
  let processes: Processes;
  let chain: Chain;
  let out: string;
  let id: string;

  beforeEach(async () => {
    processes = await Processes.open(folder);
    chain = await startChain(processes, { accounts: 3, baseFee: 1_000_000_000 });
    id = `test-${process.pid}-${ids.length}`;
    ids.push(id);
    out = join(folder, id);
  });
  afterEach(async () => {
    await processes.stopAll();
    forgetJournal(id);
  });

  const command = (url: string, args: readonly string[], key = chain.wallets[0].privateKey) =>
    new Command("scripts/deploy.ts", ["--rpc-url", url, "--out", out, "--deployment-id", id, ...args], {
      ARTEL_PRIVATE_KEY: key,
    });
  const deploy = (...args: string[]) => command(chain.url, args).outcome;
  const nonce = () => chain.provider.getTransactionCount(chain.wallets[0].address);
  const file = () => join(out, "localhost", "addresses.json");
  const written = (): Deployment => loadDeployment(JSON.parse(readFileSync(file(), "utf8")));

  const expectSentence = ({ status, stderr }: Outcome, sentence: RegExp) => {
    expect(stderr).to.match(sentence);
    expect(stderr.trimEnd().split("\n")).to.have.length(1);
    expect(status).to.equal(1);
  };
  const untilNonce = async (least: number) => {
    while ((await nonce()) < least) await sleep(5);
  };
  const expectWhole = async () => {
    const deployment = written();
    for (const [name, { address, block, transaction }] of Object.entries(deployment.contracts)) {
      expect(await chain.provider.getCode(address), name).not.to.equal("0x");
      expect((await chain.provider.getTransactionReceipt(transaction))!.blockNumber, name).to.equal(block);
      expect(deployment.deployedAt).to.be.at.most(block);
    }
    expect(await nonce()).to.equal(TRANSACTIONS);
    return deployment;
  };

  it("DEP-02 shows the cost and spends nothing in a dry run", async () => {
    const before = await chain.provider.getBalance(chain.wallets[0].address);
    const { status, stdout, stderr } = await deploy("--dry-run", "--json");
    expect([status, stderr]).to.deep.equal([0, ""]);
    const answer = JSON.parse(stdout);
    expect(answer).to.include({ network: "localhost", chainId: 31337, transactions: TRANSACTIONS, dryRun: true });
    expect(BigInt(answer.cost)).to.equal(BigInt(answer.gas) * BigInt(answer.gasPrice));
    expect(await nonce()).to.equal(0);
    expect(await chain.provider.getBalance(chain.wallets[0].address)).to.equal(before);
    expect(existsSync(out)).to.equal(false);
  });

  it("DEP-01 deploys everything, close to the gas it said, and what it writes can be used", async () => {
    const { status, stdout, stderr } = await deploy("--yes", "--json");
    expect([status, stderr]).to.deep.equal([0, ""]);
    const deployment = await expectWhole();
    const answer = JSON.parse(stdout);
    expect(answer.deployment).to.deep.equal(deployment);
    let used = 0n;
    for (let number = 1; number <= (await chain.provider.getBlockNumber()); number++) {
      used += (await chain.provider.getBlock(number))!.gasUsed;
    }
    expect(Number(used) / Number(answer.gas)).to.be.within(0.999, 1.001);

    const contracts = connect(deployment, chain.provider);
    expect(await contracts.tasks.MEMBERSHIP()).to.equal(deployment.contracts.Membership.address);
    const reputation = Reputation__factory.connect(deployment.contracts.Reputation.address, chain.provider);
    expect(await reputation.authority()).to.equal(deployment.contracts.AccessManager.address);
    expect(await contracts.factory.TREASURY_IMPLEMENTATION()).to.equal(deployment.contracts.Treasury.address);

    const again = await deploy("--yes", "--json");
    expect(JSON.parse(again.stdout)).to.deep.include({ transactions: 0, deployment });
    await expectWhole();
  });

  it("DEP-03 knows a finished deployment by its addresses when the journal is gone", async () => {
    expect((await deploy("--yes")).status).to.equal(0);
    const deployment = written();
    forgetJournal(id);
    const again = await deploy("--yes", "--json");
    expect(JSON.parse(again.stdout)).to.deep.include({ transactions: 0, deployment });
    expect(await nonce()).to.equal(TRANSACTIONS);
  });

  it("DEP-03 goes on after it was killed half way, and sends nothing twice", async () => {
    const first = command(chain.url, ["--yes"]);
    await untilNonce(4);
    first.child.kill("SIGKILL");
    await first.outcome;
    expect(existsSync(file())).to.equal(false);
    const second = await deploy("--yes");
    expect(second.stdout).to.match(/\d+ transactions are done, the rest costs about/);
    expect(second.status, second.stderr).to.equal(0);
    await expectWhole();
  });

  it("DEP-03 says so when the chain is cut off half way, and goes on later", async () => {
    const wire = await wireTo(chain.url);
    const first = command(wire.url, ["--yes"]);
    await untilNonce(4);
    wire.cut();
    expectSentence(await first.outcome, /^The deployment stopped half way \(.*\): once that is mended, run the same/);
    expect((await deploy("--yes")).status).to.equal(0);
    await expectWhole();
  });

  it("DEP-02 adds what a rollup takes for data", async () => {
    const { deployment } = await rehearse(hre);
    const plain = await quote(chain.provider, deployment);
    expect(plain).to.include({ transactions: TRANSACTIONS, dataFee: 0n, total: plain.gas * plain.gasPrice });
    const extra = 1000n * BigInt(TRANSACTIONS);
    await chain.provider.send("anvil_setCode", [OP_GAS_PRICE_ORACLE, ANSWERS_1000]);
    const op = await quote(chain.provider, deployment);
    expect(op).to.include({ gas: plain.gas, dataFee: extra, total: plain.gas * op.gasPrice + extra });
    await chain.provider.send("anvil_setCode", [OP_GAS_PRICE_ORACLE, "0x"]);
    await chain.provider.send("anvil_setCode", [ARBITRUM_SYS, "0xfe"]);
    await chain.provider.send("anvil_setCode", [ARBITRUM_NODE_INTERFACE, ANSWERS_1000]);
    expect(await quote(chain.provider, deployment)).to.include({ gas: plain.gas + extra, dataFee: 0n });
  });

  it("DEP-02 spends nothing when nobody agreed or the account is too poor", async () => {
    expectSentence(await deploy(), /^Nothing was deployed to localhost: answer y when asked, or give --yes$/m);
    const poor = Wallet.createRandom();
    await (await chain.wallets[0].sendTransaction({ to: poor.address, value: parseEther("0.001") })).wait();
    const refusal = await command(chain.url, ["--yes"], poor.privateKey).outcome;
    expectSentence(refusal, /can't pay for the deployment \(it has 0\.001 ether and needs 0\.0\d+ with a quarter in/);
    expect(await chain.provider.getTransactionCount(poor.address)).to.equal(0);
  });

  it("DEP-04 ends wrong input with one sentence", async () => {
    const { url } = chain;
    const key = { ARTEL_PRIVATE_KEY: chain.wallets[0].privateKey };
    const cases: [string[], Record<string, string>, RegExp][] = [
      [[], key, /^It is not clear where to deploy to: /],
      [["--speed", "9"], key, /^Unknown option '--speed': /],
      [["--network", "atlantis"], key, /^There is no network called atlantis: use one of mainnet, sepolia, /],
      [["--network", "sepolia"], key, /^ARTEL_RPC_URL is not set: /],
      [["--network", "sepolia", "--rpc-url", url], key, /serves chain 31337, not chain 11155111: /],
      [["--rpc-url", "http://127.0.0.1:1"], key, /^No chain answers at http:\/\/127.0.0.1:1: /],
      [["--rpc-url", url], {}, /^ARTEL_PRIVATE_KEY is not set: /],
      [["--rpc-url", url], { ARTEL_PRIVATE_KEY: "0x12" }, /^ARTEL_PRIVATE_KEY holds no private key: (?!.*0x12)/],
      [["--rpc-url", url, "--steward", "me"], key, /^--steward is not an address \(me\): /],
      [
        ["--rpc-url", url, "--steward", Wallet.createRandom().address],
        key,
        /can't be the steward, it is not a contract/,
      ],
      [["--rpc-url", url, "--deployment-id", "../x"], key, /^--deployment-id takes letters, /],
    ];
    const outcomes = [];
    for (const [args, env] of cases) outcomes.push(await new Command("scripts/deploy.ts", args, env).outcome);
    for (const [index, outcome] of outcomes.entries()) expectSentence(outcome, cases[index][2]);
  });

  it("DEP-04 refuses a list of addresses that it can't read", async () => {
    expect((await deploy("--yes")).status).to.equal(0);
    const { contracts, ...rest } = written();
    writeFileSync(file(), JSON.stringify({ ...rest, contracts: { ...contracts, Membership: { address: "0x12" } } }));
    forgetJournal(id);
    expectSentence(await deploy("--yes"), /^The list of addresses is not valid \(contracts\.Membership\.address/);
  });
});

describe("npm run verify", function () {
  this.timeout(60_000);
  const folder = scratchFolder();

  const expectRefusal = async (args: readonly string[], sentence: RegExp) => {
    const { status, stderr } = await new Command("scripts/verify.ts", args, {}).outcome;
    expect(stderr).to.match(sentence);
    expect(status).to.equal(1);
  };

  it("DEP-04 ends wrong input with one sentence", async () => {
    const cases: [string[], RegExp][] = [
      [[], /^It is not clear which network to verify: /],
      [["--network", "atlantis"], /^There is no network called atlantis: /],
      [["--network", "sepolia", "--explorer", "columbus"], /^There is no explorer called columbus: /],
      [["--network", "sepolia", "--out", folder], /has no addresses of sepolia: deploy first with npm run deploy/],
      [["--rpc-url", "http://127.0.0.1:1"], /^No chain answers at http:\/\/127.0.0.1:1: /],
    ];
    for (const [args, sentence] of cases) await expectRefusal(args, sentence);
  });

  it("DEP-04 says that no explorer knows a local chain", async () => {
    const url = await answering({ result: "0x7a69" });
    await expectRefusal(["--rpc-url", url, "--out", folder], /is a local chain, where no explorer takes sources: /);
  });

  it("DEP-04 looks for a deployment made with --rpc-url where deploying wrote it", async () => {
    const url = await answering({ result: "0x309" });
    const given = ["--rpc-url", url, "--out", folder];
    await expectRefusal(given, /has no addresses of chain-777: deploy first with npm run deploy -- --rpc-url http/);
    await expectRefusal(["--network", "sepolia", ...given], /serves chain 777, not chain 11155111: /);
    mkdirSync(join(folder, "chain-777"));
    writeFileSync(join(folder, "chain-777", "addresses.json"), "{}");
    await expectRefusal(given, /^The list of addresses is not valid /);
  });
});

/** An endpoint that answers every request alike, until the tests are over. */
async function answering(answer: object): Promise<string> {
  const server = createServer((_, response) => response.end(JSON.stringify({ jsonrpc: "2.0", id: 1, ...answer })));
  server.listen(0, "127.0.0.1").unref();
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
