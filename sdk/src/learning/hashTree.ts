import { keccak_256 } from "@noble/hashes/sha3.js";
import { bytesToHex, concatBytes, hexToBytes } from "@noble/hashes/utils.js";

/*
 * Binary trees of keccak256 over leaves of 32 bytes, side by side in one array, padded with zero words to the next power
 * of two; a node is `keccak256(left || right)`. A root binds the tree to a length, or else zero leaves could be added.
 */

/** Bytes of a node. */
export const NODE_BYTES = 32;

/** `keccak256(abi.encode(bytes32 tree, uint256 length))` of the tree over some leaves, 0x-prefixed. */
export function rootOf(leaves: Uint8Array, length: number): string {
  return bound(levelsOf(leaves).at(-1)!, length);
}

/** Sibling hashes of a leaf from the bottom upwards, 0x-prefixed. */
export function siblingsOf(leaves: Uint8Array, index: number): string[] {
  return levelsOf(leaves)
    .slice(0, -1)
    .map((level, height) => wordAt(level, (index >> height) ^ 1));
}

/** The root that a leaf and its siblings lead to. */
export function climb(leaf: Uint8Array, index: number, siblings: readonly string[], length: number): string {
  let node = leaf;
  siblings.forEach((sibling, height) => {
    const other = hexToBytes(sibling.slice(2));
    node = keccak_256((index >> height) & 1 ? concatBytes(other, node) : concatBytes(node, other));
  });
  return bound(node, length);
}

/** Height of the smallest full tree with `count` leaves. */
export function depthOf(count: number): number {
  // clz32 counts the leading zeros of a 32-bit integer; count is at least 1
  return 32 - Math.clz32(count - 1);
}

/** Hashes of consecutive blocks, side by side. */
export function hashBlocks(bytes: Uint8Array, blockBytes: number): Uint8Array {
  const hashes = new Uint8Array((bytes.length / blockBytes) * NODE_BYTES);
  for (let from = 0, to = 0; from < bytes.length; from += blockBytes, to += NODE_BYTES)
    hashes.set(keccak_256(bytes.subarray(from, from + blockBytes)), to);
  return hashes;
}

/** Nodes side by side, each 0x-prefixed. */
export function wordsOf(nodes: Uint8Array): string[] {
  return Array.from({ length: nodes.length / NODE_BYTES }, (_, i) => wordAt(nodes, i));
}

/** All levels of the tree, leaves first. */
export function levelsOf(leaves: Uint8Array): Uint8Array[] {
  let level: Uint8Array = new Uint8Array(NODE_BYTES << depthOf(leaves.length / NODE_BYTES));
  level.set(leaves);
  const levels = [level];
  while (level.length > NODE_BYTES) levels.push((level = hashBlocks(level, 2 * NODE_BYTES)));
  return levels;
}

function wordAt(nodes: Uint8Array, index: number): string {
  return `0x${bytesToHex(nodes.subarray(index * NODE_BYTES, (index + 1) * NODE_BYTES))}`;
}

function bound(tree: Uint8Array, length: number): string {
  const word = new Uint8Array(32);
  // a length is below 2^53, so the low eight bytes hold it
  new DataView(word.buffer).setBigUint64(24, BigInt(length));
  return `0x${bytesToHex(keccak_256(concatBytes(tree, word)))}`;
}
