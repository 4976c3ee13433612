// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: a seed that the beacon gave only after AuditCommit is drawn during Settle, and the panels settled at once.
/// Impact: no auditor could know its cells while it could commit, yet each loses `missPenalty` to the task's treasury, which may
/// be whoever draws; after three such rounds all are jailed with nothing left.
/// Fix: a seed is drawn during AuditCommit alone; one that comes later makes the round void, as none does.
contract TasksLateSeedTest is AppealsFixture {
    function setUp() public {
        _deploy();
        _begin(_appealTerms());
    }

    function test_PAN12_noAuditorIsSilentWhoCouldNotKnowItsSeat() public {
        _updates(CLIENTS);
        _enter(ILearningTasks.Phase.Settle);
        // no seed so far: nobody has a seat
        beacon.set(uint48(tasks.phaseStart(task, ILearningTasks.Phase.AuditCommit)), BEACON);
        // solhint-disable-next-line avoid-low-level-calls
        (bool drawn, ) = address(tasks).call(abi.encodeCall(ILearningTasks.drawSeed, (task)));
        if (drawn) {
            for (uint256 i; i < AUDITORS; ++i) isSilent[_auditor(i)] = true;
            tasks.settlePanel(task, 0, _openings(0));
        }
        for (uint256 i; i < AUDITORS; ++i) assertEq(_locked(_auditor(i)), 3 * uint256(STAKE));
        _enter(ILearningTasks.Phase.AggregateCommit);
        tasks.finishRound(task, _answer());
        assertEq(_round(), 2);
    }
}
