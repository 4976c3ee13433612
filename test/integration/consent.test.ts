import {
  consentGrantDigest,
  consentIdOf,
  consentRevocationDigest,
  signConsentGrant,
  signConsentRevocation,
} from "@artel/sdk";
import { expect } from "chai";
import { encodeBytes32String, id, Wallet } from "ethers";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });
const { provider } = ethers;

async function fixture() {
  const [sender, grantee, stranger] = await ethers.getSigners();
  const dids = await ethers.deployContract("DIDRegistry");
  const registry = await ethers.deployContract("ConsentRegistry", [dids.target]);
  const key = new Wallet(id("subject"), provider);
  await sender.sendTransaction({ to: key.address, value: 10n ** 18n });
  const { chainId } = await provider.getNetwork();
  const now = BigInt(await networkHelpers.time.latest());
  const scope = {
    subject: key.address,
    grantee: grantee.address,
    dataHash: id("data"),
    purpose: encodeBytes32String("training"),
  };
  const grant = {
    ...scope,
    ...{ termsHash: id("terms"), expiresAt: now + 86_400n, version: 0n, deadline: now + 3_600n },
  };
  return { sender, stranger, dids, registry, address: await registry.getAddress(), key, chainId, scope, grant };
}

describe("consent across the ABI", () => {
  it("computes ids as the registry does", async () => {
    const { registry, scope } = await networkHelpers.loadFixture(fixture);
    expect(consentIdOf(scope)).to.equal(await registry.idOf(scope));
  });

  it("is granted and revoked by signatures of the SDK that anybody sends", async () => {
    const { registry, address, stranger, key, chainId, scope, grant } = await networkHelpers.loadFixture(fixture);
    const consentId = consentIdOf(scope);
    const approval = await signConsentGrant(key, address, chainId, grant);
    const send = () => registry.connect(stranger).grantBySig(scope, grant.termsHash, grant.expiresAt, approval);
    await expect(send())
      .to.emit(registry, "ConsentGranted")
      .withArgs(
        ...[consentId, scope.subject, scope.grantee, scope.dataHash, scope.purpose],
        ...[grant.termsHash, 1n, grant.expiresAt],
      );
    expect(await registry.isLive(consentId, await networkHelpers.time.latest())).to.equal(true);
    await expect(send())
      .to.be.revertedWithCustomError(registry, "ConsentRegistry_StaleSignature")
      .withArgs(consentId, 0n, 1n);
    const end = await signConsentRevocation(key, address, chainId, { ...grant, version: 2n });
    await expect(registry.connect(stranger).revokeBySig(scope, end))
      .to.emit(registry, "ConsentRevoked")
      .withArgs(consentId, scope.subject, scope.grantee, scope.dataHash, scope.purpose, 3n);
    expect(await registry.isLive(consentId, await networkHelpers.time.latest())).to.equal(false);
  });

  it("is granted by the key behind a wallet contract that owns the identity", async () => {
    const { registry, dids, address, key, chainId, scope, grant } = await networkHelpers.loadFixture(fixture);
    const wallet = await ethers.deployContract("SignerWallet", [key.address]);
    const owner = await wallet.getAddress();
    await dids.connect(key).changeOwner(scope.subject, owner);
    const direct = await signConsentGrant(key, address, chainId, grant);
    await expect(registry.grantBySig(scope, grant.termsHash, grant.expiresAt, direct))
      .to.be.revertedWithCustomError(registry, "ConsentRegistry_BadSignature")
      .withArgs(scope.subject, key.address.toLowerCase(), owner);
    const approval = await signConsentGrant(key, address, chainId, grant, owner);
    await registry.grantBySig(scope, grant.termsHash, grant.expiresAt, approval);
    expect((await registry.consentOf(consentIdOf(scope))).version).to.equal(1n);
  });

  it("gives keys that are no signer of ethers the digest to sign", async () => {
    const { registry, address, key, chainId, scope, grant } = await networkHelpers.loadFixture(fixture);
    const sign = (digest: string) => key.signingKey.sign(digest).serialized;
    const signer = key.address;
    const { version, deadline } = grant;
    const signature = sign(consentGrantDigest(address, chainId, grant));
    await registry.grantBySig(scope, grant.termsHash, grant.expiresAt, { version, deadline, signer, signature });
    const revocation = { ...scope, version: 1n, deadline };
    const end = sign(consentRevocationDigest(address, chainId, revocation));
    await registry.revokeBySig(scope, { version: 1n, deadline, signer, signature: end });
    expect((await registry.consentOf(consentIdOf(scope))).version).to.equal(2n);
  });
});
