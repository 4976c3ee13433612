// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Model registry
/// @notice Every global model: what it came from, in which task and round it was made, and where its content is. No
/// administrator: entries belong to the module (a contract such as `LearningTasks`) that wrote them, and say what that
/// module saw; who reads them chooses whose word to take. Nothing is changed or removed.
///
/// The licence of a model, its architecture and recipe are in the manifest of its task. Who owns a share of it follows from
/// contribution: `LearningTasks.shareOf`.
interface IModelRegistry {
    /// @notice A global model, known by the tensor root of its parameters.
    /// @param parent root of the model it was made of; the initial model of a task has no entry.
    /// @param digest sha2-256 digest of its content; with `codec` its CID.
    /// @param codec multicodec code of its content.
    /// @param round of the task that made it, from 1; 0: there is no such model.
    /// @param recordedAt second.
    /// @param score sum of the positive scores of the pay period by then, in 2^-14 nat: what auditors found the updates
    /// to contribute.
    struct Model {
        bytes32 parent;
        bytes32 digest;
        uint32 codec;
        uint16 round;
        uint48 recordedAt;
        uint56 score;
    }

    /// @notice A model was made.
    event ModelRecorded(
        address indexed module,
        uint256 indexed task,
        bytes32 indexed root,
        bytes32 parent,
        uint256 round,
        uint256 codec,
        bytes32 digest,
        uint256 score
    );

    /// @notice Records a model of the caller's task. The first entry of a root in a task stands: a round that changed nothing
    /// leaves the model it had.
    /// @param task the caller's own number.
    /// @param round from 1; one of 0 would record nothing.
    /// @param root of the model.
    /// @param parent root of the model before it.
    /// @param codec of its content.
    /// @param digest of its content.
    /// @param score see `Model`.
    function record(
        uint256 task,
        uint16 round,
        bytes32 root,
        bytes32 parent,
        uint32 codec,
        bytes32 digest,
        uint56 score
    ) external;

    /// @notice A model of a module's task; all zero if there is none.
    function modelOf(address module, uint256 task, bytes32 root) external view returns (Model memory model);
}
