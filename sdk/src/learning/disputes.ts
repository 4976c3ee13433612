import { concat, keccak256, solidityPacked, ZeroHash } from "ethers";

import { Combining } from "../protocol.js";
import { CHUNK_VALUES, chunkCount, tensorToBytes } from "./chunks.js";
import { boundsOf, type Weighted } from "./combining.js";
import { WithheldContentError } from "./errors.js";
import { chunkProof, tensorRoot } from "./merkle.js";
import { lookAhead, serverStep } from "./serverStep.js";
import {
  type AggregationRules,
  type AggregationTree,
  aggregationTree,
  childRange,
  type ClaimedTree,
  hashBelow,
  nodeHash,
  nodesRoot,
  type TreeNode,
  type TreeUpdate,
  updatesByNode,
  weightOf,
} from "./tree.js";

/** What an aggregator reveals, as the contract takes it. */
export interface Answer {
  /** Tensor root of the next global model. */
  readonly modelRoot: string;
  /** Content of the next global model. */
  readonly model: { readonly codec: number; readonly digest: string };
  /** See {@link nodesRoot}. */
  readonly nodesRoot: string;
}

/** An answer with what is known of its content. */
export interface PostedAnswer {
  /** Seat of an aggregator who gave it. */
  readonly seat: number;
  readonly answer: Answer;
  readonly tree: ClaimedTree;
  /** The next global model, if it is known. */
  readonly model?: Int32Array;
}

/** What everybody can know of a round once its panels are settled. */
export interface AggregationInputs {
  /** Cells in the order of the round's seed. */
  readonly order: readonly number[];
  /** Updates that belong into the aggregate. */
  readonly updates: readonly TreeUpdate[];
  readonly rules: AggregationRules;
  /** The global model. */
  readonly model: Int32Array;
  /** The global model before it; the same where there is none. */
  readonly previous: Int32Array;
  /** Of the server's step, see {@link lookAhead}. */
  readonly momentum: number;
}

/** What aggregating yields. */
export interface Aggregation {
  readonly tree: AggregationTree;
  /** The next global model. */
  readonly model: Int32Array;
}

/** The first thing that is wrong in an answer, from the lowest nodes upwards. */
export type Fault =
  | { readonly kind: "weight"; readonly level: number; readonly index: number }
  | { readonly kind: "chunk"; readonly level: number; readonly index: number; readonly chunk: number }
  | { readonly kind: "step"; readonly chunk: number };

/** A function of the contract that disproves an answer, with its arguments after the task's. */
export type Dispute =
  | { readonly method: "disputeWeight"; readonly args: readonly [node: NodeOpening, children: string] }
  | {
      readonly method: "disputeChunk";
      readonly args: readonly [node: NodeOpening, chunk: ChunkOpening, children: string, hints: string];
    }
  | {
      readonly method: "disputeStep";
      readonly args: readonly [seat: number, answer: Answer, chunk: ChunkOpening, parts: string];
    };

/** `ILearningAnswers.NodeOpening`. */
export interface NodeOpening {
  readonly seat: number;
  readonly level: number;
  readonly index: number;
  readonly answer: Answer;
  readonly path: string;
}

/** `ILearningAnswers.ChunkOpening`. */
export interface ChunkOpening {
  readonly index: number;
  readonly length: number;
  readonly leaf: string;
  readonly siblings: string[];
}

/**
 * Combines the updates of a round and takes the server's step.
 *
 * @throws TreeUpdateError, CombiningError, TensorLengthError, ServerMomentumError
 */
export function aggregate(inputs: AggregationInputs): Aggregation {
  const tree = aggregationTree(inputs.order, inputs.updates, inputs.rules);
  const start = lookAhead(inputs.model, inputs.previous, inputs.momentum);
  const delta = topOf(tree).tensor ?? new Int32Array(start.length);
  return { tree, model: serverStep(start, delta) };
}

/**
 * The first fault of an answer, or nothing if it is right. What is below the fault is right, so that {@link disputeOf}
 * can open it.
 *
 * @param own - what {@link aggregate} yields
 * @throws WithheldContentError when the posted tree or a tensor that is needed is not what its root commits to
 */
