import { expect } from "chai";
import { Resolver } from "did-resolver";
import { getResolver } from "ethr-did-resolver";
import { JsonRpcProvider, SigningKey, Transaction, Wallet, type HDNodeWallet } from "ethers";
import { EthrDIDProvider } from "@veramo/did-provider-ethr";
import { network } from "hardhat";
import type { JsonRpcServer } from "hardhat/types/network";

import { DIDRegistry__factory } from "../../sdk/src/contracts/index.js";

const CHAIN = "0x7a69";
const DAY = 86_400;

type Identifier = Parameters<EthrDIDProvider["addKey"]>[0]["identifier"];
type Context = Parameters<EthrDIDProvider["addKey"]>[1];

/** The key manager that the provider asks, of the keys it is given. */
function agentOf(wallets: readonly HDNodeWallet[]): Context {
  const keys = new Map(wallets.map((wallet) => [wallet.publicKey.slice(2), wallet]));
  const keyOf = (kid: string) => ({
    ...{ kid, kms: "test", type: "Secp256k1" as const, publicKeyHex: kid },
    meta: { algorithms: ["eth_signTransaction", "eth_rawSign"] },
  });
  const agent = {
    keyManagerGet: async ({ kid }: { kid: string }) => keyOf(kid),
    keyManagerSign: async ({ keyRef, data, algorithm }: { keyRef: string; data: string; algorithm: string }) => {
      const wallet = keys.get(keyRef)!;
      if (algorithm === "eth_signTransaction") return wallet.signTransaction(Transaction.from(data));
      return wallet.signingKey.sign(data).serialized;
    },
  };
  return { agent } as unknown as Context;
}

/** Veramo's provider of did:ethr, unchanged, over JSON-RPC. */
describe("published did:ethr provider of an agent against DIDRegistry", () => {
  let server: JsonRpcServer;
  let provider: JsonRpcProvider;
  let veramo: EthrDIDProvider;
  let resolver: Resolver;

  before(async () => {
    // behind the computer's clock, by which the resolver judges ends of validity
    const initialDate = new Date(Date.now() - DAY * 1000);
    server = await network.createServer({ network: "l1", chainType: "l1", override: { initialDate } }, "127.0.0.1", 0);
    const { address, port } = await server.listen();
    const rpcUrl = `http://${address}:${port}`;
    provider = new JsonRpcProvider(rpcUrl, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    const contract = await new DIDRegistry__factory(await provider.getSigner(0)).deploy();
    await contract.waitForDeployment();
    const registry = await contract.getAddress();
    const settings = { chainId: CHAIN, rpcUrl, registry };
    const networks = [{ ...settings, provider }] as unknown as { chainId: string }[];
    veramo = new EthrDIDProvider({ defaultKms: "test", networks });
    resolver = new Resolver(getResolver({ networks: [settings] }));
  });

  after(async () => {
    provider.destroy();
    await server.close();
  });

  async function fund(wallet: HDNodeWallet): Promise<void> {
    const sponsor = await provider.getSigner(1);
    await (await sponsor.sendTransaction({ to: wallet.address, value: 10n ** 18n })).wait();
  }

  async function created(wallet: HDNodeWallet, context: Context): Promise<Identifier> {
    const options = { network: CHAIN, keyRef: wallet.publicKey.slice(2) };
    return { ...(await veramo.createIdentifier({ options }, context)), provider: "did:ethr" };
  }

  const document = async (did: string) => (await resolver.resolve(did)).didDocument!;

  it("creates an identity of a public key, adds and removes keys and services", async () => {
    const wallet = Wallet.createRandom();
    await fund(wallet);
    const context = agentOf([wallet]);
    const identifier = await created(wallet, context);
    expect(identifier.did).to.equal(`did:ethr:${CHAIN}:${SigningKey.computePublicKey(wallet.privateKey, true)}`);

    const key = { kid: "hers", kms: "test", type: "Ed25519" as const, publicKeyHex: "ab".repeat(32) };
    const options = { ttl: 2 * DAY };
    await veramo.addKey({ identifier, key, options }, context);
    const service = { id: "hub", type: "Hub", serviceEndpoint: "https://hub.example" };
    await veramo.addService({ identifier, service, options }, context);
    const full = await document(identifier.did);
    expect(full.verificationMethod!.map(({ type }) => type)).to.include("Ed25519VerificationKey2018");
    expect(full.service!.map(({ serviceEndpoint }) => serviceEndpoint)).to.deep.equal(["https://hub.example"]);

    const withKeys = { ...identifier, keys: [...identifier.keys, key], services: [service] };
    await veramo.removeKey({ identifier: withKeys, kid: key.kid, options }, context);
    await veramo.removeService({ identifier: withKeys, id: service.id, options }, context);
    const bare = await document(identifier.did);
    expect(bare.verificationMethod!.map(({ type }) => type)).not.to.include("Ed25519VerificationKey2018");
    expect(bare.service).to.equal(undefined);
  });

  it("changes the identity of a key that holds no ether, by signature", async () => {
    const [poor, sponsor] = [Wallet.createRandom(), Wallet.createRandom()];
    await fund(sponsor);
    const context = agentOf([poor, sponsor]);
    const identifier = await created(poor, context);
    const service = { id: "hub", type: "Hub", serviceEndpoint: "https://hub.example" };
    const options = { ttl: 2 * DAY, metaIdentifierKeyId: sponsor.publicKey.slice(2) };
    await veramo.addService({ identifier, service, options }, context);
    expect((await document(identifier.did)).service).to.have.length(1);
  });
});
