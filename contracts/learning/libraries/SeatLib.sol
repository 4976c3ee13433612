// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Seat, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";

/// @title Stakes of seats
/// @notice What auditors and aggregators lose, to the treasury of the task and who found a fault. No loss can fail: who
/// has nothing left loses nothing.
library SeatLib {
    /// @notice Misses in one task that jail: by then a seat has lost its whole stake, `missPenalty` being a third of it or
    /// more.
    uint256 internal constant MISSES_TO_JAIL = 3;
    /// @notice How long no seat in any task can be taken then.
    uint256 internal constant JAIL_TIME = 90 days;

    /// @dev What of a forfeited stake is the challenger's: one part of so many. The rest keeps it a loss to disprove oneself.
    uint96 private constant CHALLENGER_PART = 4;

    /// @notice What the fines of an appeal are for.
    struct Fine {
        TaskId taskId;
        uint256 round;
        address appellant;
        uint96 owed; // to the appellant before the treasury has any of it
    }

    /// @notice Reverts unless a seat still holds half of what a miss costs, or all that was ever locked for it: with less,
    /// silence and lies would cost next to nothing. Two misses of a third each, rounded up, leave more.
    /// @param full stake of the role.
    function requireSecured(TaskState storage task, TaskId taskId, Seat storage seat, uint96 full) internal view {
        uint96 stake = seat.stake;
        if (2 * uint256(stake) < task.terms.missPenalty && stake != full)
            revert ILearningTasks.LearningTasks_TooLittleStake(taskId, seat.account, stake);
    }

    /// @notice A reveal that was owed was not given.
    function miss(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        Seat storage seat,
        ILearningTasks.Role role,
        IStakeVault vault
    ) internal {
        _share(task, seat, _take(taskId, round, seat, role, task.terms.missPenalty), 0, address(0), vault);
        address account = seat.account;
        uint256 word = ParticipantLib.miss(task.words[account]);
        task.words[account] = word;
        if (ParticipantLib.missesOf(word) != MISSES_TO_JAIL) return;
        // a 48-bit clock
        uint48 until = uint48(block.timestamp + JAIL_TIME);
        vault.jail(account, until);
        vault.jail(seat.did, until);
    }

    /// @notice The whole stake of an aggregator's seat, for an answer that was disproved. A part is the challenger's.
    function forfeit(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        Seat storage seat,
        address challenger,
        IStakeVault vault
    ) internal {
        uint96 amount = _take(taskId, round, seat, ILearningTasks.Role.Aggregator, type(uint96).max);
        _share(task, seat, amount, amount / CHALLENGER_PART, challenger, vault);
    }

    /// @notice `missPenalty` for scores that an appeal found far off. Up to what the appellant is owed, and half of the
    /// rest, is the appellant's.
    function fine(TaskState storage task, Fine memory terms, Seat storage seat, IStakeVault vault) internal {
        uint96 penalty = task.terms.missPenalty;
        uint96 amount = _take(terms.taskId, terms.round, seat, ILearningTasks.Role.Auditor, penalty);
        uint96 repaid = amount < terms.owed ? amount : terms.owed;
        terms.owed -= repaid;
        _share(task, seat, amount, repaid + (amount - repaid) / 2, terms.appellant, vault);
    }

    /// @dev Slashes what was taken off a seat: `given` of it for somebody who found the fault, the rest for the treasury.
    function _share(
        TaskState storage task,
        Seat storage seat,
        uint96 amount,
        uint96 given,
        address finder,
        IStakeVault vault
    ) private {
        (address account, address token) = (seat.account, task.terms.token);
        if (given != 0) vault.slash(account, token, given, finder);
        if (amount != given) vault.slash(account, token, amount - given, task.terms.slashRecipient);
    }

    /// @dev Takes an amount, or what there is of it, off the stake of a seat.
    function _take(
        TaskId taskId,
        uint256 round,
        Seat storage seat,
        ILearningTasks.Role role,
        uint96 amount
    ) private returns (uint96 taken) {
        uint96 stake = seat.stake;
        taken = amount < stake ? amount : stake;
        if (taken == 0) return 0;
        seat.stake = stake - taken;
        emit ILearningTasks.ParticipantSlashed(taskId, round, seat.account, role, taken);
    }
}
