// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Authorization} from "../types/Authorization.sol";
import {Did} from "../types/Did.sol";
import {Operation} from "../types/Operation.sol";
import {IIdentityRecovery} from "./IIdentityRecovery.sol";

/// @title IDIDRegistry
/// @notice Decentralised identifiers in the form of ERC-1056 (`did:ethr`). Every address is an identity that controls
/// itself until it hands control to an owner; nothing has to be registered. Published resolvers and controllers work
/// against this registry unchanged. Nobody administers it.
///
/// Delegates and attributes live in the log: every event carries the block of the identity's previous change, so that a
/// resolver walks the history backwards from `changed(identity)`.
///
/// Where it differs from the reference registry:
/// - `changeOwner(identity, 0)` deactivates the identity for good (there, control falls back to the first key);
/// - every change of owner also raises the identity's own nonce, so that what its first key signed and never published
///   dies with the change;
/// - a malleable signature (high `s`) is refused;
/// - an account whose own identity has another owner signs for no identity, so that a key which lost its identity can't
///   move the nonce that signatures for it cover; its transactions still count;
/// - the `...Signed` functions work only on the chain of deployment: the digests of ERC-1056 carry no chain id, but here
///   every nonce begins with it;
/// - an identity with guardians is deactivated by announcement, see {IIdentityRecovery}.
///
/// `...Signed` functions take the owner's signature over
/// `keccak256(0x19 ‖ 0x00 ‖ registry ‖ nonce(owner) ‖ identity ‖ name of the function without "Signed" ‖ arguments)`,
/// tightly packed, and may be sent by anyone. The nonce is that of the signing owner: an owner who regains an identity
/// can still be held to what they signed before, as long as that nonce has not been used.
///
/// `...BySig` functions take EIP-712 typed data (domain "Artel DIDRegistry", version "1") from any signer that ERC-7913
/// can name: an account, an ERC-1271 wallet, or a key behind a verifier such as a passkey. They are bound to chain,
/// registry, deadline and the nonce of the identity itself, which its owner alone moves and every change of owner raises
/// too: what an owner signed here dies with the ownership. A key without an address owns an identity through its account, `accountOf(signer)`.
///
/// A key is published as an attribute `did/pub/<type>/<purpose>/<encoding>`, at most 32 bytes and without a hyphen; its
/// value may be of any size.
interface IDIDRegistry is IIdentityRecovery {
    /// @notice Control over an identity passed to `owner`; zero means that the identity is deactivated.
    /// @param identity The identity.
    /// @param owner The account that controls it from now on.
    /// @param previousChange Block of the identity's previous event, zero if none.
    event DIDOwnerChanged(Did indexed identity, address owner, uint256 previousChange);

    /// @notice A delegate was named, or its time was ended.
    /// @param identity The identity.
    /// @param delegateType What the delegate may do, as left-aligned text: `veriKey`, `sigAuth`, or any other.
    /// @param delegate The delegate.
    /// @param validTo Unix time in seconds from which the delegate is no longer valid.
    /// @param previousChange Block of the identity's previous event, zero if none.
    event DIDDelegateChanged(
        Did indexed identity,
        bytes32 delegateType,
        address delegate,
        uint256 validTo,
        uint256 previousChange
    );

    /// @notice An attribute (a public key, a service) was published or revoked.
    /// @param identity The identity.
    /// @param name Left-aligned text such as `did/pub/Ed25519/veriKey/base64` or `did/svc/Hub`.
    /// @param value The attribute's bytes.
    /// @param validTo Unix time in seconds from which the attribute is no longer valid; zero when revoked.
    /// @param previousChange Block of the identity's previous event, zero if none.
    event DIDAttributeChanged(Did indexed identity, bytes32 name, bytes value, uint256 validTo, uint256 previousChange);

    /// @notice `caller` does not own the identity; `owner` does. Of an ERC-1056 signature: of the signer's own identity.
    error DIDRegistry_NotOwner(Did identity, address caller, address owner);

