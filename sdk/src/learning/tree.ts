import { AbiCoder, concat, keccak256, ZeroHash } from "ethers";

import { combine, type CombiningRule, type Weighted } from "./combining.js";
import { TreeUpdateError } from "./errors.js";
import { tensorRoot } from "./merkle.js";
import { updateWeight, type WeightCaps } from "./weights.js";

/** Most children of an upper node. */
export const TREE_ARITY = 32;
/** Clients in a cell. */
const CELL = 8;

/** How a task combines updates, from its terms. */
export interface AggregationRules extends CombiningRule, WeightCaps {
  /** Values of the model. */
  readonly parameters: number;
  /** Cells under a lowest node, 1 to 4. */
  readonly leafCells: number;
}

/** An update that belongs into the aggregate, as its client committed to it. */
export interface TreeUpdate {
  /** Of the client in the task. */
  readonly id: number;
  /** Address of the client. */
  readonly account: string;
  /** Declared number of training examples. */
  readonly samples: bigint;
  /** Declared norm, quantised units. */
  readonly norm: bigint;
  /** keccak256 of the ABI encoding of codec, digest and salt: what a dispute need not show. */
  readonly inner: string;
  readonly delta: Int32Array;
}

/** A node of an aggregation tree. */
export interface TreeNode {
  /** Tensor root of what the node combines; zero if there is no weight below it. */
  readonly root: string;
  /** Sum of the children's weights. */
  readonly weight: number;
  /** What the node combines; absent if there is no weight below it, or if it is not known. */
  readonly tensor?: Int32Array;
}

/** An aggregation tree, level by level, the lowest first; the last has the top alone. */
export type AggregationTree = readonly (readonly TreeNode[])[];

const EMPTY: TreeNode = { root: ZeroHash, weight: 0 };

/**
 * The tree over the updates of a round, as the contract defines it (`TreeLib`).
 *
 * @param order - cells in the order of the round's seed
 * @param updates - those that belong into the aggregate, in any order
 * @throws TreeUpdateError, CombiningError, TensorLengthError
 */
export function aggregationTree(
  order: readonly number[],
  updates: readonly TreeUpdate[],
  rules: AggregationRules,
): AggregationTree {
  const lowest = updatesByNode(order, updates, rules).map((under) => {
    return nodeOf(
      under.map((update) => ({ tensor: update.delta, weight: weightOf(update, rules) })),
      rules,
    );
  });
  const levels = [lowest];
  for (let below = lowest; below.length > 1;) {
    const nodes = Math.ceil(below.length / TREE_ARITY);
    const level = Array.from({ length: nodes }, (_, i) => {
      const children = below.slice(...childRange(i, below.length, nodes));
      return nodeOf(
        children.flatMap(({ tensor, weight }) => (tensor === undefined ? [] : [{ tensor, weight }])),
        rules,
      );
    });
    levels.push((below = level));
  }
  return levels;
}

/**
 * Updates under each lowest node, in the order in which they are its children: by place of their cell, then by id.
 *
 * @throws TreeUpdateError
 */
export function updatesByNode(
  order: readonly number[],
  updates: readonly TreeUpdate[],
  { leafCells }: AggregationRules,
): TreeUpdate[][] {
  const places = new Map(order.map((cell, place) => [cell, place]));
  const byPlace: TreeUpdate[][] = order.map(() => []);
  for (const update of [...updates].sort((a, b) => a.id - b.id)) {
    const place = places.get(Math.floor(update.id / CELL));
    const there = place === undefined ? undefined : byPlace[place];
    if (there === undefined || there.at(-1)?.id === update.id) throw new TreeUpdateError(update.id);
    there.push(update);
  }
  const nodes = Math.ceil(order.length / leafCells);
  return Array.from({ length: nodes }, (_, i) => byPlace.slice(...childRange(i, order.length, nodes)).flat());
}

/** Weight of an update in the tree, see {@link updateWeight}; 0 without samples. */
export function weightOf({ samples, norm }: TreeUpdate, caps: WeightCaps): number {
  return samples === 0n ? 0 : updateWeight(samples, norm, caps);
}

/** The children of node `index` of `nodes` that share `count`: numbers differ by one at most. */
export function childRange(index: number, count: number, nodes: number): [start: number, end: number] {
  return [Math.floor((index * count) / nodes), Math.floor(((index + 1) * count) / nodes)];
}

/** Hash of the top: what an answer's `nodesRoot` is. */
export function nodesRoot(tree: AggregationTree): string {
  return nodeHash(tree, tree.length - 1, 0);
}

/** Hash of a node: `keccak256(abi.encode(root, weight, below))`, see {@link hashBelow}. */
export function nodeHash(tree: AggregationTree, level: number, index: number): string {
  const { root, weight } = tree[level][index];
  return keccak256(
    AbiCoder.defaultAbiCoder().encode(["bytes32", "uint256", "bytes32"], [root, weight, hashBelow(tree, level, index)]),
  );
}

/** Hash of the hashes of a node's children side by side; zero for a lowest node. */
export function hashBelow(tree: AggregationTree, level: number, index: number): string {
  if (level === 0) return ZeroHash;
  const [start, end] = childRange(index, tree[level - 1].length, tree[level].length);
  return keccak256(concat(Array.from({ length: end - start }, (_, i) => nodeHash(tree, level - 1, start + i))));
}

/** Combines children; without any weight there is nothing to combine. */
function nodeOf(children: readonly Weighted[], rules: AggregationRules): TreeNode {
  const weight = children.reduce((sum, child) => sum + child.weight, 0);
  if (weight === 0) return EMPTY;
  const tensor = combine(children, rules);
  return { root: tensorRoot(tensor), weight, tensor };
}
