// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {IConsentRegistry} from "../../identity/interfaces/IConsentRegistry.sol";
import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {IPrivacyLedger} from "../interfaces/IPrivacyLedger.sol";
import {TaskState} from "../types/TaskState.sol";
import {TaskId} from "../types/TaskId.sol";
import {CommitmentsLib} from "./CommitmentsLib.sol";
import {ParticipantLib} from "./ParticipantLib.sol";
import {PrivacyLib} from "./PrivacyLib.sol";
import {RevealedLib} from "./RevealedLib.sol";
import {TaskPhaseLib} from "./TaskPhaseLib.sol";

/// @title Updates of clients, many at once, and copies of them
/// @notice Linked, so that `LearningTasks` stays below the size limit of contracts.
library UpdatesLib {
    using ParticipantLib for TaskState;
    using ParticipantLib for uint256;
    using PrivacyLib for TaskState;
    using RevealedLib for TaskState;
    using TaskPhaseLib for TaskState;

    /// @notice See `ILearningTasks.MAX_BATCH`.
    uint256 internal constant MAX_BATCH = 64;
    /// @notice See `ILearningTasks.UPDATE_COMMITMENT_TYPEHASH`.
    bytes32 internal constant UPDATE_COMMITMENT_TYPEHASH = keccak256(
        "UpdateCommitment(uint256 taskId,uint256 round,address client,bytes32 commitment)"
    );

    /// @dev Bytes of an item of either batch.
    uint256 private constant ITEM = 116;

    /// @dev What all items of a batch share.
    struct Batch {
        TaskId taskId;
        uint256 round;
        bool gated;
        IConsentRegistry consents;
        IPrivacyLedger ledger; // of commitments that spend, else zero
        uint256 committed; // of commitments, their time
        bytes32 domain; // of commitments, what they are signed under
    }

    /// @notice See `ILearningTasks.commitUpdates`.
    /// @param domain separator that signatures are made under.
    /// @param consents, `ledger`: are trusted.
    function commitMany(
        TaskState storage task,
        TaskId taskId,
        bytes calldata items,
        bytes32 domain,
        IConsentRegistry consents,
        IPrivacyLedger ledger
    ) external returns (uint256 taken) {
        uint256 count = _itemsIn(items);
        Batch memory batch = _batch(task, taskId, ILearningTasks.Phase.Commit, consents);
        batch.committed = task.elapsed();
        if (task.head.spendsPrivacy) batch.ledger = ledger;
        batch.domain = domain;
        bytes32[5] memory encoding;
        encoding[0] = UPDATE_COMMITMENT_TYPEHASH;
        encoding[1] = bytes32(TaskId.unwrap(taskId));
        encoding[2] = bytes32(batch.round);
        bytes32[4] memory item;
        for (uint256 i; i < count; ++i) {
            _read(items, i, item);
            unchecked {
                // at most MAX_BATCH
                if (_commitItem(task, batch, encoding, item)) ++taken;
            }
        }
    }

    /// @notice See `ILearningTasks.revealUpdates`.
    /// @param consents is trusted.
    function revealMany(
        TaskState storage task,
        TaskId taskId,
        bytes calldata items,
        IConsentRegistry consents
    ) external returns (uint256 taken) {
        uint256 count = _itemsIn(items);
        Batch memory batch = _batch(task, taskId, ILearningTasks.Phase.Reveal, consents);
        bytes32[10] memory encoding = CommitmentsLib.updateOf(taskId, batch.round);
        bytes32[3] memory hidden;
        bytes32[4] memory item;
        RevealedLib.Pending memory pending;
        for (uint256 i; i < count; ++i) {
            _read(items, i, item);
            unchecked {
                // at most MAX_BATCH
                if (_revealItem(task, batch, encoding, hidden, item, pending)) ++taken;
            }
        }
        task.flush(batch.round, pending);
    }

    /// @notice Reverts unless a client signed a commitment, see `ILearningTasks.commitUpdateBySig`.
    /// @param domain separator that signatures are made under.
    function requireSigned(
        TaskId taskId,
        uint256 round,
        address client,
        bytes32 commitment,
        bytes calldata signature,
        bytes32 domain
    ) external view {
        bytes32 structHash = keccak256(abi.encode(UPDATE_COMMITMENT_TYPEHASH, taskId, round, client, commitment));
        bytes32 digest = MessageHashUtils.toTypedDataHash(domain, structHash);
        if (!SignatureChecker.isValidSignatureNowCalldata(client, digest, signature))
            revert ILearningTasks.LearningTasks_InvalidSignature(taskId, round, client);
    }

    /// @notice See `ILearningTasks.strikeCopy`.
    function strike(
        TaskState storage task,
        TaskId taskId,
        address original,
        ILearningTasks.UpdateOpening calldata originalOpening,
        address copy,
        ILearningTasks.UpdateOpening calldata copyOpening
    ) external {
        // once scores show, a strike could take back a copy that did badly
        uint256 round = task.requirePhases(taskId, ILearningTasks.Phase.Reveal, ILearningTasks.Phase.AuditCommit);
        // the seed counts the updates; between Reveal and then a strike could void a round whose panels can be known
        if (task.panels.round != round && task.phase() != ILearningTasks.Phase.Reveal)
            revert ILearningTasks.LearningTasks_NotDrawn(taskId, round);
        uint256 first = _revealedWord(task, taskId, round, original, originalOpening);
        uint256 second = _revealedWord(task, taskId, round, copy, copyOpening);
        if (originalOpening.root != copyOpening.root || first.precedenceOf() >= second.precedenceOf())
            revert ILearningTasks.LearningTasks_NotACopy(original, copy);
        task.words[copy] = second | ParticipantLib.STRUCK;
        task.remove(second.idOf());
        emit ILearningTasks.UpdateStruck(taskId, round, copy, original);
    }

    /// @notice Whether the consent that the client's update needs is live.
    function isConsented(
        TaskState storage task,
        address client,
        IConsentRegistry consents
    ) internal view returns (bool) {
        return consents.isLive(task.consents[client], block.timestamp);
    }

    /// @notice The word of a client that committed to this in the running round.
    function openedWord(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        address client,
        ILearningTasks.UpdateOpening calldata opening
    ) internal view returns (uint256 word) {
        word = task.wordAs(taskId, client, ILearningTasks.Role.Client);
        if (!word.opens(CommitmentsLib.ofUpdate(taskId, round, client, opening), round))
            revert ILearningTasks.LearningTasks_CommitmentMismatch(taskId, round, client);
    }

    /// @param item client, commitment, r, parity and s.
    /// @param encoding memory for the encoding of the signed struct, which has all but client and commitment.
    function _commitItem(
        TaskState storage task,
        Batch memory batch,
        bytes32[5] memory encoding,
        bytes32[4] memory item
    ) private returns (bool) {
        // an address is the first 20 bytes
        address client = address(bytes20(item[0]));
        bytes32 commitment = item[1];
        uint256 word = task.words[client];
        if (!word.mayCommit(batch.round)) return false;
        encoding[3] = bytes32(uint256(uint160(client)));
        encoding[4] = commitment;
        if (!_isSigned(batch.domain, encoding, client, item[2], item[3])) return false;
        if (batch.gated && !_mayTell(task, batch, client)) return false;
        task.words[client] = word.commit(commitment, batch.committed, batch.round, word.missedBy());
        emit ILearningTasks.UpdateCommitted(batch.taskId, batch.round, client, commitment);
        return true;
    }

    /// @dev Whether the client's consent is live, and what its update tells could be spent, which it then is: to be asked last.
    /// The ledger calls out to nobody but for reading.
    function _mayTell(TaskState storage task, Batch memory batch, address client) private returns (bool) {
        if (!isConsented(task, client, batch.consents)) return false;
        return address(batch.ledger) == address(0) || task.trySpend(client, batch.ledger);
    }

    /// @dev The other form of a signature counts as well: it commits to the same, once. The zero address, to which a
    /// broken signature recovers, is no client.
    /// @param encoding of the signed struct.
    function _isSigned(
        bytes32 domain,
        bytes32[5] memory encoding,
        address client,
        bytes32 r,
        bytes32 vs
    ) private pure returns (bool) {
        bytes32 structHash;
        // five words, side by side: what `abi.encode` would give
        assembly ("memory-safe") {
            structHash := keccak256(encoding, 160)
        }
        // EIP-2098: the highest bit of `vs` is the parity, the rest is s
        uint8 v = uint8(uint256(vs) >> 255) + 27;
        bytes32 s = vs & bytes32(uint256(type(int256).max));
        return ecrecover(MessageHashUtils.toTypedDataHash(domain, structHash), v, r, s) == client;
    }

    /// @param item client, root, digest, details.
    /// @param encoding memory for the encoding of a commitment, as from `CommitmentsLib.updateOf`.
    function _revealItem(
        TaskState storage task,
        Batch memory batch,
        bytes32[10] memory encoding,
        bytes32[3] memory hidden,
        bytes32[4] memory item,
        RevealedLib.Pending memory pending
    ) private returns (bool) {
        // an address is the first 20 bytes
        address client = address(bytes20(item[0]));
        (bytes32 root, bytes32 digest, bytes32 details) = (item[1], item[2], item[3]);
        uint256 word = task.words[client];
        if (root == 0 || digest == 0) return false;
        if (!word.mayReveal(_packedCommitment(encoding, hidden, client, item), batch.round)) return false;
        if (batch.gated && !isConsented(task, client, batch.consents)) return false;
        task.words[client] = word | ParticipantLib.REVEALED;
        task.addLater(batch.round, word.idOf(), pending);
        emit ILearningTasks.UpdateRevealed(batch.taskId, batch.round, client, root, digest, details);
        return true;
    }

    /// @param hidden memory for the encoding of codec, digest and salt.
    function _packedCommitment(
        bytes32[10] memory encoding,
        bytes32[3] memory hidden,
        address client,
        bytes32[4] memory item
    ) private pure returns (bytes32) {
        uint256 details = uint256(item[3]);
        // casts keep the 32, 64, 32 and 128 bits that the fields have
        hidden[0] = bytes32(uint256(uint32(details >> 128)));
        hidden[1] = item[2];
        hidden[2] = bytes32(details << 128);
        bytes32 inner;
        // three words, side by side: what `abi.encode` would give
        assembly ("memory-safe") {
            inner := keccak256(hidden, 96)
        }
        return CommitmentsLib.completed(encoding, client, item[1], details >> 224, uint64(details >> 160), inner);
    }

    function _revealedWord(
        TaskState storage task,
        TaskId taskId,
        uint256 round,
        address client,
        ILearningTasks.UpdateOpening calldata opening
    ) private view returns (uint256 word) {
        word = openedWord(task, taskId, round, client, opening);
        if (!word.counts(round)) revert ILearningTasks.LearningTasks_NotRevealed(taskId, round, client);
    }

    function _batch(
        TaskState storage task,
        TaskId taskId,
        ILearningTasks.Phase needed,
        IConsentRegistry consents
    ) private view returns (Batch memory batch) {
        batch.taskId = taskId;
        batch.round = task.requirePhase(taskId, needed);
        batch.gated = task.head.consentGated;
        batch.consents = consents;
    }

    /// @dev Number of items in a batch.
    function _itemsIn(bytes calldata items) private pure returns (uint256 count) {
        uint256 length = items.length;
        count = length / ITEM;
        if (count == 0 || count > MAX_BATCH || length % ITEM != 0)
            revert ILearningTasks.LearningTasks_InvalidBatch(length, ITEM);
    }

    /// @dev The parts of item `i`, of which there are more: 20 bytes, at the head of the first word, and three words.
    function _read(bytes calldata items, uint256 i, bytes32[4] memory item) private pure {
        assembly ("memory-safe") {
            let start := add(items.offset, mul(i, ITEM))
            mstore(item, calldataload(start))
            calldatacopy(add(item, 32), add(start, 20), 96)
        }
    }
}
