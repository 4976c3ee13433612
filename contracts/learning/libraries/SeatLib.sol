// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Seat, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";

/// @title Stakes of seats
/// @notice What auditors and aggregators lose, to the treasury of the task or an appellant. Nothing here can fail: who has nothing
/// left loses nothing.
library SeatLib {
    /// @notice Misses in one task that jail: by then a seat has lost its whole stake, `missPenalty` being a third of it or
    /// more.
    uint256 internal constant MISSES_TO_JAIL = 3;
    /// @notice How long no seat in any task can be taken then.
    uint256 internal constant JAIL_TIME = 90 days;

    /// @notice What the fines of an appeal are for.
    struct Fine {
        TaskId taskId;
        uint256 round;
        address appellant;
        uint96 owed; // to the appellant before the treasury has any of it
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
        _slash(task, taskId, round, seat, role, task.terms.missPenalty, vault);
        address account = seat.account;
        uint256 word = ParticipantLib.miss(task.words[account]);
        task.words[account] = word;
        // a 48-bit clock
        if (ParticipantLib.missesOf(word) == MISSES_TO_JAIL) vault.jail(account, uint48(block.timestamp + JAIL_TIME));
    }

    /// @notice The whole stake of a seat, for a fault that was proved.
    function forfeit(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        Seat storage seat,
        ILearningTasks.Role role,
        IStakeVault vault
    ) internal {
        _slash(task, taskId, round, seat, role, type(uint96).max, vault);
    }

    /// @notice `missPenalty` for scores that an appeal found far off. Up to what the appellant is owed, and half of the
    /// rest, is the appellant's.
    function fine(TaskState storage task, Fine memory terms, Seat storage seat, IStakeVault vault) internal {
        uint96 penalty = task.terms.missPenalty;
        uint96 amount = _take(terms.taskId, terms.round, seat, ILearningTasks.Role.Auditor, penalty);
        uint96 repaid = amount < terms.owed ? amount : terms.owed;
        terms.owed -= repaid;
        uint96 given = repaid + (amount - repaid) / 2;
        (address account, address token) = (seat.account, task.terms.token);
        vault.slash(account, token, given, terms.appellant);
        vault.slash(account, token, amount - given, task.terms.slashRecipient);
    }

    function _slash(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        Seat storage seat,
        ILearningTasks.Role role,
        uint96 amount,
        IStakeVault vault
    ) private {
        amount = _take(taskId, round, seat, role, amount);
        if (amount == 0) return;
        vault.slash(seat.account, task.terms.token, amount, task.terms.slashRecipient);
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
