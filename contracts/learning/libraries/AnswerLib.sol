// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningAnswers} from "../interfaces/ILearningAnswers.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Answers, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Answers of aggregators
/// @notice Commitments, reveals, the leading answer and its window, and what a dispute does. See `ILearningAnswers`. An answer
/// that several give is stored once; what a seat answered is the number of its answer.
library AnswerLib {
    using ParticipantLib for TaskState;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice See `ILearningAnswers.MAX_DELETIONS`.
    uint256 internal constant MAX_DELETIONS = 3;
    /// @dev Openings one after the other down to a chunk: at most 6 levels of nodes, and 26 levels of hashes by five.
    uint256 internal constant MAX_STEPS = 12;

    /// @notice See `ILearningAnswers.commitAnswer`.
    function commit(TaskState storage task, TaskId taskId, bytes32 commitment) internal {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AggregateCommit);
        if (!task.head.scored) revert ILearningAnswers.LearningAnswers_NothingScored(taskId, round);
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
    ) internal {
        uint256 round = task.requirePhase(taskId, ILearningTasks.Phase.AggregateReveal);
        bytes32 digest = CommitmentsLib.digestOf(answer);
        bytes32 commitment = CommitmentsLib.ofAnswer(taskId, round, aggregator, digest, salt);
        uint256 seat = task.revealAs(taskId, round, ILearningTasks.Role.Aggregator, aggregator, commitment);
        if (answer.modelRoot == 0 || answer.nodesRoot == 0 || answer.model.digest == 0)
            revert ILearningTasks.LearningTasks_InvalidContent(answer.modelRoot, answer.model.digest);
        uint256 challengeEnds = add(task, round, seat, digest);
        emit ILearningAnswers.AnswerRevealed(
            taskId,
            round,
            aggregator,
            seat,
            answer.modelRoot,
            answer.model.codec,
            answer.model.digest,
            answer.nodesRoot,
            challengeEnds
        );
    }

    /// @notice Notes the answer of a seat, which has given none in this round.
    function add(
        TaskState storage task,
        uint256 round,
        uint256 seat,
        bytes32 digest
    ) internal returns (uint256 challengeEnds) {
        Answers memory answers = task.answers;
        if (answers.round != round) {
            answers = Answers(0, 0, 0, 0, 0, 0, 0, 0);
            // rounds are counted in 16 bits
            answers.round = uint16(round);
        }
        bool first = answers.revealed == 0;
        uint256 number = _numberOf(task, answers, digest);
        if (number == answers.distinct) {
            task.given[number] = digest;
            ++answers.distinct;
        }
        // there are at most 16 seats, each with four bits for the number of one of at most 16 answers
        answers.revealed |= uint16(1 << seat);
        answers.choices |= uint64(number << (4 * seat));
        // Of how many lead, all that counts is whether they are a quorum: which an answer becomes once, with this seat.
        uint256 same = _seatsWith(answers, number);
        if (first || count(same) == task.terms.aggregatorQuorum)
            _openWindow(task, answers, task.start(ILearningTasks.Phase.Challenge), same);
        task.answers = answers;
        return answers.challengeEnds;
    }

    /// @notice See `ILearningAnswers.leadingAnswer`.
    function leading(TaskState storage task) internal view returns (bytes32 digest, uint256 seats) {
        Answers memory answers = task.answers;
        if (answers.round != task.head.round) return (0, 0);
        uint256 number;
        (number, seats) = _leading(answers);
        if (seats != 0) digest = task.given[number];
    }

    /// @notice What a seat answered that revealed in the round of `answers`.
    function answerOf(
        TaskState storage task,
        Answers memory answers,
        uint256 seat
    ) internal view returns (bytes32 digest) {
        return task.given[_choiceOf(answers, seat)];
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
        Answers memory answers = task.answers;
        bool standing = (_standing(answers) >> seat) & 1 == 1;
        if (!standing || answerOf(task, answers, seat) != CommitmentsLib.digestOf(answer))
            revert ILearningAnswers.LearningAnswers_NotStanding(taskId, round, seat);
    }

    /// @notice The seats that gave an answer in the running round, or the last that had answers; none if it is disproved.
    function supporters(TaskState storage task, bytes32 digest) internal view returns (uint256 seats) {
        Answers memory answers = task.answers;
        return _seatsWith(answers, _numberOf(task, answers, digest));
    }

    /// @notice How many seats there are in a set.
    function count(uint256 seats) internal pure returns (uint256 number) {
        unchecked {
            // takes away the lowest of at most 16 bits, of which there is one
            for (; seats != 0; seats &= seats - 1) ++number;
        }
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
        Answers memory answers = task.answers;
        uint256 number = _numberOf(task, answers, CommitmentsLib.digestOf(answer));
        uint256 seats = _seatsWith(answers, number);
        (uint256 leader, ) = _leading(answers);
        // a set of at most 16 seats
        answers.disproved |= uint16(seats);
        // Others that were wrong, too, keep nobody waiting: the leading answer's window goes on.
        if (number == leader) {
            ++answers.deletions;
            (, uint256 next) = _leading(answers);
            uint40 before = answers.challengeEnds;
            _openWindow(task, answers, block.timestamp, next);
            // a demand to open the next answer may have put the end off further
            if (next != 0 && answers.challengeEnds < before) answers.challengeEnds = before;
        }
        task.answers = answers;
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
    function _openWindow(TaskState storage task, Answers memory answers, uint256 from, uint256 seats) private view {
        ILearningTasks.Schedule storage schedule = task.terms.schedule;
        uint256 ends = from;
        uint256 prolongedTo = from;
        if (seats != 0) {
            ends += count(seats) >= task.terms.aggregatorQuorum ? schedule.challenge : schedule.longChallenge;
            prolongedTo = ends + MAX_STEPS * 2 * schedule.aggregateReveal;
        }
        // seconds, of which 40 bits last 34,000 years
        (answers.challengeEnds, answers.prolongedTo) = (uint40(ends), uint40(prolongedTo));
    }

    /// @dev The answer with most seats among those that stand, of several that of the lowest seat; without seats if none does.
    function _leading(Answers memory answers) private pure returns (uint256 number, uint256 seats) {
        if (answers.deletions == MAX_DELETIONS) return (0, 0);
        uint256 open = _standing(answers);
        // at most 16 seats, each compared with those above it; the lowest is met first and yields to more support alone
        for (uint256 i; open >> i != 0; ++i) {
            if ((open >> i) & 1 == 0) continue;
            uint256 choice = _choiceOf(answers, i);
            uint256 same = _seatsWith(answers, choice);
            if (count(same) > count(seats)) (number, seats) = (choice, same);
            open &= ~same;
        }
    }

    /// @dev The number of an answer; of one that nobody has given that of the next.
    function _numberOf(
        TaskState storage task,
        Answers memory answers,
        bytes32 digest
    ) private view returns (uint256 number) {
        // at most one for each of 16 seats; what lies above is of older rounds
        while (number < answers.distinct && task.given[number] != digest) ++number;
    }

    /// @dev The number of the answer of a seat that revealed.
    function _choiceOf(Answers memory answers, uint256 seat) private pure returns (uint256 number) {
        return (answers.choices >> (4 * seat)) & 0xf;
    }

    /// @dev Those whose answer has this number, if it stands.
    function _seatsWith(Answers memory answers, uint256 number) private pure returns (uint256 seats) {
        uint256 open = _standing(answers);
        uint256 choices = answers.choices;
        // at most 16 seats, a bit and four bits each
        for (uint256 seat = 1; seat <= open; (seat <<= 1, choices >>= 4)) {
            if (choices & 0xf == number) seats |= seat;
        }
        return seats & open;
    }

    /// @dev Revealed in the running round, or the last that had answers, and not disproved.
    function _standing(Answers memory answers) private pure returns (uint256 seats) {
        return answers.revealed & ~uint256(answers.disproved);
    }
}
