// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";

import {IdentityRecords} from "./IdentityRecords.sol";
import {IdentityRecovery} from "./IdentityRecovery.sol";
import {IArbSys} from "./interfaces/IArbSys.sol";
import {IDIDRegistry} from "./interfaces/IDIDRegistry.sol";
import {SignerLib} from "./libraries/SignerLib.sol";
import {Authorization} from "./types/Authorization.sol";
import {Did} from "./types/Did.sol";
import {Operation, OperationKind} from "./types/Operation.sol";

/// @title DIDRegistry
/// @notice See {IDIDRegistry}.
contract DIDRegistry is IDIDRegistry, IdentityRecords, IdentityRecovery {
    using SignerLib for bytes;

    uint256 private constant CHANGED_AT = 160;
    uint256 private constant NONCE_AT = 208;
    uint256 private constant BURNED = 1 << 240;
    /// @dev Its owner announced guardians or its deactivation.
    uint256 private constant ANNOUNCED = 1 << 241;
    /// @inheritdoc IDIDRegistry
    uint256 public constant MAX_OPERATIONS = 64;

    bytes32 private constant CHANGE_OWNER_TYPEHASH = keccak256(
        "ChangeOwner(address identity,uint256 nonce,uint256 deadline,address newOwner)"
    );
    bytes32 private constant ADD_DELEGATE_TYPEHASH = keccak256(
        "AddDelegate(address identity,uint256 nonce,uint256 deadline,bytes32 delegateType,address delegate,uint256 validity)"
    );
    bytes32 private constant REVOKE_DELEGATE_TYPEHASH = keccak256(
        "RevokeDelegate(address identity,uint256 nonce,uint256 deadline,bytes32 delegateType,address delegate)"
    );
    bytes32 private constant SET_ATTRIBUTE_TYPEHASH = keccak256(
        "SetAttribute(address identity,uint256 nonce,uint256 deadline,bytes32 name,bytes value,uint256 validity)"
    );
    bytes32 private constant REVOKE_ATTRIBUTE_TYPEHASH = keccak256(
        "RevokeAttribute(address identity,uint256 nonce,uint256 deadline,bytes32 name,bytes value)"
    );
    bytes32 private constant OPERATION_TYPEHASH = keccak256(
        "Operation(uint8 kind,bytes32 name,bytes value,uint256 validity)"
    );
    bytes32 private constant BATCH_TYPEHASH = keccak256(
        "Batch(address identity,uint256 nonce,uint256 deadline,Operation[] operations)Operation(uint8 kind,bytes32 name,bytes value,uint256 validity)"
    );

    IArbSys private constant ARB_SYS = IArbSys(address(0x64));

    uint256 private immutable _CHAIN_ID = block.chainid;
    bool private immutable _ON_ARBITRUM = block.chainid == 42161 || block.chainid == 42170 || block.chainid == 421614;

    /// @inheritdoc IDIDRegistry
    mapping(Did identity => mapping(bytes32 typeHash => mapping(address delegate => uint256 validTo))) public delegates;

    constructor() EIP712("Artel DIDRegistry", "1") {}

    /// @inheritdoc IDIDRegistry
    function identityOwner(Did identity) external view returns (address owner) {
        return _ownerIn(identity, _wordOf(_records[identity]));
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
        return _nonceIn(_wordOf(_records[Did.wrap(account)]));
    }

    /// @inheritdoc IDIDRegistry
    function validDelegate(Did identity, bytes32 delegateType, address delegate) external view returns (bool valid) {
        return
            delegates[identity][_typeHash(delegateType)][delegate] > block.timestamp &&
            _wordOf(_records[identity]) & BURNED == 0;
    }

    /// @inheritdoc IDIDRegistry
    function accountOf(bytes calldata signer) external pure returns (address account) {
        return signer.accountOf();
    }

    // ------------------------------------------------------------------------------------------ ERC-1056

    /// @inheritdoc IDIDRegistry
    function changeOwner(Did identity, address newOwner) external {
        (Record storage record, uint256 word) = _ownedByCaller(identity);
        _changeOwner(identity, record, word, newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function changeOwnerSigned(Did identity, uint8 sigV, bytes32 sigR, bytes32 sigS, address newOwner) external {
        bytes memory call = abi.encodePacked("changeOwner", newOwner);
        Record storage record = _ownedBySigner(identity, sigV, sigR, sigS, call);
        _changeOwner(identity, record, _wordOf(record), newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function addDelegate(Did identity, bytes32 delegateType, address delegate, uint256 validity) external {
        (Record storage record, uint256 word) = _ownedByCaller(identity);
        _setDelegate(identity, record, word, delegateType, delegate, block.timestamp + validity);
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
        _setDelegate(identity, record, _wordOf(record), delegateType, delegate, block.timestamp + validity);
    }

    /// @inheritdoc IDIDRegistry
    function revokeDelegate(Did identity, bytes32 delegateType, address delegate) external {
        (Record storage record, uint256 word) = _ownedByCaller(identity);
        _setDelegate(identity, record, word, delegateType, delegate, block.timestamp);
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
        _setDelegate(identity, record, _wordOf(record), delegateType, delegate, block.timestamp);
    }

    /// @inheritdoc IDIDRegistry
    function setAttribute(Did identity, bytes32 name, bytes calldata value, uint256 validity) external {
        (Record storage record, uint256 word) = _ownedByCaller(identity);
        _setAttribute(identity, record, word, name, value, block.timestamp + validity);
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
        _setAttribute(identity, record, _wordOf(record), name, value, block.timestamp + validity);
    }

    /// @inheritdoc IDIDRegistry
    function revokeAttribute(Did identity, bytes32 name, bytes calldata value) external {
        (Record storage record, uint256 word) = _ownedByCaller(identity);
        _setAttribute(identity, record, word, name, value, 0);
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
        _setAttribute(identity, record, _wordOf(record), name, value, 0);
    }

    // ------------------------------------------------------------------------------------------ EIP-712

    /// @inheritdoc IDIDRegistry
    function changeOwnerBySig(Did identity, address newOwner, Authorization calldata authorization) external {
        Record storage record = _authorized(
            identity,
            authorization,
            abi.encode(CHANGE_OWNER_TYPEHASH, identity, 0, authorization.deadline, newOwner)
        );
        _changeOwner(identity, record, _wordOf(record), newOwner);
    }

    /// @inheritdoc IDIDRegistry
    function addDelegateBySig(
        Did identity,
        bytes32 delegateType,
        address delegate,
        uint256 validity,
        Authorization calldata authorization
    ) external {
        bytes memory encoded = abi.encode(
            ADD_DELEGATE_TYPEHASH,
            identity,
            0,
            authorization.deadline,
            delegateType,
            delegate,
            validity
        );
        Record storage record = _authorized(identity, authorization, encoded);
        _setDelegate(identity, record, _wordOf(record), delegateType, delegate, block.timestamp + validity);
    }

    /// @inheritdoc IDIDRegistry
    function revokeDelegateBySig(
        Did identity,
        bytes32 delegateType,
        address delegate,
        Authorization calldata authorization
    ) external {
        bytes memory encoded = abi.encode(
            REVOKE_DELEGATE_TYPEHASH,
            identity,
            0,
            authorization.deadline,
            delegateType,
            delegate
        );
        Record storage record = _authorized(identity, authorization, encoded);
        _setDelegate(identity, record, _wordOf(record), delegateType, delegate, block.timestamp);
    }

    /// @inheritdoc IDIDRegistry
    function setAttributeBySig(
        Did identity,
        bytes32 name,
        bytes calldata value,
        uint256 validity,
        Authorization calldata authorization
    ) external {
        bytes memory encoded = abi.encode(
            SET_ATTRIBUTE_TYPEHASH,
            identity,
            0,
            authorization.deadline,
            name,
            keccak256(value),
            validity
        );
        Record storage record = _authorized(identity, authorization, encoded);
        _setAttribute(identity, record, _wordOf(record), name, value, block.timestamp + validity);
    }

    /// @inheritdoc IDIDRegistry
    function revokeAttributeBySig(
        Did identity,
        bytes32 name,
        bytes calldata value,
        Authorization calldata authorization
    ) external {
        bytes memory encoded = abi.encode(
            REVOKE_ATTRIBUTE_TYPEHASH,
            identity,
            0,
            authorization.deadline,
            name,
            keccak256(value)
        );
        Record storage record = _authorized(identity, authorization, encoded);
        _setAttribute(identity, record, _wordOf(record), name, value, 0);
    }

    // ------------------------------------------------------------------------------------------ batches

    /// @inheritdoc IDIDRegistry
    function batch(Did identity, Operation[] calldata operations) external {
        (Record storage record, ) = _ownedByCaller(identity);
        _batch(identity, record, operations);
    }

    /// @inheritdoc IDIDRegistry
    function batchBySig(Did identity, Operation[] calldata operations, Authorization calldata authorization) external {
        bytes32 hash = _hashOperations(operations);
        bytes memory encoded = abi.encode(BATCH_TYPEHASH, identity, 0, authorization.deadline, hash);
        _batch(identity, _authorized(identity, authorization, encoded), operations);
    }

    // ------------------------------------------------------------------------------------------ for recovery

    /// @inheritdoc IdentityRecovery
    function _requireCallerOwns(Did identity) internal view override {
        _ownedByCaller(identity);
    }

    /// @inheritdoc IdentityRecovery
    function _requireOwnerSigned(
        Did identity,
        Authorization calldata authorization,
        bytes memory encoded
    ) internal override {
        _authorized(identity, authorization, encoded);
    }

    /// @inheritdoc IdentityRecovery
    function _requireLive(Did identity) internal view override {
        _liveOwner(identity, _wordOf(_records[identity]));
    }

    /// @inheritdoc IdentityRecovery
    function _currentOwner(Did identity) internal view override returns (address owner) {
        return _ownerIn(identity, _wordOf(_records[identity]));
    }

    /// @inheritdoc IdentityRecovery
    function _setOwner(Did identity, address newOwner) internal override {
        Record storage record = _records[identity];
        _writeOwner(identity, record, _wordOf(record), newOwner == address(0) ? BURNED : uint160(newOwner));
    }

    /// @inheritdoc IdentityRecovery
    function _markAnnounced(Did identity, bool announced) internal override {
        Record storage record = _records[identity];
        uint256 word = _wordOf(record);
        _write(record, announced ? word | ANNOUNCED : word & ~ANNOUNCED);
    }

    // ------------------------------------------------------------------------------------------ private

    function _changeOwner(Did identity, Record storage record, uint256 word, address newOwner) private {
        uint256 holder = uint160(newOwner);
        if (holder == 0) {
            if (_hasGuardians(identity)) revert IdentityRecovery_AnnounceFirst(identity);
            holder = BURNED;
        }
        _writeOwner(identity, record, word, holder);
    }

    /// @param holder The next owner's 160 bits, or the mark of an identity that has none any more.
    function _writeOwner(Did identity, Record storage record, uint256 word, uint256 holder) private {
        if (word & ANNOUNCED != 0) _discardAnnouncements(identity);
        _write(record, holder | (_blockNumber() << CHANGED_AT) | (_nextNonce(word) << NONCE_AT));
        emit DIDOwnerChanged(identity, address(uint160(holder)), _changedIn(word)); // the owner's own 160 bits
    }

    function _setDelegate(
        Did identity,
        Record storage record,
        uint256 word,
        bytes32 delegateType,
        address delegate,
        uint256 validTo
    ) private {
        delegates[identity][_typeHash(delegateType)][delegate] = validTo;
        emit DIDDelegateChanged(identity, delegateType, delegate, validTo, _touch(record, word));
    }

    function _setAttribute(
        Did identity,
        Record storage record,
        uint256 word,
        bytes32 name,
        bytes calldata value,
        uint256 validTo
    ) private {
        emit DIDAttributeChanged(identity, name, value, validTo, _touch(record, word));
    }

    /// @dev Marks the identity as changed in this block and returns the block of its change before.
    function _touch(Record storage record, uint256 word) private returns (uint256 previousChange) {
        previousChange = _changedIn(word);
        _write(record, word ^ ((previousChange ^ _blockNumber()) << CHANGED_AT));
    }

    function _batch(Did identity, Record storage record, Operation[] calldata operations) private {
        if (operations.length == 0 || operations.length > MAX_OPERATIONS) {
            revert DIDRegistry_BatchSize(operations.length, MAX_OPERATIONS);
        }
        for (uint256 i; i < operations.length; ++i) {
            Operation calldata operation = operations[i];
            bytes calldata value = operation.value;
            if (operation.kind == OperationKind.SetAttribute) {
                uint256 validTo = block.timestamp + operation.validity;
                _setAttribute(identity, record, _wordOf(record), operation.name, value, validTo);
            } else if (operation.kind == OperationKind.RevokeAttribute) {
                _setAttribute(identity, record, _wordOf(record), operation.name, value, 0);
            } else {
                if (value.length != 20) revert DIDRegistry_NotAnAccount(i, value);
                bool adds = operation.kind == OperationKind.AddDelegate;
                uint256 validTo = adds ? block.timestamp + operation.validity : block.timestamp;
                _setDelegate(identity, record, _wordOf(record), operation.name, address(bytes20(value)), validTo);
            }
        }
    }

    /// @dev Checks the owner's signature over a struct at the identity's own nonce and uses that up. `encoded` is the
    /// ABI-encoded struct with the type hash first and anything in the place of the nonce, its third word.
    function _authorized(
        Did identity,
        Authorization calldata authorization,
        bytes memory encoded
    ) private returns (Record storage record) {
        if (block.timestamp > authorization.deadline) revert DIDRegistry_SignatureExpired(authorization.deadline);
        record = _records[identity];
        uint256 word = _wordOf(record);
        address owner = _liveOwner(identity, word);
        uint256 covered = _nonceIn(word);
        // length, type hash and identity stand before it
        assembly ("memory-safe") {
            mstore(add(encoded, 0x60), covered)
        }
        bytes32 digest = _hashTypedDataV4(keccak256(encoded));
        address account = authorization.signer.accountOf();
        if (account != owner || !authorization.signer.hasSigned(digest, authorization.signature)) {
            revert DIDRegistry_BadSignature(identity, account, owner);
        }
        _useNonce(record, word);
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
        address owner = _liveOwner(identity, _wordOf(record));
        Did own = Did.wrap(owner);
        Record storage signing = _records[own];
        uint256 word = _wordOf(signing);
        // typed data for an identity cover this nonce too: a key that lost the identity must not move it
        address holder = address(uint160(word)); // the owner's own 160 bits
        if (holder != address(0) && holder != owner) revert DIDRegistry_NotOwner(own, owner, holder);
        bytes32 digest = keccak256(abi.encodePacked(hex"1900", this, _nonceIn(word), identity, call));
        (address signer, , ) = ECDSA.tryRecover(digest, sigV, sigR, sigS);
        // a failed recovery gives zero, which owns nothing
        if (signer != owner) revert DIDRegistry_BadSignature(identity, signer, owner);
        _useNonce(signing, word);
    }

    function _ownedByCaller(Did identity) private view returns (Record storage record, uint256 word) {
        record = _records[identity];
        word = _wordOf(record);
        address owner = _liveOwner(identity, word);
        if (msg.sender != owner) revert DIDRegistry_NotOwner(identity, msg.sender, owner);
    }

    /// @dev The owner in an identity's word, which has to be live: nobody owns the zero identity.
    function _liveOwner(Did identity, uint256 word) private pure returns (address owner) {
        owner = address(uint160(word)); // the owner's own 160 bits
        if (owner == address(0)) {
            owner = Did.unwrap(identity);
            if (word & BURNED != 0 || owner == address(0)) revert DIDRegistry_Deactivated(identity);
        }
    }

    function _ownerIn(Did identity, uint256 word) private pure returns (address owner) {
        owner = address(uint160(word)); // the owner's own 160 bits
        if (owner == address(0) && word & BURNED == 0) return Did.unwrap(identity);
    }

    function _changedIn(uint256 word) private pure returns (uint256 blockNumber) {
        return uint48(word >> CHANGED_AT); // the block's own 48 bits
    }

    /// @dev A record as {Record} packs it: members read one by one would load the slot each time.
    function _wordOf(Record storage record) private view returns (uint256 word) {
        assembly ("memory-safe") {
            word := sload(record.slot)
        }
    }

    function _write(Record storage record, uint256 word) private {
        assembly ("memory-safe") {
            sstore(record.slot, word)
        }
    }

    /// @dev As `nonce` shows it: ERC-1056's digests name no chain, and the registry may have one address on several.
    function _nonceIn(uint256 word) private view returns (uint256 value) {
        return (_CHAIN_ID << 32) | uint32(word >> NONCE_AT); // the counter's own 32 bits
    }

    /// @dev The counter after this one. Checked: 2^32 changes and signatures are out of reach.
    function _nextNonce(uint256 word) private pure returns (uint256 count) {
        return uint32(word >> NONCE_AT) + 1; // the counter's own 32 bits
    }

    function _useNonce(Record storage record, uint256 word) private {
        _write(record, word ^ ((uint32(word >> NONCE_AT) ^ _nextNonce(word)) << NONCE_AT)); // its own 32 bits
    }

    /// @dev Block numbers are far below 2^48, on any chain.
    function _blockNumber() private view returns (uint256 blockNumber) {
        return _ON_ARBITRUM ? ARB_SYS.arbBlockNumber() : block.number;
    }

    function _hashOperations(Operation[] calldata operations) private pure returns (bytes32 hash) {
        bytes32[] memory hashes = new bytes32[](operations.length);
        for (uint256 i; i < operations.length; ++i) {
            Operation calldata operation = operations[i];
            hashes[i] = keccak256(
                abi.encode(
                    OPERATION_TYPEHASH,
                    operation.kind,
                    operation.name,
                    keccak256(operation.value),
                    operation.validity
                )
            );
        }
        return keccak256(abi.encodePacked(hashes));
    }

    function _typeHash(bytes32 delegateType) private pure returns (bytes32 hash) {
        assembly ("memory-safe") {
            mstore(0, delegateType)
            hash := keccak256(0, 0x20)
        }
    }
}
