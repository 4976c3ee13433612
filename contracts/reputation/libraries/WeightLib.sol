// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

import {Curve} from "../types/Curve.sol";

/// @title WeightLib
/// @notice Weights that bylaws give to scores: concave and capped, so that no amount of standing buys a vote outright.
library WeightLib {
    /// @notice The weight of a score.
    /// @param score Points.
    /// @param curve See {Curve}.
    /// @param cap No weight is above it; `type(uint96).max` for none.
    function weigh(uint96 score, Curve curve, uint96 cap) internal pure returns (uint96 weight) {
        uint256 bent = score;
        if (curve == Curve.Root) bent = Math.sqrt(score);
        else if (curve == Curve.Logarithm) bent = Math.log2(uint256(score) + 1);
        // at most `cap`
        return uint96(Math.min(bent, cap));
    }
}
