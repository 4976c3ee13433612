import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import {
  ConsentMissingError,
  openEncryptedFolder,
  openShared,
  SealingKeyMissingError,
  SharedRecordError,
  shareRecord,
} from "@artel/node";
import type { ConsentScope, IConsentRegistry } from "@artel/sdk";
import { createResolver, keyAttribute } from "@artel/sdk/identity";
import { expect } from "chai";
import { id } from "ethers";
import { network } from "hardhat";

import { rejects } from "../node/rejects.js";

const { ethers, networkHelpers } = await network.create({ network: "l1", chainType: "l1" });
const { provider } = ethers;
const YEAR = 365 * 86_400;
const RECORD = new TextEncoder().encode("my examples");

/** An X25519 key pair, raw. */
function keyPair() {
  const { publicKey, privateKey } = generateKeyPairSync("x25519");
  const raw = (key: typeof publicKey, type: "spki" | "pkcs8") =>
    Uint8Array.from(key.export({ format: "der", type }).subarray(-32));
  return { publicKey: raw(publicKey, "spki"), privateKey: raw(privateKey, "pkcs8") };
}

describe("sharing a record", () => {
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "artel-sharing-"))));
  afterEach(() => rm(folder, { recursive: true }));

  async function scene() {
    const [subject, grantee] = await ethers.getSigners();
    const dids = await ethers.deployContract("DIDRegistry");
    const registry = await ethers.deployContract("ConsentRegistry", [dids.target]);
    const consents = registry as unknown as IConsentRegistry;
    const store = await openEncryptedFolder(folder, new Uint8Array(32));
    await store.put("examples", RECORD);
    const scope: ConsentScope = {
      ...{ subject: subject.address, grantee: grantee.address },
      ...{ dataHash: id("examples"), purpose: id("research") },
    };
    const { chainId } = await provider.getNetwork();
    const resolve = createResolver([{ provider, registry: await dids.getAddress(), chainId, names: ["local"] }]);
    const publish = async () => {
      const pair = keyPair();
      const { name, value } = keyAttribute("X25519", "enc", pair.publicKey);
      await dids.connect(grantee).setAttribute(grantee.address, name, value, YEAR);
      return pair;
    };
    const document = async () => (await resolve(`did:ethr:local:${grantee.address}`)).didDocument!;
    const grant = async () => registry.grant(scope, id("terms"), (await networkHelpers.time.latest()) + YEAR);
    const share = async () => shareRecord(store, "examples", scope, consents, await document());
    return { registry, scope, publish, grant, share };
  }

  it("NOD-17 seals to the grantee's latest key while the consent is live, and not before or after", async () => {
    const { registry, scope, publish, grant, share } = await scene();
    const older = await publish();
    await rejects(share(), ConsentMissingError);
    await grant();
    const first = await share();
    expect(await openShared(first, scope, older.privateKey)).to.deep.equal(RECORD);

    const { privateKey } = await publish();
    const second = await share();
    expect(await openShared(second, scope, privateKey)).to.deep.equal(RECORD);
    await rejects(openShared(second, scope, older.privateKey), SharedRecordError);

    await registry.revoke(scope);
    await rejects(share(), ConsentMissingError);
    await grant();
    await share();
    await networkHelpers.time.increase(YEAR);
    await rejects(share(), ConsentMissingError);
  });

  it("NOD-18 what was shared can't be altered, or passed off as shared for something else", async () => {
    const { scope, publish, grant, share } = await scene();
    const { privateKey } = await publish();
    await grant();
    const shared = await share();
    for (let place = 0; place < shared.length; place++) {
      const altered = Uint8Array.from(shared, (byte, i) => (i === place ? byte ^ 1 : byte));
      await rejects(openShared(altered, scope, privateKey), SharedRecordError);
    }
    for (const length of [0, 7, 39, shared.length - 1]) {
      await rejects(openShared(shared.subarray(0, length), scope, privateKey), SharedRecordError);
    }
    const other = { ...scope, purpose: id("advertising") };
    await rejects(openShared(shared, other, privateKey), SharedRecordError);
  });

  it("names a grantee that has published no key", async () => {
    const { grant, share } = await scene();
    await grant();
    await rejects(share(), SealingKeyMissingError);
  });
});
