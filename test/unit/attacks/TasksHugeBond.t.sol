// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: a bond is cut to 96 bits. Eleven fresh seats for three of the panel's cost more than the whole reward, so that at
/// rewards above 3/11 of 2^96 the cut bond can be next to nothing.
/// Impact: an appeal for almost no bond, whose fresh panel works for almost no pay, or whose verdict reverts.
/// Fix: a task with appeals has a reward of less than a quarter of 2^96.
contract TasksHugeBondTest is AppealsFixture {
    /// @dev Eleven thirds of it are a little more than 3 * 2^96.
    uint96 private constant HUGE = uint96((uint256(3) << 96) / 11 + 1) * 3;

    function test_APL03_noBondIsCut() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.reward = HUGE;
        terms.rounds = 1;
        terms.periodRounds = 1;
        terms.retries = 0;
        terms.auditorShare = 10_000;
        terms.aggregatorShare = 0;
        terms.treasuryShare = 0;
        terms.panelCells = 32;
        token.mint(OWNER, HUGE);
        vm.startPrank(OWNER);
        token.approve(address(tasks), HUGE);
        // solhint-disable-next-line avoid-low-level-calls
        (bool opened, bytes memory result) = address(tasks).call(abi.encodeCall(ILearningTasks.openTask, (terms)));
        vm.stopPrank();
        // refused terms have no bond
        if (!opened) return;
        task = abi.decode(result, (TaskId));
        _joinAll(CLIENTS, AUDITORS, 3);
        for (uint256 id; id < CLIENTS; ++id) scoreOf[id] = 100;
        _lie(2, 1000);
        _appeal(0);
        assertEq(_locked(APPELLANT), _bond());
    }
}
