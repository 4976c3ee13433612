// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestBase} from "../unit/Vm.sol";
import {GrantsHandler} from "./GrantsHandler.sol";

contract GrantsSolvencyTest is TestBase {
    GrantsHandler private _handler;

    function setUp() public {
        _handler = new GrantsHandler();
        bytes4[] memory selectors = new bytes4[](10);
        selectors[0] = GrantsHandler.open.selector;
        selectors[1] = GrantsHandler.accept.selector;
        selectors[2] = GrantsHandler.deliver.selector;
        selectors[3] = GrantsHandler.deliver.selector;
        selectors[4] = GrantsHandler.decide.selector;
        selectors[5] = GrantsHandler.decide.selector;
        selectors[6] = GrantsHandler.reclaim.selector;
        selectors[7] = GrantsHandler.stop.selector;
        selectors[8] = GrantsHandler.collect.selector;
        selectors[9] = GrantsHandler.wait_.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    /// @dev What was put in was collected, is owed or is undecided; what is not collected is there.
    function invariant_GRT09_heldIsUndecidedAndOwed() public view {
        (uint256 funded, uint256 undecided, uint256 owed) = _handler.sums();
        (uint256 total, uint256 balance) = _handler.held();
        assertEq(undecided + owed, total);
        assertEq(total, balance);
        assertEq(total + _handler.collected(), funded);
    }

    /// @dev Nothing is delivered or paid without acceptance, and nothing stays for ever.
    function invariant_GRT02_GRT06_nothingStalls() public view {
        assertTrue(_handler.isConsistent());
    }
}
