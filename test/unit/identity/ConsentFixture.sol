// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ConsentRegistry} from "../../../contracts/identity/ConsentRegistry.sol";
import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {TestBase} from "../Vm.sol";

/// @title ConsentFixture
/// @notice A subject with a key, a consent about it, and signatures whose typed data are written out by hand.
abstract contract ConsentFixture is TestBase {
    uint48 internal constant NOW = 1_000_000;
    uint48 internal constant END = NOW + 1 days;
    uint48 internal constant DEADLINE = NOW + 1 hours;
    address internal constant GRANTEE = address(0xC00B);
    bytes32 internal constant DATA = keccak256("data");
    bytes32 internal constant PURPOSE = "training";
    bytes32 internal constant TERMS = keccak256("terms, version 1");

    DIDRegistry internal dids;
    ConsentRegistry internal registry;
    address internal subject;
    uint256 internal key;

    function _deploy() internal {
        vm.warp(NOW);
        dids = new DIDRegistry();
        registry = new ConsentRegistry(dids);
        (subject, key) = makeAccount("subject");
    }

    function _scope() internal view returns (IConsentRegistry.Scope memory) {
        return IConsentRegistry.Scope(Did.wrap(subject), GRANTEE, DATA, PURPOSE);
    }

    function _isLive() internal view returns (bool) {
        return registry.isGranted(Did.wrap(subject), GRANTEE, DATA, PURPOSE, block.timestamp);
    }

    function _version() internal view returns (uint64) {
        return registry.consentOf(registry.idOf(_scope())).version;
    }

    function _grant(uint48 expiresAt) internal {
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(subject);
        registry.grant(scope, TERMS, expiresAt);
    }

    function _revoke() internal {
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(subject);
        registry.revoke(scope);
    }

    // ---------------------------------------------------------------------------------------------------- signatures

    function _digest(bytes32 structHash) internal view returns (bytes32) {
        return typedDigest("Artel Consent", address(registry), structHash);
    }

    function _grantHash(uint64 version) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Grant(address subject,address grantee,bytes32 dataHash,bytes32 purpose,bytes32 termsHash,uint48 expiresAt,uint64 version,uint48 deadline)"
        );
        return _digest(keccak256(abi.encode(typeHash, subject, GRANTEE, DATA, PURPOSE, TERMS, END, version, DEADLINE)));
    }

    function _revocationHash(uint64 version) internal view returns (bytes32) {
        bytes32 typeHash = keccak256(
            "Revocation(address subject,address grantee,bytes32 dataHash,bytes32 purpose,uint64 version,uint48 deadline)"
        );
        return _digest(keccak256(abi.encode(typeHash, subject, GRANTEE, DATA, PURPOSE, version, DEADLINE)));
    }

    function _approval(
        uint64 version,
        bytes memory signer,
        bytes memory signature
    ) internal pure returns (IConsentRegistry.Approval memory) {
        return IConsentRegistry.Approval(version, DEADLINE, signer, signature);
    }

    /// @dev The subject's own key, over a grant of the whole consent.
    function _signedGrant(uint64 version) internal view returns (IConsentRegistry.Approval memory) {
        return _approval(version, abi.encodePacked(subject), signatureOf(key, _grantHash(version)));
    }

    function _signedRevocation(uint64 version) internal view returns (IConsentRegistry.Approval memory) {
        return _approval(version, abi.encodePacked(subject), signatureOf(key, _revocationHash(version)));
    }

    // -------------------------------------------------------------------------------------------------------- errors

    /// @dev Anybody's call must fail with exactly this error.
    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(registry).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _grantData(IConsentRegistry.Approval memory approval) internal view returns (bytes memory) {
        return abi.encodeCall(registry.grantBySig, (_scope(), TERMS, END, approval));
    }

    function _revocationData(IConsentRegistry.Approval memory approval) internal view returns (bytes memory) {
        return abi.encodeCall(registry.revokeBySig, (_scope(), approval));
    }

    function _badSignature(bytes memory signer) internal view returns (bytes memory) {
        address owner = dids.identityOwner(Did.wrap(subject));
        return abi.encodeWithSelector(IConsentRegistry.ConsentRegistry_BadSignature.selector, subject, signer, owner);
    }

    function _stale(uint256 signed, uint256 current) internal view returns (bytes memory) {
        return
            abi.encodeWithSelector(
                IConsentRegistry.ConsentRegistry_StaleSignature.selector,
                registry.idOf(_scope()),
                signed,
                current
            );
    }

    function _notSubject(address caller) internal view returns (bytes memory) {
        address owner = dids.identityOwner(Did.wrap(subject));
        return abi.encodeWithSelector(IConsentRegistry.ConsentRegistry_NotSubject.selector, subject, caller, owner);
    }
}
