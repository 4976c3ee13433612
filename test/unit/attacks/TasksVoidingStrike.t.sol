// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {TasksFixture} from "../learning/TasksFixture.sol";

/// @dev What: a copy can be struck after Reveal and before the seed is drawn, which counts the updates that are left.
/// Impact: two members who hold one update between them decide after everybody's reveal, and after the beacon told who
/// would score it, whether a round with just enough updates goes on: a free option on every round.
/// Fix: what was revealed at the end of Reveal decides; from then on a strike waits for the seed.
contract TasksVoidingStrikeTest is TasksFixture {
    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.minClients = 3;
        task = _open(terms);
        _joinAll(3, 4, 1);
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < 3; ++i) {
            bytes32 commitment = tasks.updateCommitment(task, 1, _client(i), _same(i));
            vm.prank(_client(i));
            tasks.commitUpdate(task, commitment);
        }
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 3; ++i) tasks.revealUpdate(task, _client(i), _same(i));
    }

    /// @dev The first two have the same root.
    function _same(uint256 i) private view returns (ILearningTasks.UpdateOpening memory opening) {
        opening = _update(_client(i));
        if (i == 1) opening.root = _update(_client(0)).root;
    }

    function _strike() private returns (bool struck) {
        bytes memory data = abi.encodeCall(
            ILearningTasks.strikeCopy,
            (task, _client(0), _same(0), _client(1), _same(1))
        );
        // solhint-disable-next-line avoid-low-level-calls
        (struck, ) = address(tasks).call(data);
    }

    function test_TSK11_noStrikeVoidsARoundAfterReveal() public {
        _enter(ILearningTasks.Phase.AuditCommit);
        assertFalse(_strike());
        _draw();
        assertTrue(_strike());
        assertEq(tasks.roundState(task).updates, 2);
        assertEq(tasks.panelState(task).round, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ITaskRewards.LearningTasks_NotFinishable.selector, task, 1, tasks.phaseOf(task))
        );
        ILearningTasks.Answer memory none;
        tasks.finishRound(task, none);
    }

    function test_TSK11_inRevealAStrikeCounts() public {
        assertTrue(_strike());
        _enter(ILearningTasks.Phase.AuditCommit);
        ILearningTasks.Answer memory none;
        tasks.finishRound(task, none);
        assertEq(tasks.roundState(task).voided, 1);
    }
}
