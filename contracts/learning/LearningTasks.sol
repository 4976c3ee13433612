// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IConsentRegistry} from "../identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../identity/types/ConsentId.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {IRandomness} from "../randomness/interfaces/IRandomness.sol";
import {IReputation} from "../reputation/interfaces/IReputation.sol";
import {IRewardEscrow} from "../rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../rewards/interfaces/IStakeVault.sol";
import {ILearningTasks} from "./interfaces/ILearningTasks.sol";
import {CommitmentsLib} from "./libraries/CommitmentsLib.sol";
import {JoiningLib} from "./libraries/JoiningLib.sol";
import {PanelLib} from "./libraries/PanelLib.sol";
import {PanelSettlementLib} from "./libraries/PanelSettlementLib.sol";
import {ParticipantLib} from "./libraries/ParticipantLib.sol";
import {RevealedLib} from "./libraries/RevealedLib.sol";
import {SeedLib} from "./libraries/SeedLib.sol";
import {TaskOpeningLib} from "./libraries/TaskOpeningLib.sol";
import {TaskPhaseLib} from "./libraries/TaskPhaseLib.sol";
import {TaskViewLib} from "./libraries/TaskViewLib.sol";
import {Seat, TaskState} from "./types/TaskState.sol";
import {TaskId} from "./types/TaskId.sol";

