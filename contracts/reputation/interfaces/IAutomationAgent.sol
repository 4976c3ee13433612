// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title IAutomationAgent
/// @notice The account of one realm at {IReputationAutomation}: it makes the calls that the realm authorised, with the
/// powers that the realm gave it, and holds what refunds are paid from.
interface IAutomationAgent {
    /// @notice Only the automation contract may.
    error AutomationAgent_NotTheAutomation(address caller);

    /// @notice Makes an authorised call. Reverts with whatever it reverts with.
    function perform(address target, bytes calldata data) external;

    /// @notice Sends native currency.
    /// @return paid Whether the recipient took it.
    function pay(address to, uint256 amount) external returns (bool paid);
}
