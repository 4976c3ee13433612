// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {LowLevelCall} from "@openzeppelin/contracts/utils/LowLevelCall.sol";

import {IAutomationAgent} from "./interfaces/IAutomationAgent.sol";

/// @title AutomationAgent
/// @notice See {IAutomationAgent}.
/// @dev Used through clones, one a realm.
contract AutomationAgent is IAutomationAgent {
    /// @dev What made the implementation; clones share it.
    address private immutable _AUTOMATION = msg.sender;

    /// @notice Takes native currency from anybody.
    receive() external payable {}

    /// @inheritdoc IAutomationAgent
    function perform(address target, bytes calldata data) external {
        _requireAutomation();
        Address.functionCall(target, data);
    }

    /// @inheritdoc IAutomationAgent
    function pay(address to, uint256 amount) external returns (bool paid) {
        _requireAutomation();
        // copies no data back, so that a recipient can't make the answer expensive
        return LowLevelCall.callNoReturn(to, amount, "");
    }

    function _requireAutomation() private view {
        if (msg.sender != _AUTOMATION) revert AutomationAgent_NotTheAutomation(msg.sender);
    }
}
