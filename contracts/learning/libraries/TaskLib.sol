// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../interfaces/ILearningRounds.sol";
import {LearningTask, Ledger, Participant, Period} from "../types/LearningTask.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentLib} from "./CommitmentLib.sol";
import {PayLib} from "./PayLib.sol";
import {PhaseLib} from "./PhaseLib.sol";

/// @title TaskLib
/// @notice What the parts of `LearningRounds` share about the state of a task.
library TaskLib {
    /// @notice Phase of the running round at this second.
    function phase(LearningTask storage task) internal view returns (ILearningRounds.Phase) {
        if (task.progress.closed) return ILearningRounds.Phase.Closed;
        uint256 startedAt = task.progress.startedAt;
        // those who join and commit are the most, and need not pay for reading the schedule
        bool inCommit = block.timestamp >= startedAt && block.timestamp < startedAt + task.progress.commit;
        if (inCommit) return ILearningRounds.Phase.Commit;
        return PhaseLib.phaseAt(task.terms.schedule, startedAt, block.timestamp);
    }

    /// @notice The running pay period, from 0; of a closed task the one in which it ended.
    function period(LearningTask storage task) internal view returns (uint256) {
        return task.progress.settled / task.terms.periodRounds;
    }

    /// @notice The participant word of an account that must have a role.
    function participantAs(
        LearningTask storage task,
        TaskId taskId,
        address account,
        ILearningRounds.Role needed
    ) internal view returns (Participant storage participant) {
        participant = task.participants[account];
        ILearningRounds.Role role = participant.role;
        if (role != needed) revert ILearningRounds.LearningRounds_WrongRole(taskId, account, role, needed);
    }

    /// @notice The ledger of an account; an empty one without a role.
    function ledgerOf(LearningTask storage task, address account) internal view returns (Ledger storage) {
        Participant storage participant = task.participants[account];
        return task.ledgers[participant.role][participant.index];
    }

    /// @notice Reverts unless the account committed to this in the running round.
    function requireOpens(
        Participant storage participant,
        TaskId taskId,
        uint256 round,
        address account,
        bytes32 commitment
    ) internal view {
        if (participant.round != round || participant.commitment != bytes24(commitment))
            revert ILearningRounds.LearningRounds_CommitmentMismatch(taskId, round, account);
    }

    /// @notice Seat of an auditor who committed to this vector in the running round.
    function seatOf(
        LearningTask storage task,
        TaskId taskId,
        uint256 round,
        ILearningRounds.ScoresOpening calldata opening
    ) internal view returns (uint256 seat) {
        address auditor = opening.auditor;
        Participant storage participant = participantAs(task, taskId, auditor, ILearningRounds.Role.Auditor);
        requireOpens(participant, taskId, round, auditor, CommitmentLib.ofScores(taskId, round, opening));
        return participant.index;
    }

    /// @notice What an aggregator answered, as one word.
    function answerOf(bytes32 root, bytes memory cid) internal pure returns (bytes32) {
        return keccak256(abi.encode(root, keccak256(cid)));
    }

    /// @notice Turns a client's positive score in a closed period into pay; a debt stays.
    function creditPeriod(LearningTask storage task, Ledger storage ledger) internal {
        int256 score = ledger.score;
        if (score <= 0) return;
        Period memory pay = task.periods[ledger.period];
        // a period has its divisor, which is never 0, from its end on; the one that a task closed in may have none
        if (pay.divisor == 0 && !task.progress.closed) return;
        // `score` is positive; all pay together is at most the reward, which has 128 bits
        ledger.earned += uint128(PayLib.clientPay(pay, uint256(score)));
        ledger.score = 0;
    }

    /// @notice Pay of a closed period that `creditPeriod` would credit.
    function uncredited(LearningTask storage task, Ledger storage ledger) internal view returns (uint256) {
        int256 score = ledger.score;
        // positive; a period that runs has no pool yet
        return score <= 0 ? 0 : PayLib.clientPay(task.periods[ledger.period], uint256(score));
    }
}
