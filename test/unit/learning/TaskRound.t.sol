// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {RoundFixture} from "./RoundFixture.sol";

contract TaskRoundTest is RoundFixture {
    function setUp() public {
        _deploy();
        _openRound(OWNER);
    }

    // ------------------------------------------------------------------------------------------------------------ rounds

    function test_TSK16_aTaskGoesFromOpeningToPayAndRefund() public {
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([int256(6), int256(6), int256(6)]);
        _finish(6);

        ILearningTasks.RoundState memory state = tasks.roundState(task);
        assertTrue(state.phase == ILearningTasks.Phase.Closed);
        assertEq(state.settled, 1);
        assertEq(state.modelRoot, _rootOf(13));
        assertEq(state.previousRoot, _rootOf(7));

        vm.warp(block.timestamp + 30);
        uint256 paid;
        uint256 pool = (uint256(REWARD) * SHARE_OF_CLIENTS) / 10_000;
        for (uint256 i; i < 2; ++i) {
            assertEq(_claim(_client(i), 1), pool / 2);
            assertEq(token.balanceOf(_client(i)), pool / 2);
            assertEq(_claim(_client(i), 1), 0);
            paid += pool / 2;
        }
        // one round and two retries share what auditors get, by three seats each
        uint256 seatPay = (uint256(REWARD) * 2000) / (10_000 * 3 * 3);
        address[3] memory panel = _panel();
        for (uint256 i; i < 3; ++i) {
            assertEq(_claim(panel[i], 0), seatPay);
            uint256 answerPay = (uint256(REWARD) * 1000) / (10_000 * 3);
            assertEq(_claim(_aggregator(i), 0), answerPay);
            paid += seatPay + answerPay;
        }
        paid += _claim(SLASHED_TO, 0) + tasks.refund(task);
        (, uint256 remaining) = escrow.accountOf(address(tasks), TaskId.unwrap(task));
        assertEq(paid + remaining, REWARD);
        // of the clients' pool at most one unit each is left by rounding
        assertLe(remaining, 2);

        for (uint256 i; i < 4; ++i) tasks.releaseStake(task, _auditor(i));
        for (uint256 i; i < 3; ++i) tasks.releaseStake(task, _aggregator(i));
        assertEq(_locked(_auditor(3)), 0);
        assertEq(_locked(_aggregator(0)), 0);
    }

    /// @dev Two of three aggregators agree on a wrong answer: one proof deletes it, and the third's becomes the model.
    function test_TSK16_aWrongMajorityLosesToOneProof() public {
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([int256(9), int256(9), int256(6)]);
        _dispute(0, 9);
        assertEq(_locked(_aggregator(0)), 0);
        assertEq(_locked(_aggregator(1)), 0);
        assertEq(_locked(_aggregator(2)), STAKE);
        // the wrong answer finishes nothing
        _enter(ILearningTasks.Phase.Finishing);
        vm.expectPartialRevert(ITaskRewards.LearningTasks_WrongAnswer.selector);
        tasks.finishRound(task, _answer(9));
        tasks.finishRound(task, _answer(6));
        assertEq(tasks.roundState(task).modelRoot, _rootOf(13));
        vm.warp(block.timestamp + 30);
        assertEq(_claim(_aggregator(0), 0), 0);
        assertGe(_claim(_aggregator(2), 0), 1);
    }

    function test_TSK16_noProofAgainstARightAnswer() public {
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([int256(6), int256(6), int256(9)]);
        vm.expectPartialRevert(ILearningAnswers.LearningAnswers_NoFault.selector);
        this.disputeRight();
        _finish(6);
        assertEq(tasks.roundState(task).modelRoot, _rootOf(13));
    }

    /// @dev On its own so that the failing call is one.
    function disputeRight() external {
        _dispute(0, 6);
    }

    /// @dev Whoever falls silent, the round ends, and the next one begins in that second.
    function test_TSK16_noSilenceStallsATask() public {
        ILearningTasks.Answer memory none;
        // nobody commits
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, none);
        assertEq(tasks.roundState(task).voided, 1);
        assertEq(tasks.roundState(task).startedAt, block.timestamp);
        // nobody reveals
        for (uint256 i; i < 2; ++i) {
            vm.prank(_client(i));
            tasks.commitUpdate(task, SALT);
        }
        _enter(ILearningTasks.Phase.AuditCommit);
        tasks.finishRound(task, none);
        // nobody draws the seed
        _updates(2);
        _enter(ILearningTasks.Phase.AggregateCommit);
        tasks.finishRound(task, none);
        assertEq(tasks.roundState(task).voided, 3);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Closed);
        assertEq(tasks.refund(task), REWARD);
        assertEq(token.balanceOf(OWNER), REWARD);
    }

    /// @dev Too few auditors joined: from the first second of Commit on anybody ends the task, and all goes back.
    function test_TSK16_aTaskThatCannotStartIsClosed() public {
        task = _open(_terms());
        _join(address(0xA1), ILearningTasks.Role.Auditor);
        _enter(ILearningTasks.Phase.Commit);
        ILearningTasks.Answer memory none;
        tasks.finishRound(task, none);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Closed);
        assertEq(tasks.refund(task), REWARD);
        vm.warp(block.timestamp + 30);
        tasks.releaseStake(task, address(0xA1));
        assertEq(_locked(address(0xA1)), 0);
    }
}
