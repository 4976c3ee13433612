// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskId} from "../types/TaskId.sol";
import {Head, Panels, TaskState} from "../types/TaskState.sol";
import {LaneLib} from "./LaneLib.sol";
import {PermutationLib} from "./PermutationLib.sol";
import {PoolLib} from "./PoolLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";

/// @title Panels
/// @notice Who scores whom. A round's seed puts its cells into one order and its auditors into another; panel p of P has the
/// cells at positions `p * C / P` to `(p + 1) * C / P`, rounded down, and the auditors at positions `p * k` to
/// `p * k + k - 1`: its seats. So panels differ by one cell at most, no cell is left over, and nothing is stored.
library PanelLib {
    using PoolLib for ILearningTasks.TaskTerms;
    using PermutationLib for PermutationLib.Permutation;

    /// @notice A set of panels without any, from the draw on: no panel writes a word that is zero.
    uint256 internal constant NOBODY = 1 << 255;
    bytes32 private constant CELLS = keccak256("artel.panels.cells.v1");
    bytes32 private constant AUDITORS = keccak256("artel.panels.auditors.v1");

    /// @notice Panels that a seed makes of the running round.
    /// @param head of the task: it has clients, and the auditors of a panel at least.
    function drawn(
        TaskState storage task,
        Head memory head,
        bytes32 seed
    ) internal view returns (Panels memory panels) {
        (uint256 cells, uint256 count) = _sizes(task, head);
        uint256 seats = count * task.terms.panelSeats;
        // all casts: 240 panels, 7,680 cells and a reward of 96 bits at most
        panels.round = head.round;
        panels.panels = uint8(count);
        panels.cells = uint24(cells);
        panels.auditors = head.auditors;
        panels.seatPay = uint128(task.terms.auditorSeat(seats));
        panels.seed = seed;
        panels.voidSet = NOBODY;
        panels.scoredSet = NOBODY;
    }

    /// @notice Reverts unless a vector has the length that all of the running round have. It follows from who has joined,
    /// so that it can be asked for before the seed is drawn: a vector of another length would keep a panel from settling.
    function requireLength(TaskState storage task, TaskId taskId, uint256 length) internal view {
        Head memory head = task.head;
        (uint256 cells, uint256 panels) = _sizes(task, head);
        uint256 needed = lengthOf(cells, panels);
        if (length != needed) revert ILearningTasks.LearningTasks_InvalidVector(taskId, head.round, length, needed);
    }

    /// @notice Bytes of a vector: a word for each two cells of the largest panel.
    function lengthOf(uint256 cells, uint256 panels) internal pure returns (uint256 length) {
        return Math.ceilDiv(Math.ceilDiv(cells, panels), 2) * 32;
    }

    /// @notice Position of the first cell of a panel; for the number of panels, the number of cells.
    function firstOf(Panels memory panels, uint256 panel) internal pure returns (uint256 position) {
        return (panel * panels.cells) / panels.panels;
    }

    /// @notice The panel with the cell at `position`.
    function panelAt(Panels memory panels, uint256 position) internal pure returns (uint256 panel) {
        return ((position + 1) * panels.panels - 1) / panels.cells;
    }

    /// @notice Order of the cells.
    function cellsIn(Panels memory panels) internal pure returns (PermutationLib.Permutation memory order) {
        return PermutationLib.create(panels.seed, CELLS, panels.cells);
    }

    /// @notice Order of the auditors.
    function auditorsIn(Panels memory panels) internal pure returns (PermutationLib.Permutation memory order) {
        return PermutationLib.create(panels.seed, AUDITORS, panels.auditors);
    }

    /// @notice The cell at a position, and those of its clients whose updates the next model is made of if they have a
    /// weight; bit i is the client of lane i. Their updates were revealed, not struck, not found absent, and scored by a
    /// panel, and their score in the period is not below `-exclusionScore`. Settled once Settle is over.
    /// @param panels of the running round.
    /// @param order of its cells.
    function aggregatedAt(
        TaskState storage task,
        Panels memory panels,
        PermutationLib.Permutation memory order,
        uint256 position
    ) internal view returns (uint256 cell, uint256 bits) {
        cell = order.valueAt(position);
        if ((panels.scoredSet >> panelAt(panels, position)) & 1 == 0) return (cell, 0);
        uint256 balances = task.scores[task.head.settled / task.terms.periodRounds][cell];
        bits = RevealedLib.ofCell(task, panels.round, cell) & LaneLib.above(balances, task.terms.exclusionScore);
    }

    /// @dev Cells of the running round, and panels: as many as take `panelCells` each, if there are auditors for them.
    function _sizes(TaskState storage task, Head memory head) private view returns (uint256 cells, uint256 panels) {
        cells = Math.ceilDiv(head.clients, TaskTermsLib.CELL);
        panels = Math.min(Math.ceilDiv(cells, task.terms.panelCells), head.auditors / task.terms.panelSeats);
        // none in a round without clients, which is void
        panels = Math.max(Math.min(panels, TaskTermsLib.MAX_PANELS), 1);
    }
}
