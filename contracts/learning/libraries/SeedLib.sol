// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Head, Panels, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";

/// @title How a round gets its seed and panels
/// @notice Linked, so that `LearningTasks` stays below the size limit of contracts.
library SeedLib {
    /// @dev Of `settledSet` and `scoredSet`: so that no panel writes a word that is zero.
    uint256 internal constant BEGUN = 1 << 255;

    /// @notice See `ILearningTasks.drawSeed`.
    function draw(TaskState storage task, TaskId taskId, IRandomness randomness) external returns (bytes32 seed) {
        uint256 round = TaskPhaseLib.requirePhases(
            task,
            taskId,
            ILearningTasks.Phase.AuditCommit,
            ILearningTasks.Phase.Settle
        );
        if (task.panels.round == round) revert ILearningTasks.LearningTasks_AlreadyDrawn(taskId, round);
        Head memory head = task.head;
        uint256 updates = RevealedLib.count(task, round, head.clients);
        uint256 needed = task.terms.minClients;
        if (updates < needed) revert ILearningTasks.LearningTasks_TooFewUpdates(taskId, round, updates, needed);
        uint256 timepoint = TaskPhaseLib.start(task, ILearningTasks.Phase.AuditCommit);
        // a start of 40 bits and two lengths of 24: below 2^41
        bytes32 beaconSeed = randomness.seedOf(uint48(timepoint));
        if (beaconSeed == 0) revert ILearningTasks.LearningTasks_SeedUnknown(taskId, round, timepoint);
        seed = CommitmentsLib.seedOf(taskId, round, beaconSeed);
        Panels memory panels = _panels(task, head, seed);
        task.panels = panels;
        emit ILearningTasks.SeedDrawn(
            taskId,
            round,
            seed,
            panels.panels,
            panels.cells,
            panels.auditors,
            panels.seatPay
        );
    }

    /// @dev As many panels as the cells need, if there are auditors for them. A round whose clients were let in has at
    /// least one of each.
    function _panels(
        TaskState storage task,
        Head memory head,
        bytes32 seed
    ) private view returns (Panels memory drawn) {
        uint256 seats = task.terms.panelSeats;
        uint256 cells = Math.ceilDiv(head.clients, TaskTermsLib.CELL);
        uint256 panels = Math.min(head.auditors / seats, Math.ceilDiv(cells, task.terms.panelCells));
        panels = Math.min(panels, TaskTermsLib.MAX_PANELS);
        drawn.round = head.round;
        drawn.seed = seed;
        // all casts: at most 240 panels, 61,440 clients, a reward of 96 bits
        drawn.panels = uint8(panels);
        drawn.cells = uint24(cells);
        drawn.auditors = head.auditors;
        drawn.seatPay = uint128(_seatPay(task, panels * seats));
        drawn.settledSet = BEGUN;
        drawn.scoredSet = BEGUN;
    }

    /// @dev Void rounds pay their auditors too, so that the share is kept for as many rounds as there can be.
    function _seatPay(TaskState storage task, uint256 seats) private view returns (uint256) {
        uint256 attempts = uint256(task.terms.rounds) + task.terms.retries + 1;
        return (uint256(task.terms.reward) * task.terms.auditorShare) / (TaskTermsLib.SHARES * attempts * seats);
    }
}
