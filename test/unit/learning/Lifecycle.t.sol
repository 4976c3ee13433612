// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract LifecycleTest is LearningFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
    }

    function test_wholeTask() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 4; ++i) _run(3, _unanimous(_flat(100, 3), 5));
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.Closed);
        assertEq(rounds.roundState(task).settled, 4);
    }
}
