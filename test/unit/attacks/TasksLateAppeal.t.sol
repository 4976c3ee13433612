// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: a fresh panel may be drawn in the last second in which it can commit, and commits to nothing before it is
/// drawn.
/// Impact: none of its auditors had time to score anything, yet each loses `missPenalty`; three such appeals jail them.
/// Fix: a panel that was drawn in the second half of its commitments is late: nobody on it is silent.
contract TasksLateAppealTest is AppealsFixture {
    function setUp() public {
        _deploy();
        _begin(_appealTerms());
        _lie(2, 1000);
        _appeal(0);
        _finish();
    }

    function _allSilentAfter(uint256 delay) private {
        vm.warp(tasks.roundState(task).startedAt + delay);
        _drawAppeal();
        address[] memory seats = _fresh();
        for (uint256 i; i < seats.length; ++i) isSilent[seats[i]] = true;
        _settleAppeal();
    }

    function test_APL10_whoIsDrawnLateIsNotSilent() public {
        _allSilentAfter(40);
        for (uint256 i; i < AUDITORS; ++i) assertEq(_locked(_auditor(i)), 3 * uint256(STAKE));
        // the bond of a void appeal is free
        assertEq(_locked(APPELLANT), 0);
    }

    function test_APL10_whoIsDrawnInTimeIs() public {
        _allSilentAfter(39);
        address[] memory seats = _fresh();
        for (uint256 i; i < seats.length; ++i) assertEq(_locked(seats[i]), 2 * uint256(STAKE));
    }

    function test_APL10_aLatePanelThatRevealsHasItsVerdict() public {
        vm.warp(tasks.roundState(task).startedAt + 79);
        _drawAppeal();
        _review();
        _settleAppeal();
        assertEq(_locked(appealed.revealed[0]), 2 * uint256(STAKE));
    }
}
