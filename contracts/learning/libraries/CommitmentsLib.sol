// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskId} from "../types/TaskId.sol";

/// @title Commitments of learning tasks
/// @notice Hashes that bind what is revealed to chain, contract, task, round and sender: a copied one can't be opened.
library CommitmentsLib {
    bytes32 internal constant UPDATE = keccak256("artel.task.update.v1");
    bytes32 internal constant SCORES = keccak256("artel.task.scores.v1");
    bytes32 internal constant ANSWER = keccak256("artel.task.answer.v1");
    bytes32 internal constant REVIEW = keccak256("artel.task.review.v1");
    bytes32 internal constant SEED = keccak256("artel.task.seed.v1");
    bytes32 internal constant APPEAL = keccak256("artel.task.appeal.v1");

    /// @notice See `ILearningTasks.updateCommitment`.
    function ofUpdate(
        TaskId taskId,
        uint256 round,
        address client,
        ILearningTasks.UpdateOpening calldata opening
    ) internal view returns (bytes32) {
        bytes32 inner = keccak256(abi.encode(opening.content.codec, opening.content.digest, opening.salt));
        return ofUpdateParts(taskId, round, client, opening.root, opening.samples, opening.norm, inner);
    }

    /// @notice The same, where the content stays hidden in `inner`, the hash of its codec, digest and salt.
    function ofUpdateParts(
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 root,
        uint256 samples,
        uint256 norm,
        bytes32 inner
    ) internal view returns (bytes32) {
        bytes32[10] memory encoding = updateOf(taskId, round);
        return completed(encoding, client, root, samples, norm, inner);
    }

    /// @notice The encoding of a client's commitment, as far as all of a round are equal.
    function updateOf(TaskId taskId, uint256 round) internal view returns (bytes32[10] memory encoding) {
        encoding[0] = UPDATE;
        encoding[1] = bytes32(block.chainid);
        encoding[2] = bytes32(uint256(uint160(address(this))));
        encoding[3] = bytes32(TaskId.unwrap(taskId));
        encoding[4] = bytes32(round);
    }

    /// @notice The hash of a client's commitment on top of `updateOf`, whose memory serves one client after another.
    function completed(
        bytes32[10] memory encoding,
        address client,
        bytes32 root,
        uint256 samples,
        uint256 norm,
        bytes32 inner
    ) internal pure returns (bytes32 commitment) {
        encoding[5] = bytes32(uint256(uint160(client)));
        encoding[6] = root;
        encoding[7] = bytes32(samples);
        encoding[8] = bytes32(norm);
        encoding[9] = inner;
        // ten words, side by side: what `abi.encode` would give
        assembly ("memory-safe") {
            commitment := keccak256(encoding, 320)
        }
    }

    /// @notice See `ILearningTasks.scoresCommitment`.
    function ofScores(
        TaskId taskId,
        uint256 round,
        address auditor,
        bytes16 salt,
        bytes32 scoresHash
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(SCORES, block.chainid, address(this), taskId, round, auditor, salt, scoresHash));
    }

    /// @notice See `ILearningAppeals.reviewCommitment`.
    function ofReview(
        TaskId taskId,
        uint256 round,
        uint256 panel,
        address auditor,
        bytes16 salt,
        bytes32 scoresHash
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(REVIEW, block.chainid, address(this), taskId, round, panel, auditor, salt, scoresHash)
            );
    }

    /// @notice See `ILearningAnswers.answerCommitment`.
    function ofAnswer(
        TaskId taskId,
        uint256 round,
        address aggregator,
        bytes32 digest,
        bytes16 salt
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(ANSWER, block.chainid, address(this), taskId, round, aggregator, digest, salt));
    }

    /// @notice An answer as one word.
    function digestOf(ILearningTasks.Answer memory answer) internal pure returns (bytes32) {
        return keccak256(abi.encode(answer.modelRoot, answer.model.codec, answer.model.digest, answer.nodesRoot));
    }

    /// @notice The seed of a round from what the beacon gave: no two tasks, chains or rounds share one.
    function seedOf(TaskId taskId, uint256 round, bytes32 beaconSeed) internal view returns (bytes32) {
        return keccak256(abi.encode(SEED, block.chainid, address(this), taskId, round, beaconSeed));
    }

    /// @notice The seed of the fresh panel of an appeal, in the same way.
    function appealSeedOf(
        TaskId taskId,
        uint256 round,
        uint256 panel,
        bytes32 beaconSeed
    ) internal view returns (bytes32) {
        return keccak256(abi.encode(APPEAL, block.chainid, address(this), taskId, round, panel, beaconSeed));
    }
}
