import { existsSync, readFileSync } from "node:fs";

import { expect } from "chai";
import { encodeBytes32String, hexlify, Wallet, type HDNodeWallet } from "ethers";

import { Desk } from "./helpers.js";

const DAY = 86_400n;

describe("artel did", function () {
  this.timeout(120_000);
  const desk = new Desk();
  let alice: HDNodeWallet;
  let bob: HDNodeWallet;
  let guardians: HDNodeWallet[];
  let stranger: HDNodeWallet;

  before(() => {
    [alice, bob, stranger, ...guardians] = desk.suite.accounts.slice(0, 6);
  });
  const show = (did: string, ...flags: string[]) => desk.json("did show", ["--did", did, ...flags]);

  it("CLI-01 creates a key in a new keystore, without a chain, and never over another", async () => {
    const keystore = desk.file("new.json");
    const flags = ["--deployment", desk.deployment, "--keystore", keystore];
    const env = { ARTEL_KEYSTORE_PASSWORD: "correct horse" };
    const made = JSON.parse((await desk.lines("did create", [...flags, "--json"], { env })).join());
    const wallet = await Wallet.fromEncryptedJson(readFileSync(keystore, "utf8"), "correct horse");
    expect(made).to.deep.equal({ did: desk.did(wallet), account: wallet.address, keystore });
    const before = readFileSync(keystore, "utf8");
    expect(before).not.to.contain(wallet.privateKey.slice(2));
    const again = await desk.failure("did create", ["--keystore", keystore], { env });
    // --rpc-url is no flag of a command that needs no chain
    expect(again.code).to.equal("cli/flag");
    const error = await desk.lines("did create", flags, { env }).catch((cause: Error & { code: string }) => cause);
    expect(error).to.have.property("code", "key/keystore-file");
    expect(readFileSync(keystore, "utf8")).to.equal(before);
    const silent = await desk
      .lines("did create", ["--deployment", desk.deployment, "--keystore", desk.file("none")], {})
      .catch((cause: Error & { code: string }) => cause);
    expect(silent).to.have.property("code", "key/password-missing");
    const typed = ["--deployment", desk.deployment, "--keystore", desk.file("none")];
    const slip = await desk
      .lines("did create", typed, { secret: ["correct horse", "corect horse"] })
      .catch((cause: Error & { code: string }) => cause);
    expect(slip).to.have.property("code", "key/passwords-differ");
    expect(existsSync(desk.file("none"))).to.equal(false);
  });

  it("CLI-02 shows a document, a past one too", async () => {
    const { didDocument } = await show(desk.did(alice));
    expect(didDocument.verificationMethod[0].blockchainAccountId).to.equal(`eip155:31337:${alice.address}`);
    const block = await desk.suite.chain.provider.getBlockNumber();
    const value = hexlify(new Uint8Array(32).fill(7));
    const added = await desk.json("did add-key", ["--type", "Ed25519", "--purpose", "sigAuth", "--key", value], {
      as: alice,
    });
    expect(added.call).to.deep.include({ contract: "DIDRegistry", method: "setAttribute" });
    const { didDocument: after } = await show(alice.address);
    expect(after.verificationMethod[1]).to.include({ type: "Multikey", id: `${desk.did(alice)}#delegate-1` });
    const { didDocument: before } = await show(desk.did(alice), "--at-block", String(block));
    expect(before.verificationMethod).to.have.length(1);
    expect((await desk.failure("did show", ["--did", desk.did(alice), "--at-block", "999999"])).code).to.equal(
      "cli/unresolved-did",
    );
    expect((await desk.failure("did show", ["--did", `did:ethr:0x1:${alice.address}`])).code).to.equal(
      "cli/unresolved-did",
    );
  });

  it("CLI-03 publishes post-quantum keys, and revokes keys, delegates and services by their ids", async () => {
    const { didRegistry } = desk.suite.contracts;
    const own = didRegistry.connect(bob);
    const service = new TextEncoder().encode("https://example.org/hub");
    await (await own.addDelegate(bob, encodeBytes32String("sigAuth"), stranger, DAY)).wait();
    await (await own.setAttribute(bob, encodeBytes32String("did/svc/Hub"), service, DAY)).wait();
    const key = hexlify(new Uint8Array(1952).fill(3));
    await desk.json("did add-key", ["--type", "MLDSA65", "--purpose", "veriKey", "--key", key, "--days", "30"], {
      as: bob,
    });
    const { didDocument: full } = await show(desk.did(bob));
    expect(full.verificationMethod).to.have.length(3);
    expect(full.service).to.have.length(1);
    for (const id of ["delegate-1", `${desk.did(bob)}#delegate-2`, "#service-1"]) {
      await desk.json("did revoke", ["--id", id], { as: bob });
    }
    const { didDocument: bare } = await show(desk.did(bob));
    expect(bare.verificationMethod).to.have.length(1);
    expect(bare).not.to.have.property("service");
    expect((await desk.failure("did revoke", ["--id", "delegate-9"], { as: bob })).code).to.equal("cli/unknown-entry");
    const bytes = key.slice(2, 66);
    const bare32 = ["--type", "Ed25519", "--purpose", "veriKey", "--key", bytes, "--dry-run"];
    const { call } = await desk.json("did add-key", bare32, { as: bob });
    expect(call.arguments.value).to.contain(bytes);
    const dry = await desk.lines("did add-key", [...desk.place, ...bare32], { as: bob });
    expect(dry.join("\n")).to.match(/^  name +did\/pub\//m);
    const short = ["--type", "MLDSA65", "--purpose", "veriKey", "--key", "0x12"];
    expect((await desk.failure("did add-key", short, { as: bob })).code).to.equal("identity/key-invalid");
    const purpose = ["--type", "X25519", "--purpose", "veriKey", "--key", `0x${"12".repeat(32)}`];
    expect((await desk.failure("did add-key", purpose, { as: bob })).code).to.equal("identity/key-purpose");
  });

  it("CLI-04 hands an identity over, which only its owner can", async () => {
    const key = ["--to", stranger.address, "--did", desk.did(bob)];
    const refused = await desk.failure("did rotate", key, { as: alice });
    expect(refused.code).to.equal("cli/would-revert");
    expect(refused.message).to.match(
      /^DIDRegistry\.changeOwner would be refused \(DIDRegistry_NotOwner\(.*\): what that means is in the contract's interface\): nothing/,
    );
    const handed = await desk.json("did rotate", ["--to", stranger.address], { as: bob });
    expect(handed).to.include({ defaultDid: desk.did(bob) });
    expect(handed.effect).to.include.members([
      `Commands with the key of ${stranger.address} name it with --did ${desk.did(bob)} from then on.`,
      `${desk.did(bob)} is the identity of the key itself; an identity that was handed to it is named with --did.`,
    ]);
    expect(await desk.suite.contracts.didRegistry.identityOwner(bob)).to.equal(stranger.address);
    const back = await desk.json("did rotate", ["--to", bob.address, "--did", desk.did(bob)], { as: stranger });
    expect(back).not.to.have.property("defaultDid");
    expect(await desk.suite.contracts.didRegistry.identityOwner(bob)).to.equal(bob.address);
    const nobody = await desk.failure("did rotate", ["--to", `0x${"00".repeat(20)}`], { as: bob });
    expect(nobody.code).to.equal("cli/flag");
    const foreign = await desk.failure("did rotate", ["--to", bob.address, "--did", `did:ethr:${bob.address}`], {
      as: bob,
    });
    expect(foreign.code).to.equal("cli/foreign-did");
  });

  it("CLI-05 recovers an identity with guardians: set, approve, start, cancel, start for good, finish", async () => {
    const lost = Wallet.createRandom().connect(desk.suite.chain.provider);
    await (await alice.sendTransaction({ to: lost.address, value: 10n ** 18n })).wait();
    const owner = { as: new Wallet(lost.privateKey) };
    const did = desk.did(lost);
    const named = guardians.flatMap((each) => ["--guardian", desk.did(each)]);
    const start = (files: readonly string[], run: { as: HDNodeWallet }) =>
      [["--did", did, "--successor", bob.address, ...files.flatMap((file) => ["--approval", file])], run] as const;

    for (const [flags, sentence] of [
      [[...named, "--guardian", guardians[0].address, "--threshold", "2"], /is named twice/],
      [[...named, "--guardian", did, "--threshold", "2"], /its own guardian/],
      [[...named, "--threshold", "4"], /4 start a recovery, but 3 do so for good/],
      [[...named, "--threshold", "2", "--super-threshold", "4"], /4 are to agree, and there are 3/],
    ] as const) {
      const unsound = await desk.failure("did recover guardians", flags, owner);
      expect(unsound).to.have.property("code", "cli/guardians");
      expect(unsound.message).to.match(sentence);
    }
    const idle = await desk.failure("did recover finish", ["--did", did], { as: stranger });
    expect(idle).to.have.property("code", "cli/no-recovery");
    await desk.json("did recover guardians", [...named, "--threshold", "2", "--delay", "3"], owner);
    expect((await show(did)).didDocumentMetadata.recovery).to.include({ threshold: 2, superThreshold: 3 });

    const until = String(Number(await now()) + 30 * Number(DAY));
    const approve = async (guardian: HDNodeWallet, name: string, ...flags: string[]) => {
      const out = desk.file(name);
      const given = ["--did", did, "--successor", bob.address, "--until", until, "--out", out, ...flags];
      await desk.json("did recover approve", given, { as: guardian });
      return out;
    };
    const first = await Promise.all(guardians.slice(0, 2).map((each, i) => approve(each, `first-${i}.json`)));
    const nobody = await desk.failure(
      "did recover approve",
      ["--did", did, "--successor", bob.address, "--until", until, "--out", desk.file("no.json")],
      { as: stranger },
    );
    expect(nobody.message).to.contain("is no guardian of");
    expect(existsSync(desk.file("no.json"))).to.equal(false);

    const one = await desk.failure("did recover start", ...start(first.slice(0, 1), { as: stranger }));
    expect(one.message).to.contain("IdentityRecovery_TooFewApprovals");
    const other = await desk.failure(
      "did recover start",
      ["--did", did, "--successor", alice.address, "--approval", first[0]],
      { as: stranger },
    );
    expect(other.code).to.equal("cli/approval");
    await desk.json("did recover start", ...start(first, { as: stranger }));
    const early = await desk.failure("did recover finish", ["--did", did], { as: stranger });
    expect(early.message).to.match(
      /IdentityRecovery_NotDue\(0x\w+, \d+\): it can be done from \d{4}-\d\d-\d\dT[^(]*\): nothing was sent$/,
    );
    await desk.json("did recover cancel", [], owner);

    const stale = await desk.failure("did recover start", ...start(first, { as: stranger }));
    expect(stale.message).to.contain("guardians or recovery have changed");
    const second = await Promise.all(guardians.map((each, i) => approve(each, `second-${i}.json`)));
    await desk.json("did recover start", ...start(second, { as: stranger }));
    const vain = await desk.failure("did recover cancel", [], owner);
    expect(vain.message).to.contain("IdentityRecovery_Running");
    await desk.suite.chain.warpTo((await now()) + 3n * DAY);
    const { effect } = await desk.json("did recover finish", ["--did", did], { as: stranger });
    expect(effect).to.include(`Commands with its key name the identity with --did ${did} from then on.`);
    expect(await desk.suite.contracts.didRegistry.identityOwner(lost)).to.equal(bob.address);
  });

  it("CLI-05 changes guardians by announcement", async () => {
    const [one, two] = guardians;
    await desk.json("did recover guardians", ["--guardian", desk.did(one), "--threshold", "1", "--delay", "2"], {
      as: alice,
    });
    const none = await desk.failure("did recover apply", ["--did", desk.did(alice)], { as: stranger });
    expect(none.code).to.equal("cli/no-guardians");
    await desk.json("did recover guardians", ["--guardian", desk.did(two), "--threshold", "1"], { as: alice });
    const early = await desk.failure("did recover apply", ["--did", desk.did(alice)], { as: stranger });
    expect(early.message).to.contain("IdentityRecovery_NotDue");
    await desk.suite.chain.warpTo((await now()) + 2n * DAY);
    await desk.json("did recover apply", ["--did", desk.did(alice)], { as: stranger });
    const { didDocumentMetadata } = await show(desk.did(alice));
    expect(didDocumentMetadata.recovery).to.include({ threshold: 1, delay: 7 * Number(DAY) });
    const alone = await desk.failure(
      "did recover approve",
      ["--did", desk.did(bob), "--successor", alice.address, "--until", "2100-01-01", "--out", desk.file("no.json")],
      { as: one },
    );
    expect(alone.code).to.equal("cli/no-guardians");
    const torn = desk.write("torn.json", "{");
    const start = ["--did", desk.did(alice), "--successor", bob.address, "--approval", torn];
    expect((await desk.failure("did recover start", start, { as: bob })).code).to.equal("cli/approval");
  });

  async function now(): Promise<bigint> {
    return BigInt((await desk.suite.chain.provider.getBlock("latest"))!.timestamp);
  }
});
