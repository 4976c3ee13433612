import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { expect } from "chai";

import { claimPort, freePorts, LOCAL_CHAIN_ID, Processes, startChain } from "../../localnet/index.js";
import { rejection, scratchFolder } from "./helpers.js";

const GENESIS = 1_900_000_000;

describe("chain", function () {
  this.timeout(30_000);
  const folder = scratchFolder();
  let processes: Processes;
  beforeEach(async () => (processes = await Processes.open(folder)));
  afterEach(() => processes.stopAll());

  it("gives different free ports", async () => {
    const ports = await freePorts(20);
    expect(new Set(ports).size).to.equal(20);
  });

  it("SEA-04 refuses an occupied port in one sentence", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const error = await rejection(startChain(processes, { port }));
    expect(error.message).to.equal(
      `Port ${port} is already in use: end the program that listens there, or choose another port`,
    );
    server.close();
    await once(server, "close");
    expect(await claimPort(port)).to.equal(port);
  });

  it("SEA-03 is the same chain for the same seed, down to the block hash", async () => {
    const heads = [];
    for (let run = 0; run < 2; run++) {
      const chain = await startChain(processes, { seed: "7", timestamp: GENESIS, accounts: 2 });
      const [sender, recipient] = chain.wallets;
      await (await sender.sendTransaction({ to: recipient.address, value: 1n })).wait();
      await chain.warpTo(GENESIS + 1_000);
      heads.push(await chain.provider.getBlock("latest"));
      await chain.child.stop();
    }
    const [first, second] = heads.map((head) => head!);
    expect(first).to.include({ number: 2, timestamp: GENESIS + 1_000, hash: second.hash });
  });

  it("funds accounts nobody else knows when there is no seed", async () => {
    const [one, two] = await Promise.all([startChain(processes), startChain(processes, { balance: 5 })]);
    expect(one.wallets[0].address).not.to.equal(two.wallets[0].address);
    expect(one.wallets).to.have.length(32);
    expect(await two.provider.getBalance(two.wallets[31].address)).to.equal(5n * 10n ** 18n);
    expect((await one.provider.getNetwork()).chainId).to.equal(BigInt(LOCAL_CHAIN_ID));
  });

  it("mines a second a block, and lets time pass", async () => {
    const chain = await startChain(processes, { timestamp: GENESIS });
    await chain.mine(3);
    const before = (await chain.provider.getBlock("latest"))!;
    await chain.warpTo(before.timestamp + 86_400);
    await chain.mine();
    const after = (await chain.provider.getBlock("latest"))!;
    expect(after.number - before.number).to.equal(2);
    expect(after.timestamp - before.timestamp).to.equal(86_401);
  });
});
