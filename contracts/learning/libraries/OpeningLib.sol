// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {CurrencyLib} from "../../rewards/libraries/CurrencyLib.sol";
import {IRewardEscrow} from "../../rewards/interfaces/IRewardEscrow.sol";
import {ILearningRounds} from "../interfaces/ILearningRounds.sol";
import {LearningTask} from "../types/LearningTask.sol";
import {TaskId} from "../types/TaskId.sol";
import {TermsLib} from "./TermsLib.sol";

/// @title OpeningLib
/// @notice How a task begins: its terms are checked and kept, its reward goes into escrow. Linked, so that
/// `LearningRounds` stays below the size limit of contracts.
library OpeningLib {
    using SafeERC20 for IERC20;

    /// @notice See `ILearningRounds.openTask`.
    /// @param escrow is trusted; the token is not: it is called last.
    function open(
        LearningTask storage task,
        TaskId taskId,
        ILearningRounds.TaskTerms calldata terms,
        IRewardEscrow escrow
    ) external {
        TermsLib.check(terms);
        task.owner = msg.sender;
        task.terms = terms;
        task.modelRoot = terms.initialRoot;
        task.progress.round = 1;
        task.progress.startedAt = terms.startsAt;
        // less than 2^24, as was checked
        task.progress.commit = uint24(terms.schedule.commit);
        _emitOpened(taskId, terms);
        if (terms.consentPurpose != 0) {
            task.progress.consentGated = true;
            emit ILearningRounds.ConsentRequired(taskId, terms.cooperative, terms.consentPurpose);
        }
        emit ILearningRounds.RoundStarted(taskId, 1, terms.startsAt);
        _fund(taskId, terms.token, terms.reward, escrow);
    }

    /// @dev On its own because of the depth of the stack.
    function _emitOpened(TaskId taskId, ILearningRounds.TaskTerms calldata terms) private {
        emit ILearningRounds.TaskOpened(
            taskId,
            msg.sender,
            terms.cooperative,
            terms.token,
            terms.reward,
            terms.rounds,
            terms.startsAt,
            terms.initialRoot,
            terms.initialModel,
            terms.manifest
        );
    }

    function _fund(TaskId taskId, address token, uint128 reward, IRewardEscrow escrow) private {
        uint256 needed = CurrencyLib.valueOf(token, reward);
        if (msg.value != needed) revert ILearningRounds.LearningRounds_WrongValue(msg.value, needed);
        if (token != address(0)) {
            IERC20(token).safeTransferFrom(msg.sender, address(this), reward);
            IERC20(token).forceApprove(address(escrow), reward);
        }
        escrow.fund{value: needed}(TaskId.unwrap(taskId), token, reward);
    }
}
