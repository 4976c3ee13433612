// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Stake vault
/// @notice Holds the stakes of those who audit and aggregate. No administrator: a staker entrusts an amount to one
/// module, and only that module can lock, unlock and slash it, never more than was entrusted to it. What is free can
/// be taken back at any time: the stake that answers for something is the locked one, and it is the module's business to
/// keep it locked for as long as it answers.
///
/// Native currency is the token address zero. Tokens that deliver less than was asked are refused.
interface IStakeVault {
    /// @notice A staker entrusted an amount to a module.
    event StakeDeposited(address indexed module, address indexed token, address indexed account, uint256 amount);
    /// @notice A staker took free stake back.
    event StakeWithdrawn(
        address indexed module,
        address indexed token,
        address indexed account,
        address to,
        uint256 amount
    );
    /// @notice A module bound stake.
    event StakeLocked(address indexed module, address indexed token, address indexed account, uint256 amount);
    /// @notice A module freed stake.
    event StakeUnlocked(address indexed module, address indexed token, address indexed account, uint256 amount);
    /// @notice A module took locked stake away in favour of `recipient`.
    event StakeSlashed(
        address indexed module,
        address indexed token,
        address indexed account,
        address recipient,
        uint256 amount
    );
    /// @notice A module locks no more stake of an account before this second.
    event AccountJailed(address indexed module, address indexed account, uint256 until);
    /// @notice Slashed stake was collected by its recipient.
    event SlashedStakeCollected(address indexed token, address indexed recipient, uint256 amount);

    /// @notice Zero amounts are refused.
    error StakeVault_NoAmount();
    /// @notice The native currency sent does not match, or was sent along with a token.
    error StakeVault_WrongValue(uint256 sent, uint256 needed);
    /// @notice The token delivered another amount than was asked.
    error StakeVault_WrongAmountReceived(address token, uint256 received, uint256 needed);
    /// @notice Not so much free stake.
    error StakeVault_InsufficientFree(address module, address token, address account, uint256 free, uint256 needed);
    /// @notice Not so much locked stake.
    error StakeVault_InsufficientLocked(address module, address token, address account, uint256 locked, uint256 needed);
    /// @notice The module has jailed the account until this second.
    error StakeVault_Jailed(address module, address account, uint256 until);
    /// @notice There is nothing to collect.
    error StakeVault_NothingToCollect(address token, address recipient);

    /// @notice Entrusts `amount` of the caller's `token` to `module`.
    /// @param module who may lock and slash it.
    /// @param token stake token, approved for the vault; zero is native currency, sent along.
    /// @param amount in the token's smallest unit, not zero.
    function deposit(address module, address token, uint128 amount) external payable;

    /// @notice Takes free stake of the caller back.
    /// @param module to whom it was entrusted.
    /// @param token stake token.
    /// @param amount in the token's smallest unit, not zero and at most what is free.
    /// @param to recipient.
    function withdraw(address module, address token, uint128 amount, address to) external;

    /// @notice Locks free stake of an account that is not jailed. Caller: the module it was entrusted to.
    /// @param account the staker.
    /// @param token stake token.
    /// @param amount in the token's smallest unit, not zero and at most what is free.
    function lock(address account, address token, uint128 amount) external;

    /// @notice Frees locked stake of an account. Caller: the module.
    /// @param account the staker.
    /// @param token stake token.
    /// @param amount in the token's smallest unit, not zero and at most what is locked.
    function unlock(address account, address token, uint128 amount) external;

    /// @notice Takes up to `amount` of locked stake away, as much as there is. Caller: the module.
    /// @param account the staker.
    /// @param token stake token.
    /// @param amount in the token's smallest unit.
    /// @param recipient who can have it sent by `collect`.
    /// @return slashed what was taken; never reverts for want of stake, so that nobody can stall a module by having
    /// too little.
    function slash(
        address account,
        address token,
        uint128 amount,
        address recipient
    ) external returns (uint128 slashed);

    /// @notice Keeps an account from having more stake locked before `until`. Caller: the module that would lock it.
    /// Stake that is locked already stays so, and what is free can be taken back.
    /// @param account the staker.
    /// @param until second; one that is not later than that of a jail before changes nothing.
    function jail(address account, uint48 until) external;

    /// @notice Sends slashed stake to its recipient. Anybody.
    /// @param token stake token.
    /// @param recipient whom slashes have named.
    /// @return amount all that could be collected, in the token's smallest unit.
    function collect(address token, address recipient) external returns (uint256 amount);

    /// @notice Free and locked stake of an account with a module.
    function stakeOf(
        address module,
        address token,
        address account
    ) external view returns (uint256 free, uint256 locked);

    /// @notice Second before which the module locks no stake of the account; 0 if it was never jailed.
    function jailedUntil(address module, address account) external view returns (uint48 until);

    /// @notice Slashed stake a recipient can collect.
    function collectable(address token, address recipient) external view returns (uint256 amount);

    /// @notice Sum of what the vault owes of a token.
    function totalHeld(address token) external view returns (uint256 amount);
}
