// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title RandomnessStub
/// @notice For tests of readers of `IRandomness` alone: gives what it was told, three seconds after each timepoint.
contract RandomnessStub {
    uint48 private constant DISTANCE = 3;

    mapping(uint48 timepoint => bytes32 seed) public seedOf;

    function set(uint48 timepoint, bytes32 seed) external {
        seedOf[timepoint] = seed;
    }

    function readyAt(uint48 timepoint) external pure returns (uint48 second) {
        return timepoint + DISTANCE;
    }
}
