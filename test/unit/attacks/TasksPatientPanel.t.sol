// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: stakes are bound to what one round's scores can take of a period's pool, but the scores of all rounds of a period,
/// void ones included, add up before they are paid.
/// Impact: the same two seats of three lie in each round of a period of n, and take n times what their stakes are worth, where
/// `minimumScore` is what was to make the pool large and the stakes small.
/// Fix: what can be moved is counted for all rounds whose scores can meet in one period: `periodRounds + retries`.
contract TasksPatientPanelTest is AppealsFixture {
    /// @dev What a round can move for all clients of the task, who are eight.
    uint256 private constant MOVABLE = 8 * 32_767;

    /// @dev One panel of three among four auditors. Returns false where so low a stake is refused, as it should be.
    function _openFor(uint16 rounds, uint16 retries, uint256 attempts) private returns (bool opened) {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        (terms.rounds, terms.periodRounds, terms.retries) = (rounds, rounds, retries);
        terms.maxClients = 8;
        terms.exclusionScore = type(uint16).max;
        terms.minimumScore = uint32(attempts * MOVABLE);
        // two seats, for what a single round can take of the pool
        uint256 part = (uint256(REWARD) * 6500) / 10_000 / attempts;
        terms.auditorStake = uint96(part / 2 + 1);
        terms.missPenalty = (terms.auditorStake + 2) / 3;
        token.mint(OWNER, REWARD);
        vm.startPrank(OWNER);
        token.approve(address(tasks), REWARD);
        bytes memory result;
        // solhint-disable-next-line avoid-low-level-calls
        (opened, result) = address(tasks).call(abi.encodeCall(ILearningTasks.openTask, (terms)));
        vm.stopPrank();
        if (!opened) return false;
        task = abi.decode(result, (TaskId));
        _joinAll(8, 4, 3);
        for (uint256 id; id < 8; ++id) scoreOf[id] = 32_767;
    }

    function _assertStakesAreWorthThePay() private {
        vm.warp(block.timestamp + 1000);
        uint256 paid;
        for (uint256 id; id < 8; ++id) paid += _claim(_client(id), 1);
        assertGe(2 * uint256(tasks.termsOf(task).auditorStake), paid);
    }

    function test_TSK02_stakesAreWorthWhatAllRoundsOfAPeriodCanTake() public {
        if (!_openFor(4, 0, 4)) return;
        for (uint256 i; i < 4; ++i) {
            _lie(0, 0);
            _finish();
        }
        _assertStakesAreWorthThePay();
    }

    function test_TSK02_alsoIfOneOfThemIsVoid() public {
        if (!_openFor(1, 1, 2)) return;
        _lie(0, 0);
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer());
        _lie(0, 0);
        _finish();
        _assertStakesAreWorthThePay();
    }
}
