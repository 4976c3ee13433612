// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IModelRegistry} from "./interfaces/IModelRegistry.sol";

/// @title ModelRegistry
/// @dev Calls nobody and never reverts: no entry can keep a round from its end.
contract ModelRegistry is IModelRegistry {
    mapping(address module => mapping(uint256 task => mapping(bytes32 root => Model model))) private _models;

    /// @inheritdoc IModelRegistry
    function record(
        uint256 task,
        uint16 round,
        bytes32 root,
        bytes32 parent,
        uint32 codec,
        bytes32 digest,
        uint56 score
    ) external {
        Model storage model = _models[msg.sender][task][root];
        if (model.round != 0) return;
        model.parent = parent;
        model.digest = digest;
        model.codec = codec;
        model.round = round;
        // the clock fits 48 bits
        model.recordedAt = uint48(block.timestamp);
        model.score = score;
        emit ModelRecorded(msg.sender, task, root, parent, round, codec, digest, score);
    }

    /// @inheritdoc IModelRegistry
    function modelOf(address module, uint256 task, bytes32 root) external view returns (Model memory model) {
        return _models[module][task][root];
    }
}
