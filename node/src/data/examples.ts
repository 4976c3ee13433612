import { ExamplesCorruptError } from "../errors.js";

/** Labelled examples in memory, one byte a feature. */
export interface Examples {
  /** `count * features` bytes, example by example; 0 is zero and 255 is one. */
  readonly pixels: Uint8Array;
  /** One class an example, `count` bytes. */
  readonly labels: Uint8Array;
  /** Bytes of one example. */
  readonly features: number;
  /** Number of classes. */
  readonly classes: number;
}

/** Value of each possible feature byte. */
export const INTENSITY = Float64Array.from({ length: 256 }, (_, byte) => byte / 255);

const MAGIC = 0x41525458; // "ARTX"
const HEADER_BYTES = 16;

/** A copy of some of the examples, in the order of `ids`. */
export function pick(examples: Examples, ids: ArrayLike<number>): Examples {
  const { features, classes } = examples;
  const pixels = new Uint8Array(ids.length * features);
  const labels = new Uint8Array(ids.length);
  for (let i = 0; i < ids.length; i++) {
    pixels.set(examples.pixels.subarray(ids[i] * features, (ids[i] + 1) * features), i * features);
    labels[i] = examples.labels[ids[i]];
  }
  return { pixels, labels, features, classes };
}

/** The same examples under wrong labels, class y as `classes - 1 - y`: what a poisoner would train on. */
export function flipLabels(examples: Examples): Examples {
  return { ...examples, labels: examples.labels.map((label) => examples.classes - 1 - label) };
}

/** Serialises examples for a data store: header (magic, count, features, classes; uint32 big-endian), labels, pixels. */
export function encodeExamples({ pixels, labels, features, classes }: Examples): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES + labels.length + pixels.length);
  const view = new DataView(bytes.buffer);
  [MAGIC, labels.length, features, classes].forEach((word, i) => view.setUint32(i * 4, word));
  bytes.set(labels, HEADER_BYTES);
  bytes.set(pixels, HEADER_BYTES + labels.length);
  return bytes;
}

/**
 * Reads back what {@link encodeExamples} wrote.
 *
 * @throws ExamplesCorruptError when magic, size or a label is wrong
 */
export function decodeExamples(bytes: Uint8Array): Examples {
  if (bytes.length < HEADER_BYTES) throw new ExamplesCorruptError(bytes.length, "no header");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0) !== MAGIC) throw new ExamplesCorruptError(bytes.length, "wrong magic number");
  const [count, features, classes] = [4, 8, 12].map((offset) => view.getUint32(offset));
  if (bytes.length !== HEADER_BYTES + count * (1 + features))
    throw new ExamplesCorruptError(bytes.length, `${count} examples of ${features} features expected`);
  const labels = bytes.slice(HEADER_BYTES, HEADER_BYTES + count);
  if (labels.some((label) => label >= classes)) throw new ExamplesCorruptError(bytes.length, "label out of range");
  return { pixels: bytes.slice(HEADER_BYTES + count), labels, features, classes };
}
