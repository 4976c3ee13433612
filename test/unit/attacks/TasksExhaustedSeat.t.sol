// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAppeals} from "../../../contracts/learning/interfaces/ILearningAppeals.sol";
import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: whoever was slashed to next to nothing, auditor or aggregator, keeps the seat, commits and earns.
/// Impact: from then on silence, scores far off and wrong answers cost next to nothing, in every round that is left.
/// Fix: a seat commits only while it holds half of what a miss costs, or all that was ever locked for it; else it is silent.
contract TasksExhaustedSeatTest is AppealsFixture {
    uint96 private constant PENALTY = 2 * STAKE + 1;

    address private exhausted;

    /// @dev A round in which one auditor of panel 0 is silent, up to Settle.
    function _exhaust(uint96 missPenalty) private {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.missPenalty = missPenalty;
        terms.aggregatorStake = missPenalty + 1;
        _begin(terms);
        _drawPanels();
        exhausted = _seatsOf(0)[0];
        isSilent[exhausted] = true;
        _audit();
        _settleAll();
        assertEq(_locked(exhausted), 3 * STAKE - missPenalty);
    }

    function test_PAN12_halfOfWhatAMissCostsIsEnough() public {
        _exhaust(2 * STAKE);
        _finish();
        _drawPanels();
        vm.prank(exhausted);
        tasks.commitScores(task, keccak256("scores"));
    }

    function test_PAN12_anExhaustedSeatIsSilent() public {
        _exhaust(PENALTY);
        _finish();
        _drawPanels();
        bytes memory data = abi.encodeCall(ILearningTasks.commitScores, (task, keccak256("scores")));
        _refusedFor(exhausted, data, STAKE - 1);
        // no stall: it counts as silent, and the others are heard
        _audit();
        _settleAll();
        _finish();
        assertEq(_round(), 3);
        (uint256 earned, ) = tasks.earningsOf(task, exhausted);
        assertEq(earned, 0);
    }

    function test_APL05_anExhaustedSeatIsNotHeardOnAFreshPanel() public {
        _exhaust(PENALTY);
        _appeal(1);
        _finish();
        _drawAppeal();
        bytes memory data = abi.encodeCall(ILearningAppeals.commitReview, (task, 1, 1, keccak256("scores")));
        _refusedFor(exhausted, data, STAKE - 1);
        isSilent[exhausted] = true;
        _review();
        _settleAppeal();
        assertEq(_locked(exhausted), 0);
    }

    function test_AGG12_anExhaustedSeatAnswersNoMore() public {
        _exhaust(PENALTY);
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
