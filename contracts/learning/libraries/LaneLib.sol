// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Lanes
/// @notice Arithmetic on the eight clients of a cell at once: a word of eight 32-bit lanes, client `id & 7` in the lane of
/// that number from the least significant end. There are three kinds of words:
///
/// - flags: 0 or 1 in each lane;
/// - scores: a score plus 2^15, from 1 to 2^16 - 1, in each lane; 0 is absent. The upper half of the lane is 0, and holds
///   what comparisons carry;
/// - balances: an accumulated score plus 2^31 in each lane. No written word is 0: at most 2^16 - 1 rounds add at most
///   2^15 - 1 each to a balance, and 65,535 * 32,767 = 2^31 - 98,303. So every lane holds 98,303 or more, and less than
///   2^32 - 98,303.
library LaneLib {
    /// @notice Balances of 0.
    uint256 internal constant ZERO_BALANCES = 0x8000000080000000800000008000000080000000800000008000000080000000;

    uint256 private constant ONES = 0x0000000100000001000000010000000100000001000000010000000100000001;
    uint256 private constant SCORES = 0x0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff0000ffff;
    uint256 private constant GUARDS = 0x0001000000010000000100000001000000010000000100000001000000010000;
    uint256 private constant ZERO_SCORES = 0x0000800000008000000080000000800000008000000080000000800000008000;
    uint256 private constant EVEN_LANES = 0x00000000ffffffff00000000ffffffff00000000ffffffff00000000ffffffff;
    /// @dev Bits 0, 31, 62, … 217. Bit i of a factor times the j-th of them is bit i + 31 j: for the bits of a byte no two
    /// meet, and those with i = j are the bits 32 i.
    uint256 private constant SPREAD = 0x0000000002000000040000000800000010000000200000004000000080000001;

    /// @notice Flags of the lowest eight bits of `bits`, which has no others.
    function spread(uint256 bits) internal pure returns (uint256 flags) {
        unchecked {
            // below 2^8 * 2^218
            return (bits * SPREAD) & ONES;
        }
    }

    /// @notice Flags as eight bits.
    function gather(uint256 flags) internal pure returns (uint256 bits) {
        unchecked {
            // bit 32 i times bit 31 (7 - i) is bit 217 + i; 32 i + 31 j is no other number twice, so nothing carries, and
            // what overflows is above them
            return ((flags * SPREAD) >> 217) & 0xff;
        }
    }

    /// @notice How many of all there are, where each lane counts some: less than 2^32 - 1 together.
    function sum(uint256 counts) internal pure returns (uint256 total) {
        // 2^32 is 1 modulo 2^32 - 1
        return counts % 0xffffffff;
    }

    /// @notice Eight times the same score, or distance between scores.
    function fill(uint16 value) internal pure returns (uint256 values) {
        unchecked {
            return value * ONES;
        }
    }

    /// @notice Flags of the scores that are not absent.
    function present(uint256 scores) internal pure returns (uint256 flags) {
        unchecked {
            // a guard above a score stays where 1 can be taken from it; no lane borrows from the next
            return (((scores | GUARDS) - ONES) & GUARDS) >> 16;
        }
    }

    /// @notice The scores with a flag; the others are absent.
    function only(uint256 scores, uint256 flags) internal pure returns (uint256) {
        unchecked {
            // a 1 becomes 2^16 - 1 in its lane
            return scores & ((flags << 16) - flags);
        }
    }

    /// @notice Scores of one of the two cells that share a word of each vector.
    /// @param vectors where each vector begins in the calldata.
    /// @param offset of the word in each vector, in bytes.
    /// @param shift 16 for the first of the two cells, 0 for the second.
    /// @param scores where to put the words, as many as there are vectors.
    function load(uint256[] memory vectors, uint256 offset, uint256 shift, uint256[] memory scores) internal pure {
        assembly ("memory-safe") {
            let mask := SCORES
            let apart := sub(scores, vectors)
            let place := add(vectors, 32)
            for {
                let end := add(place, shl(5, mload(vectors)))
            } lt(place, end) {
                place := add(place, 32)
            } {
                mstore(add(place, apart), and(shr(shift, calldataload(add(mload(place), offset))), mask))
            }
        }
    }

    /// @notice Lower median, element `floor((n - 1) / 2)` of the sorted scores, in each lane; absence is the lowest score.
    /// The same as if seats without a score had minus and plus infinity in turn, up to an odd number of seats.
    /// @param scores one word or more; they are put into another order, lane by lane.
    function lowerMedian(uint256[] memory scores) internal pure returns (uint256 median) {
        assembly ("memory-safe") {
            let guards := GUARDS
            let first := add(scores, 32)
            // the last word that a pass reads
            let last := add(scores, shl(5, mload(scores)))
            // A pass carries the greatest score from the first word to the last, and the next pass leaves that word out:
            // the median is what pass floor(n / 2) + 1 carries.
            for {
                let lastOfAll := sub(last, shl(5, shr(1, mload(scores))))
            } iszero(lt(last, lastOfAll)) {
                last := sub(last, 32)
            } {
                median := mload(first)
                for {
                    let place := first
                } lt(place, last) {} {
                    let score := mload(add(place, 32))
                    // a guard stays where median >= score, and becomes the 16 bits below it: there the two change places
                    let change := and(sub(or(median, guards), score), guards)
                    change := and(xor(median, score), sub(change, shr(16, change)))
                    mstore(place, xor(median, change))
                    median := xor(score, change)
                    place := add(place, 32)
                }
            }
        }
    }

    /// @notice Scores not further than `distance` from the median, from `low` to `high`. Absence is only close to absence.
    /// @param distance in each lane, see `fill`.
    function around(uint256 median, uint256 distance) internal pure returns (uint256 low, uint256 high) {
        unchecked {
            uint256 there = present(median);
            // median - distance where the guard stays, else 0; but 1 is the lowest score
            low = (median | GUARDS) - distance;
            low = only(low, (low & GUARDS) >> 16);
            low |= there ^ present(low);
            // median + distance, with all 16 bits set where the sum has 17
            high = median + distance;
            high = only(high | only(SCORES, (high & GUARDS) >> 16), there);
        }
    }

    /// @notice Counts for each vector, lane by lane, the scores from `low` to `high`, where there is a flag.
    /// @param counts what is added to.
    function countBetween(
        uint256[] memory scores,
        uint256 low,
        uint256 high,
        uint256 flags,
        uint256[] memory counts
    ) internal pure {
        assembly ("memory-safe") {
            let guards := GUARDS
            high := or(high, guards)
            let apart := sub(counts, scores)
            let place := add(scores, 32)
            for {
                let end := add(place, shl(5, mload(scores)))
            } lt(place, end) {
                place := add(place, 32)
            } {
                let score := mload(place)
                // a guard stays where score >= low, and one where high >= score
                let close := and(sub(or(score, guards), low), sub(high, score))
                let count := add(place, apart)
                mstore(count, add(mload(count), and(shr(16, close), flags)))
            }
        }
    }

    /// @notice The scores with 0 in place of absence.
    /// @param there flags of those that are present.
    function neutral(uint256 scores, uint256 there) internal pure returns (uint256) {
        return scores | ((there ^ ONES) << 15);
    }

    /// @notice The scores, but in place of absence what was negative `before`: who can't be found owes what they owed.
    function orNegative(uint256 scores, uint256 before) internal pure returns (uint256) {
        unchecked {
            // bit 15 of a lane says that a score is 0 or more
            uint256 negative = (present(scores) ^ ONES) & ~(before >> 15);
            return scores | only(before, negative);
        }
    }

    /// @notice 0 if all scores are 0 and none is absent.
    function differences(uint256 scores) internal pure returns (uint256) {
        return scores ^ ZERO_SCORES;
    }

    /// @notice Balances after another round with scores of which none is absent.
    function add(uint256 balances, uint256 scores) internal pure returns (uint256) {
        unchecked {
            // 2^15 less than the sum: no lane leaves 32 bits on the way, see the bounds above
            return balances + scores - ZERO_SCORES;
        }
    }

    /// @notice Balances with other scores in place of those that were added, of all of which none is absent.
    function replace(uint256 balances, uint256 before, uint256 scores) internal pure returns (uint256) {
        unchecked {
            // modulo 2^256: every lane of the result is a sum of one score a round, see the bounds above
            return balances + scores - before;
        }
    }

    /// @notice Balances at the beginning of a period: what is negative in those of the period before.
    /// @param before 0 if they were never written.
    function carryOver(uint256 before) internal pure returns (uint256 balances) {
        return before == 0 ? ZERO_BALANCES : before & ~_positives(before);
    }

    /// @notice Sum of the positive balances.
    function positive(uint256 balances) internal pure returns (uint256 total) {
        unchecked {
            uint256 parts = balances & _positives(balances);
            // two and two in fields of 64 bits, each below 2^32; then all four, as 2^64 is 1 modulo 2^64 - 1
            return ((parts & EVEN_LANES) + ((parts >> 32) & EVEN_LANES)) % type(uint64).max;
        }
    }

    /// @notice The clients whose balance is at least minus `deficit`, as eight bits.
    function above(uint256 balances, uint16 deficit) internal pure returns (uint256 bits) {
        unchecked {
            uint256 least = (1 << 31) - deficit;
            for (uint256 lane; lane < 8; ++lane) {
                if (balanceIn(balances, lane) >= least) bits |= 1 << lane;
            }
        }
    }

    /// @notice The balance of a lane, plus 2^31.
    function balanceIn(uint256 balances, uint256 lane) internal pure returns (uint256 biased) {
        return (balances >> (lane << 5)) & 0xffffffff;
    }

    /// @dev The lower 31 bits of each lane whose highest bit is set: those with a balance of 0 or more.
    function _positives(uint256 balances) private pure returns (uint256 mask) {
        unchecked {
            uint256 highest = balances & ZERO_BALANCES;
            return highest - (highest >> 31);
        }
    }
}
