// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title DecayLib
/// @notice Exponential decay of fixed-point values: `value * 2^(-elapsed / halfLife)`, bounded from both sides.
///
/// Precision: a bound is within 2^-71 of the true value, relatively, plus one unit of the value. It is exact when
/// nothing has elapsed; after a whole number of half-lives only the unit remains. One second takes at least 2^-33 of the
/// true value, so that no bound ever grows with time.
/// Horizon: none; the types leave nothing to overflow.
///
/// Method: with `elapsed = n * halfLife + r`, r in [0, halfLife), and `z = 1 - r / halfLife` in (0, 1],
/// `2^(-elapsed / halfLife) = 2^z / 2^(n + 1)`. 2^z is the Taylor series of e^(z ln 2) up to z^20 by Horner's rule: all
/// its terms are positive and every step truncates, hence it errs downwards only, by less than 2^-76.
library DecayLib {
    /// @dev Fixed-point shift of factors. A 128-bit value times a factor of at most 2 takes 225 bits.
    uint256 private constant SHIFT = 96;
    uint256 private constant ONE = 1 << SHIFT;
    /// @dev 2^-72, more than 2^z can be short of: what makes a lower bound an upper one.
    uint256 private constant SLACK = 1 << (SHIFT - 72);

    /// @notice A lower bound of the decayed value.
    /// @param value Any fixed-point value.
    /// @param elapsed Seconds since the value held.
    /// @param halfLife Seconds in which it halves; not zero.
    /// @return decayed The bound, in the unit of `value`.
    function decayDown(uint128 value, uint48 elapsed, uint32 halfLife) internal pure returns (uint128 decayed) {
        if (value == 0 || elapsed == 0) return value;
        (uint256 factor, uint256 shift) = _factor(elapsed, halfLife);
        unchecked {
            // the product is below 2^225, the quotient at most `value` since factor <= 2^shift
            return uint128((uint256(value) * factor) >> shift);
        }
    }

    /// @notice An upper bound of the decayed value, never above `value`.
    /// @param value Any fixed-point value.
    /// @param elapsed Seconds since the value held.
    /// @param halfLife Seconds in which it halves; not zero.
    /// @return decayed The bound, in the unit of `value`: of a value that was not zero, it never becomes zero.
    function decayUp(uint128 value, uint48 elapsed, uint32 halfLife) internal pure returns (uint128 decayed) {
        if (value == 0 || elapsed == 0) return value;
        (uint256 factor, uint256 shift) = _factor(elapsed, halfLife);
        unchecked {
            // a whole number of half-lives has an exact factor, and only that has this one
            uint256 product = uint256(value) * (factor == ONE ? ONE : factor + SLACK);
            uint256 quotient = product >> shift;
            if (quotient << shift != product) ++quotient;
            // at most `value`: the slack is far less than what one second takes
            return uint128(quotient);
        }
    }

    /// @dev `factor / 2^shift` is at most 2^(-elapsed / halfLife), short of it by less than SLACK / 2^shift.
    function _factor(uint48 elapsed, uint32 halfLife) private pure returns (uint256 factor, uint256 shift) {
        unchecked {
            // the shift is below 2^49, the dividend below 2^128
            uint256 remainder = elapsed % halfLife;
            shift = SHIFT + elapsed / halfLife;
            if (remainder == 0) return (ONE, shift);
            return (_exp2(((halfLife - remainder) << SHIFT) / halfLife), shift + 1);
        }
    }

    /// @dev 2^z for z in [0, 1], rounded down. The coefficients are floor(ln(2)^k / k! * 2^96).
    function _exp2(uint256 z) private pure returns (uint256 result) {
        unchecked {
            // each product is below 2^(96 + 97)
            result = 0x145acc4;
            result = 0x24b4fd97 + ((result * z) >> SHIFT);
            result = 0x3ee2ed7b6 + ((result * z) >> SHIFT);
            result = 0x661112d070 + ((result * z) >> SHIFT);
            result = 0x9c744d73cfc + ((result * z) >> SHIFT);
            result = 0xe1b7421d8201 + ((result * z) >> SHIFT);
            result = 0x1314964d5878a9 + ((result * z) >> SHIFT);
            result = 0x1816193166d0f96 + ((result * z) >> SHIFT);
            result = 0x1c3bd650fc2985e2 + ((result * z) >> SHIFT);
            result = 0x1e8cac7351bb24c0f + ((result * z) >> SHIFT);
            result = 0x1e4cf5158b8ec9f6fd + ((result * z) >> SHIFT);
            result = 0x1b5253d395e7c3da4a7 + ((result * z) >> SHIFT);
            result = 0x162c0223a5c823fd8ffe + ((result * z) >> SHIFT);
            result = 0xffe5fe2c458634358a8e + ((result * z) >> SHIFT);
            result = 0xa184897c363c3b7a58544 + ((result * z) >> SHIFT);
            result = 0x5761ff9e299cc441c5fda6 + ((result * z) >> SHIFT);
            result = 0x276556df749cee539977c16 + ((result * z) >> SHIFT);
            result = 0xe35846b82505fc599d3b15d + ((result * z) >> SHIFT);
            result = 0x3d7f7bff058b1d50de2d60dd + ((result * z) >> SHIFT);
            result = 0xb17217f7d1cf79abc9e3b398 + ((result * z) >> SHIFT);
            result = ONE + ((result * z) >> SHIFT);
        }
    }
}
