// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {HostileSigner} from "../../../contracts/mocks/HostileSigner.sol";
import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {ConsentFixture} from "../identity/ConsentFixture.sol";

/// @dev Consent that was never given, or can't be taken back.
contract ConsentsTest is ConsentFixture {
    function setUp() public {
        _deploy();
    }

    /// @dev An account is itself a hash, of a public key or of a deployer. Whoever could make a verifier of its first
    /// bytes would speak for it, were the accounts of signers not kept apart.
    function test_CNS05_whatAnAccountHashesIsNoSignerOfIts() public {
        HostileSigner verifier = new HostileSigner();
        bytes memory preimage = abi.encodePacked(verifier, bytes12(0), bytes32(0));
        _handOver(subject, subject, address(uint160(uint256(keccak256(preimage)))));
        _refused(address(this), _grantData(_approval(0, preimage, "")), _badSignature(preimage));
    }

    /// @dev An account that delegates to code (EIP-7702) keeps its key's word, in consent as in everything else.
    function test_CNS05_anAccountThatDelegatesToCodeStillSigns() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        vm.etch(subject, abi.encodePacked(hex"ef0100", address(this)));
        registry.grantBySig(_scope(), TERMS, END, approval);
        assertTrue(_isLive());
    }

    /// @dev One wallet speaks for two identities: what it signed for the one is no consent of the other.
    function test_CNS06_aWalletsSignatureForOneIdentityIsNoneForAnother() public {
        address wallet = address(new SignerWallet(subject));
        address other = address(0x07E4);
        _handOver(subject, subject, wallet);
        _handOver(other, other, wallet);
        bytes memory signer = abi.encodePacked(wallet);
        IConsentRegistry.Approval memory approval = _approval(0, signer, signatureOf(key, _grantHash(0)));
        registry.grantBySig(_scope(), TERMS, END, approval);
        subject = other;
        _refused(address(this), _grantData(approval), _badSignature(signer));
        assertFalse(_isLive());
    }

    /// @dev Who signed judges by the owner of the moment: a key that lost the identity says nothing until it has it back.
    function test_CNS06_onlyTheOwnerOfTheMomentIsHeard() public {
        IConsentRegistry.Approval memory approval = _signedGrant(0);
        address next = address(0x4E17);
        _handOver(subject, subject, next);
        _refused(address(this), _grantData(approval), _badSignature(abi.encodePacked(subject)));
        // One revocation of the new owner, and it is nothing for good.
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(next);
        registry.revoke(scope);
        _handOver(subject, next, subject);
        _refused(address(this), _grantData(approval), _stale(0, 1));
    }

    /// @dev Somebody had the subject sign a revocation of a version that no other follows, to make the next grant one
    /// that can't be taken back.
    function test_CNS03_noVersionMakesAConsentIrrevocable() public {
        registry.revokeBySig(_scope(), _signedRevocation(type(uint64).max - 2));
        _grant(END);
        assertEq(uint256(_version()), type(uint64).max);
        assertTrue(_isLive());
        _revoke();
        assertFalse(_isLive());
        // No more grants, by signature neither: that is the end of versions.
        vm.expectRevert();
        this.grantBySig(_signedGrant(type(uint64).max));
        registry.revokeBySig(_scope(), _signedRevocation(type(uint64).max));
        assertFalse(_isLive());
    }

    /// @dev Nor can whoever revokes first, for somebody who has no owner any more, bring anything back.
    function test_CNS03_revocationsNeverReviveAConsent() public {
        _grant(END);
        _revoke();
        vm.warp(NOW + 10);
        _handOver(subject, subject, address(0));
        for (uint256 i; i < 3; ++i) {
            registry.revoke(_scope());
            assertFalse(_isLive());
            assertFalse(registry.isLive(registry.idOf(_scope()), NOW));
        }
    }

    function grantBySig(IConsentRegistry.Approval calldata approval) external {
        registry.grantBySig(_scope(), TERMS, END, approval);
    }

    function _handOver(address identity, address owner, address next) private {
        vm.prank(owner);
        dids.changeOwner(Did.wrap(identity), next);
    }
}
