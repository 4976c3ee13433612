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
    bytes32 internal constant SEED = keccak256("artel.task.seed.v1");

    /// @notice See `ILearningTasks.updateCommitment`.
    function ofUpdate(
        TaskId taskId,
        uint256 round,
        address client,
        ILearningTasks.UpdateOpening memory opening
    ) internal view returns (bytes32) {
        return
            ofUpdateParts(
                taskId,
                round,
                client,
                opening.root,
                opening.samples,
                opening.norm,
                innerOf(opening.content, opening.salt)
            );
    }

    /// @notice The same, where the content stays hidden in its hash.
    function ofUpdateParts(
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 root,
        uint256 samples,
        uint256 norm,
        bytes32 inner
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(UPDATE, block.chainid, address(this), taskId, round, client, root, samples, norm, inner)
            );
    }

    /// @notice The part of a client's commitment that a dispute need not show.
    function innerOf(ILearningTasks.Content memory content, bytes16 salt) internal pure returns (bytes32) {
        return keccak256(abi.encode(content.codec, content.digest, salt));
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

    /// @notice See `ILearningTasks.answerCommitment`.
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
}
