import {
  concat,
  encodeBytes32String,
  getBytes,
  keccak256,
  solidityPacked,
  type Contract,
  type HDNodeWallet,
  type Wallet,
} from "ethers";

import { gasOf, type Chain } from "./chain.js";
import type { Measured } from "./results.js";

const NAME = encodeBytes32String("did/pub/X25519/enc/base64");
const DELEGATE_TYPE = encodeBytes32String("veriKey");
const VALUE = `0x${"5a".repeat(64)}`;
const YEAR = 31_536_000;
const PEER = "ethr-did-registry 1.3.0";

/** The registry of identities, against the published ERC-1056 registry, which takes the same calls. */
export async function measureIdentity(chain: Chain): Promise<Measured> {
  const ours = await operations(chain, await chain.deploy("DIDRegistry"));
  const published = "ethr-did-registry/artifacts/contracts/EthereumDIDRegistry.sol/EthereumDIDRegistry.json";
  const theirs = await operations(chain, await chain.deployPublished(published));
  return Object.fromEntries(
    Object.entries(ours).map(([key, gas]) => [
      `identity.${key}`,
      { ours: gas, peer: { name: PEER, gas: theirs[key] } },
    ]),
  );
}

async function operations(chain: Chain, registry: Contract): Promise<Record<string, number>> {
  const [relayer, alice, bob, carol, dora] = chain.signers;
  const as = (signer: (typeof chain.signers)[number], name: string, ...args: unknown[]) =>
    gasOf(registry.connect(signer).getFunction(name)(...args));
  const setAttribute = () => as(alice, "setAttribute", alice.address, NAME, VALUE, YEAR);
  const first = await setAttribute();
  const next = await setAttribute();

  const wallet = chain.newWallet();
  const setSigned = async () => {
    const args = [wallet.address, "setAttribute", NAME, VALUE, YEAR];
    const packed = solidityPacked(["address", "string", "bytes32", "bytes", "uint256"], args);
    const { v, r, s } = await signOperation(registry, wallet, packed);
    return as(relayer, "setAttributeSigned", wallet.address, v, r, s, NAME, VALUE, YEAR);
  };
  await setSigned();
  const signed = await setSigned();

  await as(bob, "setAttribute", bob.address, NAME, VALUE, YEAR);
  const changeFirst = await as(carol, "changeOwner", carol.address, dora.address);
  const changeNext = await as(dora, "changeOwner", carol.address, bob.address);
  await as(alice, "addDelegate", alice.address, DELEGATE_TYPE, dora.address, YEAR);
  const delegate = await as(alice, "addDelegate", alice.address, DELEGATE_TYPE, bob.address, YEAR);
  return {
    "setAttribute.first": first,
    "setAttribute.next": next,
    "setAttributeBySig.next": signed,
    "changeOwner.first": changeFirst,
    "changeOwner.next": changeNext,
    "addDelegate.next": delegate,
  };
}

/** Signs as ERC-1056 wants it: 0x19 ‖ 0x00 ‖ registry ‖ nonce ‖ the call. */
async function signOperation(registry: Contract, wallet: Wallet | HDNodeWallet, call: string) {
  const head = solidityPacked(
    ["bytes2", "address", "uint256"],
    ["0x1900", registry.target, await registry.nonce(wallet.address)],
  );
  return wallet.signingKey.sign(getBytes(keccak256(concat([head, call]))));
}
