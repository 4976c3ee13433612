// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: jail is of an account; a member who changes the key of their identity has another one.
/// Impact: whoever missed three reveals takes a seat in the next task at once, at the price of one transaction.
/// Fix: the identity is jailed as well, and who joins is asked for it.
contract TasksReboundJailTest is AppealsFixture {
    address private constant NEXT_KEY = address(0x4E37);

    address private jailed;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.aggregatorStake = 3 * STAKE;
        _begin(terms);
        // nobody answers, three times: all aggregators are jailed
        jailed = _aggregator(0);
        for (uint256 i; i < 3; ++i) {
            _drawPanels();
            _audit();
            _settleAll();
            _enter(ILearningTasks.Phase.Challenge);
            tasks.finishRound(task, _answer());
        }
        assertGe(vault.jailedUntil(address(tasks), jailed), block.timestamp + 1);
        terms.startsAt = uint40(block.timestamp + 1000);
        task = _open(terms);
    }

    function _enterAgain() private returns (bytes memory data) {
        _deposit(NEXT_KEY, 3 * STAKE);
        membership.rebind(COOPERATIVE, jailed, NEXT_KEY);
        return abi.encodeCall(ILearningTasks.join, (task, ILearningTasks.Role.Auditor));
    }

    function test_PAY13_jailFollowsTheIdentity() public {
        bytes memory data = _enterAgain();
        uint48 until = vault.jailedUntil(address(tasks), jailed);
        address did = _did(jailed);
        bytes4 selector = IStakeVault.StakeVault_Jailed.selector;
        _refused(NEXT_KEY, data, abi.encodeWithSelector(selector, address(tasks), did, until));
    }

    function test_PAY13_untilItIsOver() public {
        _enterAgain();
        ILearningTasks.TaskTerms memory terms = tasks.termsOf(task);
        terms.startsAt = uint40(vault.jailedUntil(address(tasks), jailed)) + 1;
        task = _open(terms);
        vm.warp(terms.startsAt - 1);
        vm.prank(NEXT_KEY);
        tasks.join(task, ILearningTasks.Role.Auditor);
        assertEq(_locked(NEXT_KEY), 3 * uint256(STAKE));
    }

    function test_PAY13_whoIsJailedMayTrain() public {
        _enterAgain();
        _joinAll(0, 4, 0);
        _join(_aggregator(7), ILearningTasks.Role.Aggregator);
        vm.prank(NEXT_KEY);
        tasks.join(task, ILearningTasks.Role.Client);
        assertEq(tasks.roundState(task).clients, 1);
    }
}
