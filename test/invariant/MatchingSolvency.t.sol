// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestBase} from "../unit/Vm.sol";
import {MatchingHandler} from "./MatchingHandler.sol";

contract MatchingSolvencyTest is TestBase {
    MatchingHandler private _handler;

    function setUp() public {
        _handler = new MatchingHandler();
        bytes4[] memory selectors = new bytes4[](14);
        selectors[0] = MatchingHandler.open.selector;
        selectors[1] = MatchingHandler.register.selector;
        selectors[2] = MatchingHandler.register.selector;
        selectors[3] = MatchingHandler.contribute.selector;
        selectors[4] = MatchingHandler.contribute.selector;
        selectors[5] = MatchingHandler.contribute.selector;
        selectors[6] = MatchingHandler.withdraw.selector;
        selectors[7] = MatchingHandler.settle.selector;
        selectors[8] = MatchingHandler.refund.selector;
        selectors[9] = MatchingHandler.collect.selector;
        selectors[10] = MatchingHandler.depart.selector;
        selectors[11] = MatchingHandler.wait_.selector;
        selectors[12] = MatchingHandler.wait_.selector;
        selectors[13] = MatchingHandler.settle.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    /// @dev What was given and put in was collected, is owed, or waits for its round; what is not collected is there.
    function invariant_GRT15_heldIsOwedAndUnsettled() public view {
        (uint256 total, uint256 balance) = _handler.held();
        assertEq(_handler.owed() + _handler.unsettled(), total);
        assertEq(total, balance);
        assertEq(total + _handler.collected(), _handler.funded());
    }

    /// @dev The sums that settling relies on are those of their parts, and no pool is overdrawn.
    function invariant_GRT15_GRT16_sumsAreThoseOfTheirParts() public view {
        assertTrue(_handler.isConsistent());
    }
}
