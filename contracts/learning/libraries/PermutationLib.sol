// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Keyed permutations
/// @notice Permutations of [0, n), one value at a time: nothing is shuffled or stored.
///
/// A number is split into two halves, one modulo `a` and one modulo `b`, where `a = ceil(sqrt(n))` and `b = ceil(n / a)`:
/// hardly more than `n` pairs. Eight times a hash of one half is added to the other, in turn (a Feistel network; with four
/// rounds pairs are biased by 15 %, with eight tests find nothing). A result that is not below `n` is permuted again until
/// it is.
///
/// That walk ends: a permutation runs in cycles, and this one began below `n`. On its way it meets numbers from n to
/// a * b - 1 alone, each once at most, and these are fewer than `a`: no more than 4,096 for `n` of 24 bits. Expected is less
/// than one, and as nobody chooses the key, the chance of more than j is about `(1 / b)^j`.
library PermutationLib {
    /// @notice A permutation of `size` numbers.
    /// @param key hash of domain and seed.
    /// @param a modulus of the upper half.
    /// @param b modulus of the lower half.
    struct Permutation {
        bytes32 key;
        uint256 size;
        uint256 a;
        uint256 b;
    }

    /// @notice The permutation of [0, size) that a seed makes for a purpose.
    /// @param domain tells the permutations of a seed apart.
    /// @param size from 1 to 2^24.
    function create(bytes32 seed, bytes32 domain, uint256 size) internal pure returns (Permutation memory permutation) {
        uint256 a = Math.sqrt(size, Math.Rounding.Ceil);
        return Permutation(keccak256(abi.encode(domain, seed)), size, a, Math.ceilDiv(size, a));
    }

    /// @notice The value at `position`, which must be less than the size.
    /// @dev The scratch space holds the key, and a word of the number of the round (in its upper half) and the half that is
    /// hashed, which is below 2^13.
    function valueAt(Permutation memory permutation, uint256 position) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            let size := mload(add(permutation, 32))
            let a := mload(add(permutation, 64))
            let b := mload(add(permutation, 96))
            value := position
            mstore(0, mload(permutation))
            for {} 1 {} {
                let upper := div(value, b)
                let lower := mod(value, b)
                // rounds 0 and 1, 2 and 3, 4 and 5, 6 and 7
                for {
                    let round := 0
                } lt(round, shl(128, 8)) {
                    round := add(round, shl(128, 2))
                } {
                    mstore(32, or(round, lower))
                    upper := addmod(upper, keccak256(0, 64), a)
                    mstore(32, or(add(round, shl(128, 1)), upper))
                    lower := addmod(lower, keccak256(0, 64), b)
                }
                value := add(mul(upper, b), lower)
                if lt(value, size) {
                    break
                }
            }
        }
    }
}
