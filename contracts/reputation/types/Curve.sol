// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @notice How bylaws turn a score into a weight. Each curve is monotone, and none grows faster than the score: the
/// more somebody has, the less another point adds.
enum Curve {
    /// The score itself.
    Linear,
    /// Its square root, rounded down.
    Root,
    /// The binary logarithm of the score plus one, rounded down: one more for every doubling.
    Logarithm
}
