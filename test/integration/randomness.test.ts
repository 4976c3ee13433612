import { openBeacon } from "@artel/sdk";
import {
  drandNetworkStruct,
  drandProof,
  drandRoundAt,
  headerProof,
  headerRlp,
  localDrand,
  type RpcSend,
} from "@artel/sdk/randomness";
import { expect } from "chai";
import { BrowserProvider } from "ethers";
import { network } from "hardhat";

const SKEW = 30n;

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });
// with the chain id of one that has a beacon chain; the simulated one draws its mix hashes too
const beaconChain = await network.create({ network: "l1", chainType: "l1", override: { chainId: 1 } });

describe("a drand beacon", () => {
  const deploy = async () => {
    const genesis = BigInt(await networkHelpers.time.latest());
    const local = localDrand({ secretKey: `0x${"5e".repeat(32)}`, genesis, period: 3n });
    const beacon = await ethers.deployContract("DrandBeacon", [drandNetworkStruct(local.network), SKEW]);
    return { local, beacon };
  };

  it("BCN-10 takes the rounds that the local network signs, and publishes their randomness", async () => {
    const { local, beacon } = await deploy();
    const timepoint = BigInt(await networkHelpers.time.latest()) + 100n;
    const round = await beacon.roundOf(timepoint);
    expect(round).to.equal(drandRoundAt(local.network, timepoint + SKEW));
    for (let next = round; next < round + 5n; next++) {
      const signed = local.sign(next);
      await expect(beacon.prove(next, drandProof(signed)))
        .to.emit(beacon, "RoundProven")
        .withArgs(next, signed.randomness);
    }
    expect(await beacon.seedOf(timepoint)).to.equal(local.sign(round).randomness);
  });

  it("BCN-03 refuses the same rounds of another key", async () => {
    const { local, beacon } = await deploy();
    const { network: ours } = local;
    const other = localDrand({ secretKey: `0x${"5f".repeat(32)}`, genesis: ours.genesis, period: ours.period });
    await expect(beacon.prove(9n, drandProof(other.sign(9n))))
      .to.be.revertedWithCustomError(beacon, "DrandBeacon_WrongSignature")
      .withArgs(9n);
  });

  it("BCN-04 is not made on a chain without the precompiles", async () => {
    const former = await network.create({ network: "l1", chainType: "l1", override: { hardfork: "cancun" } });
    const { local, beacon } = await deploy();
    await expect(
      former.ethers.deployContract("DrandBeacon", [drandNetworkStruct(local.network), SKEW]),
    ).to.be.revertedWithCustomError(beacon, "DrandBeacon_NetworkRefused");
  });

  it("BCN-13 a proof takes less than 200,000 gas, everything included", async () => {
    const { local, beacon } = await deploy();
    const { gasUsed } = (await (await beacon.prove(9n, drandProof(local.sign(9n)))).wait())!;
    expect(Number(gasUsed)).to.be.below(200_000);
  });
});

describe("a header beacon", () => {
  const { ethers, networkHelpers } = beaconChain;
  const send: RpcSend = (method, parameters) => ethers.provider.send(method, parameters);

  /** Blocks of 12 seconds one by one: of those that are mined together, parents are not known. */
  const mine = async (blocks: number) => {
    for (let i = 0; i < blocks; i++) await networkHelpers.time.increase(12);
  };

  /** A beacon, and the last second before the distance that it keeps. */
  const deploy = async () => {
    const beacon = await ethers.deployContract("HeaderBeacon");
    const timepoint = BigInt(await networkHelpers.time.latest());
    await mine(40);
    return { beacon, timepoint, time: await beacon.readyAt(timepoint) };
  };

  it("BCN-11 puts the chain's own headers together, and finds the first block at or after a time", async () => {
    const { beacon, timepoint, time } = await deploy();
    const proof = await headerProof(send, time);
    const first = (await ethers.provider.getBlock(proof.number))!;
    const { mixHash } = (await send("eth_getBlockByNumber", [ethers.toQuantity(proof.number), false])) as {
      mixHash: string;
    };
    const before = (await ethers.provider.getBlock(proof.number - 1n))!;
    expect([BigInt(before.timestamp) < time, BigInt(first.timestamp) >= time]).to.deep.equal([true, true]);
    await expect(beacon.prove(timepoint, proof.number, proof.header, proof.parent))
      .to.emit(beacon, "SeedProven")
      .withArgs(timepoint, proof.number, mixHash);
    expect(await beacon.seedOf(timepoint)).to.equal(mixHash);
  });

  it("BCN-15 is opened by its address, and proves seeds from the first second on", async () => {
    const beacon = await ethers.deployContract("HeaderBeacon");
    const provider = new BrowserProvider(beaconChain.provider, undefined, { cacheTimeout: -1 });
    const opened = await openBeacon(String(beacon.target), provider, { urls: [], timeoutMs: 1 });
    const timepoint = BigInt(await networkHelpers.time.latest());
    const ready = await beacon.readyAt(timepoint);
    await networkHelpers.time.increaseTo(ready - 1n);
    expect([await opened.seedOf(timepoint), await opened.proofOf(timepoint)]).to.deep.equal([undefined, undefined]);
    await networkHelpers.time.increaseTo(ready);
    const [sender] = await ethers.getSigners();
    await sender.sendTransaction({ to: beacon, data: await opened.proofOf(timepoint) });
    expect(await beacon.seedOf(timepoint)).to.equal(await opened.seedOf(timepoint));
    provider.destroy();
  });

  it("BCN-06 refuses the chain's other blocks", async () => {
    const { beacon, timepoint, time } = await deploy();
    const { number } = await headerProof(send, time);
    const header = async (n: bigint) => headerRlp(await send("eth_getBlockByNumber", [ethers.toQuantity(n), false]));
    for (const other of [number - 1n, number + 1n]) {
      await expect(
        beacon.prove(timepoint, other, await header(other), await header(other - 1n)),
      ).to.be.revertedWithCustomError(beacon, "HeaderBeacon_NotTheFirst");
    }
  });

  it("BCN-13 a proof takes less than 100,000 gas, everything included", async () => {
    const { beacon, timepoint, time } = await deploy();
    const proof = await headerProof(send, time);
    const sent = await beacon.prove(timepoint, proof.number, proof.header, proof.parent);
    const { gasUsed } = (await sent.wait())!;
    expect(Number(gasUsed)).to.be.below(100_000);
  });
});
