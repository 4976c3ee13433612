// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IRewardEscrow} from "../../rewards/interfaces/IRewardEscrow.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../interfaces/ITaskRewards.sol";
import {Credit, PayPeriod, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";

/// @title Claims
/// @notice Pays what was earned, each part of it once. `claims[account]` holds what an account was paid for, and of clients
/// also their id, so that all claims but the first read nothing else of them:
///
/// `[unused 6 | recorded 1 | noted 1 | id 24 | periods 224]`
///
/// `payouts[period >> 1]` holds two closed periods of equal pools, so that a claim of many reads half as much:
///
/// `[from 32 | divisor 48] of the odd period | [from 32 | divisor 48] of the even one | pool 96`
///
/// Bit p of `periods`: paid for period p. `noted`: `id` is that of the client. `recorded`: the account's reputation of the
/// task was recorded.
library ClaimLib {
    using ParticipantLib for TaskState;

    /// @notice Most pay periods of a task.
    uint256 internal constant MAX_PERIODS = 224;
    /// @notice Set when the reputation of the account was recorded.
    uint256 internal constant RECORDED = 1 << 249;

    uint256 private constant NOTED = 1 << 248;
    uint256 private constant PERIODS = (1 << MAX_PERIODS) - 1;
    /// @dev What `payouts` holds of one period alone.
    uint256 private constant ENTRY = (1 << 80) - 1;
    /// @dev A score of 0 in a lane, see `LaneLib`.
    uint256 private constant ZERO = 1 << 31;

    /// @notice See `ITaskRewards.claim`.
    /// @dev All that is noted of a claim is written before its payment; a recipient or token that comes back finds it
    /// paid.
    function claim(
        mapping(TaskId taskId => TaskState task) storage tasks,
        uint256[] calldata items,
        address account,
        address to,
        IRewardEscrow escrow
    ) internal returns (uint256 total) {
        for (uint256 i; i < items.length; ++i) {
            uint256 item = items[i];
            TaskId taskId = TaskId.wrap(item >> MAX_PERIODS);
            uint256 periods = item & PERIODS;
            TaskState storage task = tasks[taskId];
            uint256 amount = periods == 0 ? _takeCredit(task, account) : _takePay(task, taskId, account, periods);
            if (amount == 0) continue;
            total += amount;
            emit ITaskRewards.RewardClaimed(taskId, account, to, periods, amount);
            escrow.pay(TaskId.unwrap(taskId), to, amount);
        }
    }

    /// @notice Notes a period that was just closed for claims, if it has the pool of the one before and fits; what was
    /// not noted is read from the period itself.
    function note(TaskState storage task, uint256 period) internal {
        PayPeriod memory pay = task.periods[period];
        uint256 word = task.payouts[period >> 1];
        bool same = word == 0 || uint96(word) == pay.pool;
        if (!same || pay.divisor > type(uint48).max || pay.claimableFrom > type(uint32).max) return;
        uint256 entry = (uint256(pay.claimableFrom) << 48) | pay.divisor;
        task.payouts[period >> 1] = word | pay.pool | (entry << _entryShift(period));
    }

    /// @notice Notes a closed period anew whose scores were changed before it could be claimed.
    function noteAgain(TaskState storage task, uint256 period) internal {
        task.payouts[period >> 1] &= ~(ENTRY << _entryShift(period));
        note(task, period);
    }

    /// @notice What a client has in a period that was closed; 0 in any other.
    function payOf(TaskState storage task, uint256 id, uint256 period) internal view returns (uint256) {
        PayPeriod memory pay = task.periods[period];
        return _pay(pay.pool, pay.divisor, _scoreOf(task, id, period));
    }

    /// @notice Whether the account was paid for a period.
    function isPaid(TaskState storage task, address account, uint256 period) internal view returns (bool) {
        return (task.claims[account] >> period) & 1 != 0;
    }

    function _takeCredit(TaskState storage task, address account) private returns (uint256 amount) {
        Credit storage credit = task.credits[account];
        uint128 earned = credit.earned;
        amount = earned - credit.claimed;
        credit.claimed = earned;
    }

    function _takePay(
        TaskState storage task,
        TaskId taskId,
        address account,
        uint256 periods
    ) private returns (uint256 amount) {
        uint256 word = task.claims[account];
        if (word & NOTED == 0) {
            uint256 place = task.wordAs(taskId, account, ILearningTasks.Role.Client);
            word |= NOTED | (ParticipantLib.idOf(place) << MAX_PERIODS);
        }
        // the id is the 24 bits above the periods
        uint256 id = uint24(word >> MAX_PERIODS);
        uint256 fresh = periods & ~word;
        uint256 pair;
        unchecked {
            // at most 224 times less than 2^96
            for (uint256 period; fresh != 0; ++period) {
                // the second of two periods needs no other word than the first
                if (period & 1 == 0 && fresh & 3 != 0) pair = task.payouts[period >> 1];
                if (fresh & 1 != 0) {
                    uint256 entry = pair >> _entryShift(period);
                    uint256 from = uint32(entry >> 48);
                    if (from == 0 || block.timestamp < from) {
                        amount += _slowly(task, taskId, id, period);
                    } else {
                        amount += _pay(uint96(pair), uint48(entry), _scoreOf(task, id, period));
                    }
                }
                fresh >>= 1;
            }
        }
        if (amount != 0) task.claims[account] = word | periods;
    }

    /// @dev A period that was not noted, or can't be claimed.
    function _slowly(TaskState storage task, TaskId taskId, uint256 id, uint256 period) private view returns (uint256) {
        uint256 from = task.periods[period].claimableFrom;
        if (from == 0 || block.timestamp < from) revert ITaskRewards.LearningTasks_NotClaimable(taskId, period, from);
        return payOf(task, id, period);
    }

    /// @param score that of a client in the lowest 32 bits, 2^31 more than it is.
    function _pay(uint256 pool, uint256 divisor, uint256 score) private pure returns (uint256) {
        uint256 lane = uint32(score);
        if (lane <= ZERO || divisor == 0) return 0;
        unchecked {
            // 96 bits times less than 2^31
            return (pool * (lane - ZERO)) / divisor;
        }
    }

    /// @dev In the lowest 32 bits; eight clients a word, see `LaneLib`.
    function _scoreOf(TaskState storage task, uint256 id, uint256 period) private view returns (uint256) {
        return task.scores[period][id >> 3] >> ((id & 7) << 5);
    }

    function _entryShift(uint256 period) private pure returns (uint256) {
        return 96 + 80 * (period & 1);
    }
}
