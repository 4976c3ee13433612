// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
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
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Settlement of panels
/// @notice Turns what a panel revealed into scores of its clients, pay of its auditors, and slashes of those who were
/// silent. Linked, so that `LearningTasks` stays below the size limit of contracts.
library PanelSettlementLib {
    using PanelLib for Panels;
    using PermutationLib for PermutationLib.Permutation;
    using TaskPhaseLib for TaskState;

    /// @notice Fewest reveals of a panel that is not void: with fewer, one auditor would decide.
    uint256 internal constant MIN_REVEALS = 3;
    /// @notice Misses in a task from which on each one jails.
    uint256 internal constant JAILING_MISSES = 3;
    /// @notice How long nobody who is jailed gets a new seat.
    uint256 internal constant JAIL = 90 days;

    uint256 private constant ACCOUNT = 20;
    uint256 private constant SALT = 16;

    /// @dev A panel while it is being settled.
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

    /// @dev What comes of it.
    struct Result {
        uint256[] scores; // of one cell, by vector
        uint256[] close; // scores near the median, by vector and lane
        uint256 updates; // scored, by lane
        uint256 rise; // of the sum of positive balances, modulo 2^256
        uint256 within; // epsilon in each lane
        bool informative;
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
        _readSeats(task, panel, openings);
        uint256 reveals = panel.revealed.length;
        if (reveals < MIN_REVEALS) {
            emit ILearningTasks.PanelVoided(taskId, panel.round, number, reveals);
        } else {
            // bit 255 is set since the draw, the numbers of panels are below 240
            task.panels.scoredSet |= 1 << number;
            _score(task, panel);
        }
        address[] memory silent = panel.silent;
        for (uint256 i; i < silent.length; ++i) _punish(task, taskId, panel.round, silent[i], vault);
    }

    /// @dev Marks the panel as settled.
    function _take(TaskState storage task, TaskId taskId, uint256 number) private returns (Panel memory panel) {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.Settle);
        Panels memory panels = task.panels;
        if (panels.round != round) revert ILearningTasks.LearningTasks_NotDrawn(taskId, round);
        if (number >= panels.panels) revert ILearningTasks.LearningTasks_NoSuchPanel(taskId, number, panels.panels);
        if ((panels.settledSet >> number) & 1 != 0)
            revert ILearningTasks.LearningTasks_AlreadySettled(taskId, round, number);
        task.panels.settledSet = panels.settledSet | (1 << number);

        panel.taskId = taskId;
        panel.round = round;
        panel.number = number;
        panel.seatPay = panels.seatPay;
        panel.first = panels.firstOf(number);
        panel.size = panels.firstOf(number + 1) - panel.first;
        panel.length = PanelLib.lengthOf(panels.cells, panels.panels);
        panel.cells = panels.cellsIn();
        panel.auditors = panels.auditorsIn();
    }

    /// @dev Seat by seat: its auditor's address, and if it revealed, salt and vector.
    function _readSeats(TaskState storage task, Panel memory panel, bytes calldata openings) private view {
        uint256 seats = task.terms.panelSeats;
        panel.revealed = new address[](seats);
        panel.vectors = new uint256[](seats);
        panel.silent = new address[](seats);
        uint256 reveals;
        uint256 place;
        for (uint256 seat; seat < seats; ++seat) {
            address auditor = address(bytes20(_slice(panel, openings, place, ACCOUNT)));
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
        if (place != openings.length) _refuse(panel, openings, place);
        _shorten(panel, reveals, seats - reveals);
    }

    /// @dev Cuts off what was made for more seats than were found.
    function _shorten(Panel memory panel, uint256 reveals, uint256 silent) private pure {
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
        bytes calldata opening = _slice(panel, openings, place, SALT + panel.length);
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

    function _slice(
        Panel memory panel,
        bytes calldata openings,
        uint256 from,
        uint256 length
    ) private pure returns (bytes calldata) {
        if (from + length > openings.length) _refuse(panel, openings, from + length);
        return openings[from:from + length];
    }

    function _refuse(Panel memory panel, bytes calldata openings, uint256 needed) private pure {
        revert ILearningTasks.LearningTasks_InvalidOpenings(panel.taskId, panel.number, openings.length, needed);
    }

    function _score(TaskState storage task, Panel memory panel) private {
        Result memory result;
        result.scores = new uint256[](panel.vectors.length);
        result.close = new uint256[](panel.vectors.length);
        result.within = LaneLib.fill(task.terms.epsilon);
        uint256 period = task.head.settled / task.terms.periodRounds;
        bytes memory medians = new bytes(panel.length);
        for (uint256 i; i < panel.size; ++i) {
            uint256 median = _scoreCell(task, panel, result, period, i);
            assembly ("memory-safe") {
                // two cells a word, the first of them 16 bits higher; `medians` has one for each two cells of the largest
                // panel
                let word := add(add(medians, 32), shl(5, shr(1, i)))
                mstore(word, or(mload(word), shl(shl(4, iszero(and(i, 1))), median)))
            }
        }
        unchecked {
            // fewer than 2^24 balances, each below 2^31; a fall is a rise modulo 2^256 that ends at 0 or above
            task.periods[period].positive = uint56(task.periods[period].positive + result.rise);
        }
        uint256 updates = LaneLib.sum(result.updates);
        emit ILearningTasks.PanelSettled(panel.taskId, panel.round, panel.number, updates, medians);
        _pay(task, panel, result, updates);
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
        uint256 flags = LaneLib.spread(bits);
        {
            uint256 offset = (index >> 1) << 5;
            uint256 shift = index & 1 == 0 ? 16 : 0;
            LaneLib.load(panel.vectors, offset, shift, result.scores);
            median = LaneLib.only(LaneLib.lowerMedian(result.scores), flags);
            LaneLib.countClose(panel.vectors, offset, shift, median, result.within, flags, result.close);
        }
        uint256 balances = task.scores[period][cell];
        unchecked {
            // at most 32 updates in a lane; `rise` is modulo 2^256
            result.updates += flags;
            if (balances == 0) balances = _carryOver(task, period, cell);
            else result.rise -= LaneLib.positive(balances);
            balances = LaneLib.add(balances, median);
            result.rise += LaneLib.positive(balances);
        }
        task.scores[period][cell] = balances;
        if (LaneLib.isInformative(median)) result.informative = true;
        uint256 absent = bits ^ LaneLib.gather(LaneLib.present(median));
        if (absent != 0) _removeAbsent(task, cell, absent);
    }

    function _carryOver(TaskState storage task, uint256 period, uint256 cell) private view returns (uint256 balances) {
        return LaneLib.carryOver(period == 0 ? 0 : task.scores[period - 1][cell]);
    }

    function _removeAbsent(TaskState storage task, uint256 cell, uint256 absent) private {
        for (uint256 lane; lane < 8; ++lane) {
            if ((absent >> lane) & 1 != 0) RevealedLib.remove(task, (cell << 3) | lane);
        }
    }

    function _pay(TaskState storage task, Panel memory panel, Result memory result, uint256 updates) private {
        // a panel that finds every update worth nothing has told nothing
        uint256 seatPay = result.informative ? panel.seatPay : 0;
        uint256 total;
        for (uint256 i; i < panel.revealed.length; ++i) {
            uint256 accurate = LaneLib.sum(result.close[i]);
            // an informative panel has an update
            uint256 amount = seatPay == 0 ? 0 : (seatPay * accurate) / updates;
            total += amount;
            // all pay together is at most the reward, which has 96 bits
            if (amount != 0) task.credits[panel.revealed[i]].earned += uint128(amount);
            emit ILearningTasks.AuditorRewarded(panel.taskId, panel.round, panel.revealed[i], accurate, amount);
        }
        task.owed += uint96(total);
    }

    function _punish(TaskState storage task, TaskId taskId, uint256 round, address auditor, IStakeVault vault) private {
        uint256 word = ParticipantLib.miss(task.words[auditor]);
        task.words[auditor] = word;
        Seat storage seat = task.auditors[ParticipantLib.idOf(word)];
        uint96 amount = uint96(Math.min(task.terms.missPenalty, seat.stake));
        seat.stake -= amount;
        emit ILearningTasks.ParticipantSlashed(taskId, round, auditor, ILearningTasks.Role.Auditor, amount);
        if (amount != 0) vault.slash(auditor, task.terms.token, amount, task.terms.slashRecipient);
        // a clock of 48 bits lasts for millions of years
        if (ParticipantLib.missesOf(word) == JAILING_MISSES) vault.jail(auditor, uint48(block.timestamp + JAIL));
    }
}