/// @title LearningTasks
/// @dev Calls out only to the contracts fixed at deployment, and to a task's token from its opener's own call. All
/// state is written before any of them can move money.
contract LearningTasks is ILearningTasks, EIP712 {
    using JoiningLib for TaskState;
    using PanelLib for TaskState;
    using PanelSettlementLib for TaskState;
    using ParticipantLib for TaskState;
    using ParticipantLib for uint256;
    using RevealedLib for TaskState;
    using SeedLib for TaskState;
    using TaskOpeningLib for TaskState;
    using TaskPhaseLib for TaskState;
    using TaskViewLib for TaskState;

    /// @inheritdoc ILearningTasks
    uint256 public constant MAX_BATCH = 64;
    /// @inheritdoc ILearningTasks
    bytes32 public constant UPDATE_COMMITMENT_TYPEHASH = keccak256(
        "UpdateCommitment(uint256 taskId,uint256 round,address client,bytes32 commitment)"
    );

    /// @dev Bytes of an item of either batch.
    uint256 private constant ITEM = 116;

    /// @inheritdoc ILearningTasks
    IMembership public immutable MEMBERSHIP;
    /// @inheritdoc ILearningTasks
    IRewardEscrow public immutable ESCROW;
    /// @inheritdoc ILearningTasks
    IStakeVault public immutable VAULT;
    /// @inheritdoc ILearningTasks
    IReputation public immutable REPUTATION;
    /// @inheritdoc ILearningTasks
    IConsentRegistry public immutable CONSENTS;
    /// @inheritdoc ILearningTasks
    IRandomness public immutable RANDOMNESS;

    mapping(TaskId taskId => TaskState task) private _tasks;

    /// @inheritdoc ILearningTasks
    uint256 public taskCount;

    constructor(
        IMembership membership,
        IRewardEscrow escrow,
        IStakeVault vault,
        IReputation reputation,
        IConsentRegistry consents,
        IRandomness randomness
    ) EIP712("Artel Learning", "1") {
        MEMBERSHIP = membership;
        ESCROW = escrow;
        VAULT = vault;
        REPUTATION = reputation;
        CONSENTS = consents;
        RANDOMNESS = randomness;
    }

    // ---------------------------------------------------------------------------------------------- opening, joining

    /// @inheritdoc ILearningTasks
    function openTask(TaskTerms calldata terms) external payable returns (TaskId taskId) {
        taskId = TaskId.wrap(++taskCount);
        _tasks[taskId].open(taskId, terms, ESCROW, MEMBERSHIP, RANDOMNESS);
    }

    /// @inheritdoc ILearningTasks
    function join(TaskId taskId, Role role) external {
        _task(taskId).join(taskId, role, MEMBERSHIP, REPUTATION, VAULT);
    }

    // -------------------------------------------------------------------------------------------------------- clients

    /// @inheritdoc ILearningTasks
    function declareData(TaskId taskId, bytes32 dataHash) external {
        _task(taskId).declareData(taskId, dataHash, MEMBERSHIP);
    }

    /// @inheritdoc ILearningTasks
    function commitUpdate(TaskId taskId, bytes32 commitment) external {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.Commit);
        _commitUpdate(task, taskId, round, msg.sender, commitment);
    }

    /// @inheritdoc ILearningTasks
    function commitUpdateBySig(TaskId taskId, address client, bytes32 commitment, bytes calldata signature) external {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.Commit);
        bytes32 digest = _signedDigest(taskId, round, client, commitment);
        if (!SignatureChecker.isValidSignatureNowCalldata(client, digest, signature))
            revert LearningTasks_InvalidSignature(taskId, round, client);
        _commitUpdate(task, taskId, round, client, commitment);
    }

    /// @inheritdoc ILearningTasks
    function commitUpdates(TaskId taskId, bytes calldata items) external returns (uint256 taken) {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.Commit);
        _requireBatch(items);
        uint256 committed = task.elapsed();
        bool gated = task.head.consentGated;
        for (uint256 i; i < items.length; i += ITEM)
            if (_commitItem(task, taskId, round, committed, gated, items[i:i + ITEM])) ++taken;
    }

    /// @inheritdoc ILearningTasks
    function revealUpdate(TaskId taskId, address client, UpdateOpening calldata opening) external {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.Reveal);
        if (opening.root == 0 || opening.content.digest == 0)
            revert LearningTasks_InvalidContent(opening.root, opening.content.digest);
        uint256 word = _openedWord(task, taskId, round, client, opening);
        if (word & ParticipantLib.REVEALED != 0) revert LearningTasks_AlreadyRevealed(taskId, round, client);
        if (task.head.consentGated && !_consented(task, client))
            revert LearningTasks_NoConsent(taskId, client, task.consents[client]);
        // samples, norm, codec and salt have 32, 64, 32 and 128 bits
        bytes32 details = bytes32(
            (uint256(opening.samples) << 224) |
                (uint256(opening.norm) << 160) |
                (uint256(opening.content.codec) << 128) |
                uint128(opening.salt)
        );
        task.words[client] = word | ParticipantLib.REVEALED;
        task.add(round, word.idOf());
        emit UpdateRevealed(taskId, round, client, opening.root, opening.content.digest, details);
    }

    /// @inheritdoc ILearningTasks
    function revealUpdates(TaskId taskId, bytes calldata items) external returns (uint256 taken) {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.Reveal);
        _requireBatch(items);
        bool gated = task.head.consentGated;
        for (uint256 i; i < items.length; i += ITEM)
            if (_revealItem(task, taskId, round, gated, items[i:i + ITEM])) ++taken;
    }

    /// @inheritdoc ILearningTasks
    function strikeCopy(
        TaskId taskId,
        address original,
        UpdateOpening calldata originalOpening,
        address copy,
        UpdateOpening calldata copyOpening
    ) external {
        TaskState storage task = _task(taskId);
        // once scores show, a strike could void their round, or take back a copy that did badly
        uint256 round = task.requirePhases(taskId, Phase.Reveal, Phase.AuditCommit);
        uint256 first = _revealedWord(task, taskId, round, original, originalOpening);
        uint256 second = _revealedWord(task, taskId, round, copy, copyOpening);
        if (originalOpening.root != copyOpening.root || first.precedenceOf() >= second.precedenceOf())
            revert LearningTasks_NotACopy(original, copy);
        task.words[copy] = second | ParticipantLib.STRUCK;
        task.remove(second.idOf());
        emit UpdateStruck(taskId, round, copy, original);
    }

    // ------------------------------------------------------------------------------------------------------- auditors

    /// @inheritdoc ILearningTasks
    function drawSeed(TaskId taskId) external returns (bytes32 seed) {
        return _task(taskId).draw(taskId, RANDOMNESS);
    }

    /// @inheritdoc ILearningTasks
    function commitScores(TaskId taskId, bytes32 commitment) external {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.AuditCommit);
        uint256 word = task.wordAs(taskId, msg.sender, Role.Auditor);
        if (word.roundOf() == round) revert LearningTasks_AlreadyCommitted(taskId, round, msg.sender);
        task.words[msg.sender] = word.commit(commitment, 0, round, word.missesOf());
        emit ScoresCommitted(taskId, round, msg.sender, commitment);
    }

    /// @inheritdoc ILearningTasks
    function revealScores(TaskId taskId, ScoresOpening calldata opening) external {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.AuditReveal);
        address auditor = opening.auditor;
        uint256 word = task.wordAs(taskId, auditor, Role.Auditor);
        if (!word.opens(scoresCommitment(taskId, round, opening), round))
            revert LearningTasks_CommitmentMismatch(taskId, round, auditor);
        if (word & ParticipantLib.REVEALED != 0) revert LearningTasks_AlreadyRevealed(taskId, round, auditor);
        task.requireLength(taskId, opening.scores.length);
        task.words[auditor] = word | ParticipantLib.REVEALED;
        emit ScoresRevealed(taskId, round, auditor, opening.salt, opening.scores);
    }

    /// @inheritdoc ILearningTasks
    function settlePanel(TaskId taskId, uint256 panel, bytes calldata openings) external {
        _task(taskId).settle(taskId, panel, openings, VAULT);
    }

    // ---------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILearningTasks
    function termsOf(TaskId taskId) external view returns (TaskTerms memory terms) {
        return _task(taskId).terms;
    }

    /// @inheritdoc ILearningTasks
    function ownerOf(TaskId taskId) external view returns (address owner) {
        return _task(taskId).owner;
    }

    /// @inheritdoc ILearningTasks
    function roundState(TaskId taskId) external view returns (RoundState memory state) {
        return _task(taskId).roundState();
    }

    /// @inheritdoc ILearningTasks
    function panelState(TaskId taskId) external view returns (PanelState memory state) {
        return _task(taskId).panelState();
    }

    /// @inheritdoc ILearningTasks
    function phaseOf(TaskId taskId) external view returns (Phase phase) {
        return _task(taskId).phase();
    }

    /// @inheritdoc ILearningTasks
    function phaseStart(TaskId taskId, Phase phase) external view returns (uint256 timepoint) {
        return _task(taskId).start(phase);
    }

    /// @inheritdoc ILearningTasks
    function participantOf(TaskId taskId, address account) external view returns (ParticipantState memory participant) {
        return _task(taskId).participantOf(account);
    }

    /// @inheritdoc ILearningTasks
    function seatAt(TaskId taskId, Role role, uint256 id) external view returns (address account, uint256 stake) {
        TaskState storage task = _task(taskId);
        Seat storage seat = role == Role.Auditor ? task.auditors[id] : task.aggregators[id];
        return (seat.account, seat.stake);
    }

    /// @inheritdoc ILearningTasks
    function consentOf(TaskId taskId, address client) external view returns (ConsentId consentId) {
        return _task(taskId).consents[client];
    }

    /// @inheritdoc ILearningTasks
    function updateCommitment(
        TaskId taskId,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) external view returns (bytes32) {
        return CommitmentsLib.ofUpdate(taskId, round, client, opening);
    }

    /// @inheritdoc ILearningTasks
    function scoresCommitment(
        TaskId taskId,
        uint256 round,
        ScoresOpening calldata opening
    ) public view returns (bytes32) {
        return CommitmentsLib.ofScores(taskId, round, opening.auditor, opening.salt, keccak256(opening.scores));
    }

    // ------------------------------------------------------------------------------------------------ private: commit

    function _commitUpdate(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 commitment
    ) private {
        uint256 word = task.words[client];
        if (word == 0) word = task.joinAsClient(taskId, client, MEMBERSHIP, REPUTATION);
        if (!word.mayCommit(round)) _revertCommit(taskId, round, client, word);
        if (task.head.consentGated && !_consented(task, client))
            revert LearningTasks_NoConsent(taskId, client, task.consents[client]);
        task.words[client] = word.commit(commitment, task.elapsed(), round, word.missedBy());
        emit UpdateCommitted(taskId, round, client, commitment);
    }

    /// @dev Why a word may not commit.
    function _revertCommit(TaskId taskId, uint256 round, address client, uint256 word) private pure {
        if (word.roleOf() != Role.Client) revert LearningTasks_WrongRole(taskId, client, word.roleOf(), Role.Client);
        if (word.roundOf() == round) revert LearningTasks_AlreadyCommitted(taskId, round, client);
        revert LearningTasks_Excluded(taskId, client);
    }

    /// @param item client 20 | commitment 32 | r 32 | yParity and s 32, as in EIP-2098.
    function _commitItem(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        uint256 committed,
        bool gated,
        bytes calldata item
    ) private returns (bool) {
        address client = address(bytes20(item));
        bytes32 commitment = bytes32(item[20:]);
        uint256 word = task.words[client];
        if (!word.mayCommit(round) || (gated && !_consented(task, client))) return false;
        bytes32 digest = _signedDigest(taskId, round, client, commitment);
        if (!_isSigned(digest, client, bytes32(item[52:]), bytes32(item[84:]))) return false;
        task.words[client] = word.commit(commitment, committed, round, word.missedBy());
        emit UpdateCommitted(taskId, round, client, commitment);
        return true;
    }

    /// @dev The other form of a signature counts as well: it commits to the same, once. A client is never the zero
    /// address, which stands for a signature that is none: it has no word.
    function _isSigned(bytes32 digest, address client, bytes32 r, bytes32 vs) private pure returns (bool) {
        // the highest bit of `vs` is the parity, the rest is s
        uint8 v = uint8(uint256(vs) >> 255) + 27;
        return ecrecover(digest, v, r, vs & bytes32(uint256(type(int256).max))) == client;
    }

    function _signedDigest(
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 commitment
    ) private view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(UPDATE_COMMITMENT_TYPEHASH, taskId, round, client, commitment)));
    }

    // ------------------------------------------------------------------------------------------------ private: reveal

    /// @param item client 20 | root 32 | digest 32 | details 32, as in `UpdateRevealed`.
    function _revealItem(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        bool gated,
        bytes calldata item
    ) private returns (bool) {
        address client = address(bytes20(item));
        bytes32 root = bytes32(item[20:]);
        bytes32 digest = bytes32(item[52:]);
        bytes32 details = bytes32(item[84:]);
        uint256 word = task.words[client];
        bool fresh = word.roleOf() == Role.Client && word & ParticipantLib.REVEALED == 0;
        if (!fresh || root == 0 || digest == 0) return false;
        if (!word.opens(_packedCommitment(taskId, round, client, root, digest, details), round)) return false;
        if (gated && !_consented(task, client)) return false;
        task.words[client] = word | ParticipantLib.REVEALED;
        task.add(round, word.idOf());
        emit UpdateRevealed(taskId, round, client, root, digest, details);
        return true;
    }

    function _packedCommitment(
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 root,
        bytes32 digest,
        bytes32 details
    ) private view returns (bytes32) {
        uint256 packed = uint256(details);
        // casts keep the 32, 64, 32 and 128 bits that the fields have
        bytes32 inner = keccak256(abi.encode(uint32(packed >> 128), digest, bytes16(uint128(packed))));
        return CommitmentsLib.ofUpdateParts(taskId, round, client, root, packed >> 224, uint64(packed >> 160), inner);
    }

    /// @dev The word of a client that committed to this in the running round.
    function _openedWord(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) private view returns (uint256 word) {
        word = task.wordAs(taskId, client, Role.Client);
        if (!word.opens(CommitmentsLib.ofUpdate(taskId, round, client, opening), round))
            revert LearningTasks_CommitmentMismatch(taskId, round, client);
    }

    function _revealedWord(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        address client,
        UpdateOpening calldata opening
    ) private view returns (uint256 word) {
        word = _openedWord(task, taskId, round, client, opening);
        if (!word.counts(round)) revert LearningTasks_NotRevealed(taskId, round, client);
    }

    // ------------------------------------------------------------------------------------------------- private: state

    /// @dev Whether the consent that the client's update needs is live.
    function _consented(TaskState storage task, address client) private view returns (bool) {
        return CONSENTS.isLive(task.consents[client], block.timestamp);
    }

    function _requireBatch(bytes calldata items) private pure {
        uint256 length = items.length;
        if (length == 0 || length % ITEM != 0 || length / ITEM > MAX_BATCH)
            revert LearningTasks_InvalidBatch(length, ITEM);
    }

    function _task(TaskId taskId) private view returns (TaskState storage task) {
        task = _tasks[taskId];
        if (task.head.round == 0) revert LearningTasks_UnknownTask(taskId);
    }

    function _inPhase(TaskId taskId, Phase needed) private view returns (TaskState storage task, uint256 round) {
        task = _task(taskId);
        round = task.requirePhase(taskId, needed);
    }
}
