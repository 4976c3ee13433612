// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title What clients and recipients of sealed updates tell each other
/// @notice Events alone. Linked, so that `LearningTasks` stays below the size limit of contracts.
library SealingLib {
    using ParticipantLib for TaskState;

    /// @notice See `ILearningTasks.publishSealingKey`.
    function publishKey(TaskState storage task, TaskId taskId, bytes calldata key) external {
        TaskPhaseLib.requirePhase(task, taskId, ILearningTasks.Phase.Waiting);
        ILearningTasks.Role role = ParticipantLib.roleOf(task.words[msg.sender]);
        if (role != ILearningTasks.Role.Auditor && role != ILearningTasks.Role.Aggregator)
            revert ILearningTasks.LearningTasks_WrongRole(taskId, msg.sender, role, ILearningTasks.Role.Auditor);
        emit ILearningTasks.SealingKeyPublished(taskId, msg.sender, key);
    }

    /// @notice See `ILearningTasks.publishWraps`.
    function publishWraps(TaskState storage task, TaskId taskId, ILearningTasks.Content calldata wraps) external {
        uint256 round = TaskPhaseLib.requirePhase(task, taskId, ILearningTasks.Phase.AuditCommit);
        uint256 start = TaskPhaseLib.start(task, ILearningTasks.Phase.AuditCommit);
        uint256 end = wrapsEnd(start, task.terms.schedule.auditCommit);
        if (block.timestamp >= end) revert ILearningTasks.LearningTasks_WrapsTooLate(taskId, round, end);
        uint256 word = task.wordAs(taskId, msg.sender, ILearningTasks.Role.Client);
        if (!ParticipantLib.counts(word, round))
            revert ILearningTasks.LearningTasks_NotRevealed(taskId, round, msg.sender);
        emit ILearningTasks.WrapsPublished(taskId, round, msg.sender, wraps.codec, wraps.digest);
    }

    /// @notice Second from which wraps are refused in an AuditCommit of this start and length.
    function wrapsEnd(uint256 start, uint256 auditCommit) internal pure returns (uint256 end) {
        return start + auditCommit / 2;
    }
}
