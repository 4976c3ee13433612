// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Reward escrow
/// @notice Holds rewards until they are earned. No administrator: an account of the escrow belongs to the contract
/// (the module) that funded it, only that module pays from it, and never more than was put in. What one module or
/// account does can't touch another's money.
///
/// Native currency is the token address zero. Tokens that deliver less than was asked (fee on transfer) are refused.
/// Tokens whose balances change by themselves must not be used: the escrow owes what was paid in, and when a balance has
/// shrunk, who is paid last goes short, of whatever account in that token. The escrow keeps no sum of what it holds and
/// there is no rescue: what is sent to it in any other way than by `fund` is lost.
interface IRewardEscrow {
    /// @notice A module put a reward into escrow under its own number `id`.
    event EscrowFunded(address indexed module, uint256 indexed id, address indexed token, uint256 amount);
    /// @notice A module paid from an account of its own, in the account's token.
    event EscrowPaid(address indexed module, uint256 indexed id, address indexed to, uint256 amount);

    /// @notice The module has funded this number already.
    error RewardEscrow_AlreadyFunded(address module, uint256 id);
    /// @notice Nothing is escrowed with an amount of zero.
    error RewardEscrow_NoAmount();
    /// @notice An account holds at most 2^96 - 1.
    error RewardEscrow_TooLarge(uint256 amount, uint256 maximum);
    /// @notice The native currency sent does not match, or was sent along with a token.
    error RewardEscrow_WrongValue(uint256 sent, uint256 needed);
    /// @notice The token delivered another amount than was asked.
    error RewardEscrow_WrongAmountReceived(address token, uint256 received, uint256 needed);
    /// @notice More than the account holds.
    error RewardEscrow_Insufficient(address module, uint256 id, uint256 remaining, uint256 needed);

    /// @notice Takes `amount` of `token` from the caller into its account `id`, which it can fund once.
    /// @param id the caller's own number of the account.
    /// @param token reward token, approved for the escrow; zero is native currency, sent along.
    /// @param amount in the token's smallest unit, not zero and at most 2^96 - 1.
    function fund(uint256 id, address token, uint128 amount) external payable;

    /// @notice Pays from the caller's account `id`.
    /// @param id the caller's own number of the account.
    /// @param to recipient.
    /// @param amount in the token's smallest unit, at most what remains.
    function pay(uint256 id, address to, uint256 amount) external;

    /// @notice Token and remaining amount of an account; both are zero if it was never funded.
    function accountOf(address module, uint256 id) external view returns (address token, uint256 remaining);
}
