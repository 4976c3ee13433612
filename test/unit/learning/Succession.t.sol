// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {Did} from "../../../contracts/identity/types/Did.sol";
import {ILearning} from "../../../contracts/learning/interfaces/ILearning.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {RoundFixture} from "./RoundFixture.sol";

/// @dev A new version of the tasks beside the old one, on the same members, escrow, stakes and reputation, while a task of
/// the old one is under way. Branches: Succession.tree.
contract SuccessionTest is RoundFixture {
    CategoryId private constant CONTRIBUTION = CategoryId.wrap(keccak256("contribution"));

    Reputation private _standing;
    ILearning private _former;
    ILearning private _next;

    function setUp() public {
        _deploy();
        _standing = new Reputation(address(new AccessManager(address(this))));
        _standing.addCategory(CONTRIBUTION, 3650 days);
        (_former, _next) = (_newTasks(_standing), _newTasks(_standing));
        _appoint(_former);
        tasks = _former;
        _openRound(COOPERATIVE);
        _clientsAct();
    }

    function test_CHG06_aRunningTaskEndsByItsOwnRules() public {
        TaskId formerTask = task;
        vm.prank(COOPERATIVE);
        _standing.revokeIssuer(CONTRIBUTION, address(_former));
        _appoint(_next);

        // The former plays its task to the end, pays it and frees its stakes; in the record it has no say any more.
        _playToTheEnd();
        bytes memory refusal = abi.encodeWithSelector(
            IReputation.Reputation_NotIssuer.selector,
            COOPERATIVE,
            CONTRIBUTION,
            address(_former)
        );
        _refused(address(this), _record(), refusal);

        // The next plays its own, with stakes of their own, and writes.
        tasks = _next;
        _openRound(COOPERATIVE);
        _clientsAct();
        _playToTheEnd();
        (bool written, ) = address(tasks).call(_record()); // solhint-disable-line avoid-low-level-calls
        assertTrue(written);
        uint96 points = _score(_client(0));
        assertGe(points, 1);

        // Appointed once more, the former records what it could not.
        _appoint(_former);
        _former.recordReputation(formerTask, _client(0), membership.numberOf(COOPERATIVE, _client(0)));
        assertGe(_score(_client(0)), 2 * points - 10); // a few points faded in between
    }

    function _appoint(ILearning module) private {
        vm.prank(COOPERATIVE);
        _standing.appointIssuer(CONTRIBUTION, address(module), 1_000_000, 0);
    }

    function _score(address client) private view returns (uint96) {
        return _standing.scoreOf(COOPERATIVE, CONTRIBUTION, Did.wrap(_did(client)));
    }

    function _record() private view returns (bytes memory) {
        uint256 number = membership.numberOf(COOPERATIVE, _client(0));
        return abi.encodeCall(tasks.recordReputation, (task, _client(0), number));
    }

    /// @dev From the end of Reveal: scored, aggregated, paid, and its stakes freed.
    function _playToTheEnd() private {
        _auditorsAct();
        _aggregatorsAct([int256(6), int256(6), int256(6)]);
        _finish(6);
        assertTrue(tasks.phaseOf(task) == ILearningTasks.Phase.Closed);
        (, , , uint256 claimableFrom) = tasks.periodOf(task, 0);
        vm.warp(claimableFrom);
        for (uint256 i; i < 2; ++i) assertEq(_claim(_client(i), 1), (uint256(REWARD) * SHARE_OF_CLIENTS) / 10_000 / 2);
        tasks.refund(task);
        assertEq(_locked(_auditor(0)), 3 * STAKE);
        tasks.releaseStake(task, _auditor(0));
        assertEq(_locked(_auditor(0)), 0);
    }
}
