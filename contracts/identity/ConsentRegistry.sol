// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IConsentRegistry} from "./interfaces/IConsentRegistry.sol";
import {IDIDRegistry} from "./interfaces/IDIDRegistry.sol";
import {SignerLib} from "./libraries/SignerLib.sol";
import {ConsentId, consentIdOf} from "./types/ConsentId.sol";
import {Did} from "./types/Did.sol";

/// @title ConsentRegistry
/// @dev Calls out only to read: the registry of identities, and a signer's own verification, asked once.
contract ConsentRegistry is IConsentRegistry, EIP712 {
    using SignerLib for bytes;

    bytes32 private constant GRANT = keccak256(
        "Grant(address subject,address grantee,bytes32 dataHash,bytes32 purpose,bytes32 termsHash,"
        "uint48 expiresAt,uint64 version,uint48 deadline)"
    );
    bytes32 private constant REVOCATION = keccak256(
        "Revocation(address subject,address grantee,bytes32 dataHash,bytes32 purpose,uint64 version,"
        "uint48 deadline)"
    );

    /// @inheritdoc IConsentRegistry
    IDIDRegistry public immutable DID_REGISTRY;

    mapping(ConsentId consentId => Consent consent) private _consents;

    constructor(IDIDRegistry dids) EIP712("Artel Consent", "1") {
        DID_REGISTRY = dids;
    }

    /// @inheritdoc IConsentRegistry
    function grant(Scope calldata scope, bytes32 termsHash, uint48 expiresAt) external {
        _requireOwner(scope.subject);
        _grant(_idOf(scope), scope, termsHash, expiresAt);
    }

    /// @inheritdoc IConsentRegistry
    function grantBySig(
        Scope calldata scope,
        bytes32 termsHash,
        uint48 expiresAt,
        Approval calldata approval
    ) external {
        ConsentId consentId = _idOf(scope);
        uint256 version = _consents[consentId].version;
        if (approval.version != version) revert ConsentRegistry_StaleSignature(consentId, approval.version, version);
        bytes32 structHash = keccak256(
            abi.encode(
                GRANT,
                scope.subject,
                scope.grantee,
                scope.dataHash,
                scope.purpose,
                termsHash,
                expiresAt,
                approval.version,
                approval.deadline
            )
        );
        _requireSigned(scope.subject, structHash, approval);
        _grant(consentId, scope, termsHash, expiresAt);
    }

    /// @inheritdoc IConsentRegistry
    function revoke(Scope calldata scope) external {
        address owner = DID_REGISTRY.identityOwner(scope.subject);
        if (owner != address(0) && owner != msg.sender)
            revert ConsentRegistry_NotSubject(scope.subject, msg.sender, owner);
        ConsentId consentId = _idOf(scope);
        _revoke(consentId, scope, _consents[consentId].version);
    }

    /// @inheritdoc IConsentRegistry
    function revokeBySig(Scope calldata scope, Approval calldata approval) external {
        ConsentId consentId = _idOf(scope);
        uint256 version = _consents[consentId].version;
        if (approval.version < version) revert ConsentRegistry_StaleSignature(consentId, approval.version, version);
        bytes32 structHash = keccak256(
            abi.encode(
                REVOCATION,
                scope.subject,
                scope.grantee,
                scope.dataHash,
                scope.purpose,
                approval.version,
                approval.deadline
            )
        );
        _requireSigned(scope.subject, structHash, approval);
        _revoke(consentId, scope, approval.version);
    }

    /// @inheritdoc IConsentRegistry
    function requestErasure(Did subject, address grantee, bytes32 dataHash) external {
        _requireOwner(subject);
        emit ErasureRequested(subject, grantee, dataHash);
    }

    /// @inheritdoc IConsentRegistry
    function tagResidency(Did subject, bytes32 dataHash, bytes32 region) external {
        _requireOwner(subject);
        emit ResidencyTagged(subject, dataHash, region);
    }

    /// @inheritdoc IConsentRegistry
    function idOf(Scope calldata scope) external pure returns (ConsentId consentId) {
        return _idOf(scope);
    }

    /// @inheritdoc IConsentRegistry
    function consentOf(ConsentId consentId) external view returns (Consent memory consent) {
        return _consents[consentId];
    }

    /// @inheritdoc IConsentRegistry
    function isLive(ConsentId consentId, uint256 timepoint) external view returns (bool live) {
        return _isLive(consentId, timepoint);
    }

    /// @inheritdoc IConsentRegistry
    function isGranted(
        Did subject,
        address grantee,
        bytes32 dataHash,
        bytes32 purpose,
        uint256 timepoint
    ) external view returns (bool granted) {
        return _isLive(consentIdOf(subject, grantee, dataHash, purpose), timepoint);
    }

    /// @inheritdoc IConsentRegistry
    function areGranted(Scope[] calldata scopes, uint256 timepoint) external view returns (bool[] memory granted) {
        granted = new bool[](scopes.length);
        for (uint256 i; i < scopes.length; ++i) granted[i] = _isLive(_idOf(scopes[i]), timepoint);
    }

    function _grant(ConsentId consentId, Scope calldata scope, bytes32 termsHash, uint48 expiresAt) private {
        if (expiresAt <= block.timestamp) revert ConsentRegistry_AlreadyExpired(expiresAt, block.timestamp);
        Consent storage consent = _consents[consentId];
        // checked: 2^64 grants are out of reach, except for a subject who signed a revocation of that many
        uint64 version = consent.version + 1;
        consent.version = version;
        // below `expiresAt`
        consent.grantedAt = uint48(block.timestamp);
        consent.expiresAt = expiresAt;
        consent.termsHash = termsHash;
        emit ConsentGranted(
            consentId,
            scope.subject,
            scope.grantee,
            scope.dataHash,
            scope.purpose,
            termsHash,
            version,
            expiresAt
        );
    }

    /// @param through last version that ends with this.
    function _revoke(ConsentId consentId, Scope calldata scope, uint256 through) private {
        Consent storage consent = _consents[consentId];
        // at most the type's maximum, after which nothing can be granted: a revocation never fails
        uint64 version = uint64(Math.min(through + 1, type(uint64).max));
        consent.version = version;
        // at most what it was
        consent.expiresAt = uint48(Math.min(consent.expiresAt, block.timestamp));
        emit ConsentRevoked(consentId, scope.subject, scope.grantee, scope.dataHash, scope.purpose, version);
    }

    function _requireOwner(Did subject) private view {
        address owner = DID_REGISTRY.identityOwner(subject);
        // nobody calls from the zero address, the owner of a deactivated identity
        if (msg.sender != owner) revert ConsentRegistry_NotSubject(subject, msg.sender, owner);
    }

    function _requireSigned(Did subject, bytes32 structHash, Approval calldata approval) private view {
        if (block.timestamp > approval.deadline)
            revert ConsentRegistry_SignatureExpired(approval.deadline, block.timestamp);
        address owner = DID_REGISTRY.identityOwner(subject);
        if (
            owner == address(0) ||
            approval.signer.accountOf() != owner ||
            !approval.signer.hasSigned(_hashTypedDataV4(structHash), approval.signature)
        ) revert ConsentRegistry_BadSignature(subject, approval.signer, owner);
    }

    function _isLive(ConsentId consentId, uint256 timepoint) private view returns (bool) {
        Consent storage consent = _consents[consentId];
        return consent.grantedAt <= timepoint && timepoint < consent.expiresAt;
    }

    function _idOf(Scope calldata scope) private pure returns (ConsentId) {
        return consentIdOf(scope.subject, scope.grantee, scope.dataHash, scope.purpose);
    }
}
