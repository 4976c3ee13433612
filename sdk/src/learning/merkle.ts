import { keccak_256 } from "@noble/hashes/sha3.js";
import { CHUNK_BYTES, CHUNK_VALUES, chunkCount, chunkOf, tensorToBytes } from "./chunks.js";
import { ChunkIndexError } from "./errors.js";
import { climb, depthOf, hashBlocks, levelsOf, rootOf, siblingsOf, wordsOf } from "./hashTree.js";

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
  return rootOf(leavesOf(tensor), tensor.length);
}

/**
 * Proves one chunk of a tensor against its {@link tensorRoot}.
 *
 * @throws ChunkIndexError
 */
export function chunkProof(tensor: Int32Array, index: number): ChunkProof {
  const chunk = chunkOf(tensor, index);
  return { index, length: tensor.length, chunk, siblings: siblingsOf(leavesOf(tensor), index) };
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
  return climb(keccak_256(proof.chunk), proof.index, proof.siblings, proof.length) === root.toLowerCase();
}

/** All hashes of a tensor's tree, level by level, those of the chunks first; 0x-prefixed. */
export function tensorHashes(tensor: Int32Array): string[][] {
  return levelsOf(leavesOf(tensor)).map(wordsOf);
}

/** Hashes of the chunks, side by side. */
function leavesOf(tensor: Int32Array): Uint8Array {
  const padded = new Int32Array(chunkCount(tensor.length) * CHUNK_VALUES);
  padded.set(tensor);
  return hashBlocks(tensorToBytes(padded), CHUNK_BYTES);
}
