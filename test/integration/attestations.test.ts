import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { expect } from "chai";
import { AbiCoder, ContractFactory, id, ZeroAddress, ZeroHash, type Contract } from "ethers";
import { network } from "hardhat";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });

const CARE = id("care");
const SCHEMA = "address attesterDid, string statement";

/** A contract of the attestation service as its npm package publishes it. */
async function published(name: string, ...args: unknown[]): Promise<Contract> {
  const path = `@ethereum-attestation-service/eas-contracts/artifacts/contracts/${name}.sol/${name}.json`;
  const file = fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url));
  const { abi, bytecode } = JSON.parse(await readFile(file, "utf8"));
  const contract = await new ContractFactory(abi, bytecode, (await ethers.getSigners())[0]).deploy(...args);
  return (await contract.waitForDeployment()) as Contract;
}

async function fixture() {
  const [realm, alice, bob, carol] = await ethers.getSigners();
  const registry = await ethers.deployContract("DIDRegistry");
  const manager = await ethers.deployContract("AccessManager", [realm.address]);
  const reputation = await ethers.deployContract("Reputation", [manager.target]);
  await reputation.addCategory(CARE, 90 * 86_400);
  await reputation.appointIssuer(CARE, realm.address, 1_000, 1_000);
  await reputation.award(realm.address, CARE, alice.address, 100, id("round"));

  const schemas = await published("SchemaRegistry");
  const eas = await published("EAS", schemas.target);
  const resolver = await ethers.deployContract("StandingResolver", [
    ...[eas.target, registry.target, reputation.target, realm.address, CARE, 50],
  ]);
  const schema = await schemas.register.staticCall(SCHEMA, resolver.target, true);
  await schemas.register(SCHEMA, resolver.target, true);
  const entry = (did: string) => ({
    ...{ recipient: carol.address, expirationTime: 0, revocable: true, refUID: ZeroHash, value: 0 },
    data: AbiCoder.defaultAbiCoder().encode(["address", "string"], [did, "works well"]),
  });
  const attest = (attester: typeof alice, did: string) =>
    (eas.connect(attester) as Contract).attest({ schema, data: entry(did) });
  return { realm, alice, bob, registry, reputation, eas, resolver, schema, entry, attest };
}

describe("attestations at the published service behind a standing", () => {
  it("REP-17 are taken from an attester with the standing and revoked by it", async () => {
    const { alice, realm, reputation, eas, schema, attest } = await networkHelpers.loadFixture(fixture);
    const receipt = await (await attest(alice, alice.address)).wait();
    const { uid } = eas.interface.parseLog(receipt!.logs[0])!.args;
    expect((await eas.getAttestation(uid)).attester).to.equal(alice.address);
    await reputation.penalise(realm.address, CARE, alice.address, 100, id("misconduct"));
    await (eas.connect(alice) as Contract).revoke({ schema, data: { uid, value: 0 } });
    expect((await eas.getAttestation(uid)).revocationTime).to.be.greaterThan(0n);
  });

  it("REP-17 are refused without it, and for another's identity", async () => {
    const { alice, bob, realm, reputation, eas, attest } = await networkHelpers.loadFixture(fixture);
    await expect(attest(bob, bob.address)).to.be.revertedWithCustomError(eas, "InvalidAttestation");
    await expect(attest(bob, alice.address)).to.be.revertedWithCustomError(eas, "InvalidAttestation");
    await reputation.penalise(realm.address, CARE, alice.address, 51, id("misconduct"));
    await expect(attest(alice, alice.address)).to.be.revertedWithCustomError(eas, "InvalidAttestation");
  });

  it("REP-17 follow the identity to its next key", async () => {
    const { alice, bob, registry, eas, attest } = await networkHelpers.loadFixture(fixture);
    await registry.connect(alice).changeOwner(alice.address, bob.address);
    await expect(attest(alice, alice.address)).to.be.revertedWithCustomError(eas, "InvalidAttestation");
    await (await attest(bob, alice.address)).wait();
  });

  it("REP-17 are taken in numbers, or none is", async () => {
    const { alice, bob, eas, schema, entry } = await networkHelpers.loadFixture(fixture);
    const many = (...dids: string[]) =>
      (eas.connect(alice) as Contract).multiAttest([{ schema, data: dids.map((did) => entry(did)) }]);
    await (await many(alice.address, alice.address)).wait();
    await expect(many(alice.address, bob.address)).to.be.revertedWithCustomError(eas, "InvalidAttestations");
  });

  it("REP-17 carry no money, and only the service may ask", async () => {
    const { alice, eas, resolver, schema, entry } = await networkHelpers.loadFixture(fixture);
    const paid = { ...entry(alice.address), value: 1 };
    await expect(
      (eas.connect(alice) as Contract).attest({ schema, data: paid }, { value: 1 }),
    ).to.be.revertedWithCustomError(eas, "NotPayable");
    const attestation = {
      ...{ uid: ZeroHash, schema, time: 0, expirationTime: 0, revocationTime: 0, refUID: ZeroHash },
      ...{ recipient: ZeroAddress, attester: alice.address, revocable: true, data: entry(alice.address).data },
    };
    await expect(resolver.connect(alice).attest(attestation))
      .to.be.revertedWithCustomError(resolver, "StandingResolver_NotTheService")
      .withArgs(alice.address);
  });
});
