// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TestBase} from "../unit/Vm.sol";
import {LearningHandler} from "./LearningHandler.sol";

contract LearningSolvencyTest is TestBase {
    LearningHandler private _handler;

    function setUp() public {
        _handler = new LearningHandler();
        bytes4[] memory selectors = new bytes4[](4);
        selectors[0] = LearningHandler.playRound.selector;
        selectors[1] = LearningHandler.playRound.selector;
        selectors[2] = LearningHandler.claimSome.selector;
        selectors[3] = LearningHandler.refundOnce.selector;
        targetContract(address(_handler));
        targetSelector(FuzzSelector({addr: address(_handler), selectors: selectors}));
    }

    /// @dev What was and can be claimed, and what went back, is never more than the reward; once everything is settled
    /// less than one base unit a client and period is left over.
    function invariant_RWD08_rewardsNeverExceedThePool() public view {
        uint256 out = _handler.sumOfEarnings() + _handler.refunded();
        assertLe(out, _handler.reward());
        if (_handler.refunded() != 0) assertGe(out + 4 * 2, _handler.reward());
    }

    /// @dev The escrow holds exactly what has not been paid.
    function invariant_RWD13_escrowIsSolvent() public view {
        (uint256 remaining, uint256 balance) = _handler.escrowed();
        assertEq(remaining, _handler.reward() - _handler.paid() - _handler.refunded());
        assertEq(balance, remaining);
    }

    /// @dev Stake moves between its holder and the recipient of slashes, and nowhere else.
    function invariant_STK09_stakeIsConserved() public view {
        assertEq(_handler.sumOfStakes(), _handler.stakes());
    }

    /// @dev No silence stalls a task: every attempt ends, and there are never more than rounds + retries.
    function invariant_LRN17_everyRoundEnds() public view {
        assertLe(_handler.played(), 12);
        if (_handler.played() == 12) assertTrue(_handler.isClosed());
    }
}
