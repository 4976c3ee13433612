// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IERC165} from "@openzeppelin/contracts/interfaces/IERC165.sol";

/// @title Randomness
/// @notice One random value for every point in time. Which one follows from the time alone: nobody chooses among values,
/// neither who asks, nor who brings the proof, nor when it is brought.
///
/// A source is named by `timepoint`, the last second in which somebody can act who must not know the value, for example the
/// end of Reveal; it adds by itself the distance that it needs from it. All that ask for the same timepoint share the seed,
/// and neighbouring timepoints may: readers hash it together with a domain of their own.
///
/// A timepoint must be settled while it is still to come, and be one that the source knows: `readyAt` reverts for others.
///
/// Somebody has to prove each value once, anybody may, and nobody must be relied on: a reader needs a way to end without.
interface IRandomness is IERC165 {
    /// @notice The value of a point in time; 0 until it is proven. Once it is not 0 it never changes.
    function seedOf(uint48 timepoint) external view returns (bytes32 seed);

    /// @notice Second from which on the value of a point in time can be proven, after `timepoint` by the distance that the
    /// source needs, so that nobody knows the value as long as blocks of `timepoint` can be made.
    function readyAt(uint48 timepoint) external view returns (uint48 second);
}
