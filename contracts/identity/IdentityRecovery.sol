// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IIdentityRecovery} from "./interfaces/IIdentityRecovery.sol";
import {SignerLib} from "./libraries/SignerLib.sol";
import {Authorization} from "./types/Authorization.sol";
import {Did} from "./types/Did.sol";

/// @title IdentityRecovery
/// @notice See {IIdentityRecovery}. The registry says who owns an identity; nothing here is read or written by the
/// operations of everyday life.
abstract contract IdentityRecovery is IIdentityRecovery, EIP712 {
    using SafeCast for uint256;
    using SignerLib for bytes;

    /// @dev What the chain keeps of an identity's guardians.
    struct Guardianship {
        bytes32 guardiansHash; // slot 0: zero without guardians
        bytes32 announcedHash; // slot 1: of the settings announced last; counts while guardiansDue is not zero
        uint8 threshold; // slot 2
        uint8 superThreshold; // slot 2
        uint32 delay; // slot 2
        uint32 round; // slot 2: covered by approvals
        bool cancelled; // slot 2: the owner has used the one cancellation
        uint48 guardiansDue; // slot 2
        uint48 deactivationDue; // slot 2
        address successor; // slot 3: zero while no recovery runs
        uint48 readyAt; // slot 3
        bool uncancellable; // slot 3
    }

    bytes32 private constant SET_GUARDIANS_TYPEHASH = keccak256(
        "SetGuardians(address identity,uint256 nonce,uint256 deadline,address[] guardians,uint8 threshold,uint8 superThreshold,uint32 delay)"
    );
    bytes32 private constant DEACTIVATE_TYPEHASH = keccak256(
        "Deactivate(address identity,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant CANCEL_RECOVERY_TYPEHASH = keccak256(
        "CancelRecovery(address identity,uint256 nonce,uint256 deadline)"
    );
    bytes32 private constant RECOVER_TYPEHASH = keccak256(
        "Recover(address identity,address successor,uint256 round,uint256 deadline)"
    );

    /// @inheritdoc IIdentityRecovery
    uint256 public constant MAX_GUARDIANS = 32;
    /// @inheritdoc IIdentityRecovery
    uint256 public constant MIN_DELAY = 1 days;
    /// @inheritdoc IIdentityRecovery
    uint256 public constant MAX_DELAY = 365 days;

    mapping(Did identity => Guardianship guardianship) private _guardianships;

    /// @inheritdoc IIdentityRecovery
    function guardianship(
        Did identity
    )
        external
        view
        returns (
            bytes32 guardiansHash,
            uint8 threshold,
            uint8 superThreshold,
            uint32 delay,
            uint32 round,
            uint48 guardiansDue,
            uint48 deactivationDue
        )
    {
        Guardianship storage kept = _guardianships[identity];
        return (
            kept.guardiansHash,
            kept.threshold,
            kept.superThreshold,
            kept.delay,
            kept.round,
            kept.guardiansDue,
            kept.deactivationDue
        );
    }

    /// @inheritdoc IIdentityRecovery
    function recovery(
        Did identity
    ) external view returns (address successor, uint48 readyAt, bool uncancellable, bool cancelled) {
        Guardianship storage kept = _guardianships[identity];
        return (kept.successor, kept.readyAt, kept.uncancellable, kept.cancelled);
    }

    // ------------------------------------------------------------------------------------------ the owner's part

    /// @inheritdoc IIdentityRecovery
    function setGuardians(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) external {
        _requireCallerOwns(identity);
        _setGuardians(identity, guardians, threshold, superThreshold, delay);
    }

    /// @inheritdoc IIdentityRecovery
    function setGuardiansBySig(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay,
        Authorization calldata authorization
    ) external {
        bytes memory encoded = abi.encode(
            SET_GUARDIANS_TYPEHASH,
            identity,
            0,
            authorization.deadline,
            keccak256(abi.encodePacked(guardians)),
            threshold,
            superThreshold,
            delay
        );
        _requireOwnerSigned(identity, authorization, encoded);
        _setGuardians(identity, guardians, threshold, superThreshold, delay);
    }

    /// @inheritdoc IIdentityRecovery
    function announceDeactivation(Did identity) external {
        _requireCallerOwns(identity);
        _announceDeactivation(identity);
    }

    /// @inheritdoc IIdentityRecovery
    function announceDeactivationBySig(Did identity, Authorization calldata authorization) external {
        _requireOwnerSigned(
            identity,
            authorization,
            abi.encode(DEACTIVATE_TYPEHASH, identity, 0, authorization.deadline)
        );
        _announceDeactivation(identity);
    }

    /// @inheritdoc IIdentityRecovery
    function cancelRecovery(Did identity) external {
        _requireCallerOwns(identity);
        _cancelRecovery(identity);
    }

    /// @inheritdoc IIdentityRecovery
    function cancelRecoveryBySig(Did identity, Authorization calldata authorization) external {
        _requireOwnerSigned(
            identity,
            authorization,
            abi.encode(CANCEL_RECOVERY_TYPEHASH, identity, 0, authorization.deadline)
        );
        _cancelRecovery(identity);
    }

    // ------------------------------------------------------------------------------------------ anybody's part

    /// @inheritdoc IIdentityRecovery
    function applyGuardians(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) external {
        Guardianship storage kept = _guardianships[identity];
        _requireDue(identity, kept.guardiansDue);
        if (kept.announcedHash != _settingsHash(guardians, threshold, superThreshold, delay)) {
            revert IdentityRecovery_WrongGuardians(identity);
        }
        kept.guardiansDue = 0;
        if (kept.deactivationDue == 0) _markAnnounced(identity, false);
        else _discardAnnouncements(identity); // who guards from now on has the whole delay to answer
        _putInForce(identity, guardians, threshold, superThreshold, delay);
    }

    /// @inheritdoc IIdentityRecovery
    function deactivate(Did identity) external {
        _requireDue(identity, _guardianships[identity].deactivationDue);
        _setOwner(identity, address(0));
    }

    /// @inheritdoc IIdentityRecovery
    function startRecovery(
        Did identity,
        address successor,
        Did[] calldata guardians,
        bytes[] calldata signers,
        bytes[] calldata signatures,
        uint256 deadline
    ) external {
        if (block.timestamp > deadline) revert IdentityRecovery_ApprovalsExpired(deadline);
        if (successor == address(0)) revert IdentityRecovery_NoSuccessor(identity);
        _requireLive(identity);
        Guardianship storage kept = _guardianships[identity];
        if (
            kept.guardiansHash != keccak256(abi.encode(guardians)) ||
            signers.length != guardians.length ||
            signatures.length != guardians.length
        ) revert IdentityRecovery_WrongGuardians(identity);
        bytes32 digest = _hashTypedDataV4(
            keccak256(abi.encode(RECOVER_TYPEHASH, identity, successor, kept.round, deadline))
        );
        _startRecovery(identity, successor, _countApprovals(identity, digest, guardians, signers, signatures));
    }

    /// @inheritdoc IIdentityRecovery
    function finishRecovery(Did identity) external {
        Guardianship storage kept = _guardianships[identity];
        _requireDue(identity, kept.readyAt);
        address successor = kept.successor;
        _clearRecovery(kept, false);
        _setOwner(identity, successor);
        emit RecoveryFinished(identity, successor);
    }

    // ------------------------------------------------------------------------------------------ for the registry

    /// @dev Whether deactivation has to wait.
    function _hasGuardians(Did identity) internal view returns (bool guarded) {
        return _guardianships[identity].guardiansHash != 0;
    }

    /// @dev Forgets what was announced and takes the mark from the identity, if there is anything.
    function _discardAnnouncements(Did identity) internal {
        Guardianship storage kept = _guardianships[identity];
        if (kept.guardiansDue == 0 && kept.deactivationDue == 0) return;
        (kept.guardiansDue, kept.deactivationDue) = (0, 0);
        _markAnnounced(identity, false);
        emit AnnouncementsDiscarded(identity);
    }

    /// @dev Reverts unless the caller owns the identity.
    function _requireCallerOwns(Did identity) internal view virtual;

    /// @dev Reverts unless the owner signed the struct; uses the nonce up. `encoded` is ABI-encoded with the type hash,
    /// identity, nonce and deadline first; the registry fills the nonce in.
    function _requireOwnerSigned(
        Did identity,
        Authorization calldata authorization,
        bytes memory encoded
    ) internal virtual;

    /// @dev Reverts if the identity was deactivated.
    function _requireLive(Did identity) internal view virtual;

    /// @dev The account that controls an identity, zero once deactivated.
    function _currentOwner(Did identity) internal view virtual returns (address owner);

    /// @dev Hands an identity over, without asking anybody.
    function _setOwner(Did identity, address newOwner) internal virtual;

    /// @dev Remembers in the identity's own word that something is announced.
    function _markAnnounced(Did identity, bool announced) internal virtual;

    // ------------------------------------------------------------------------------------------ private

    function _setGuardians(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) private {
        _requireSound(identity, guardians, threshold, superThreshold, delay);
        Guardianship storage kept = _guardianships[identity];
        if (kept.guardiansHash == 0) {
            _putInForce(identity, guardians, threshold, superThreshold, delay);
            return;
        }
        _requireNotRunning(identity, kept);
        uint48 due = (block.timestamp + kept.delay).toUint48();
        kept.announcedHash = _settingsHash(guardians, threshold, superThreshold, delay);
        kept.guardiansDue = due;
        _markAnnounced(identity, true);
        emit GuardiansAnnounced(identity, guardians, threshold, superThreshold, delay, due);
    }

    function _putInForce(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) private {
        Guardianship storage kept = _guardianships[identity];
        kept.guardiansHash = guardians.length == 0 ? bytes32(0) : keccak256(abi.encode(guardians));
        (kept.threshold, kept.superThreshold, kept.delay) = (threshold, superThreshold, delay);
        kept.cancelled = false;
        ++kept.round;
        emit GuardiansChanged(identity, guardians, threshold, superThreshold, delay);
    }

    function _announceDeactivation(Did identity) private {
        Guardianship storage kept = _guardianships[identity];
        if (kept.guardiansHash == 0) revert IdentityRecovery_NoGuardians(identity);
        _requireNotRunning(identity, kept);
        uint48 due = (block.timestamp + kept.delay).toUint48();
        kept.deactivationDue = due;
        _markAnnounced(identity, true);
        emit DeactivationAnnounced(identity, due);
    }

    function _startRecovery(Did identity, address successor, uint256 approvals) private {
        Guardianship storage kept = _guardianships[identity];
        if (kept.uncancellable) revert IdentityRecovery_Running(identity, kept.successor, kept.readyAt);
        bool restart = kept.cancelled || kept.successor != address(0);
        uint256 needed = restart ? kept.superThreshold : kept.threshold;
        if (approvals < needed) revert IdentityRecovery_TooFewApprovals(identity, approvals, needed);
        ++kept.round;
        _discardAnnouncements(identity);
        uint48 readyAt = (block.timestamp + kept.delay).toUint48();
        (kept.successor, kept.readyAt, kept.uncancellable) = (successor, readyAt, restart);
        emit RecoveryStarted(identity, successor, readyAt, restart, approvals);
    }

    function _cancelRecovery(Did identity) private {
        Guardianship storage kept = _guardianships[identity];
        address successor = kept.successor;
        if (successor == address(0)) revert IdentityRecovery_NotRunning(identity);
        if (kept.uncancellable) revert IdentityRecovery_Running(identity, successor, kept.readyAt);
        _clearRecovery(kept, true);
        emit RecoveryCancelled(identity, successor);
    }

    function _clearRecovery(Guardianship storage kept, bool cancelled) private {
        (kept.successor, kept.readyAt, kept.uncancellable) = (address(0), 0, false);
        kept.cancelled = cancelled;
    }

    /// @dev A guardian can't count twice: each has one place in the list.
    function _countApprovals(
        Did identity,
        bytes32 digest,
        Did[] calldata guardians,
        bytes[] calldata signers,
        bytes[] calldata signatures
    ) private view returns (uint256 approvals) {
        // at most MAX_GUARDIANS, for the list is the one in force
        for (uint256 i; i < guardians.length; ++i) {
            address guardian = _currentOwner(guardians[i]);
            if (guardian == msg.sender) {
                ++approvals;
            } else if (signers[i].length != 0) {
                if (signers[i].accountOf() != guardian || !signers[i].hasSigned(digest, signatures[i])) {
                    revert IdentityRecovery_BadApproval(identity, i);
                }
                ++approvals;
            }
        }
    }

    function _requireNotRunning(Did identity, Guardianship storage kept) private view {
        if (kept.successor != address(0)) revert IdentityRecovery_Running(identity, kept.successor, kept.readyAt);
    }

    function _requireDue(Did identity, uint256 due) private view {
        if (due == 0 || block.timestamp < due) revert IdentityRecovery_NotDue(identity, due);
    }

    function _requireSound(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) private pure {
        uint256 count = guardians.length;
        bool sound =
            count == 0
                ? threshold == 0 && superThreshold == 0 && delay == 0
                : count <= MAX_GUARDIANS &&
                    threshold != 0 &&
                    threshold <= superThreshold &&
                    superThreshold <= count &&
                    delay >= MIN_DELAY &&
                    delay <= MAX_DELAY;
        address previous;
        for (uint256 i; sound && i < count; ++i) {
            address guardian = Did.unwrap(guardians[i]);
            sound = guardian > previous && guardian != Did.unwrap(identity);
            previous = guardian;
        }
        if (!sound) revert IdentityRecovery_BadSettings(identity, count, threshold, superThreshold);
    }

    function _settingsHash(
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) private pure returns (bytes32 hash) {
        return keccak256(abi.encode(guardians, threshold, superThreshold, delay));
    }
}
