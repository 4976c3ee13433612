// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../interfaces/ILearningRounds.sol";
import {TaskId} from "../types/TaskId.sol";

/// @title CommitmentLib
/// @notice Hashes that bind what is revealed to chain, contract, task, round and sender: a copied one can't be opened.
library CommitmentLib {
    bytes32 internal constant UPDATE = keccak256("artel.update.v1");
    bytes32 internal constant SCORES = keccak256("artel.scores.v1");
    bytes32 internal constant AGGREGATE = keccak256("artel.aggregate.v1");

    function ofUpdate(
        TaskId taskId,
        uint256 round,
        address client,
        ILearningRounds.UpdateOpening calldata opening
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    UPDATE,
                    block.chainid,
                    address(this),
                    taskId,
                    round,
                    client,
                    opening.root,
                    uint256(opening.samples),
                    uint256(opening.norm),
                    keccak256(opening.cid),
                    opening.salt
                )
            );
    }

    function ofScores(
        TaskId taskId,
        uint256 round,
        ILearningRounds.ScoresOpening calldata opening
    ) internal view returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    SCORES,
                    block.chainid,
                    address(this),
                    taskId,
                    round,
                    opening.auditor,
                    keccak256(opening.scores),
                    opening.salt
                )
            );
    }

    function ofAggregate(
        TaskId taskId,
        uint256 round,
        address aggregator,
        bytes32 root,
        bytes calldata cid,
        bytes32 salt
    ) internal view returns (bytes32) {
        bytes32 content = keccak256(cid);
        return
            keccak256(
                abi.encode(AGGREGATE, block.chainid, address(this), taskId, round, aggregator, root, content, salt)
            );
    }
}
