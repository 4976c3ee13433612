import { REGISTRY_TYPES, registryDomain } from "@artel/sdk/identity";
import { expect } from "chai";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

const connection: NetworkConnection<"l1"> = await network.create({ network: "l1", chainType: "l1" });
const { ethers, networkHelpers } = connection;

const CHAIN = 31_337n;
const NEVER = 2n ** 255n;
const DAY = 86_400n;
const DELAY = 7n * DAY;
const { ZeroAddress } = ethers;

/** An identity whose five guardians recover with three approvals and restart with four. */
async function fixture() {
  const [relayer, owner, thief, successor, ...others] = await ethers.getSigners();
  const registry = await ethers.deployContract("DIDRegistry", relayer);
  const guardians = others.slice(0, 5).sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
  const list = guardians.map(({ address }) => address);
  await registry.connect(owner).setGuardians(owner.address, list, 3, 4, DELAY);
  return { registry, relayer, owner, thief, successor, guardians, list, identity: owner.address };
}

type Suite = Awaited<ReturnType<typeof fixture>>;

/** Signatures of the guardians at `places`, the rest silent. */
async function approvals(suite: Suite, places: number[], successor: string, deadline = NEVER) {
  const { registry, identity, guardians } = suite;
  const { round } = await registry.guardianship(identity);
  const message = { identity, successor, round, deadline };
  const domain = registryDomain(await registry.getAddress(), CHAIN);
  const silent = (place: number) => !places.includes(place);
  return {
    signers: guardians.map(({ address }, place) => (silent(place) ? "0x" : address)),
    signatures: await Promise.all(
      guardians.map(async (guardian, place) =>
        silent(place) ? "0x" : guardian.signTypedData(domain, REGISTRY_TYPES.Recover, message),
      ),
    ),
  };
}

async function start(suite: Suite, places: number[], successor = suite.successor.address, sender = suite.relayer) {
  const { signers, signatures } = await approvals(suite, places, successor);
  return suite.registry
    .connect(sender)
    .startRecovery(suite.identity, successor, suite.list, signers, signatures, NEVER);
}

/** The key is in two hands: the thief acts with the owner's. */
const steal = ({ registry, owner, identity, thief }: Suite) =>
  registry.connect(owner).changeOwner(identity, thief.address);

