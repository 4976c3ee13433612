import { drandBeacon, IDrandBeacon__factory, IRandomness__factory, openBeacon } from "@artel/sdk";
import {
  BeforeGenesisError,
  drandChainHash,
  drandNetworkStruct,
  drandRoundAt,
  drandTimeOf,
  fetchDrandNetwork,
  fetchDrandRound,
  QUICKNET,
} from "@artel/sdk/randomness";
import { expect } from "chai";
import hre from "hardhat";

import { Processes, startBeacon, startChain, type Chain, type LocalBeacon } from "../../localnet/index.js";
import { rejection, scratchFolder } from "./helpers.js";

describe("the beacon of a local chain", function () {
  this.timeout(60_000);
  const folder = scratchFolder();
  let processes: Processes;
  let chain: Chain;
  let local: LocalBeacon;
  let relays: { urls: string[]; timeoutMs: number };

  before(async () => {
    processes = await Processes.open(folder);
    chain = await startChain(processes, { seed: "beacon" });
    local = await startBeacon(processes, chain, { seed: "beacon", period: 3n });
    relays = { urls: [local.url], timeoutMs: 2_000 };
  });
  after(() => processes.stopAll());

  const now = async () => BigInt((await chain.provider.getBlock("latest"))!.timestamp);
  const deploy = async (skew = 30n) => {
    const override = { url: chain.url, accounts: [chain.wallets[0].privateKey] };
    const connection = await hre.network.create({ network: "localhost", override });
    const beacon = await connection.ethers.deployContract("DrandBeacon", [drandNetworkStruct(local.network), skew]);
    await connection.close();
    return String(beacon.target);
  };

  it("BCN-14 publishes what drand's relays do, and never a round of the chain's future", async () => {
    expect(await fetchDrandNetwork(drandChainHash(local.network), relays)).to.deep.equal(local.network);
    const next = drandRoundAt(local.network, (await now()) + 1n);
    expect(await local.roundOf(next)).to.equal(undefined);
    expect((await rejection(fetchDrandRound(local.network, next, relays))).code).to.equal(
      "randomness/drand-unavailable",
    );
    await chain.warpTo(drandTimeOf(local.network, next));
    const round = await fetchDrandRound(local.network, next, relays);
    expect(round).to.deep.equal(await local.roundOf(next));
    expect(await local.roundOf(next + 1n)).to.equal(undefined);
  });

  it("BCN-14 answers nothing to other questions", async () => {
    const hash = drandChainHash(local.network).slice(2);
    const statusOf = async (path: string) => (await fetch(`${local.url}${path}`)).status;
    for (const path of [
      ...["/", `/${hash}`, `/${hash}/public`, `/${hash}/public/0`, `/${hash}/public/-1`, `/${hash}/public/1e3`],
      ...[`/${hash}/public/1/2`, `/${hash}/info/1`, `/${drandChainHash(QUICKNET).slice(2)}/public/1`, "//public/1"],
      ...[`/${hash}/public/9999999999999999`, `/${hash}/public/99999999999999999`, `/${hash}/constructor/1`],
    ])
      expect(await statusOf(path), path).to.equal(404);
    expect(await statusOf(`/${hash}/public/1`)).to.equal(200);
  });

  it("BCN-14 has a key of its own, or the one of its seed", async () => {
    const keys = await Promise.all(
      [undefined, undefined, "beacon", "other"].map(async (seed) => {
        const { network } = await startBeacon(processes, chain, { seed });
        return network.publicKey;
      }),
    );
    expect(new Set(keys).size).to.equal(4);
    expect(keys[2]).to.equal(local.network.publicKey);
  });

  it("BCN-15 a beacon is opened by its address and a relay alone, and its seeds are proved as they come out", async () => {
    const address = await deploy();
    const beacon = await openBeacon(address, chain.provider, { ...relays, urls: ["http://127.0.0.1:9", local.url] });
    const timepoint = (await now()) + 100n;
    expect(await beacon.seedOf(timepoint)).to.equal(undefined);
    expect(await beacon.proofOf(timepoint)).to.equal(undefined);
    await chain.warpTo(await beacon.contract.readyAt(timepoint));
    const data = (await beacon.proofOf(timepoint))!;
    await (await chain.wallets[1].sendTransaction({ to: address, data })).wait();
    const proven = await IRandomness__factory.connect(address, chain.provider).seedOf(timepoint);
    expect(await beacon.seedOf(timepoint)).to.equal(proven);
    expect(BigInt(proven)).not.to.equal(0n);
    expect(await rejection(beacon.seedOf(0n))).to.be.instanceOf(BeforeGenesisError);
  });

  it("BCN-15 what is no beacon is not opened, nor one of a network that no relay describes", async () => {
    const codeOf = async (work: Promise<unknown>) => (await rejection(work)).code;
    const address = await deploy();
    const membership = chain.wallets[2].address;
    expect((await rejection(openBeacon(membership, chain.provider, relays))).message).not.to.equal(undefined);
    expect(await codeOf(openBeacon(address, chain.provider, { ...relays, urls: [] }))).to.equal(
      "randomness/drand-network-unknown",
    );
    const other = await startBeacon(processes, chain, {});
    expect(await codeOf(openBeacon(address, chain.provider, { ...relays, urls: [other.url] }))).to.equal(
      "randomness/drand-network-unknown",
    );
  });

  it("BCN-15 a source that fails says so, and one that is late is waited for", async () => {
    const contract = IDrandBeacon__factory.connect(await deploy(0n), chain.provider);
    const late = await drandBeacon(contract, local.network, async () => undefined);
    expect(await late.proofOf(await now())).to.equal(undefined);
    const failing = await drandBeacon(contract, local.network, () => Promise.reject(new Error("no answer")));
    expect((await rejection(failing.proofOf(await now()))).message).to.equal("no answer");
  });
});
