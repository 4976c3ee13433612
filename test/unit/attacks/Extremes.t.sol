// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TasksFixture} from "../learning/TasksFixture.sol";

/// @dev The largest numbers the types allow.
contract ExtremesTest is TasksFixture {
    /// @dev Times at the end of their types: every view answers.
    function test_TSK01_farTimesBreakNoView() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.startsAt = type(uint40).max;
        uint24 most = type(uint24).max;
        // appeals last at least as long as auditing and settling
        uint24 third = most / 3;
        terms.schedule = ILearningTasks.Schedule(most, most, third, third, third, most, most, most, most, most);
        task = _open(terms);
        for (uint8 phase; phase <= uint8(ILearningTasks.Phase.Closed); ++phase)
            tasks.phaseStart(task, ILearningTasks.Phase(phase));
        tasks.roundState(task);
        tasks.earningsOf(task, _client(0));
        tasks.termsOf(task);
        tasks.participantOf(task, _client(0));
    }
}
