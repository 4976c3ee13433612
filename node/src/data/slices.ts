import { deflateRawSync, inflateRawSync } from "node:zlib";

import {
  cidOf,
  sliceProof,
  sliceRoot,
  sliceTime,
  verifySlice,
  type CommonTest,
  type SliceTimes,
} from "@artel/sdk/learning";
import { drandRoundAt, timelockDecrypt, timelockEncrypt, type DrandNetwork } from "@artel/sdk/randomness";
import { getBytes, hexlify } from "ethers";

import { SliceInvalidError, SliceRoundError } from "../errors.js";
import { decodeExamples, encodeExamples, type Examples } from "./examples.js";

/** Encryption that anybody can undo from a second on, and nobody before. */
export interface Timelock {
  encrypt(content: Uint8Array, opensAt: number): Promise<Uint8Array>;
  /** Fails before `opensAt`. */
  decrypt(sealed: Uint8Array, opensAt: number): Promise<Uint8Array>;
}

/**
 * Timelock encryption to a drand network: to its first round at or after the second in question.
 *
 * @param signatureOf - gives the signature of a round, for example by `fetchDrandRound`
 */
export function drandTimelock(
  network: DrandNetwork,
  signatureOf: (round: bigint) => string | Promise<string>,
): Timelock {
  return {
    encrypt: (content, opensAt) => timelockEncrypt(content, drandRoundAt(network, BigInt(opensAt)), network),
    decrypt: (sealed, opensAt) =>
      timelockDecrypt(sealed, network, (round) => {
        // sealed to an earlier round, somebody could have read it before the updates were in
        const due = drandRoundAt(network, BigInt(opensAt));
        if (round !== due) throw new SliceRoundError(round, due);
        return signatureOf(round);
      }),
  };
}

/** Test slices, ready to be published. */
export interface SealedSlices {
  /** What the manifest says about them. */
  readonly plan: CommonTest;
  /** Content of each, in the order of the plan. */
  readonly sealed: readonly Uint8Array[];
}

const SALT_BYTES = 32;
const NODE_BYTES = 32;

/**
 * Seals the test slices of a task. Each is committed to under a salt of its own, so that nobody finds out by trying
 * which examples of a public data set are in it.
 *
 * @param slices - examples of each slice, all slices of the same size
 * @param times - second at which the first can be read, and seconds from one to the next
 * @param drawSalt - 32 secret bytes for a slice
 * @throws SliceInvalidError for slices of unequal size, ContentTooLargeError above one block
 */
export async function sealSlices(
  slices: readonly Examples[],
  times: Omit<SliceTimes, "slices">,
  timelock: Timelock,
  drawSalt: (index: number) => Uint8Array,
): Promise<SealedSlices> {
  const samples = slices[0]?.labels.length ?? 0;
  slices.forEach(({ labels }, i) => {
    if (labels.length !== samples) throw new SliceInvalidError(i, `${labels.length} examples, not ${samples}`);
  });
  const contents = slices.map((slice, i) => Buffer.concat([drawSalt(i), encodeExamples(slice)]));
  const root = sliceRoot(contents);
  const sealed: Uint8Array[] = [];
  for (const [i, content] of contents.entries()) {
    const proof = sliceProof(contents, i).map((sibling) => getBytes(sibling));
    const packed = deflateRawSync(Buffer.concat([...proof, content]));
    sealed.push(await timelock.encrypt(packed, times.opensAt + i * times.interval));
  }
  const cids = sealed.map((bytes) => cidOf(bytes).toString());
  return { plan: { kind: "common", samples, root, slices: cids, ...times }, sealed };
}

/**
 * Opens a test slice and holds it against the manifest.
 *
 * @param sealed - content of the slice's identifier in the plan
 * @param features - bytes of an example of the task
 * @throws SliceInvalidError if it is not what was committed to
 * @throws whatever the timelock throws before its time
 */
export async function openSlice(
  sealed: Uint8Array,
  plan: CommonTest,
  index: number,
  features: number,
  timelock: Timelock,
): Promise<Examples> {
  const packed = await timelock.decrypt(sealed, sliceTime(plan, index));
  const count = plan.slices.length;
  const proofBytes = Math.ceil(Math.log2(count)) * NODE_BYTES;
  let bytes: Uint8Array;
  let examples: Examples;
  try {
    // the limit leaves no room for a slice that unpacks into more than memory holds
    const maxOutputLength = proofBytes + SALT_BYTES + 16 + plan.samples * (1 + features);
    bytes = inflateRawSync(packed, { maxOutputLength });
    examples = decodeExamples(bytes.subarray(proofBytes + SALT_BYTES));
  } catch (cause) {
    throw new SliceInvalidError(index, (cause as Error).message, { cause });
  }
  const siblings = Array.from({ length: proofBytes / NODE_BYTES }, (_, i) =>
    hexlify(bytes.subarray(i * NODE_BYTES, (i + 1) * NODE_BYTES)),
  );
  if (!verifySlice(plan.root, count, index, bytes.subarray(proofBytes), siblings))
    throw new SliceInvalidError(index, "it does not lead to the root in the manifest");
  if (examples.labels.length !== plan.samples || examples.features !== features)
    throw new SliceInvalidError(index, `${examples.labels.length} examples of ${examples.features} features`);
  return examples;
}
