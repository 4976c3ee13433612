// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AppealsFixture} from "../learning/AppealsFixture.sol";

/// @dev What: clients show their updates to the panel alone, and an accomplice appeals. The fresh panel, which can't have them, finds
/// them absent, and the honest panel's scores are far from that.
/// Impact: whoever has more than half of a panel's updates has honest auditors fined a third of their stake each, of
/// which the appellant gets half; it costs the pay of those updates.
/// Fix: a score is not far from a median that is absent: such a verdict corrects scores and fines nobody.
contract TasksWithheldFromFreshTest is AppealsFixture {
    bool private withheld;

    function setUp() public {
        _deploy();
        _begin(_appealTerms());
    }

    function test_APL08_nobodyIsFinedForWhatTheFreshPanelCouldNotHave() public {
        _lie(0, 0);
        _appeal(0);
        _finish();
        _drawAppeal();
        withheld = true;
        _review();
        _settleAppeal();
        for (uint256 i; i < appealed.revealed.length; ++i) assertEq(_locked(appealed.revealed[i]), 3 * uint256(STAKE));
    }

    function _scoreBy(address auditor, uint256 id) internal view override returns (int256) {
        return withheld ? ABSENT : super._scoreBy(auditor, id);
    }
}
