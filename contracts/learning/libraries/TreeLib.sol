// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {ILearningAnswers} from "../interfaces/ILearningAnswers.sol";

/// @title Aggregation trees
/// @notice Shape of the tree over which updates are combined, and the hash that commits to all its nodes.
///
/// `cells` in the order that the seed gives them are shared among `ceil(cells / leafCells)` lowest nodes; `n` nodes of a
/// level among `ceil(n / 32)` nodes of the next, up to a single one. Of `n` children shared among `m` nodes, node `i` has
/// those from `floor(i * n / m)` on, up to the next one's: numbers of children differ by one at most, so that no small
/// group has much say where nodes take medians.
///
/// The hash of a node is `keccak256(abi.encode(root, weight, below))`: tensor root and weight of what it combines (both
/// 0 if its weight is 0), and the hash of its children's hashes side by side (0 for a lowest node). The hash of the top
/// commits to number, position and value of every node.
library TreeLib {
    /// @dev Most children of an upper node.
    uint256 internal constant ARITY = 32;

    /// @notice Nodes of a level. Level 0 is the lowest.
    function nodesAt(uint256 cells, uint256 leafCells, uint256 level) internal pure returns (uint256 nodes) {
        nodes = Math.ceilDiv(cells, leafCells);
        // each level has a 32nd of the one below: at most 5 levels above 2^21 cells
        for (; level != 0; --level) {
            if (nodes == 1) return 0;
            nodes = Math.ceilDiv(nodes, ARITY);
        }
    }

    /// @notice First of the `children` that belong to node `index` of `nodes`.
    function firstOf(uint256 index, uint256 children, uint256 nodes) internal pure returns (uint256 first) {
        return (index * children) / nodes;
    }

    /// @notice The node of `nodes` to which one of `children` belongs.
    function parentOf(uint256 child, uint256 children, uint256 nodes) internal pure returns (uint256 index) {
        return ((child + 1) * nodes - 1) / children;
    }

    /// @notice Children of node `index` of a level: cells under a lowest node, else nodes of the level below.
    /// @return nodes of the level.
    /// @return first of the children.
    /// @return count of the children, at most 32.
    function childrenOf(
        uint256 cells,
        uint256 leafCells,
        uint256 level,
        uint256 index
    ) internal pure returns (uint256 nodes, uint256 first, uint256 count) {
        nodes = nodesAt(cells, leafCells, level);
        if (index >= nodes) revert ILearningAnswers.LearningAnswers_UnknownNode(level, index, nodes);
        uint256 children = level == 0 ? cells : nodesAt(cells, leafCells, level - 1);
        first = firstOf(index, children, nodes);
        count = firstOf(index + 1, children, nodes) - first;
    }

    /// @notice Tensor root and weight of a node, as its answer has them.
    function headOf(ILearningAnswers.NodeOpening calldata node) internal pure returns (bytes32 root, uint256 weight) {
        bytes calldata path = node.path;
        if (path.length < 64) revert ILearningAnswers.LearningAnswers_WrongLength(path.length, 64);
        return (bytes32(path[:32]), uint256(bytes32(path[32:64])));
    }

    /// @notice Reverts unless the node, with what is below it, is part of its answer's tree.
    function requirePath(
        uint256 cells,
        uint256 leafCells,
        ILearningAnswers.NodeOpening calldata node,
        bytes32 below
    ) internal pure {
        (bytes32 root, uint256 weight) = headOf(node);
        (uint256 nodes, , ) = childrenOf(cells, leafCells, node.level, node.index);
        bytes32 top = topFrom(hashOf(root, weight, below), node.index, nodes, node.path[64:]);
        if (top != node.answer.nodesRoot) revert ILearningAnswers.LearningAnswers_WrongPath(top, node.answer.nodesRoot);
    }

    /// @notice Hash of a node.
    function hashOf(bytes32 root, uint256 weight, bytes32 below) internal pure returns (bytes32 node) {
        assembly ("memory-safe") {
            // beyond the free memory pointer, where nothing is kept
            let buffer := mload(0x40)
            mstore(buffer, root)
            mstore(add(buffer, 32), weight)
            mstore(add(buffer, 64), below)
            node := keccak256(buffer, 96)
        }
    }

    /// @notice Hash of the top, from that of a node and what lies beside and above it.
    /// @param node hash of node `index` of the `nodes` of its level.
    /// @param path for each level above: the hashes of the parent's other children in order, its root, its weight.
    function topFrom(
        bytes32 node,
        uint256 index,
        uint256 nodes,
        bytes calldata path
    ) internal pure returns (bytes32 top) {
        top = node;
        uint256 position;
        uint256 end;
        assembly ("memory-safe") {
            position := path.offset
            end := add(position, path.length)
        }
        while (nodes != 1) {
            uint256 parents = Math.ceilDiv(nodes, ARITY);
            uint256 parent = parentOf(index, nodes, parents);
            uint256 first = firstOf(parent, nodes, parents);
            uint256 children = firstOf(parent + 1, nodes, parents) - first;
            assembly ("memory-safe") {
                // Beyond the free memory pointer: at most 32 hashes, the node's own among the others. `index` is one of
                // the parent's children, so neither number of bytes is negative.
                let buffer := mload(0x40)
                let before := shl(5, sub(index, first))
                let others := shl(5, sub(children, 1))
                calldatacopy(buffer, position, before)
                mstore(add(buffer, before), top)
                calldatacopy(add(buffer, add(before, 32)), add(position, before), sub(others, before))
                let below := keccak256(buffer, add(others, 32))
                position := add(position, others)
                calldatacopy(buffer, position, 64)
                mstore(add(buffer, 64), below)
                position := add(position, 64)
                top := keccak256(buffer, 96)
            }
            (index, nodes) = (parent, parents);
        }
        // what was read beyond the end is zeros or other arguments, and refused here
        if (position != end) revert ILearningAnswers.LearningAnswers_WrongLength(end, position);
    }
}
