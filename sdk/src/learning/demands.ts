import { concat, dataSlice, getBytes, hexlify, keccak256, toBeHex, toBigInt, ZeroHash } from "ethers";

import { BOND_PART, DEMAND_LEVELS, PartKind } from "../protocol.js";
import { chunkCount } from "./chunks.js";
import {
  chunkDispute,
  stepDispute,
  weightDispute,
  type Aggregation,
  type AggregationInputs,
  type ChunkOpening,
  type Dispute,
  type NodeOpening,
  type PostedAnswer,
} from "./disputes.js";
import { depthOf, levelsOf, rootOf, siblingsOf, wordsOf } from "./hashTree.js";
import { tensorHashes, tensorRoot } from "./merkle.js";
import { childRange, hashBelow, nodeHash, nodesRoot, type AggregationTree } from "./tree.js";

/*
 * Demands that an answer be opened, step by step, as the contract takes them (`AvailabilityLib`). Whoever knows what is
 * right needs nothing of a wrong answer but its two roots to find the chunk with the fault.
 */

/** `ILearningAnswers.Part`. */
export interface Part {
  readonly kind: PartKind;
  readonly count: number;
  readonly hash: string;
}

/** What a bond has of the stake of a seat. */
export function bondPart(stake: bigint): bigint {
  const parts = BigInt(BOND_PART);
  return (stake + parts - 1n) / parts;
}

/** What was opened, as `PartOpened` tells of it. */
export interface OpenedPart {
  /** Of the part. */
  readonly hash: string;
  /** Of a node its tensor root, weight, and its children's hashes; else hashes. */
  readonly data: string;
}

/** A function of the contract that demands a part of an answer, with its arguments after the task's. */
export type Demand =
  | {
      readonly method: "demandNode";
      readonly part: Part;
      readonly args: readonly [
        seat: number,
        answer: PostedAnswer["answer"],
        level: number,
        index: number,
        hash: string,
        path: string,
      ];
    }
  | {
      readonly method: "demandHashes";
      readonly part: Part;
      readonly args: readonly [node: NodeOpening, below: string, index: number, hash: string, siblings: string[]];
    }
  | {
      readonly method: "demandModelHashes";
      readonly part: Part;
      readonly args: readonly [
        seat: number,
        answer: PostedAnswer["answer"],
        index: number,
        hash: string,
        siblings: string[],
      ];
    };

/** A hash in the tree of a tensor. */
interface HashPlace {
  readonly hash: string;
  /** Within its level. */
  readonly index: number;
  /** On the way up, the lowest first. */
  readonly siblings: string[];
  /** What is to be opened below it; undefined for the hash of a chunk. */
  readonly part?: Part;
}

type Openings = (part: Part) => string | undefined;

/**
 * The next step towards the fault of an answer of which only the roots are known, and what was opened so far: a demand, or
 * in the end the dispute. Undefined if the answer is right.
 *
 * From the top it goes to the first child that is not as it should be, until all that is below a node is right; then down
 * the node's tensor in the same way.
 *
 * @param claim - the answer, and a seat that gave it
 * @param own - what {@link aggregate} yields
 * @param opened - in any order; what fits no part is passed over
 */
export function nextStep(
  { seat, answer }: Pick<PostedAnswer, "seat" | "answer">,
  own: Aggregation,
  inputs: AggregationInputs,
  opened: readonly OpenedPart[],
): Demand | Dispute | undefined {
  const { parameters } = inputs.rules;
  const openings: Openings = (part) =>
    opened.find(({ hash, data }) => hash === part.hash && isOpening(data, part, parameters))?.data;
  if (answer.nodesRoot === nodesRoot(own.tree)) {
    if (answer.modelRoot === tensorRoot(own.model)) return undefined;
    const { part, ...place } = wrongHash(answer.modelRoot, own.model, openings);
    const { index, hash, siblings } = place;
    if (part !== undefined) return { method: "demandModelHashes", part, args: [seat, answer, index, hash, siblings] };
    return stepDispute(seat, answer, chunkAt(place, parameters), own.tree, inputs);
  }

  let [level, index, hash, path] = [own.tree.length - 1, 0, answer.nodesRoot, "0x"];
  for (;;) {
    const [start, end] = level === 0 ? [0, 0] : childRange(index, own.tree[level - 1].length, own.tree[level].length);
    const part: Part = { kind: PartKind.Node, count: end - start, hash };
    const data = openings(part);
    if (data === undefined) return { method: "demandNode", part, args: [seat, answer, level, index, hash, path] };
    const head = dataSlice(data, 0, HEAD);
    const children = wordsOf(getBytes(data).subarray(HEAD));
    const wrong = children.findIndex((child, i) => child !== nodeHash(own.tree, level - 1, start + i));
    if (wrong === -1) return faultOf({ seat, level, index, answer, path: concat([head, path]) }, own, inputs, openings);
    path = concat([...children.filter((_, i) => i !== wrong), head, path]);
    [level, index, hash] = [level - 1, start + wrong, children[wrong]];
  }
}

