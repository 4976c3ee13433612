import {
  AbiCoder,
  concat,
  dataSlice,
  id,
  keccak256,
  Signature,
  type Signer,
  solidityPacked,
  toBigInt,
  toNumber,
  type TypedDataDomain,
} from "ethers";
import { CID } from "multiformats/cid";

import {
  LEARNING_DOMAIN,
  MAX_BATCH,
  ANSWER_TAG,
  REVIEW_TAG,
  SCORES_TAG,
  SEED_TAG,
  UPDATE_TAG,
  UPDATE_COMMITMENT_TYPES,
} from "../protocol.js";
import { cidFromDigest, cidToDigest } from "./cid.js";
import type { Answer } from "./disputes.js";

/*
 * What the parties of `LearningTasks` commit to, reveal and sign, as the contract hashes and packs it (`CommitmentsLib`,
 * `UpdatesLib`).
 */

/** Where a commitment counts: it can't be replayed on another chain, contract, task or round. */
export interface CommitmentScope {
  readonly chainId: bigint;
  /** Address of the contract that takes the commitment. */
  readonly contract: string;
  readonly taskId: bigint;
  readonly round: bigint;
}

/** Content as `LearningTasks` names it: a CIDv1 with a sha2-256 multihash. */
export interface TaskContent {
  /** Multicodec code. */
  readonly codec: number;
  /** sha2-256 digest, bytes32. */
  readonly digest: string;
}

/** The same, as it may come from the chain: the codec has 32 bits. */
export type NamedContent = Pick<TaskContent, "digest"> & { readonly codec: number | bigint };

/** What a client opens, as `ILearningTasks.UpdateOpening`. */
export interface UpdateOpening {
  /** {@link tensorRoot} of the delta, bytes32. */
  readonly root: string;
  /** Number of training examples behind the update. */
  readonly samples: bigint;
  /** Declared L2 norm of the delta in quantised units, see {@link tensorNorm}. */
  readonly norm: bigint;
  readonly content: TaskContent;
  /** Secret bytes16. */
  readonly salt: string;
}

/** A client's update as the chain tells of it: who opened what. */
export interface RevealedOpening extends UpdateOpening {
  readonly client: string;
}

/** Multicodec code of raw bytes. */
const RAW = 0x55;
const SCOPE = ["bytes32", "uint256", "address", "uint256", "uint256"];
const DETAILS = ["uint32", "uint64", "uint32", "bytes16"];

/**
 * Content of an identifier.
 *
 * @throws CidKindError unless CIDv1, raw, sha2-256
 */
export function taskContentOf(cid: CID): TaskContent {
  return { codec: RAW, digest: cidToDigest(cid) };
}

/** Identifier of content that a task names, of whatever codec. Content stores refuse others than raw. */
export function cidOfTaskContent({ codec, digest }: NamedContent): CID {
  return CID.createV1(Number(codec), cidFromDigest(digest).multihash);
}

/** What a dispute need not show of an update: hash of codec, digest and salt. */
export function innerHash({ content, salt }: Pick<UpdateOpening, "content" | "salt">): string {
  return hashOf(["uint32", "bytes32", "bytes16"], [content.codec, content.digest, salt]);
}

/** Commitment of a client, as `ILearningTasks.updateCommitment`. */
export function updateCommitment(scope: CommitmentScope, client: string, opening: UpdateOpening): string {
  const { root, samples, norm } = opening;
  return committed(
    UPDATE_TAG,
    scope,
    ["address", "bytes32", "uint256", "uint256", "bytes32"],
    [client, root, samples, norm, innerHash(opening)],
  );
}

/**
 * Commitment of an auditor, as `ILearningTasks.scoresCommitment`.
 *
 * @param salt - secret bytes16
 * @param scores - a vector, see {@link encodeVector}
 */
export function scoresCommitment(scope: CommitmentScope, auditor: string, salt: string, scores: Uint8Array): string {
  return committed(SCORES_TAG, scope, ["address", "bytes16", "bytes32"], [auditor, salt, keccak256(scores)]);
}

/**
 * Commitment of an aggregator, as `ILearningAnswers.answerCommitment`.
 *
 * @param salt - secret bytes16
 */
