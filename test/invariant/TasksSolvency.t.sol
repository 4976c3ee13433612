// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestBase} from "../unit/Vm.sol";
import {TasksHandler} from "./TasksHandler.sol";

contract TasksSolvencyTest is TestBase {
    TasksHandler private _handler;

    function setUp() public {
        _handler = new TasksHandler();
        bytes4[] memory selectors = new bytes4[](7);
        selectors[0] = TasksHandler.playRound.selector;
        selectors[1] = TasksHandler.playRound.selector;
        selectors[2] = TasksHandler.claimSome.selector;
        selectors[3] = TasksHandler.claimSome.selector;
        selectors[4] = TasksHandler.waitForAppeals.selector;
        selectors[5] = TasksHandler.refundOnce.selector;
        selectors[6] = TasksHandler.sweepOnce.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    /// @dev Not a unit appears or is lost: what was paid to whomever and what is left are the reward.
    function invariant_PAY09_paidAndRemainingAreTheReward() public view {
        (uint256 remaining, uint256 balance) = _handler.escrowed();
        assertEq(_handler.paid() + remaining, _handler.reward());
        assertEq(balance, remaining);
    }

    /// @dev What is owed is never more than the reward, and covers what everybody has earned; refunded, it is the reward.
    function invariant_PAY09_whatIsOwedIsThere() public view {
        uint256 sum = _handler.refunded();
        for (uint256 i; i < _handler.accounts(); ++i) {
            (uint256 earned, , ) = _handler.bookOf(i);
            sum += earned;
        }
        assertLe(sum, _handler.owed());
        assertLe(_handler.owed(), _handler.reward());
        // dust: less than a unit for each of nine clients and three periods
        assertGe(sum + 9 * 3, _handler.owed());
    }

    /// @dev Everybody has earned what the plain rules say, and was paid no more.
    function invariant_PAY09_nobodyIsPaidTwice() public view {
        for (uint256 i; i < _handler.accounts(); ++i) {
            (uint256 earned, uint256 plain, uint256 received) = _handler.bookOf(i);
            assertEq(earned, plain);
            bool treasury = i + 1 == _handler.accounts();
            if (!treasury || !_handler.swept()) assertLe(received, earned);
        }
    }
}
