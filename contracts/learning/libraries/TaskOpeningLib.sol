// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IMembership} from "../../membership/interfaces/IMembership.sol";
import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {IRewardEscrow} from "../../rewards/interfaces/IRewardEscrow.sol";
import {CurrencyLib} from "../../rewards/libraries/CurrencyLib.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {SealingLib} from "./SealingLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";

/// @title How a learning task begins
/// @notice Its terms are checked and kept, its reward goes into escrow. Linked, so that `LearningTasks` stays below the
/// size limit of contracts.
library TaskOpeningLib {
    using SafeERC20 for IERC20;

    /// @notice See `ILearningTasks.openTask`.
    /// @param escrow, `membership` and `randomness` are trusted; the token is not: it is called last.
    function open(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.TaskTerms calldata terms,
        IRewardEscrow escrow,
        IMembership membership,
        IRandomness randomness
    ) external {
        TaskTermsLib.check(terms);
        _checkSeed(terms, randomness);
        task.owner = msg.sender;
        task.terms = terms;
        task.modelRoot = terms.initialRoot;
        task.previousRoot = terms.initialRoot;
        task.head.round = 1;
        task.head.startedAt = terms.startsAt;
        task.head.commit = terms.schedule.commit;
        task.head.reveal = terms.schedule.reveal;
        task.head.reputationGated = terms.reputationCategory != 0;
        task.head.spendsPrivacy = terms.microRho != 0;
        uint256 number = membership.ballotRight(terms.cooperative, msg.sender, block.timestamp);
        if (number != 0) ParticipantLib.setOwner(task, number);
        task.head.consentGated = terms.consentPurpose != 0;
        _emitTerms(taskId, terms);
        emit ILearningTasks.RoundStarted(taskId, 1, terms.startsAt);
        _fund(taskId, terms.token, terms.reward, escrow);
    }

    /// @dev Clients must have the seed while they may publish wraps, auditors before they commit, those of appeals also while
    /// the next round runs at least. The first round stands for all: a beacon's distance from the second it is asked for
    /// hardly changes.
    function _checkSeed(ILearningTasks.TaskTerms calldata terms, IRandomness randomness) private view {
        uint256 ends = uint256(terms.startsAt) + terms.schedule.commit + terms.schedule.reveal;
        // 40 bits and two of 24 together: below 2^41
        uint256 ready = randomness.readyAt(uint48(ends));
        ILearningTasks.Schedule calldata schedule = terms.schedule;
        if (ready >= SealingLib.wrapsEnd(ends, schedule.auditCommit))
            revert ILearningTasks.LearningTasks_InvalidTerms("schedule.auditCommit", schedule.auditCommit);
        // a round that follows and is void lasts until the end of its Reveal
        if (schedule.appeal != 0 && ready >= ends + schedule.commit + schedule.reveal)
            revert ILearningTasks.LearningTasks_InvalidTerms("schedule.appeal", schedule.appeal);
    }

    /// @dev Every term is in an event: an index reads no storage. One event a function because of the depth of the stack.
    function _emitTerms(TaskId taskId, ILearningTasks.TaskTerms calldata terms) private {
        _emitOpened(taskId, terms);
        emit ILearningTasks.TaskDescribed(
            taskId,
            terms.initialRoot,
            terms.initialModel.codec,
            terms.initialModel.digest,
            terms.manifest.codec,
            terms.manifest.digest
        );
        _emitSchedule(taskId, terms.schedule);
        _emitAggregation(taskId, terms.aggregation, terms.exclusionScore);
        _emitPlaces(taskId, terms);
        _emitPay(taskId, terms);
        if (terms.reputationCategory != 0)
            emit ILearningTasks.ReputationRequired(taskId, terms.reputationCategory, terms.minimumReputation);
        if (terms.consentPurpose != 0)
            emit ILearningTasks.ConsentRequired(taskId, terms.cooperative, terms.consentPurpose, terms.microRho);
    }

    function _emitOpened(TaskId taskId, ILearningTasks.TaskTerms calldata terms) private {
        emit ILearningTasks.TaskOpened(
            taskId,
            msg.sender,
            terms.cooperative,
            terms.token,
            terms.reward,
            terms.rounds,
            terms.startsAt
        );
    }

    function _emitSchedule(TaskId taskId, ILearningTasks.Schedule calldata schedule) private {
        emit ILearningTasks.TaskScheduled(
            taskId,
            schedule.commit,
            schedule.reveal,
            schedule.auditCommit,
            schedule.auditReveal,
            schedule.settle,
            schedule.aggregateCommit,
            schedule.aggregateReveal,
            schedule.challenge,
            schedule.longChallenge,
            schedule.appeal
        );
    }

    function _emitAggregation(TaskId taskId, ILearningTasks.Aggregation calldata rule, uint16 exclusionScore) private {
        emit ILearningTasks.TaskAggregationSet(
            taskId,
            rule.parameters,
            rule.sampleCap,
            rule.clipNorm,
            rule.combining,
            rule.trim,
            rule.leafCells,
            rule.momentum,
            exclusionScore
        );
    }

    function _emitPlaces(TaskId taskId, ILearningTasks.TaskTerms calldata terms) private {
        emit ILearningTasks.TaskPlacesSet(
            taskId,
            terms.retries,
            terms.minClients,
            terms.maxClients,
            terms.panelCells,
            terms.panelSeats,
            terms.minAuditors,
            terms.maxAuditors,
            terms.aggregators,
            terms.aggregatorQuorum
        );
    }

    function _emitPay(TaskId taskId, ILearningTasks.TaskTerms calldata terms) private {
        emit ILearningTasks.TaskPaySet(
            taskId,
            terms.slashRecipient,
            terms.periodRounds,
            terms.auditorShare,
            terms.aggregatorShare,
            terms.treasuryShare,
            terms.epsilon,
            terms.minimumScore,
            terms.auditorStake,
            terms.aggregatorStake,
            terms.missPenalty
        );
    }

    function _fund(TaskId taskId, address token, uint96 reward, IRewardEscrow escrow) private {
        uint256 needed = CurrencyLib.valueOf(token, reward);
        if (msg.value != needed) revert ILearningTasks.LearningTasks_WrongValue(msg.value, needed);
        if (token != address(0)) {
            IERC20(token).safeTransferFrom(msg.sender, address(this), reward);
            IERC20(token).forceApprove(address(escrow), reward);
        }
        escrow.fund{value: needed}(TaskId.unwrap(taskId), token, reward);
    }
}
