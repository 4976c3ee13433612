// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../identity/interfaces/IConsentRegistry.sol";
import {IDIDRegistry} from "../../identity/interfaces/IDIDRegistry.sol";
import {Did} from "../../identity/types/Did.sol";

/// @title Privacy ledger
/// @notice How much has been told about whose data, and how much may be. Nobody administers it.
///
/// Differential privacy of the zero-concentrated kind is spent like money: what several releases tell about the same data
/// is no more than the sum of their rho (Bun and Steinke 2016, arXiv:1605.02265), also where what is asked next depends on
/// what was told before (Feldman and Zrnic 2021, arXiv:2008.11193). The ledger adds it up in millionths of rho for each
/// subject (an identity) and hash of data, and refuses what would exceed the cap that the subject set. The same data under
/// two hashes have two sums: hashes are the subject's own, and so is the care for them.
///
/// ```
///   subject:      setCap ───────────────┐
///   cooperative:  appointSpender ─────┐ │
///   subject:      grants consent ───┐ │ │
///                                   v v v
///   spender:      spend ──────── spent + microRho <= cap
/// ```
///
/// **Who may spend.** A contract that a cooperative appointed, from what a subject allowed that cooperative to use: the
/// consent of exactly this subject, cooperative, data and purpose must be live in `CONSENTS` in this second. Whoever was
/// not appointed, or has nobody's consent, can't use up anybody's cap. A cooperative that has consent can, down to the
/// cap and by claiming more than was told: every spending is on record with spender and cooperative, and the subject ends
/// it in the same second, by revoking the consent or lowering the cap.
///
/// **Who sets caps.** The owner of the subject's identity, by transaction, or by an EIP-712 signature that anybody may
/// send (domain "Artel Privacy", version "1"); no delegate. There is no cap but 0 before one is set. A cap below what was
/// spent stops all spending and undoes none. Every cap set raises the budget's `version`. A signature fits every version
/// up to the one that it names, once, and raises the version past it: signed for the version of now, it dies with whatever
/// the subject does about this budget before it arrives; signed for a later one, it ends other signatures up to there, also
/// one that is sent first. A signature is judged by the owner of the second in which it arrives. Nobody changes the cap of
/// a deactivated identity; its consents can be revoked by anybody.
interface IPrivacyLedger {
    /// @notice What is kept about a subject's data. One word.
    /// @param cap Most that may be spent in all, millionths of rho.
    /// @param spent What was spent, millionths of rho; it never falls.
    /// @param version Number of caps set so far; a signature may skip some.
    struct Budget {
        // slot 0
        uint96 cap;
        uint96 spent;
        uint64 version;
    }

    /// @notice A subject set the cap on what its data may tell.
    event CapSet(Did indexed subject, bytes32 indexed dataHash, uint256 cap, uint256 version);

    /// @notice A cooperative lets a contract record what its members' data tell.
    event SpenderAppointed(address indexed cooperative, address indexed spender);

    /// @notice A cooperative lets it no longer.
    event SpenderDismissed(address indexed cooperative, address indexed spender);

    /// @notice A release told at most `microRho` more about these data; `spent` in all.
    event PrivacySpent(
        Did indexed subject,
        bytes32 indexed dataHash,
        address indexed cooperative,
        address spender,
        bytes32 purpose,
        uint256 microRho,
        uint256 spent
    );

    /// @notice `caller` does not own the subject's identity; `owner` does, nobody if zero.
    error PrivacyLedger_NotSubject(Did subject, address caller, address owner);

    /// @notice The signature came too late.
    error PrivacyLedger_SignatureExpired(uint256 deadline, uint256 current);

    /// @notice The signature was made for versions up to `signed`, the budget is at version `current`; or it names the last
    /// version there is.
    error PrivacyLedger_StaleSignature(Did subject, bytes32 dataHash, uint256 signed, uint256 current);

    /// @notice The signer is not the owner of the subject's identity, or did not sign this.
    error PrivacyLedger_BadSignature(Did subject, bytes signer, address owner);

    /// @notice The cooperative did not appoint the caller.
    error PrivacyLedger_NotSpender(address cooperative, address caller);

    /// @notice The subject's consent to this cooperative, for these data and this purpose, is not live.
    error PrivacyLedger_NoConsent(Did subject, address cooperative, bytes32 dataHash, bytes32 purpose);

    /// @notice More than is left would be spent.
    error PrivacyLedger_AboveCap(Did subject, bytes32 dataHash, uint256 microRho, uint256 spent, uint256 cap);

    /// @notice Where consents are looked up.
    function CONSENTS() external view returns (IConsentRegistry);

    /// @notice Where the owners of identities are looked up: the registry of `CONSENTS`.
    function DID_REGISTRY() external view returns (IDIDRegistry);

    /// @notice Sets the cap on what data may tell, at once. Caller: the owner of the subject.
    /// @dev Reverts with `PrivacyLedger_NotSubject`.
    function setCap(Did subject, bytes32 dataHash, uint96 cap) external;

    /// @notice `setCap` by the owner's signature over `Cap(address subject,bytes32 dataHash,uint96 cap,uint64 version,
    /// uint48 deadline)`. Anybody may send it.
    /// @param approval As for consents; `version` is the last that the signature fits.
    /// @dev Reverts with `PrivacyLedger_SignatureExpired`, `PrivacyLedger_StaleSignature` or `PrivacyLedger_BadSignature`.
    function setCapBySig(
        Did subject,
        bytes32 dataHash,
        uint96 cap,
        IConsentRegistry.Approval calldata approval
    ) external;

    /// @notice Lets a contract spend from what subjects allowed the caller, a cooperative, to use.
    function appointSpender(address spender) external;

    /// @notice Ends that, at once.
    function dismissSpender(address spender) external;

    /// @notice Records that a release tells up to `microRho` about a subject's data. Caller: a spender of `scope.grantee`. To
    /// be called before the release, once for each: nothing here tells two of them apart.
    /// @dev Reverts with `PrivacyLedger_NotSpender`, `PrivacyLedger_NoConsent` or `PrivacyLedger_AboveCap`.
    function spend(IConsentRegistry.Scope calldata scope, uint96 microRho) external;

    /// @notice What is kept about a subject's data.
    function budgetOf(Did subject, bytes32 dataHash) external view returns (Budget memory budget);

    /// @notice Whether a cooperative lets a contract spend.
    function isSpender(address cooperative, address spender) external view returns (bool appointed);
}
