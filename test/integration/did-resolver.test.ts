import { expect } from "chai";
import { Resolver, type DIDResolutionResult } from "did-resolver";
import { JsonRpcProvider, Signature, Wallet, ZeroAddress, type HDNodeWallet, type JsonRpcSigner } from "ethers";
import { DelegateTypes, EthrDID } from "ethr-did";
import { EthrDidController, getResolver } from "ethr-did-resolver";
import { network } from "hardhat";
import type { JsonRpcServer } from "hardhat/types/network";

import { DIDRegistry__factory } from "../../sdk/src/contracts/index.js";

const CHAIN = "0x7a69";
const DAY = 86_400;
const ED25519_KEY = "0xb97c30de767f084ce3080168ee293053ba33b235d7116a3263d29f1450936b71";

/** The public packages `did-resolver`, `ethr-did-resolver` and `ethr-did`, unchanged, over JSON-RPC. */
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
    await did.setAttribute("did/svc/Hub", "https://hub.example", DAY);
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
    await controlledBy(signer.address, next).setAttribute("did/svc/Chat", "https://chat.example", DAY);
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
});