/**
 * What opens a part of the answer that follows from an aggregation; undefined if it has no such part. Hashes within tensors
 * are looked for in all of them.
 */
export function openingOf({ kind, hash }: Part, { tree, model }: Aggregation): string | undefined {
  if (kind === PartKind.Node) return nodeOpening(hash, tree);
  const nodes = [...tree.flat(), { root: tensorRoot(model), tensor: model }];
  for (const { root, tensor } of nodes) {
    if (tensor === undefined || (kind === PartKind.Tensor && root !== hash)) continue;
    const levels = tensorHashes(tensor);
    if (kind === PartKind.Tensor) return hashesBelow(levels, levels.length - 1, 0);
    const height = levels.findIndex((level, i) => i > 0 && level.includes(hash));
    if (height !== -1) return hashesBelow(levels, height, levels[height].indexOf(hash));
  }
  return undefined;
}

/** Root and weight of a node, in bytes. */
const HEAD = 64;

/** Goes on within a node of which all children are right. */
function faultOf(node: NodeOpening, own: Aggregation, inputs: AggregationInputs, openings: Openings): Demand | Dispute {
  const { level, index, path } = node;
  const { parameters } = inputs.rules;
  const right = own.tree[level][index];
  const root = dataSlice(path, 0, 32);
  const weight = toBigInt(dataSlice(path, 32, HEAD));
  if (right.tensor === undefined || root === ZeroHash || weight !== BigInt(right.weight))
    return weightDispute(node, own.tree, inputs);
  const { part, ...place } = wrongHash(root, right.tensor, openings);
  if (part === undefined) return chunkDispute(node, chunkAt(place, parameters), own.tree, inputs);
  const below = hashBelow(own.tree, level, index);
  return { method: "demandHashes", part, args: [node, below, place.index, place.hash, place.siblings] };
}

/** The lowest hash known that is on the way from another root down to a chunk that differs from the right tensor's. */
function wrongHash(root: string, right: Int32Array, openings: Openings): HashPlace {
  const levels = tensorHashes(right);
  let height = depthOf(chunkCount(right.length));
  let place: HashPlace = { hash: root, index: 0, siblings: [] };
  for (let kind: PartKind = PartKind.Tensor; ; kind = PartKind.Hashes) {
    const span = Math.min(height, DEMAND_LEVELS);
    const part = { kind, count: 2 ** span, hash: place.hash };
    const data = openings(part);
    if (data === undefined) return { ...place, part };
    height -= span;
    const first = place.index * part.count;
    const hashes = wordsOf(getBytes(data));
    const wrong = hashes.findIndex((hash, i) => hash !== levels[height][first + i]);
    const siblings = [...siblingsOf(getBytes(data), wrong), ...place.siblings];
    place = { hash: hashes[wrong], index: first + wrong, siblings };
    if (height === 0) return place;
  }
}

function chunkAt({ hash, index, siblings }: HashPlace, length: number): ChunkOpening {
  return { index, length, leaf: hash, siblings };
}

/** Whether data are what the hash of a part is of. */
function isOpening(data: string, { kind, count, hash }: Part, parameters: number): boolean {
  const bytes = getBytes(data);
  if (bytes.length !== (kind === PartKind.Node ? HEAD : 0) + 32 * count) return false;
  switch (kind) {
    case PartKind.Node: {
      const below = count === 0 ? ZeroHash : keccak256(bytes.subarray(HEAD));
      return keccak256(concat([bytes.subarray(0, HEAD), below])) === hash;
    }
    case PartKind.Tensor:
      return rootOf(bytes, parameters) === hash;
    case PartKind.Hashes:
      return hexlify(levelsOf(bytes).at(-1)!) === hash;
  }
}

function nodeOpening(hash: string, tree: AggregationTree): string | undefined {
  for (const [level, nodes] of tree.entries()) {
    const index = nodes.findIndex((_, i) => nodeHash(tree, level, i) === hash);
    if (index === -1) continue;
    const { root, weight } = nodes[index];
    const [start, end] = level === 0 ? [0, 0] : childRange(index, tree[level - 1].length, nodes.length);
    const children = Array.from({ length: end - start }, (_, i) => nodeHash(tree, level - 1, start + i));
    return concat([root, toBeHex(weight, 32), ...children]);
  }
  return undefined;
}

/** What is opened below a hash. */
function hashesBelow(levels: readonly string[][], height: number, index: number): string {
  const span = Math.min(height, DEMAND_LEVELS);
  return concat(levels[height - span].slice(index * 2 ** span, (index + 1) * 2 ** span));
}
