// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningAppeals} from "../interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Appeal, PayPeriod, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {AppealLib} from "./AppealLib.sol";
import {ClaimLib} from "./ClaimLib.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {LaneLib} from "./LaneLib.sol";
import {PanelSettlementLib} from "./PanelSettlementLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {PermutationLib} from "./PermutationLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";

/// @title Verdicts
/// @notice What a fresh panel decides: scores of the panel's clients, stake of its outliers, the appellant's bond. Linked. See
/// `ILearningAppeals`.
library VerdictLib {
    using ClaimLib for TaskState;
    using PermutationLib for PermutationLib.Permutation;
    using SeatLib for TaskState;

    bytes32 private constant FRESH = keccak256("artel.panels.fresh.v1");
    /// @dev By how many seats a fresh panel is larger than the one it judges, where it can be: so many may be silent.
    uint256 private constant SPARE_SEATS = 2;

    /// @dev What the new medians say. Lists are by vector of the old panel.
    struct Verdict {
        uint256[] vectors; // where they begin in the calldata
        uint256[] close; // scores near the new medians, by lane
        uint256[] unmoved; // one word: old medians near the new ones, by lane
        uint256 rise; // of the sum of positive balances, modulo 2^256
        bytes medians;
        bytes before; // the old medians
        uint256 updates;
        uint256 corrected; // updates whose median moved
        uint96 paid; // to the fresh panel, out of the bond
        bool outliers; // whether there is any
    }

    /// @notice See `ILearningAppeals.settleAppeal`.
    /// @param vault is trusted: no call to it comes back.
    function settle(
        TaskState storage task,
        TaskId taskId,
        ILearningAppeals.AppealedPanel calldata panel,
        bytes calldata openings,
        IStakeVault vault
    ) external {
        Appeal memory appeal = _take(task, taskId, panel);
        PanelSettlementLib.Panel memory fresh = _readSeats(task, taskId, panel, appeal, openings);
        // panels of eleven are judged by no larger ones: else a single accomplice could veto their verdict
        if (fresh.revealed.length < panel.revealed.length && fresh.silent.length > SPARE_SEATS) {
            emit ILearningAppeals.AppealVoided(taskId, panel.round, panel.number, fresh.revealed.length);
            vault.unlock(appeal.appellant, task.terms.token, appeal.bond);
        } else {
            _decide(task, panel, appeal, fresh, vault);
        }
        if (!appeal.late) _punishSilent(task, fresh, vault);
    }

    /// @dev Silence on the fresh panels of a round, all of which work at the same time, is one miss: else whoever appeals
    /// all of its panels would make an outage cost a whole stake.
    function _punishSilent(TaskState storage task, PanelSettlementLib.Panel memory fresh, IStakeVault vault) private {
        // no panel has this number
        bytes32 id = AppealLib.idOf(fresh.round, TaskTermsLib.MAX_PANELS);
        mapping(address auditor => uint256 word) storage missed = task.reviews[id];
        address[] memory silent = fresh.silent;
        uint256 count;
        for (uint256 i; i < silent.length; ++i) {
            address auditor = silent[i];
            if (missed[auditor] != 0) continue;
            missed[auditor] = 1;
            silent[count] = auditor;
            ++count;
        }
        PanelSettlementLib.shorten(fresh, fresh.revealed.length, count);
        PanelSettlementLib.punishSilent(task, fresh, vault);
    }

    /// @dev An appeal of this panel whose time it is, which is over with that.
    function _take(
        TaskState storage task,
        TaskId taskId,
        ILearningAppeals.AppealedPanel calldata panel
    ) private returns (Appeal memory appeal) {
        appeal = AppealLib.pending(task, taskId, panel.round, panel.number);
        bytes32 digest = keccak256(abi.encode(panel));
        if (digest != appeal.digest) revert ILearningAppeals.LearningAppeals_WrongPanel(taskId, digest, appeal.digest);
        if (appeal.startedAt == 0) revert ILearningAppeals.LearningAppeals_NotDrawn(taskId, panel.round, panel.number);
        (uint256 from, uint256 until) = AppealLib.settleTime(task, appeal.startedAt);
        AppealLib.requireTime(taskId, panel.round, panel.number, from, until);
        delete task.appeals[AppealLib.idOf(panel.round, panel.number)];
    }

    // ---------------------------------------------------------------------------------------------------- fresh seats

    /// @dev Seat by seat of the fresh panel: its auditor's address, and if it revealed, salt and vector.
    function _readSeats(
        TaskState storage task,
        TaskId taskId,
        ILearningAppeals.AppealedPanel calldata panel,
        Appeal memory appeal,
        bytes calldata openings
    ) private view returns (PanelSettlementLib.Panel memory fresh) {
        uint256[] memory ids = _draw(task, panel, appeal.seed);
        fresh.taskId = taskId;
        fresh.round = panel.round;
        fresh.number = panel.number;
        fresh.length = appeal.length;
        fresh.size = panel.cells.length / 2;
        fresh.seatPay = (appeal.bond - AppealLib.bondPart(task)) / ids.length;
        fresh.revealed = new address[](ids.length);
        fresh.vectors = new uint256[](ids.length);
        fresh.silent = new address[](ids.length);
        uint256 reveals;
        uint256 place;
        for (uint256 seat; seat < ids.length; ++seat) {
            address auditor = address(
                bytes20(PanelSettlementLib.slice(fresh, openings, place, PanelSettlementLib.ACCOUNT))
            );
            place += PanelSettlementLib.ACCOUNT;
            if (task.auditors[ids[seat]].account != auditor)
                revert ILearningTasks.LearningTasks_WrongSeat(taskId, panel.number, seat, auditor);
            uint256 word = task.reviews[AppealLib.idOf(panel.round, panel.number)][auditor];
            if (word & 1 == 0) {
                fresh.silent[seat - reveals] = auditor;
            } else {
                fresh.revealed[reveals] = auditor;
                fresh.vectors[reveals] = _readVector(fresh, auditor, word, openings, place);
                place += PanelSettlementLib.SALT + fresh.length;
                ++reveals;
            }
        }
        if (place != openings.length) PanelSettlementLib.refuse(fresh, openings, place);
        PanelSettlementLib.shorten(fresh, reveals, ids.length - reveals);
    }

    /// @dev Ids of the fresh panel: the auditors in the order of its seed, without those of the old one.
    function _draw(
        TaskState storage task,
        ILearningAppeals.AppealedPanel calldata panel,
        bytes32 seed
    ) private view returns (uint256[] memory ids) {
        PermutationLib.Permutation memory order = PermutationLib.create(seed, FRESH, task.head.auditors);
        ids = new uint256[](AppealLib.seatsOf(task));
        uint256 found;
        // there are as many others as seats: at most eleven members are passed over
        for (uint256 position; found < ids.length; ++position) {
            uint256 id = order.valueAt(position);
            address account = task.auditors[id].account;
            if (_has(panel.revealed, account) || _has(panel.silent, account)) continue;
            ids[found] = id;
            ++found;
        }
    }

    function _has(address[] calldata accounts, address account) private pure returns (bool) {
        for (uint256 i; i < accounts.length; ++i) if (accounts[i] == account) return true;
        return false;
    }

    /// @dev Where the vector of an opening begins in the calldata, which is what the auditor revealed.
    function _readVector(
        PanelSettlementLib.Panel memory fresh,
        address auditor,
        uint256 word,
        bytes calldata openings,
        uint256 place
    ) private view returns (uint256 vector) {
        uint256 salt = PanelSettlementLib.SALT;
        bytes calldata opening = PanelSettlementLib.slice(fresh, openings, place, salt + fresh.length);
        bytes32 commitment = CommitmentsLib.ofReview(
            fresh.taskId,
            fresh.round,
            fresh.number,
            auditor,
            bytes16(opening[:salt]),
            keccak256(opening[salt:])
        );
        if (word != AppealLib.opened(commitment))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(fresh.taskId, fresh.round, auditor);
        assembly ("memory-safe") {
            vector := add(opening.offset, salt)
        }
    }

    // --------------------------------------------------------------------------------------------------------- scores

    function _decide(
        TaskState storage task,
        ILearningAppeals.AppealedPanel calldata panel,
        Appeal memory appeal,
        PanelSettlementLib.Panel memory fresh,
        IStakeVault vault
    ) private {
        uint16 epsilon = task.terms.epsilon;
        PanelSettlementLib.Result memory result = PanelSettlementLib.newResult(fresh.vectors.length, epsilon);
        Verdict memory verdict = _judge(task, panel, fresh, result);
        _amend(task, fresh.taskId, panel.period, verdict.rise);
        verdict.updates = LaneLib.sum(result.updates);
        verdict.corrected = verdict.updates - LaneLib.sum(verdict.unmoved[0]);
        // a panel that finds every update worth nothing has told nothing; one that told something has updates
        if (result.told == 0) fresh.seatPay = 0;
        _pay(task, appeal.appellant, fresh, verdict, result.close, vault);
        _fine(task, fresh.taskId, panel, appeal.appellant, verdict, vault);
        uint96 rest = appeal.bond - verdict.paid;
        bool upheld = verdict.outliers || verdict.corrected != 0;
        _emitSettled(fresh, verdict, panel.period, result.close, upheld ? rest : 0);
        if (upheld) vault.unlock(appeal.appellant, task.terms.token, rest);
        else vault.slash(appeal.appellant, task.terms.token, rest, task.terms.slashRecipient);
    }

    /// @dev Puts the new medians in the place of the old ones, cell by cell, and compares both and the old vectors.
    function _judge(
        TaskState storage task,
        ILearningAppeals.AppealedPanel calldata panel,
        PanelSettlementLib.Panel memory fresh,
        PanelSettlementLib.Result memory result
    ) private returns (Verdict memory verdict) {
        PanelSettlementLib.Result memory old = PanelSettlementLib.newResult(panel.revealed.length, task.terms.epsilon);
        verdict.vectors = _places(panel.vectors, panel.revealed.length, fresh.length);
        verdict.close = new uint256[](panel.revealed.length);
        verdict.unmoved = new uint256[](1);
        verdict.medians = new bytes(fresh.length);
        verdict.before = new bytes(fresh.length);
        for (uint256 i; i < fresh.size; ++i) {
            uint256 flags = LaneLib.spread((panel.updates >> (8 * i)) & 0xff);
            uint256 median = PanelSettlementLib.judge(fresh.vectors, result, i, flags);
            uint256 before = PanelSettlementLib.judge(verdict.vectors, old, i, flags);
            _compare(verdict, old, median, before, flags);
            result.told |= LaneLib.differences(LaneLib.neutral(median, LaneLib.present(median)));
            median = LaneLib.orNegative(median, before);
            PanelSettlementLib.write(verdict.medians, i, median);
            PanelSettlementLib.write(verdict.before, i, before);
            median = LaneLib.neutral(median, LaneLib.present(median));
            _replace(task, panel, verdict, i, LaneLib.neutral(before, LaneLib.present(before)), median);
        }
    }

    /// @dev Where each of the vectors side by side begins in the calldata.
    function _places(
        bytes calldata vectors,
        uint256 count,
        uint256 length
    ) private pure returns (uint256[] memory places) {
        places = new uint256[](count);
        uint256 place;
        assembly ("memory-safe") {
            place := vectors.offset
        }
        for (uint256 i; i < count; ++i) places[i] = place + i * length;
    }

    /// @dev Counts what is near the new medians of a cell: scores of the old panel, and its medians.
    function _compare(
        Verdict memory verdict,
        PanelSettlementLib.Result memory old,
        uint256 median,
        uint256 before,
        uint256 flags
    ) private pure {
        (uint256 low, uint256 high) = LaneLib.around(median, old.distance);
        // what the fresh panel could not have, the old one may have had: no score or median is far from it
        high |= LaneLib.only(LaneLib.fill(type(uint16).max), flags ^ (flags & LaneLib.present(median)));
        uint256[] memory one = new uint256[](1);
        one[0] = before;
        LaneLib.countBetween(one, low, high, flags, verdict.unmoved);
        LaneLib.countBetween(old.scores, low, high, flags, verdict.close);
        // whoever did not have what its panel had may have been kept from it: such absence, 0 in its lane, is not far either
        flags &= LaneLib.present(median) & LaneLib.present(before);
        LaneLib.countBetween(old.scores, 0, 0, flags, verdict.close);
    }

    function _replace(
        TaskState storage task,
        ILearningAppeals.AppealedPanel calldata panel,
        Verdict memory verdict,
        uint256 index,
        uint256 before,
        uint256 median
    ) private {
        if (before == median) return;
        uint256 cell = uint16(bytes2(panel.cells[2 * index:2 * index + 2]));
        // the panel wrote it when it was settled
        uint256 balances = task.scores[panel.period][cell];
        uint256 next = LaneLib.replace(balances, before, median);
        task.scores[panel.period][cell] = next;
        unchecked {
            // modulo 2^256
            verdict.rise += LaneLib.positive(next) - LaneLib.positive(balances);
        }
    }

    /// @dev The sum of positive scores of a period, and if it was closed already what follows from it.
    function _amend(TaskState storage task, TaskId taskId, uint256 index, uint256 rise) private {
        if (rise == 0) return;
        PayPeriod memory period = task.periods[index];
        uint256 owed = _owedIn(period);
        unchecked {
            // as in PanelSettlementLib
            period.positive = uint56(period.positive + rise);
        }
        if (period.divisor != 0) {
            // of 56 and 32 bits
            period.divisor = uint56(Math.max(period.positive, task.terms.minimumScore));
            // at most the pool, before and after
            task.owed = uint96(task.owed - owed + _owedIn(period));
        }
        task.periods[index] = period;
        if (period.divisor == 0) return;
        task.noteAgain(index);
        emit ILearningAppeals.PeriodAmended(taskId, index, period.positive, period.divisor);
    }

    /// @dev What clients have of a period; nothing while it runs.
    function _owedIn(PayPeriod memory period) private pure returns (uint256 owed) {
        return period.divisor == 0 ? 0 : (uint256(period.pool) * period.positive) / period.divisor;
    }

    // ---------------------------------------------------------------------------------------------------------- money

    /// @dev Pays the fresh panel out of the bond.
    /// @param close counts by vector and lane; from now on by vector alone.
    function _pay(
        TaskState storage task,
        address appellant,
        PanelSettlementLib.Panel memory fresh,
        Verdict memory verdict,
        uint256[] memory close,
        IStakeVault vault
    ) private {
        for (uint256 i; i < close.length; ++i) {
            close[i] = LaneLib.sum(close[i]);
            if (fresh.seatPay == 0) continue;
            // at most the pay of a seat, of which the bond has one for each
            uint96 amount = uint96((fresh.seatPay * close[i]) / verdict.updates);
            verdict.paid += amount;
            vault.slash(appellant, task.terms.token, amount, fresh.revealed[i]);
        }
    }

    /// @dev Fines those whose scores are far from the new medians in more than half of the updates.
    function _fine(
        TaskState storage task,
        TaskId taskId,
        ILearningAppeals.AppealedPanel calldata panel,
        address appellant,
        Verdict memory verdict,
        IStakeVault vault
    ) private {
        SeatLib.Fine memory fine = SeatLib.Fine(taskId, panel.round, appellant, verdict.paid);
        for (uint256 i; i < verdict.close.length; ++i) {
            if (2 * LaneLib.sum(verdict.close[i]) >= verdict.updates) continue;
            verdict.outliers = true;
            task.fine(fine, task.auditors[ParticipantLib.idOf(task.words[panel.revealed[i]])], vault);
        }
    }

    /// @dev On its own because of the depth of the stack.
    function _emitSettled(
        PanelSettlementLib.Panel memory fresh,
        Verdict memory verdict,
        uint256 period,
        uint256[] memory accurate,
        uint256 returned
    ) private {
        emit ILearningAppeals.AppealSettled(
            fresh.taskId,
            fresh.round,
            fresh.number,
            period,
            verdict.corrected,
            verdict.medians,
            verdict.before,
            fresh.revealed,
            accurate,
            fresh.seatPay,
            returned
        );
    }
}
