// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: an aggregator whose answer was disproved, and its whole stake taken, answers on in every later round.
/// Impact: from then on a wrong answer costs nothing, however often it is given: a quorum of such seats needs one round in
/// which nobody disputes it, and three of them void every round.
/// Fix: a seat without stake may not commit to an answer.
contract TasksForfeitedSeatTest is AppealsFixture {
    address private constant DEMANDER = address(0xDE3A4D);

    function setUp() public {
        _deploy();
        _begin(_appealTerms());
        _drawPanels();
        _audit();
        _settleAll();
        _enter(ILearningTasks.Phase.AggregateCommit);
        _answerAll();
        _enter(ILearningTasks.Phase.AggregateReveal);
        for (uint256 i; i < 3; ++i) tasks.revealAnswer(task, _aggregator(i), _answer(), SALT);
        _enter(ILearningTasks.Phase.Challenge);
        _withheld();
    }

    function _answerAll() private {
        for (uint256 i; i < 3; ++i) {
            bytes32 commitment = tasks.answerCommitment(task, _round(), _aggregator(i), _answer(), SALT);
            vm.prank(_aggregator(i));
            tasks.commitAnswer(task, commitment);
        }
    }

    /// @dev The answer of all three is demanded, not opened, and so disproved.
    function _withheld() private {
        ILearningTasks.Answer memory answer = _answer();
        _deposit(DEMANDER, STAKE);
        vm.prank(DEMANDER);
        tasks.demandNode(task, 0, answer, 1, 0, answer.nodesRoot, "");
        vm.warp(block.timestamp + 51);
        tasks.endDemand(task, 1, answer, ILearningAnswers.Part(ILearningAnswers.Kind.Node, 2, answer.nodesRoot));
        for (uint256 i; i < 3; ++i) assertEq(_locked(_aggregator(i)), 0);
        tasks.finishRound(task, answer);
    }

    function test_AGG12_whoForfeitedItsStakeAnswersNoMore() public {
        assertEq(_round(), 2);
        _drawPanels();
        _audit();
        _settleAll();
        _enter(ILearningTasks.Phase.AggregateCommit);
        bytes32 commitment = tasks.answerCommitment(task, 2, _aggregator(0), _answer(), SALT);
        bytes memory data = abi.encodeCall(ILearningAnswers.commitAnswer, (task, commitment));
        vm.prank(_aggregator(0));
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(tasks).call(data);
        assertFalse(success);
    }
}
