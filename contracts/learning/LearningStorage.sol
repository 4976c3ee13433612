// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "./interfaces/ILearningTasks.sol";
import {TaskPhaseLib} from "./libraries/TaskPhaseLib.sol";
import {TaskId} from "./types/TaskId.sol";
import {TaskState} from "./types/TaskState.sol";

/// @title LearningStorage
/// @dev What `LearningTasks` and the code it delegates to have in common: all that they store, and nothing but this.
abstract contract LearningStorage {
    using TaskPhaseLib for TaskState;

    mapping(TaskId taskId => TaskState task) internal _tasks;
    uint256 internal _count;

    function _task(TaskId taskId) internal view returns (TaskState storage task) {
        task = _tasks[taskId];
        if (task.head.round == 0) revert ILearningTasks.LearningTasks_UnknownTask(taskId);
    }

    function _inPhase(
        TaskId taskId,
        ILearningTasks.Phase needed
    ) internal view returns (TaskState storage task, uint256 round) {
        task = _task(taskId);
        round = task.requirePhase(taskId, needed);
    }
}
