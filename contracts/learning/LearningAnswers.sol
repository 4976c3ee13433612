// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../randomness/interfaces/IRandomness.sol";
import {IStakeVault} from "../rewards/interfaces/IStakeVault.sol";
import {LearningStorage} from "./LearningStorage.sol";
import {ILearningAnswers} from "./interfaces/ILearningAnswers.sol";
import {ILearningAppeals} from "./interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "./interfaces/ILearningTasks.sol";
import {AnswerLib} from "./libraries/AnswerLib.sol";
import {AppealLib} from "./libraries/AppealLib.sol";
import {AvailabilityLib} from "./libraries/AvailabilityLib.sol";
import {CommitmentsLib} from "./libraries/CommitmentsLib.sol";
import {DisputeLib} from "./libraries/DisputeLib.sol";
import {TaskViewLib} from "./libraries/TaskViewLib.sol";
import {VerdictLib} from "./libraries/VerdictLib.sol";
import {TaskId} from "./types/TaskId.sol";
import {TaskState} from "./types/TaskState.sol";

/// @title LearningAnswers
/// @dev Code of `LearningTasks`, which calls it with its own storage: both together are too large for one contract. It holds
/// no task itself, so that whoever calls it directly is told that the task is unknown.
contract LearningAnswers is LearningStorage, ILearningAnswers, ILearningAppeals {
    using AnswerLib for TaskState;
    using AppealLib for TaskState;
    using AvailabilityLib for TaskState;
    using DisputeLib for TaskState;
    using TaskViewLib for TaskState;
    using VerdictLib for TaskState;

    /// @inheritdoc ILearningAnswers
    uint256 public constant MAX_DELETIONS = AnswerLib.MAX_DELETIONS;

    /// @inheritdoc ILearningAnswers
    IStakeVault public immutable VAULT;
    /// @inheritdoc ILearningAnswers
    IRandomness public immutable RANDOMNESS;

    constructor(IStakeVault vault, IRandomness randomness) {
        VAULT = vault;
        RANDOMNESS = randomness;
    }

    // -------------------------------------------------------------------------------------------- answers and disputes

    /// @inheritdoc ILearningAnswers
    function commitAnswer(TaskId taskId, bytes32 commitment) external {
        _task(taskId).commit(taskId, commitment);
    }

    /// @inheritdoc ILearningAnswers
    function revealAnswer(
        TaskId taskId,
        address aggregator,
        ILearningTasks.Answer calldata answer,
        bytes16 salt
    ) external {
        _task(taskId).reveal(taskId, aggregator, answer, salt);
    }

    /// @inheritdoc ILearningAnswers
    function disputeChunk(
        TaskId taskId,
        NodeOpening calldata node,
        ChunkOpening calldata chunk,
        bytes calldata children,
        bytes calldata hints
    ) external {
        _task(taskId).disputeChunk(taskId, node, chunk, children, hints, VAULT);
    }

    /// @inheritdoc ILearningAnswers
    function disputeWeight(TaskId taskId, NodeOpening calldata node, bytes calldata children) external {
        _task(taskId).disputeWeight(taskId, node, children, VAULT);
    }

    /// @inheritdoc ILearningAnswers
    function disputeStep(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        ChunkOpening calldata chunk,
        bytes calldata parts
    ) external {
        _task(taskId).disputeStep(taskId, seat, answer, chunk, parts, VAULT);
    }

    // -------------------------------------------------------------------------------------------------------- demands

    /// @inheritdoc ILearningAnswers
    function demandNode(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 level,
        uint256 index,
        bytes32 hash,
        bytes calldata path
    ) external {
        _task(taskId).demandNode(taskId, seat, answer, level, index, hash, path, VAULT);
    }

    /// @inheritdoc ILearningAnswers
    function demandHashes(
        TaskId taskId,
        NodeOpening calldata node,
        bytes32 below,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external {
        _task(taskId).demandHashes(taskId, node, below, index, hash, siblings, VAULT);
    }

    /// @inheritdoc ILearningAnswers
    function demandModelHashes(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external {
        _task(taskId).demandModelHashes(taskId, seat, answer, index, hash, siblings, VAULT);
    }

    /// @inheritdoc ILearningAnswers
    function openPart(
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        Part calldata part,
        bytes calldata data
    ) external {
        _task(taskId).openPart(taskId, answer, part, data, VAULT);
    }

    /// @inheritdoc ILearningAnswers
    function endDemand(
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        Part calldata part
    ) external {
        _task(taskId).endDemand(taskId, round, answer, part, VAULT);
    }

    // -------------------------------------------------------------------------------------------------------- appeals

    /// @inheritdoc ILearningAppeals
    function appealPanel(TaskId taskId, uint256 panel, bytes calldata openings) external {
        _task(taskId).open(taskId, panel, openings, VAULT);
    }

    /// @inheritdoc ILearningAppeals
    function drawAppeal(TaskId taskId, uint256 round, uint256 panel) external returns (bytes32 seed) {
        return _task(taskId).draw(taskId, round, panel, RANDOMNESS);
    }

    /// @inheritdoc ILearningAppeals
    function commitReview(TaskId taskId, uint256 round, uint256 panel, bytes32 commitment) external {
        _task(taskId).commitReview(taskId, round, panel, commitment);
    }

    /// @inheritdoc ILearningAppeals
    function revealReview(
        TaskId taskId,
        uint256 round,
        uint256 panel,
        ILearningTasks.ScoresOpening calldata opening
    ) external {
        _task(taskId).revealReview(taskId, round, panel, opening);
    }

    /// @inheritdoc ILearningAppeals
    function settleAppeal(TaskId taskId, AppealedPanel calldata panel, bytes calldata openings) external {
        _task(taskId).settle(taskId, panel, openings, VAULT);
    }

    /// @inheritdoc ILearningAppeals
    function endAppeal(TaskId taskId, uint256 round, uint256 panel) external {
        _task(taskId).end(taskId, round, panel, VAULT);
    }

    // ---------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILearningAnswers
    function leadingAnswer(TaskId taskId) external view returns (bytes32 digest, uint256 seats) {
        return _task(taskId).leadingAnswer();
    }

    /// @inheritdoc ILearningAnswers
    function answersOf(
        TaskId taskId
    ) external view returns (bytes32[] memory digests, uint256 disproved, uint256 deletions) {
        return _task(taskId).answersOf();
    }

    /// @inheritdoc ILearningAnswers
    function demandOf(
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        Part calldata part
    ) external view returns (address demander, uint256 deadline) {
        return _task(taskId).demandOf(round, answer, part);
    }

    /// @inheritdoc ILearningAnswers
    function answerCommitment(
        TaskId taskId,
        uint256 round,
        address aggregator,
        ILearningTasks.Answer calldata answer,
        bytes16 salt
    ) external view returns (bytes32) {
        return CommitmentsLib.ofAnswer(taskId, round, aggregator, CommitmentsLib.digestOf(answer), salt);
    }

    /// @inheritdoc ILearningAppeals
    function appealOf(TaskId taskId, uint256 round, uint256 panel) external view returns (AppealState memory state) {
        return _task(taskId).stateOf(round, panel);
    }

    /// @inheritdoc ILearningAppeals
    function reviewCommitment(
        TaskId taskId,
        uint256 round,
        uint256 panel,
        ILearningTasks.ScoresOpening calldata opening
    ) external view returns (bytes32) {
        bytes32 scoresHash = keccak256(opening.scores);
        return CommitmentsLib.ofReview(taskId, round, panel, opening.auditor, opening.salt, scoresHash);
    }
}
