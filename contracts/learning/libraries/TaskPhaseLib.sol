// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Answers, Head, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";

/// @title Phases of learning tasks
/// @notice Pure functions of the clock, each a half-open interval [start, end). Only Challenge depends on more: it ends
/// when the answers of the round say, and at once if there are none.
library TaskPhaseLib {
    /// @notice Phase of the running round at this second.
    function phase(TaskState storage task) internal view returns (ILearningTasks.Phase) {
        Head storage head = task.head;
        if (head.closed) return ILearningTasks.Phase.Closed;
        uint256 end = head.startedAt;
        if (block.timestamp < end) return ILearningTasks.Phase.Waiting;
        // those who join, commit and reveal are the most, and need not pay for reading the schedule
        if (block.timestamp < (end += head.commit)) return ILearningTasks.Phase.Commit;
        if (block.timestamp < (end += head.reveal)) return ILearningTasks.Phase.Reveal;
        ILearningTasks.Schedule storage schedule = task.terms.schedule;
        if (block.timestamp < (end += schedule.auditCommit)) return ILearningTasks.Phase.AuditCommit;
        if (block.timestamp < (end += schedule.auditReveal)) return ILearningTasks.Phase.AuditReveal;
        if (block.timestamp < (end += schedule.settle)) return ILearningTasks.Phase.Settle;
        if (block.timestamp < (end += schedule.aggregateCommit)) return ILearningTasks.Phase.AggregateCommit;
        if (block.timestamp < end + schedule.aggregateReveal) return ILearningTasks.Phase.AggregateReveal;
        Answers storage answers = task.answers;
        bool challenged = answers.round == head.round && block.timestamp < answers.challengeEnds;
        return challenged ? ILearningTasks.Phase.Challenge : ILearningTasks.Phase.Finishing;
    }

    /// @notice How much of Commit is over, in 1/65,536; in Commit.
    function elapsed(TaskState storage task) internal view returns (uint256) {
        // below 65,536, for less than the whole phase is over
        return ((block.timestamp - task.head.startedAt) << 16) / task.head.commit;
    }

    /// @notice Second at which a phase of the running round begins, as long as no answer is disproved. 0 for Waiting,
    /// the end of time for Closed.
    function start(TaskState storage task, ILearningTasks.Phase which) internal view returns (uint256 timepoint) {
        if (which == ILearningTasks.Phase.Waiting) return 0;
        if (which == ILearningTasks.Phase.Closed) return type(uint256).max;
        Head memory head = task.head;
        ILearningTasks.Schedule memory schedule = task.terms.schedule;
        timepoint = head.startedAt;
        if (which > ILearningTasks.Phase.Commit) timepoint += schedule.commit;
        if (which > ILearningTasks.Phase.Reveal) timepoint += schedule.reveal;
        if (which > ILearningTasks.Phase.AuditCommit) timepoint += schedule.auditCommit;
        if (which > ILearningTasks.Phase.AuditReveal) timepoint += schedule.auditReveal;
        if (which > ILearningTasks.Phase.Settle) timepoint += schedule.settle;
        if (which > ILearningTasks.Phase.AggregateCommit) timepoint += schedule.aggregateCommit;
        if (which > ILearningTasks.Phase.AggregateReveal) timepoint += schedule.aggregateReveal;
        Answers storage answers = task.answers;
        bool answered = answers.round == head.round && answers.challengeEnds > timepoint;
        if (which == ILearningTasks.Phase.Finishing && answered) timepoint = answers.challengeEnds;
    }

    /// @notice Reverts unless the running round is in this phase; returns its number.
    function requirePhase(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Phase needed
    ) internal view returns (uint256 round) {
        return requirePhases(task, taskId, needed, needed);
    }

    /// @notice Reverts unless the running round is in one of the phases `first` to `last`; returns its number.
    function requirePhases(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Phase first,
        ILearningTasks.Phase last
    ) internal view returns (uint256 round) {
        round = task.head.round;
        ILearningTasks.Phase current = phase(task);
        if (current < first || current > last)
            revert ILearningTasks.LearningTasks_WrongPhase(taskId, round, current, current < first ? first : last);
    }
}
