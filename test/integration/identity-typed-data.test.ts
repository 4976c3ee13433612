import { createHash, generateKeyPairSync, sign, type KeyObject } from "node:crypto";

import { encodeAssertion, accountOf, OperationKind, REGISTRY_TYPES, registryDomain } from "@artel/sdk/identity";
import { p256 } from "@noble/curves/nist.js";
import { expect } from "chai";
import type { BaseWallet } from "ethers";
import { network } from "hardhat";
import type { NetworkConnection } from "hardhat/types/network";

const connection: NetworkConnection<"l1"> = await network.create({ network: "l1", chainType: "l1" });
const { ethers, networkHelpers } = connection;

const CHAIN = 31_337n;
/** Nonces begin with the chain. */
const FIRST_NONCE = CHAIN << 32n;
const NEVER = 2n ** 255n;
const DAY = 86_400n;
const SERVICE = ethers.encodeBytes32String("did/svc/Hub");
const VERI_KEY = ethers.encodeBytes32String("veriKey");
const ABSENT = ethers.getAddress(`0x${"ab".repeat(20)}`);
const VALUE = "0xc0ffee";

type Kind = keyof typeof REGISTRY_TYPES;

async function fixture() {
  const [relayer, someone] = await ethers.getSigners();
  const registry = await ethers.deployContract("DIDRegistry");
  const twin = await ethers.deployContract("DIDRegistry");
  const p256 = await ethers.deployContract("ERC7913P256Verifier");
  const webAuthn = await ethers.deployContract("ERC7913WebAuthnVerifier");
  return { registry, twin, p256, webAuthn, relayer, someone, address: await registry.getAddress() };
}

/** What covers an operation's own arguments. */
function typedData(registry: string, kind: Kind, message: Record<string, unknown>, chainId = CHAIN) {
  return [registryDomain(registry, chainId), REGISTRY_TYPES[kind], message] as const;
}

/** A passkey in software: an authenticator's answer to a challenge, made with the platform's own P-256. */
class Passkey {
  readonly #key: KeyObject;
  readonly publicKey: Uint8Array;

  constructor() {
    const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    this.#key = privateKey;
    const { x, y } = publicKey.export({ format: "jwk" });
    this.publicKey = Buffer.concat([Buffer.from(x!, "base64url"), Buffer.from(y!, "base64url")]);
  }

  /** The signer behind a verifier, as ERC-7913 writes it. */
  async signer(verifier: { getAddress(): Promise<string> }): Promise<string> {
    return ethers.concat([await verifier.getAddress(), this.publicKey]);
  }

