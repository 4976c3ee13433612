// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title HostileReceiver
/// @notice For tests: an account that acts as it is told, and refuses native currency or calls back on receiving it.
contract HostileReceiver {
    bool public refusing;
    address private _hookTarget;
    bytes private _hookData;
    bool public hookSucceeded;

    error HostileReceiver_Refused();

    // solhint-disable-next-line no-complex-fallback
    receive() external payable {
        if (refusing) revert HostileReceiver_Refused();
        // solhint-disable-next-line avoid-low-level-calls
        if (_hookTarget != address(0)) (hookSucceeded, ) = _hookTarget.call(_hookData);
    }

    function setRefusing(bool value) external {
        refusing = value;
    }

    function setHook(address target, bytes calldata data) external {
        _hookTarget = target;
        _hookData = data;
    }

    /// @notice Calls `target` from this account and passes a failure on.
    function act(address target, uint256 value, bytes calldata data) external payable returns (bytes memory result) {
        bool success;
        (success, result) = target.call{value: value}(data);
        if (!success)
            assembly ("memory-safe") {
                revert(add(result, 32), mload(result))
            }
    }
}
