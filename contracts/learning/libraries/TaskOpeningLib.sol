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
        _emitOpened(taskId, terms);
        if (terms.consentPurpose != 0) {
            task.head.consentGated = true;
            emit ILearningTasks.ConsentRequired(taskId, terms.cooperative, terms.consentPurpose);
        }
        emit ILearningTasks.RoundStarted(taskId, 1, terms.startsAt);
        _fund(taskId, terms.token, terms.reward, escrow);
    }

    /// @dev Clients must have the seed while they may publish wraps, auditors before they commit. The first round stands for all: a beacon's distance from the
    /// second it is asked for hardly changes.
    function _checkSeed(ILearningTasks.TaskTerms calldata terms, IRandomness randomness) private view {
        uint256 ends = uint256(terms.startsAt) + terms.schedule.commit + terms.schedule.reveal;
        // 40 bits and two of 24 together: below 2^41
        bool inTime = randomness.readyAt(uint48(ends)) < SealingLib.wrapsEnd(ends, terms.schedule.auditCommit);
        if (!inTime)
            revert ILearningTasks.LearningTasks_InvalidTerms("schedule.auditCommit", terms.schedule.auditCommit);
    }

    /// @dev On its own because of the depth of the stack.
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
        emit ILearningTasks.TaskDescribed(
            taskId,
            terms.initialRoot,
            terms.initialModel.codec,
            terms.initialModel.digest,
            terms.manifest.codec,
            terms.manifest.digest
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
