// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningAnswers} from "../interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Answers, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelLib} from "./PanelLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Answers of aggregators
/// @notice Commitments, reveals, the leading answer and its window, and what a dispute does. See `ILearningAnswers`.
/// `commit` and `reveal` are linked; the rest is for the other libraries.
library AnswerLib {
    using ParticipantLib for TaskState;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice See `ILearningAnswers.MAX_DELETIONS`.
    uint256 internal constant MAX_DELETIONS = 3;
    /// @dev Openings one after the other down to a chunk: at most 6 levels of nodes, and 26 levels of hashes by five.
    uint256 internal constant MAX_STEPS = 12;

    /// @notice See `ILearningAnswers.commitAnswer`.
    function commit(TaskState storage task, TaskId taskId, bytes32 commitment) external {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AggregateCommit);
        if (!PanelLib.anyScored(task)) revert ILearningAnswers.LearningAnswers_NothingScored(taskId, round);
        uint256 seat = task.commitAs(taskId, round, ILearningTasks.Role.Aggregator, commitment);
        task.requireSecured(taskId, task.aggregators[seat], task.terms.aggregatorStake);
        emit ILearningAnswers.AnswerCommitted(taskId, round, msg.sender, commitment);
    }

    /// @notice See `ILearningAnswers.revealAnswer`.
    function reveal(
        TaskState storage task,
        TaskId taskId,
        address aggregator,
        ILearningTasks.Answer calldata answer,
        bytes16 salt
    ) external {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AggregateReveal);
        bytes32 digest = CommitmentsLib.digestOf(answer);
        bytes32 commitment = CommitmentsLib.ofAnswer(taskId, round, aggregator, digest, salt);
        uint256 seat = task.revealAs(taskId, round, ILearningTasks.Role.Aggregator, aggregator, commitment);
        if (answer.modelRoot == 0 || answer.nodesRoot == 0 || answer.model.digest == 0)
            revert ILearningTasks.LearningTasks_InvalidContent(answer.modelRoot, answer.model.digest);

        task.answerOf[seat] = digest;
        Answers storage answers = task.answers;
        if (answers.round != round) {
            // rounds are counted in 16 bits
            task.answers = Answers({
                round: uint16(round),
                revealed: 0,
                disproved: 0,
                deletions: 0,
                challengeEnds: 0,
                prolongedTo: 0
            });
        }
        // there are at most 16 seats
        answers.revealed |= uint16(1 << seat);
        (, uint256 seats) = leading(task);
        _openWindow(task, task.start(ILearningTasks.Phase.Challenge), seats);
        emit ILearningAnswers.AnswerRevealed(
            taskId,
            round,
            aggregator,
            seat,
            answer.modelRoot,
            answer.model.codec,
            answer.model.digest,
            answer.nodesRoot,
            answers.challengeEnds
        );
    }

    /// @notice See `ILearningAnswers.leadingAnswer`.
    function leading(TaskState storage task) internal view returns (bytes32 digest, uint256 seats) {
        if (task.answers.round != task.head.round || task.answers.deletions == MAX_DELETIONS) return (0, 0);
        uint256 open = _standing(task);
        // at most 16 seats, each compared with those above it; the lowest is met first and yields to more support alone
        for (uint256 i; open >> i != 0; ++i) {
            if ((open >> i) & 1 == 0) continue;
            bytes32 answer = task.answerOf[i];
            uint256 same = _seatsWith(task, open, answer);
            if (count(same) > count(seats)) (digest, seats) = (answer, same);
            open &= ~same;
        }
    }

    /// @notice Reverts unless answers can be disputed now, and this one is that of the seat and stands.
    function requireDisputable(
        TaskState storage task,
        TaskId taskId,
        uint256 seat,
        ILearningTasks.Answer calldata answer
    ) internal view {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.Challenge);
        // Challenge is a phase of rounds with answers alone, so these are the running round's
        if ((_standing(task) >> seat) & 1 == 0 || task.answerOf[seat] != CommitmentsLib.digestOf(answer))
            revert ILearningAnswers.LearningAnswers_NotStanding(taskId, round, seat);
    }

    /// @notice The seats that gave an answer in the running round, or the last that had answers; none if it is disproved.
    function supporters(TaskState storage task, bytes32 digest) internal view returns (uint256 seats) {
        return _seatsWith(task, _standing(task), digest);
    }

    /// @notice How many seats there are in a set.
    function count(uint256 seats) internal pure returns (uint256 number) {
        for (; seats != 0; seats &= seats - 1) ++number;
    }

    /// @notice Deletes an answer that stands, and takes the stakes of those who gave it.
    /// @param challenger who has a part of them.
    /// @param vault is trusted: no call to it comes back.
    function disprove(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Answer calldata answer,
        address challenger,
        IStakeVault vault
    ) internal {
        bytes32 digest = CommitmentsLib.digestOf(answer);
        (bytes32 leader, ) = leading(task);
        uint256 seats = supporters(task, digest);
        Answers storage answers = task.answers;
        // a set of at most 16 seats
        answers.disproved |= uint16(seats);
        // Others that were wrong, too, keep nobody waiting: the leading answer's window goes on.
        if (digest == leader) {
            ++answers.deletions;
            (, uint256 next) = leading(task);
            uint40 before = answers.challengeEnds;
            _openWindow(task, block.timestamp, next);
            // a demand to open the next answer may have put the end off further
            if (next != 0 && answers.challengeEnds < before) answers.challengeEnds = before;
        }
        emit ILearningAnswers.AnswerDisproved(
            taskId,
            answers.round,
            challenger,
            answer.modelRoot,
            answer.nodesRoot,
            seats,
            answers.challengeEnds
        );
        _slash(task, taskId, answers.round, seats, challenger, vault);
    }

    function _slash(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 seats,
        address challenger,
        IStakeVault vault
    ) private {
        for (uint256 i; seats != 0; (seats >>= 1, ++i)) {
            if (seats & 1 == 0) continue;
            task.forfeit(taskId, round, task.aggregators[i], challenger, vault);
        }
    }

    /// @dev Lets the leading answer be disputed from a second on, given the seats that support it; none: at no time.
    function _openWindow(TaskState storage task, uint256 from, uint256 seats) private {
        ILearningTasks.Schedule memory schedule = task.terms.schedule;
        uint256 ends = from;
        uint256 prolongedTo = from;
        if (seats != 0) {
            ends += count(seats) >= task.terms.aggregatorQuorum ? schedule.challenge : schedule.longChallenge;
            prolongedTo = ends + MAX_STEPS * 2 * schedule.aggregateReveal;
        }
        // seconds, of which 40 bits last 34,000 years
        (task.answers.challengeEnds, task.answers.prolongedTo) = (uint40(ends), uint40(prolongedTo));
    }

    /// @dev Those of a set of seats that gave this answer.
    function _seatsWith(TaskState storage task, uint256 open, bytes32 digest) private view returns (uint256 seats) {
        for (uint256 i; open != 0; (open >>= 1, ++i)) {
            if (open & 1 == 1 && task.answerOf[i] == digest) seats |= 1 << i;
        }
    }

    /// @dev Revealed in the running round, or the last that had answers, and not disproved.
    function _standing(TaskState storage task) private view returns (uint256 seats) {
        return task.answers.revealed & ~uint256(task.answers.disproved);
    }
}
