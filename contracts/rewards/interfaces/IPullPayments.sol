// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Pull payments
/// @notice What a contract that holds other people's money owes to whom. Nothing is sent when it is earned: it is
/// written down, and collected by a call of its own, so that a recipient or token that refuses, blocks or calls back
/// stops nothing but its own payment.
///
/// Native currency is the token address zero. Tokens that deliver less than was asked (fee on transfer) are refused.
/// Tokens whose balances change by themselves must not be used.
interface IPullPayments {
    /// @notice An account can collect `amount` more.
    event PaymentOwed(address indexed token, address indexed account, uint256 amount);
    /// @notice What an account was owed went to `to`.
    event PaymentCollected(address indexed token, address indexed account, address indexed to, uint256 amount);

    /// @notice Nothing is held with an amount of zero.
    error PullPayments_NoAmount();
    /// @notice The native currency sent does not match, or was sent along with a token.
    error PullPayments_WrongValue(uint256 sent, uint256 needed);
    /// @notice The token delivered another amount than was asked.
    error PullPayments_WrongAmountReceived(address token, uint256 received, uint256 needed);
    /// @notice There is nothing to collect.
    error PullPayments_NothingToCollect(address token, address account);

    /// @notice Sends an account all that it is owed of a token. Anybody.
    function collect(address token, address account) external returns (uint256 amount);

    /// @notice Sends all that the caller is owed of a token to another account.
    function collectTo(address token, address to) external returns (uint256 amount);

    /// @notice What an account can collect.
    function collectable(address token, address account) external view returns (uint256 amount);

    /// @notice Sum of what this contract holds of a token for others: what can be collected and what is not decided.
    function totalHeld(address token) external view returns (uint256 amount);
}
