// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningAnswers} from "../interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Demand, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {AnswerLib} from "./AnswerLib.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";
import {TensorLib} from "./TensorLib.sol";
import {TreeLib} from "./TreeLib.sol";

/// @title Demands to open answers
/// @notice Whoever gives an answer must show what it commits to, a node or 32 hashes at a time, or lose it. Linked. See
/// `ILearningAnswers`.
///
/// Each demand stands alone: it proves that a hash is part of the answer and asks for what the hash is of. A hash that
/// commits to nothing of the right form can't be opened, and so is no better than a wrong one.
library AvailabilityLib {
    using TaskPhaseLib for TaskState;

    /// @dev Levels of a tensor's tree that are opened at a time.
    uint256 private constant DEMAND_LEVELS = 5;

    /// @notice See `ILearningAnswers.demandNode`.
    /// @param vault is trusted: no call to it comes back.
    function demandNode(
        TaskState storage task,
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 level,
        uint256 index,
        bytes32 hash,
        bytes calldata path,
        IStakeVault vault
    ) external {
        AnswerLib.requireDisputable(task, taskId, seat, answer);
        ILearningAnswers.Part memory part = _nodeOf(task, answer.nodesRoot, level, index, hash, path);
        _demand(task, taskId, answer, part, vault);
    }

    /// @notice See `ILearningAnswers.demandHashes`.
    /// @param vault is trusted: no call to it comes back.
    function demandHashes(
        TaskState storage task,
        TaskId taskId,
        ILearningAnswers.NodeOpening calldata node,
        bytes32 below,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings,
        IStakeVault vault
    ) external {
        AnswerLib.requireDisputable(task, taskId, node.seat, node.answer);
        bytes32 root = _rootOf(task, node, below);
        ILearningAnswers.Part memory part = _hashesOf(task, root, index, hash, siblings);
        _demand(task, taskId, node.answer, part, vault);
    }

    /// @notice See `ILearningAnswers.demandModelHashes`.
    /// @param vault is trusted: no call to it comes back.
    function demandModelHashes(
        TaskState storage task,
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings,
        IStakeVault vault
    ) external {
        AnswerLib.requireDisputable(task, taskId, seat, answer);
        ILearningAnswers.Part memory part = _hashesOf(task, answer.modelRoot, index, hash, siblings);
        _demand(task, taskId, answer, part, vault);
    }

    /// @notice See `ILearningAnswers.openPart`.
    /// @param vault is trusted: no call to it comes back.
    function openPart(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part,
        bytes calldata data,
        IStakeVault vault
    ) external {
        uint256 round = task.head.round;
        bytes32 digest = CommitmentsLib.digestOf(answer);
        address demander = _met(task.demands[_key(round, digest, part)], part.hash);
        _requireOpening(task, part, data);
        emit ILearningAnswers.PartOpened(taskId, round, msg.sender, part.hash, data);
        _payBond(task, demander, AnswerLib.supporters(task, digest), vault);
    }

    /// @notice See `ILearningAnswers.endDemand`.
    /// @param vault is trusted: no call to it comes back.
    function endDemand(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part,
        IStakeVault vault
    ) external {
        bytes32 digest = CommitmentsLib.digestOf(answer);
        Demand storage demand = task.demands[_key(round, digest, part)];
        (address demander, uint256 deadline) = (demand.demander, demand.deadline);
        if (demander == address(0)) revert ILearningAnswers.LearningAnswers_NotDemanded(part.hash, deadline);
        if (block.timestamp <= deadline) revert ILearningAnswers.LearningAnswers_NotOverdue(part.hash, deadline);
        demand.demander = address(0);
        emit ILearningAnswers.DemandEnded(taskId, round, demander, part.hash);
        bool running = round == task.head.round && task.phase() == ILearningTasks.Phase.Challenge;
        if (running && AnswerLib.supporters(task, digest) != 0)
            AnswerLib.disprove(task, taskId, answer, demander, vault);
        vault.unlock(demander, task.terms.token, _bond(task));
    }

    /// @notice See `ILearningAnswers.demandOf`.
    function demandOf(
        TaskState storage task,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part
    ) external view returns (address demander, uint256 deadline) {
        Demand storage demand = task.demands[_key(round, CommitmentsLib.digestOf(answer), part)];
        return (demand.demander, demand.deadline);
    }

    /// @dev Notes a demand, once for each part of an answer, and sees that Challenge lasts until it can be used.
    function _demand(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part memory part,
        IStakeVault vault
    ) private {
        uint256 round = task.head.round;
        Demand storage demand = task.demands[_key(round, CommitmentsLib.digestOf(answer), part)];
        if (demand.deadline != 0) revert ILearningAnswers.LearningAnswers_AlreadyDemanded(part.hash, demand.deadline);
        uint256 step = task.terms.schedule.aggregateReveal;
        uint256 deadline = block.timestamp + step;
        uint256 ends = deadline + step;
        uint256 latest = task.answers.prolongedTo;
        if (ends > latest) revert ILearningAnswers.LearningAnswers_TooLate(ends, latest);
        // both are no later than `latest`, which has 40 bits
        (demand.demander, demand.deadline) = (msg.sender, uint40(deadline));
        if (ends > task.answers.challengeEnds) task.answers.challengeEnds = uint40(ends);
        emit ILearningAnswers.PartDemanded(
            taskId,
            round,
            msg.sender,
            answer.modelRoot,
            answer.nodesRoot,
            uint256(part.kind),
            part.count,
            part.hash,
            deadline
        );
        vault.lock(msg.sender, task.terms.token, _bond(task));
    }

    /// @dev The node of this hash, which is proved to be there.
    function _nodeOf(
        TaskState storage task,
        bytes32 nodesRoot,
        uint256 level,
        uint256 index,
        bytes32 hash,
        bytes calldata path
    ) private view returns (ILearningAnswers.Part memory part) {
        uint256 leafCells = task.terms.aggregation.leafCells;
        (uint256 nodes, , uint256 children) = TreeLib.childrenOf(task.panels.cells, leafCells, level, index);
        bytes32 top = TreeLib.topFrom(hash, index, nodes, path);
        if (top != nodesRoot) revert ILearningAnswers.LearningAnswers_WrongPath(top, nodesRoot);
        // at most 32 children
        return ILearningAnswers.Part(ILearningAnswers.Kind.Node, level == 0 ? 0 : uint8(children), hash);
    }

    /// @dev Tensor root of a node that is part of the answer's tree.
    function _rootOf(
        TaskState storage task,
        ILearningAnswers.NodeOpening calldata node,
        bytes32 below
    ) private view returns (bytes32 root) {
        TreeLib.requirePath(task.panels.cells, task.terms.aggregation.leafCells, node, below);
        (root, ) = TreeLib.headOf(node);
        if (root == 0) revert ILearningAnswers.LearningAnswers_EmptyNode(node.level, node.index);
    }

    /// @dev What to open below a hash of a tensor's tree, which is proved to be there.
    function _hashesOf(
        TaskState storage task,
        bytes32 root,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) private view returns (ILearningAnswers.Part memory part) {
        uint256 length = task.terms.aggregation.parameters;
        uint256 depth = TensorLib.depthOf(length);
        if (siblings.length == 0) {
            if (hash != root) revert ILearningAnswers.LearningAnswers_WrongRoot(hash, root);
            return ILearningAnswers.Part(ILearningAnswers.Kind.Tensor, _countBelow(depth), hash);
        }
        // a leaf has no hashes below it: its chunk need not be known to be disputed
        if (siblings.length >= depth) revert ILearningAnswers.LearningAnswers_WrongLength(siblings.length, depth);
        uint256 position;
        assembly ("memory-safe") {
            position := siblings.offset
        }
        bytes32 computed = TensorLib.rootFrom(hash, index, position, siblings.length, length);
        if (computed != root) revert ILearningAnswers.LearningAnswers_WrongRoot(computed, root);
        return ILearningAnswers.Part(ILearningAnswers.Kind.Hashes, _countBelow(depth - siblings.length), hash);
    }

    /// @dev Ends a demand within its time; returns whose it was.
    function _met(Demand storage demand, bytes32 hash) private returns (address demander) {
        demander = demand.demander;
        uint256 deadline = demand.deadline;
        if (demander == address(0) || block.timestamp > deadline)
            revert ILearningAnswers.LearningAnswers_NotDemanded(hash, deadline);
        demand.demander = address(0);
    }

    /// @dev Reverts unless the data are what the part's hash is of.
    function _requireOpening(
        TaskState storage task,
        ILearningAnswers.Part calldata part,
        bytes calldata data
    ) private view {
        bool isNode = part.kind == ILearningAnswers.Kind.Node;
        bytes32 computed = isNode ? _nodeFrom(part.count, data) : _hashFrom(task, part, data);
        if (computed != part.hash) revert ILearningAnswers.LearningAnswers_WrongRoot(computed, part.hash);
    }

    /// @dev Hash of a node from its root, weight and its children's hashes.
    function _nodeFrom(uint256 count, bytes calldata data) private pure returns (bytes32) {
        uint256 needed = 64 + 32 * count;
        if (data.length != needed) revert ILearningAnswers.LearningAnswers_WrongLength(data.length, needed);
        bytes32 below = count == 0 ? bytes32(0) : keccak256(data[64:]);
        return TreeLib.hashOf(bytes32(data[:32]), uint256(bytes32(data[32:64])), below);
    }

    /// @dev The hash above these of a tensor's tree, or the tensor's root.
    function _hashFrom(
        TaskState storage task,
        ILearningAnswers.Part calldata part,
        bytes calldata data
    ) private view returns (bytes32) {
        uint256 count = part.count;
        if (data.length != 32 * count) revert ILearningAnswers.LearningAnswers_WrongLength(data.length, 32 * count);
        bytes memory hashes = data;
        // at most 32 hashes, a power of two; each level is written over the one below it
        for (; count > 1; count >>= 1) {
            assembly ("memory-safe") {
                let first := add(hashes, 32)
                for {
                    let i := 0
                } lt(i, count) {
                    i := add(i, 2)
                } {
                    mstore(add(first, shl(4, i)), keccak256(add(first, shl(5, i)), 64))
                }
            }
        }
        bytes32 top = bytes32(hashes);
        if (part.kind == ILearningAnswers.Kind.Hashes) return top;
        return keccak256(abi.encode(top, uint256(task.terms.aggregation.parameters)));
    }

    /// @dev Hashes to open below one that has so many levels under it: at most 2^5.
    function _countBelow(uint256 levels) private pure returns (uint8 count) {
        return uint8(1 << Math.min(levels, DEMAND_LEVELS));
    }

    function _key(uint256 round, bytes32 digest, ILearningAnswers.Part memory part) private pure returns (bytes32) {
        return keccak256(abi.encode(round, digest, part));
    }

    /// @dev Gives half of a bond to the treasury and shares the rest among the seats that gave the answer, the first of them
    /// having what does not divide; frees it if the answer was disproved meanwhile.
    function _payBond(TaskState storage task, address demander, uint256 seats, IStakeVault vault) private {
        uint128 bond = _bond(task);
        address token = task.terms.token;
        if (seats == 0) return vault.unlock(demander, token, bond);
        // the right model with a content of its own is the answer of one seat, which would have all of its own bonds back
        vault.slash(demander, token, bond / 2, task.terms.slashRecipient);
        uint256 rest = bond - bond / 2;
        // at most 16 seats
        for (uint256 i; seats != 0; (seats >>= 1, ++i)) {
            if (seats & 1 == 0) continue;
            uint256 part = Math.ceilDiv(rest, AnswerLib.count(seats));
            rest -= part;
            // a part of the bond
            vault.slash(demander, token, uint128(part), task.aggregators[i].account);
        }
    }

    function _bond(TaskState storage task) private view returns (uint128) {
        // less than the stake, which has 96 bits
        return uint128(Math.ceilDiv(task.terms.aggregatorStake, TaskTermsLib.BOND_PART));
    }
}
