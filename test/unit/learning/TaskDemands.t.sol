// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearning} from "../../../contracts/learning/interfaces/ILearning.sol";
import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {RoundFixture} from "./RoundFixture.sol";

/// @dev Demands through `LearningTasks`, whose code for them is in `LearningAnswers`. Seats 0 and 1 give one answer, seat 2
/// another.
contract TaskDemandsTest is RoundFixture {
    address private constant DEMANDER = address(0xDE3A4D);
    address private constant OPENER = address(0x09E4E4);
    uint96 private constant BOND = (STAKE + 31) / 32;
    int256 private constant FIRST = 9;

    function setUp() public {
        _deploy();
        _openRound(OWNER);
        token.mint(DEMANDER, 3 * BOND);
        vm.startPrank(DEMANDER);
        token.approve(address(vault), 3 * BOND);
        vault.deposit(address(tasks), address(token), 3 * BOND);
        vm.stopPrank();
        _clientsAct();
        _auditorsAct();
        _aggregatorsAct([FIRST, FIRST, int256(6)]);
    }

    function _demandTop(uint256 seat, int256 aggregate) private {
        ILearningTasks.Answer memory answer = _answer(aggregate);
        vm.prank(DEMANDER);
        tasks.demandNode(task, seat, answer, 0, 0, answer.nodesRoot, "");
    }

    function _top(int256 aggregate) private pure returns (ILearningAnswers.Part memory) {
        return ILearningAnswers.Part(ILearningAnswers.Kind.Node, 0, _answer(aggregate).nodesRoot);
    }

    function _free() private view returns (uint256 free) {
        (free, ) = vault.stakeOf(address(tasks), address(token), DEMANDER);
    }

    // ------------------------------------------------------------------------------------------------- withheld, opened

    function test_AGG15_aWithheldAnswerIsDeletedWithItsStake() public {
        _demandTop(0, FIRST);
        assertEq(_free(), 2 * BOND);
        assertEq(_locked(DEMANDER), BOND);
        (address demander, uint256 deadline) = tasks.demandOf(task, 1, _answer(FIRST), _top(FIRST));
        assertEq(demander, DEMANDER);
        assertEq(deadline, block.timestamp + 50);
        vm.warp(deadline + 1);
        tasks.endDemand(task, 1, _answer(FIRST), _top(FIRST));
        assertEq(_locked(_aggregator(0)), 0);
        assertEq(_locked(_aggregator(1)), 0);
        assertEq(_locked(_aggregator(2)), STAKE);
        assertEq(vault.collectable(address(token), SLASHED_TO), 2 * (STAKE - STAKE / 4));
        assertEq(vault.collectable(address(token), DEMANDER), 2 * (STAKE / 4));
        assertEq(_free(), 3 * BOND);
        (demander, ) = tasks.demandOf(task, 1, _answer(FIRST), _top(FIRST));
        assertEq(demander, address(0));
        // the other answer settles the round
        _finish(6);
        assertEq(tasks.roundState(task).modelRoot, _rootOf(13));
    }

    function test_AGG15_theBondIsOfWhoAnsweredAndTheAnswerSettles() public {
        _demandTop(2, 6);
        vm.prank(OPENER);
        tasks.openPart(task, _answer(6), _top(6), abi.encode(_rootOf(6), WEIGHT));
        assertEq(vault.collectable(address(token), OPENER), 0);
        assertEq(vault.collect(address(token), _aggregator(2)), BOND - BOND / 2);
        assertEq(token.balanceOf(_aggregator(2)), BOND - BOND / 2);
        assertEq(vault.collectable(address(token), SLASHED_TO), BOND / 2);
        assertEq(_free(), 2 * BOND);
        assertEq(_locked(DEMANDER), 0);
        (address demander, uint256 deadline) = tasks.demandOf(task, 1, _answer(6), _top(6));
        assertEq(demander, address(0));
        assertEq(deadline, block.timestamp + 50);
        // the one of two seats is wrong and disproved; what was opened stands
        _dispute(0, FIRST);
        _finish(6);
        assertEq(tasks.roundState(task).modelRoot, _rootOf(13));
    }

    function test_AGG15_downToTheChunkThatIsWrong() public {
        _demandTop(0, FIRST);
        tasks.openPart(task, _answer(FIRST), _top(FIRST), abi.encode(_rootOf(FIRST), WEIGHT));
        ILearningAnswers.NodeOpening memory node;
        node.answer = _answer(FIRST);
        node.path = abi.encode(_rootOf(FIRST), WEIGHT);
        vm.prank(DEMANDER);
        tasks.demandHashes(task, node, 0, 0, _rootOf(FIRST), new bytes32[](0));
        bytes32 leaf = keccak256(_chunk(FIRST));
        ILearningAnswers.Part memory part = ILearningAnswers.Part(ILearningAnswers.Kind.Tensor, 1, _rootOf(FIRST));
        tasks.openPart(task, _answer(FIRST), part, abi.encode(leaf));
        vm.prank(DEMANDER);
        tasks.demandModelHashes(task, 0, _answer(FIRST), 0, _answer(FIRST).modelRoot, new bytes32[](0));
        _dispute(0, FIRST);
        assertEq(_locked(_aggregator(0)), 0);
        // the last bond comes back
        part.hash = _answer(FIRST).modelRoot;
        vm.warp(block.timestamp + 51);
        tasks.endDemand(task, 1, _answer(FIRST), part);
        assertEq(_free(), BOND);
    }

    // --------------------------------------------------------------------------------------------------------- refused

    function test_AGG17_aLateDemandIsRefused() public {
        ILearningTasks.Answer memory answer = _answer(6);
        _enter(ILearningTasks.Phase.Finishing);
        bytes memory data = abi.encodeCall(ILearningAnswers.demandNode, (task, 2, answer, 0, 0, answer.nodesRoot, ""));
        _refused(DEMANDER, data, _wrongPhase(ILearningTasks.Phase.Finishing, ILearningTasks.Phase.Challenge));
        tasks.finishRound(task, _answer(FIRST));
        assertEq(_free(), 3 * BOND);
    }

    function test_AGG17_LearningAnswersItselfHasNoTask() public {
        ILearning apart = ILearning(tasks.ANSWERS());
        ILearningTasks.Answer memory answer = _answer(6);
        bytes memory unknown = abi.encodeWithSelector(ILearningTasks.LearningTasks_UnknownTask.selector, task);
        vm.startPrank(DEMANDER);
        vm.expectRevert(unknown);
        apart.demandNode(task, 2, answer, 0, 0, answer.nodesRoot, "");
        vm.expectRevert(unknown);
        apart.openPart(task, answer, _top(6), abi.encode(_rootOf(6), WEIGHT));
        vm.expectRevert(unknown);
        apart.endDemand(task, 1, answer, _top(6));
        vm.expectRevert(unknown);
        apart.demandOf(task, 1, answer, _top(6));
        vm.stopPrank();
    }

    function test_AGG17_noCurrencyComesWithADemand() public {
        ILearningTasks.Answer memory answer = _answer(6);
        bytes memory data = abi.encodeCall(ILearningAnswers.demandNode, (task, 2, answer, 0, 0, answer.nodesRoot, ""));
        vm.deal(DEMANDER, 1);
        vm.prank(DEMANDER);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, ) = address(tasks).call{value: 1}(data);
        assertFalse(success);
        vm.prank(DEMANDER);
        // solhint-disable-next-line avoid-low-level-calls
        (success, ) = address(tasks).call{value: 1}("");
        assertFalse(success);
        assertEq(address(tasks).balance, 0);
        vm.prank(DEMANDER);
        // solhint-disable-next-line avoid-low-level-calls
        (success, ) = address(tasks).call(data);
        assertTrue(success);
    }

    function test_AGG17_unknownFunctionsAreRefused() public {
        bytes[3] memory unknown = [bytes(""), hex"00", abi.encodeWithSignature("withdraw(uint256)", 1)];
        for (uint256 i; i < unknown.length; ++i) {
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, ) = address(tasks).call(unknown[i]);
            assertFalse(success);
        }
    }
}
