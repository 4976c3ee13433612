import { concat, dataSlice, getBytes, hexlify, toBeHex, toBigInt, ZeroHash } from "ethers";
import type { CID } from "multiformats/cid";

import { tensorFromBytes, tensorToBytes } from "./chunks.js";
import { cidFromDigest, cidOf, cidToDigest } from "./cid.js";
import type { Aggregation } from "./disputes.js";
import { TensorLengthError } from "./errors.js";
import type { TreeNode } from "./tree.js";

/*
 * What the content of an aggregator's answer is: the next global model, followed by all nodes of the aggregation tree, the
 * lowest level first. A node is tensor root (32 bytes), weight (32) and the sha2-256 digest of the content of its tensor
 * (32; zeros if it weighs nothing). So the chain leads to all that can be disputed, and who only wants the model reads the
 * first four bytes a parameter.
 */

const WORD = 32;
const NODE = 3 * WORD;

/** A node as the file of an answer tells of it. */
export interface FiledNode extends TreeNode<number | bigint> {
  /** Where the content of its tensor is to be found; undefined if the node says that it has none. */
  readonly cid?: CID;
}

/** What an aggregator publishes. */
export interface PublishedAggregation {
  /** Content of the answer. */
  readonly file: Uint8Array;
  /** Content of the tensors of nodes. */
  readonly tensors: readonly Uint8Array[];
}

/**
 * What is to be published with an answer. The file is equal for all who compute the same.
 *
 * @param lowest - level from which on tensors are published; where updates are sealed 1, for a lowest node is the mean of a
 *   few updates, or one alone
 */
export function publishedAggregation({ model, tree }: Aggregation, lowest = 0): PublishedAggregation {
  const nodes = tree.flat();
  const tensors = nodes.map(({ tensor }) => tensor && tensorToBytes(tensor));
  const parts = nodes.map(({ root, weight }, i) => {
    const tensor = tensors[i];
    return concat([root, toBeHex(weight, WORD), tensor === undefined ? ZeroHash : cidToDigest(cidOf(tensor))]);
  });
  return {
    file: getBytes(concat([tensorToBytes(model), ...parts])),
    tensors: tensors.slice(tree.slice(0, lowest).flat().length).filter((tensor) => tensor !== undefined),
  };
}

/**
 * The model at the head of an answer's file, or of the content of a task's first model.
 *
 * @throws TensorLengthError
 */
export function modelOfFile(file: Uint8Array, parameters: number): Int32Array {
  return tensorFromBytes(file.subarray(0, parameters * 4), parameters);
}

/**
 * Nodes in the file of an answer, without their tensors. Somebody else claims them; nothing of it is checked here.
 *
 * @param sizes - nodes of each level, see {@link levelSizes}
 * @throws TensorLengthError when the file has another length
 */
export function nodesOfFile(file: Uint8Array, parameters: number, sizes: readonly number[]): FiledNode[][] {
  const count = sizes.reduce((sum, size) => sum + size, 0);
  const length = parameters * 4 + count * NODE;
  if (file.length !== length) throw new TensorLengthError(file.length, length);
  let place = parameters * 4;
  return sizes.map((size) => Array.from({ length: size }, () => nodeAt(file.subarray(place, (place += NODE)))));
}

function nodeAt(bytes: Uint8Array): FiledNode {
  const weight = toBigInt(bytes.subarray(WORD, 2 * WORD));
  const digest = dataSlice(bytes, 2 * WORD);
  return {
    root: hexlify(bytes.subarray(0, WORD)),
    // no right weight is above 2^53
    weight: weight > BigInt(Number.MAX_SAFE_INTEGER) ? weight : Number(weight),
    ...(digest === ZeroHash ? {} : { cid: cidFromDigest(digest) }),
  };
}
