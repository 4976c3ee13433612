// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {ILearningAnswers} from "../interfaces/ILearningAnswers.sol";

/// @title Combining chunks
/// @notice What a node does with its children, and the server with the top of the tree, on one chunk of 64 values. All
/// exact; values are biased (plus 2^31), which changes neither order nor the rounding of means toward minus infinity.
///
/// *Mean*: `floor(sum(weight * value) / sum(weight))`. *Trimmed*: `low` values at the lower and `high` at the upper end are
/// left out, the rest has its unweighted mean, rounded down. Nothing is sorted: whoever calls names the lowest and the
/// highest value that stay, and both are verified by counting.
library CombiningLib {
    uint256 private constant WORDS = 8; // of eight values, in a chunk
    uint256 private constant MEAN_BYTES = 1024; // of sums: four words for each word of a chunk
    uint256 private constant TRIMMED_BYTES = 512; // of sums: two words for each word of a chunk

    /// @dev A value in each half of a word.
    uint256 private constant HALVES = 0x000000000000000000000000ffffffff000000000000000000000000ffffffff;
    /// @dev A value in each quarter of a word.
    uint256 private constant QUARTERS = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    /// @dev The bit above each of these.
    uint256 private constant GUARDS = 0x0000000100000000000000010000000000000001000000000000000100000000;

    /// @notice Room for the sums of a mean.
    function meanSums() internal pure returns (uint256 sums) {
        return _zeros(MEAN_BYTES);
    }

    /// @notice Room for the sums of a trimmed mean.
    function trimmedSums() internal pure returns (uint256 sums) {
        return _zeros(TRIMMED_BYTES);
    }

    /// @notice Adds the chunk at a position of the calldata, `weight` times.
    /// @param weight the sum of all weights must be less than 2^96.
    function addWeighted(uint256 sums, uint256 chunk, uint256 weight) internal pure {
        assembly ("memory-safe") {
            // Word i of four has values i and i + 4 of eight in its halves of 128 bits: sums of less than 2^32 * 2^96.
            for {
                let end := add(chunk, 256)
            } lt(chunk, end) {
                chunk := add(chunk, 32)
                sums := add(sums, 128)
            } {
                let values := calldataload(chunk)
                mstore(sums, add(mload(sums), mul(weight, and(shr(96, values), HALVES))))
                let second := add(sums, 32)
                mstore(second, add(mload(second), mul(weight, and(shr(64, values), HALVES))))
                let third := add(sums, 64)
                mstore(third, add(mload(third), mul(weight, and(shr(32, values), HALVES))))
                let fourth := add(sums, 96)
                mstore(fourth, add(mload(fourth), mul(weight, and(values, HALVES))))
            }
        }
    }

    /// @notice Hash of the chunk of means.
    /// @param total sum of the weights, not 0.
    function meanLeaf(uint256 sums, uint256 total) internal pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            // beyond the free memory pointer, where nothing is kept; a mean is no larger than the largest value
            let buffer := mload(0x40)
            for {
                let word := buffer
                let end := add(buffer, 256)
            } lt(word, end) {
                word := add(word, 32)
            } {
                let means := 0
                for {
                    let shift := 96
                    let last := add(sums, 128)
                } lt(sums, last) {
                    sums := add(sums, 32)
                    shift := sub(shift, 32)
                } {
                    let sum := mload(sums)
                    means := or(means, shl(add(shift, 128), div(shr(128, sum), total)))
                    means := or(means, shl(shift, div(and(sum, 0xffffffffffffffffffffffffffffffff), total)))
                }
                mstore(word, means)
            }
            leaf := keccak256(buffer, 256)
        }
    }

    /// @notice Adds the chunk at a position of the calldata to the sums of clamped values and to the counts. At most 32.
    /// @param hints position of the chunk of the lowest values that stay; that of the highest follows it.
    function addClamped(uint256 sums, uint256 chunk, uint256 hints) internal pure {
        assembly ("memory-safe") {
            // Two words have the even and the odd values of eight in their quarters of 64 bits. Each quarter has, from the
            // lowest bit: the sum of values clamped between both hints, 40 bits (32 values of less than 2^32 need 37),
            // and four counts of 6 bits (at most 32): value >= lowest, <= lowest, <= highest, >= highest.
            function added(value, lowest, highest) -> sum {
                // a guard stays where the value before it is at least the one that is taken from it
                let above := and(sub(or(value, GUARDS), lowest), GUARDS)
                let below := and(sub(or(highest, GUARDS), value), GUARDS)
                // guards less themselves 32 bits lower: all bits of a value where the guard is set
                sum := xor(lowest, and(xor(value, lowest), sub(above, shr(32, above))))
                sum := xor(highest, and(xor(sum, highest), sub(below, shr(32, below))))
                sum := add(sum, add(shl(8, above), shl(20, below)))
                sum := add(sum, shl(14, and(sub(or(lowest, GUARDS), value), GUARDS)))
                sum := add(sum, shl(26, and(sub(or(value, GUARDS), highest), GUARDS)))
            }
            for {
                let end := add(chunk, 256)
            } lt(chunk, end) {
                chunk := add(chunk, 32)
                hints := add(hints, 32)
                sums := add(sums, 64)
            } {
                let values := calldataload(chunk)
                let lowest := calldataload(hints)
                let highest := calldataload(add(hints, 256))
                mstore(
                    sums,
                    add(
                        mload(sums),
                        added(
                            and(shr(32, values), QUARTERS),
                            and(shr(32, lowest), QUARTERS),
                            and(shr(32, highest), QUARTERS)
                        )
                    )
                )
                let odd := add(sums, 32)
                mstore(
                    odd,
                    add(mload(odd), added(and(values, QUARTERS), and(lowest, QUARTERS), and(highest, QUARTERS)))
                )
            }
        }
    }

    /// @notice Hash of the chunk of trimmed means, once every hint is seen to be right.
    /// @param count values for each coordinate.
    /// @param low how many are left out at the lower end, less than `count - high`.
    /// @param high how many at the upper end.
    function trimmedLeaf(
        uint256 sums,
        uint256 hints,
        uint256 count,
        uint256 low,
        uint256 high
    ) internal pure returns (bytes32 leaf) {
        uint256[WORDS] memory chunk;
        for (uint256 j; j < 64; ++j) {
            uint256 sum;
            uint256 lowest;
            uint256 highest;
            assembly ("memory-safe") {
                // value j is in word j / 8: quarter (j % 8) / 2 from the highest, of the even or the odd word
                sum := mload(add(sums, add(shl(6, shr(3, j)), shl(5, and(j, 1)))))
                sum := and(shr(sub(192, shl(6, shr(1, and(j, 7)))), sum), 0xffffffffffffffff)
                let hint := add(hints, shl(2, j))
                lowest := shr(224, calldataload(hint))
                highest := shr(224, calldataload(add(hint, 256)))
            }
            if (
                (sum >> 40) & 63 < count - low ||
                (sum >> 46) & 63 < low + 1 ||
                (sum >> 52) & 63 < count - high ||
                sum >> 58 < high + 1
            ) revert ILearningAnswers.LearningAnswers_WrongHint(j);
            // those left out were clamped to the hints
            uint256 rest = (sum & 0xffffffffff) - low * lowest - high * highest;
            chunk[j >> 3] |= (rest / (count - low - high)) << (224 - ((j & 7) << 5));
        }
        assembly ("memory-safe") {
            leaf := keccak256(chunk, 256)
        }
    }

    /// @notice Hash of the chunk after the server's step: `start + delta`, where the round started at
    /// `model + floor(momentum * (model - previous) / 65,536)`; both sums are held within int32.
    /// @param model position of the model's chunk in the calldata.
    /// @param previous position of the chunk of the model before it.
    /// @param delta position of the top's chunk; 0: the tree is empty, and so is the delta.
    function stepLeaf(
        uint256 model,
        uint256 previous,
        uint256 delta,
        uint256 momentum
    ) internal pure returns (bytes32 leaf) {
        uint256[WORDS] memory chunk;
        for (uint256 j; j < 64; ++j) {
            int256 current = _valueAt(model, j);
            int256 step = delta == 0 ? int256(0) : _valueAt(delta, j);
            // products of 16 and 33 bits; an arithmetic shift rounds toward minus infinity
            int256 ahead = (int256(momentum) * (current - _valueAt(previous, j))) >> 16;
            // within int32, so from 0 to 2^32 - 1 with the bias
            uint256 next = uint256(_held(_held(current + ahead) + step) + 0x80000000);
            chunk[j >> 3] |= next << (224 - ((j & 7) << 5));
        }
        assembly ("memory-safe") {
            leaf := keccak256(chunk, 256)
        }
    }

    /// @dev The int32 nearest to a value.
    function _held(int256 value) private pure returns (int256) {
        return SignedMath.max(type(int32).min, SignedMath.min(value, type(int32).max));
    }

    function _valueAt(uint256 chunk, uint256 j) private pure returns (int256 value) {
        assembly ("memory-safe") {
            value := sub(shr(224, calldataload(add(chunk, shl(2, j)))), 0x80000000)
        }
    }

    function _zeros(uint256 size) private pure returns (uint256 pointer) {
        assembly ("memory-safe") {
            pointer := mload(0x40)
            mstore(0x40, add(pointer, size))
            // beyond the calldata there are zeros
            calldatacopy(pointer, calldatasize(), size)
        }
    }
}
