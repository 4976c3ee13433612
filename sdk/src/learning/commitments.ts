import { AbiCoder, id, keccak256 } from "ethers";

const [UPDATE_TAG, SCORES_TAG, AGGREGATE_TAG] = ["artel.update.v1", "artel.scores.v1", "artel.aggregate.v1"];

/** Where a commitment counts: it can't be replayed on another chain, contract, task or round. */
export interface CommitmentScope {
  readonly chainId: bigint;
  /** Address of the contract that takes the commitment. */
  readonly contract: string;
  readonly taskId: bigint;
  readonly round: bigint;
}

/** What a client opens when it reveals an update. */
export interface UpdateOpening {
  /** Address of the client; a copied commitment can't be revealed by another. */
  readonly client: string;
  /** {@link tensorRoot} of the delta, bytes32. */
  readonly root: string;
  /** Number of training examples behind the update. */
  readonly samples: bigint;
  /** Declared L2 norm of the delta in quantised units, see {@link tensorNorm}. */
  readonly norm: bigint;
  /** Binary content identifier of the delta's bytes. */
  readonly cid: Uint8Array;
  /** Secret bytes32. */
  readonly salt: string;
}

/** What an auditor opens when it reveals its scores. */
export interface ScoresOpening {
  /** Address of the auditor. */
  readonly auditor: string;
  /** The encoded vector, see {@link encodeScores}. */
  readonly scores: Uint8Array;
  /** Secret bytes32. */
  readonly salt: string;
}

/** What an aggregator opens when it reveals the next model. */
export interface AggregateOpening {
  /** Address of the aggregator. */
  readonly aggregator: string;
  /** {@link tensorRoot} of the next global model, bytes32. */
  readonly root: string;
  /** Binary content identifier of the model's bytes. */
  readonly cid: Uint8Array;
  /** Secret bytes32. */
  readonly salt: string;
}

const SCOPE = ["bytes32", "uint256", "address", "uint256", "uint256"];

/** Commitment to an update: keccak256 of the ABI encoding of scope and opening, tagged `artel.update.v1`. */
export function updateCommitment(scope: CommitmentScope, opening: UpdateOpening): string {
  return commit(
    UPDATE_TAG,
    scope,
    ["address", "bytes32", "uint256", "uint256", "bytes32", "bytes32"],
    [opening.client, opening.root, opening.samples, opening.norm, keccak256(opening.cid), opening.salt],
  );
}

/** Commitment to a score vector: keccak256 of the ABI encoding of scope and opening, tagged `artel.scores.v1`. */
export function scoresCommitment(scope: CommitmentScope, opening: ScoresOpening): string {
  return commit(
    SCORES_TAG,
    scope,
    ["address", "bytes32", "bytes32"],
    [opening.auditor, keccak256(opening.scores), opening.salt],
  );
}

/** Commitment to an aggregate: keccak256 of the ABI encoding of scope and opening, tagged `artel.aggregate.v1`. */
export function aggregateCommitment(scope: CommitmentScope, opening: AggregateOpening): string {
  return commit(
    AGGREGATE_TAG,
    scope,
    ["address", "bytes32", "bytes32", "bytes32"],
    [opening.aggregator, opening.root, keccak256(opening.cid), opening.salt],
  );
}

function commit(tag: string, scope: CommitmentScope, types: string[], values: unknown[]): string {
  const { chainId, contract, taskId, round } = scope;
  return keccak256(
    AbiCoder.defaultAbiCoder().encode([...SCOPE, ...types], [id(tag), chainId, contract, taskId, round, ...values]),
  );
}
