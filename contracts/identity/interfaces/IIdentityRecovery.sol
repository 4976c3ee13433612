// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authorization} from "../types/Authorization.sol";
import {Did} from "../types/Did.sol";

/// @title IIdentityRecovery
/// @notice Guardians who can give an identity a new owner after its key was lost or stolen.
///
/// A thief who holds the key is the owner to every other function, so recovery stands apart from ownership:
/// - it attaches to the identity: no change of owner touches guardians or a running recovery;
/// - the owner's ways out of it, other guardians and deactivation, are announced first and wait for the recovery delay;
///   the start of a recovery discards them, and while it runs none can be announced;
/// - the owner may cancel a recovery once. A restart then takes the super-threshold, and nobody can cancel that.
///
/// An honest owner is protected in turn: fewer guardians than the threshold do nothing, and as many as the threshold
/// but fewer than the super-threshold do nothing that the owner can't undo during the delay. A change of owner discards
/// what the owner before announced; handing an identity to its own owner is the way to withdraw an announcement. Other
/// guardians coming in force discard an announced deactivation: whoever guards has the whole delay to answer one.
///
/// A guardian is an identity: the account that owns it at the time approves, so that a guardian may rotate keys too.
/// Approvals count in a round, which ends with every start and every change of guardians; nothing that an owner signs
/// or sends moves it. Delegates and attributes survive a recovery as they survive any change of owner: the new owner
/// revokes what the thief published, in batches.
interface IIdentityRecovery {
    /// @notice These guardians hold from now on; none at all when the list is empty.
    /// @param identity The identity.
    /// @param guardians Identities, ascending.
    /// @param threshold Approvals that start a recovery which the owner may cancel.
    /// @param superThreshold Approvals that restart one which nobody can cancel.
    /// @param delay Seconds from the start of a recovery to its end, and from an announcement to its effect.
    event GuardiansChanged(Did indexed identity, Did[] guardians, uint8 threshold, uint8 superThreshold, uint32 delay);

    /// @notice The owner wants these guardians; anybody may put them in force from `due` on.
    event GuardiansAnnounced(
        Did indexed identity,
        Did[] guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay,
        uint256 due
    );

    /// @notice The owner wants the identity deactivated; anybody may carry that out from `due` on.
    event DeactivationAnnounced(Did indexed identity, uint256 due);

    /// @notice A change of owner discarded what was announced before it, or the start of a recovery or other guardians did.
    event AnnouncementsDiscarded(Did indexed identity);

    /// @notice Guardians started a recovery.
    /// @param identity The identity.
    /// @param successor Its next owner.
    /// @param readyAt Unix time in seconds from which anybody may finish it.
    /// @param uncancellable Whether it is a restart by the super-threshold.
    /// @param approvals How many guardians approved.
    event RecoveryStarted(
        Did indexed identity,
        address successor,
        uint256 readyAt,
        bool uncancellable,
        uint256 approvals
    );

    /// @notice The owner used the one cancellation.
    event RecoveryCancelled(Did indexed identity, address successor);

    /// @notice The recovery took effect: `successor` owns the identity.
    event RecoveryFinished(Did indexed identity, address successor);

    /// @notice The settings break a rule: guardians ascending and none the identity itself, at most `MAX_GUARDIANS`;
    /// 1 <= threshold <= superThreshold <= guardians; `MIN_DELAY` <= delay <= `MAX_DELAY`; all zero without guardians.
    error IdentityRecovery_BadSettings(Did identity, uint256 guardians, uint8 threshold, uint8 superThreshold);

    /// @notice The list is not that of the identity's guardians (or of those announced), or has as many signers or
    /// signatures as it should not.
    error IdentityRecovery_WrongGuardians(Did identity);

    /// @notice A signer is not the owner of the guardian at `index`, or did not sign this approval.
    error IdentityRecovery_BadApproval(Did identity, uint256 index);

    /// @notice Fewer approvals than this start takes.
    error IdentityRecovery_TooFewApprovals(Did identity, uint256 approvals, uint256 needed);

    /// @notice The approvals' deadline has passed.
    error IdentityRecovery_ApprovalsExpired(uint256 deadline);

    /// @notice The new owner can't be zero.
    error IdentityRecovery_NoSuccessor(Did identity);

    /// @notice A recovery runs, and what was asked for has to wait for its end or would need to cancel it in vain.
    error IdentityRecovery_Running(Did identity, address successor, uint256 readyAt);

    /// @notice No recovery runs.
    error IdentityRecovery_NotRunning(Did identity);

    /// @notice The time has not come; `due` is zero when nothing was announced.
    error IdentityRecovery_NotDue(Did identity, uint256 due);

    /// @notice The identity has guardians: its deactivation has to be announced.
    error IdentityRecovery_AnnounceFirst(Did identity);