export function findFault({ answer, tree, model }: PostedAnswer, own: Aggregation): Fault | undefined {
  const sameShape = tree.length === own.tree.length && tree.every((level, i) => level.length === own.tree[i].length);
  if (!sameShape || nodesRoot(tree) !== answer.nodesRoot) throw new WithheldContentError("tree", answer.nodesRoot);
  for (const [level, nodes] of tree.entries()) {
    for (const [index, node] of nodes.entries()) {
      const right = own.tree[level][index];
      if (node.weight !== right.weight || (node.root === ZeroHash) !== (right.root === ZeroHash))
        return { kind: "weight", level, index };
      if (right.tensor === undefined || node.root === right.root) continue;
      const chunk = firstDifference(known(`node ${index} of level ${level}`, node.root, node.tensor), right.tensor);
      return { kind: "chunk", level, index, chunk };
    }
  }
  if (answer.modelRoot === tensorRoot(own.model)) return undefined;
  return { kind: "step", chunk: firstDifference(known("model", answer.modelRoot, model), own.model) };
}

/**
 * The call that proves a fault.
 *
 * @param fault - of `posted`, see {@link findFault}
 * @throws WithheldContentError when the tensor with the fault is not what its root commits to
 */
export function disputeOf(fault: Fault, posted: PostedAnswer, inputs: AggregationInputs): Dispute {
  const { seat, answer, tree } = posted;
  if (fault.kind === "step") {
    const model = known("model", answer.modelRoot, posted.model);
    return stepDispute(seat, answer, openChunk(model, fault.chunk), tree, inputs);
  }
  const { level, index } = fault;
  const node = openNode(posted, level, index);
  if (fault.kind === "weight") return weightDispute(node, tree, inputs);
  const { root, tensor } = tree[level][index];
  const wrong = known(`node ${index} of level ${level}`, root, tensor);
  return chunkDispute(node, openChunk(wrong, fault.chunk), tree, inputs);
}

/**
 * Disputes the weight of a node, or that it has a root.
 *
 * @param tree - right below the node
 */
export function weightDispute(node: NodeOpening, tree: ClaimedTree, inputs: AggregationInputs): Dispute {
  const children = childrenOf(tree, inputs, node.level, node.index);
  return { method: "disputeWeight", args: [node, concat(children.map(({ head, root }) => concat([head, root])))] };
}

/**
 * Disputes a chunk of a node, or what is no chunk of the model.
 *
 * @param tree - right below the node
 */
export function chunkDispute(
  node: NodeOpening,
  chunk: ChunkOpening,
  tree: ClaimedTree,
  inputs: AggregationInputs,
): Dispute {
  const { level, index } = node;
  if (!isOfModel(chunk, inputs))
    return { method: "disputeChunk", args: [node, chunk, hashBelow(tree, level, index), "0x"] };
  const children = childrenOf(tree, inputs, level, index);
  const packed = concat(children.map((child) => withChunk(child, chunk.index)));
  return { method: "disputeChunk", args: [node, chunk, packed, hintsFor(children, inputs.rules, chunk.index)] };
}

/**
 * Disputes a chunk of the next model, or what is no chunk of a model.
 *
 * @param seat - of an aggregator who gave the answer
 * @param tree - of the answer, right as a whole
 */
export function stepDispute(
  seat: number,
  answer: Answer,
  chunk: ChunkOpening,
  tree: ClaimedTree,
  inputs: AggregationInputs,
): Dispute {
  const parts = isOfModel(chunk, inputs) ? stepParts(tree, inputs, chunk.index) : "0x";
  return { method: "disputeStep", args: [seat, answer, chunk, parts] };
}

/** Opens a node of a posted tree up to its top. */
export function openNode({ seat, answer, tree }: PostedAnswer, level: number, index: number): NodeOpening {
  const path = [word(tree[level][index])];
  let below = index;
  for (let height = level + 1; height < tree.length; height++) {
    const children = tree[height - 1].length;
    const parent = tree[height].findIndex((_, i) => below < childRange(i, children, tree[height].length)[1]);
    const [start, end] = childRange(parent, children, tree[height].length);
    for (let i = start; i < end; i++) if (i !== below) path.push(nodeHash(tree, height - 1, i));
    path.push(word(tree[height][parent]));
    below = parent;
  }
  return { seat, level, index, answer, path: concat(path) };
}

