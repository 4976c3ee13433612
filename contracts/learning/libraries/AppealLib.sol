// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IRandomness} from "../../randomness/interfaces/IRandomness.sol";
import {IStakeVault} from "../../rewards/interfaces/IStakeVault.sol";
import {ILearningAppeals} from "../interfaces/ILearningAppeals.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {Appeal, Panels, TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {PanelSettlementLib} from "./PanelSettlementLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {PermutationLib} from "./PermutationLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {SeatLib} from "./SeatLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";
import {TaskTermsLib} from "./TaskTermsLib.sol";

/// @title Appeals
/// @notice From the appeal of a panel to the reveals of the fresh one. What it decides is in `VerdictLib`. Linked. See
/// `ILearningAppeals`.
///
/// The word of an auditor who commits to a fresh panel's scores holds the first 31 bytes of the commitment, above a byte
/// that is 1 once it was revealed.
library AppealLib {
    using ParticipantLib for TaskState;
    using PermutationLib for PermutationLib.Permutation;
    using SeatLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice See `ILearningAppeals.appealPanel`.
    /// @param vault is trusted: no call to it comes back.
    function open(
        TaskState storage task,
        TaskId taskId,
        uint256 number,
        bytes calldata openings,
        IStakeVault vault
    ) external {
        PanelSettlementLib.Panel memory panel = _scored(task, taskId, number);
        uint256 seats = _requireSeats(task, taskId);
        Appeal storage kept = task.appeals[idOf(panel.round, number)];
        if (kept.appellant != address(0))
            revert ILearningAppeals.LearningAppeals_AlreadyAppealed(taskId, panel.round, number);
        PanelSettlementLib.readSeats(task, panel, openings);
        ILearningAppeals.AppealedPanel memory appealed = _describe(task, panel);
        // a seat's pay is at most a third of the reward, which is below 2^94 in a task with appeals; a stake has 96 bits
        uint96 bond = uint96(seats * panel.seatPay + bondPart(task));
        // a panel has at most 32 cells
        (kept.appellant, kept.bond, kept.length) = (msg.sender, bond, uint16(panel.length));
        kept.digest = keccak256(abi.encode(appealed));
        _emitAppealed(taskId, bond, appealed);
        vault.lock(msg.sender, task.terms.token, bond);
    }

    /// @notice See `ILearningAppeals.drawAppeal`.
    /// @param randomness is trusted.
    function draw(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 number,
        IRandomness randomness
    ) external returns (bytes32 seed) {
        Appeal storage appeal = pending(task, taskId, round, number);
        if (appeal.startedAt != 0) revert ILearningAppeals.LearningAppeals_AlreadyDrawn(taskId, round, number);
        uint256 from = _finishedAt(task, round);
        if (from == 0) revert ILearningAppeals.LearningAppeals_NotDrawable(taskId, round);
        requireTime(taskId, round, number, from, from + task.terms.schedule.auditCommit);
        // what `Head.startedAt` holds, of 40 bits
        bytes32 beaconSeed = randomness.seedOf(uint48(from));
        if (beaconSeed == 0) revert ILearningTasks.LearningTasks_SeedUnknown(taskId, round, from);
        seed = CommitmentsLib.appealSeedOf(taskId, round, number, beaconSeed);
        (appeal.seed, appeal.startedAt) = (seed, uint40(from));
        appeal.late = block.timestamp >= from + task.terms.schedule.auditCommit / 2;
        emit ILearningAppeals.AppealDrawn(taskId, round, number, seed, seatsOf(task), from);
    }

    /// @notice See `ILearningAppeals.commitReview`.
    function commitReview(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 number,
        bytes32 commitment
    ) external {
        (, uint256 from) = _drawn(task, taskId, round, number);
        requireTime(taskId, round, number, from, from + task.terms.schedule.auditCommit);
        uint256 seat = ParticipantLib.idOf(task.wordAs(taskId, msg.sender, ILearningTasks.Role.Auditor));
        task.requireSecured(taskId, task.auditors[seat], task.terms.auditorStake);
        mapping(address auditor => uint256 word) storage reviews = task.reviews[idOf(round, number)];
        if (reviews[msg.sender] != 0) revert ILearningTasks.LearningTasks_AlreadyCommitted(taskId, round, msg.sender);
        reviews[msg.sender] = hidden(commitment);
        emit ILearningAppeals.ReviewCommitted(taskId, round, number, msg.sender, commitment);
    }

    /// @notice See `ILearningAppeals.revealReview`.
    function revealReview(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 number,
        ILearningTasks.ScoresOpening calldata opening
    ) external {
        (Appeal storage appeal, uint256 from) = _drawn(task, taskId, round, number);
        from += task.terms.schedule.auditCommit;
        requireTime(taskId, round, number, from, from + task.terms.schedule.auditReveal);
        if (opening.scores.length != appeal.length)
            revert ILearningTasks.LearningTasks_InvalidVector(taskId, round, opening.scores.length, appeal.length);
        mapping(address auditor => uint256 word) storage reviews = task.reviews[idOf(round, number)];
        uint256 word = reviews[opening.auditor];
        bytes32 commitment = CommitmentsLib.ofReview(
            taskId,
            round,
            number,
            opening.auditor,
            opening.salt,
            keccak256(opening.scores)
        );
        if (word == opened(commitment))
            revert ILearningTasks.LearningTasks_AlreadyRevealed(taskId, round, opening.auditor);
        if (word != hidden(commitment))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(taskId, round, opening.auditor);
        reviews[opening.auditor] = opened(commitment);
        emit ILearningAppeals.ReviewRevealed(taskId, round, number, opening.auditor, opening.salt, opening.scores);
    }

    /// @notice See `ILearningAppeals.endAppeal`.
    /// @param vault is trusted: no call to it comes back.
    function end(TaskState storage task, TaskId taskId, uint256 round, uint256 number, IStakeVault vault) external {
        Appeal storage appeal = pending(task, taskId, round, number);
        (address appellant, uint128 bond) = (appeal.appellant, appeal.bond);
        requireTime(taskId, round, number, _overFrom(task, round, appeal.startedAt), type(uint256).max);
        delete task.appeals[idOf(round, number)];
        emit ILearningAppeals.AppealEnded(taskId, round, number, appellant);
        vault.unlock(appellant, task.terms.token, bond);
    }

    /// @notice See `ILearningAppeals.appealOf`.
    function stateOf(
        TaskState storage task,
        uint256 round,
        uint256 number
    ) external view returns (ILearningAppeals.AppealState memory state) {
        Appeal storage appeal = task.appeals[idOf(round, number)];
        state.appellant = appeal.appellant;
        state.bond = appeal.bond;
        state.seats = seatsOf(task);
        state.startedAt = appeal.startedAt;
        state.seed = appeal.seed;
        state.digest = appeal.digest;
    }

    /// @notice The number under which the appeal of a panel is kept.
    function idOf(uint256 round, uint256 number) internal pure returns (bytes32 id) {
        return keccak256(abi.encode(round, number));
    }

    /// @notice An appeal that is not over.
    function pending(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 number
    ) internal view returns (Appeal storage appeal) {
        appeal = task.appeals[idOf(round, number)];
        if (appeal.appellant == address(0)) revert ILearningAppeals.LearningAppeals_NotAppealed(taskId, round, number);
    }

    /// @notice Seats of a fresh panel: up to eleven of the auditors who are not on a panel, an odd number of them.
    function seatsOf(TaskState storage task) internal view returns (uint256 seats) {
        uint256 others = task.head.auditors - Math.min(task.terms.panelSeats, task.head.auditors);
        seats = Math.min(others, TaskTermsLib.MAX_SEATS);
        if (seats % 2 == 0 && seats != 0) --seats;
    }

    /// @notice What of a bond is beyond what the fresh seats can earn; not 0, so that no appeal is free.
    function bondPart(TaskState storage task) internal view returns (uint256 part) {
        return Math.ceilDiv(task.terms.auditorStake, TaskTermsLib.BOND_PART);
    }

    /// @notice Second from which a drawn appeal can be settled, and from which it can't any more.
    function settleTime(TaskState storage task, uint256 startedAt) internal view returns (uint256 from, uint256 until) {
        ILearningTasks.Schedule memory schedule = task.terms.schedule;
        from = startedAt + schedule.auditCommit + schedule.auditReveal;
        // at the latest when the next round may settle its first panel; sums of two lengths of 24 bits
        until = from + Math.min(schedule.settle, uint256(schedule.commit) + schedule.reveal);
    }

    /// @notice Reverts unless it is `from` or later, and before `until`.
    function requireTime(TaskId taskId, uint256 round, uint256 number, uint256 from, uint256 until) internal view {
        if (block.timestamp < from || block.timestamp >= until)
            revert ILearningAppeals.LearningAppeals_WrongTime(taskId, round, number, from, until);
    }

    /// @notice Word of an auditor who has committed, and not revealed yet.
    function hidden(bytes32 commitment) internal pure returns (uint256 word) {
        return (uint256(commitment) >> 8) << 8;
    }

    /// @notice Word of an auditor who has revealed.
    function opened(bytes32 commitment) internal pure returns (uint256 word) {
        return hidden(commitment) | 1;
    }

    function _drawn(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 number
    ) private view returns (Appeal storage appeal, uint256 startedAt) {
        appeal = pending(task, taskId, round, number);
        startedAt = appeal.startedAt;
        if (startedAt == 0) revert ILearningAppeals.LearningAppeals_NotDrawn(taskId, round, number);
    }

    /// @dev A panel of the running round that was scored.
    function _scored(
        TaskState storage task,
        TaskId taskId,
        uint256 number
    ) private view returns (PanelSettlementLib.Panel memory) {
        uint256 round = task.requirePhases(taskId, ILearningTasks.Phase.Settle, ILearningTasks.Phase.Finishing);
        if (task.terms.schedule.appeal == 0) revert ILearningAppeals.LearningAppeals_NotOffered(taskId);
        Panels memory panels = task.panels;
        if (panels.round != round || number >= panels.panels || (panels.scoredSet >> number) & 1 == 0)
            revert ILearningAppeals.LearningAppeals_NotScored(taskId, round, number);
        return PanelSettlementLib.panelOf(taskId, panels, number);
    }

    /// @dev A fresh panel has two seats more than the one it judges, or as many as any panel may have.
    function _requireSeats(TaskState storage task, TaskId taskId) private view returns (uint256 seats) {
        seats = seatsOf(task);
        uint256 panelSeats = task.terms.panelSeats;
        uint256 needed = Math.min(panelSeats + 2, TaskTermsLib.MAX_SEATS);
        if (seats < needed)
            revert ILearningAppeals.LearningAppeals_TooFewAuditors(taskId, task.head.auditors, panelSeats + needed);
    }

    /// @dev What the verdict needs of a panel of the running round whose seats were read.
    function _describe(
        TaskState storage task,
        PanelSettlementLib.Panel memory panel
    ) private view returns (ILearningAppeals.AppealedPanel memory appealed) {
        appealed.round = panel.round;
        appealed.number = panel.number;
        appealed.period = task.head.settled / task.terms.periodRounds;
        appealed.revealed = panel.revealed;
        appealed.silent = panel.silent;
        for (uint256 i; i < panel.size; ++i) {
            uint256 cell = panel.cells.valueAt(panel.first + i);
            // at most 32 cells, of at most 7,680
            appealed.updates |= RevealedLib.auditedIn(task, panel.round, cell) << (8 * i);
            appealed.cells = bytes.concat(appealed.cells, bytes2(uint16(cell)));
        }
        appealed.vectors = _copy(panel.vectors, panel.length);
    }

    /// @dev Vectors in the calldata, one after the other.
    function _copy(uint256[] memory vectors, uint256 length) private pure returns (bytes memory all) {
        all = new bytes(vectors.length * length);
        for (uint256 i; i < vectors.length; ++i) {
            uint256 from = vectors[i];
            assembly ("memory-safe") {
                calldatacopy(add(add(all, 32), mul(i, length)), from, length)
            }
        }
    }

    /// @dev On its own because of the depth of the stack.
    function _emitAppealed(TaskId taskId, uint256 bond, ILearningAppeals.AppealedPanel memory appealed) private {
        emit ILearningAppeals.PanelAppealed(
            taskId,
            appealed.round,
            appealed.number,
            msg.sender,
            bond,
            appealed.period,
            appealed.updates,
            appealed.cells,
            appealed.revealed,
            appealed.silent
        );
    }

    /// @dev Second in which a round was finished, as long as the next one runs or the task closed with it; else 0.
    function _finishedAt(TaskState storage task, uint256 round) private view returns (uint256 timepoint) {
        uint256 next = task.head.closed ? round : round + 1;
        return task.head.round == next ? task.head.startedAt : 0;
    }

    /// @dev Second from which an appeal can have no verdict any more: the end of time while its round runs.
    function _overFrom(TaskState storage task, uint256 round, uint256 startedAt) private view returns (uint256 from) {
        if (startedAt != 0) {
            (, from) = settleTime(task, startedAt);
            return from;
        }
        if (task.head.round == round && !task.head.closed) return type(uint256).max;
        from = _finishedAt(task, round);
        return from == 0 ? 0 : from + task.terms.schedule.auditCommit;
    }
}
