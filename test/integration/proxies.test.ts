import {
  ALL_TOPICS,
  proxyNamingDigest,
  proxyRevocationDigest,
  signProxyNaming,
  signProxyRevocation,
  type SignedProxyNaming,
} from "@artel/sdk";
import { expect } from "chai";
import { id, Wallet } from "ethers";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });
const { provider } = ethers;

/** A class of the PolicyBook. */
const PAY = 2;

/** Ann is member 1, Bob 2, Cem 3. */
async function fixture() {
  const [cooperative, stranger] = await ethers.getSigners();
  const dids = await ethers.deployContract("DIDRegistry");
  const membership = await ethers.deployContract("Membership", [dids.target]);
  const proxies = await ethers.deployContract("Proxies", [membership.target]);
  const [ann, bob, cem] = ["ann", "bob", "cem"].map((name) => new Wallet(id(name), provider));
  for (const { address } of [ann, bob, cem]) await cooperative.sendTransaction({ to: address, value: 10n ** 18n });
  await membership.connect(cooperative).admit([ann.address, bob.address, cem.address]);
  await proxies.connect(cooperative).setLimits(2, 1, 86_400);
  const { chainId } = await provider.getNetwork();
  const now = BigInt(await networkHelpers.time.latest());
  const naming: SignedProxyNaming = {
    ...{ cooperative: cooperative.address, principal: 1n, topic: ALL_TOPICS, holder: 2n, until: now + 3_600n },
    ...{ passes: 1, version: 0n, deadline: now + 600n },
  };
  const address = await proxies.getAddress();
  return { cooperative: cooperative.address, stranger, dids, proxies, address, ann, bob, cem, chainId, naming };
}

describe("proxies across the ABI", () => {
  it("has the contract's topic for all", async () => {
    const { proxies } = await networkHelpers.loadFixture(fixture);
    expect(await proxies.ALL_TOPICS()).to.equal(ALL_TOPICS);
  });

  it("PRX-10 a holder hands in a signed naming and accepts it in one transaction", async () => {
    const { cooperative, proxies, address, ann, bob, chainId, naming } = await networkHelpers.loadFixture(fixture);
    const authorization = await signProxyNaming(ann, address, chainId, naming);
    const name = proxies.interface.encodeFunctionData("nameProxyBySig", [cooperative, 1n, naming, 0n, authorization]);
    const accept = proxies.interface.encodeFunctionData("accept", [cooperative, 1n, ALL_TOPICS, 1]);
    await expect(proxies.connect(bob).multicall([name, accept]))
      .to.emit(proxies, "ProxyNamed")
      .withArgs(cooperative, 1n, 2n, ALL_TOPICS, naming.until, 1, 1n)
      .and.to.emit(proxies, "ProxyAccepted")
      .withArgs(cooperative, 1n, 2n, ALL_TOPICS, 1, 0);
    const now = await networkHelpers.time.latest();
    const rights = await proxies.ballotRights(cooperative, bob.address, PAY, now, now, [1n, 2n]);
    expect(rights).to.deep.equal([1n, 0n]);
    expect(await proxies.seatsOf(cooperative, 2n, 0, 9)).to.deep.include([1n, BigInt(ALL_TOPICS)]);
    await expect(proxies.nameProxyBySig(cooperative, 1n, naming, 0n, authorization))
      .to.be.revertedWithCustomError(proxies, "Proxies_StaleSignature")
      .withArgs(cooperative, 1n, ALL_TOPICS, 0n, 1n);
  });

  it("PRX-08 PRX-10 a proxy is passed on, and ends with a signature that anybody sends", async () => {
    const { cooperative, stranger, proxies, address, ann, bob, cem, chainId, naming } =
      await networkHelpers.loadFixture(fixture);
    await proxies.connect(ann).nameProxy(cooperative, naming);
    await proxies.connect(bob).accept(cooperative, 1n, ALL_TOPICS, 0);
    await proxies.connect(bob).passOn(cooperative, 1n, ALL_TOPICS, 3);
    await proxies.connect(cem).accept(cooperative, 1n, ALL_TOPICS, 0);
    const now = await networkHelpers.time.latest();
    expect(await proxies.holderOf(cooperative, 1n, PAY, now)).to.equal(3n);
    expect(await proxies.holderOf(cooperative, 1n, PAY, now - 1)).to.equal(0n);
    // one version ahead: a naming that somebody may hold and send first ends with it
    const end = await signProxyRevocation(ann, address, chainId, { ...naming, version: 2n });
    await expect(proxies.connect(stranger).revokeBySig(cooperative, 1n, ALL_TOPICS, 2n, end))
      .to.emit(proxies, "ProxyRevoked")
      .withArgs(cooperative, 1n, ALL_TOPICS, 3n);
    expect(await proxies.holderOf(cooperative, 1n, PAY, await networkHelpers.time.latest())).to.equal(0n);
  });

  it("PRX-10 the key behind a wallet contract names for the member that the wallet is", async () => {
    const { cooperative, dids, proxies, address, ann, chainId, naming } = await networkHelpers.loadFixture(fixture);
    const wallet = await ethers.deployContract("SignerWallet", [ann.address]);
    const account = await wallet.getAddress();
    await dids.connect(ann).changeOwner(ann.address, account);
    const membership = await ethers.getContractAt("Membership", await proxies.MEMBERSHIP());
    await membership.rebind(cooperative, 1n);
    const direct = await signProxyNaming(ann, address, chainId, naming);
    await expect(proxies.nameProxyBySig(cooperative, 1n, naming, 0n, direct))
      .to.be.revertedWithCustomError(proxies, "Proxies_BadSignature")
      .withArgs(cooperative, 1n, ann.address.toLowerCase(), account);
    const authorization = await signProxyNaming(ann, address, chainId, naming, account);
    await proxies.nameProxyBySig(cooperative, 1n, naming, 0n, authorization);
    expect((await proxies.proxyOf(cooperative, 1n, ALL_TOPICS)).offeredTo).to.equal(2n);
  });

  it("PRX-10 keys that are no signer of ethers have the digest to sign", async () => {
    const { cooperative, proxies, address, ann, chainId, naming } = await networkHelpers.loadFixture(fixture);
    const sign = (digest: string) => ({
      ...{ deadline: naming.deadline, signer: ann.address },
      signature: ann.signingKey.sign(digest).serialized,
    });
    const naming_ = sign(proxyNamingDigest(address, chainId, naming));
    await proxies.nameProxyBySig(cooperative, 1n, naming, 0n, naming_);
    const end = sign(proxyRevocationDigest(address, chainId, { ...naming, version: 1n }));
    await proxies.revokeBySig(cooperative, 1n, ALL_TOPICS, 1n, end);
    expect((await proxies.proxyOf(cooperative, 1n, ALL_TOPICS)).version).to.equal(2n);
  });
});
