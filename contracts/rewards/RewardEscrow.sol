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
        address token;
        bool funded;
        // slot 1
        uint128 remaining;
    }

    mapping(address module => mapping(uint256 id => Account account)) private _accounts;

    /// @inheritdoc IRewardEscrow
    mapping(address token => uint256 amount) public totalHeld;

    /// @inheritdoc IRewardEscrow
    function fund(uint256 id, address token, uint128 amount) external payable nonReentrant {
        Account storage account = _accounts[msg.sender][id];
        if (account.funded) revert RewardEscrow_AlreadyFunded(msg.sender, id);
        if (amount == 0) revert RewardEscrow_NoAmount();
        uint256 needed = CurrencyLib.valueOf(token, amount);
        if (msg.value != needed) revert RewardEscrow_WrongValue(msg.value, needed);

        account.token = token;
        account.funded = true;
        account.remaining = amount;
        totalHeld[token] += amount;
        emit EscrowFunded(msg.sender, id, token, amount);

        uint256 received = CurrencyLib.take(token, amount);
        if (received != amount) revert RewardEscrow_WrongAmountReceived(token, received, amount);
    }

    /// @inheritdoc IRewardEscrow
    function pay(uint256 id, address to, uint256 amount) external nonReentrant {
        Account storage account = _accounts[msg.sender][id];
        uint256 remaining = account.remaining;
        if (amount > remaining) revert RewardEscrow_Insufficient(msg.sender, id, remaining, amount);
        address token = account.token;
        remaining -= amount;

        // at most the uint128 that was read
        account.remaining = uint128(remaining);
        totalHeld[token] -= amount;
        emit EscrowPaid(msg.sender, id, to, token, amount, remaining);

        CurrencyLib.send(token, to, amount);
    }

    /// @inheritdoc IRewardEscrow
    function accountOf(address module, uint256 id) external view returns (address token, uint256 remaining) {
        Account storage account = _accounts[module][id];
        return (account.token, account.remaining);
    }
}
