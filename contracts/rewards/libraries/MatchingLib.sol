// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title MatchingLib
/// @notice The arithmetic of quadratic matching, all of it rounded down. Roots have 16 binary digits after the point.
library MatchingLib {
    uint256 private constant FRACTION_BITS = 16;

    /// @notice Square root of an amount, in 2^-16, low by less than one of them.
    function root(uint128 amount) internal pure returns (uint256) {
        return Math.sqrt(uint256(amount) << (2 * FRACTION_BITS));
    }

    /// @notice What a project would be matched with from a pool without bounds: the square of the sum of roots, less what
    /// was contributed. Never more than the exact value.
    /// @param roots sum of the roots of what each contributed, in 2^-16.
    /// @param contributed sum of what each contributed. One alone is matched with nothing.
    function ideal(uint256 roots, uint256 contributed) internal pure returns (uint256) {
        return Math.saturatingSub((roots * roots) >> (2 * FRACTION_BITS), contributed);
    }

    /// @notice A project's part of the pool: its ideal match, scaled down if all of them exceed the pool.
    /// @param match_ ideal match of the project, which is part of `total`.
    /// @param total ideal matches of all projects. Their shares add up to at most `pool`.
    function share(uint256 match_, uint256 total, uint256 pool) internal pure returns (uint256) {
        return total <= pool ? match_ : Math.mulDiv(match_, pool, total);
    }
}
