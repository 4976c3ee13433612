// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ERC1155Holder} from "@openzeppelin/contracts/token/ERC1155/utils/ERC1155Holder.sol";
import {ERC721Holder} from "@openzeppelin/contracts/token/ERC721/utils/ERC721Holder.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

import {ITreasury} from "./interfaces/ITreasury.sol";

/// @title Treasury
/// @notice See `ITreasury`.
/// @dev Used through clones. Only the factory can found one, and it founds those it has just made, so the
/// implementation itself never has a governor and does nothing.
contract Treasury is ITreasury, ERC721Holder, ERC1155Holder {
    /// @inheritdoc ITreasury
    address public immutable FACTORY;

    /// @inheritdoc ITreasury
    address public governor; // slot 0, with the next
    /// @inheritdoc ITreasury
    uint48 public governorSince;

    /// @param factory the factory that founds treasuries.
    constructor(address factory) {
        FACTORY = factory;
    }

    /// @notice Takes native currency from anybody.
    receive() external payable {
        emit NativeReceived(msg.sender, msg.value);
    }

    /// @inheritdoc ITreasury
    function found(address firstGovernor, Call[] calldata calls) external {
        if (msg.sender != FACTORY || governor != address(0)) revert Treasury_AlreadyFounded(msg.sender);
        _setGovernor(firstGovernor);
        for (uint256 i; i < calls.length; ++i) Address.functionCall(calls[i].target, calls[i].data);
    }

    /// @inheritdoc ITreasury
    /// @dev Re-entrancy is harmless: only the governor may call, it marks a proposal executed before it does, and
    /// nothing is read here after a call. The governor bounds the number of actions.
    function execute(
        uint256 proposalId,
        address[] calldata targets,
        uint256[] calldata values,
        bytes[] calldata calldatas
    ) external payable {
        if (msg.sender != governor) revert Treasury_NotTheGovernor(msg.sender, governor);
        if (targets.length != values.length || targets.length != calldatas.length) {
            revert Treasury_LengthMismatch(targets.length, values.length, calldatas.length);
        }
        for (uint256 i; i < targets.length; ++i) {
            _call(targets[i], values[i], calldatas[i]);
            emit ActionExecuted(proposalId, i, targets[i], values[i], bytes4(calldatas[i]));
        }
    }

    /// @inheritdoc ITreasury
    function setGovernor(address newGovernor) external {
        if (msg.sender != address(this)) revert Treasury_NotItself(msg.sender);
        _setGovernor(newGovernor);
    }

    function _setGovernor(address newGovernor) private {
        if (newGovernor.code.length == 0) revert Treasury_NotAContract(newGovernor);
        emit GovernorChanged(governor, newGovernor);
        governor = newGovernor;
        governorSince = uint48(block.timestamp); // fits for 8.9 million years
    }

    /// @dev A call with data to an account without code would succeed and do nothing; it reverts instead.
    function _call(address target, uint256 value, bytes calldata data) private {
        if (data.length == 0) Address.sendValue(payable(target), value);
        else Address.functionCallWithValue(target, data, value);
    }
}
