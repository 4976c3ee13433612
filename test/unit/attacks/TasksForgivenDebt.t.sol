// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: a cell whose panel is void in every round of a period begins the next one with nothing, its debts included.
/// Impact: a client that did harm has an auditor fall silent on its panel, for a third of a stake; what it owed is forgiven, and
/// its updates are aggregated again.
/// Fix: a void panel scores nobody, but what its clients owe goes on.
contract TasksForgivenDebtTest is AppealsFixture {
    uint256 private constant HARMFUL = 3;
    int256 private constant DEBT = 5000;

    function setUp() public {
        _deploy();
        ILearningTasks.TaskTerms memory terms = _appealTerms();
        terms.periodRounds = 1;
        _begin(terms);
        scoreOf[HARMFUL] = -DEBT;
        _lie(0, 0);
        _finish();
        scoreOf[HARMFUL] = 100;
    }

    /// @dev The panel of the client's cell.
    function _panelOfHarmful() private view returns (uint256) {
        return _cellsOf(0)[0] == HARMFUL / 8 ? 0 : 1;
    }

    function _voidPanel() private {
        _drawPanels();
        isSilent[_seatsOf(_panelOfHarmful())[0]] = true;
        _audit();
        _settleAll();
        for (uint256 i; i < AUDITORS; ++i) isSilent[_auditor(i)] = false;
        _finish();
    }

    /// @dev Pay of the client in a period after one in which its panel was void.
    function test_PAN10_aVoidPanelForgivesNoDebt() public {
        _voidPanel();
        scoreOf[HARMFUL] = DEBT - 1;
        _lie(0, 0);
        _finish();
        assertEq(_round(), 4);
        vm.warp(block.timestamp + 300);
        (uint256 earned, ) = tasks.earningsOf(task, _client(HARMFUL));
        assertEq(earned, 0);
    }

    function test_PAN10_norDoesASecond() public {
        _voidPanel();
        _voidPanel();
        scoreOf[HARMFUL] = DEBT + 1;
        uint256 others;
        for (uint256 id; id < CLIENTS; ++id) if (id != HARMFUL) others += uint256(scoreOf[id]);
        _lie(0, 0);
        assertEq(_positive(3), others + 1);
    }

    function test_PAN10_whoOwesNothingBeginsWithNothing() public {
        _voidPanel();
        _lie(0, 0);
        uint256 others;
        for (uint256 id; id < CLIENTS; ++id) if (id != HARMFUL) others += uint256(scoreOf[id]);
        assertEq(_positive(2), others);
        assertEq(_round(), 3);
        assertEq(uint256(tasks.phaseOf(task)), uint256(ILearningTasks.Phase.Settle));
    }
}
