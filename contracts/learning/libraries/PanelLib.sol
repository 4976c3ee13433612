// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskId} from "../types/TaskId.sol";
import {Head, Panels, TaskState} from "../types/TaskState.sol";
import {LaneLib} from "./LaneLib.sol";
import {PermutationLib} from "./PermutationLib.sol";
import {RevealedLib} from "./RevealedLib.sol";

/// @title Panels
/// @notice Who scores whom. A round's seed puts its cells into one order and its auditors into another; panel p of P has the
/// cells at positions `p * C / P` to `(p + 1) * C / P`, rounded down, and the auditors at positions `p * k` to
/// `p * k + k - 1`: its seats. So panels differ by one cell at most, no cell is left over, and nothing is stored.
library PanelLib {
    using PermutationLib for PermutationLib.Permutation;

    /// @notice Most panels in a round: their sets are words.
    uint256 internal constant MAX_PANELS = 240;
    /// @notice Most cells in a panel, 256 clients: eleven auditors can be settled within 2,000,000 gas.
    uint256 internal constant MAX_PANEL_CELLS = 32;

    uint256 private constant BASIS = 10_000;
    uint256 private constant NOBODY = 1 << 255;
    bytes32 private constant CELLS = keccak256("artel.panels.cells.v1");
    bytes32 private constant AUDITORS = keccak256("artel.panels.auditors.v1");

    /// @notice Clients that so many auditors can score in panels of `seats`.
    function capacity(uint256 auditors, uint256 seats) internal pure returns (uint256 clients) {
        return Math.min(auditors / seats, MAX_PANELS) * MAX_PANEL_CELLS * 8;
    }

    /// @notice Panels of a round: as many as the cells fill with `panelCells` each, if there are the auditors.
    function countOf(
        uint256 cells,
        uint256 panelCells,
        uint256 auditors,
        uint256 seats
    ) internal pure returns (uint256 panels) {
        panels = Math.min(Math.ceilDiv(cells, panelCells), Math.min(auditors / seats, MAX_PANELS));
        return Math.max(panels, 1);
    }

    /// @notice Cells of so many clients.
    function cellsOf(uint256 clients) internal pure returns (uint256 cells) {
        return (clients + 7) >> 3;
    }

    /// @notice Draws the panels of the running round. At least one client and one panel's auditors have joined.
    function draw(TaskState storage task, TaskId taskId, bytes32 seed) internal {
        Head memory head = task.head;
        uint256 cells = cellsOf(head.clients);
        uint256 seats = task.terms.panelSeats;
        uint256 panels = countOf(cells, task.terms.panelCells, head.auditors, seats);
        uint256 seatPay = _seatPay(task, panels * seats);
        // at most 2^21 cells, 240 panels, and a reward of 96 bits
        task.panels = Panels({
            round: head.round,
            panels: uint8(panels),
            cells: uint24(cells),
            auditors: head.auditors,
            seatPay: uint128(seatPay),
            seed: seed,
            settledSet: NOBODY,
            scoredSet: NOBODY
        });
        emit ILearningTasks.SeedDrawn(taskId, head.round, seed, panels, cells, head.auditors, seatPay);
    }

    /// @notice Reverts unless a vector has the length that all of the running round have. It follows from who has joined,
    /// so that it can be asked for before the seed is drawn: a vector of another length would keep a panel from settling.
    function requireLength(TaskState storage task, TaskId taskId, uint256 length) internal view {
        Head memory head = task.head;
        uint256 cells = cellsOf(head.clients);
        uint256 panels = countOf(cells, task.terms.panelCells, head.auditors, task.terms.panelSeats);
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
        uint256 balances = task.scores[cell][task.head.settled / task.terms.periodRounds];
        bits = RevealedLib.ofCell(task, panels.round, cell) & LaneLib.above(balances, task.terms.exclusionScore);
    }

    /// @notice Whether any panel of the running round was scored.
    function anyScored(TaskState storage task) internal view returns (bool) {
        return task.panels.round == task.head.round && task.panels.scoredSet != NOBODY;
    }

    /// @dev An equal share of the auditors' part for each attempt and seat: all together it never exceeds that part.
    function _seatPay(TaskState storage task, uint256 seats) private view returns (uint256) {
        uint256 attempts = uint256(task.terms.rounds) + task.terms.retries;
        return (uint256(task.terms.reward) * task.terms.auditorShare) / (BASIS * attempts * seats);
    }
}
