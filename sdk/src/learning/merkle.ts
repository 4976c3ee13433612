import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";
import { CHUNK_BYTES, CHUNK_VALUES, chunkCount, chunkOf, tensorToBytes } from "./chunks.js";
import { ChunkIndexError } from "./errors.js";

const NODE_BYTES = 32;

/** Proof that a chunk is part of a tensor. */
export interface ChunkProof {
  /** Position of the chunk, from 0. */
  readonly index: number;
  /** Number of values of the whole tensor. */
  readonly length: number;
  /** The chunk, 256 bytes, padded with biased zeros. */
  readonly chunk: Uint8Array;
  /** Sibling hashes from the leaf upwards, 0x-prefixed bytes32. */
  readonly siblings: readonly string[];
}

/**
 * Root of a tensor: `keccak256(abi.encode(bytes32 treeRoot, uint256 length))`.
 * Leaves are `keccak256(chunk)`, padded with zero words to the next power of two; a node is `keccak256(left || right)`.
 *
 * @returns 0x-prefixed bytes32
 * @throws TensorLengthError for an empty tensor
 */
export function tensorRoot(tensor: Int32Array): string {
  const levels = levelsOf(tensor);
  return rootOf(levels[levels.length - 1], tensor.length);
}

/**
 * Proves one chunk of a tensor against its {@link tensorRoot}.
 *
 * @throws ChunkIndexError
 */
export function chunkProof(tensor: Int32Array, index: number): ChunkProof {
  const chunk = chunkOf(tensor, index);
  const siblings = levelsOf(tensor)
    .slice(0, -1)
    .map((level, height) => {
      const sibling = ((index >> height) ^ 1) * NODE_BYTES;
      return `0x${bytesToHex(level.subarray(sibling, sibling + NODE_BYTES))}`;
    });
  return { index, length: tensor.length, chunk, siblings };
}

/**
 * Tells whether a proof binds its chunk, position and length to the root.
 *
 * @param root - 0x-prefixed bytes32
 * @throws ChunkIndexError for an index outside the declared length
 */
export function verifyChunk(root: string, proof: ChunkProof): boolean {
  const count = chunkCount(proof.length);
  if (!Number.isInteger(proof.index) || proof.index < 0 || proof.index >= count)
    throw new ChunkIndexError(proof.index, count);
  if (proof.chunk.length !== CHUNK_BYTES || proof.siblings.length !== depthOf(count)) return false;
  let node = keccak_256(proof.chunk);
  proof.siblings.forEach((sibling, height) => {
    const other = hexToBytes(sibling.slice(2));
    node = keccak_256((proof.index >> height) & 1 ? concatBytes(other, node) : concatBytes(node, other));
  });
  return rootOf(node, proof.length) === root.toLowerCase();
}

/** All levels of the tree, leaves first; a level is its nodes of 32 bytes, side by side. */
function levelsOf(tensor: Int32Array): Uint8Array[] {
  const count = chunkCount(tensor.length);
  const padded = new Int32Array(count * CHUNK_VALUES);
  padded.set(tensor);
  const leaves = new Uint8Array(NODE_BYTES << depthOf(count));
  hashEach(tensorToBytes(padded), CHUNK_BYTES, leaves);
  const levels = [leaves];
  for (let level = leaves; level.length > NODE_BYTES;) {
    const above = new Uint8Array(level.length / 2);
    hashEach(level, 2 * NODE_BYTES, above);
    levels.push((level = above));
  }
  return levels;
}

/** Writes the hashes of consecutive blocks side by side. */
function hashEach(bytes: Uint8Array, blockBytes: number, out: Uint8Array): void {
  for (let from = 0, to = 0; from < bytes.length; from += blockBytes, to += NODE_BYTES)
    out.set(keccak_256(bytes.subarray(from, from + blockBytes)), to);
}

/** Height of the smallest full tree with `count` leaves. */
function depthOf(count: number): number {
  // clz32 counts the leading zeros of a 32-bit integer; count is at least 1
  return 32 - Math.clz32(count - 1);
}

function rootOf(tree: Uint8Array, length: number): string {
  const word = new Uint8Array(32);
  // a tensor length is below 2^53, so the low eight bytes hold it
  new DataView(word.buffer).setBigUint64(24, BigInt(length));
  return `0x${bytesToHex(keccak_256(concatBytes(tree, word)))}`;
}
