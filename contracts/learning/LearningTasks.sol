// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Address} from "@openzeppelin/contracts/utils/Address.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IConsentRegistry} from "../identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../identity/types/ConsentId.sol";
import {IMembership} from "../membership/interfaces/IMembership.sol";
import {IRandomness} from "../randomness/interfaces/IRandomness.sol";
import {IReputation} from "../reputation/interfaces/IReputation.sol";
import {IRewardEscrow} from "../rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../rewards/interfaces/IStakeVault.sol";
import {LearningAnswers} from "./LearningAnswers.sol";
import {LearningStorage} from "./LearningStorage.sol";
import {ILearningTasks} from "./interfaces/ILearningTasks.sol";
import {IModelRegistry} from "./interfaces/IModelRegistry.sol";
import {IPrivacyLedger} from "./interfaces/IPrivacyLedger.sol";
import {ITaskRewards} from "./interfaces/ITaskRewards.sol";
import {ClaimLib} from "./libraries/ClaimLib.sol";
import {CommitmentsLib} from "./libraries/CommitmentsLib.sol";
import {FinishingLib} from "./libraries/FinishingLib.sol";
import {JoiningLib} from "./libraries/JoiningLib.sol";
import {PanelSettlementLib} from "./libraries/PanelSettlementLib.sol";
import {ParticipantLib} from "./libraries/ParticipantLib.sol";
import {PrivacyLib} from "./libraries/PrivacyLib.sol";
import {RevealedLib} from "./libraries/RevealedLib.sol";
import {RewardLib} from "./libraries/RewardLib.sol";
import {ScoresLib} from "./libraries/ScoresLib.sol";
import {SealingLib} from "./libraries/SealingLib.sol";
import {SeedLib} from "./libraries/SeedLib.sol";
import {TaskOpeningLib} from "./libraries/TaskOpeningLib.sol";
import {TaskPhaseLib} from "./libraries/TaskPhaseLib.sol";
import {TaskViewLib} from "./libraries/TaskViewLib.sol";
import {UpdatesLib} from "./libraries/UpdatesLib.sol";
import {PayPeriod, Seat, TaskState} from "./types/TaskState.sol";
import {TaskId} from "./types/TaskId.sol";

