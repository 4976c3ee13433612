// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../identity/types/Did.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IReputation} from "../../reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../reputation/types/CategoryId.sol";
import {IRewardEscrow} from "../../rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../interfaces/ITaskRewards.sol";
import {Credit, PayPeriod, Seat, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ClaimLib} from "./ClaimLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";

/// @title What a task pays beside claims
/// @notice The end of a task's money, stake and reputation, and the views of what was earned. Linked.
library RewardLib {
    using ClaimLib for TaskState;
    using ParticipantLib for TaskState;

    /// @notice See `ITaskRewards.CLAIM_TIME`.
    uint256 internal constant CLAIM_TIME = 365 days;
    /// @dev Points of reputation for a whole reward.
    uint256 private constant POINTS = 1e6;

    /// @notice See `ITaskRewards.refund`.
    function refund(TaskState storage task, TaskId taskId, IRewardEscrow escrow) external returns (uint256 amount) {
        _requireAfterAppeals(task, taskId, 0);
        uint96 reward = task.terms.reward;
        amount = reward - task.owed;
        if (amount == 0) revert ITaskRewards.LearningTasks_NothingToRefund(taskId);
        // nothing is earned from now on, so that nobody is owed what goes back
        task.owed = reward;
        address owner = task.owner;
        emit ITaskRewards.TaskRefunded(taskId, owner, amount);
        escrow.pay(TaskId.unwrap(taskId), owner, amount);
    }

    /// @notice See `ITaskRewards.sweep`.
    /// @dev Takes all that is left, so that no claim after it can be paid with what is another's.
    function sweep(TaskState storage task, TaskId taskId, IRewardEscrow escrow) external returns (uint256 amount) {
        _requireAfterAppeals(task, taskId, CLAIM_TIME);
        (, amount) = escrow.accountOf(address(this), TaskId.unwrap(taskId));
        if (amount == 0) revert ITaskRewards.LearningTasks_NothingToSweep(taskId);
        address treasury = task.terms.slashRecipient;
        emit ITaskRewards.TaskSwept(taskId, treasury, amount);
        escrow.pay(TaskId.unwrap(taskId), treasury, amount);
    }

    /// @notice See `ITaskRewards.releaseStake`.
    function release(TaskState storage task, TaskId taskId, address account, IStakeVault vault) external {
        _requireAfterAppeals(task, taskId, 0);
        uint256 word = task.words[account];
        ILearningTasks.Role role = ParticipantLib.roleOf(word);
        // of a client, and of who has no role, the seat of an account that is not theirs: they hold none
        Seat storage seat =
            role == ILearningTasks.Role.Auditor
                ? task.auditors[ParticipantLib.idOf(word)]
                : task.aggregators[ParticipantLib.idOf(word)];
        uint96 stake = seat.stake;
        if (seat.account != account || stake == 0) revert ITaskRewards.LearningTasks_NothingToRelease(taskId, account);
        seat.stake = 0;
        vault.unlock(account, task.terms.token, stake);
    }

    /// @notice See `ITaskRewards.recordReputation`.
    function record(
        TaskState storage task,
        TaskId taskId,
        address account,
        uint256 number,
        IMembership membership,
        IReputation reputation
    ) external returns (uint256 points) {
        address cooperative = task.terms.cooperative;
        if (task.owner != cooperative) revert ITaskRewards.LearningTasks_ForeignTask(taskId, task.owner, cooperative);
        _requireAfterAppeals(task, taskId, 0);
        uint256 word = task.words[account];
        if (!task.isPlaceOf(number, word)) revert ITaskRewards.LearningTasks_NotItsPlace(taskId, account, number);
        uint256 earned = _earnedBySeat(task, account, word);
        points = (earned * POINTS) / task.terms.reward;
        uint256 claims = task.claims[account];
        if (points == 0 || claims & ClaimLib.RECORDED != 0)
            revert ITaskRewards.LearningTasks_NothingToRecord(taskId, account);
        task.claims[account] = claims | ClaimLib.RECORDED;

        ILearningTasks.Role role = ParticipantLib.roleOf(word);
        bytes32 evidence = keccak256(abi.encode(block.chainid, address(this), taskId, account, earned));
        emit ITaskRewards.ReputationRecorded(taskId, account, role, points);
        Did subject = Did.wrap(membership.didOf(cooperative, number));
        // at most POINTS, as nobody earns more than the reward
        reputation.award(cooperative, _category(role), subject, uint96(points), evidence);
    }

    /// @notice See `ITaskRewards.earningsOf`.
    function earnings(
        TaskState storage task,
        address account
    ) external view returns (uint256 earned, uint256 claimable) {
        Credit storage credit = task.credits[account];
        earned = credit.earned;
        claimable = earned - credit.claimed;
        uint256 word = task.words[account];
        if (ParticipantLib.roleOf(word) != ILearningTasks.Role.Client) return (earned, claimable);
        uint256 periods = _periods(task);
        for (uint256 period; period < periods; ++period) {
            uint256 pay = task.payOf(ParticipantLib.idOf(word), period);
            earned += pay;
            bool due = block.timestamp >= task.periods[period].claimableFrom && !task.isPaid(account, period);
            if (due) claimable += pay;
        }
    }

    /// @notice See `ITaskRewards.shareOf`.
    function share(TaskState storage task, address client) external view returns (uint256 pay, uint256 ofAll) {
        uint256 word = task.words[client];
        if (ParticipantLib.roleOf(word) == ILearningTasks.Role.Client) pay = _payOf(task, word);
        uint256 periods = _periods(task);
        for (uint256 i; i < periods; ++i) {
            PayPeriod memory period = task.periods[i];
            if (period.divisor != 0) ofAll += (uint256(period.pool) * period.positive) / period.divisor;
        }
    }

    /// @dev The earnings of a place: the treasury's share of the reward is not earned by work, whoever the treasury is.
    function _earnedBySeat(
        TaskState storage task,
        address account,
        uint256 word
    ) private view returns (uint256 earned) {
        if (ParticipantLib.roleOf(word) == ILearningTasks.Role.Client) return _payOf(task, word);
        return account == task.terms.slashRecipient ? 0 : task.credits[account].earned;
    }

    /// @dev All pay of a client so far.
    function _payOf(TaskState storage task, uint256 word) private view returns (uint256 pay) {
        uint256 periods = _periods(task);
        for (uint256 period; period < periods; ++period) pay += task.payOf(ParticipantLib.idOf(word), period);
    }

    /// @dev Periods that were begun: at most `ClaimLib.MAX_PERIODS`.
    function _periods(TaskState storage task) private view returns (uint256) {
        uint256 periodRounds = task.terms.periodRounds;
        return (task.head.settled + periodRounds - 1) / periodRounds;
    }

    /// @dev The last period closes with the task, if not before it: no appeals are open `schedule.appeal` later.
    function _requireAfterAppeals(TaskState storage task, TaskId taskId, uint256 delay) private view {
        if (!task.head.closed) revert ITaskRewards.LearningTasks_NotClosed(taskId);
        uint256 from = task.head.startedAt + task.terms.schedule.appeal + delay;
        if (block.timestamp < from) revert ITaskRewards.LearningTasks_TooEarly(taskId, from);
    }

    function _category(ILearningTasks.Role role) private pure returns (CategoryId) {
        if (role == ILearningTasks.Role.Client) return CategoryId.wrap(keccak256("contribution"));
        if (role == ILearningTasks.Role.Auditor) return CategoryId.wrap(keccak256("auditing"));
        return CategoryId.wrap(keccak256("aggregation"));
    }
}
