// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {RoundFixture} from "../learning/RoundFixture.sol";

/// @dev What: disproving the leading answer opens the next one's window from now on, and forgets that a demand had put off the
/// end of Challenge. With a `longChallenge` below AggregateReveal, Challenge is over before the demand is overdue.
/// Impact: who gives two answers sacrifices the one to have the other settle withheld: nobody can open, dispute or delete it.
/// Fix: the fresh window never ends before the one that runs.
contract TasksShortenedWindowTest is RoundFixture {
    address private constant DEMANDER = address(0xDE3A4D);
    int256 private constant FIRST = 9;
    int256 private constant WITHHELD = 11;

    function setUp() public {
        _deploy();
        _openRound(OWNER);
        token.mint(DEMANDER, STAKE);
        vm.startPrank(DEMANDER);
        token.approve(address(vault), STAKE);
        vault.deposit(address(tasks), address(token), STAKE);
        vm.stopPrank();
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([FIRST, FIRST, WITHHELD]);
    }

    function test_AGG17_aFreshWindowForgetsNoDemand() public {
        ILearningTasks.Answer memory answer = _answer(WITHHELD);
        vm.prank(DEMANDER);
        tasks.demandNode(task, 2, answer, 0, 0, answer.nodesRoot, "");
        (, uint256 deadline) = tasks.demandOf(task, 1, answer, _top(answer));
        _dispute(0, FIRST);
        vm.warp(deadline + 1);
        tasks.endDemand(task, 1, answer, _top(answer));
        assertEq(_locked(_aggregator(2)), 0);
        (, uint256 seats) = tasks.leadingAnswer(task);
        assertEq(seats, 0);
    }

    function _top(ILearningTasks.Answer memory answer) private pure returns (ILearningAnswers.Part memory) {
        return ILearningAnswers.Part(ILearningAnswers.Kind.Node, 0, answer.nodesRoot);
    }
}
