// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Seat, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";

/// @title Stakes of seats
/// @notice What auditors and aggregators lose, always to the treasury of the task. Nothing here can fail: who has nothing
/// left loses nothing.
library SeatLib {
    /// @notice Misses in one task that jail: by then a seat has lost its whole stake, `missPenalty` being a third of it or
    /// more.
    uint256 internal constant MISSES_TO_JAIL = 3;
    /// @notice How long no seat in any task can be taken then.
    uint256 internal constant JAIL_TIME = 90 days;

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

    function _slash(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        Seat storage seat,
        ILearningTasks.Role role,
        uint96 amount,
        IStakeVault vault
    ) private {
        uint96 stake = seat.stake;
        if (amount > stake) amount = stake;
        if (amount == 0) return;
        seat.stake = stake - amount;
        address account = seat.account;
        emit ILearningTasks.ParticipantSlashed(taskId, round, account, role, amount);
        vault.slash(account, task.terms.token, amount, task.terms.slashRecipient);
    }
}
