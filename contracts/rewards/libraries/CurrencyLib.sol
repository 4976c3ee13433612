// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title CurrencyLib
/// @notice Money in and out: a token, or the chain's native currency under the address zero.
library CurrencyLib {
    using SafeERC20 for IERC20;

    /// @notice Value that a call has to carry for `amount` to be taken from its sender.
    function valueOf(address token, uint256 amount) internal pure returns (uint256 value) {
        return token == address(0) ? amount : 0;
    }

    /// @notice What this contract holds.
    function balance(address token) internal view returns (uint256 amount) {
        return token == address(0) ? address(this).balance : IERC20(token).balanceOf(address(this));
    }

    /// @notice Takes a token from the sender of the call; native currency came with it.
    /// @return received what arrived: less than `amount` of a token that takes a fee. The caller decides whether to
    /// accept that.
    function take(address token, uint256 amount) internal returns (uint256 received) {
        if (token == address(0)) return amount;
        uint256 before = balance(token);
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        return balance(token) - before;
    }

    /// @notice Sends what this contract holds; reverts if the recipient or the token refuses.
    function send(address token, address to, uint256 amount) internal {
        if (token == address(0)) Address.sendValue(payable(to), amount);
        else IERC20(token).safeTransfer(to, amount);
    }
}
