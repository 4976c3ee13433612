// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskId} from "../types/TaskId.sol";
import {ILearningAnswers} from "./ILearningAnswers.sol";
import {ILearningTasks} from "./ILearningTasks.sol";

/// @title Demands to open parts of answers
/// @notice How a tree that is withheld is had, see `ILearningAnswers`. Apart from it because `LearningTasks` has no room for
/// these functions within the size limit of contracts: `AvailabilityLib` implements them, no deployed contract offers them
/// yet.
interface ILearningDemands {
    /// @notice Demands that a node of an answer be opened. Anybody, during Challenge.
    /// @param level of the node, 0 for the lowest.
    /// @param hash of the node, which commits to what is demanded.
    /// @param path as in `ILearningAnswers.NodeOpening`, without the node's own root and weight.
    function demandNode(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 level,
        uint256 index,
        bytes32 hash,
        bytes calldata path
    ) external;

    /// @notice Demands up to 32 hashes of the tensor of a node that is known. Anybody, during Challenge.
    /// @param node the node.
    /// @param below hash of its children's hashes, 0 for a lowest node.
    /// @param index of the hash above those demanded, in its level of the tensor's tree.
    /// @param hash the tensor's root, or any hash that was opened.
    /// @param siblings on the way from that hash to the top of the tensor's tree; empty for the root.
    function demandHashes(
        TaskId taskId,
        ILearningAnswers.NodeOpening calldata node,
        bytes32 below,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external;

    /// @notice The same of an answer's model.
    function demandModelHashes(
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external;

    /// @notice Opens a part that was demanded, until its deadline. Anybody; the bond goes to the caller.
    /// @param data as in `ILearningAnswers.PartOpened`.
    function openPart(
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part,
        bytes calldata data
    ) external;

    /// @notice Ends a demand that was not met, and frees its bond. During Challenge, if the answer stands, it is deleted as if
    /// it were disproved. Anybody, after the deadline.
    /// @param round of the demand.
    function endDemand(
        TaskId taskId,
        uint256 round,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part
    ) external;
}
