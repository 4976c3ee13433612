// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";

import {Did} from "../../../contracts/identity/types/Did.sol";
import {LearningRounds} from "../../../contracts/learning/LearningRounds.sol";
import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {Reputation} from "../../../contracts/reputation/Reputation.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {LearningFixture} from "./LearningFixture.sol";

/// @dev A new version of the rounds beside the old one, on the same members, escrow, stakes and reputation, while a task
/// of the old one is under way. Branches: Succession.tree.
contract SuccessionTest is LearningFixture {
    CategoryId private constant CONTRIBUTION = CategoryId.wrap(keccak256("contribution"));

    Reputation private _standing;
    LearningRounds private _former;
    LearningRounds private _next;

    function setUp() public {
        _deploy();
        _standing = new Reputation(address(new AccessManager(address(this))));
        _standing.addCategory(CONTRIBUTION, 3650 days);
        (_former, _next) = (_module(), _module());
        _appoint(_former);
        rounds = _former;
        task = _open(_terms());
        _joinAll(3, 5, 3);
        _runs(2);
        rounds.recordReputation(task, _client(0));
    }

    function test_CHG06_aRunningTaskEndsByItsOwnRules() public {
        TaskId formerTask = task;
        vm.prank(COOPERATIVE);
        _standing.revokeIssuer(CONTRIBUTION, address(_former));
        _appoint(_next);
        rounds = _next;
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.startsAt = uint48(block.timestamp + 1 days);
        task = _open(terms);
        TaskId nextTask = task;
        _joinAll(3, 5, 3); // the same parties, with stakes of their own

        // The former plays its task to the end, pays it and frees its stakes; in the record it has no say any more.
        (rounds, task) = (_former, formerTask);
        uint96 before = _score(_client(0));
        _runs(2);
        _expectPaid();
        assertEq(_locked(_auditor(0)), STAKE);
        rounds.releaseStake(task, _auditor(0));
        assertEq(_locked(_auditor(0)), 0);
        bytes memory refusal = abi.encodeWithSelector(
            IReputation.Reputation_NotIssuer.selector,
            COOPERATIVE,
            CONTRIBUTION,
            address(_former)
        );
        _refused(address(this), abi.encodeCall(rounds.recordReputation, (task, _client(0))), refusal);

        // The next plays its own, and writes on where the former ended.
        (rounds, task) = (_next, nextTask);
        assertEq(_locked(_auditor(0)), STAKE);
        _runs(4);
        _expectPaid();
        uint256 points = rounds.recordReputation(task, _client(0));
        assertApprox(_score(_client(0)), before + points, 100); // a few points faded in the day between

        // Appointed once more, the former records what it could not.
        _appoint(_former);
        assertGe(_former.recordReputation(formerTask, _client(0)), 1);
    }

    function _module() private returns (LearningRounds) {
        return
            new LearningRounds(
                IMembership(address(membership)),
                escrow,
                vault,
                IReputation(address(_standing)),
                consents
            );
    }

    function _appoint(LearningRounds module) private {
        vm.prank(COOPERATIVE);
        _standing.appointIssuer(CONTRIBUTION, address(module), 1_000_000, 0);
    }

    function _score(address client) private view returns (uint96) {
        return _standing.scoreOf(COOPERATIVE, CONTRIBUTION, Did.wrap(_did(client)));
    }

    function _runs(uint256 count) private {
        for (uint256 i; i < count; ++i) _run(3, _unanimous(_flat(100, 3), 5));
    }

    /// @dev The task is closed, and its clients had their thirds of both periods: 70 % of the reward in all.
    function _expectPaid() private {
        assertEq(uint256(rounds.roundState(task).phase), uint256(ILearningRounds.Phase.Closed));
        uint256 third = (uint256(REWARD) * 7000 * 2) / (10_000 * 4) / 3;
        for (uint256 i; i < 3; ++i) assertEq(rounds.claim(_ids(), _client(i)), 2 * third);
        rounds.refund(task);
    }
}
