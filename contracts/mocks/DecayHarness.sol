// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DecayLib} from "../reputation/libraries/DecayLib.sol";

/// @title DecayHarness
/// @notice Opens {DecayLib} to tests.
contract DecayHarness {
    /// @notice Both bounds of the decayed value, see {DecayLib}.
    function bounds(uint128 value, uint48 elapsed, uint32 halfLife) external pure returns (uint128 down, uint128 up) {
        return (DecayLib.decayDown(value, elapsed, halfLife), DecayLib.decayUp(value, elapsed, halfLife));
    }
}
