// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SignedMath} from "@openzeppelin/contracts/utils/math/SignedMath.sol";
import {IConsentRegistry} from "../identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../identity/types/ConsentId.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {IReputation} from "../reputation/interfaces/IReputation.sol";
import {IRewardEscrow} from "../rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../rewards/interfaces/IStakeVault.sol";
import {ILearningRounds} from "./interfaces/ILearningRounds.sol";
import {CommitmentLib} from "./libraries/CommitmentLib.sol";
import {OpeningLib} from "./libraries/OpeningLib.sol";
import {PhaseLib} from "./libraries/PhaseLib.sol";
import {SettlementLib} from "./libraries/SettlementLib.sol";
import {TaskLib} from "./libraries/TaskLib.sol";
import {TermsLib} from "./libraries/TermsLib.sol";
import {LearningTask, Ledger, Participant, Progress} from "./types/LearningTask.sol";
import {TaskId} from "./types/TaskId.sol";

/// @title LearningRounds
/// @dev Calls out only to the contracts fixed at deployment, and to a task's token from its opener's own call. All
/// state is written before any of them can move money.
contract LearningRounds is ILearningRounds {
    using OpeningLib for LearningTask;
    using SettlementLib for LearningTask;
    using TaskLib for LearningTask;
    using TaskLib for Participant;

    /// @inheritdoc ILearningRounds
    uint256 public constant MAX_CLIENTS = TermsLib.MAX_CLIENTS;
    /// @inheritdoc ILearningRounds
    uint256 public constant MAX_SEATS = TermsLib.MAX_SEATS;
    /// @inheritdoc ILearningRounds
    uint256 public constant MIN_REVEALED_AUDITS = TermsLib.MIN_REVEALED_AUDITS;

    /// @inheritdoc ILearningRounds
    IMembership public immutable MEMBERSHIP;
    /// @inheritdoc ILearningRounds
    IRewardEscrow public immutable ESCROW;
    /// @inheritdoc ILearningRounds
    IStakeVault public immutable VAULT;
    /// @inheritdoc ILearningRounds
    IReputation public immutable REPUTATION;
    /// @inheritdoc ILearningRounds
    IConsentRegistry public immutable CONSENTS;

    mapping(TaskId taskId => LearningTask task) private _tasks;

    /// @inheritdoc ILearningRounds
    uint256 public taskCount;

    constructor(
        IMembership membership,
        IRewardEscrow escrow,
        IStakeVault vault,
        IReputation reputation,
        IConsentRegistry consents
    ) {
        MEMBERSHIP = membership;
        ESCROW = escrow;
        VAULT = vault;
        REPUTATION = reputation;
        CONSENTS = consents;
    }

    // ---------------------------------------------------------------------------------------------- opening, joining

    /// @inheritdoc ILearningRounds
    function openTask(TaskTerms calldata terms) external payable returns (TaskId taskId) {
        taskId = TaskId.wrap(++taskCount);
        _tasks[taskId].open(taskId, terms, ESCROW);
    }

    /// @inheritdoc ILearningRounds
    function join(TaskId taskId, Role role) external {
        LearningTask storage task = _task(taskId);
        if (role == Role.None) revert LearningRounds_WrongRole(taskId, msg.sender, Role.None, Role.None);
        Participant storage participant = task.participants[msg.sender];
        if (participant.role != Role.None)
            revert LearningRounds_WrongRole(taskId, msg.sender, participant.role, Role.None);
        _requireJoinable(taskId, task, role);
        uint256 number = MEMBERSHIP.ballotRight(task.terms.cooperative, msg.sender, block.timestamp);
        if (number == 0) revert LearningRounds_NotAMember(taskId, msg.sender);
        // One place a member: who changes the key of their DID has a new account, not a new member.
        uint256 seat = 1 << (number & 255);
        if (task.seated[number >> 8] & seat != 0) revert LearningRounds_AlreadySeated(taskId, number);
        task.seated[number >> 8] |= seat;

        (uint256 index, uint256 places, uint128 stake) = _place(task, role);
        if (index == places) revert LearningRounds_NoSeat(taskId, role, places);
        Ledger storage ledger = task.ledgers[role][index];
        participant.role = role;
        // at most MAX_CLIENTS
        participant.index = uint16(index);
        ledger.account = msg.sender;
        // member numbers fit 32 bits
        ledger.number = uint32(number);
        if (role == Role.Client) ++task.progress.clients;
        else if (role == Role.Auditor) ++task.progress.auditors;
        else ++task.progress.aggregators;
        emit ParticipantJoined(taskId, msg.sender, role, index);
        if (stake != 0) {
            ledger.stake = stake;
            VAULT.lock(msg.sender, task.terms.token, stake);
        }
    }

    // -------------------------------------------------------------------------------------------------------- clients

    /// @inheritdoc ILearningRounds
    function declareData(TaskId taskId, bytes32 dataHash) external {
        _task(taskId).declare(taskId, dataHash, MEMBERSHIP);
    }

    /// @inheritdoc ILearningRounds
    function commitUpdate(TaskId taskId, bytes32 commitment) external {
        uint256 round = _commit(taskId, Phase.Commit, Role.Client, commitment);
        _requireConsent(taskId, _tasks[taskId], msg.sender);
        emit UpdateCommitted(taskId, round, msg.sender, commitment);
    }

    /// @inheritdoc ILearningRounds
    function revealUpdate(TaskId taskId, address client, UpdateOpening calldata opening) external {
        (LearningTask storage task, uint256 round) = _inPhase(taskId, Phase.Reveal);
        _requireContent(opening.root, opening.cid);
        Participant storage participant = task.participantAs(taskId, client, Role.Client);
        uint256 updates = task.progress.updates;
        uint256 live = updates == 0 ? 0 : task.live;
        uint256 index = participant.index;
        if ((live >> index) & 1 != 0) revert LearningRounds_AlreadyRevealed(taskId, round, client);
        participant.requireOpens(taskId, round, client, CommitmentLib.ofUpdate(taskId, round, client, opening));
        _requireConsent(taskId, task, client);
        task.live = live | (1 << index);
        // at most MAX_CLIENTS
        task.progress.updates = uint16(updates + 1);
        emit UpdateRevealed(taskId, round, client, index, opening.root, opening.samples, opening.norm, opening.cid);
    }

    /// @inheritdoc ILearningRounds
    function strikeCopy(
        TaskId taskId,
        address original,
        UpdateOpening calldata originalOpening,
        address copy,
        UpdateOpening calldata copyOpening
    ) external {
        (LearningTask storage task, uint256 round) = _fromPhase(taskId, Phase.Reveal);
        // once scores show, a strike could void their round, or take back a copy that did badly
        Phase current = task.phase();
        if (current > Phase.AuditCommit) revert LearningRounds_WrongPhase(taskId, round, current, Phase.AuditCommit);
        uint256 first = _precedence(taskId, task, round, original, originalOpening);
        uint256 second = _precedence(taskId, task, round, copy, copyOpening);
        if (originalOpening.root != copyOpening.root || first >= second) revert LearningRounds_NotACopy(original, copy);
        Participant storage participant = task.participants[copy];
        // without its commitment it can't be revealed again
        participant.commitment = 0;
        task.live &= ~(1 << participant.index);
        --task.progress.updates;
        emit UpdateStruck(taskId, round, copy, original);
    }

    // ------------------------------------------------------------------------------------------------------- auditors

    /// @inheritdoc ILearningRounds
    function commitScores(TaskId taskId, bytes32 commitment) external {
        uint256 round = _commit(taskId, Phase.AuditCommit, Role.Auditor, commitment);
        emit ScoresCommitted(taskId, round, msg.sender, commitment);
    }

    /// @inheritdoc ILearningRounds
    function revealScores(TaskId taskId, ScoresOpening calldata opening) external {
        (LearningTask storage task, uint256 round) = _inPhase(taskId, Phase.AuditReveal);
        uint256 needed = 2 * uint256(task.progress.clients);
        if (opening.scores.length != needed) revert LearningRounds_WrongVectorLength(opening.scores.length, needed);
        uint256 seat = task.seatOf(taskId, round, opening);
        uint16 audited = task.progress.audited;
        // seats are below MAX_SEATS
        uint16 bit = uint16(1 << seat);
        if (audited & bit != 0) revert LearningRounds_AlreadyRevealed(taskId, round, opening.auditor);
        task.progress.audited = audited | bit;
        ++task.progress.audits;
        emit ScoresRevealed(taskId, round, opening.auditor, opening.salt, opening.scores);
    }

    /// @inheritdoc ILearningRounds
    function scoreRound(TaskId taskId, ScoresOpening[] calldata openings) external {
        (LearningTask storage task, ) = _fromPhase(taskId, Phase.AggregateCommit);
        task.score(taskId, openings);
    }

    // ---------------------------------------------------------------------------------------------------- aggregators

    /// @inheritdoc ILearningRounds
    function commitAggregate(TaskId taskId, bytes32 commitment) external {
        uint256 round = _commit(taskId, Phase.AggregateCommit, Role.Aggregator, commitment);
        if (!_tasks[taskId].progress.scored) revert LearningRounds_NotScored(taskId, round);
        emit AggregateCommitted(taskId, round, msg.sender, commitment);
    }

    /// @inheritdoc ILearningRounds
    function revealAggregate(
        TaskId taskId,
        address aggregator,
        bytes32 root,
        bytes calldata cid,
        bytes32 salt
    ) external {
        (LearningTask storage task, uint256 round) = _inPhase(taskId, Phase.AggregateReveal);
        _requireContent(root, cid);
        uint256 seat = _openAggregate(
            taskId,
            task,
            round,
            aggregator,
            CommitmentLib.ofAggregate(taskId, round, aggregator, root, cid, salt)
        );
        task.answers[seat] = TaskLib.answerOf(root, cid);
        emit AggregateRevealed(taskId, round, aggregator, root, cid);
        if (!task.progress.agreed && _supporters(task, task.answers[seat]) == task.terms.aggregatorQuorum) {
            task.progress.agreed = true;
            task.nextRoot = root;
            task.nextModel = cid;
        }
    }

    // --------------------------------------------------------------------------------------------------------- rounds

    /// @inheritdoc ILearningRounds
    function finishRound(TaskId taskId) external {
        _task(taskId).finish(taskId, VAULT);
    }

    // ---------------------------------------------------------------------------------------------- money, reputation

    /// @inheritdoc ILearningRounds
    function claim(TaskId[] calldata taskIds, address account) external returns (uint256 total) {
        return _claim(taskIds, account, account);
    }

    /// @inheritdoc ILearningRounds
    function claimTo(TaskId[] calldata taskIds, address to) external returns (uint256 total) {
        return _claim(taskIds, msg.sender, to);
    }

    /// @inheritdoc ILearningRounds
    function refund(TaskId taskId) external returns (uint256 amount) {
        LearningTask storage task = _task(taskId);
        if (!task.progress.closed) revert LearningRounds_NotClosed(taskId);
        if (task.progress.refunded) revert LearningRounds_AlreadyRefunded(taskId);
        task.progress.refunded = true;
        amount = task.terms.reward - task.owed;
        address owner = task.owner;
        emit TaskRefunded(taskId, owner, amount);
        if (amount != 0) ESCROW.pay(TaskId.unwrap(taskId), owner, amount);
    }

    /// @inheritdoc ILearningRounds
    function releaseStake(TaskId taskId, address account) external {
        LearningTask storage task = _task(taskId);
        if (!task.progress.closed) revert LearningRounds_NotClosed(taskId);
        Ledger storage ledger = task.ledgerOf(account);
        uint128 stake = ledger.stake;
        if (stake == 0) revert LearningRounds_NothingToRelease(taskId, account);
        ledger.stake = 0;
        VAULT.unlock(account, task.terms.token, stake);
    }

    /// @inheritdoc ILearningRounds
    function recordReputation(TaskId taskId, address account) external returns (uint256 points) {
        return _task(taskId).record(taskId, account, MEMBERSHIP, REPUTATION);
    }

    // ---------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILearningRounds
    function termsOf(TaskId taskId) external view returns (TaskTerms memory terms) {
        return _task(taskId).terms;
    }

    /// @inheritdoc ILearningRounds
    function ownerOf(TaskId taskId) external view returns (address owner) {
        return _task(taskId).owner;
    }

    /// @inheritdoc ILearningRounds
    function roundState(TaskId taskId) external view returns (RoundState memory state) {
        LearningTask storage task = _task(taskId);
        Progress memory progress = task.progress;
        state.round = progress.round;
        state.startedAt = progress.startedAt;
        state.settled = progress.settled;
        state.voided = progress.voided;
        state.clients = progress.clients;
        state.updates = progress.updates;
        state.audits = progress.audits;
        state.scored = progress.scored;
        state.phase = task.phase();
        state.modelRoot = task.modelRoot;
    }

    /// @inheritdoc ILearningRounds
    function phaseOf(TaskId taskId) external view returns (Phase phase) {
        return _task(taskId).phase();
    }

    /// @inheritdoc ILearningRounds
    function phaseStart(TaskId taskId, Phase phase) external view returns (uint256 timepoint) {
        LearningTask storage task = _task(taskId);
        if (phase == Phase.Waiting) return 0;
        if (phase == Phase.Closed) return type(uint256).max;
        return task.progress.startedAt + PhaseLib.offsetOf(task.terms.schedule, phase);
    }

    /// @inheritdoc ILearningRounds
    function participantOf(TaskId taskId, address account) external view returns (Role role, uint256 index) {
        Participant storage participant = _task(taskId).participants[account];
        return (participant.role, participant.index);
    }

    /// @inheritdoc ILearningRounds
    function consentOf(TaskId taskId, address client) external view returns (ConsentId consentId) {
        return _task(taskId).consents[client];
    }

    /// @inheritdoc ILearningRounds
    function participantAt(TaskId taskId, Role role, uint256 index) external view returns (address account) {
        return _task(taskId).ledgers[role][index].account;
    }

    /// @inheritdoc ILearningRounds
    function earningsOf(TaskId taskId, address account) external view returns (uint256 earned, uint256 claimable) {
        LearningTask storage task = _task(taskId);
        Ledger storage ledger = task.ledgerOf(account);
        earned = ledger.earned + task.uncredited(ledger);
        claimable = earned - ledger.claimed;
    }

    /// @inheritdoc ILearningRounds
    function scoreOf(TaskId taskId, address client) external view returns (int256 score) {
        LearningTask storage task = _task(taskId);
        Ledger storage ledger = task.ledgerOf(client);
        score = ledger.score;
        if (ledger.period != task.period()) score = SignedMath.min(score, 0);
    }

    /// @inheritdoc ILearningRounds
    function updateCommitment(
        TaskId taskId,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) external view returns (bytes32) {
        return CommitmentLib.ofUpdate(taskId, round, client, opening);
    }

    /// @inheritdoc ILearningRounds
    function scoresCommitment(
        TaskId taskId,
        uint256 round,
        ScoresOpening calldata opening
    ) external view returns (bytes32) {
        return CommitmentLib.ofScores(taskId, round, opening);
    }

    /// @inheritdoc ILearningRounds
    function aggregateCommitment(
        TaskId taskId,
        uint256 round,
        address aggregator,
        bytes32 root,
        bytes calldata cid,
        bytes32 salt
    ) external view returns (bytes32) {
        return CommitmentLib.ofAggregate(taskId, round, aggregator, root, cid, salt);
    }

    // -------------------------------------------------------------------------------------------------- private: join

    function _requireJoinable(TaskId taskId, LearningTask storage task, Role role) private view {
        Phase current = task.phase();
        if (current == Phase.Waiting || (role == Role.Client && current == Phase.Commit)) return;
        Phase needed = role == Role.Client ? Phase.Commit : Phase.Waiting;
        revert LearningRounds_WrongPhase(taskId, task.progress.round, current, needed);
    }

    /// @dev Next free place of a role, how many there are, and the stake for one.
    function _place(
        LearningTask storage task,
        Role role
    ) private view returns (uint256 index, uint256 places, uint128 stake) {
        if (role == Role.Client) return (task.progress.clients, task.terms.maxClients, 0);
        if (role == Role.Auditor) return (task.progress.auditors, task.terms.auditors, task.terms.auditorStake);
        return (task.progress.aggregators, task.terms.aggregators, task.terms.aggregatorStake);
    }

    // ------------------------------------------------------------------------------------ private: commit and reveal

    function _commit(TaskId taskId, Phase phase, Role role, bytes32 commitment) private returns (uint256 round) {
        LearningTask storage task;
        (task, round) = _inPhase(taskId, phase);
        uint256 sinceStart = Math.min(block.timestamp - task.progress.startedAt, type(uint24).max);
        Participant storage participant = task.participantAs(taskId, msg.sender, role);
        if (participant.round == round) revert LearningRounds_AlreadyCommitted(taskId, round, msg.sender);
        participant.commitment = bytes24(commitment);
        // both casts: rounds are numbered in 16 bits, and the seconds are capped; those of Commit always fit
        participant.round = uint16(round);
        participant.committedAt = uint24(sinceStart);
    }

    /// @dev Reverts unless the task asks for no consent or the client's is live.
    function _requireConsent(TaskId taskId, LearningTask storage task, address client) private view {
        if (!task.progress.consentGated) return;
        ConsentId consentId = task.consents[client];
        if (!CONSENTS.isLive(consentId, block.timestamp)) revert LearningRounds_NoConsent(taskId, client, consentId);
    }

    function _requireContent(bytes32 root, bytes calldata cid) private pure {
        if (root == 0 || !TermsLib.isCid(cid)) revert LearningRounds_InvalidContent(root, cid.length);
    }

    /// @dev Time and place of a live update's commitment as one number: the lower one came first.
    function _precedence(
        TaskId taskId,
        LearningTask storage task,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) private view returns (uint256) {
        Participant storage participant = task.participantAs(taskId, client, Role.Client);
        participant.requireOpens(taskId, round, client, CommitmentLib.ofUpdate(taskId, round, client, opening));
        uint256 index = participant.index;
        if (task.progress.updates == 0 || (task.live >> index) & 1 == 0)
            revert LearningRounds_NotRevealed(taskId, round, client);
        return (uint256(participant.committedAt) << 16) | index;
    }

    function _openAggregate(
        TaskId taskId,
        LearningTask storage task,
        uint256 round,
        address aggregator,
        bytes32 commitment
    ) private returns (uint256 seat) {
        Participant storage participant = task.participantAs(taskId, aggregator, Role.Aggregator);
        seat = participant.index;
        uint16 aggregated = task.progress.aggregated;
        // seats are below MAX_SEATS
        uint16 bit = uint16(1 << seat);
        if (aggregated & bit != 0) revert LearningRounds_AlreadyRevealed(taskId, round, aggregator);
        participant.requireOpens(taskId, round, aggregator, commitment);
        task.progress.aggregated = aggregated | bit;
    }

    /// @dev How many aggregators revealed this answer in the running round.
    function _supporters(LearningTask storage task, bytes32 answer) private view returns (uint256 count) {
        uint256 aggregated = task.progress.aggregated;
        for (uint256 seat; aggregated >> seat != 0; ++seat)
            if ((aggregated >> seat) & 1 != 0 && task.answers[seat] == answer) ++count;
    }

    // ------------------------------------------------------------------------------------------------- private: money

    function _claim(TaskId[] calldata taskIds, address account, address to) private returns (uint256 total) {
        for (uint256 i; i < taskIds.length; ++i) {
            LearningTask storage task = _task(taskIds[i]);
            Ledger storage ledger = task.ledgerOf(account);
            task.creditPeriod(ledger);
            uint128 earned = ledger.earned;
            uint256 amount = earned - ledger.claimed;
            if (amount == 0) continue;
            ledger.claimed = earned;
            total += amount;
            emit RewardClaimed(taskIds[i], account, to, amount);
            ESCROW.pay(TaskId.unwrap(taskIds[i]), to, amount);
        }
    }

    // ------------------------------------------------------------------------------------------------- private: state

    function _task(TaskId taskId) private view returns (LearningTask storage task) {
        task = _tasks[taskId];
        if (task.progress.round == 0) revert LearningRounds_UnknownTask(taskId);
    }

    function _inPhase(TaskId taskId, Phase needed) private view returns (LearningTask storage task, uint256 round) {
        task = _task(taskId);
        round = task.progress.round;
        Phase current = task.phase();
        if (current != needed) revert LearningRounds_WrongPhase(taskId, round, current, needed);
    }

    function _fromPhase(TaskId taskId, Phase needed) private view returns (LearningTask storage task, uint256 round) {
        task = _task(taskId);
        round = task.progress.round;
        Phase current = task.phase();
        if (current < needed || current == Phase.Closed)
            revert LearningRounds_WrongPhase(taskId, round, current, needed);
    }
}
