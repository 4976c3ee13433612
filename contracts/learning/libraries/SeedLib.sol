// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Head, Panels, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title How a round gets its seed and panels
/// @notice Linked, so that `LearningTasks` stays below the size limit of contracts.
library SeedLib {
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
        Panels memory panels = PanelLib.drawn(task, head, seed);
        panels.late = TaskPhaseLib.phase(task) != ILearningTasks.Phase.AuditCommit;
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
}
