// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Tensors
/// @notice A tensor is cut into chunks of 64 values, each a big-endian uint32 (the int32 plus 2^31), the last chunk padded
/// with biased zeros. Leaves of its Merkle tree are hashes of chunks, padded with zero words to a power of two; its root is
/// `keccak256(abi.encode(treeRoot, length))`.
///
/// Positions are those of bytes in the calldata. Nothing here looks whether they lie within what was handed over: callers
/// compare the position that they end at with the end of their data.
library TensorLib {
    uint256 internal constant CHUNK_BYTES = 256;
    uint256 internal constant CHUNK_VALUES = 64;

    /// @notice Number of chunks of a tensor.
    function chunksOf(uint256 length) internal pure returns (uint256 chunks) {
        return Math.ceilDiv(length, CHUNK_VALUES);
    }

    /// @notice Levels of the tree above its leaves.
    function depthOf(uint256 length) internal pure returns (uint256 depth) {
        return Math.log2(chunksOf(length), Math.Rounding.Ceil);
    }

    /// @notice Hash of the chunk at a position.
    function leafAt(uint256 position) internal pure returns (bytes32 leaf) {
        assembly ("memory-safe") {
            // beyond the free memory pointer, where nothing is kept
            let buffer := mload(0x40)
            calldatacopy(buffer, position, 256)
            leaf := keccak256(buffer, 256)
        }
    }

    /// @notice Root of a tensor from one leaf and the `depth` siblings on its way up, the lowest first.
    function rootFrom(
        bytes32 leaf,
        uint256 index,
        uint256 siblings,
        uint256 depth,
        uint256 length
    ) internal pure returns (bytes32 root) {
        assembly ("memory-safe") {
            // two words of scratch space: the left and the right child
            root := leaf
            for {
                let end := add(siblings, shl(5, depth))
            } lt(siblings, end) {
                siblings := add(siblings, 32)
                index := shr(1, index)
            } {
                let place := shl(5, and(index, 1))
                mstore(place, root)
                mstore(xor(place, 32), calldataload(siblings))
                root := keccak256(0, 64)
            }
            mstore(0, root)
            mstore(32, length)
            root := keccak256(0, 64)
        }
    }
}
