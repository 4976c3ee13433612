// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskId} from "../types/TaskId.sol";
import {Panels, Seat, TaskState} from "../types/TaskState.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {LaneLib} from "./LaneLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {PermutationLib} from "./PermutationLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Settlement of panels
/// @notice Turns what a panel revealed into scores of its clients, pay of its auditors, and slashes of those who were
/// silent. Linked, so that `LearningTasks` stays below the size limit of contracts.
library PanelSettlementLib {
    using PanelLib for Panels;
    using PermutationLib for PermutationLib.Permutation;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice Fewest reveals of a panel that is not void: with fewer, one auditor would decide.
    uint256 internal constant MIN_REVEALS = 3;

    /// @notice Bytes of an auditor's address in packed openings.
    uint256 internal constant ACCOUNT = 20;
    /// @notice Bytes of a salt in packed openings.
    uint256 internal constant SALT = 16;

    /// @notice A panel while it is being settled.
    struct Panel {
        TaskId taskId;
        uint256 round;
        uint256 number;
        uint256 seatPay;
        uint256 first; // position of its first cell
        uint256 size; // cells
        uint256 length; // bytes of a vector
        PermutationLib.Permutation cells;
        PermutationLib.Permutation auditors;
        address[] revealed;
        uint256[] vectors; // where those of `revealed` begin in the calldata
        address[] silent;
    }

    /// @notice What comes of it. Lists are by vector.
    struct Result {
        uint256[] scores; // of one cell
        uint256[] sorted; // the same, in the order in which a median leaves them
        uint256[] close; // scores near the median, by lane
        uint256 distance; // epsilon in each lane
        uint256 updates; // scored, by lane
        uint256 rise; // of the sum of positive balances, modulo 2^256
        uint256 told; // 0 if every median is 0 or absent
    }

    /// @notice See `ILearningTasks.settlePanel`.
    /// @param vault is trusted: no call to it comes back.
    function settle(
        TaskState storage task,
        TaskId taskId,
        uint256 number,
        bytes calldata openings,
        IStakeVault vault
    ) external {
        Panel memory panel = _take(task, taskId, number);
        readSeats(task, panel, openings);
        uint256 reveals = panel.revealed.length;
        // the numbers of panels are below 240; bit 255 of both sets is set since the draw
        if (reveals < MIN_REVEALS) {
            task.panels.voidSet |= 1 << number;
            _keepDebts(task, panel);
            emit ILearningTasks.PanelVoided(taskId, panel.round, number, reveals);
        } else {
            task.panels.scoredSet |= 1 << number;
            if (!task.head.scored) task.head.scored = true;
            _score(task, panel);
        }
        if (!task.panels.late) punishSilent(task, panel, vault);
    }

    function _take(TaskState storage task, TaskId taskId, uint256 number) private view returns (Panel memory panel) {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.Settle);
        Panels memory panels = task.panels;
        if (panels.round != round) revert ILearningTasks.LearningTasks_NotDrawn(taskId, round);
        if (number >= panels.panels) revert ILearningTasks.LearningTasks_NoSuchPanel(taskId, number, panels.panels);
        if (((panels.voidSet | panels.scoredSet) >> number) & 1 != 0)
            revert ILearningTasks.LearningTasks_AlreadySettled(taskId, round, number);
        return panelOf(taskId, panels, number);
    }

    /// @notice A panel of the round of `panels`, as it is before its seats are read.
    function panelOf(TaskId taskId, Panels memory panels, uint256 number) internal pure returns (Panel memory panel) {
        panel.taskId = taskId;
        panel.round = panels.round;
        panel.number = number;
        panel.seatPay = panels.seatPay;
        panel.first = panels.firstOf(number);
        panel.size = panels.firstOf(number + 1) - panel.first;
        panel.length = PanelLib.lengthOf(panels.cells, panels.panels);
        panel.cells = panels.cellsIn();
        panel.auditors = panels.auditorsIn();
    }

    /// @notice Reads seat by seat its auditor's address, and if it revealed, salt and vector.
    function readSeats(TaskState storage task, Panel memory panel, bytes calldata openings) internal view {
        uint256 seats = task.terms.panelSeats;
        panel.revealed = new address[](seats);
        panel.vectors = new uint256[](seats);
        panel.silent = new address[](seats);
        uint256 reveals;
        uint256 place;
        for (uint256 seat; seat < seats; ++seat) {
            address auditor = address(bytes20(slice(panel, openings, place, ACCOUNT)));
            place += ACCOUNT;
            uint256 word = _wordAt(task, panel, panel.number * seats + seat, auditor);
            if (ParticipantLib.counts(word, panel.round)) {
                panel.revealed[reveals] = auditor;
                panel.vectors[reveals] = _readVector(panel, auditor, word, openings, place);
                place += SALT + panel.length;
                ++reveals;
            } else {
                panel.silent[seat - reveals] = auditor;
            }
        }
        if (place != openings.length) refuse(panel, openings, place);
        shorten(panel, reveals, seats - reveals);
    }

    /// @notice Cuts off what was made for more seats than were found.
    function shorten(Panel memory panel, uint256 reveals, uint256 silent) internal pure {
        address[] memory revealed = panel.revealed;
        uint256[] memory vectors = panel.vectors;
        address[] memory rest = panel.silent;
        assembly ("memory-safe") {
            mstore(revealed, reveals)
            mstore(vectors, reveals)
            mstore(rest, silent)
        }
    }

    /// @dev The word of the auditor in a seat. An id is that of one account.
    function _wordAt(
        TaskState storage task,
        Panel memory panel,
        uint256 position,
        address auditor
    ) private view returns (uint256 word) {
        word = ParticipantLib.wordAs(task, panel.taskId, auditor, ILearningTasks.Role.Auditor);
        if (ParticipantLib.idOf(word) != panel.auditors.valueAt(position))
            revert ILearningTasks.LearningTasks_WrongSeat(panel.taskId, panel.number, position, auditor);
    }

    /// @dev Where the vector of an opening begins in the calldata, which is what the auditor committed to.
    function _readVector(
        Panel memory panel,
        address auditor,
        uint256 word,
        bytes calldata openings,
        uint256 place
    ) private view returns (uint256 vector) {
        bytes calldata opening = slice(panel, openings, place, SALT + panel.length);
        bytes32 commitment = CommitmentsLib.ofScores(
            panel.taskId,
            panel.round,
            auditor,
            bytes16(opening[:SALT]),
            keccak256(opening[SALT:])
        );
        if (!ParticipantLib.opens(word, commitment, panel.round))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(panel.taskId, panel.round, auditor);
        assembly ("memory-safe") {
            vector := add(opening.offset, SALT)
        }
    }

    /// @notice A part of packed openings; reverts if they are too short.
    function slice(
        Panel memory panel,
        bytes calldata openings,
        uint256 from,
        uint256 length
    ) internal pure returns (bytes calldata) {
        if (from + length > openings.length) refuse(panel, openings, from + length);
        return openings[from:from + length];
    }

    /// @notice Reverts for openings of another length than their seats need.
    function refuse(Panel memory panel, bytes calldata openings, uint256 needed) internal pure {
        revert ILearningTasks.LearningTasks_InvalidOpenings(panel.taskId, panel.number, openings.length, needed);
    }

    function _score(TaskState storage task, Panel memory panel) private {
        Result memory result = newResult(panel.vectors.length, task.terms.epsilon);
        uint256 period = task.head.settled / task.terms.periodRounds;
        bytes memory medians = new bytes(panel.length);
        for (uint256 i; i < panel.size; ++i) {
            uint256 median = _scoreCell(task, panel, result, period, i);
            write(medians, i, median);
        }
        unchecked {
            // fewer than 2^24 balances, each below 2^31; a fall is a rise modulo 2^256 that ends at 0 or above
            task.periods[period].positive = uint56(task.periods[period].positive + result.rise);
        }
        _pay(task, panel, result, medians);
    }

    /// @notice A result for so many vectors, before any cell.
    function newResult(uint256 reveals, uint16 epsilon) internal pure returns (Result memory result) {
        result.scores = new uint256[](reveals);
        result.sorted = new uint256[](reveals);
        result.close = new uint256[](reveals);
        result.distance = LaneLib.fill(epsilon);
    }

    /// @notice Puts the medians of the cell of this index into a list, laid out as a vector.
    /// @param medians has a word for each two cells.
    function write(bytes memory medians, uint256 index, uint256 median) internal pure {
        assembly ("memory-safe") {
            // two cells a word, the first of them 16 bits higher
            let word := add(add(medians, 32), shl(5, shr(1, index)))
            mstore(word, or(mload(word), shl(shl(4, iszero(and(index, 1))), median)))
        }
    }

    /// @dev The median of each revealed update of a cell joins its client's balance. What auditors say of an update that was
    /// not revealed counts for nothing, also for their pay; an update that most of them can't have is none from now on.
    function _scoreCell(
        TaskState storage task,
        Panel memory panel,
        Result memory result,
        uint256 period,
        uint256 index
    ) private returns (uint256 median) {
        uint256 cell = panel.cells.valueAt(panel.first + index);
        uint256 bits = RevealedLib.ofCell(task, panel.round, cell);
        median = judge(panel.vectors, result, index, LaneLib.spread(bits));
        uint256 there = LaneLib.present(median);
        uint256 scores = LaneLib.neutral(median, there);
        result.told |= LaneLib.differences(scores);

        mapping(uint256 cell => uint256 lanes) storage ofPeriod = task.scores[period];
        uint256 balances = ofPeriod[cell];
        unchecked {
            // modulo 2^256
            if (balances == 0) balances = _carryOver(task, period, cell);
            else result.rise -= LaneLib.positive(balances);
            balances = LaneLib.add(balances, scores);
            result.rise += LaneLib.positive(balances);
        }
        ofPeriod[cell] = balances;
        uint256 absent = bits ^ LaneLib.gather(there);
        if (absent != 0) RevealedLib.removeAbsent(task, panel.round, cell, absent);
    }

    /// @notice The medians of a cell for the updates with a flag; counts who is near them.
    function judge(
        uint256[] memory vectors,
        Result memory result,
        uint256 index,
        uint256 flags
    ) internal pure returns (uint256 median) {
        uint256[] memory scores = result.scores;
        uint256[] memory sorted = result.sorted;
        LaneLib.load(vectors, (index >> 1) << 5, index & 1 == 0 ? 16 : 0, scores);
        assembly ("memory-safe") {
            // both have the same length
            mcopy(add(sorted, 32), add(scores, 32), shl(5, mload(scores)))
        }
        median = LaneLib.only(LaneLib.lowerMedian(sorted), flags);
        (uint256 low, uint256 high) = LaneLib.around(median, result.distance);
        LaneLib.countBetween(scores, low, high, flags, result.close);
        unchecked {
            // at most 32 in a lane
            result.updates += flags;
        }
    }

    /// @dev A void panel scores nobody, and forgives nobody: what a period of nothing but void panels would have forgotten
    /// goes on.
    function _keepDebts(TaskState storage task, Panel memory panel) private {
        uint256 period = task.head.settled / task.terms.periodRounds;
        mapping(uint256 cell => uint256 lanes) storage ofPeriod = task.scores[period];
        for (uint256 i; i < panel.size; ++i) {
            uint256 cell = panel.cells.valueAt(panel.first + i);
            if (ofPeriod[cell] != 0) continue;
            uint256 balances = _carryOver(task, period, cell);
            // none of them is positive: the period's sum stays as it is
            if (balances != LaneLib.ZERO_BALANCES) ofPeriod[cell] = balances;
        }
    }

    function _carryOver(TaskState storage task, uint256 period, uint256 cell) private view returns (uint256 balances) {
        return LaneLib.carryOver(period == 0 ? 0 : task.scores[period - 1][cell]);
    }

    function _pay(TaskState storage task, Panel memory panel, Result memory result, bytes memory medians) private {
        uint256 updates = LaneLib.sum(result.updates);
        // a panel that finds every update worth nothing has told nothing; one that told something has updates
        uint256 seatPay = result.told == 0 ? 0 : panel.seatPay;
        uint256[] memory accurate = result.close;
        uint256 total;
        for (uint256 i; i < accurate.length; ++i) {
            accurate[i] = LaneLib.sum(accurate[i]);
            if (seatPay == 0) continue;
            uint256 amount = (seatPay * accurate[i]) / updates;
            total += amount;
            // all pay together is at most the reward, which has 96 bits
            task.credits[panel.revealed[i]].earned += uint128(amount);
        }
        if (total != 0) task.owed += uint96(total);
        emit ILearningTasks.PanelSettled(
            panel.taskId,
            panel.round,
            panel.number,
            updates,
            medians,
            panel.revealed,
            accurate,
            seatPay
        );
    }

    /// @notice Every silent seat loses what a reveal that is owed and not given costs.
    function punishSilent(TaskState storage task, Panel memory panel, IStakeVault vault) internal {
        address[] memory silent = panel.silent;
        for (uint256 i; i < silent.length; ++i) {
            Seat storage seat = task.auditors[ParticipantLib.idOf(task.words[silent[i]])];
            task.miss(panel.taskId, panel.round, seat, ILearningTasks.Role.Auditor, vault);
        }
    }
}
