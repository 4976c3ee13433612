// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: an auditor who said that updates are absent was an outlier, if the fresh panel has them. But clients choose to whom
/// they show an open update, and when.
/// Impact: friends who are most clients of a panel keep their updates from one auditor of it, appeal, and have it fined: no median
/// moves, their bond comes back, what the fresh panel cost is repaid, and half of the rest of the fine is theirs.
/// Fix: absence of what the panel had is far from no median. A majority that denies what it has is fined as before.
contract TasksStarvedAuditorTest is AppealsFixture {
    mapping(address auditor => bool starved) private _isStarved;

    function _scoreBy(address auditor, uint256 id) internal view override returns (int256 score) {
        return _isStarved[auditor] ? ABSENT : super._scoreBy(auditor, id);
    }

    function setUp() public {
        _deploy();
        _begin(_appealTerms());
        _drawPanels();
    }

    function _appealOf(uint256 starved) private returns (address[] memory seats) {
        seats = _seatsOf(0);
        for (uint256 i; i < starved; ++i) _isStarved[seats[i]] = true;
        _audit();
        _settleAll();
        _appeal(0);
        _finish();
        _drawAppeal();
        _review();
        _settleAppeal();
    }

    function test_APL08_whoWasShownNothingIsNotFined() public {
        address victim = _appealOf(1)[0];
        assertEq(_locked(victim), 3 * STAKE);
        assertEq(_collectable(APPELLANT), 0);
    }

    function test_APL08_whoDenyTogetherWhatTheyHaveAre() public {
        address[] memory seats = _appealOf(2);
        assertEq(_locked(seats[0]), 2 * STAKE);
        assertEq(_locked(seats[1]), 2 * STAKE);
        // what the fresh panel has counts
        assertTrue(_positive(0) > 0);
    }
}