  sign(data: Uint8Array): { r: bigint; s: bigint } {
    const raw = sign("sha256", data, { key: this.#key, dsaEncoding: "ieee-p1363" });
    return { r: BigInt(ethers.hexlify(raw.subarray(0, 32))), s: BigInt(ethers.hexlify(raw.subarray(32))) };
  }

  assert(digest: string, type = "webauthn.get"): string {
    const challenge = Buffer.from(ethers.getBytes(digest)).toString("base64url");
    const clientDataJSON = JSON.stringify({ type, challenge, origin: "https://artel.example", crossOrigin: false });
    const rpIdHash = createHash("sha256").update("artel.example").digest();
    // user present and verified, counter 7
    const authenticatorData = Buffer.concat([rpIdHash, Buffer.from([0x05, 0, 0, 0, 7])]);
    const hash = createHash("sha256").update(clientDataJSON).digest();
    return encodeAssertion({
      authenticatorData,
      clientDataJSON,
      ...this.sign(Buffer.concat([authenticatorData, hash])),
    });
  }
}

describe("typed data for DIDRegistry", () => {
  /** Signs and sends, one after another, every operation there is; returns the names of the events. */
  async function everyOperation(
    { registry, relayer }: Awaited<ReturnType<typeof fixture>>,
    identity: string,
    authorize: (kind: Kind, message: Record<string, unknown>) => Promise<{ signer: string; signature: string }>,
  ): Promise<string[]> {
    const seen: string[] = [];
    const head = async () => ({ identity, nonce: await registry.nonce(identity), deadline: NEVER });
    const run = async (
      kind: Kind,
      args: Record<string, unknown>,
      send: (authorization: {
        deadline: bigint;
        signer: string;
        signature: string;
      }) => ReturnType<typeof registry.batch>,
    ) => {
      const message = { ...(await head()), ...args };
      const receipt = await (await send({ deadline: NEVER, ...(await authorize(kind, message)) })).wait();
      expect(receipt!.from).to.equal(relayer.address);
      seen.push(...receipt!.logs.map((log) => registry.interface.parseLog(log)!.name));
      expect(await registry.nonce(identity)).to.be.greaterThan(message.nonce);
    };
    const attribute = { name: SERVICE, value: VALUE };
    const delegate = { delegateType: VERI_KEY, delegate: ABSENT };
    const operations = [
      { kind: OperationKind.SetAttribute, ...attribute, validity: DAY },
      { kind: OperationKind.AddDelegate, name: VERI_KEY, value: ABSENT, validity: DAY },
      { kind: OperationKind.RevokeAttribute, ...attribute, validity: 0n },
      { kind: OperationKind.RevokeDelegate, name: VERI_KEY, value: ABSENT, validity: 0n },
    ];
    const guardians = { guardians: [ABSENT], threshold: 1, superThreshold: 1, delay: DAY };
    await run("SetAttribute", { ...attribute, validity: DAY }, (signed) =>
      registry.setAttributeBySig(identity, SERVICE, VALUE, DAY, signed),
    );
    await run("RevokeAttribute", attribute, (signed) =>
      registry.revokeAttributeBySig(identity, SERVICE, VALUE, signed),
    );
    await run("AddDelegate", { ...delegate, validity: DAY }, (signed) =>
      registry.addDelegateBySig(identity, VERI_KEY, ABSENT, DAY, signed),
    );
    expect(await registry.validDelegate(identity, VERI_KEY, ABSENT)).to.equal(true);
    await run("RevokeDelegate", delegate, (signed) => registry.revokeDelegateBySig(identity, VERI_KEY, ABSENT, signed));
    await run("Batch", { operations }, (signed) => registry.batchBySig(identity, operations, signed));
    expect(await registry.validDelegate(identity, VERI_KEY, ABSENT)).to.equal(false);
    await run("SetGuardians", guardians, (signed) => registry.setGuardiansBySig(identity, [ABSENT], 1, 1, DAY, signed));
    await run("Deactivate", {}, (signed) => registry.announceDeactivationBySig(identity, signed));
    await run("ChangeOwner", { newOwner: ABSENT }, (signed) => registry.changeOwnerBySig(identity, ABSENT, signed));
    expect(await registry.identityOwner(identity)).to.equal(ABSENT);
    return seen;
  }
  const EVENTS = [
    ...["DIDAttributeChanged", "DIDAttributeChanged", "DIDDelegateChanged", "DIDDelegateChanged"],
    ...["DIDAttributeChanged", "DIDDelegateChanged", "DIDAttributeChanged", "DIDDelegateChanged"],
    ...["GuardiansChanged", "DeactivationAnnounced", "AnnouncementsDiscarded", "DIDOwnerChanged"],
  ];

  it("IDN-13 takes every operation from a plain account that holds no ether", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const owner = ethers.Wallet.createRandom();
    const events = await everyOperation(suite, owner.address, async (kind, message) => ({
      signer: owner.address,
      signature: await owner.signTypedData(...typedData(suite.address, kind, message)),
    }));
    expect(events).to.deep.equal(EVENTS);
  });

  it("IDN-13 takes every operation from an ERC-1271 wallet", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const key = ethers.Wallet.createRandom();
    const wallet = await (await ethers.deployContract("SignerWallet", [key.address])).getAddress();
    const events = await everyOperation(suite, wallet, async (kind, message) => ({
      signer: wallet,
      signature: await key.signTypedData(...typedData(suite.address, kind, message)),
    }));
    expect(events).to.deep.equal(EVENTS);
  });

  it("IDN-13 takes every operation from a passkey that owns the identity from the first", async () => {
    const suite = await networkHelpers.loadFixture(fixture);
    const passkey = new Passkey();
    const signer = await passkey.signer(suite.webAuthn);
    const identity = await suite.registry.accountOf(signer);
    expect(identity).to.equal(accountOf(signer));
    const events = await everyOperation(suite, identity, async (kind, message) => ({
      signer,
      signature: passkey.assert(ethers.TypedDataEncoder.hash(...typedData(suite.address, kind, message))),
    }));
    expect(events).to.deep.equal(EVENTS);
  });

  it("IDN-13 passes an identity from an account to a bare P-256 key, and back", async () => {
    const { registry, p256: verifier, someone, address } = await networkHelpers.loadFixture(fixture);
    const secret = p256.utils.randomPrivateKey();
    const signer = ethers.concat([await verifier.getAddress(), p256.getPublicKey(secret, false).slice(1)]);
    await registry.connect(someone).changeOwner(someone.address, accountOf(signer));
    await expect(registry.connect(someone).changeOwner(someone.address, someone.address)).to.be.revertedWithCustomError(
      registry,
      "DIDRegistry_NotOwner",
    );
    const message = { identity: someone.address, nonce: FIRST_NONCE + 1n, deadline: NEVER, newOwner: someone.address };
    const digest = ethers.TypedDataEncoder.hash(...typedData(address, "ChangeOwner", message));
    const signature = p256.sign(ethers.getBytes(digest), secret, { lowS: true }).toCompactRawBytes();
    await registry.changeOwnerBySig(someone.address, someone.address, { deadline: NEVER, signer, signature });
    expect(await registry.identityOwner(someone.address)).to.equal(someone.address);
  });

  // ---------------------------------------------------------------- attacks

  async function signed() {
    const suite = await fixture();
    const owner = ethers.Wallet.createRandom();
    const message = { identity: owner.address, nonce: FIRST_NONCE, deadline: NEVER, newOwner: ABSENT };
    const authorization = {
      deadline: NEVER,
      signer: owner.address,
      signature: await owner.signTypedData(...typedData(suite.address, "ChangeOwner", message)),
    };
    return { ...suite, owner, message, authorization };
  }

  it("IDN-14 refuses a signature again, for another contract, another chain, another identity or another operation", async () => {
    const { registry, twin, owner, message, address } = await networkHelpers.loadFixture(signed);
    const send = async (signature: string, target = registry, identity = owner.address) =>
      target.changeOwnerBySig(identity, ABSENT, { deadline: NEVER, signer: owner.address, signature });
    const bad = "DIDRegistry_BadSignature";
    const sign = async (...args: Parameters<typeof typedData>) => owner.signTypedData(...typedData(...args));
    const right = await sign(address, "ChangeOwner", message);

    await expect(send(right, twin)).to.be.revertedWithCustomError(twin, bad);
    await expect(send(await sign(address, "ChangeOwner", message, 1n))).to.be.revertedWithCustomError(registry, bad);
    await expect(send(right, registry, ABSENT)).to.be.revertedWithCustomError(registry, bad);
    await expect(
      send(await sign(address, "ChangeOwner", { ...message, nonce: FIRST_NONCE + 1n })),
    ).to.be.revertedWithCustomError(registry, bad);
    await expect(send(await sign(address, "Deactivate", message))).to.be.revertedWithCustomError(registry, bad);

    const attribute = {
      identity: owner.address,
      nonce: FIRST_NONCE,
      deadline: NEVER,
      name: SERVICE,
      value: VALUE,
      validity: DAY,
    };
    const signature = await sign(address, "SetAttribute", attribute);
    const once = { deadline: NEVER, signer: owner.address, signature };
    await registry.setAttributeBySig(owner.address, SERVICE, VALUE, DAY, once);
    await expect(registry.setAttributeBySig(owner.address, SERVICE, VALUE, DAY, once)).to.be.revertedWithCustomError(
      registry,
      bad,
    );
  });

  it("IDN-14 refuses a signature after its deadline", async () => {
    const { registry, owner, address } = await networkHelpers.loadFixture(signed);
    const deadline = BigInt(await networkHelpers.time.latest()) + 10n;
    const message = { identity: owner.address, nonce: FIRST_NONCE, deadline, newOwner: ABSENT };
    const signature = await owner.signTypedData(...typedData(address, "ChangeOwner", message));
    await networkHelpers.time.setNextBlockTimestamp(deadline + 1n);
    await expect(registry.changeOwnerBySig(owner.address, ABSENT, { deadline, signer: owner.address, signature }))
      .to.be.revertedWithCustomError(registry, "DIDRegistry_SignatureExpired")
      .withArgs(deadline);
  });

  it("IDN-14 refuses the malleable twin of a signature", async () => {
    const { registry, owner, authorization } = await networkHelpers.loadFixture(signed);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const { r, s, v } = ethers.Signature.from(authorization.signature);
    const twin = ethers.solidityPacked(["bytes32", "uint256", "uint8"], [r, order - BigInt(s), 55 - v]);
    await expect(
      registry.changeOwnerBySig(owner.address, ABSENT, { ...authorization, signature: twin }),
    ).to.be.revertedWithCustomError(registry, "DIDRegistry_BadSignature");
    await registry.changeOwnerBySig(owner.address, ABSENT, authorization);
  });

  it("IDN-14 drops what an owner signed once ownership changed, even if it comes back", async () => {
    const { registry, address, someone, relayer } = await networkHelpers.loadFixture(fixture);
    const identity = someone.address;
    const message = { identity, nonce: FIRST_NONCE, deadline: NEVER, newOwner: ABSENT };
    const signature = await someone.signTypedData(...typedData(address, "ChangeOwner", message));
    await registry.connect(someone).changeOwner(identity, relayer.address);
    await registry.connect(relayer).changeOwner(identity, identity);
    await expect(
      registry.changeOwnerBySig(identity, ABSENT, { deadline: NEVER, signer: identity, signature }),
    ).to.be.revertedWithCustomError(registry, "DIDRegistry_BadSignature");
  });

  it("IDN-13 refuses a passkey's assertion of another kind, key or verifier, and signers too short to be any", async () => {
    const { registry, webAuthn, p256, address } = await networkHelpers.loadFixture(fixture);
    const passkey = new Passkey();
    const signer = await passkey.signer(webAuthn);
    const identity = accountOf(signer);
    const message = { identity, nonce: FIRST_NONCE, deadline: NEVER, newOwner: ABSENT };
    const digest = ethers.TypedDataEncoder.hash(...typedData(address, "ChangeOwner", message));
    const other = new Passkey();
    for (const [named, signature] of [
      [signer, passkey.assert(digest, "webauthn.create")],
      [signer, other.assert(digest)],
      [signer, "0x"],
      [await other.signer(webAuthn), other.assert(digest)],
      [await passkey.signer(p256), passkey.assert(digest)],
      [ethers.dataSlice(signer, 0, 19), passkey.assert(digest)],
      ["0x", passkey.assert(digest)],
      [identity, passkey.assert(digest)],
    ]) {
      await expect(
        registry.changeOwnerBySig(identity, ABSENT, { deadline: NEVER, signer: named, signature }),
      ).to.be.revertedWithCustomError(registry, "DIDRegistry_BadSignature");
    }
    await registry.changeOwnerBySig(identity, ABSENT, { deadline: NEVER, signer, signature: passkey.assert(digest) });
  });

  it("IDN-16 asks a wallet once for a whole batch, and again for the next", async () => {
    const { registry, address } = await networkHelpers.loadFixture(fixture);
    const wallet = await (await ethers.deployContract("HostileWallet", [address, false])).getAddress();
    const operation = { kind: OperationKind.SetAttribute, name: SERVICE, value: VALUE, validity: DAY };
    const authorization = { deadline: NEVER, signer: wallet, signature: "0x" };
    await expect(registry.batchBySig(wallet, [operation, operation, operation], authorization)).to.emit(
      registry,
      "DIDAttributeChanged",
    );
    expect(await registry.nonce(wallet)).to.equal(FIRST_NONCE + 1n);
    await expect(registry.batchBySig(wallet, [operation], authorization)).to.be.revertedWithCustomError(
      registry,
      "DIDRegistry_BadSignature",
    );
  });

  it("IDN-16 refuses a wallet that burns all gas, with what the rest of the gas allows", async () => {
    const { registry, address } = await networkHelpers.loadFixture(fixture);
    const wallet = await (await ethers.deployContract("HostileWallet", [address, true])).getAddress();
    const authorization = { deadline: NEVER, signer: wallet, signature: "0x" };
    await expect(
      registry.changeOwnerBySig(wallet, ABSENT, authorization, { gasLimit: 2_000_000n }),
    ).to.be.revertedWithCustomError(registry, "DIDRegistry_BadSignature");
  });

  it("IDN-17 keeps batches whole, owned and bounded", async () => {
    const { registry, relayer, someone } = await networkHelpers.loadFixture(fixture);
    const set = { kind: OperationKind.SetAttribute, name: SERVICE, value: VALUE, validity: DAY };
    const broken = { kind: OperationKind.AddDelegate, name: VERI_KEY, value: "0x1234", validity: DAY };
    const mine = registry.connect(someone);
    await expect(mine.batch(relayer.address, [set])).to.be.revertedWithCustomError(registry, "DIDRegistry_NotOwner");
    await expect(mine.batch(someone.address, [set, broken]))
      .to.be.revertedWithCustomError(registry, "DIDRegistry_NotAnAccount")
      .withArgs(1n, "0x1234");
    expect(await registry.changed(someone.address)).to.equal(0n);
    for (const size of [0, 65]) {
      await expect(mine.batch(someone.address, Array(size).fill(set)))
        .to.be.revertedWithCustomError(registry, "DIDRegistry_BatchSize")
        .withArgs(size, 64n);
    }
    await mine.batch(someone.address, Array(64).fill(set));
  });

  it("IDN-13 counts an account's own key also while the account carries code that knows nothing of it", async () => {
    const { registry, address } = await networkHelpers.loadFixture(fixture);
    // an account that carries code by EIP-7702 and whose code knows nothing of its key
    const owner: BaseWallet = ethers.Wallet.createRandom();
    const code = await ethers.provider.getCode(await (await ethers.deployContract("DIDRegistry")).getAddress());
    await networkHelpers.setCode(owner.address, code);
    const message = { identity: owner.address, nonce: FIRST_NONCE, deadline: NEVER, newOwner: ABSENT };
    const signature = await owner.signTypedData(...typedData(address, "ChangeOwner", message));
    await registry.changeOwnerBySig(owner.address, ABSENT, { deadline: NEVER, signer: owner.address, signature });
    expect(await registry.identityOwner(owner.address)).to.equal(ABSENT);
  });
});
