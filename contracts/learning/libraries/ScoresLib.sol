// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Scores of auditors, until their panel is settled
/// @notice Linked, so that `LearningTasks` stays below the size limit of contracts.
library ScoresLib {
    using ParticipantLib for TaskState;
    using ParticipantLib for uint256;
    using TaskPhaseLib for TaskState;

    /// @notice See `ILearningTasks.commitScores`.
    function commitScores(TaskState storage task, TaskId taskId, bytes32 commitment) external {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AuditCommit);
        uint256 word = task.wordAs(taskId, msg.sender, ILearningTasks.Role.Auditor);
        if (word.roundOf() == round) revert ILearningTasks.LearningTasks_AlreadyCommitted(taskId, round, msg.sender);
        task.words[msg.sender] = word.commit(commitment, 0, round, word.missesOf());
        emit ILearningTasks.ScoresCommitted(taskId, round, msg.sender, commitment);
    }

    /// @notice See `ILearningTasks.revealScores`.
    function revealScores(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.ScoresOpening calldata opening
    ) external {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AuditReveal);
        address auditor = opening.auditor;
        uint256 word = task.wordAs(taskId, auditor, ILearningTasks.Role.Auditor);
        bytes32 hash = keccak256(opening.scores);
        if (!word.opens(CommitmentsLib.ofScores(taskId, round, auditor, opening.salt, hash), round))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(taskId, round, auditor);
        if (word & ParticipantLib.REVEALED != 0)
            revert ILearningTasks.LearningTasks_AlreadyRevealed(taskId, round, auditor);
        PanelLib.requireLength(task, taskId, opening.scores.length);
        task.words[auditor] = word | ParticipantLib.REVEALED;
        emit ILearningTasks.ScoresRevealed(taskId, round, auditor, opening.salt, opening.scores);
    }
}
