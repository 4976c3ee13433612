// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {RoundFixture} from "../learning/RoundFixture.sol";

/// @dev What: whoever disproves an answer pays a large transaction for nothing; all of the stake is the treasury's.
/// Impact: nobody but those who would answer differently has a reason to watch, and a wrong answer of all aggregators
/// settles.
/// Fix: a quarter of what is slashed is the challenger's. Who disproves their own answer still loses the rest.
contract TasksUnpaidDisputeTest is RoundFixture {
    address private constant CHALLENGER = address(0xC4A11E);
    address private constant KEEPER = address(0x4EE9E4);
    uint96 private constant BOND = (STAKE + 31) / 32;
    int256 private constant WRONG = 9;

    function setUp() public {
        _deploy();
        _openRound(OWNER);
        _clientsAct();
        _auditorsAct();
    }

    function _collectable(address account) private view returns (uint256) {
        return vault.collectable(address(token), account);
    }

    function test_AGG19_aQuarterOfEachStakeIsTheChallengers() public {
        _aggregatorsAct([WRONG, WRONG, int256(6)]);
        vm.startPrank(CHALLENGER);
        _dispute(0, WRONG);
        vm.stopPrank();
        assertEq(_collectable(CHALLENGER), 2 * (STAKE / 4));
        assertEq(_collectable(SLASHED_TO), 2 * (STAKE - STAKE / 4));
        assertEq(vault.collect(address(token), CHALLENGER), 2 * (STAKE / 4));
    }

    function test_AGG19_whoDisprovesItselfLosesThreeQuarters() public {
        _aggregatorsAct([WRONG, int256(6), int256(6)]);
        vm.startPrank(_aggregator(0));
        _dispute(0, WRONG);
        vm.stopPrank();
        assertEq(_locked(_aggregator(0)), 0);
        assertEq(_collectable(_aggregator(0)), STAKE / 4);
    }

    /// @dev Of a withheld answer it is who bound the bond, not who sends the transaction that ends the demand.
    function test_AGG19_whoDemandedIsTheChallenger() public {
        _aggregatorsAct([WRONG, int256(6), int256(6)]);
        token.mint(CHALLENGER, BOND);
        vm.startPrank(CHALLENGER);
        token.approve(address(vault), BOND);
        vault.deposit(address(tasks), address(token), BOND);
        ILearningTasks.Answer memory answer = _answer(WRONG);
        tasks.demandNode(task, 0, answer, 0, 0, answer.nodesRoot, "");
        vm.stopPrank();
        vm.warp(block.timestamp + 51);
        vm.prank(KEEPER);
        tasks.endDemand(task, 1, answer, ILearningAnswers.Part(ILearningAnswers.Kind.Node, 0, answer.nodesRoot));
        assertEq(_collectable(CHALLENGER), STAKE / 4);
        assertEq(_collectable(KEEPER), 0);
        (uint256 free, ) = vault.stakeOf(address(tasks), address(token), CHALLENGER);
        assertEq(free, BOND);
    }
}
