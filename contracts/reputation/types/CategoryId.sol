// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice What a reputation is about, by convention keccak256 of its name: `keccak256("contribution")`.
type CategoryId is bytes32;
