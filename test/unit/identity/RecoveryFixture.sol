// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {IIdentityRecovery} from "../../../contracts/identity/interfaces/IIdentityRecovery.sol";
import {Authorization} from "../../../contracts/identity/types/Authorization.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {TestBase} from "../Vm.sol";

/// @title RecoveryFixture
/// @notice An identity with seven guardians, of whom four start a recovery and five restart one, and signatures whose
/// typed data are written out by hand.
abstract contract RecoveryFixture is TestBase {
    uint256 internal constant NOW = 1_800_000_000;
    uint256 internal constant GUARDIANS = 7;
    uint8 internal constant THRESHOLD = 4;
    uint8 internal constant SUPER = 5;
    uint32 internal constant DELAY = 7 days;
    uint256 internal constant NEVER = type(uint256).max;
    bytes32 internal constant SERVICE = "did/svc/Hub";
    address internal constant THIEF = address(0xbad);
    address internal constant SUCCESSOR = address(0x5cc);

    DIDRegistry internal registry;
    Did internal did;
    address internal owner;
    uint256 internal ownerKey;
    Did[] internal guardians;
    uint256[] internal guardianKeys;

    function _deploy() internal {
        vm.warp(NOW);
        vm.roll(100);
        registry = new DIDRegistry();
        (owner, ownerKey) = makeAccount("owner");
        did = Did.wrap(owner);
        for (uint256 i; i < GUARDIANS; ++i) {
            (address guardian, uint256 key) = makeAccount(string.concat("guardian ", vm.toString(i)));
            guardians.push(Did.wrap(guardian));
            guardianKeys.push(key);
            // ascending, as the registry wants them
            for (uint256 j = i; j != 0 && Did.unwrap(guardians[j - 1]) > guardian; --j) {
                (guardians[j - 1], guardians[j]) = (guardians[j], guardians[j - 1]);
                (guardianKeys[j - 1], guardianKeys[j]) = (guardianKeys[j], guardianKeys[j - 1]);
            }
        }
        _guard(did, owner);
    }

    /// @dev The owner of an identity without guardians gives it the seven.
    function _guard(Did identity, address by) internal {
        vm.prank(by);
        registry.setGuardians(identity, guardians, THRESHOLD, SUPER, DELAY);
    }

    // ---------------------------------------------------------------- typed data

    function _domainOf(address verifyingContract, uint256 chainId) internal pure returns (bytes32) {
        return
            keccak256(
                abi.encode(
                    keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"),
                    keccak256("Artel DIDRegistry"),
                    keccak256("1"),
                    chainId,
                    verifyingContract
                )
            );
    }

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return keccak256(abi.encodePacked(hex"1901", _domainOf(address(registry), block.chainid), structHash));
    }

    /// @dev The digest of `SetAttribute` of the service for a day, at the identity's nonce.
    function _attributeDigest(Did identity) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "SetAttribute(address identity,uint256 nonce,uint256 deadline,bytes32 name,bytes value,uint256 validity)"
        );
        uint256 nonce = registry.nonce(Did.unwrap(identity));
        return
            _digest(keccak256(abi.encode(typeHash, identity, nonce, NEVER, SERVICE, keccak256("x"), uint256(1 days))));
    }

    function _authorization(bytes memory signer, bytes memory signature) internal pure returns (Authorization memory) {
        return Authorization({deadline: NEVER, signer: signer, signature: signature});
    }

    function _setBySig(Did identity, Authorization memory authorization) internal {
        registry.setAttributeBySig(identity, SERVICE, "x", 1 days, authorization);
    }

    function _recoverHash(
        Did identity,
        address successor,
        uint256 round,
        uint256 deadline
    ) internal pure returns (bytes32) {
        bytes32 typeHash = keccak256("Recover(address identity,address successor,uint256 round,uint256 deadline)");
        return keccak256(abi.encode(typeHash, identity, successor, round, deadline));
    }

    // ---------------------------------------------------------------- guardians

    /// @dev What the guardians of `mask` sign, one bit each, in the round that runs.
    function _approvals(
        Did identity,
        uint256 mask,
        address successor
    ) internal view returns (bytes[] memory signers, bytes[] memory signatures) {
        (, , , , uint32 round, , ) = registry.guardianship(identity);
        bytes32 digest = _digest(_recoverHash(identity, successor, round, NEVER));
        signers = new bytes[](GUARDIANS);
        signatures = new bytes[](GUARDIANS);
        for (uint256 i; i < GUARDIANS; ++i) {
            if ((mask >> i) & 1 == 0) continue;
            signers[i] = abi.encodePacked(guardians[i]);
            signatures[i] = signatureOf(guardianKeys[i], digest);
        }
    }

    function _start(Did identity, uint256 mask, address successor) internal {
        (bytes[] memory signers, bytes[] memory signatures) = _approvals(identity, mask, successor);
        registry.startRecovery(identity, successor, guardians, signers, signatures, NEVER);
    }

    function _running(Did identity) internal view returns (address successor) {
        (successor, , , ) = registry.recovery(identity);
    }

    function _ownerOf(Did identity) internal view returns (address) {
        return registry.identityOwner(identity);
    }

    function _tooFew(uint256 approvals, uint256 needed) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(IIdentityRecovery.IdentityRecovery_TooFewApprovals.selector, did, approvals, needed);
    }
}