    /// @notice The identity has no guardians: `changeOwner` to zero deactivates it at once.
    error IdentityRecovery_NoGuardians(Did identity);

    /// @notice Most guardians of an identity.
    function MAX_GUARDIANS() external view returns (uint256 count);

    /// @notice Shortest delay, in seconds.
    function MIN_DELAY() external view returns (uint256 duration);

    /// @notice Longest delay, in seconds.
    function MAX_DELAY() external view returns (uint256 duration);

    /// @notice The guardians of an identity and what the owner announced.
    /// @return guardiansHash keccak256 of the ABI-encoded list in `GuardiansChanged`, zero without guardians.
    /// @return threshold Approvals that start a recovery.
    /// @return superThreshold Approvals that restart one for good.
    /// @return delay In seconds.
    /// @return round What the next approval must cover.
    /// @return guardiansDue When the announced guardians may be put in force, zero if none are.
    /// @return deactivationDue When the announced deactivation may be carried out, zero if none is.
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
        );

    /// @notice The recovery of an identity.
    /// @return successor The next owner, zero if none runs.
    /// @return readyAt Unix time in seconds from which anybody may finish it, zero if none runs.
    /// @return uncancellable Whether nobody can cancel it.
    /// @return cancelled Whether the owner has used the one cancellation.
    function recovery(
        Did identity
    ) external view returns (address successor, uint48 readyAt, bool uncancellable, bool cancelled);

    /// @notice Sets the guardians: at once while there are none, else announces them. Only the owner may.
    /// @dev Reverts with `IdentityRecovery_BadSettings`, `IdentityRecovery_Running`, and as `changeOwner`.
    function setGuardians(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) external;

    /// @notice `setGuardians` by signature:
    /// `SetGuardians(address identity,uint256 nonce,uint256 deadline,address[] guardians,uint8 threshold,uint8 superThreshold,uint32 delay)`.
    function setGuardiansBySig(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay,
        Authorization calldata authorization
    ) external;

    /// @notice Puts announced guardians in force once they are due, with the arguments of the announcement. Anybody may.
    /// @dev Reverts with `IdentityRecovery_NotDue` or `IdentityRecovery_WrongGuardians`.
    function applyGuardians(
        Did identity,
        Did[] calldata guardians,
        uint8 threshold,
        uint8 superThreshold,
        uint32 delay
    ) external;

    /// @notice Announces the deactivation of an identity with guardians. Only the owner may.
    /// @dev Reverts with `IdentityRecovery_NoGuardians`, `IdentityRecovery_Running`, and as `changeOwner`.
    function announceDeactivation(Did identity) external;

    /// @notice `announceDeactivation` by signature: `Deactivate(address identity,uint256 nonce,uint256 deadline)`.
    function announceDeactivationBySig(Did identity, Authorization calldata authorization) external;

    /// @notice Deactivates an identity for good once that is due. Anybody may.
    /// @dev Reverts with `IdentityRecovery_NotDue`.
    function deactivate(Did identity) external;

    /// @notice Starts a recovery with the approvals of enough guardians. Anybody may send them; the owner of a guardian
    /// who sends needs no signature. With at least the super-threshold it also replaces a running recovery that could
    /// still be cancelled.
    /// @param identity The identity.
    /// @param successor Its next owner.
    /// @param guardians The whole list in force.
    /// @param signers For each guardian who its signer is, as ERC-7913 writes it; empty without an approval.
    /// @param signatures For each guardian the signature over
    /// `Recover(address identity,address successor,uint256 round,uint256 deadline)`.
    /// @param deadline Unix time in seconds, the last at which the approvals count.
    /// @dev Reverts with `IdentityRecovery_ApprovalsExpired`, `IdentityRecovery_NoSuccessor`,
    /// `IdentityRecovery_WrongGuardians`, `IdentityRecovery_BadApproval`, `IdentityRecovery_TooFewApprovals`,
    /// `IdentityRecovery_Running` or `DIDRegistry_Deactivated`.
    function startRecovery(
        Did identity,
        address successor,
        Did[] calldata guardians,
        bytes[] calldata signers,
        bytes[] calldata signatures,
        uint256 deadline
    ) external;

    /// @notice Cancels the running recovery, once. Only the owner may.
    /// @dev Reverts with `IdentityRecovery_NotRunning`, `IdentityRecovery_Running` when it can't be cancelled, and as
    /// `changeOwner`.
    function cancelRecovery(Did identity) external;

    /// @notice `cancelRecovery` by signature: `CancelRecovery(address identity,uint256 nonce,uint256 deadline)`.
    function cancelRecoveryBySig(Did identity, Authorization calldata authorization) external;

    /// @notice Hands the identity to the successor once the delay is over. Anybody may.
    /// @dev Reverts with `IdentityRecovery_NotDue`.
    function finishRecovery(Did identity) external;
}
