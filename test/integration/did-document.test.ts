import {
  attributeName,
  createResolver,
  getResolver,
  isKeyType,
  KEY_FORMS,
  keyAttribute,
  purposesOf,
  toMultikey,
  type DidDocument,
  type KeyPurpose,
  type KeyType,
  type ResolverNetwork,
} from "@artel/sdk/identity";
import { expect } from "chai";
import { Resolver } from "did-resolver";
import { EthrDID } from "ethr-did";
import { getResolver as getPublishedResolver } from "ethr-did-resolver";
import { id, JsonRpcProvider, SigningKey, toUtf8Bytes, Wallet, ZeroAddress, type JsonRpcSigner } from "ethers";
import { network } from "hardhat";
import type { JsonRpcServer } from "hardhat/types/network";
import { base58btc } from "multiformats/bases/base58";
import { varint } from "multiformats";

import { DIDRegistry__factory, type DIDRegistry } from "../../sdk/src/contracts/index.js";

const CHAIN = "0x7a69";
const DAY = 86_400;
const DID_SYNTAX = /^did:[a-z0-9]+:(?:[A-Za-z0-9._-]|%[0-9A-F]{2})*(?::(?:[A-Za-z0-9._-]|%[0-9A-F]{2})+)*$/;
const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** Bytes of a key that looks like one: a point's prefix where its type has one. */
function keyOf(type: KeyType, seed = 7): Uint8Array {
  const key = new Uint8Array(KEY_FORMS[type].lengths[0]).fill(seed);
  if (KEY_FORMS[type].lengths.some((length) => length === 65)) key[0] = 2;
  return key;
}

/** What DID Core asks of any document. */
function expectSound(document: DidDocument, did: string): void {
  expect(document["@context"][0]).to.equal("https://www.w3.org/ns/did/v1");
  expect(new Set(document["@context"]).size).to.equal(document["@context"].length);
  expect(document.id).to.equal(did).and.match(DID_SYNTAX);
  const ids = document.verificationMethod.map((method) => method.id);
  const services = (document.service ?? []).map((service) => service.id);
  expect(new Set([...ids, ...services]).size).to.equal(ids.length + services.length);
  for (const method of document.verificationMethod) {
    expect(method.id.startsWith(`${did}#`)).to.equal(true);
    expect(method.type).to.match(/^\w+$/);
    expect(method.controller).to.match(DID_SYNTAX);
    const materials = ["blockchainAccountId", "publicKeyMultibase"].filter((name) => name in method);
    expect(materials).to.have.length(1);
    const context = {
      Multikey: "https://w3id.org/security/multikey/v1",
      EcdsaSecp256k1RecoveryMethod2020: "https://w3id.org/security/suites/secp256k1recovery-2020/v2",
    }[method.type];
    expect(document["@context"]).to.include(context);
  }
  const { authentication, assertionMethod, keyAgreement = [] } = document;
  expect(ids).to.include.members([...authentication, ...assertionMethod, ...keyAgreement]);
  for (const service of document.service ?? []) {
    expect(URL.canParse(service.id)).to.equal(true);
    expect(service.type).to.be.a("string").and.not.equal("");
    for (const endpoint of [service.serviceEndpoint].flat()) {
      if (typeof endpoint === "string") expect(URL.canParse(endpoint)).to.equal(true);
      else expect(endpoint).to.be.an("object");
    }
  }
}

