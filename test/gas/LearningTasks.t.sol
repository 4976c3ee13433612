// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../contracts/learning/interfaces/ILearningTasks.sol";
import {TasksFixture} from "../unit/learning/TasksFixture.sol";

/// @dev Execution alone, as in Operations.t.sol: whole transactions are measured in test/integration/learning-tasks.test.ts.
contract LearningTasksGas is TasksFixture {
    uint256 private constant BATCH = 50;

    function test_gas() public {
        _deploy();
        task = _open(_terms());
        _joinAll(BATCH + 2, 4, 1);
        _admit(_client(BATCH + 2));
        _enter(ILearningTasks.Phase.Commit);
        bytes memory items = _commitItems(0, BATCH);
        tasks.commitUpdates(task, items);
        vm.snapshotGasLastCall("learningTasks", "commitUpdates.fifty");
        _commitUpdate(_client(BATCH));
        vm.snapshotGasLastCall("learningTasks", "commitUpdate.next");
        _commitUpdate(_client(BATCH + 2));
        vm.snapshotGasLastCall("learningTasks", "commitUpdate.joining");
        _enter(ILearningTasks.Phase.Reveal);
        ILearningTasks.UpdateOpening memory opening = _update(_client(BATCH));
        tasks.revealUpdate(task, _client(BATCH), opening);
        vm.snapshotGasLastCall("learningTasks", "revealUpdate.first");
        items = _revealItems(0, BATCH);
        tasks.revealUpdates(task, items);
        vm.snapshotGasLastCall("learningTasks", "revealUpdates.fifty");
        _enter(ILearningTasks.Phase.AuditCommit);
        _draw();
        vm.snapshotGasLastCall("learningTasks", "drawSeed");
    }
}
