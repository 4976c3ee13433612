import { createAgent, type IDIDManager, type IKeyManager } from "@veramo/core";
import { DIDManager, MemoryDIDStore } from "@veramo/did-manager";
import { EthrDIDProvider, KmsEthereumSigner } from "@veramo/did-provider-ethr";
import { KeyManager, MemoryKeyStore, MemoryPrivateKeyStore } from "@veramo/key-manager";
import { KeyManagementSystem } from "@veramo/kms-local";
import { expect } from "chai";
import { Resolver, type DIDResolutionResult } from "did-resolver";
import {
  computeAddress,
  JsonRpcProvider,
  parseEther,
  Signature,
  Wallet,
  ZeroAddress,
  type HDNodeWallet,
  type JsonRpcSigner,
} from "ethers";
import { DelegateTypes, EthrDID } from "ethr-did";
import { EthrDidController, getResolver } from "ethr-did-resolver";
import { network } from "hardhat";
import type { JsonRpcServer } from "hardhat/types/network";

import { DIDRegistry__factory } from "../../sdk/src/contracts/index.js";

const CHAIN = "0x7a69";
const DAY = 86_400;
const ED25519_KEY = "0xb97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71";

/**
 * The public packages `did-resolver`, `ethr-did-resolver`, `ethr-did` and Veramo's `did-provider-ethr`, unchanged, over
 * JSON-RPC. Veramo imports a path that `@noble/hashes` had up to version 1 without depending on it: hence that version
 * at the top.
 */