/// @title LearningTasks
/// @dev Offers `ILearning`: what is not here is in `LearningAnswers`, whose code runs on this storage. Calls out only to
/// the contracts fixed at deployment, to a task's token from its opener's own call, and to wallets that have signed, which
/// change nothing. All state is written before any of them can move money.
contract LearningTasks is LearningStorage, ILearningTasks, ITaskRewards, EIP712 {
    using FinishingLib for TaskState;
    using JoiningLib for TaskState;
    using PanelSettlementLib for TaskState;
    using ParticipantLib for TaskState;
    using ParticipantLib for uint256;
    using PrivacyLib for TaskState;
    using RevealedLib for TaskState;
    using RewardLib for TaskState;
    using ScoresLib for TaskState;
    using SealingLib for TaskState;
    using SeedLib for TaskState;
    using TaskOpeningLib for TaskState;
    using TaskPhaseLib for TaskState;
    using TaskViewLib for TaskState;
    using UpdatesLib for TaskState;

    /// @inheritdoc ILearningTasks
    uint256 public constant MAX_BATCH = UpdatesLib.MAX_BATCH;
    /// @inheritdoc ILearningTasks
    bytes32 public constant UPDATE_COMMITMENT_TYPEHASH = UpdatesLib.UPDATE_COMMITMENT_TYPEHASH;

    /// @inheritdoc ITaskRewards
    uint256 public constant CLAIM_TIME = RewardLib.CLAIM_TIME;

    /// @inheritdoc ILearningTasks
    IMembership public immutable MEMBERSHIP;
    /// @inheritdoc ILearningTasks
    IRewardEscrow public immutable ESCROW;
    /// @inheritdoc ILearningTasks
    IReputation public immutable REPUTATION;
    /// @inheritdoc ILearningTasks
    IConsentRegistry public immutable CONSENTS;
    /// @inheritdoc ILearningTasks
    IPrivacyLedger public immutable PRIVACY;
    /// @inheritdoc ITaskRewards
    IModelRegistry public immutable MODELS;
    /// @inheritdoc ILearningTasks
    address public immutable ANSWERS;

    // those of `ANSWERS`, which shows them
    IStakeVault private immutable _VAULT;
    IRandomness private immutable _RANDOMNESS;

    constructor(
        IMembership membership,
        IRewardEscrow escrow,
        LearningAnswers answers,
        IReputation reputation,
        IPrivacyLedger ledger,
        IModelRegistry models
    ) EIP712("Artel Learning", "1") {
        MEMBERSHIP = membership;
        ESCROW = escrow;
        _VAULT = answers.VAULT();
        ANSWERS = address(answers);
        REPUTATION = reputation;
        CONSENTS = ledger.CONSENTS();
        PRIVACY = ledger;
        _RANDOMNESS = answers.RANDOMNESS();
        MODELS = models;
    }

    /// @dev What this contract does not know, `ANSWERS` may: nobody can change it, and its storage is laid out by the same
    /// `LearningStorage`.
    fallback(bytes calldata data) external returns (bytes memory) {
        return Address.functionDelegateCall(ANSWERS, data);
    }

    // ---------------------------------------------------------------------------------------------- opening, joining

    /// @inheritdoc ILearningTasks
    function openTask(TaskTerms calldata terms) external payable returns (TaskId taskId) {
        taskId = TaskId.wrap(++_count);
        _tasks[taskId].open(taskId, terms, ESCROW, MEMBERSHIP, _RANDOMNESS);
    }

    /// @inheritdoc ILearningTasks
    function join(TaskId taskId, Role role) external {
        _task(taskId).join(taskId, role, MEMBERSHIP, REPUTATION, _VAULT);
    }

    /// @inheritdoc ILearningTasks
    function publishSealingKey(TaskId taskId, bytes calldata key) external {
        _task(taskId).publishKey(taskId, key);
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
        UpdatesLib.requireSigned(taskId, round, client, commitment, signature, _domainSeparatorV4());
        _commitUpdate(task, taskId, round, client, commitment);
    }

    /// @inheritdoc ILearningTasks
    function commitUpdates(TaskId taskId, bytes calldata items) external returns (uint256 taken) {
        return _task(taskId).commitMany(taskId, items, _domainSeparatorV4(), CONSENTS, PRIVACY);
    }

    /// @inheritdoc ILearningTasks
    function revealUpdate(TaskId taskId, address client, UpdateOpening calldata opening) external {
        (TaskState storage task, uint256 round) = _inPhase(taskId, Phase.Reveal);
        if (opening.root == 0 || opening.content.digest == 0)
            revert LearningTasks_InvalidContent(opening.root, opening.content.digest);
        uint256 word = task.openedWord(taskId, round, client, opening);
        if (word & ParticipantLib.REVEALED != 0) revert LearningTasks_AlreadyRevealed(taskId, round, client);
        if (task.head.consentGated && !task.isConsented(client, CONSENTS))
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
        return _task(taskId).revealMany(taskId, items, CONSENTS);
    }

    /// @inheritdoc ILearningTasks
    function strikeCopy(
        TaskId taskId,
        address original,
        UpdateOpening calldata originalOpening,
        address copy,
        UpdateOpening calldata copyOpening
    ) external {
        _task(taskId).strike(taskId, original, originalOpening, copy, copyOpening);
    }

    /// @inheritdoc ILearningTasks
    function publishWraps(TaskId taskId, Content calldata wraps) external {
        _task(taskId).publishWraps(taskId, wraps);
    }

    // ------------------------------------------------------------------------------------------------------- auditors

    /// @inheritdoc ILearningTasks
    function drawSeed(TaskId taskId) external returns (bytes32 seed) {
        return _task(taskId).draw(taskId, _RANDOMNESS);
    }

    /// @inheritdoc ILearningTasks
    function commitScores(TaskId taskId, bytes32 commitment) external {
        _task(taskId).commitScores(taskId, commitment);
    }

    /// @inheritdoc ILearningTasks
    function revealScores(TaskId taskId, ScoresOpening calldata opening) external {
        _task(taskId).revealScores(taskId, opening);
    }

    /// @inheritdoc ILearningTasks
    function settlePanel(TaskId taskId, uint256 panel, bytes calldata openings) external {
        _task(taskId).settle(taskId, panel, openings, _VAULT);
    }

    // -------------------------------------------------------------------------------------------- rounds, money, records

    /// @inheritdoc ITaskRewards
    function finishRound(TaskId taskId, Answer calldata answer) external {
        _task(taskId).finish(taskId, answer, _VAULT, MODELS);
    }

    /// @inheritdoc ITaskRewards
    function claim(uint256[] calldata items) external returns (uint256 total) {
        return ClaimLib.claim(_tasks, items, msg.sender, msg.sender, ESCROW);
    }

    /// @inheritdoc ITaskRewards
    function claimFor(uint256[] calldata items, address account) external returns (uint256 total) {
        return ClaimLib.claim(_tasks, items, account, account, ESCROW);
    }

    /// @inheritdoc ITaskRewards
    function claimTo(uint256[] calldata items, address to) external returns (uint256 total) {
        return ClaimLib.claim(_tasks, items, msg.sender, to, ESCROW);
    }

    /// @inheritdoc ITaskRewards
    function refund(TaskId taskId) external returns (uint256 amount) {
        return _task(taskId).refund(taskId, ESCROW);
    }

    /// @inheritdoc ITaskRewards
    function sweep(TaskId taskId) external returns (uint256 amount) {
        return _task(taskId).sweep(taskId, ESCROW);
    }

    /// @inheritdoc ITaskRewards
    function releaseStake(TaskId taskId, address account) external {
        _task(taskId).release(taskId, account, _VAULT);
    }

    /// @inheritdoc ITaskRewards
    function recordReputation(TaskId taskId, address account, uint256 number) external returns (uint256 points) {
        return _task(taskId).record(taskId, account, number, MEMBERSHIP, REPUTATION);
    }

    // ---------------------------------------------------------------------------------------------------------- views

    /// @inheritdoc ILearningTasks
    function taskCount() external view returns (uint256) {
        return _count;
    }

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
    ) external view returns (bytes32) {
        return CommitmentsLib.ofScores(taskId, round, opening.auditor, opening.salt, keccak256(opening.scores));
    }

    /// @inheritdoc ITaskRewards
    function earningsOf(TaskId taskId, address account) external view returns (uint256 earned, uint256 claimable) {
        return _task(taskId).earnings(account);
    }

    /// @inheritdoc ITaskRewards
    function shareOf(TaskId taskId, address client) external view returns (uint256 pay, uint256 ofAll) {
        return _task(taskId).share(client);
    }

    /// @inheritdoc ITaskRewards
    function periodOf(
        TaskId taskId,
        uint256 period
    ) external view returns (uint256 pool, uint256 positive, uint256 divisor, uint256 claimableFrom) {
        PayPeriod storage pay = _task(taskId).periods[period];
        return (pay.pool, pay.positive, pay.divisor, pay.claimableFrom);
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
        if (task.head.consentGated) {
            if (!task.isConsented(client, CONSENTS))
                revert LearningTasks_NoConsent(taskId, client, task.consents[client]);
            // before the commitment is noted: the ledger calls out to nobody but for reading
            if (task.head.spendsPrivacy) task.spend(client, PRIVACY);
        }
        task.words[client] = word.commit(commitment, task.elapsed(), round, word.missedBy());
        emit UpdateCommitted(taskId, round, client, commitment);
    }

    /// @dev Why a word may not commit.
    function _revertCommit(TaskId taskId, uint256 round, address client, uint256 word) private pure {
        if (word.roleOf() != Role.Client) revert LearningTasks_WrongRole(taskId, client, word.roleOf(), Role.Client);
        if (word.roundOf() == round) revert LearningTasks_AlreadyCommitted(taskId, round, client);
        revert LearningTasks_Excluded(taskId, client);
    }
}
