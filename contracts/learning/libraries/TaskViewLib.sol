// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Answers, Head, Panels, TaskState} from "../types/TaskState.sol";
import {AnswerLib} from "./AnswerLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title What readers see of a learning task
/// @notice Linked, so that `LearningTasks` stays below the size limit of contracts.
library TaskViewLib {
    using ParticipantLib for uint256;

    /// @notice See `ILearningTasks.roundState`.
    function roundState(TaskState storage task) external view returns (ILearningTasks.RoundState memory state) {
        Head memory head = task.head;
        state.round = head.round;
        state.startedAt = head.startedAt;
        state.settled = head.settled;
        state.voided = head.voided;
        state.clients = head.clients;
        state.capacity = head.capacity;
        state.auditors = head.auditors;
        state.aggregators = head.aggregators;
        state.updates = RevealedLib.count(task, head.round, head.clients);
        state.phase = TaskPhaseLib.phase(task);
        state.modelRoot = task.modelRoot;
        state.previousRoot = task.previousRoot;
    }

    /// @notice See `ILearningTasks.panelState`.
    function panelState(TaskState storage task) external view returns (ILearningTasks.PanelState memory state) {
        Panels memory panels = task.panels;
        state.round = panels.round;
        state.seed = panels.seed;
        state.panels = panels.panels;
        state.cells = panels.cells;
        state.auditors = panels.auditors;
        state.voidSet = panels.voidSet;
        state.scoredSet = panels.scoredSet;
        state.seatPay = panels.seatPay;
    }

    /// @notice See `ILearningTasks.participantOf`.
    function participantOf(
        TaskState storage task,
        address account
    ) external view returns (ILearningTasks.ParticipantState memory participant) {
        uint256 word = task.words[account];
        participant.role = word.roleOf();
        participant.id = word.idOf();
        participant.round = word.roundOf();
        participant.commitment = word.hashOf();
        participant.committed = word.committedOf();
        participant.revealed = word & ParticipantLib.REVEALED != 0;
        participant.struck = word & ParticipantLib.STRUCK != 0;
        participant.misses = word.missesOf();
    }

    /// @notice See `ILearningAnswers.leadingAnswer`.
    function leadingAnswer(TaskState storage task) external view returns (bytes32 digest, uint256 seats) {
        return AnswerLib.leading(task);
    }

    /// @notice See `ILearningAnswers.answersOf`.
    function answersOf(
        TaskState storage task
    ) external view returns (bytes32[] memory digests, uint256 disproved, uint256 deletions) {
        Answers memory answers = task.answers;
        digests = new bytes32[](task.head.aggregators);
        if (answers.round != task.head.round) return (digests, 0, 0);
        for (uint256 i; i < digests.length; ++i)
            if ((answers.revealed >> i) & 1 == 1) digests[i] = AnswerLib.answerOf(task, answers, i);
        return (digests, answers.disproved, answers.deletions);
    }
}
