// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: whoever was slashed to less than a miss costs, auditor or aggregator, keeps the seat, commits and earns.
/// Impact: from then on silence, scores far off and wrong answers cost next to nothing, in every round that is left.
/// Fix: a seat commits only while it holds what a miss costs, or all that was ever locked for it; else it is silent.
contract TasksExhaustedSeatTest is AppealsFixture {
    address private exhausted;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.missPenalty = 2 * STAKE;
        terms.aggregatorStake = 2 * STAKE + 1;
        _begin(terms);
        _drawPanels();
        exhausted = _seatsOf(0)[0];
        isSilent[exhausted] = true;
        _audit();
        _settleAll();
        assertEq(_locked(exhausted), STAKE);
    }

    function test_PAN12_anExhaustedSeatIsSilent() public {
        _finish();
        _drawPanels();
        bytes memory data = abi.encodeCall(ILearningTasks.commitScores, (task, keccak256("scores")));
        _refusedFor(exhausted, data, STAKE);
        // no stall: it counts as silent, and the others are heard
        _audit();
        _settleAll();
        _finish();
        assertEq(_round(), 3);
        (uint256 earned, ) = tasks.earningsOf(task, exhausted);
        assertEq(earned, 0);
    }

    function test_APL05_anExhaustedSeatIsNotHeardOnAFreshPanel() public {
        _appeal(1);
        _finish();
        _drawAppeal();
        bytes memory data = abi.encodeCall(ILearningAppeals.commitReview, (task, 1, 1, keccak256("scores")));
        _refusedFor(exhausted, data, STAKE);
        isSilent[exhausted] = true;
        _review();
        _settleAppeal();
        assertEq(_locked(exhausted), 0);
    }

    function test_AGG12_anExhaustedSeatAnswersNoMore() public {
        // nobody answers: every aggregator loses what a miss costs
        _enter(ILearningTasks.Phase.Challenge);
        tasks.finishRound(task, _answer());
        assertEq(_locked(_aggregator(0)), 1);
        _drawPanels();
        _audit();
        _settleAll();
        _enter(ILearningTasks.Phase.AggregateCommit);
        bytes memory data = abi.encodeCall(ILearningAnswers.commitAnswer, (task, keccak256("answer")));
        _refusedFor(_aggregator(0), data, 1);
    }

    function _refusedFor(address account, bytes memory data, uint256 stake) private {
        bytes4 selector = ILearningTasks.LearningTasks_TooLittleStake.selector;
        _refused(account, data, abi.encodeWithSelector(selector, task, account, stake));
    }
}