describe("published did:ethr packages against DIDRegistry", () => {
  let server: JsonRpcServer;
  let rpcUrl: string;
  let provider: JsonRpcProvider;
  let registry: string;
  let resolver: Resolver;
  let sponsor: JsonRpcSigner;
  let nextAccount = 1;

  before(async () => {
    // The resolver compares ends of validity with the computer's clock; a revoked delegate's end is the block's time,
    // so the chain's clock has to be behind.
    const initialDate = new Date(Date.now() - DAY * 1000);
    server = await network.createServer({ network: "l1", chainType: "l1", override: { initialDate } }, "127.0.0.1", 0);
    const { address, port } = await server.listen();
    rpcUrl = `http://${address}:${port}`;
    provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    sponsor = await provider.getSigner(0);
    const contract = await new DIDRegistry__factory(sponsor).deploy();
    await contract.waitForDeployment();
    registry = await contract.getAddress();
    resolver = new Resolver(getResolver({ networks: [{ chainId: CHAIN, rpcUrl, registry }] }));
  });

  after(async () => {
    provider.destroy();
    await server.close();
  });

  /** An identity that pays its own gas. */
  async function identity(): Promise<{ did: EthrDID; signer: JsonRpcSigner }> {
    const signer = await provider.getSigner(nextAccount++);
    return { did: controlledBy(signer.address, signer), signer };
  }

  function controlledBy(identifier: string, txSigner: JsonRpcSigner): EthrDID {
    return new EthrDID({ identifier, chainNameOrId: CHAIN, provider, registry, txSigner });
  }

  async function resolve(did: string): Promise<DIDResolutionResult> {
    const result = await resolver.resolve(did);
    expect(result.didResolutionMetadata.error, JSON.stringify(result.didResolutionMetadata)).to.equal(undefined);
    return result;
  }

  function accounts(result: DIDResolutionResult): (string | undefined)[] {
    return result.didDocument!.verificationMethod!.map((method) => method.blockchainAccountId);
  }

  const account = (address: string) => `eip155:31337:${address}`;

  it("IDN-11 resolves an identity that was never registered", async () => {
    const { address } = Wallet.createRandom();
    const result = await resolve(`did:ethr:${CHAIN}:${address}`);
    expect(accounts(result)).to.deep.equal([account(address)]);
    expect(result.didDocumentMetadata).to.deep.equal({});
  });

  it("IDN-11 follows the rotation of the owner, and the version before it", async () => {
    const { did, signer } = await identity();
    const next = await provider.getSigner(nextAccount++);
    await did.setAttribute("did/svc/Hub", "https://hub.example", 2 * DAY);
    const before = await provider.getBlockNumber();
    await did.changeOwner(next.address);
    expect(await did.lookupOwner(false)).to.equal(next.address);

    const now = await resolve(did.did);
    expect(accounts(now)).to.deep.equal([account(next.address)]);
    expect(now.didDocumentMetadata.versionId).to.equal(String(before + 1));

    const then = await resolve(`${did.did}?versionId=${before}`);
    expect(accounts(then)).to.deep.equal([account(signer.address)]);
    expect(then.didDocumentMetadata.nextVersionId).to.equal(String(before + 1));

    // the next owner writes on
    await controlledBy(signer.address, next).setAttribute("did/svc/Chat", "https://chat.example", 2 * DAY);
    expect((await resolve(did.did)).didDocument!.service).to.have.length(2);
  });

  it("IDN-11 adds and revokes delegates", async () => {
    const { did, signer } = await identity();
    const delegate = Wallet.createRandom().address;
    await did.addDelegate(delegate, { delegateType: DelegateTypes.veriKey, expiresIn: 2 * DAY });
    const added = await provider.getBlockNumber();
    expect(accounts(await resolve(did.did))).to.deep.equal([account(signer.address), account(delegate)]);
    expect((await resolve(did.did)).didDocument!.authentication).to.have.length(1);

    await did.revokeDelegate(delegate, DelegateTypes.veriKey);
    expect(accounts(await resolve(did.did))).to.deep.equal([account(signer.address)]);
    expect(accounts(await resolve(`${did.did}?versionId=${added}`))).to.include(account(delegate));

    await did.addDelegate(delegate, { delegateType: DelegateTypes.sigAuth, expiresIn: 2 * DAY });
    expect((await resolve(did.did)).didDocument!.authentication).to.have.length(2);
  });

  it("IDN-11 publishes and revokes keys and services", async () => {
    const { did } = await identity();
    const key = "did/pub/Ed25519/veriKey/hex";
    await did.setAttribute(key, ED25519_KEY, 2 * DAY);
    await did.setAttribute("did/svc/HubService", "https://hubs.example", 2 * DAY);
    const full = await provider.getBlockNumber();

    const { didDocument } = await resolve(did.did);
    expect(didDocument!.verificationMethod![1]).to.include({
      type: "Ed25519VerificationKey2018",
      publicKeyHex: ED25519_KEY.slice(2),
    });
    expect(didDocument!.service).to.deep.equal([
      { id: `${did.did}#service-1`, type: "HubService", serviceEndpoint: "https://hubs.example" },
    ]);

    await did.revokeAttribute(key, ED25519_KEY);
    await did.revokeAttribute("did/svc/HubService", "https://hubs.example");
    const empty = (await resolve(did.did)).didDocument!;
    expect(empty.verificationMethod).to.have.length(1);
    expect(empty.service).to.equal(undefined);
    const past = (await resolve(`${did.did}?versionId=${full}`)).didDocument!;
    expect(past.verificationMethod).to.have.length(2);
    expect(past.service).to.have.length(1);
  });

  it("IDN-11 deactivates, and keeps the document of before", async () => {
    const { did, signer } = await identity();
    await did.setAttribute("did/svc/Hub", "https://hub.example", DAY * 2);
    const alive = await provider.getBlockNumber();
    await did.changeOwner(ZeroAddress);

    const result = await resolve(did.did);
    expect(result.didDocumentMetadata.deactivated).to.equal(true);
    expect(result.didDocument!.verificationMethod).to.deep.equal([]);
    const past = await resolve(`${did.did}?versionId=${alive}`);
    expect(past.didDocumentMetadata.deactivated).to.equal(undefined);
    expect(accounts(past)).to.deep.equal([account(signer.address)]);
  });

  it("IDN-07 IDN-11 takes every operation signed by an owner who holds no ether", async () => {
    const key = Wallet.createRandom();
    const next = Wallet.createRandom();
    const delegate = Wallet.createRandom().address;
    // the package's typings name ethers' CommonJS classes; the objects are the same
    const txSigner = sponsor as unknown as ConstructorParameters<typeof EthrDidController>[2];
    const controller = new EthrDidController(
      key.address,
      undefined,
      txSigner,
      CHAIN,
      undefined,
      undefined,
      registry,
      false,
    );
    const sign = (owner: HDNodeWallet, digest: string) => {
      const { v, r, s } = Signature.from(owner.signingKey.sign(digest));
      return { sigV: v, sigR: r, sigS: s };
    };
    const service = ["did/svc/Hub", "https://hub.example"] as const;

    const add = await controller.createAddDelegateHash("veriKey", delegate, 2 * DAY);
    await controller.addDelegateSigned("veriKey", delegate, 2 * DAY, sign(key, add));
    const set = await controller.createSetAttributeHash(...service, 2 * DAY);
    await controller.setAttributeSigned(...service, 2 * DAY, sign(key, set));
    const full = await resolve(controller.did);
    expect(accounts(full)).to.deep.equal([account(key.address), account(delegate)]);
    expect(full.didDocument!.service).to.have.length(1);

    const change = await controller.createChangeOwnerHash(next.address);
    await controller.changeOwnerSigned(next.address, sign(key, change));
    const revoke = await controller.createRevokeDelegateHash("veriKey", delegate);
    await controller.revokeDelegateSigned("veriKey", delegate, sign(next, revoke));
    const unset = await controller.createRevokeAttributeHash(...service);
    await controller.revokeAttributeSigned(...service, sign(next, unset));
    const bare = await resolve(controller.did);
    expect(accounts(bare)).to.deep.equal([account(next.address)]);
    expect(bare.didDocument!.service).to.equal(undefined);
  });

  it("IDN-11 verifies a token that a delegate signed for the identity", async () => {
    const { did } = await identity();
    await did.createSigningDelegate(DelegateTypes.sigAuth, 2 * DAY);
    const token = await did.signJWT({ joins: "artel" });
    // the package's typings are of an older did-resolver
    const { payload } = await did.verifyJWT(token, resolver as unknown as Parameters<EthrDID["verifyJWT"]>[1]);
    expect(payload).to.include({ joins: "artel", iss: did.did });
  });

  // ---------------------------------------------------------------- Veramo

  /** An agent with its keys in memory, and an identity that it made and that can pay. */
  async function veramo() {
    const method = `did:ethr:${CHAIN}`;
    const agent = createAgent<IDIDManager & IKeyManager>({
      plugins: [
        new KeyManager({
          store: new MemoryKeyStore(),
          kms: { local: new KeyManagementSystem(new MemoryPrivateKeyStore()) },
        }),
        new DIDManager({
          store: new MemoryDIDStore(),
          defaultProvider: method,
          providers: {
            [method]: new EthrDIDProvider({
              defaultKms: "local",
              networks: [{ chainId: CHAIN, rpcUrl, provider, registry }],
              ttl: 2 * DAY,
            }),
          },
        }),
      ],
    });
    const newKey = async (type: "Secp256k1" | "Ed25519" | "X25519") => agent.keyManagerCreate({ kms: "local", type });
    const addressOf = ({ publicKeyHex }: { publicKeyHex: string }) => computeAddress(`0x${publicKeyHex}`);
    const fund = async (address: string) =>
      (await sponsor.sendTransaction({ to: address, value: parseEther("1") })).wait();
    const { did, keys } = await agent.didManagerCreate({ options: { network: CHAIN } });
    return { agent, method, did, key: keys[0], owner: addressOf(keys[0]), newKey, addressOf, fund };
  }

  it("IDN-11 lets Veramo create an identity, publish keys and services, and revoke them", async () => {
    const { agent, did, owner, newKey, fund } = await veramo();
    const created = await resolve(did);
    expect(accounts(created)[0]).to.equal(account(owner));
    expect(created.didDocument!.verificationMethod![1].id).to.equal(`${did}#controllerKey`);

    await fund(owner);
    const signing = await newKey("Ed25519");
    const agreement = await newKey("X25519");
    await agent.didManagerAddKey({ did, key: signing });
    await agent.didManagerAddKey({ did, key: agreement });
    const service = { id: "hub", type: "Hub", serviceEndpoint: "https://hub.example" };
    await agent.didManagerAddService({ did, service });
    const full = await provider.getBlockNumber();
    const { didDocument } = await resolve(did);
    expect(didDocument!.verificationMethod!.map(({ type }) => type)).to.include.members([
      "Ed25519VerificationKey2018",
      "X25519KeyAgreementKey2019",
    ]);
    expect(didDocument!.keyAgreement).to.have.length(1);
    expect(didDocument!.service).to.deep.equal([{ ...service, id: `${did}#service-1` }]);

    await agent.didManagerRemoveKey({ did, kid: signing.kid });
    await agent.didManagerRemoveKey({ did, kid: agreement.kid });
    await agent.didManagerRemoveService({ did, id: service.id });
    const bare = (await resolve(did)).didDocument!;
    expect(bare.verificationMethod).to.have.length(2);
    expect(bare.service).to.equal(undefined);
    const past = (await resolve(`${did}?versionId=${full}`)).didDocument!;
    expect(past.verificationMethod).to.have.length(4);
    expect(past.service).to.have.length(1);
  });

  it("IDN-07 IDN-11 takes what Veramo signs for an identity whose gas another key pays", async () => {
    const { agent, did, newKey, addressOf, fund } = await veramo();
    const payer = await newKey("Secp256k1");
    await fund(addressOf(payer));
    const key = await newKey("Ed25519");
    await agent.didManagerAddKey({ did, key, options: { metaIdentifierKeyId: payer.kid } });
    expect((await resolve(did)).didDocument!.verificationMethod).to.have.length(3);
    await agent.didManagerRemoveKey({ did, kid: key.kid, options: { metaIdentifierKeyId: payer.kid } });
    expect((await resolve(did)).didDocument!.verificationMethod).to.have.length(2);
  });

  it("IDN-11 lets keys of Veramo rotate an identity, act for it, and deactivate it", async () => {
    const { agent, method, did, key, owner, newKey, addressOf, fund } = await veramo();
    await fund(owner);
    const next = await newKey("Secp256k1");
    await fund(addressOf(next));
    // the provider itself has no call for owners: its signer for ethr-did is how its users change them
    const actingAs = (signer: typeof key) =>
      new EthrDID({
        identifier: did,
        chainNameOrId: CHAIN,
        provider,
        registry,
        txSigner: new KmsEthereumSigner(signer, { agent }, provider),
      });
    const before = await provider.getBlockNumber();
    await actingAs(key).changeOwner(addressOf(next));
    const rotated = await resolve(did);
    expect(accounts(rotated)).to.deep.equal([account(addressOf(next))]);
    expect(accounts(await resolve(`${did}?versionId=${before}`))[0]).to.equal(account(owner));

    // the identity under its next key, to the provider
    await agent.didManagerDelete({ did });
    await agent.didManagerImport({ did, provider: method, controllerKeyId: next.kid, keys: [], services: [] });
    await agent.didManagerAddService({
      did,
      service: { id: "hub", type: "Hub", serviceEndpoint: "https://hub.example" },
    });
    expect((await resolve(did)).didDocument!.service).to.have.length(1);

    await actingAs(next).changeOwner(ZeroAddress);
    expect((await resolve(did)).didDocumentMetadata.deactivated).to.equal(true);
  });
});