describe("DID documents", () => {
  let server: JsonRpcServer;
  let provider: JsonRpcProvider;
  let registry: DIDRegistry;
  let address: string;
  let networks: ResolverNetwork[];
  let published: Resolver;
  let nextAccount = 1;
  const resolve = (url: string, options?: { accept?: string }) => createResolver(networks)(url, options);

  before(async () => {
    // behind the computer's clock, by which the published resolver judges ends of validity
    const initialDate = new Date(Date.now() - DAY * 1000);
    server = await network.createServer({ network: "l1", chainType: "l1", override: { initialDate } }, "127.0.0.1", 0);
    const listening = await server.listen();
    const rpcUrl = `http://${listening.address}:${listening.port}`;
    provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    registry = await new DIDRegistry__factory(await provider.getSigner(0)).deploy();
    await registry.waitForDeployment();
    address = await registry.getAddress();
    networks = [{ provider, registry: address, chainId: 31_337n, names: ["local"] }];
    published = new Resolver(getPublishedResolver({ networks: [{ chainId: CHAIN, rpcUrl, registry: address }] }));
  });

  after(async () => {
    provider.destroy();
    await server.close();
  });

  async function identity() {
    const signer: JsonRpcSigner = await provider.getSigner(nextAccount++);
    const mine = registry.connect(signer);
    return { signer, mine, did: `did:ethr:${CHAIN}:${signer.address}` };
  }

  async function publish(signer: JsonRpcSigner, type: KeyType, purpose: KeyPurpose, key = keyOf(type)) {
    const { name, value } = keyAttribute(type, purpose, key);
    await (await registry.connect(signer).setAttribute(signer.address, name, value, 2 * DAY)).wait();
    return toMultikey(type, key);
  }

  it("IDN-24 show a key of every type as Multikey, for what it can do, under names of at most 32 bytes without hyphen", async () => {
    const { signer, did } = await identity();
    const expected = new Map<string, KeyPurpose>();
    for (const type of Object.keys(KEY_FORMS) as KeyType[]) {
      for (const purpose of purposesOf(type)) {
        const text = `did/pub/${type}/${purpose}`;
        expect(text).to.match(/^[^-]{1,32}$/);
        const key = keyOf(type, purpose === "sigAuth" ? 8 : 7);
        expected.set(await publish(signer, type, purpose, key), purpose);
        const bytes = base58btc.decode(toMultikey(type, key));
        const [code, size] = varint.decode(bytes);
        expect([code, bytes.length - size]).to.deep.equal([KEY_FORMS[type].code, KEY_FORMS[type].lengths[0]]);
      }
    }
    const { didDocument } = await resolve(did);
    expectSound(didDocument!, did);
    const keys = didDocument!.verificationMethod.filter(({ type }) => type === "Multikey");
    expect(keys.map((method) => method.publicKeyMultibase)).to.deep.equal([...expected.keys()]);
    for (const { id: method, publicKeyMultibase } of keys) {
      const purpose = expected.get(publicKeyMultibase!);
      expect(didDocument!.authentication.includes(method)).to.equal(purpose === "sigAuth");
      expect(didDocument!.assertionMethod.includes(method)).to.equal(purpose !== "enc");
      expect(didDocument!.keyAgreement!.includes(method)).to.equal(purpose === "enc");
    }
    // the codes of FIPS 203, 204 and 205 as the multicodec table gives them
    expect(toMultikey("MLKEM768", keyOf("MLKEM768"))).to.match(/^z/);
    const prefix = (type: KeyType) => base58btc.decode(toMultikey(type, keyOf(type))).subarray(0, 2);
    expect([...prefix("MLKEM768")]).to.deep.equal([0x8c, 0x24]);
    expect([...prefix("MLDSA65")]).to.deep.equal([0x91, 0x24]);
    expect([...prefix("SLHDSASHA2128s")]).to.deep.equal([0xa0, 0x24]);
    // did:key's published example for Ed25519 begins so
    expect(toMultikey("Ed25519", keyOf("Ed25519"))).to.match(/^z6Mk/);
  });

  it("IDN-22 number keys, delegates and services as the published resolver does", async () => {
    const { signer, did, mine } = await identity();
    const ethr = new EthrDID({
      identifier: signer.address,
      chainNameOrId: CHAIN,
      provider,
      registry: address,
      txSigner: signer,
    });
    await publish(signer, "Ed25519", "veriKey");
    await publish(signer, "MLDSA65", "veriKey");
    await ethr.addDelegate(Wallet.createRandom().address, { expiresIn: 2 * DAY });
    await ethr.setAttribute("did/svc/Hub", "https://hub.example", 2 * DAY);
    await ethr.revokeAttribute("did/svc/Hub", "https://hub.example");
    await ethr.setAttribute("did/svc/Chat", "https://chat.example", 2 * DAY);
    const { name, value } = keyAttribute("Ed25519", "veriKey", keyOf("Ed25519"));
    await (await mine.revokeAttribute(signer.address, name, value)).wait();
    await publish(signer, "X25519", "enc");
    await ethr.addDelegate(Wallet.createRandom().address, { expiresIn: 2 * DAY });

    const ours = await resolve(did);
    const theirs = await published.resolve(did);
    expectSound(ours.didDocument!, did);
    const ids = (methods: readonly { id: string }[]) => methods.map((method) => method.id).sort();
    expect(ids(ours.didDocument!.verificationMethod)).to.deep.equal(ids(theirs.didDocument!.verificationMethod!));
    expect(ours.didDocument!.service).to.deep.equal(theirs.didDocument!.service);
    expect([...ours.didDocument!.authentication]).to.have.members(theirs.didDocument!.authentication as string[]);
    expect(ours.didDocument!.keyAgreement).to.deep.equal(theirs.didDocument!.keyAgreement);
    const { versionId, updated } = theirs.didDocumentMetadata;
    expect(ours.didDocumentMetadata).to.deep.equal({ versionId, updated });
  });

  it("IDN-23 are what they were at a version", async () => {
    const { signer, did, mine } = await identity();
    await publish(signer, "MLDSA44", "sigAuth");
    const first = await provider.getBlockNumber();
    await (
      await mine.setAttribute(signer.address, attributeName("did/svc/Hub"), toUtf8Bytes("https://a.example"), DAY)
    ).wait();
    const second = await provider.getBlockNumber();
    await (await mine.changeOwner(signer.address, ZeroAddress)).wait();
    const third = await provider.getBlockNumber();

    const before = await resolve(`${did}?versionId=${first - 1}`);
    expect(before.didDocument!.verificationMethod).to.have.length(1);
    expect(before.didDocumentMetadata.versionId).to.equal(undefined);
    expect(before.didDocumentMetadata.nextVersionId).to.equal(String(first));
    const then = await resolve(`${did}?versionId=${second}`);
    expectSound(then.didDocument!, did);
    expect(then.didDocument!.service).to.have.length(1);
    expect(then.didDocumentMetadata).to.include({ versionId: String(second), nextVersionId: String(third) });
    expect(then.didDocumentMetadata.updated).to.match(DATETIME);
    expect(then.didDocumentMetadata.nextUpdate).to.match(DATETIME);
    expect(then.didDocumentMetadata.deactivated).to.equal(undefined);

    const now = await resolve(did);
    expectSound(now.didDocument!, did);
    expect(now.didDocumentMetadata).to.include({ deactivated: true, versionId: String(third) });
    expect(now.didDocument!.verificationMethod).to.deep.equal([]);
  });

  it("IDN-23 tell the state of recovery, and follow it to its end, as the published resolver does", async () => {
    const { signer, did, mine } = await identity();
    const guardian = await identity();
    const successor = Wallet.createRandom().address;
    const guardians = [guardian.signer.address];
    await (await mine.setGuardians(signer.address, guardians, 1, 1, DAY)).wait();
    const settings = { threshold: 1, superThreshold: 1, delay: DAY, cancelled: false };
    expect((await resolve(did)).didDocumentMetadata.recovery).to.deep.equal(settings);
    await (await mine.announceDeactivation(signer.address)).wait();
    expect((await resolve(did)).didDocumentMetadata.recovery!.deactivationDue).to.match(DATETIME);

    const start = guardian.mine.startRecovery(signer.address, successor, guardians, ["0x"], ["0x"], 2n ** 200n);
    await (await start).wait();
    const { recovery } = (await resolve(did)).didDocumentMetadata;
    expect(recovery!.deactivationDue).to.equal(undefined);
    expect(recovery!.running).to.include({ successor, uncancellable: false });
    expect(recovery!.running!.readyAt).to.match(DATETIME);

    await provider.send("evm_increaseTime", [DAY]);
    await (await guardian.mine.finishRecovery(signer.address)).wait();
    const account = `eip155:31337:${successor}`;
    const ours = await resolve(did);
    expect(ours.didDocument!.verificationMethod[0].blockchainAccountId).to.equal(account);
    expect(ours.didDocumentMetadata.recovery).to.deep.equal(settings);
    const theirs = await published.resolve(did);
    expect(theirs.didDocument!.verificationMethod![0].blockchainAccountId).to.equal(account);
  });

  it("IDN-22 include the key of a DID that is a public key, as long as it controls", async () => {
    const signer = await provider.getSigner(nextAccount++);
    const wallet = Wallet.createRandom();
    const key = SigningKey.computePublicKey(wallet.privateKey, true);
    const did = `did:ethr:local:${key}`;
    const { didDocument } = await resolve(did);
    expectSound(didDocument!, did);
    expect(didDocument!.verificationMethod[1]).to.include({ id: `${did}#controllerKey`, type: "Multikey" });
    expect(didDocument!.verificationMethod[1].publicKeyMultibase).to.match(/^zQ3s/);
    await (await signer.sendTransaction({ to: wallet.address, value: 10n ** 17n })).wait();
    await (await registry.connect(wallet.connect(provider)).changeOwner(wallet.address, signer.address)).wait();
    expect((await resolve(did)).didDocument!.verificationMethod).to.have.length(1);
  });

  it("IDN-22 leave out what is no key or endpoint, and what has ended by the chain's clock", async () => {
    const { signer, did, mine } = await identity();
    const set = async (name: string, value: Uint8Array | string, validity = 2 * DAY) =>
      (
        await mine.setAttribute(signer.address, name.startsWith("0x") ? name : attributeName(name), value, validity)
      ).wait();
    await set("did/pub/MLDSA65/veriKey", "0x1234");
    await set("did/pub/Secp256k1/veriKey", new Uint8Array(33).fill(9));
    await set("did/pub/constructor/veriKey", "0x12");
    await set("did/svc/Hub", "0xff");
    await set("did/svc/Hub", toUtf8Bytes("no uri"));
    await set("did/svc/Hub", toUtf8Bytes("[]"));
    await set(id("any 32 bytes"), "0x12");
    await (await mine.addDelegate(signer.address, id("some scope"), signer.address, DAY)).wait();
    await set("did/svc/Map", toUtf8Bytes(JSON.stringify({ origins: ["https://a.example"] })));
    await publish(signer, "P256", "veriKey", Uint8Array.of(4, ...new Uint8Array(64).fill(3)));
    const { didDocument } = await resolve(did);
    expectSound(didDocument!, did);
    expect(didDocument!.verificationMethod.map(({ type }) => type)).to.have.members([
      "EcdsaSecp256k1RecoveryMethod2020",
      "Multikey",
    ]);
    const point = base58btc.decode(didDocument!.verificationMethod[1].publicKeyMultibase!);
    expect([...point.subarray(0, 3)]).to.deep.equal([0x80, 0x24, 3]);
    expect(didDocument!.service!.map(({ type }) => type)).to.deep.equal(["Map"]);

    await provider.send("evm_increaseTime", [3 * DAY]);
    await provider.send("evm_mine", []);
    const later = await resolve(did);
    expect(later.didDocument!.verificationMethod).to.have.length(1);
    expect(later.didDocument!.service).to.equal(undefined);
  });

  it("IDN-23 come as JSON-LD or JSON, through did-resolver too, and say why there is none", async () => {
    const { did } = await identity();
    expect((await resolve(did)).didResolutionMetadata).to.deep.equal({ contentType: "application/did+ld+json" });
    const plain = await resolve(did, { accept: "application/did+json" });
    expect(plain.didDocument).not.to.have.property("@context");
    const errors: [string, string, { accept?: string }?][] = [
      ["nonsense", "invalidDid"],
      ["did:web:artel.example", "methodNotSupported"],
      [`did:ethr:${CHAIN}:0x1234`, "invalidDid"],
      [`did:ethr:${CHAIN}:0x02${"ff".repeat(32)}`, "invalidDid"],
      [`did:ethr:0x2:0x${"11".repeat(20)}`, "notFound"],
      [`${did}?versionId=soon`, "invalidDidUrl"],
      [`${did}?versionId=99999999`, "notFound"],
      [`${did}#controller`, "invalidDidUrl"],
      [did, "representationNotSupported", { accept: "text/html" }],
    ];
    for (const [url, error, options] of errors) {
      const result = await resolve(url, options);
      expect(result.didDocument, url).to.equal(null);
      expect(result.didResolutionMetadata.error, url).to.equal(error);
    }
    const missing = createResolver([{ ...networks[0], registry: ZeroAddress }]);
    expect((await missing(did)).didResolutionMetadata.error).to.equal("internalError");
    const through = new Resolver(getResolver(networks) as unknown as ConstructorParameters<typeof Resolver>[0]);
    expect((await through.resolve(did)).didDocument!.id).to.equal(did);
    expect(isKeyType("toString")).to.equal(false);
    expect(() => keyAttribute("MLDSA65", "enc", keyOf("MLDSA65"))).to.throw("veriKey or sigAuth");
    expect(() => keyAttribute("MLDSA65", "veriKey", new Uint8Array(32))).to.throw("1952 bytes");
  });
});
