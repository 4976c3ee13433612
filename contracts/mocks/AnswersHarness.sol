// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningAnswers} from "../learning/interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../learning/interfaces/ILearningTasks.sol";
import {AnswerLib} from "../learning/libraries/AnswerLib.sol";
import {AvailabilityLib} from "../learning/libraries/AvailabilityLib.sol";
import {CommitmentsLib} from "../learning/libraries/CommitmentsLib.sol";
import {DisputeLib} from "../learning/libraries/DisputeLib.sol";
import {LaneLib} from "../learning/libraries/LaneLib.sol";
import {PanelLib} from "../learning/libraries/PanelLib.sol";
import {ParticipantLib} from "../learning/libraries/ParticipantLib.sol";
import {PermutationLib} from "../learning/libraries/PermutationLib.sol";
import {RevealedLib} from "../learning/libraries/RevealedLib.sol";
import {Seat, TaskState} from "../learning/types/TaskState.sol";
import {TaskId} from "../learning/types/TaskId.sol";
import {IStakeVault} from "../rewards/interfaces/IStakeVault.sol";
import {StakeVault} from "../rewards/StakeVault.sol";

/// @title AnswersHarness
/// @notice A task of which only aggregation is real: clients, scores, panels and models are what tests say.
contract AnswersHarness {
    using PermutationLib for PermutationLib.Permutation;

    TaskId public constant TASK = TaskId.wrap(7);
    IStakeVault public immutable VAULT = new StakeVault();
    TaskState private _task;

    // ---------------------------------------------------------------------------------------------------- what is told

    /// @notice Round 1 of a task with these terms, whose Commit opens at `startsAt`.
    function open(ILearningTasks.TaskTerms calldata terms, bytes32 previousRoot) external {
        _task.terms = terms;
        _task.head.startedAt = terms.startsAt;
        _task.head.commit = terms.schedule.commit;
        _task.head.reveal = terms.schedule.reveal;
        _task.head.round = 1;
        _task.modelRoot = terms.initialRoot;
        _task.previousRoot = previousRoot;
    }

    /// @notice As many cells as tests need, and which panels were scored.
    function draw(bytes32 seed, uint24 cells, uint8 panels, uint256 scoredSet) external {
        _task.panels.round = _task.head.round;
        _task.panels.seed = seed;
        _task.panels.cells = cells;
        _task.panels.panels = panels;
        _task.panels.voidSet = 1 << 255;
        _task.panels.scoredSet = (1 << 255) | scoredSet;
        _task.head.scored = scoredSet != 0;
    }

    /// @notice The score of a client in the running period.
    function setScore(uint256 id, int32 score) public {
        uint256 period = _task.head.settled / _task.terms.periodRounds;
        uint256 balances = _task.scores[period][id >> 3];
        if (balances == 0) balances = LaneLib.ZERO_BALANCES;
        uint256 shift = (id & 7) << 5;
        // a score plus 2^31 fits 32 bits
        uint256 lane = uint256(int256(score) + (1 << 31));
        _task.scores[period][id >> 3] = (balances & ~(uint256(0xffffffff) << shift)) | (lane << shift);
    }

    /// @notice A client whose update was revealed.
    function addUpdate(
        address client,
        uint256 id,
        bytes32 root,
        uint256 samples,
        uint256 norm,
        bytes32 inner
    ) external {
        addCommitment(
            client,
            id,
            CommitmentsLib.ofUpdateParts(TASK, _task.head.round, client, root, samples, norm, inner)
        );
        RevealedLib.add(_task, _task.head.round, id);
        setScore(id, 0);
    }

    function addCommitment(address client, uint256 id, bytes32 commitment) public {
        uint256 word = ParticipantLib.place(ILearningTasks.Role.Client, id);
        _task.words[client] = ParticipantLib.commit(word, commitment, 0, _task.head.round, 0);
    }

    /// @notice As striking does, and settling for those found absent.
    function removeUpdate(uint256 id) external {
        RevealedLib.remove(_task, id);
    }

    /// @notice A seat whose stake lies free in the vault.
    function seat(address aggregator) external {
        uint96 stake = _task.terms.aggregatorStake;
        VAULT.lock(aggregator, _task.terms.token, stake);
        uint8 id = _task.head.aggregators;
        _task.head.aggregators = id + 1;
        _task.aggregators[id] = Seat(aggregator, stake, aggregator);
        _task.words[aggregator] = ParticipantLib.place(ILearningTasks.Role.Aggregator, id);
    }

    /// @notice An answer of an aggregator that was committed to and revealed, with all of Challenge before it. A seat that has
    /// answered begins anew, alone.
    function post(uint256 seatId, ILearningTasks.Answer calldata answer) external {
        if ((_task.answers.revealed >> seatId) & 1 == 1) delete _task.answers;
        AnswerLib.add(_task, _task.head.round, seatId, CommitmentsLib.digestOf(answer));
        _task.answers.challengeEnds = type(uint40).max;
        _task.answers.prolongedTo = type(uint40).max;
    }

    function nextRound(uint40 startsAt) external {
        ++_task.head.round;
        _task.head.startedAt = startsAt;
        _task.head.scored = false;
    }

    // ---------------------------------------------------------------------------------------------------- what is tested

    function commitAnswer(bytes32 commitment) external {
        AnswerLib.commit(_task, TASK, commitment);
    }

    function revealAnswer(address aggregator, ILearningTasks.Answer calldata answer, bytes16 salt) external {
        AnswerLib.reveal(_task, TASK, aggregator, answer, salt);
    }

    function disputeChunk(
        ILearningAnswers.NodeOpening calldata node,
        ILearningAnswers.ChunkOpening calldata chunk,
        bytes calldata children,
        bytes calldata hints
    ) external {
        DisputeLib.disputeChunk(_task, TASK, node, chunk, children, hints, VAULT);
    }

    function disputeWeight(ILearningAnswers.NodeOpening calldata node, bytes calldata children) external {
        DisputeLib.disputeWeight(_task, TASK, node, children, VAULT);
    }

    function disputeStep(
        uint256 seatId,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.ChunkOpening calldata chunk,
        bytes calldata parts
    ) external {
        DisputeLib.disputeStep(_task, TASK, seatId, answer, chunk, parts, VAULT);
    }

    function demandNode(
        uint256 seatId,
        ILearningTasks.Answer calldata answer,
        uint256 level,
        uint256 index,
        bytes32 hash,
        bytes calldata path
    ) external {
        AvailabilityLib.demandNode(_task, TASK, seatId, answer, level, index, hash, path, VAULT);
    }

    function demandHashes(
        ILearningAnswers.NodeOpening calldata node,
        bytes32 below,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external {
        AvailabilityLib.demandHashes(_task, TASK, node, below, index, hash, siblings, VAULT);
    }

    function demandModelHashes(
        uint256 seatId,
        ILearningTasks.Answer calldata answer,
        uint256 index,
        bytes32 hash,
        bytes32[] calldata siblings
    ) external {
        AvailabilityLib.demandModelHashes(_task, TASK, seatId, answer, index, hash, siblings, VAULT);
    }

    function openPart(
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part,
        bytes calldata data
    ) external {
        AvailabilityLib.openPart(_task, TASK, answer, part, data, VAULT);
    }

    function endDemand(
        uint256 round,
        ILearningTasks.Answer calldata answer,
        ILearningAnswers.Part calldata part
    ) external {
        AvailabilityLib.endDemand(_task, TASK, round, answer, part, VAULT);
    }

    function leadingAnswer() external view returns (bytes32 digest, uint256 seats) {
        return AnswerLib.leading(_task);
    }

    function challengeEnds() external view returns (uint256) {
        return _task.answers.challengeEnds;
    }

    function deletions() external view returns (uint256) {
        return _task.answers.deletions;
    }

    function seatAt(uint256 id) external view returns (Seat memory) {
        return _task.aggregators[id];
    }

    function answerCommitment(
        address aggregator,
        ILearningTasks.Answer calldata answer,
        bytes16 salt
    ) external view returns (bytes32) {
        return CommitmentsLib.ofAnswer(TASK, _task.head.round, aggregator, CommitmentsLib.digestOf(answer), salt);
    }

    /// @notice The cell at each position of the seed's order.
    function cellOrder() external view returns (uint256[] memory cells) {
        PermutationLib.Permutation memory order = PanelLib.cellsIn(_task.panels);
        cells = new uint256[](order.size);
        for (uint256 i; i < cells.length; ++i) cells[i] = order.valueAt(i);
    }
}
