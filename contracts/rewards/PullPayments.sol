// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";

import {IPullPayments} from "./interfaces/IPullPayments.sol";
import {CurrencyLib} from "./libraries/CurrencyLib.sol";

/// @title PullPayments
/// @notice See `IPullPayments`.
/// @dev The only way in is `_hold` and the only way out `_send`. Whoever inherits decides, between the two, by `_owe`.
/// The guard keeps a token's callback from counting one delivery twice.
abstract contract PullPayments is IPullPayments, ReentrancyGuardTransient {
    /// @inheritdoc IPullPayments
    mapping(address token => mapping(address account => uint256 amount)) public collectable;

    /// @inheritdoc IPullPayments
    mapping(address token => uint256 amount) public totalHeld;

    /// @inheritdoc IPullPayments
    function collect(address token, address account) external nonReentrant returns (uint256 amount) {
        return _send(token, account, account);
    }

    /// @inheritdoc IPullPayments
    function collectTo(address token, address to) external nonReentrant returns (uint256 amount) {
        return _send(token, msg.sender, to);
    }

    /// @dev Takes from the caller. Last in a function under the guard.
    function _hold(address token, uint256 amount) internal {
        if (amount == 0) revert PullPayments_NoAmount();
        uint256 needed = CurrencyLib.valueOf(token, amount);
        if (msg.value != needed) revert PullPayments_WrongValue(msg.value, needed);
        totalHeld[token] += amount;
        uint256 received = CurrencyLib.take(token, amount);
        if (received != amount) revert PullPayments_WrongAmountReceived(token, received, amount);
    }

    /// @dev Gives an account a claim to part of what is held and not owed to anybody yet.
    function _owe(address token, address account, uint256 amount) internal {
        if (amount == 0) return;
        collectable[token][account] += amount;
        emit PaymentOwed(token, account, amount);
    }

    function _send(address token, address account, address to) private returns (uint256 amount) {
        amount = collectable[token][account];
        if (amount == 0) revert PullPayments_NothingToCollect(token, account);
        collectable[token][account] = 0;
        totalHeld[token] -= amount;
        emit PaymentCollected(token, account, to, amount);
        CurrencyLib.send(token, to, amount);
    }
}
