// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title ScoreLib
/// @notice Vectors of scores (two bytes a client, big-endian two's complement) and what a panel makes of them.
library ScoreLib {
    /// @notice The update could not be obtained or is malformed.
    int256 internal constant ABSENT = type(int16).min;

    /// @notice What a panel says about a round.
    /// @param medians by client, `ABSENT` where there is no live update.
    /// @param accurate by vector: scores within epsilon of the median.
    /// @param informative whether any median is neither 0 nor `ABSENT`.
    struct Verdict {
        int256[] medians;
        uint256[] accurate;
        bool informative;
    }

    /// @notice Takes the median of every live update over all vectors.
    /// @param vectors of equal length, two bytes for each of `clients`.
    /// @param live bit i: client i has an update in this round.
    function judge(
        bytes[] memory vectors,
        uint256 clients,
        uint256 live,
        uint256 epsilon
    ) internal pure returns (Verdict memory verdict) {
        verdict.medians = new int256[](clients);
        verdict.accurate = new uint256[](vectors.length);
        int256[] memory scores = new int256[](vectors.length);
        int256[] memory sorted = new int256[](vectors.length);
        for (uint256 client; client < clients; ++client) {
            if ((live >> client) & 1 == 0) {
                verdict.medians[client] = ABSENT;
                continue;
            }
            for (uint256 i; i < vectors.length; ++i) scores[i] = sorted[i] = scoreAt(vectors[i], client);
            int256 median = lowerMedian(sorted);
            for (uint256 i; i < vectors.length; ++i) if (isAccurate(scores[i], median, epsilon)) ++verdict.accurate[i];
            if (median != ABSENT && median != 0) verdict.informative = true;
            verdict.medians[client] = median;
        }
    }

    /// @notice Lower median of at least one value; sorts `values` on the way. In assembly, because the largest panel
    /// with the largest task has to fit one transaction.
    function lowerMedian(int256[] memory values) internal pure returns (int256 median) {
        assembly ("memory-safe") {
            // insertion sort within the array: `hole` moves down while the value below it is greater
            let first := add(values, 32)
            let end := add(first, mul(mload(values), 32))
            for {
                let at := add(first, 32)
            } lt(at, end) {
                at := add(at, 32)
            } {
                let value := mload(at)
                let hole := at
                for {} gt(hole, first) {
                    hole := sub(hole, 32)
                } {
                    let below := mload(sub(hole, 32))
                    if iszero(sgt(below, value)) {
                        break
                    }
                    mstore(hole, below)
                }
                mstore(hole, value)
            }
            median := mload(add(first, mul(div(sub(mload(values), 1), 2), 32)))
        }
    }

    /// @notice Whether a score lies within `epsilon` of the median. Being absent is only close to being absent.
    function isAccurate(int256 score, int256 median, uint256 epsilon) internal pure returns (bool) {
        if (score == ABSENT || median == ABSENT) return score == median;
        // both are 16 bits wide: neither the difference nor the cast overflows
        return uint256(score > median ? score - median : median - score) <= epsilon;
    }

    /// @notice Score of a client in a vector. The vector must be long enough.
    function scoreAt(bytes memory vector, uint256 client) internal pure returns (int256 score) {
        assembly ("memory-safe") {
            // the two bytes end up in the lowest ones of a word that is read 30 bytes before them; those 30 bytes
            // begin within the length word at the earliest
            score := signextend(1, mload(add(add(vector, 2), mul(client, 2))))
        }
    }

    /// @notice Scores as a vector.
    function encode(int256[] memory scores) internal pure returns (bytes memory vector) {
        vector = new bytes(scores.length * 2);
        for (uint256 i; i < scores.length; ++i) {
            // the two's complement of a 16-bit number: its lowest two bytes
            uint256 score = uint256(scores[i]);
            vector[2 * i] = bytes1(uint8(score >> 8));
            vector[2 * i + 1] = bytes1(uint8(score));
        }
    }
}
