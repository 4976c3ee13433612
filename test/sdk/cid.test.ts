import { expect } from "chai";
import { toUtf8Bytes } from "ethers";
import { CID } from "multiformats/cid";
import {
  cidFromBytes,
  cidFromDigest,
  cidFromString,
  CidKindError,
  cidOf,
  cidToBytes,
  cidToDigest,
  ContentTooLargeError,
  MAX_CONTENT_BYTES,
} from "@artel/sdk/learning";

const cid = cidToBytes(cidOf(toUtf8Bytes("content")));

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
