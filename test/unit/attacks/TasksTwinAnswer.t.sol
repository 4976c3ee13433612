// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {RoundFixture} from "../learning/RoundFixture.sol";

/// @dev What: who gives the right model and tree with a content of its own is alone with an answer that nobody can disprove. It demands
/// parts of it, opens them, and as the only seat that gave it has each bond back.
/// Impact: one aggregator puts off the end of every round's Challenge by twelve steps, for gas alone; it need not lead.
/// Fix: half of a bond is the treasury's, whoever gave the answer.
contract TasksTwinAnswerTest is RoundFixture {
    uint96 private constant BOND = (STAKE + 31) / 32;
    int256 private constant RIGHT = 6;
    uint256 private constant STEP = 50;

    address private thief;
    ILearningTasks.Answer private twin;

    function setUp() public {
        _deploy();
        _openRound(OWNER);
        thief = _aggregator(2);
        token.mint(thief, 3 * BOND);
        vm.startPrank(thief);
        token.approve(address(vault), 3 * BOND);
        vault.deposit(address(tasks), address(token), 3 * BOND);
        vm.stopPrank();
        twin = _answer(RIGHT);
        twin.model.digest = keccak256("the same, elsewhere");
        _clientsAct();
        _auditorsAct();
        _enter(ILearningTasks.Phase.AggregateCommit);
        for (uint256 i; i < 2; ++i) _answerAs(i, RIGHT);
        bytes32 commitment = tasks.answerCommitment(task, 1, thief, twin, SALT);
        vm.prank(thief);
        tasks.commitAnswer(task, commitment);
        _enter(ILearningTasks.Phase.AggregateReveal);
        for (uint256 i; i < 2; ++i) tasks.revealAnswer(task, _aggregator(i), _answer(RIGHT), SALT);
        tasks.revealAnswer(task, thief, twin, SALT);
        _enter(ILearningTasks.Phase.Challenge);
    }

    /// @dev In the last second of Challenge, of one part after the other.
    function _delay() private {
        ILearningAnswers.Part memory part = ILearningAnswers.Part(ILearningAnswers.Kind.Node, 0, twin.nodesRoot);
        vm.warp(tasks.phaseStart(task, ILearningTasks.Phase.Finishing) - 1);
        vm.startPrank(thief);
        tasks.demandNode(task, 2, twin, 0, 0, twin.nodesRoot, "");
        tasks.openPart(task, twin, part, abi.encode(_rootOf(RIGHT), WEIGHT));
        vm.warp(tasks.phaseStart(task, ILearningTasks.Phase.Finishing) - 1);
        tasks.demandModelHashes(task, 2, twin, 0, twin.modelRoot, new bytes32[](0));
        part = ILearningAnswers.Part(ILearningAnswers.Kind.Tensor, 1, twin.modelRoot);
        tasks.openPart(task, twin, part, abi.encode(keccak256(_chunk(7 + RIGHT))));
        vm.stopPrank();
    }

    function test_AGG15_whoDemandsOfItsOwnAnswerPaysForTheDelay() public {
        (bytes32 before, uint256 seats) = tasks.leadingAnswer(task);
        assertEq(seats, 3);
        uint256 end = tasks.phaseStart(task, ILearningTasks.Phase.Finishing);
        _delay();
        // the answer of the others leads all the time
        (bytes32 leading, ) = tasks.leadingAnswer(task);
        assertEq(leading, before);
        assertGe(tasks.phaseStart(task, ILearningTasks.Phase.Finishing), end + 2 * (2 * STEP - 1));

        (uint256 left, ) = vault.stakeOf(address(tasks), address(token), thief);
        left += vault.collectable(address(token), thief);
        assertLe(left, 2 * uint256(BOND) + 2);
        assertGe(vault.collectable(address(token), SLASHED_TO), uint256(BOND) - 2);
    }
}