    /// @notice The signature is not the owner's over this call at the current nonce. `signer` is what an ERC-1056
    /// signature recovers to, zero when it is malformed or malleable; for typed data, the account of the named signer.
    error DIDRegistry_BadSignature(Did identity, address signer, address owner);

    /// @notice The identity was deactivated and accepts no change.
    error DIDRegistry_Deactivated(Did identity);

    /// @notice The chain forked away from `deployedOn`: a signature could be valid on both sides, so none is accepted.
    error DIDRegistry_ChainChanged(uint256 deployedOn, uint256 current);

    /// @notice The signature was to be sent by `deadline`.
    error DIDRegistry_SignatureExpired(uint256 deadline);

    /// @notice A batch holds between one and `maximum` operations.
    error DIDRegistry_BatchSize(uint256 operations, uint256 maximum);

    /// @notice The operation at `index` names a delegate, but its value has not the 20 bytes of an account.
    error DIDRegistry_NotAnAccount(uint256 index, bytes value);

    /// @notice Most operations of a batch.
    function MAX_OPERATIONS() external view returns (uint256 count);

    /// @notice The account of a signer as ERC-7913 writes it: the signer itself if it has 20 bytes, zero if it has
    /// fewer, else the last 20 bytes of keccak256(keccak256("ERC-7913 signer") ‖ signer). An identity may be handed to
    /// such an account, or be it from the first.
    function accountOf(bytes calldata signer) external view returns (address account);

    /// @notice The account that controls `identity`: itself by default, zero once deactivated.
    function identityOwner(Did identity) external view returns (address owner);

    /// @notice The owner on record: zero while the identity has never changed hands, and once deactivated.
    function owners(Did identity) external view returns (address owner);

    /// @notice The block of the identity's last event, zero if none. On Arbitrum a block of the layer 2.
    function changed(Did identity) external view returns (uint256 blockNumber);

    /// @notice The nonce that `account`'s next ERC-1056 signature must cover, for whichever identity it signs, and that
    /// the next typed data for the identity `account` must cover, whoever signs: the chain id above 32 bits of a
    /// counter, so that no signature is good on two chains.
    function nonce(address account) external view returns (uint256 value);

    /// @notice The time until which `delegate` is valid, as last written; `validDelegate` says whether it is so now.
    /// @param identity The identity.
    /// @param typeHash keccak256 of the 32-byte delegate type.
    /// @param delegate The delegate.
    /// @return validTo Unix time in seconds, zero if never named.
    function delegates(Did identity, bytes32 typeHash, address delegate) external view returns (uint256 validTo);

    /// @notice Whether `delegate` may act for `identity` now. No delegate of a deactivated identity may.
    function validDelegate(Did identity, bytes32 delegateType, address delegate) external view returns (bool valid);

    /// @notice Hands control of `identity` to `newOwner`; zero deactivates it for good. Only the owner may.
    /// @dev Reverts with `DIDRegistry_NotOwner`, `DIDRegistry_Deactivated`, and for zero `IdentityRecovery_AnnounceFirst`
    /// if the identity has guardians.
    function changeOwner(Did identity, address newOwner) external;

    /// @notice `changeOwner` by the owner's signature; arguments in the digest: `newOwner`.
    /// @dev Reverts as every `...Signed` function with `DIDRegistry_BadSignature`, `DIDRegistry_Deactivated`,
    /// `DIDRegistry_ChainChanged`, or `DIDRegistry_NotOwner` when the signer's own identity has another owner.
    function changeOwnerSigned(Did identity, uint8 sigV, bytes32 sigR, bytes32 sigS, address newOwner) external;

    /// @notice Names a delegate for `validity` seconds from now. Only the owner may.
    /// @dev Reverts with `DIDRegistry_NotOwner` or `DIDRegistry_Deactivated`, and with the arithmetic panic when the
    /// end does not fit 256 bits, as the reference registry does.
    function addDelegate(Did identity, bytes32 delegateType, address delegate, uint256 validity) external;