describe("recovery of an identity by guardians", () => {
  let suite: Suite;
  let identity: string;
  let byOwner: Suite["registry"];
  let byThief: Suite["registry"];
  const refused = (promise: Promise<unknown>, error: string) =>
    expect(promise).to.be.revertedWithCustomError(suite.registry, error);
  const running = async () => (await suite.registry.recovery(identity)).successor !== ZeroAddress;

  beforeEach(async () => {
    suite = await networkHelpers.loadFixture(fixture);
    identity = suite.identity;
    byOwner = suite.registry.connect(suite.owner);
    byThief = suite.registry.connect(suite.thief);
  });

  it("IDN-19 hands the identity to the successor after the delay, whoever sends", async () => {
    const { registry, successor } = suite;
    await expect(start(suite, [0, 2, 4])).to.emit(registry, "RecoveryStarted");
    const { readyAt } = await registry.recovery(identity);
    await networkHelpers.time.setNextBlockTimestamp(readyAt - 1n);
    await refused(registry.finishRecovery(identity), "IdentityRecovery_NotDue");
    await networkHelpers.time.setNextBlockTimestamp(readyAt);
    await expect(registry.finishRecovery(identity))
      .to.emit(registry, "DIDOwnerChanged")
      .withArgs(identity, successor.address, 0n);
    expect(await registry.identityOwner(identity)).to.equal(successor.address);
    expect(await running()).to.equal(false);
    await refused(registry.finishRecovery(identity), "IdentityRecovery_NotDue");
    // the guardians stay
    expect((await registry.guardianship(identity)).threshold).to.equal(3n);
  });

  it("IDN-21 does nothing with fewer guardians than the threshold, nor with one counted twice", async () => {
    const { registry, list, guardians, successor } = suite;
    await expect(start(suite, [0, 1]))
      .to.be.revertedWithCustomError(registry, "IdentityRecovery_TooFewApprovals")
      .withArgs(identity, 2n, 3n);
    const { signers, signatures } = await approvals(suite, [0, 1], successor.address);
    const forged = { signers: [...signers], signatures: [...signatures] };
    forged.signers[2] = signers[0];
    forged.signatures[2] = signatures[0];
    const send = (who: string[], what: string[], whom = list, deadline = NEVER, target = successor.address) =>
      registry.startRecovery(identity, target, whom, who, what, deadline);
    await refused(send(forged.signers, forged.signatures), "IdentityRecovery_BadApproval");
    forged.signers[2] = guardians[2].address;
    await refused(send(forged.signers, forged.signatures), "IdentityRecovery_BadApproval");
    const doubled = [list[0], list[0], list[0], list[1], list[1]];
    await refused(send(signers, signatures, doubled), "IdentityRecovery_WrongGuardians");
    await refused(send([], []), "IdentityRecovery_WrongGuardians");
    await refused(send([], [], []), "IdentityRecovery_WrongGuardians");
    await refused(send(signers, signatures, list, 1n), "IdentityRecovery_ApprovalsExpired");
    await refused(send(signers, signatures, list, NEVER, ZeroAddress), "IdentityRecovery_NoSuccessor");
  });

  it("IDN-19 binds approvals to successor, chain, contract, deadline and round", async () => {
    const { registry, list, thief, successor, guardians } = suite;
    const { signers, signatures } = await approvals(suite, [0, 1, 2], successor.address);
    const send = (target: string, signed = signatures, deadline = NEVER) =>
      registry.startRecovery(identity, target, list, signers, signed, deadline);
    await refused(send(thief.address), "IdentityRecovery_BadApproval");
    await refused(send(successor.address, signatures, NEVER - 1n), "IdentityRecovery_BadApproval");
    const message = { identity, successor: successor.address, round: 1n, deadline: NEVER };
    const address = await registry.getAddress();
    for (const domain of [registryDomain(address, 1n), registryDomain(list[0], CHAIN)]) {
      const foreign = [...signatures];
      foreign[0] = await guardians[0].signTypedData(domain, REGISTRY_TYPES.Recover, message);
      await refused(send(successor.address, foreign), "IdentityRecovery_BadApproval");
    }
    await send(successor.address);
    await byOwner.cancelRecovery(identity);
    await refused(send(successor.address), "IdentityRecovery_BadApproval");
  });

  it("IDN-19 counts a guardian who sends, and the one who owns a guardian's identity now", async () => {
    const { registry, guardians, list, successor, relayer } = suite;
    await registry.connect(guardians[1]).changeOwner(list[1], relayer.address);
    const { signers, signatures } = await approvals(suite, [0, 2], successor.address);
    await expect(registry.startRecovery(identity, successor.address, list, signers, signatures, NEVER))
      .to.emit(registry, "RecoveryStarted")
      .withArgs(identity, successor.address, (value: bigint) => value > 0n, false, 3n);
    const old = await approvals(suite, [0, 1, 2], successor.address);
    await refused(
      registry.startRecovery(identity, successor.address, list, old.signers, old.signatures, NEVER),
      "IdentityRecovery_TooFewApprovals",
    );
  });

  it("IDN-16 leaves out a guardian whose wallet burns all gas", async () => {
    const { registry, guardians, successor, relayer } = suite;
    const hostile = await (await ethers.deployContract("HostileWallet", [registry, true])).getAddress();
    const honest = guardians[0];
    const list = [hostile, honest.address].sort((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
    await registry.connect(relayer).setGuardians(relayer.address, list, 1, 2, DELAY);
    const domain = registryDomain(await registry.getAddress(), CHAIN);
    const message = { identity: relayer.address, successor: successor.address, round: 1n, deadline: NEVER };
    const signature = await honest.signTypedData(domain, REGISTRY_TYPES.Recover, message);
    const send = (signers: string[]) => {
      const signatures = signers.map((signer) => (signer === honest.address ? signature : "0x"));
      const overrides = { gasLimit: 2_000_000n };
      // sent by a stranger: the identity's owner is no guardian
      return registry
        .connect(successor)
        .startRecovery(relayer.address, successor.address, list, signers, signatures, NEVER, overrides);
    };
    await refused(send(list), "IdentityRecovery_BadApproval");
    await send(list.map((account) => (account === hostile ? "0x" : account)));
  });

  // ---------------------------------------------------------------- the thief

  it("IDN-20 stands against a thief who hands the identity on before and during the recovery", async () => {
    const { registry, owner, successor, thief, relayer } = suite;
    await steal(suite);
    await start(suite, [0, 1, 2]);
    await byThief.changeOwner(identity, relayer.address);
    await registry.connect(relayer).changeOwner(identity, thief.address);
    expect(await running()).to.equal(true);
    await networkHelpers.time.increase(DELAY);
    await registry.connect(owner).finishRecovery(identity);
    expect(await registry.identityOwner(identity)).to.equal(successor.address);
    await refused(byThief.setAttribute(identity, ethers.ZeroHash, "0x", 1n), "DIDRegistry_NotOwner");
  });

  it("IDN-20 can't be front-run: nothing that an owner sends or signs ends the guardians' round", async () => {
    const { registry, list, successor } = suite;
    await steal(suite);
    const { signers, signatures } = await approvals(suite, [0, 1, 2], successor.address);
    await byThief.setGuardians(identity, [], 0, 0, 0);
    await byThief.announceDeactivation(identity);
    await byThief.changeOwner(identity, suite.thief.address);
    await byThief.setGuardians(identity, [list[0]], 1, 1, DAY);
    await refused(byThief.cancelRecovery(identity), "IdentityRecovery_NotRunning");
    await registry.startRecovery(identity, successor.address, list, signers, signatures, NEVER);
    expect(await running()).to.equal(true);
  });

  it("IDN-20 can't be outrun by announcements: a start discards them, and none can be made while it runs", async () => {
    const { registry, list, successor } = suite;
    await steal(suite);
    await byThief.setGuardians(identity, [], 0, 0, 0);
    await byThief.announceDeactivation(identity);
    await networkHelpers.time.increase(DELAY - 60n);
    await expect(start(suite, [1, 2, 3])).to.emit(registry, "AnnouncementsDiscarded");
    await networkHelpers.time.increase(120n);
    await refused(registry.applyGuardians(identity, [], 0, 0, 0), "IdentityRecovery_NotDue");
    await refused(registry.deactivate(identity), "IdentityRecovery_NotDue");
    await refused(byThief.setGuardians(identity, [list[0]], 1, 1, DAY), "IdentityRecovery_Running");
    await refused(byThief.announceDeactivation(identity), "IdentityRecovery_Running");
    await refused(byThief.changeOwner(identity, ZeroAddress), "IdentityRecovery_AnnounceFirst");
    await networkHelpers.time.increase(DELAY);
    await registry.finishRecovery(identity);
    expect(await registry.identityOwner(identity)).to.equal(successor.address);
  });

  it("IDN-20 can be cancelled by the owner once; the restart takes the super-threshold and can't be cancelled", async () => {
    const { registry, successor } = suite;
    await steal(suite);
    await start(suite, [0, 1, 2]);
    await expect(byThief.cancelRecovery(identity)).to.emit(registry, "RecoveryCancelled");
    await refused(start(suite, [0, 1, 2]), "IdentityRecovery_TooFewApprovals");
    // the thief's way out takes as long as the delay, the restart comes before
    await byThief.setGuardians(identity, [], 0, 0, 0);
    await networkHelpers.time.increase(DELAY - 60n);
    await refused(registry.applyGuardians(identity, [], 0, 0, 0), "IdentityRecovery_NotDue");
    await start(suite, [0, 1, 2, 3]);
    expect((await registry.recovery(identity)).uncancellable).to.equal(true);
    await refused(byThief.cancelRecovery(identity), "IdentityRecovery_Running");
    await refused(start(suite, [0, 1, 2, 3, 4], suite.thief.address), "IdentityRecovery_Running");
    await networkHelpers.time.increase(DELAY);
    await registry.finishRecovery(identity);
    expect(await registry.identityOwner(identity)).to.equal(successor.address);
    expect((await registry.recovery(identity)).cancelled).to.equal(false);
  });

  it("IDN-21 lets the super-threshold replace what fewer guardians started", async () => {
    const { registry, successor, thief } = suite;
    await start(suite, [0, 1, 2], thief.address);
    await refused(start(suite, [1, 2, 3]), "IdentityRecovery_TooFewApprovals");
    await start(suite, [1, 2, 3, 4]);
    const { successor: next, uncancellable } = await registry.recovery(identity);
    expect([next, uncancellable]).to.deep.equal([successor.address, true]);
  });

  it("IDN-18 deactivates only after an announcement and the delay, then for good", async () => {
    const { registry } = suite;
    await refused(byOwner.changeOwner(identity, ZeroAddress), "IdentityRecovery_AnnounceFirst");
    await refused(registry.deactivate(identity), "IdentityRecovery_NotDue");
    await refused(byThief.announceDeactivation(identity), "DIDRegistry_NotOwner");
    await byOwner.announceDeactivation(identity);
    const { deactivationDue } = await registry.guardianship(identity);
    await networkHelpers.time.setNextBlockTimestamp(deactivationDue - 1n);
    await refused(registry.deactivate(identity), "IdentityRecovery_NotDue");
    await networkHelpers.time.setNextBlockTimestamp(deactivationDue);
    await registry.deactivate(identity);
    expect(await registry.identityOwner(identity)).to.equal(ZeroAddress);
    await refused(start(suite, [0, 1, 2, 3, 4]), "DIDRegistry_Deactivated");
    await refused(byOwner.setGuardians(identity, [], 0, 0, 0), "DIDRegistry_Deactivated");
    await refused(registry.deactivate(identity), "IdentityRecovery_NotDue");
  });

  // ---------------------------------------------------------------- the owner

  it("IDN-21 lets an honest owner outlast guardians who collude below the super-threshold", async () => {
    const { registry, owner, thief } = suite;
    await start(suite, [0, 1, 2], thief.address);
    await byOwner.cancelRecovery(identity);
    await refused(start(suite, [0, 1, 2], thief.address), "IdentityRecovery_TooFewApprovals");
    await byOwner.setGuardians(identity, [], 0, 0, 0);
    await networkHelpers.time.increase(DELAY);
    await registry.applyGuardians(identity, [], 0, 0, 0);
    await refused(start(suite, [0, 1, 2, 3, 4], thief.address), "IdentityRecovery_WrongGuardians");
    expect(await registry.identityOwner(identity)).to.equal(owner.address);
    // with no guardians, deactivation is the owner's alone again
    await refused(byOwner.announceDeactivation(identity), "IdentityRecovery_NoGuardians");
    await byOwner.changeOwner(identity, ZeroAddress);
  });

  it("IDN-18 changes guardians after the delay, exactly as announced", async () => {
    const { registry, list } = suite;
    const next = list.slice(1, 3);
    await expect(byOwner.setGuardians(identity, next, 1, 2, DAY)).to.emit(registry, "GuardiansAnnounced");
    const { guardiansDue } = await registry.guardianship(identity);
    await networkHelpers.time.setNextBlockTimestamp(guardiansDue - 1n);
    await refused(registry.applyGuardians(identity, next, 1, 2, DAY), "IdentityRecovery_NotDue");
    await networkHelpers.time.increaseTo(guardiansDue);
    await refused(registry.applyGuardians(identity, next, 2, 2, DAY), "IdentityRecovery_WrongGuardians");
    await refused(registry.applyGuardians(identity, list, 1, 2, DAY), "IdentityRecovery_WrongGuardians");
    await expect(registry.applyGuardians(identity, next, 1, 2, DAY))
      .to.emit(registry, "GuardiansChanged")
      .withArgs(identity, next, 1n, 2n, DAY);
    await refused(registry.applyGuardians(identity, next, 1, 2, DAY), "IdentityRecovery_NotDue");
    await refused(start(suite, [0, 1, 2]), "IdentityRecovery_WrongGuardians");
  });

  it("IDN-18 withdraws what was announced with any change of owner, to itself too", async () => {
    const { registry, owner } = suite;
    await byOwner.setGuardians(identity, [], 0, 0, 0);
    await byOwner.announceDeactivation(identity);
    await expect(byOwner.changeOwner(identity, owner.address)).to.emit(registry, "AnnouncementsDiscarded");
    await networkHelpers.time.increase(2n * DELAY);
    await refused(registry.applyGuardians(identity, [], 0, 0, 0), "IdentityRecovery_NotDue");
    await refused(registry.deactivate(identity), "IdentityRecovery_NotDue");
  });

  it("IDN-18 refuses settings that would not hold", async () => {
    const { list, thief } = suite;
    const many = Array.from({ length: 33 }, (_, index) => ethers.toBeHex(index + 1, 20));
    const cases: [string[], number, number, bigint][] = [
      [list, 0, 1, DELAY],
      [list, 3, 2, DELAY],
      [list, 3, 6, DELAY],
      [list, 3, 4, DAY - 1n],
      [list, 3, 4, 365n * DAY + 1n],
      [[list[1], list[0]], 1, 1, DELAY],
      [[list[0], list[0]], 1, 1, DELAY],
      [[ZeroAddress], 1, 1, DELAY],
      [[thief.address], 1, 1, DELAY],
      [many, 1, 1, DELAY],
      [[], 1, 1, DELAY],
    ];
    for (const [guardians, threshold, superThreshold, delay] of cases) {
      await refused(
        byThief.setGuardians(thief.address, guardians, threshold, superThreshold, delay),
        "IdentityRecovery_BadSettings",
      );
    }
    await byThief.setGuardians(thief.address, many.slice(0, 32), 1, 32, DELAY);
  });

  it("IDN-06 keeps recovery from moving the block of the last change, until it takes effect", async () => {
    const { registry } = suite;
    await start(suite, [0, 1, 2]);
    await byOwner.cancelRecovery(identity);
    await byOwner.setGuardians(identity, [], 0, 0, 0);
    expect(await registry.changed(identity)).to.equal(0n);
  });
});
