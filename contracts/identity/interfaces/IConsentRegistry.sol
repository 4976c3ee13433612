// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentId} from "../types/ConsentId.sol";
import {Did} from "../types/Did.sol";
import {IDIDRegistry} from "./IDIDRegistry.sol";

/// @title IConsentRegistry
/// @notice Who has agreed that who may use which data for what, until when, under which terms. Nobody administers it.
///
/// A consent is about four things: a subject (an identity), a grantee (any account or contract), a pointer to data
/// (its hash) and a purpose (a hash that both understand). The subject grants it until an expiry and under the hash of
/// the terms that were read; granting it again replaces expiry and terms. It may be revoked at any time and is over in
/// that second.
///
/// ```
///   (nothing) -- grant --> live -- its expiry, or revoke --> over -- grant --> live
///                          live -- grant: new expiry and terms, next version
/// ```
///
/// The subject speaks through whoever owns its identity in `DID_REGISTRY` now: by transaction, or by an EIP-712 signature that
/// anybody may send (domain "Artel Consent", version "1"). An identity that was deactivated can grant nothing more, and
/// as nobody speaks for it, anybody may revoke what it granted.
///
/// Every grant and every revocation raises the consent's `version`. A signed grant fits one version: it is used once,
/// and dies with whatever the subject does about this consent before it arrives. A signed revocation fits every version
/// up to the one that it names and raises the version past it: who holds an unsent grant can't make it stale by sending
/// that grant first. A signature is judged by the owner of the second in which it arrives.
///
/// What cannot be undone on a chain (data that was used, what was learned from it) is asked for: a request for erasure
/// and a tag of residency are recorded as events for those who hold the data.
interface IConsentRegistry {
    /// @notice What a consent is about.
    /// @param subject The identity that the data is about, or that speaks for those it is about.
    /// @param grantee Who may use the data.
    /// @param dataHash Hash that points to the data.
    /// @param purpose What for, as a hash or left-aligned text.
    struct Scope {
        Did subject;
        address grantee;
        bytes32 dataHash;
        bytes32 purpose;
    }

    /// @notice The owner's signature over a call.
    /// @param version For a grant the consent's version now; for a revocation the last one that it ends.
    /// @param deadline Last second at which the signature is accepted.
    /// @param signer Who signed: the 20 bytes of an account (its key, or ERC-1271 if it has code), or an ERC-7913 signer
    /// (verifier and key), who owns an identity under its `IDIDRegistry.accountOf`.
    /// @param signature What that signer's kind of verification expects.
    struct Approval {
        uint64 version;
        uint48 deadline;
        bytes signer;
        bytes signature;
    }

    /// @notice A consent as the registry keeps it.
    /// @param version Number of grants and revocations so far; a signed revocation may skip some.
    /// @param grantedAt Second of the last grant, 0 if none.
    /// @param expiresAt Second from which the last grant is over; the second of the revocation if that came first.
    /// @param termsHash Hash of the terms of the last grant.
    struct Consent {
        uint64 version;
        uint48 grantedAt;
        uint48 expiresAt;
        bytes32 termsHash;
    }

    /// @notice A subject has agreed, until second `expiresAt`, under the terms with hash `termsHash`.
    event ConsentGranted(
        ConsentId indexed consentId,
        Did indexed subject,
        address indexed grantee,
        bytes32 dataHash,
        bytes32 purpose,
        bytes32 termsHash,
        uint256 version,
        uint256 expiresAt
    );

    /// @notice A consent is over, from this second on. Also said of one that never began.
    event ConsentRevoked(
        ConsentId indexed consentId,
        Did indexed subject,
        address indexed grantee,
        bytes32 dataHash,
        bytes32 purpose,
        uint256 version
    );

    /// @notice A subject asks a grantee to erase data and what it keeps of it.
    event ErasureRequested(Did indexed subject, address indexed grantee, bytes32 indexed dataHash);

    /// @notice A subject states where data may be kept; the last statement counts.
    /// @param region Left-aligned text such as an ISO 3166 code; zero withdraws the statement.
    event ResidencyTagged(Did indexed subject, bytes32 indexed dataHash, bytes32 region);

