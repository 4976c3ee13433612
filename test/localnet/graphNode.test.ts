import { execFile } from "node:child_process";
import { cpSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect } from "chai";
import { AbiCoder, concat, getCreateAddress, id, type Wallet } from "ethers";

import {
  Processes,
  startChain,
  startGraphNode,
  startPostgres,
  type Chain,
  type GraphNode,
} from "../../localnet/index.js";
import { rejection, scratchFolder } from "./helpers.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURE = fileURLToPath(new URL("fixture/subgraph", import.meta.url));
// calldatacopy(0, 0, 32); log1(0, 32, topic): emits Ping with the first word of the call data.
const RUNTIME = concat(["0x60205f5f377f", id("Ping(uint256)"), "0x60205fa100"]);
// Returns what follows its own ten bytes.
const CREATION = concat(["0x602b80600a5f395ff3fe", RUNTIME]);

describe("graph-node", function () {
  this.timeout(120_000);
  const folder = scratchFolder();
  let processes: Processes;
  let chain: Chain;
  let index: GraphNode;

  const ping = async (to: string, number: number) => {
    const data = AbiCoder.defaultAbiCoder().encode(["uint256"], [number]);
    await (await (chain.wallets[0] as unknown as Wallet).sendTransaction({ to, data })).wait();
  };
  const synced = async () => index.untilSynced((await chain.provider.getBlock("latest"))!);
  const numbers = async () => {
    const { pings } = await index.query<{ pings: { number: string }[] }>("{ pings(orderBy: number) { number } }");
    return pings.map(({ number }) => Number(number));
  };
  let pinger: string;

  before(async () => {
    processes = await Processes.open(folder);
    const [started, postgres] = await Promise.all([startChain(processes, { seed: "index" }), startPostgres(processes)]);
    chain = started;
    pinger = getCreateAddress({ from: chain.wallets[0].address, nonce: 0 });
    const subgraph = join(folder, "subgraph");
    cpSync(FIXTURE, subgraph, { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(subgraph, "node_modules"));
    const manifest = join(subgraph, "subgraph.yaml");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/0x0{40}/, pinger));
    for (const step of ["codegen", "build"]) {
      await promisify(execFile)(join(ROOT, "node_modules/.bin/graph"), [step], { cwd: subgraph });
    }
    await (await chain.wallets[0].sendTransaction({ data: CREATION })).wait();
    index = await startGraphNode(processes, { manifest, rpcUrl: chain.url, postgresUrl: postgres.url });
  });
  after(() => processes.stopAll());

  it("IDX-06 indexes up to the head", async () => {
    await ping(pinger, 1);
    await ping(pinger, 2);
    await synced();
    expect(await numbers()).to.deep.equal([1, 2]);
  });

  it("IDX-06 forgets what a reorganisation dropped", async () => {
    await chain.provider.send("anvil_reorg", [1, []]);
    await chain.mine();
    await synced();
    expect(await numbers()).to.deep.equal([1]);
  });

  it("refuses a query that the schema does not know", async () => {
    const error = await rejection(index.query("{ pongs { id } }"));
    expect(error).to.include({ code: "localnet/query" });
    expect(error.message).to.contain("pongs");
  });

  it("says that it is late", async () => {
    const error = await rejection(index.untilSynced({ number: 1_000, hash: "0x" }, 100));
    expect(error).to.include({ code: "localnet/not-synced" });
    expect(error.message).to.match(/did not reach block 1000 \(it is at block \d+\)/);
  });

  it("says that a handler failed", async () => {
    await ping(pinger, 13);
    const error = await rejection(synced());
    expect(error).to.include({ code: "localnet/indexing" });
    expect(error.message).to.contain("src/pinger.ts, line 8, column 3, with message: thirteen");
  });
});
