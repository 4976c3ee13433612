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
/// `2^(-elapsed / halfLife) = 2^z / 2^(n + 1)`. 2^z is the 16th power of the Taylor series of e^(z ln 2 / 16) up to z^11
/// by Horner's rule: all its terms are positive and every step truncates, hence it errs downwards only, by less than
/// 2^-76.
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
        (uint256 factor, uint256 shift) = factorOf(elapsed, halfLife);
        // at most `value`
        return uint128(applyDown(value, factor, shift));
    }

    /// @notice An upper bound of the decayed value, never above `value`.
    /// @param value Any fixed-point value.
    /// @param elapsed Seconds since the value held.
    /// @param halfLife Seconds in which it halves; not zero.
    /// @return decayed The bound, in the unit of `value`: of a value that was not zero, it never becomes zero.
    function decayUp(uint128 value, uint48 elapsed, uint32 halfLife) internal pure returns (uint128 decayed) {
        if (value == 0 || elapsed == 0) return value;
        (uint256 factor, uint256 shift) = factorOf(elapsed, halfLife);
        // at most `value`
        return uint128(applyUp(value, factor, shift));
    }

    /// @notice A lower bound of a decayed value, as {decayDown}, by a factor of {factorOf}.
    /// @param value Below 2^128.
    /// @return decayed At most `value`.
    function applyDown(uint256 value, uint256 factor, uint256 shift) internal pure returns (uint256 decayed) {
        unchecked {
            // the product is below 2^225, the quotient at most `value` since factor <= 2^shift
            return (value * factor) >> shift;
        }
    }

    /// @notice An upper bound of a decayed value, as {decayUp}, by a factor of {factorOf}.
    /// @param value Below 2^128.
    /// @return decayed At most `value`: the slack is far less than what one second takes.
    function applyUp(uint256 value, uint256 factor, uint256 shift) internal pure returns (uint256 decayed) {
        unchecked {
            // a whole number of half-lives has an exact factor, and only that has this one
            uint256 product = value * (factor == ONE ? ONE : factor + SLACK);
            decayed = product >> shift;
            if (decayed << shift != product) ++decayed;
        }
    }

    /// @notice What values are multiplied with: `factor / 2^shift` is at most 2^(-elapsed / halfLife), short of it by
    /// less than SLACK / 2^shift.
    /// @param elapsed Seconds, below 2^48.
    /// @param halfLife Seconds, not zero and below 2^32.
    function factorOf(uint256 elapsed, uint256 halfLife) internal pure returns (uint256 factor, uint256 shift) {
        unchecked {
            // the shift is below 2^49, the dividend below 2^128
            uint256 remainder = elapsed % halfLife;
            shift = SHIFT + elapsed / halfLife;
            if (remainder == 0) return (ONE, shift);
            return (_exp2(((halfLife - remainder) << SHIFT) / halfLife), shift + 1);
        }
    }

    /// @dev 2^z for z in [0, 1], rounded down. The coefficients are floor((ln(2) / 16)^k / k! * 2^96).
    function _exp2(uint256 z) private pure returns (uint256 result) {
        unchecked {
            // each product is below 2^(96 + 97)
            result = 0x1e8cac;
            result = 0x1e4cf515 + ((result * z) >> SHIFT);
            result = 0x1b5253d395 + ((result * z) >> SHIFT);
            result = 0x162c0223a5c8 + ((result * z) >> SHIFT);
            result = 0xffe5fe2c45863 + ((result * z) >> SHIFT);
            result = 0xa184897c363c3b7 + ((result * z) >> SHIFT);
            result = 0x5761ff9e299cc441c + ((result * z) >> SHIFT);
            result = 0x276556df749cee53997 + ((result * z) >> SHIFT);
            result = 0xe35846b82505fc599d3b + ((result * z) >> SHIFT);
            result = 0x3d7f7bff058b1d50de2d60 + ((result * z) >> SHIFT);
            result = 0xb17217f7d1cf79abc9e3b39 + ((result * z) >> SHIFT);
            result = ONE + ((result * z) >> SHIFT);
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
        }
    }
}