export function answerCommitment(scope: CommitmentScope, aggregator: string, salt: string, answer: Answer): string {
  const types = ["address", "bytes32", "bytes16"];
  return committed(ANSWER_TAG, scope, types, [aggregator, answerDigest(answer), salt]);
}

/** An answer as one word: equal answers support each other. */
export function answerDigest({ modelRoot, model, nodesRoot }: Answer): string {
  return hashOf(["bytes32", "uint32", "bytes32", "bytes32"], [modelRoot, model.codec, model.digest, nodesRoot]);
}

/**
 * Seed of a round from what the beacon gives for the end of its Reveal: known as soon as the beacon has it, whether or not
 * anybody has drawn it.
 *
 * @param beaconSeed - bytes32
 */
export function roundSeed(scope: CommitmentScope, beaconSeed: string): string {
  return committed(SEED_TAG, scope, ["bytes32"], [beaconSeed]);
}

/**
 * Commitment of an auditor of a fresh panel, as `ILearningAppeals.reviewCommitment`.
 *
 * @param salt - secret bytes16
 * @param scores - a vector, see {@link encodeVector}
 */
export function reviewCommitment(
  scope: CommitmentScope,
  panel: number,
  auditor: string,
  salt: string,
  scores: Uint8Array,
): string {
  const types = ["uint256", "address", "bytes16", "bytes32"];
  return committed(REVIEW_TAG, scope, types, [panel, auditor, salt, keccak256(scores)]);
}

/** Details of an update, bytes32, as `UpdateRevealed` has them. */
export function encodeDetails({ samples, norm, content, salt }: Omit<UpdateOpening, "root">): string {
  return solidityPacked(DETAILS, [samples, norm, content.codec, salt]);
}

/** What {@link encodeDetails} put together, with the digest that stands beside it. */
export function decodeDetails(details: string, digest: string): Omit<UpdateOpening, "root"> {
  return {
    samples: toBigInt(dataSlice(details, 0, 4)),
    norm: toBigInt(dataSlice(details, 4, 12)),
    content: { codec: toNumber(dataSlice(details, 12, 16)), digest },
    salt: dataSlice(details, 16),
  };
}

/** EIP-712 domain of `LearningTasks`. */
export function learningDomain({ chainId, contract }: Pick<CommitmentScope, "chainId" | "contract">): TypedDataDomain {
  return { ...LEARNING_DOMAIN, chainId, verifyingContract: contract };
}

/**
 * Signs a client's commitment, to be sent by anybody: for `commitUpdateBySig` as it is, for `commitUpdates` in a
 * {@link commitItem}.
 *
 * @param signer - of the client
 */
export async function signUpdateCommitment(
  signer: Signer,
  scope: CommitmentScope,
  commitment: string,
): Promise<string> {
  const { taskId, round } = scope;
  const value = { taskId, round, client: await signer.getAddress(), commitment };
  return signer.signTypedData(learningDomain(scope), UPDATE_COMMITMENT_TYPES, value);
}

/** An item of `commitUpdates`, of 116 bytes. */
export function commitItem(client: string, commitment: string, signature: string): string {
  return concat([client, commitment, Signature.from(signature).compactSerialized]);
}

/** An item of `revealUpdates`, of 116 bytes. */
export function revealItem(client: string, opening: UpdateOpening): string {
  return concat([client, opening.root, opening.content.digest, encodeDetails(opening)]);
}

/** Items put together into as few batches as take them. */
export function batchItems(items: readonly string[]): string[] {
  const batches = Math.ceil(items.length / MAX_BATCH);
  return Array.from({ length: batches }, (_, i) => concat(items.slice(i * MAX_BATCH, (i + 1) * MAX_BATCH)));
}

function committed(tag: string, scope: CommitmentScope, types: string[], values: unknown[]): string {
  const { chainId, contract, taskId, round } = scope;
  return hashOf([...SCOPE, ...types], [id(tag), chainId, contract, taskId, round, ...values]);
}

function hashOf(types: readonly string[], values: readonly unknown[]): string {
  return keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
}