/** Opens a chunk of a tensor, as its hash. */
function openChunk(tensor: Int32Array, index: number): ChunkOpening {
  const { chunk, siblings } = chunkProof(tensor, index);
  return { index, length: tensor.length, leaf: keccak256(chunk), siblings: [...siblings] };
}

/** A child as disputes open it: what comes before its chunk or root, and its tensor if it has a weight. */
interface Child extends Partial<Weighted> {
  readonly head: string;
  readonly root: string;
}

/** Children of a node, in order: all that belong into the tree under a lowest one, all nodes under an upper one. */
function childrenOf(tree: ClaimedTree, inputs: AggregationInputs, level: number, index: number): Child[] {
  if (level === 0) {
    return updatesByNode(inputs.order, inputs.updates, inputs.rules)[index].map((update) => ({
      head: solidityPacked(
        ["address", "uint32", "uint64", "bytes32"],
        [update.account, update.samples, update.norm, update.inner],
      ),
      root: tensorRoot(update.delta),
      tensor: update.delta,
      weight: weightOf(update, inputs.rules),
    }));
  }
  const [start, end] = childRange(index, tree[level - 1].length, tree[level].length);
  return tree[level - 1].slice(start, end).map((node, i) => ({
    ...node,
    // right, as all below a first fault, and so far below 2^53
    weight: Number(node.weight),
    head: solidityPacked(["uint256", "bytes32"], [node.weight, hashBelow(tree, level - 1, start + i)]),
  }));
}

/** Whether it is a chunk of a tensor of the model's length: neither its length nor its place is the fault. */
function isOfModel({ index, length }: ChunkOpening, { rules }: AggregationInputs): boolean {
  return length === rules.parameters && index < chunkCount(length);
}

function withChunk({ head, tensor }: Child, index: number): string {
  return tensor === undefined ? head : concat([head, packedChunk(tensor, index)]);
}

/** Models before the step, and the top of the tree. */
function stepParts(tree: ClaimedTree, { model, previous }: AggregationInputs, chunk: number): string {
  const { weight, tensor } = topOf(tree);
  const top = solidityPacked(["uint256", "bytes32"], [weight, hashBelow(tree, tree.length - 1, 0)]);
  return concat([
    packedChunk(model, chunk),
    tensorRoot(previous) === tensorRoot(model) ? "0x" : packedChunk(previous, chunk),
    top,
    tensor === undefined ? "0x" : packedChunk(tensor, chunk),
  ]);
}

/** The lowest and highest values that a trimmed mean or median leaves in a chunk, which is padded with zeros. */
function hintsFor(children: readonly Child[], rules: AggregationRules, chunk: number): string {
  if (rules.combining === Combining.Mean) return "0x";
  const start = chunk * CHUNK_VALUES;
  const end = Math.min(start + CHUNK_VALUES, rules.parameters);
  const present = children.flatMap(({ tensor, weight = 0 }) => (tensor === undefined ? [] : [{ tensor, weight }]));
  return concat(
    boundsOf(present, rules, start, end).map((bounds) => {
      const padded = new Int32Array(CHUNK_VALUES);
      padded.set(bounds);
      return tensorToBytes(padded);
    }),
  );
}

function packedChunk(tensor: Int32Array, index: number): string {
  const { chunk, siblings } = chunkProof(tensor, index);
  return concat([chunk, ...siblings]);
}

function word({ root, weight }: TreeNode<number | bigint>): string {
  return solidityPacked(["bytes32", "uint256"], [root, weight]);
}

function topOf<Node>(tree: readonly (readonly Node[])[]): Node {
  return tree[tree.length - 1][0];
}

/** The tensor, if it is the one that the root commits to. */
function known(part: string, root: string, tensor: Int32Array | undefined): Int32Array {
  if (tensor === undefined || tensor.length === 0 || tensorRoot(tensor) !== root)
    throw new WithheldContentError(part, root);
  return tensor;
}

/** Index of the first chunk that differs; 0 if the lengths do. */
function firstDifference(posted: Int32Array, right: Int32Array): number {
  if (posted.length !== right.length) return 0;
  return Math.floor(posted.findIndex((value, i) => value !== right[i]) / CHUNK_VALUES);
}
