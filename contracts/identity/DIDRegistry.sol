// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

import {IArbSys} from "./interfaces/IArbSys.sol";
import {IDIDRegistry} from "./interfaces/IDIDRegistry.sol";
import {Did} from "./types/Did.sol";

/// @title DIDRegistry
/// @notice See {IDIDRegistry}.
contract DIDRegistry is IDIDRegistry {
    using SafeCast for uint256;

    /// @dev What the chain keeps of an identity; everything else is in the log.
    struct Record {
        address owner; // slot 0, 160 bits: zero while the identity owns itself
        uint48 changed; // slot 0, 48 bits: block of the last event
        uint32 nonce; // slot 0, 32 bits: of this address as a signer; raised by each signature and change of owner
        uint16 flags; // slot 0, 16 bits: BURNED
    }

    uint16 private constant BURNED = 1;
    IArbSys private constant ARB_SYS = IArbSys(address(0x64));

    uint256 private immutable _CHAIN_ID = block.chainid;
    bool private immutable _ON_ARBITRUM = block.chainid == 42161 || block.chainid == 42170 || block.chainid == 421614;

    mapping(Did identity => Record record) private _records;

    /// @inheritdoc IDIDRegistry
    mapping(Did identity => mapping(bytes32 typeHash => mapping(address delegate => uint256 validTo))) public delegates;

    /// @inheritdoc IDIDRegistry
    function identityOwner(Did identity) external view returns (address owner) {
        return _ownerOf(identity, _records[identity]);
    }

    /// @inheritdoc IDIDRegistry
    function owners(Did identity) external view returns (address owner) {
        return _records[identity].owner;
    }

    /// @inheritdoc IDIDRegistry
    function changed(Did identity) external view returns (uint256 blockNumber) {
        return _records[identity].changed;
    }

    /// @inheritdoc IDIDRegistry
    function nonce(address account) external view returns (uint256 value) {
        return _nonceOf(_records[Did.wrap(account)]);
    }

    /// @inheritdoc IDIDRegistry
    function validDelegate(Did identity, bytes32 delegateType, address delegate) external view returns (bool valid) {
        return
            delegates[identity][_typeHash(delegateType)][delegate] > block.timestamp &&
            _records[identity].flags & BURNED == 0;
    }

    /// @inheritdoc IDIDRegistry
    function changeOwner(Did identity, address newOwner) external {
        _changeOwner(identity, _ownedByCaller(identity), newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function changeOwnerSigned(Did identity, uint8 sigV, bytes32 sigR, bytes32 sigS, address newOwner) external {
        bytes memory call = abi.encodePacked("changeOwner", newOwner);
        _changeOwner(identity, _ownedBySigner(identity, sigV, sigR, sigS, call), newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function addDelegate(Did identity, bytes32 delegateType, address delegate, uint256 validity) external {
        _setDelegate(identity, _ownedByCaller(identity), delegateType, delegate, block.timestamp + validity);
    }

    /// @inheritdoc IDIDRegistry
    function addDelegateSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate,
        uint256 validity
    ) external {
        bytes memory call = abi.encodePacked("addDelegate", delegateType, delegate, validity);
        Record storage record = _ownedBySigner(identity, sigV, sigR, sigS, call);
        _setDelegate(identity, record, delegateType, delegate, block.timestamp + validity);
    }

    /// @inheritdoc IDIDRegistry
    function revokeDelegate(Did identity, bytes32 delegateType, address delegate) external {
        _setDelegate(identity, _ownedByCaller(identity), delegateType, delegate, block.timestamp);
    }

    /// @inheritdoc IDIDRegistry
    function revokeDelegateSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 delegateType,
        address delegate
    ) external {
        bytes memory call = abi.encodePacked("revokeDelegate", delegateType, delegate);
        Record storage record = _ownedBySigner(identity, sigV, sigR, sigS, call);
        _setDelegate(identity, record, delegateType, delegate, block.timestamp);
    }

    /// @inheritdoc IDIDRegistry
    function setAttribute(Did identity, bytes32 name, bytes calldata value, uint256 validity) external {
        Record storage record = _ownedByCaller(identity);
        emit DIDAttributeChanged(identity, name, value, block.timestamp + validity, _touch(record));
    }

    /// @inheritdoc IDIDRegistry
    function setAttributeSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value,
        uint256 validity
    ) external {
        bytes memory call = abi.encodePacked("setAttribute", name, value, validity);
        Record storage record = _ownedBySigner(identity, sigV, sigR, sigS, call);
        emit DIDAttributeChanged(identity, name, value, block.timestamp + validity, _touch(record));
    }

    /// @inheritdoc IDIDRegistry
    function revokeAttribute(Did identity, bytes32 name, bytes calldata value) external {
        Record storage record = _ownedByCaller(identity);
        emit DIDAttributeChanged(identity, name, value, 0, _touch(record));
    }

    /// @inheritdoc IDIDRegistry
    function revokeAttributeSigned(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes32 name,
        bytes calldata value
    ) external {
        bytes memory call = abi.encodePacked("revokeAttribute", name, value);
        Record storage record = _ownedBySigner(identity, sigV, sigR, sigS, call);
        emit DIDAttributeChanged(identity, name, value, 0, _touch(record));
    }

    function _changeOwner(Did identity, Record storage record, address newOwner) private {
        uint256 previousChange = record.changed;
        // checked: 2^32 changes are out of reach
        uint256 nonce_ = (uint256(record.nonce) + 1).toUint32();
        uint256 flags = newOwner == address(0) ? BURNED : 0;
        uint256 word = uint160(newOwner) | (uint256(_blockNumber()) << 160) | (nonce_ << 208) | (flags << 240);
        // the packed word at once, as {Record} declares it
        assembly ("memory-safe") {
            sstore(record.slot, word)
        }
        emit DIDOwnerChanged(identity, newOwner, previousChange);
    }

    function _setDelegate(
        Did identity,
        Record storage record,
        bytes32 delegateType,
        address delegate,
        uint256 validTo
    ) private {
        delegates[identity][_typeHash(delegateType)][delegate] = validTo;
        emit DIDDelegateChanged(identity, delegateType, delegate, validTo, _touch(record));
    }

    /// @dev Marks the identity as changed in this block and returns the block of its change before.
    function _touch(Record storage record) private returns (uint256 previousChange) {
        previousChange = record.changed;
        record.changed = _blockNumber();
    }

    /// @dev Checks the owner's signature over `call` and uses up the nonce that it covers.
    function _ownedBySigner(
        Did identity,
        uint8 sigV,
        bytes32 sigR,
        bytes32 sigS,
        bytes memory call
    ) private returns (Record storage record) {
        if (block.chainid != _CHAIN_ID) revert DIDRegistry_ChainChanged(_CHAIN_ID, block.chainid);
        record = _records[identity];
        address owner = _liveOwnerOf(identity, record);
        Record storage signing = _records[Did.wrap(owner)];
        bytes32 digest = keccak256(abi.encodePacked(hex"1900", this, _nonceOf(signing), identity, call));
        (address signer, , ) = ECDSA.tryRecover(digest, sigV, sigR, sigS);
        // a failed recovery gives zero, which owns nothing
        if (signer != owner) revert DIDRegistry_BadSignature(identity, signer, owner);
        // checked: 2^32 signatures are out of reach
        ++signing.nonce;
    }

    function _ownedByCaller(Did identity) private view returns (Record storage record) {
        record = _records[identity];
        address owner = _liveOwnerOf(identity, record);
        if (msg.sender != owner) revert DIDRegistry_NotOwner(identity, msg.sender, owner);
    }

    function _liveOwnerOf(Did identity, Record storage record) private view returns (address owner) {
        owner = _ownerOf(identity, record);
        if (owner == address(0)) revert DIDRegistry_Deactivated(identity);
    }

    function _ownerOf(Did identity, Record storage record) private view returns (address owner) {
        owner = record.owner;
        if (owner == address(0) && record.flags & BURNED == 0) return Did.unwrap(identity);
    }

    /// @dev ERC-1056's digests name no chain, and the registry may have one address on several: the nonce names it.
    function _nonceOf(Record storage signing) private view returns (uint256 value) {
        return (_CHAIN_ID << 32) | signing.nonce;
    }

    function _blockNumber() private view returns (uint48 blockNumber) {
        return (_ON_ARBITRUM ? ARB_SYS.arbBlockNumber() : block.number).toUint48();
    }

    function _typeHash(bytes32 delegateType) private pure returns (bytes32 hash) {
        return keccak256(abi.encode(delegateType));
    }
}
