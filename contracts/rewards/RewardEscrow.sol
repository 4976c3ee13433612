// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IRewardEscrow} from "./interfaces/IRewardEscrow.sol";
import {CurrencyLib} from "./libraries/CurrencyLib.sol";

/// @title RewardEscrow
/// @dev The guard keeps a token's callback from counting one delivery for two accounts. A recipient that re-enters
/// fails on its own payment only.
contract RewardEscrow is IRewardEscrow, ReentrancyGuardTransient {
    struct Account {
        // slot 0
        address key; // the token; of native currency this contract, which is no token: so 0 is who was never funded
        uint96 remaining;
    }

    mapping(address module => mapping(uint256 id => Account account)) private _accounts;

    /// @inheritdoc IRewardEscrow
    function fund(uint256 id, address token, uint128 amount) external payable nonReentrant {
        Account storage account = _accounts[msg.sender][id];
        if (account.key != address(0)) revert RewardEscrow_AlreadyFunded(msg.sender, id);
        if (amount == 0) revert RewardEscrow_NoAmount();
        if (amount > type(uint96).max) revert RewardEscrow_TooLarge(amount, type(uint96).max);
        uint256 needed = CurrencyLib.valueOf(token, amount);
        if (msg.value != needed) revert RewardEscrow_WrongValue(msg.value, needed);

        account.key = token == address(0) ? address(this) : token;
        // at most 2^96 - 1, as was checked
        account.remaining = uint96(amount);
        emit EscrowFunded(msg.sender, id, token, amount);

        uint256 received = CurrencyLib.take(token, amount);
        if (received != amount) revert RewardEscrow_WrongAmountReceived(token, received, amount);
    }

    /// @inheritdoc IRewardEscrow
    function pay(uint256 id, address to, uint256 amount) external nonReentrant {
        Account storage account = _accounts[msg.sender][id];
        (address key, uint256 remaining) = (account.key, account.remaining);
        if (amount > remaining) revert RewardEscrow_Insufficient(msg.sender, id, remaining, amount);
        // at most the uint96 that was read
        account.remaining = uint96(remaining - amount);
        emit EscrowPaid(msg.sender, id, to, amount);

        CurrencyLib.send(_tokenOf(key), to, amount);
    }

    /// @inheritdoc IRewardEscrow
    function accountOf(address module, uint256 id) external view returns (address token, uint256 remaining) {
        Account storage account = _accounts[module][id];
        return (_tokenOf(account.key), account.remaining);
    }

    function _tokenOf(address key) private view returns (address token) {
        return key == address(this) ? address(0) : key;
    }
}
