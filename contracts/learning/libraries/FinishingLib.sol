// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {IModelRegistry} from "../interfaces/IModelRegistry.sol";
import {ITaskRewards} from "../interfaces/ITaskRewards.sol";
import {Head, Panels, PayPeriod, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {AnswerLib} from "./AnswerLib.sol";
import {ClaimLib} from "./ClaimLib.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {PoolLib} from "./PoolLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Finishing rounds
/// @notice How a round ends: its outcome, the model and the credits that follow from it, the next round or the end of the
/// task. Linked. Calls the vault and the registry alone, which are fixed at deployment, call nobody and never refuse.
library FinishingLib {
    using AnswerLib for TaskState;
    using ClaimLib for TaskState;
    using PoolLib for ILearningTasks.TaskTerms;
    using RevealedLib for TaskState;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice See `ITaskRewards.finishRound`.
    function finish(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        IStakeVault vault,
        IModelRegistry models
    ) external {
        uint256 round = task.head.round;
        bool startable = task.head.capacity != 0 && task.head.aggregators != 0;
        ILearningTasks.Outcome outcome = _outcome(task, taskId, round, startable);
        bool owed = outcome == ILearningTasks.Outcome.Settled || outcome == ILearningTasks.Outcome.NoAnswer;
        if (owed && startable) _slashSilent(task, taskId, round, vault);

        if (outcome == ILearningTasks.Outcome.Settled) {
            _settle(task, taskId, round, answer, models);
        } else {
            ++task.head.voided;
            emit ITaskRewards.RoundVoided(taskId, round, outcome);
        }
        bool over = task.head.settled == task.terms.rounds || task.head.voided > task.terms.retries;
        if (over || !startable) _close(task, taskId);
        else _startNext(task, taskId, round + 1);
    }

    /// @dev How the running round has ended; reverts if it has not. A seed is drawn only of a round with enough updates, and
    /// there are answers only to one of which a panel was scored.
    function _outcome(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        bool startable
    ) private view returns (ILearningTasks.Outcome) {
        ILearningTasks.Phase current = task.phase();
        if (current != ILearningTasks.Phase.Waiting && current != ILearningTasks.Phase.Closed) {
            if (task.head.capacity == 0) return ILearningTasks.Outcome.TooFewAudits;
            if (!startable) return ILearningTasks.Outcome.NoAnswer;
            if (task.panels.round != round) {
                bool revealed = current > ILearningTasks.Phase.Reveal;
                if (revealed && task.count(round, task.head.clients) < task.terms.minClients)
                    return ILearningTasks.Outcome.TooFewUpdates;
                if (current > ILearningTasks.Phase.Settle) return ILearningTasks.Outcome.NoSeed;
            } else {
                if (!task.head.scored && (current > ILearningTasks.Phase.Settle || _allSettled(task)))
                    return ILearningTasks.Outcome.TooFewAudits;
                if (current > ILearningTasks.Phase.AggregateReveal) {
                    (, uint256 seats) = task.leading();
                    if (seats == 0) return ILearningTasks.Outcome.NoAnswer;
                }
                if (current == ILearningTasks.Phase.Finishing) return ILearningTasks.Outcome.Settled;
            }
        }
        revert ITaskRewards.LearningTasks_NotFinishable(taskId, round, current);
    }

    function _allSettled(TaskState storage task) private view returns (bool) {
        Panels storage panels = task.panels;
        return (panels.voidSet | panels.scoredSet) == PanelLib.NOBODY | ((1 << uint256(panels.panels)) - 1);
    }

    /// @dev An aggregator owes a reveal to a round of which a panel was scored: all of AggregateCommit was left for it.
    function _slashSilent(TaskState storage task, TaskId taskId, uint256 round, IStakeVault vault) private {
        uint256 revealed = task.answers.round == round ? task.answers.revealed : 0;
        uint256 seats = task.head.aggregators;
        for (uint256 seat; seat < seats; ++seat) {
            if ((revealed >> seat) & 1 != 0) continue;
            task.miss(taskId, round, task.aggregators[seat], ILearningTasks.Role.Aggregator, vault);
        }
    }

    function _settle(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        IModelRegistry models
    ) private {
        (bytes32 leading, uint256 seats) = task.leading();
        bytes32 digest = CommitmentsLib.digestOf(answer);
        if (digest != leading) revert ITaskRewards.LearningTasks_WrongAnswer(taskId, round, digest, leading);
        _credit(task, taskId, round, seats);
        uint256 periodRounds = task.terms.periodRounds;
        uint256 period = task.head.settled / periodRounds;
        _move(task, taskId, round, answer, models, task.periods[period].positive);
        uint256 settled = ++task.head.settled;
        if (settled % periodRounds == 0) _closePeriod(task, taskId, period, periodRounds);
    }

    /// @dev The answer's model becomes the global one.
    function _move(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        IModelRegistry models,
        uint56 positive
    ) private {
        bytes32 root = answer.modelRoot;
        bytes32 previousRoot = task.modelRoot;
        ILearningTasks.Content calldata model = answer.model;
        task.previousRoot = previousRoot;
        task.modelRoot = root;
        emit ITaskRewards.RoundSettled(taskId, round, root, previousRoot, model.codec, model.digest, answer.nodesRoot);
        // rounds are numbered in 16 bits
        uint16 number = uint16(round);
        models.record(TaskId.unwrap(taskId), number, root, previousRoot, model.codec, model.digest, positive);
    }

    function _credit(TaskState storage task, TaskId taskId, uint256 round, uint256 seats) private {
        uint256 amount = task.terms.aggregatorSeat(task.head.aggregators);
        uint256 sum;
        for (uint256 seat; seats >> seat != 0; ++seat) {
            if ((seats >> seat) & 1 == 0) continue;
            address account = task.aggregators[seat].account;
            sum += amount;
            // all pay together is at most the reward, which has 96 bits
            task.credits[account].earned += uint128(amount);
            emit ITaskRewards.AggregatorRewarded(taskId, round, account, amount);
        }
        task.owed += uint96(sum);
    }

    /// @dev What is owed to clients may exceed what they can claim by less than one unit each: every share is rounded down
    /// by itself. That dust is swept in the end.
    function _closePeriod(TaskState storage task, TaskId taskId, uint256 index, uint256 settled) private {
        (uint256 pool, uint256 treasury) = task.terms.period(settled);
        PayPeriod memory period = task.periods[index];
        // at most the reward, which has 96 bits
        period.pool = uint96(pool);
        // of 56 and 32 bits
        period.divisor = uint56(Math.max(period.positive, task.terms.minimumScore));
        // a clock of 48 bits
        period.claimableFrom = uint48(block.timestamp + task.terms.schedule.appeal);
        task.periods[index] = period;
        task.note(index);
        // all pay together is at most the reward
        task.owed += uint96((pool * period.positive) / period.divisor + treasury);
        task.credits[task.terms.slashRecipient].earned += uint128(treasury);
        emit ITaskRewards.PeriodClosed(
            taskId,
            index,
            pool,
            period.positive,
            period.divisor,
            treasury,
            period.claimableFrom
        );
    }

    function _close(TaskState storage task, TaskId taskId) private {
        uint256 settled = task.head.settled;
        uint256 periodRounds = task.terms.periodRounds;
        uint256 rest = settled % periodRounds;
        if (rest != 0) _closePeriod(task, taskId, settled / periodRounds, rest);
        task.head.closed = true;
        // a clock of 40 bits
        task.head.startedAt = uint40(block.timestamp);
        emit ITaskRewards.TaskClosed(taskId, settled, task.head.voided, task.terms.reward - task.owed);
    }

    function _startNext(TaskState storage task, TaskId taskId, uint256 round) private {
        Head storage head = task.head;
        // a clock of 40 bits; `rounds + retries` have 16
        head.startedAt = uint40(block.timestamp);
        head.round = uint16(round);
        head.scored = false;
        emit ILearningTasks.RoundStarted(taskId, round, block.timestamp);
    }
}
