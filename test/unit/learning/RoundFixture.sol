// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../../../contracts/learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {PanelLib} from "../../../contracts/learning/libraries/PanelLib.sol";
import {PermutationLib} from "../../../contracts/learning/libraries/PermutationLib.sol";
import {Panels} from "../../../contracts/learning/types/TaskState.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {TasksFixture} from "./TasksFixture.sol";

/// @title RoundFixture
/// @notice Whole rounds of a task, all its parts together. A model is one value: 7 at first; the updates are 5 and 8, so that
/// the aggregate is 6 and the next model 13.
abstract contract RoundFixture is TasksFixture {
    using PanelLib for Panels;
    using PermutationLib for PermutationLib.Permutation;

    uint256 internal constant WEIGHT = 2 * 600 * 256;
    int256 internal constant SCORE = 100;
    uint256 internal constant SHARE_OF_CLIENTS = 6500;

    /// @dev A task of one round with two clients, four auditors, of whom three score, and three aggregators.
    function _openRound(address owner) internal {
        ILearningTasks.TaskTerms memory terms = _terms();
        // the second fits 40 bits
        terms.startsAt = uint40(block.timestamp + 1000);
        terms.aggregation.parameters = 1;
        terms.rounds = 1;
        terms.periodRounds = 1;
        terms.initialRoot = _rootOf(7);
        terms.auditorStake = 3 * STAKE;
        terms.missPenalty = STAKE;
        task = _openFor(owner, terms);
        _joinAll(2, 4, 3);
    }

    // ---------------------------------------------------------------------------------------------------------- tensors

    /// @dev The chunk of a tensor of one value.
    function _chunk(int256 value) internal pure returns (bytes memory chunk) {
        // biased values of four bytes; those after the first are zero
        chunk = abi.encodePacked(uint32(uint256(value + 0x80000000)));
        for (uint256 i = 1; i < 64; ++i) chunk = bytes.concat(chunk, hex"80000000");
    }

    function _rootOf(int256 value) internal pure returns (bytes32) {
        return keccak256(abi.encode(keccak256(_chunk(value)), 1));
    }

    function _valueOf(uint256 i) internal pure returns (int256) {
        return i == 0 ? int256(5) : int256(8);
    }

    function _opening(uint256 i) internal view returns (ILearningTasks.UpdateOpening memory opening) {
        opening = _update(_client(i));
        opening.root = _rootOf(_valueOf(i));
    }

    function _answer(int256 aggregate) internal pure returns (ILearningTasks.Answer memory answer) {
        answer.modelRoot = _rootOf(7 + aggregate);
        answer.model = ILearningTasks.Content(0x55, keccak256("next model"));
        answer.nodesRoot = keccak256(abi.encode(_rootOf(aggregate), WEIGHT, bytes32(0)));
    }

    // ------------------------------------------------------------------------------------------------------------ steps

    function _clientsAct() internal {
        _enter(ILearningTasks.Phase.Commit);
        for (uint256 i; i < 2; ++i) {
            bytes32 commitment = tasks.updateCommitment(task, 1, _client(i), _opening(i));
            vm.prank(_client(i));
            tasks.commitUpdate(task, commitment);
        }
        _enter(ILearningTasks.Phase.Reveal);
        for (uint256 i; i < 2; ++i) tasks.revealUpdate(task, _client(i), _opening(i));
    }

    /// @dev Both clients in the upper halves of their lanes.
    function _scores(address auditor) internal pure returns (ILearningTasks.ScoresOpening memory) {
        uint256 lane = uint256(SCORE + 2 ** 15) << 16;
        return ILearningTasks.ScoresOpening(auditor, SALT, abi.encode((lane << 32) | lane));
    }

    function _auditorsAct() internal {
        _enter(ILearningTasks.Phase.AuditCommit);
        _draw();
        for (uint256 i; i < 4; ++i) {
            bytes32 commitment = tasks.scoresCommitment(task, 1, _scores(_auditor(i)));
            vm.prank(_auditor(i));
            tasks.commitScores(task, commitment);
        }
        _enter(ILearningTasks.Phase.AuditReveal);
        for (uint256 i; i < 4; ++i) tasks.revealScores(task, _scores(_auditor(i)));
        _enter(ILearningTasks.Phase.Settle);
        tasks.settlePanel(task, 0, _openings());
    }

    /// @dev Auditors of the only panel, in the order of the seed.
    function _panel() internal view returns (address[3] memory auditors) {
        ILearningTasks.PanelState memory state = tasks.panelState(task);
        Panels memory panels;
        panels.seed = state.seed;
        panels.auditors = 4;
        PermutationLib.Permutation memory order = panels.auditorsIn();
        for (uint256 i; i < 3; ++i) auditors[i] = _auditor(order.valueAt(i));
    }

    function _openings() internal view returns (bytes memory openings) {
        address[3] memory auditors = _panel();
        for (uint256 i; i < 3; ++i)
            openings = abi.encodePacked(openings, auditors[i], SALT, _scores(auditors[i]).scores);
    }

    function _answerAs(uint256 i, int256 aggregate) internal {
        bytes32 commitment = tasks.answerCommitment(task, 1, _aggregator(i), _answer(aggregate), SALT);
        vm.prank(_aggregator(i));
        tasks.commitAnswer(task, commitment);
    }

    function _aggregatorsAct(int256[3] memory aggregates) internal {
        _enter(ILearningTasks.Phase.AggregateCommit);
        for (uint256 i; i < 3; ++i) _answerAs(i, aggregates[i]);
        _enter(ILearningTasks.Phase.AggregateReveal);
        for (uint256 i; i < 3; ++i) tasks.revealAnswer(task, _aggregator(i), _answer(aggregates[i]), SALT);
        _enter(ILearningTasks.Phase.Challenge);
    }

    function _finish(int256 aggregate) internal {
        _enter(ILearningTasks.Phase.Finishing);
        tasks.finishRound(task, _answer(aggregate));
    }

    function _dispute(uint8 seat, int256 aggregate) internal {
        ILearningAnswers.NodeOpening memory node;
        node.seat = seat;
        node.answer = _answer(aggregate);
        node.path = abi.encode(_rootOf(aggregate), WEIGHT);
        ILearningAnswers.ChunkOpening memory chunk;
        chunk.length = 1;
        chunk.leaf = keccak256(_chunk(aggregate));
        bytes memory children;
        for (uint256 i; i < 2; ++i) {
            ILearningTasks.UpdateOpening memory opening = _opening(i);
            bytes32 inner = keccak256(abi.encode(opening.content.codec, opening.content.digest, opening.salt));
            children = abi.encodePacked(
                children,
                _client(i),
                opening.samples,
                opening.norm,
                inner,
                _chunk(_valueOf(i))
            );
        }
        tasks.disputeChunk(task, node, chunk, children, "");
    }

    function _claim(address account, uint256 periods) internal returns (uint256) {
        uint256[] memory items = new uint256[](1);
        items[0] = (TaskId.unwrap(task) << 224) | periods;
        return tasks.claimFor(items, account);
    }

    function _locked(address account) internal view returns (uint256 locked) {
        (, locked) = vault.stakeOf(address(tasks), address(token), account);
    }
}