    /// @notice `addDelegate` by the owner's signature; arguments in the digest: `delegateType`, `delegate`, `validity`.
    /// @dev Reverts as `addDelegate` and `changeOwnerSigned`.
    function addDelegateSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate,
        uint256 validity
    ) external;

    /// @notice Ends a delegate's time now. Only the owner may. Also an end that never began is recorded.
    /// @dev Reverts with `DIDRegistry_NotOwner` or `DIDRegistry_Deactivated`.
    function revokeDelegate(Did identity, bytes32 delegateType, address delegate) external;

    /// @notice `revokeDelegate` by the owner's signature; arguments in the digest: `delegateType`, `delegate`.
    /// @dev Reverts as `changeOwnerSigned`.
    function revokeDelegateSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate
    ) external;

    /// @notice Publishes an attribute for `validity` seconds from now. Only the owner may.
    /// @dev Reverts as `addDelegate`.
    function setAttribute(Did identity, bytes32 name, bytes calldata value, uint256 validity) external;

    /// @notice `setAttribute` by the owner's signature; arguments in the digest: `name`, `value`, `validity`.
    /// @dev Reverts as `addDelegateSigned`.
    function setAttributeSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value,
        uint256 validity
    ) external;

    /// @notice Revokes the attribute with exactly this name and value. Only the owner may.
    /// @dev Reverts with `DIDRegistry_NotOwner` or `DIDRegistry_Deactivated`.
    function revokeAttribute(Did identity, bytes32 name, bytes calldata value) external;

    /// @notice `revokeAttribute` by the owner's signature; arguments in the digest: `name`, `value`.
    /// @dev Reverts as `changeOwnerSigned`.
    function revokeAttributeSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value
    ) external;

    /// @notice `changeOwner` by typed data:
    /// `ChangeOwner(address identity,uint256 nonce,uint256 deadline,address newOwner)`.
    /// @dev Reverts as every `...BySig` function with `DIDRegistry_SignatureExpired`, `DIDRegistry_BadSignature` or
    /// `DIDRegistry_Deactivated`, and as `changeOwner`.
    function changeOwnerBySig(Did identity, address newOwner, Authorization calldata authorization) external;

    /// @notice `addDelegate` by typed data:
    /// `AddDelegate(address identity,uint256 nonce,uint256 deadline,bytes32 delegateType,address delegate,uint256 validity)`.
    function addDelegateBySig(
        Did identity,
        bytes32 delegateType,
        address delegate,
        uint256 validity,
        Authorization calldata authorization
    ) external;

    /// @notice `revokeDelegate` by typed data:
    /// `RevokeDelegate(address identity,uint256 nonce,uint256 deadline,bytes32 delegateType,address delegate)`.
    function revokeDelegateBySig(
        Did identity,
        bytes32 delegateType,
        address delegate,
        Authorization calldata authorization
    ) external;

    /// @notice `setAttribute` by typed data:
    /// `SetAttribute(address identity,uint256 nonce,uint256 deadline,bytes32 name,bytes value,uint256 validity)`.
    function setAttributeBySig(
        Did identity,
        bytes32 name,
        bytes calldata value,
        uint256 validity,
        Authorization calldata authorization
    ) external;

    /// @notice `revokeAttribute` by typed data:
    /// `RevokeAttribute(address identity,uint256 nonce,uint256 deadline,bytes32 name,bytes value)`.
    function revokeAttributeBySig(
        Did identity,
        bytes32 name,
        bytes calldata value,
        Authorization calldata authorization
    ) external;

    /// @notice Carries out several changes of the document in order, all or none. Only the owner may.
    /// @dev Reverts with `DIDRegistry_BatchSize` or `DIDRegistry_NotAnAccount`, and as the single functions.
    function batch(Did identity, Operation[] calldata operations) external;

    /// @notice `batch` by typed data: `Batch(address identity,uint256 nonce,uint256 deadline,Operation[] operations)` with
    /// `Operation(uint8 kind,bytes32 name,bytes value,uint256 validity)`.
    function batchBySig(Did identity, Operation[] calldata operations, Authorization calldata authorization) external;
}