    /// @notice `caller` does not own the subject's identity; `owner` does, nobody if zero.
    error ConsentRegistry_NotSubject(Did subject, address caller, address owner);

    /// @notice A grant must end in the future.
    error ConsentRegistry_AlreadyExpired(uint256 expiresAt, uint256 current);

    /// @notice The signature came too late.
    error ConsentRegistry_SignatureExpired(uint256 deadline, uint256 current);

    /// @notice The signature was made for version `signed`, the consent is at version `current`.
    error ConsentRegistry_StaleSignature(ConsentId consentId, uint256 signed, uint256 current);

    /// @notice The signer is not the owner of the subject's identity, or did not sign this.
    error ConsentRegistry_BadSignature(Did subject, bytes signer, address owner);

    /// @notice Where the owners of identities are looked up.
    function DID_REGISTRY() external view returns (IDIDRegistry);

    /// @notice Grants a consent, or extends, shortens or rewords a running one. Caller: the owner of the subject.
    /// @dev Reverts with `ConsentRegistry_NotSubject` or `ConsentRegistry_AlreadyExpired`.
    function grant(Scope calldata scope, bytes32 termsHash, uint48 expiresAt) external;

    /// @notice `grant` by the owner's signature over `Grant(address subject,address grantee,bytes32 dataHash,
    /// bytes32 purpose,bytes32 termsHash,uint48 expiresAt,uint64 version,uint48 deadline)`. Anybody may send it.
    /// @dev Reverts with `ConsentRegistry_SignatureExpired`, `ConsentRegistry_StaleSignature`,
    /// `ConsentRegistry_BadSignature` or `ConsentRegistry_AlreadyExpired`.
    function grantBySig(Scope calldata scope, bytes32 termsHash, uint48 expiresAt, Approval calldata approval) external;

    /// @notice Ends a consent now, and with it every signed grant of it that was not sent yet. Caller: the owner of the
    /// subject; anybody once the identity is deactivated.
    /// @dev Reverts with `ConsentRegistry_NotSubject`.
    function revoke(Scope calldata scope) external;

    /// @notice `revoke` by the owner's signature over `Revocation(address subject,address grantee,bytes32 dataHash,
    /// bytes32 purpose,uint64 version,uint48 deadline)`. Anybody may send it.
    /// @dev Reverts with `ConsentRegistry_SignatureExpired`, `ConsentRegistry_StaleSignature` or
    /// `ConsentRegistry_BadSignature`. After the highest version there is nothing more can be granted.
    function revokeBySig(Scope calldata scope, Approval calldata approval) external;

    /// @notice Asks a grantee to erase data. Ends no consent. Caller: the owner of the subject.
    /// @dev Reverts with `ConsentRegistry_NotSubject`.
    function requestErasure(Did subject, address grantee, bytes32 dataHash) external;

    /// @notice States where data may be kept. Caller: the owner of the subject.
    /// @dev Reverts with `ConsentRegistry_NotSubject`.
    function tagResidency(Did subject, bytes32 dataHash, bytes32 region) external;

    /// @notice The id of a consent, granted or not.
    function idOf(Scope calldata scope) external pure returns (ConsentId consentId);

    /// @notice What is kept of a consent.
    function consentOf(ConsentId consentId) external view returns (Consent memory consent);

    /// @notice Whether the consent's last grant covers second `timepoint`: from the second it was made in to the one before its
    /// expiry or revocation. Of a second to come it says what holds if nothing is revoked.
    function isLive(ConsentId consentId, uint256 timepoint) external view returns (bool live);

    /// @notice `isLive` of the consent about these four things.
    function isGranted(
        Did subject,
        address grantee,
        bytes32 dataHash,
        bytes32 purpose,
        uint256 timepoint
    ) external view returns (bool granted);

    /// @notice `isGranted` of many at once; whoever asks chooses how many fit a page.
    function areGranted(Scope[] calldata scopes, uint256 timepoint) external view returns (bool[] memory granted);
}
