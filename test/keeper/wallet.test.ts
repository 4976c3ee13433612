import { connectRpc } from "@artel/sdk";
import { expect } from "chai";
import type { TransactionResponse } from "ethers";

import { KeeperWallet } from "../../keeper/src/index.js";
import { Processes, startChain, type Chain } from "../../localnet/index.js";
import { scratchFolder } from "../localnet/helpers.js";

describe("the wallet of a keeper", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  let processes: Processes;
  let chain: Chain;
  let to: string;

  before(async () => {
    processes = await Processes.open(folder);
    chain = await startChain(processes, { baseFee: 1_000_000_000 });
    to = chain.wallets[9].address;
  });
  after(() => processes.stopAll());

  const walletOf = (index: number) => new KeeperWallet(chain.wallets[index].privateKey, chain.provider);
  const mining = (isOn: boolean) => chain.provider.send("evm_setAutomine", [isOn]);
  const nonces = (responses: readonly TransactionResponse[]) => responses.map(({ nonce }) => nonce);

  it("KPR-06 gives transactions that are sent at once nonces of their own, also after one that fails", async () => {
    const wallet = walletOf(0);
    const value = [1n, 10n ** 30n, 2n, 3n];
    const sent = await Promise.allSettled(value.map((value) => wallet.sendTransaction({ to, value })));
    expect(sent.map(({ status }) => status)).to.deep.equal(["fulfilled", "rejected", "fulfilled", "fulfilled"]);
    const fulfilled = sent.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
    expect(nonces(fulfilled)).to.deep.equal([0, 1, 2]);
  });

  it("KPR-06 does so at the pace of a public chain, too, of which nothing is answered from memory", async () => {
    const provider = await connectRpc(chain.url);
    const wallet = new KeeperWallet(chain.wallets[2].privateKey, provider);
    const sent = await Promise.all([1n, 2n, 3n].map((value) => wallet.sendTransaction({ to, value })));
    expect(nonces(sent)).to.deep.equal([0, 1, 2]);
    provider.destroy();
  });

  it("KPR-06 replaces what nobody mines by what is due next, the lowest first, and nothing that is still young", async () => {
    const wallet = walletOf(1);
    await mining(false);
    const first = [await wallet.sendTransaction({ to, value: 1n }), await wallet.sendTransaction({ to, value: 2n })];
    expect(nonces(first)).to.deep.equal([0, 1]);
    expect((await wallet.sendTransaction({ to, value: 3n })).nonce).to.equal(2);
    wallet.patienceMs = 0;
    const again = await wallet.sendTransaction({ to, value: 4n });
    expect(again.nonce).to.equal(0);
    expect(again.maxFeePerGas! > first[0].maxFeePerGas!).to.equal(true);
    wallet.patienceMs = 60_000;
    expect((await wallet.sendTransaction({ to, value: 5n })).nonce).to.equal(3);
    const before = await chain.provider.getBalance(to);
    await mining(true);
    await chain.mine();
    expect((await chain.provider.getBalance(to)) - before).to.equal(4n + 2n + 3n + 5n);
    expect((await wallet.sendTransaction({ to, value: 6n })).nonce).to.equal(4);
  });
});
