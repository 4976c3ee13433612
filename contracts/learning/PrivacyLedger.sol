// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {IConsentRegistry} from "../identity/interfaces/IConsentRegistry.sol";
import {IDIDRegistry} from "../identity/interfaces/IDIDRegistry.sol";
import {SignerLib} from "../identity/libraries/SignerLib.sol";
import {Did} from "../identity/types/Did.sol";
import {IPrivacyLedger} from "./interfaces/IPrivacyLedger.sol";

/// @title PrivacyLedger
/// @dev Calls out only to read: consents, owners of identities, and a signer's own verification, asked once.
contract PrivacyLedger is IPrivacyLedger, EIP712 {
    using SignerLib for bytes;

    bytes32 private constant CAP = keccak256(
        "Cap(address subject,bytes32 dataHash,uint96 cap,uint64 version,uint48 deadline)"
    );

    /// @inheritdoc IPrivacyLedger
    IConsentRegistry public immutable CONSENTS;
    /// @inheritdoc IPrivacyLedger
    IDIDRegistry public immutable DID_REGISTRY;

    mapping(Did subject => mapping(bytes32 dataHash => Budget budget)) private _budgets;
    mapping(address cooperative => mapping(address spender => bool appointed)) private _spenders;

    constructor(IConsentRegistry consents) EIP712("Artel Privacy", "1") {
        CONSENTS = consents;
        DID_REGISTRY = consents.DID_REGISTRY();
    }

    /// @inheritdoc IPrivacyLedger
    function setCap(Did subject, bytes32 dataHash, uint96 cap) external {
        address owner = DID_REGISTRY.identityOwner(subject);
        // nobody calls from the zero address, the owner of a deactivated identity
        if (msg.sender != owner) revert PrivacyLedger_NotSubject(subject, msg.sender, owner);
        _setCap(subject, dataHash, cap, _budgets[subject][dataHash].version);
    }

    /// @inheritdoc IPrivacyLedger
    function setCapBySig(
        Did subject,
        bytes32 dataHash,
        uint96 cap,
        IConsentRegistry.Approval calldata approval
    ) external {
        if (block.timestamp > approval.deadline)
            revert PrivacyLedger_SignatureExpired(approval.deadline, block.timestamp);
        uint256 version = _budgets[subject][dataHash].version;
        // the last version is followed by itself: a signature for it could be used again
        if (approval.version < version || approval.version == type(uint64).max)
            revert PrivacyLedger_StaleSignature(subject, dataHash, approval.version, version);
        bytes32 structHash = keccak256(abi.encode(CAP, subject, dataHash, cap, approval.version, approval.deadline));
        address owner = DID_REGISTRY.identityOwner(subject);
        if (
            owner == address(0) ||
            approval.signer.accountOf() != owner ||
            !approval.signer.hasSigned(_hashTypedDataV4(structHash), approval.signature)
        ) revert PrivacyLedger_BadSignature(subject, approval.signer, owner);
        _setCap(subject, dataHash, cap, approval.version);
    }

    /// @inheritdoc IPrivacyLedger
    function appointSpender(address spender) external {
        _spenders[msg.sender][spender] = true;
        emit SpenderAppointed(msg.sender, spender);
    }

    /// @inheritdoc IPrivacyLedger
    function dismissSpender(address spender) external {
        _spenders[msg.sender][spender] = false;
        emit SpenderDismissed(msg.sender, spender);
    }

    /// @inheritdoc IPrivacyLedger
    function spend(IConsentRegistry.Scope calldata scope, uint96 microRho) external {
        (Did subject, address cooperative) = (scope.subject, scope.grantee);
        (bytes32 dataHash, bytes32 purpose) = (scope.dataHash, scope.purpose);
        if (!_spenders[cooperative][msg.sender]) revert PrivacyLedger_NotSpender(cooperative, msg.sender);
        if (!CONSENTS.isGranted(subject, cooperative, dataHash, purpose, block.timestamp))
            revert PrivacyLedger_NoConsent(subject, cooperative, dataHash, purpose);
        Budget storage budget = _budgets[subject][dataHash];
        (uint256 cap, uint256 before) = (budget.cap, budget.spent);
        // both summands are below 2^96
        uint256 spent = before + microRho;
        if (spent > cap) revert PrivacyLedger_AboveCap(subject, dataHash, microRho, before, cap);
        // at most `cap`
        budget.spent = uint96(spent);
        emit PrivacySpent(subject, dataHash, cooperative, msg.sender, purpose, microRho, spent);
    }

    /// @inheritdoc IPrivacyLedger
    function budgetOf(Did subject, bytes32 dataHash) external view returns (Budget memory budget) {
        return _budgets[subject][dataHash];
    }

    /// @inheritdoc IPrivacyLedger
    function isSpender(address cooperative, address spender) external view returns (bool appointed) {
        return _spenders[cooperative][spender];
    }

    /// @param through last version that ends with this.
    function _setCap(Did subject, bytes32 dataHash, uint96 cap, uint64 through) private {
        Budget storage budget = _budgets[subject][dataHash];
        // stays at the type's maximum, where no signature is taken any more, so that the owner's own call never fails
        uint64 version = through == type(uint64).max ? through : through + 1;
        budget.cap = cap;
        budget.version = version;
        emit CapSet(subject, dataHash, cap, version);
    }
}
