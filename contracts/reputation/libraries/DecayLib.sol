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
/// `2^(-elapsed / halfLife) = 2^z / 2^(n + 1)`. 2^z is the 256th power of the Taylor series of e^(z ln 2 / 256) up to
/// z^7 by Horner's rule: all its terms are positive and every step truncates, hence it errs downwards only, by less than
/// 2^-74.
library DecayLib {
    /// @dev Fixed-point shift of 2^z.
    uint256 private constant SHIFT = 127;
    uint256 private constant ONE = 1 << SHIFT;
    /// @dev The factor that changes nothing, and its shift.
    uint256 private constant WHOLE = 1 << SHIFT_OF_WHOLE;
    uint256 private constant SHIFT_OF_WHOLE = 128;
    /// @dev 2^-72, more than 2^z can be short of: what makes a lower bound an upper one.
    uint256 private constant SLACK = 1 << (SHIFT - 72);

    /// @notice A lower bound of the decayed value.
    /// @param value Any fixed-point value.
    /// @param elapsed Seconds since the value held.
    /// @param halfLife Seconds in which it halves; not zero.
    /// @return decayed The bound, in the unit of `value`.
    function decayDown(uint128 value, uint48 elapsed, uint32 halfLife) internal pure returns (uint128 decayed) {
        if (value == 0) return 0;
        (uint256 down, , uint256 shift) = factorsOf(elapsed, halfLife);
        // at most `value`
        return uint128(applyDown(value, down, shift));
    }

    /// @notice An upper bound of the decayed value, never above `value`.
    /// @param value Any fixed-point value.
    /// @param elapsed Seconds since the value held.
    /// @param halfLife Seconds in which it halves; not zero.
    /// @return decayed The bound, in the unit of `value`: of a value that was not zero, it never becomes zero.
    function decayUp(uint128 value, uint48 elapsed, uint32 halfLife) internal pure returns (uint128 decayed) {
        if (value == 0) return 0;
        (, uint256 up, uint256 shift) = factorsOf(elapsed, halfLife);
        // at most `value`
        return uint128(applyUp(value, up, shift));
    }

    /// @notice A lower bound of a decayed value, as {decayDown}, by a factor of {factorsOf}.
    /// @param value Below 2^128.
    /// @return decayed At most `value`.
    function applyDown(uint256 value, uint256 down, uint256 shift) internal pure returns (uint256 decayed) {
        unchecked {
            // factors are at most 2^128, so that the product fits, and at most 2^shift
            return (value * down) >> shift;
        }
    }

    /// @notice An upper bound of a decayed value, as {decayUp}, by a factor of {factorsOf}.
    /// @param value Below 2^128 and not zero.
    /// @return decayed At most `value`: the slack is far less than what one second takes.
    function applyUp(uint256 value, uint256 up, uint256 shift) internal pure returns (uint256 decayed) {
        unchecked {
            // the quotient rounded up, see {applyDown}; the product is not zero
            return ((value * up - 1) >> shift) + 1;
        }
    }

    /// @notice What values are multiplied with: 2^(-elapsed / halfLife) is at least `down / 2^shift` and at most
    /// `up / 2^shift`; all are equal after a whole number of half-lives.
    /// @param elapsed Seconds, below 2^48.
    /// @param halfLife Seconds, not zero and below 2^32.
    /// @return down At most 2^128.
    /// @return up At most 2^128, not zero.
    /// @return shift At least 128, below 2^49.
    function factorsOf(
        uint256 elapsed,
        uint256 halfLife
    ) internal pure returns (uint256 down, uint256 up, uint256 shift) {
        uint256 remainder;
        uint256 z;
        // `/` and `%` would each ask again whether the half-life is zero; the dividend is below 2^160
        assembly ("memory-safe") {
            remainder := mod(elapsed, halfLife)
            shift := add(SHIFT_OF_WHOLE, div(elapsed, halfLife))
            z := div(shl(SHIFT, sub(halfLife, remainder)), halfLife)
        }
        if (remainder == 0) return (WHOLE, WHOLE, shift);
        unchecked {
            // z is at most 1 - 2^-32, so that the slack leaves this below 2^128
            down = _exp2(z);
            up = down + SLACK;
        }
    }

    /// @dev 2^z for z in [0, 1), rounded down. The coefficients are floor((ln(2) / 256)^k / k! * 2^127).
    function _exp2(uint256 z) private pure returns (uint256 result) {
        unchecked {
            // each product of the series is below 2^(127 + 119), each square below 2^255
            result = 0x7ff2ff1622c31a;
            result = 0x50c244be1b1e1dbd2 + ((result * z) >> SHIFT);
            result = 0x2bb0ffcf14ce6220e2fe + ((result * z) >> SHIFT);
            result = 0x13b2ab6fba4e7729ccbbe0b + ((result * z) >> SHIFT);
            result = 0x71ac235c1282fe2cce9d8aecc + ((result * z) >> SHIFT);
            result = 0x1ebfbdff82c58ea86f16b06ec973 + ((result * z) >> SHIFT);
            result = 0x58b90bfbe8e7bcd5e4f1d9cc01f97b + ((result * z) >> SHIFT);
            result = ONE + ((result * z) >> SHIFT);
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
            result = (result * result) >> SHIFT;
        }
    }
}
