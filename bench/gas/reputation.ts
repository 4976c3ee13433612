import { AbiCoder, id, ZeroAddress, ZeroHash } from "ethers";

import { freshAddress, gasOf, type Chain } from "./chain.js";
import type { Measured } from "./results.js";

const WEEK = 604_800;
const EAS = "@ethereum-attestation-service/eas-contracts/artifacts/contracts";

/** Awards, against attestations of the same content. */
export async function measureReputation(chain: Chain): Promise<Measured> {
  const [realm, issuer] = chain.signers;
  const manager = await chain.deploy("AccessManager", [realm.address]);
  const reputation = (await chain.deploy("Reputation", [manager.target])).connect(issuer) as typeof manager;
  const category = id("contribution");
  await reputation.connect(realm).getFunction("addCategory")(category, 90 * 86_400);
  await reputation.connect(realm).getFunction("appointIssuer")(category, issuer.address, 10n ** 15n, 10n ** 15n);

  const award = (subject: string, evidence: string) =>
    gasOf(reputation.award(realm.address, category, subject, 250, id(evidence)));
  const monday = (Math.floor((await chain.now()) / WEEK) + 1) * WEEK + 4 * 86_400;
  await chain.warp(monday);
  await award(freshAddress(1), "round 1");
  const fresh = await award(freshAddress(2), "round 1");
  await chain.warp(monday + 3_600);
  // the realm's total was last written with the subject's score, or with another subject's
  const next = await award(freshAddress(2), "round 2");
  await chain.warp(monday + 7_200);
  const nextAmongOthers = await award(freshAddress(1), "round 2");
  await chain.warp(monday + WEEK);
  const nextEpochAmongOthers = await award(freshAddress(2), "round 3");
  await chain.warp(monday + 2 * WEEK);
  const nextEpoch = await award(freshAddress(2), "round 4");
  const many = await gasOf(
    reputation.awardMany(
      realm.address,
      category,
      Array.from({ length: 100 }, (_, index) => freshAddress(100 + index)),
      Array.from({ length: 100 }, () => 250),
      id("round 5"),
    ),
  );

  const registry = await chain.deployPublished(`${EAS}/SchemaRegistry.sol/SchemaRegistry.json`);
  const eas = (await chain.deployPublished(`${EAS}/EAS.sol/EAS.json`, [registry.target])).connect(
    issuer,
  ) as typeof registry;
  // the schema says what the category would
  const schema = "uint96 amount, bytes32 evidence";
  const schemaId = await registry.register.staticCall(schema, ZeroAddress, true);
  await registry.register(schema, ZeroAddress, true);
  const attestation = (recipient: string) => ({
    ...{ recipient, expirationTime: 0, revocable: true, refUID: ZeroHash, value: 0 },
    data: AbiCoder.defaultAbiCoder().encode(["uint96", "bytes32"], [250, id("round")]),
  });
  const attest = (subject: string) => gasOf(eas.attest({ schema: schemaId, data: attestation(subject) }));
  await attest(freshAddress(1));
  const attestFresh = await attest(freshAddress(2));
  const attestNext = await attest(freshAddress(2));
  const attestMany = await gasOf(
    eas.multiAttest([
      { schema: schemaId, data: Array.from({ length: 50 }, (_, index) => attestation(freshAddress(100 + index))) },
    ]),
  );
  const peer = (what: string, gas: number) => ({ name: `EAS 1.9.0 ${what}, 64 bytes of data`, gas });
  return {
    "reputation.award.new": { ours: fresh, peer: peer("attest", attestFresh) },
    "reputation.award.next": {
      ours: next,
      peer: peer("attest", attestNext),
      variants: { "another subject in between": nextAmongOthers },
    },
    "reputation.award.bulk100.each": {
      ours: many / 100,
      peer: peer("multiAttest of 50 (100 pass the most gas of a transaction)", attestMany / 50),
    },
    "reputation.award.nextEpoch": {
      ours: nextEpoch,
      peer: peer("attest", attestNext),
      variants: { "another subject in between": nextEpochAmongOthers },
    },
  };
}
