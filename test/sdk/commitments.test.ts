import { expect } from "chai";
import { concat, getBytes, id, keccak256, toUtf8Bytes, zeroPadValue, toBeHex } from "ethers";
import { CID } from "multiformats/cid";
import {
  aggregateCommitment,
  cidFromBytes,
  cidFromDigest,
  cidFromString,
  CidKindError,
  cidOf,
  cidToBytes,
  cidToDigest,
  ContentTooLargeError,
  MAX_CONTENT_BYTES,
  scoresCommitment,
  updateCommitment,
} from "@artel/sdk/learning";

const contract = "0x00000000000000000000000000000000000A11CE";
const member = "0x0000000000000000000000000000000000000B0b";
const scope = { chainId: 31337n, contract, taskId: 7n, round: 3n };
const root = id("root");
const salt = id("salt");
const cid = cidToBytes(cidOf(toUtf8Bytes("content")));

const word = (value: string | bigint) => (typeof value === "bigint" ? toBeHex(value, 32) : zeroPadValue(value, 32));
const hash = (tag: string, ...rest: (string | bigint)[]) =>
  keccak256(concat([id(tag), ...[31337n, contract, 7n, 3n, member, ...rest].map(word)]));

describe("content identifiers", () => {
  it("NOD-07 are CIDv1, raw, sha2-256, 36 bytes", () => {
    const known = cidOf(toUtf8Bytes("hello world"));
    expect(known.toString()).to.equal("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e");
    expect(cidToBytes(known)).to.have.length(36);
    expect(cidToDigest(known)).to.equal("0xb94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9");
  });

  it("NOD-07 survive bytes, digest and text", () => {
    const known = cidOf(new Uint8Array(0));
    expect(cidFromBytes(cidToBytes(known)).toString()).to.equal(known.toString());
    expect(cidFromDigest(cidToDigest(known)).toString()).to.equal(known.toString());
    expect(cidFromString(known.toString()).toString()).to.equal(known.toString());
  });

  it("refuse other kinds", () => {
    const v0 = "QmYwAPJzv5CZsnA625s3Xf2nemtYgPpHdWEz79ojWnPbdG";
    expect(() => cidFromString(v0))
      .to.throw(CidKindError)
      .that.includes({ code: "content/cid-kind" });
    expect(() => cidToBytes(CID.parse(v0).toV1())).to.throw(CidKindError);
    for (const text of ["", "nonsense", "bafy"]) expect(() => cidFromString(text)).to.throw(CidKindError);
    for (const bytes of [new Uint8Array(0), new Uint8Array(36), cid.slice(0, 35), new Uint8Array([...cid, 0])])
      expect(() => cidFromBytes(bytes)).to.throw(CidKindError);
    expect(() => cidFromDigest("0x12")).to.throw(CidKindError);
  });

  it("are for one block only", () => {
    expect(() => cidOf(new Uint8Array(MAX_CONTENT_BYTES))).not.to.throw();
    expect(() => cidOf(new Uint8Array(MAX_CONTENT_BYTES + 1))).to.throw(ContentTooLargeError);
  });
});

describe("commitments", () => {
  it("NOD-08 hash tag, scope and opening as ABI words", () => {
    expect(updateCommitment(scope, { client: member, root, samples: 600n, norm: 99n, cid, salt })).to.equal(
      hash("artel.update.v1", root, 600n, 99n, keccak256(cid), salt),
    );
    const scores = getBytes("0x00018000");
    expect(scoresCommitment(scope, { auditor: member, scores, salt })).to.equal(
      hash("artel.scores.v1", keccak256(scores), salt),
    );
    expect(aggregateCommitment(scope, { aggregator: member, root, cid, salt })).to.equal(
      hash("artel.aggregate.v1", root, keccak256(cid), salt),
    );
  });

  it("change with every part of scope and opening", () => {
    const opening = { client: member, root, samples: 600n, norm: 99n, cid, salt };
    const all = [
      updateCommitment(scope, opening),
      ...[{ chainId: 1n }, { contract: member }, { taskId: 8n }, { round: 4n }].map((change) =>
        updateCommitment({ ...scope, ...change }, opening),
      ),
      ...[
        { client: contract },
        { root: salt },
        { samples: 1n },
        { norm: 1n },
        { cid: cid.slice(1) },
        { salt: root },
      ].map((change) => updateCommitment(scope, { ...opening, ...change })),
    ];
    expect(new Set(all)).to.have.property("size", all.length);
  });
});
