// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IDIDRegistry} from "../../identity/interfaces/IDIDRegistry.sol";
import {SignerLib} from "../../identity/libraries/SignerLib.sol";
import {Did} from "../../identity/types/Did.sol";
import {IMembership} from "../interfaces/IMembership.sol";
import {IAdmission} from "./interfaces/IAdmission.sol";
import {ICredentialAdmission} from "./interfaces/ICredentialAdmission.sol";

/// @title Admission by credential
/// @notice See `ICredentialAdmission`.
contract CredentialAdmission is ICredentialAdmission, EIP712 {
    bytes32 private constant CREDENTIAL_TYPE = keccak256(
        "MembershipCredential(address issuer,address cooperative,address did,uint256 lastNumber,uint48 validUntil)"
    );

    /// @inheritdoc ICredentialAdmission
    IMembership public immutable MEMBERSHIP;
    /// @inheritdoc ICredentialAdmission
    IDIDRegistry public immutable DID_REGISTRY;

    /// @inheritdoc ICredentialAdmission
    mapping(address cooperative => mapping(address issuer => bool trusted)) public isTrusted;
    /// @inheritdoc ICredentialAdmission
    mapping(address issuer => mapping(bytes32 credential => bool revoked)) public isRevoked;

    /// @param membership the book of all members.
    /// @param didRegistry an ERC-1056 registry.
    constructor(IMembership membership, IDIDRegistry didRegistry) EIP712("Artel Credentials", "1") {
        MEMBERSHIP = membership;
        DID_REGISTRY = didRegistry;
    }

    /// @inheritdoc ICredentialAdmission
    function trustIssuer(address issuer, bool trusted) external {
        isTrusted[msg.sender][issuer] = trusted;
        emit IssuerTrusted(msg.sender, issuer, trusted);
    }

    /// @inheritdoc ICredentialAdmission
    function revoke(address issuer, bytes32 credential) external {
        if (msg.sender != _ownerOf(issuer)) revert CredentialAdmission_NotTheIssuer(issuer, msg.sender);
        isRevoked[issuer][credential] = true;
        emit CredentialRevoked(issuer, credential);
    }

    /// @inheritdoc IAdmission
    function admits(address cooperative, address did, address, bytes calldata proof) external view returns (bool) {
        (address issuer, uint48 validUntil, bytes memory signature) = abi.decode(proof, (address, uint48, bytes));
        if (!isTrusted[cooperative][issuer]) revert CredentialAdmission_NotTrusted(cooperative, issuer);
        if (block.timestamp > validUntil) revert CredentialAdmission_Expired(issuer, validUntil);
        uint256 lastNumber = MEMBERSHIP.numberOfDid(cooperative, did);
        bytes32 digest = credentialDigest(issuer, cooperative, did, lastNumber, validUntil);
        if (isRevoked[issuer][digest]) revert CredentialAdmission_Revoked(issuer, digest);
        // A deactivated issuer has owner zero, for whom nobody signs.
        if (!SignerLib.hasSigned(_ownerOf(issuer), digest, signature)) {
            revert CredentialAdmission_BadSignature(issuer);
        }
        return true;
    }

    /// @inheritdoc ICredentialAdmission
    function credentialDigest(
        address issuer,
        address cooperative,
        address did,
        uint256 lastNumber,
        uint48 validUntil
    ) public view returns (bytes32 digest) {
        return
            _hashTypedDataV4(keccak256(abi.encode(CREDENTIAL_TYPE, issuer, cooperative, did, lastNumber, validUntil)));
    }

    function _ownerOf(address issuer) private view returns (address) {
        return DID_REGISTRY.identityOwner(Did.wrap(issuer));
    }
}
