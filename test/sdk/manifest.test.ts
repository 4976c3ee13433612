import { expect } from "chai";
import {
  cidOf,
  manifestCid,
  ManifestInvalidError,
  manifestToBytes,
  noiseOf,
  parseManifest,
  weightCapsOf,
  type Manifest,
} from "@artel/sdk/learning";

const manifest: Manifest = {
  version: 1,
  dataset: "mnist",
  model: { kind: "mlp", inputs: 784, hidden: 32, classes: 10 },
  loss: "cross-entropy",
  recipe: { localEpochs: 1, batchSize: 32, learningRate: 0.1, momentum: 0 },
  fractionBits: 16,
  sampleCap: 5000,
  clipNorm: 4.5,
  aggregation: { rule: "mean" },
  privacy: { kind: "open" },
  scoring: { method: "shapley", batch: 8, alphas: [0, 0.5, 1], test: { kind: "private", samples: 2000 } },
  seed: "season",
};

describe("task manifest", () => {
  it("NOD-09 reads back its canonical bytes", () => {
    expect(parseManifest(manifestToBytes(manifest))).to.deep.equal(manifest);
    expect(new TextDecoder().decode(manifestToBytes(manifest))).to.match(
      /^\{"aggregation":\{"rule":"mean"\},"clipNorm":4.5,/,
    );
  });

  it("NOD-09 has one identifier whatever the order of its fields", () => {
    const reversed = Object.fromEntries(Object.entries(manifest).reverse()) as Manifest;
    expect(manifestCid(reversed).toString()).to.equal(manifestCid(manifest).toString());
    expect(manifestCid(manifest).toString()).to.equal(cidOf(manifestToBytes(manifest)).toString());
    expect(manifestCid({ ...manifest, seed: "other" }).toString()).not.to.equal(manifestCid(manifest).toString());
  });

  it("NOD-09 lists everything that is wrong", () => {
    const broken = {
      ...manifest,
      fractionBits: 40,
      scoring: { ...manifest.scoring, batch: 7 },
      extra: 1,
      seed: undefined,
    };
    expect(() => parseManifest(broken))
      .to.throw(ManifestInvalidError, /fractionBits.*scoring\.batch.*seed.*extra/)
      .with.property("issues")
      .with.lengthOf(4);
  });

  it("refuses bytes that are no JSON document", () => {
    for (const bytes of ["", "{", "\u0000"].map((text) => new TextEncoder().encode(text)))
      expect(() => parseManifest(bytes)).to.throw(ManifestInvalidError, /JSON/);
    expect(() => parseManifest(Uint8Array.of(0x22, 0xff, 0x22))).to.throw(ManifestInvalidError, /JSON/);
    for (const other of [null, 1, [], "x"]) expect(() => parseManifest(other)).to.throw(ManifestInvalidError);
  });

  it("knows both architectures and no other", () => {
    const cnn = { kind: "cnn", side: 28, kernel: 5, channels: [4, 8], classes: 10 };
    expect(parseManifest({ ...manifest, model: cnn }).model).to.deep.equal(cnn);
    expect(() => parseManifest({ ...manifest, model: { ...cnn, kind: "rnn" } })).to.throw(ManifestInvalidError);
  });

  it("SCO-02 knows three rules of aggregation and two kinds of test data", () => {
    const { scoring } = manifest;
    const common = {
      ...{ kind: "common", samples: 1000, root: `0x${"ab".repeat(32)}`, slices: ["bafy"], opensAt: 60, interval: 30 },
    };
    const good = [
      { aggregation: { rule: "trimmed-mean", trim: 0.25 } },
      { aggregation: { rule: "median" } },
      { scoring: { ...scoring, test: common } },
    ];
    for (const change of good) expect(parseManifest({ ...manifest, ...change })).to.deep.include(change);
    const bad = [
      { aggregation: { rule: "trimmed-mean", trim: 0.5 } },
      { aggregation: { rule: "trimmed-mean" } },
      { aggregation: "mean" },
      { scoring: { ...scoring, test: { kind: "private", samples: 999 } } },
      { scoring: { ...scoring, test: { ...common, root: "0x12" } } },
      { scoring: { ...scoring, test: { ...common, slices: [] } } },
      { scoring: { ...scoring, test: { ...common, interval: 0 } } },
    ];
    for (const change of bad) expect(() => parseManifest({ ...manifest, ...change })).to.throw(ManifestInvalidError);
  });

  it("SCO-03 takes a grid of alphas that ascends from 0 only", () => {
    const withGrid = (alphas: number[]) => ({ ...manifest, scoring: { ...manifest.scoring, alphas } });
    expect(parseManifest(withGrid([0])).scoring.alphas).to.deep.equal([0]);
    for (const grid of [[], [1], [0, 0], [0, 2, 1], [0, -1], [0, 65], [0, NaN]])
      expect(() => parseManifest(withGrid(grid))).to.throw(ManifestInvalidError, /alphas/);
  });

  it("STR-04 may name a proximal term and server momentum, and says none by leaving them out", () => {
    const named = { ...manifest, recipe: { ...manifest.recipe, proximal: 0.1 }, server: { momentum: 45_875 } };
    expect(parseManifest(manifestToBytes(named))).to.deep.equal(named);
    for (const proximal of [0, -1, 101])
      expect(() => parseManifest({ ...manifest, recipe: { ...manifest.recipe, proximal } })).to.throw(/proximal/);
    for (const momentum of [0, 0.5, 65_536, undefined])
      expect(() => parseManifest({ ...manifest, server: { momentum } })).to.throw(/server\.momentum/);
  });

  it("STR-10 may name a calibration below 1, and says none by leaving it out", () => {
    const withCalibration = (calibration: unknown) => ({ ...manifest, recipe: { ...manifest.recipe, calibration } });
    expect(parseManifest(manifestToBytes(withCalibration(0.7) as Manifest))).to.deep.equal(withCalibration(0.7));
    expect(parseManifest(manifest).recipe).to.not.have.property("calibration");
    for (const calibration of [0, -0.5, 1, NaN, "0.5"])
      expect(() => parseManifest(withCalibration(calibration))).to.throw(ManifestInvalidError, /recipe\.calibration/);
  });

  it("PRV-07 says who sees an update, and how much noise it gets", () => {
    const noise = { clipNorm: 0.5, microRho: 20_000 };
    const masked = { kind: "secure-aggregation", group: 8, threshold: 6 };
    for (const privacy of [{ kind: "sealed" }, { kind: "open", noise }, { kind: "sealed", noise }, masked])
      expect(parseManifest({ ...manifest, privacy }).privacy).to.deep.equal(privacy);
    const bad = [
      "open",
      { kind: "secret" },
      { kind: "sealed", group: 8 },
      { kind: "open", noise: { ...noise, microRho: 0 } },
      { kind: "open", noise: { ...noise, microRho: 0.5 } },
      { kind: "open", noise: { ...noise, clipNorm: 0 } },
      { kind: "open", noise: { clipNorm: 1, epsilon: 1 } },
      { ...masked, threshold: 9 },
      { kind: "secure-aggregation" },
    ];
    for (const privacy of bad) expect(() => parseManifest({ ...manifest, privacy })).to.throw(ManifestInvalidError);
  });

  it("PRV-07 seals updates where it says nothing of privacy", () => {
    const { privacy, ...rest } = manifest;
    expect(privacy.kind).to.equal("open");
    expect(parseManifest(rest).privacy).to.deep.equal({ kind: "sealed" });
    expect(parseManifest(manifestToBytes(rest as Manifest)).privacy).to.deep.equal({ kind: "sealed" });
  });

  it("PRV-07 masks no update that is to be trimmed, or whose median is to be taken", () => {
    const privacy = { kind: "secure-aggregation", group: 8, threshold: 6 };
    for (const aggregation of [{ rule: "trimmed-mean", trim: 0.25 }, { rule: "median" }])
      expect(() => parseManifest({ ...manifest, privacy, aggregation })).to.throw(
        ManifestInvalidError,
        /can't be combined by/,
      );
  });

  it("PRV-08 converts the terms of its noise to quantised units", () => {
    expect(noiseOf(manifest)).to.equal(undefined);
    const noise = { clipNorm: 0.5, microRho: 20_000 };
    expect(noiseOf({ ...manifest, privacy: { kind: "sealed", noise } })).to.deep.equal({
      clipNorm: 32_768n,
      microRho: 20_000n,
    });
  });

  it("converts its clipping norm to quantised units", () => {
    expect(weightCapsOf(manifest)).to.deep.equal({ sampleCap: 5000, clipNorm: 294_912n });
  });
});
