// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

import {IDIDRegistry} from "../identity/interfaces/IDIDRegistry.sol";

/// @title HostileWallet
/// @notice An ERC-1271 wallet that accepts whatever comes first and nothing after it, or burns all gas it is given.
contract HostileWallet is IERC1271 {
    IDIDRegistry private immutable _REGISTRY;
    bool private immutable _BURNS_GAS;

    constructor(IDIDRegistry registry, bool burnsGas) {
        _REGISTRY = registry;
        _BURNS_GAS = burnsGas;
    }

    /// @inheritdoc IERC1271
    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4 magicValue) {
        if (_BURNS_GAS) {
            assembly ("memory-safe") {
                invalid()
            }
        }
        // the counter alone: the chain id stands above it
        return uint32(_REGISTRY.nonce(address(this))) == 0 ? IERC1271.isValidSignature.selector : bytes4(0xffffffff);
    }
}
