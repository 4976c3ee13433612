// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: of sealed updates a fresh panel has no wraps, of others it may be shown nothing; it finds them absent, which
/// replaces their scores by 0, counts as a correction, and frees the whole bond.
/// Impact: for gas alone a client's debt is gone, or the scores of everybody on another panel, whose part of the pool
/// is then the others'.
/// Fix: absence takes a score away but gives none, and on its own it upholds no appeal.
contract TasksAbsentAppealTest is AppealsFixture {
    int256 private constant DEBT = 5000;

    bool private withheld;
    uint256 private harmful;
    uint256 private before;

    /// @dev The first client of panel 0 did harm; then all of the panel is hidden, or that client alone.
    function _appealAgainst(bool all) private {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        _begin(terms);
        _drawPanels();
        harmful = 8 * _cellsOf(0)[0];
        scoreOf[harmful] = -DEBT;
        _audit();
        _settleAll();
        before = _positive(0);
        _appeal(0);
        _finish();
        _drawAppeal();
        withheld = all;
        if (!all) scoreOf[harmful] = ABSENT;
        _review();
        _settleAppeal();
        (withheld, scoreOf[harmful]) = (false, DEBT - 1);
    }

    function _scoreBy(address auditor, uint256 id) internal view override returns (int256) {
        bool hidden = withheld && id / 8 == harmful / 8;
        return hidden ? ABSENT : super._scoreBy(auditor, id);
    }

    /// @dev Another round of the same period, in which the client does less good than it did harm.
    function _earnsNothing() private {
        uint256 sum = _positive(0);
        uint256 others;
        for (uint256 id; id < CLIENTS; ++id) if (id != harmful) others += uint256(scoreOf[id]);
        _lie(0, 0);
        assertEq(_positive(0), sum + others);
    }

    function test_APL06_absenceForgivesNoDebt() public {
        _appealAgainst(false);
        assertEq(_positive(0), before);
        _earnsNothing();
    }

    function test_APL09_whoAppealsWhatNobodyCanHaveLosesTheBond() public {
        _appealAgainst(true);
        // what was told of them is gone, at the price of a bond
        assertLe(_positive(0), before);
        assertEq(_free(APPELLANT), 0);
        assertEq(_locked(APPELLANT), 0);
        assertEq(_collectable(SLASHED_TO), 11 * tasks.panelState(task).seatPay + (3 * uint256(STAKE) + 31) / 32);
        _earnsNothing();
    }
}
