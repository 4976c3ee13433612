// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Scores of auditors, until their panel is settled
/// @notice Not linked: what auditors send in every round is worth its place in `LearningTasks`.
library ScoresLib {
    using ParticipantLib for TaskState;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice See `ILearningTasks.commitScores`.
    function commitScores(TaskState storage task, TaskId taskId, bytes32 commitment) internal {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AuditCommit);
        uint256 seat = task.commitAs(taskId, round, ILearningTasks.Role.Auditor, commitment);
        task.requireSecured(taskId, task.auditors[seat], task.terms.auditorStake);
        emit ILearningTasks.ScoresCommitted(taskId, round, msg.sender, commitment);
    }

    /// @notice See `ILearningTasks.revealScores`.
    function revealScores(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.ScoresOpening calldata opening
    ) internal {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AuditReveal);
        address auditor = opening.auditor;
        bytes32 hash = keccak256(opening.scores);
        bytes32 commitment = CommitmentsLib.ofScores(taskId, round, auditor, opening.salt, hash);
        task.revealAs(taskId, round, ILearningTasks.Role.Auditor, auditor, commitment);
        PanelLib.requireLength(task, taskId, opening.scores.length);
        emit ILearningTasks.ScoresRevealed(taskId, round, auditor, opening.salt, opening.scores);
    }
}
