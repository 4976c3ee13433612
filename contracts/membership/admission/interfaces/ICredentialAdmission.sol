// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDIDRegistry} from "../../../identity/interfaces/IDIDRegistry.sol";
import {IMembership} from "../../interfaces/IMembership.sol";
import {IAdmission} from "./IAdmission.sol";

/// @title Admission by credential
/// @notice Who holds a credential from an issuer that the cooperative trusts may join. An issuer is a DID; its owner
/// signs (EIP-712; as an account, one that delegates to code, or an ERC-1271 contract)
/// `MembershipCredential(address issuer,address cooperative,address did,uint256 lastNumber,uint48 validUntil)`, where
/// `lastNumber` is `IMembership.numberOfDid` when it is used: a credential serves one admission. The issuer's owner is
/// read when it is used, so a change of the issuer's key ends the credentials that were not used yet, for as long as the
/// key is another; what must not come back with an old key is revoked.
///
/// Proof: `abi.encode(address issuer, uint48 validUntil, bytes signature)`.
interface ICredentialAdmission is IAdmission {
    /// @notice A cooperative begins or ceases to trust an issuer.
    event IssuerTrusted(address indexed cooperative, address indexed issuer, bool trusted);
    /// @notice The issuer took a credential back before it was used.
    event CredentialRevoked(address indexed issuer, bytes32 indexed credential);

    /// @notice Not an issuer of this cooperative.
    error CredentialAdmission_NotTrusted(address cooperative, address issuer);
    /// @notice Only the owner of the issuer's DID revokes.
    error CredentialAdmission_NotTheIssuer(address issuer, address caller);
    /// @notice The credential is too old.
    error CredentialAdmission_Expired(address issuer, uint48 validUntil);
    /// @notice The issuer took the credential back.
    error CredentialAdmission_Revoked(address issuer, bytes32 credential);
    /// @notice The signature is not the issuer's over this credential.
    error CredentialAdmission_BadSignature(address issuer);

    /// @notice The book of all members.
    function MEMBERSHIP() external view returns (IMembership);

    /// @notice The registry that says which account acts for an issuer.
    function DID_REGISTRY() external view returns (IDIDRegistry);

    /// @notice Trusts an issuer DID, or no longer. Caller: the cooperative.
    function trustIssuer(address issuer, bool trusted) external;

    /// @notice Takes a credential back; its digest is its name. Caller: the owner of the issuer's DID.
    function revoke(address issuer, bytes32 credential) external;

    /// @notice Whether a cooperative trusts an issuer.
    function isTrusted(address cooperative, address issuer) external view returns (bool trusted);

    /// @notice Whether an issuer took a credential back.
    function isRevoked(address issuer, bytes32 credential) external view returns (bool revoked);

    /// @notice What an issuer signs.
    function credentialDigest(
        address issuer,
        address cooperative,
        address did,
        uint256 lastNumber,
        uint48 validUntil
    ) external view returns (bytes32 digest);
}
