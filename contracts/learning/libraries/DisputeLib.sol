// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningAnswers} from "../interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Panels, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {AnswerLib} from "./AnswerLib.sol";
import {CombiningLib} from "./CombiningLib.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {PermutationLib} from "./PermutationLib.sol";
import {TensorLib} from "./TensorLib.sol";
import {TreeLib} from "./TreeLib.sol";

/// @title Disputes of answers
/// @notice Recomputes one chunk or one weight of an answer from the level below. Linked. See `ILearningAnswers` for the
/// data that disputes take.
library DisputeLib {
    using ParticipantLib for uint256;
    using PermutationLib for PermutationLib.Permutation;

    /// @dev What is computed of a node: a chunk, or only its weight.
    struct Work {
        TaskId taskId;
        uint256 round;
        uint256 position; // in the calldata, of the next child
        bool chunked; // a chunk is computed
        bool trimmed; // its values are trimmed means
        uint256 chunk; // index of the chunk
        uint256 length; // values of the tensors
        uint256 depth; // of the tensors' trees
        uint256 sums; // in memory, see CombiningLib
        uint256 hints; // in the calldata, see CombiningLib
        uint256 count; // children so far
        uint256 weight; // of the children so far
        uint256 sampleCap;
        uint256 clipNorm;
    }

    /// @dev Bytes of a child before its chunk or root.
    uint256 private constant CHILD_BYTES = 64;
    uint256 private constant HINT_BYTES = 512;
    /// @dev Weights of updates have 24 bits and there are at most 2^24 of them.
    uint256 private constant MAX_WEIGHT = type(uint48).max;
    uint256 private constant WEIGHT_UNIT = 256;
    uint256 private constant TRIM_UNIT = 256;
    uint256 private constant CELL = 8;

    /// @notice See `ILearningAnswers.disputeChunk`.
    /// @param vault is trusted: no call to it comes back.
    function disputeChunk(
        TaskState storage task,
        TaskId taskId,
        ILearningAnswers.NodeOpening calldata node,
        ILearningAnswers.ChunkOpening calldata chunk,
        bytes calldata children,
        bytes calldata hints,
        IStakeVault vault
    ) external {
        AnswerLib.requireDisputable(task, taskId, node.seat, node.answer);
        (bytes32 root, uint256 weight) = TreeLib.headOf(node);
        if (weight == 0) revert ILearningAnswers.LearningAnswers_EmptyNode(node.level, node.index);
        Work memory work = _workOn(task, taskId, children);
        if (_openChunk(work, chunk, root)) {
            _useHints(task, work, hints);
            bytes32 below = _children(task, work, node, children);
            _requirePath(task, node, below);
            if (work.weight == 0) revert ILearningAnswers.LearningAnswers_EmptyNode(node.level, node.index);
            if (_leafOf(task, work) == chunk.leaf) revert ILearningAnswers.LearningAnswers_NoFault();
        } else {
            _requirePath(task, node, _belowOf(children));
        }
        AnswerLib.disprove(task, taskId, node.answer, msg.sender, vault);
    }

    /// @notice See `ILearningAnswers.disputeWeight`.
    /// @param vault is trusted: no call to it comes back.
    function disputeWeight(
        TaskState storage task,
        TaskId taskId,
        ILearningAnswers.NodeOpening calldata node,
        bytes calldata children,
        IStakeVault vault
    ) external {
        AnswerLib.requireDisputable(task, taskId, node.seat, node.answer);
        Work memory work = _workOn(task, taskId, children);
        _requirePath(task, node, _children(task, work, node, children));
        (bytes32 root, uint256 weight) = TreeLib.headOf(node);
        if (weight == work.weight && (weight == 0) == (root == 0)) revert ILearningAnswers.LearningAnswers_NoFault();
        AnswerLib.disprove(task, taskId, node.answer, msg.sender, vault);
    }

    /// @notice See `ILearningAnswers.disputeStep`.
    /// @param vault is trusted: no call to it comes back.
    function disputeStep(
        TaskState storage task,
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.ChunkOpening calldata chunk,
        bytes calldata parts,
        IStakeVault vault
    ) external {
        AnswerLib.requireDisputable(task, taskId, seat, answer);
        Work memory work = _workOn(task, taskId, parts);
        if (_openChunk(work, chunk, answer.modelRoot) && _stepLeaf(task, work, answer.nodesRoot) == chunk.leaf)
            revert ILearningAnswers.LearningAnswers_NoFault();
        _requireEnd(work, parts);
        AnswerLib.disprove(task, taskId, answer, msg.sender, vault);
    }

    /// @dev What is the same for all disputes. `data` are read from their beginning.
    function _workOn(
        TaskState storage task,
        TaskId taskId,
        bytes calldata data
    ) private view returns (Work memory work) {
        work.taskId = taskId;
        work.round = task.head.round;
        work.length = task.terms.aggregation.parameters;
        work.depth = TensorLib.depthOf(work.length);
        work.sampleCap = task.terms.aggregation.sampleCap;
        work.clipNorm = task.terms.aggregation.clipNorm;
        assembly ("memory-safe") {
            mstore(add(work, 64), data.offset)
        }
    }

    /// @dev Proves a chunk's hash against the tensor's root. Returns whether it is a chunk of a tensor of the model's length.
    /// If the length is another, or if this is a leaf beside the chunks that is not zero, the tensor is no model or update
    /// of this task, whatever it holds.
    function _openChunk(
        Work memory work,
        ILearningAnswers.ChunkOpening calldata chunk,
        bytes32 root
    ) private pure returns (bool fits) {
        uint256 siblings;
        bytes32[] calldata path = chunk.siblings;
        assembly ("memory-safe") {
            siblings := path.offset
        }
        bytes32 computed = TensorLib.rootFrom(chunk.leaf, chunk.index, siblings, path.length, chunk.length);
        if (computed != root) revert ILearningAnswers.LearningAnswers_WrongRoot(computed, root);
        if (chunk.length != work.length) return false;
        if (path.length != work.depth) revert ILearningAnswers.LearningAnswers_WrongLength(path.length, work.depth);
        uint256 chunks = TensorLib.chunksOf(work.length);
        if (chunk.index >= chunks) {
            bool beside = chunk.index >> work.depth == 0 && chunk.leaf != 0;
            if (!beside) revert ILearningAnswers.LearningAnswers_UnknownChunk(chunk.index, chunks);
            return false;
        }
        work.chunked = true;
        work.chunk = chunk.index;
        return true;
    }

    /// @dev Makes room for the sums, by what a node does with its children.
    function _useHints(TaskState storage task, Work memory work, bytes calldata hints) private view {
        work.trimmed = task.terms.aggregation.combining != ILearningTasks.Combining.Mean;
        uint256 needed = work.trimmed ? HINT_BYTES : 0;
        if (hints.length != needed) revert ILearningAnswers.LearningAnswers_WrongLength(hints.length, needed);
        work.sums = work.trimmed ? CombiningLib.trimmedSums() : CombiningLib.meanSums();
        assembly ("memory-safe") {
            mstore(add(work, 288), hints.offset)
        }
    }

    /// @dev Goes through all children of a node, in order. Returns the hash of their hashes, 0 for a lowest node.
    function _children(
        TaskState storage task,
        Work memory work,
        ILearningAnswers.NodeOpening calldata node,
        bytes calldata children
    ) private view returns (bytes32 below) {
        (, uint256 first, uint256 count) = TreeLib.childrenOf(
            task.panels.cells,
            task.terms.aggregation.leafCells,
            node.level,
            node.index
        );
        if (node.level == 0) _updates(task, work, first, first + count);
        else below = _nodes(work, count, node.level == 1);
        _requireEnd(work, children);
    }

    /// @dev The updates at positions of the seed's order that belong into the tree: one to four cells of eight.
    function _updates(TaskState storage task, Work memory work, uint256 position, uint256 end) private view {
        Panels memory panels = task.panels;
        PermutationLib.Permutation memory order = PanelLib.cellsIn(panels);
        for (; position < end; ++position) {
            (uint256 cell, uint256 included) = PanelLib.aggregatedAt(task, panels, order, position);
            for (uint256 i; i < CELL; ++i) if ((included >> i) & 1 == 1) _update(task, work, cell * CELL + i);
        }
    }

    /// @dev One update: the next child must be the commitment of the client of this id.
    function _update(TaskState storage task, Work memory work, uint256 id) private view {
        uint256 head;
        bytes32 inner;
        uint256 position = work.position;
        assembly ("memory-safe") {
            head := calldataload(position)
            inner := calldataload(add(position, 32))
        }
        bytes32 root = _rootOf(work, position + CHILD_BYTES);
        // account 160, samples 32, norm 64
        address account = address(uint160(head >> 96));
        uint256 samples = (head >> 64) & type(uint32).max;
        uint256 norm = head & type(uint64).max;
        bytes32 commitment = CommitmentsLib.ofUpdateParts(work.taskId, work.round, account, root, samples, norm, inner);
        uint256 word = task.words[account];
        bool isClient = word.idOf() == id && word.roleOf() == ILearningTasks.Role.Client;
        if (!isClient || !word.opens(commitment, work.round))
            revert ILearningAnswers.LearningAnswers_WrongUpdate(id, account);
        _add(work, position + CHILD_BYTES, _weightOf(work, samples, norm));
    }

    /// @dev The nodes below an upper node.
    function _nodes(Work memory work, uint256 count, bool lowest) private pure returns (bytes32 below) {
        bytes32[] memory hashes = new bytes32[](count);
        for (uint256 i; i < count; ++i) {
            uint256 weight;
            uint256 position = work.position + CHILD_BYTES;
            (hashes[i], weight) = _node(work, lowest);
            if (weight != 0) _add(work, position, weight);
        }
        assembly ("memory-safe") {
            below := keccak256(add(hashes, 32), shl(5, count))
        }
    }

    /// @dev The node that is opened next, and its weight. Its chunk, if it has a weight, follows these two words.
    function _node(Work memory work, bool lowest) private pure returns (bytes32 hash, uint256 weight) {
        bytes32 below;
        uint256 position = work.position;
        assembly ("memory-safe") {
            weight := calldataload(position)
            below := calldataload(add(position, 32))
        }
        if (weight > MAX_WEIGHT) revert ILearningAnswers.LearningAnswers_WeightTooLarge(weight);
        bytes32 root;
        if (work.chunked && weight == 0) work.position = position + CHILD_BYTES;
        else root = _rootOf(work, position + CHILD_BYTES);
        // a lowest node has nothing below it, whatever the answer says
        hash = TreeLib.hashOf(root, weight, lowest ? bytes32(0) : below);
    }

    /// @dev Root of a child's tensor, named or made from its chunk. Moves on to the next child.
    function _rootOf(Work memory work, uint256 position) private pure returns (bytes32 root) {
        if (!work.chunked) {
            assembly ("memory-safe") {
                root := calldataload(position)
            }
            work.position = position + 32;
            return root;
        }
        uint256 siblings = position + TensorLib.CHUNK_BYTES;
        work.position = siblings + 32 * work.depth;
        return TensorLib.rootFrom(TensorLib.leafAt(position), work.chunk, siblings, work.depth, work.length);
    }

    /// @dev A child of this weight, whose chunk is at the position if there is one.
    function _add(Work memory work, uint256 position, uint256 weight) private pure {
        ++work.count;
        work.weight += weight;
        if (!work.chunked) return;
        if (work.trimmed) CombiningLib.addClamped(work.sums, position, work.hints);
        else CombiningLib.addWeighted(work.sums, position, weight);
    }

    /// @dev Hash of the chunk that the node must have, once its children are added.
    function _leafOf(TaskState storage task, Work memory work) private view returns (bytes32 leaf) {
        if (!work.trimmed) return CombiningLib.meanLeaf(work.sums, work.weight);
        uint256 low;
        uint256 high;
        if (task.terms.aggregation.combining == ILearningTasks.Combining.Median) {
            // the lower median alone stays
            low = (work.count - 1) / 2;
            high = work.count / 2;
        } else {
            // less than half at each end, as a trim is less than 128
            low = high = (work.count * task.terms.aggregation.trim) / TRIM_UNIT;
        }
        return CombiningLib.trimmedLeaf(work.sums, work.hints, work.count, low, high);
    }

    /// @dev Hash of the chunk that the answer's model must have.
    function _stepLeaf(
        TaskState storage task,
        Work memory work,
        bytes32 nodesRoot
    ) private view returns (bytes32 leaf) {
        uint256 model = _openPart(work, task.modelRoot);
        uint256 previous = task.previousRoot == task.modelRoot ? model : _openPart(work, task.previousRoot);
        // the top of a tree of one level has nothing below it
        bool lowest = TreeLib.nodesAt(task.panels.cells, task.terms.aggregation.leafCells, 1) == 0;
        uint256 delta = work.position + CHILD_BYTES;
        (bytes32 top, uint256 weight) = _node(work, lowest);
        if (top != nodesRoot) revert ILearningAnswers.LearningAnswers_WrongPath(top, nodesRoot);
        return CombiningLib.stepLeaf(model, previous, weight == 0 ? 0 : delta, task.terms.aggregation.momentum);
    }

    /// @dev The chunk at this place of a tensor that the chain knows, by its position.
    function _openPart(Work memory work, bytes32 root) private pure returns (uint256 chunk) {
        chunk = work.position;
        bytes32 computed = _rootOf(work, chunk);
        if (computed != root) revert ILearningAnswers.LearningAnswers_WrongRoot(computed, root);
    }

    /// @dev The one word that is asked for in place of children whose values do not matter.
    function _belowOf(bytes calldata children) private pure returns (bytes32 below) {
        if (children.length != 32) revert ILearningAnswers.LearningAnswers_WrongLength(children.length, 32);
        return bytes32(children);
    }

    function _requirePath(
        TaskState storage task,
        ILearningAnswers.NodeOpening calldata node,
        bytes32 below
    ) private view {
        TreeLib.requirePath(task.panels.cells, task.terms.aggregation.leafCells, node, below);
    }

    /// @dev Weight of an update, `min(samples, cap) * min(1, clipNorm / norm)` in 1/256, rounded down: 24 bits.
    function _weightOf(Work memory work, uint256 samples, uint256 norm) private pure returns (uint256 weight) {
        weight = (samples < work.sampleCap ? samples : work.sampleCap) * WEIGHT_UNIT;
        if (norm > work.clipNorm) weight = (weight * work.clipNorm) / norm;
    }

    /// @dev Reverts unless the data were read to their end and not beyond.
    function _requireEnd(Work memory work, bytes calldata data) private pure {
        uint256 end;
        assembly ("memory-safe") {
            end := add(data.offset, data.length)
        }
        if (work.position != end) revert ILearningAnswers.LearningAnswers_WrongLength(end, work.position);
    }
}
