// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {SignerWallet} from "../../../contracts/mocks/SignerWallet.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {IAdmission} from "../../../contracts/membership/admission/interfaces/IAdmission.sol";
import {ICredentialAdmission} from "../../../contracts/membership/admission/interfaces/ICredentialAdmission.sol";
import {ISponsorAdmission} from "../../../contracts/membership/admission/interfaces/ISponsorAdmission.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {AdmissionFixture} from "../membership/AdmissionFixture.sol";

/// @dev While it is asked, it has whoever it names leave; nothing may come of it.
contract MeddlingAdmission {
    IMembership private _book;

    constructor(IMembership book) {
        _book = book;
    }

    function admits(address cooperative, address, address, bytes calldata) external returns (bool) {
        _book.rebind(cooperative, 1);
        return true;
    }
}

/// @dev Doors of a cooperative of five, tried by those who should stay outside. Applicants from 11 on.
contract AdmissionsTest is AdmissionFixture {
    // -------------------------------------------------------------------------------------------------------- modules

    /// @dev Places are a module's own: those that are left at one door open no other.
    function test_MEM15_placesAreCountedForEachModule() public {
        OpenAdmission other = new OpenAdmission();
        _appoint(_open, 1, false);
        _appoint(other, 1, false);
        assertEq(_join(_open, 11, ""), 6);
        _expectNoPlace(_open);
        _join(_open, 12, "");
        assertEq(_join(other, 12, ""), 7);
        _expectNoPlace(other);
        _join(other, 13, "");
    }

    /// @dev Somebody who holds a proof when the module is dismissed stays outside, and so does the module's next caller.
    function test_MEM15_aDismissedModuleAdmitsNobodyWhateverTheProof() public {
        _askForSponsors(1);
        bytes memory proof = _vouches(_vouch(11, 1, 0));
        _appoint(_sponsors, 0, true);
        _expectNoPlace(_sponsors);
        _join(_sponsors, 11, proof);
    }

    /// @dev A refused applicant takes no place from the others.
    function test_MEM15_aRefusalCostsNoPlace() public {
        _appoint(_invitations, 1, false);
        _expectNotInvited(11);
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
        (uint32 places, ) = membership.admissionOf(_coop, address(_invitations));
        assertEq(places, 1);
    }

    function test_MEM15_aModuleMovesNobodyWhileItIsAsked() public {
        MeddlingAdmission meddling = new MeddlingAdmission(membership);
        _appoint(IAdmission(address(meddling)), 5, false);
        registry.setOwner(_member(1), _member(14));
        vm.expectRevert();
        this.tryJoin(address(meddling), 11);
        assertEq(membership.accountOf(_coop, 1), _member(1));
        vm.expectRevert();
        this.tryJoin(address(0xE0A), 11);
    }

    /// @dev One person with two DIDs and both kinds of door: neither the order nor a change of key between helps.
    function test_MEM16_noSecondMembershipThroughAnotherModule() public {
        OpenAdmission other = new OpenAdmission();
        _appoint(_open, 9, false);
        _appoint(other, 9, true);
        registry.setOwner(_member(12), _member(11));
        _joinAs(_open, _member(12), 11, "");
        _expectAlready(_member(11), 6);
        _join(other, 11, "");
        registry.setOwner(_member(12), _member(13));
        _expectAlready(_member(11), 6);
        _joinAs(other, _member(12), 13, "");
        vm.prank(_member(11));
        membership.resign(_coop);
        // Who left is let back in by the one module and not by the other.
        _expectNotReadmitted(_member(12), 6);
        _joinAs(_open, _member(12), 13, "");
        assertEq(_joinAs(other, _member(12), 13, ""), 7);
        // The account that stood for it before stands for itself now, and not for a second one.
        assertEq(_join(other, 11, ""), 8);
        assertEq(membership.numberOfDid(_coop, _member(12)), 7);
        assertEq(membership.electorate(_coop), 7);
    }

    // ----------------------------------------------------------------------------------------------------- invitations

    /// @dev The hash of two leaves is no leaf: nobody is invited by an inner node, nor by the root itself.
    function test_MEM18_anInnerNodeInvitesNobody() public {
        bytes32 left = Hashes.commutativeKeccak256(_leaf(11), _leaf(12));
        bytes32 right = Hashes.commutativeKeccak256(_leaf(13), _leaf(14));
        _invite(Hashes.commutativeKeccak256(left, right));
        bytes32[] memory short = new bytes32[](1);
        short[0] = right;
        for (uint256 key = 11; key <= 15; ++key) {
            _expectNotInvited(key);
            _join(_invitations, key, abi.encode(short));
            _expectNotInvited(key);
            _join(_invitations, key, abi.encode(new bytes32[](0)));
        }
        // Hashed once, as in lists whose leaves can be mistaken for nodes.
        _invite(keccak256(abi.encode(_coop, _member(11))));
        _expectNotInvited(11);
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
    }

    function test_MEM18_aListThatWasReplacedInvitesNobody() public {
        _invite(_leaf(11));
        _invite(_leaf(12));
        _expectNotInvited(11);
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
        _invite(0);
        _expectNotInvited(12);
        _join(_invitations, 12, abi.encode(new bytes32[](0)));
    }

    /// @dev A leaf does not wear out; that it serves once is the appointment's doing.
    function test_MEM18_aLeafLetsNobodyBackIn() public {
        _invite(_leaf(11));
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
        _expectAlready(_member(11), 6);
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
        vm.prank(_coop);
        membership.expel(6);
        _expectNotReadmitted(_member(11), 6);
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
    }

    // -------------------------------------------------------------------------------------------------------- sponsors

    /// @dev One member with an old and a new key is one sponsor, whichever of them counts.
    function test_MEM19_oneMemberIsOneSponsorAcrossKeys() public {
        _askForSponsors(2);
        bytes memory proof = _vouches(_vouch(11, 1, 0), _vouch(11, 14, 0));
        _expectNoSponsors();
        _join(_sponsors, 11, proof);
        registry.setOwner(_member(1), _member(14));
        membership.rebind(_coop, 1);
        _expectNoSponsors();
        _join(_sponsors, 11, proof);
        assertEq(_join(_sponsors, 11, _vouches(_vouch(11, 2, 0), _vouch(11, 14, 0))), 6);
    }

    function test_MEM19_whoLeftOrWasExpelledSponsorsNobody() public {
        _askForSponsors(1);
        bytes memory ofFirst = _vouches(_vouch(11, 1, 0));
        bytes memory ofSecond = _vouches(_vouch(11, 2, 0));
        vm.prank(_member(1));
        membership.resign(_coop);
        vm.prank(_coop);
        membership.expel(2);
        _expectNotASponsor(1);
        _join(_sponsors, 11, ofFirst);
        _expectNotASponsor(2);
        _join(_sponsors, 11, ofSecond);
    }

    /// @dev Nobody vouches for themselves on the way out: having left they sponsor nobody, before it they are members.
    function test_MEM19_nobodyVouchesForThemselves() public {
        _askForSponsors(1);
        bytes memory proof = _vouches(_vouch(1, 1, 1));
        _expectAlready(_member(1), 1);
        _join(_sponsors, 1, proof);
        vm.prank(_member(1));
        membership.resign(_coop);
        _expectNotASponsor(1);
        _join(_sponsors, 1, proof);
    }

    /// @dev A vouch for this cooperative is none for another with the same members.
    function test_MEM19_aVouchServesOneCooperative() public {
        address other = address(0xC0);
        address[] memory dids = new address[](1);
        dids[0] = _member(1);
        vm.startPrank(other);
        membership.admit(dids);
        membership.appointAdmission(address(_sponsors), 9, false);
        _sponsors.setSponsorship(1, 0);
        vm.stopPrank();
        bytes memory proof = _vouches(_vouch(11, 1, 0));
        _expectBadVouch(1);
        vm.prank(_member(11));
        membership.join(other, address(_sponsors), _member(11), proof);
    }

    /// @dev Admitted meanwhile by another door and gone again, they don't come back with what was signed before.
    function test_MEM19_anUnusedVouchDiesWithAnyAdmission() public {
        _askForSponsors(1);
        _appoint(_open, 9, true);
        bytes memory proof = _vouches(_vouch(11, 1, 0));
        _join(_open, 11, "");
        vm.prank(_member(11));
        membership.resign(_coop);
        _expectBadVouch(1);
        _join(_sponsors, 11, proof);
    }

    /// @dev An account that delegates to code (EIP-7702) vouches with its key, as it votes with it; so does a wallet.
    function test_MEM19_accountsOfEveryKindVouch() public {
        _askForSponsors(1);
        bytes memory proof = _vouches(_vouch(11, 1, 0));
        vm.etch(_member(1), abi.encodePacked(hex"ef0100", address(ledger)));
        assertEq(_join(_sponsors, 11, proof), 6);
        SignerWallet wallet = new SignerWallet(_member(15));
        registry.setOwner(_member(2), address(wallet));
        membership.rebind(_coop, 2);
        ISponsorAdmission.Vouch memory vouch = _vouch(12, 15, 0);
        vouch.sponsor = address(wallet);
        assertEq(_join(_sponsors, 12, _vouches(vouch)), 7);
    }

    // ----------------------------------------------------------------------------------------------------- credentials

    /// @dev What a stolen key signed works neither after the issuer has a new one, nor for the new one's holder.
    function test_MEM20_aCredentialOfAFormerKeyAdmitsNobody() public {
        _trust(21);
        bytes memory old = _credential(21, 21, 11, 0);
        registry.setOwner(_member(21), _member(22));
        _expectBadCredential();
        _join(_credentials, 11, old);
        assertEq(_join(_credentials, 11, _credential(21, 22, 11, 0)), 6);
        // Should control return to it, the issuer's revocation still stands, whoever made it.
        bytes memory other = _credential(21, 21, 12, 0);
        bytes32 digest = _credentials.credentialDigest(_member(21), _coop, _member(12), 0, _validUntil());
        vm.prank(_member(22));
        _credentials.revoke(_member(21), digest);
        registry.setOwner(_member(21), _member(21));
        vm.expectRevert(
            abi.encodeWithSelector(ICredentialAdmission.CredentialAdmission_Revoked.selector, _member(21), digest)
        );
        _join(_credentials, 12, other);
    }

    function test_MEM20_anIssuerThatIsTrustedNoMoreAdmitsNobody() public {
        _trust(21);
        bytes memory proof = _credential(21, 21, 11, 0);
        vm.prank(_coop);
        _credentials.trustIssuer(_member(21), false);
        vm.expectRevert(
            abi.encodeWithSelector(ICredentialAdmission.CredentialAdmission_NotTrusted.selector, _coop, _member(21))
        );
        _join(_credentials, 11, proof);
    }

    /// @dev An issuer that the other cooperative trusts too: its word is about one of them.
    function test_MEM20_aCredentialServesOneCooperative() public {
        _trust(21);
        bytes memory proof = _credential(21, 21, 11, 0);
        address other = address(0xC0);
        vm.startPrank(other);
        membership.appointAdmission(address(_credentials), 9, false);
        _credentials.trustIssuer(_member(21), true);
        vm.stopPrank();
        _expectBadCredential();
        vm.prank(_member(11));
        membership.join(other, address(_credentials), _member(11), proof);
    }

    function test_MEM20_issuersOfEveryKindSign() public {
        _trust(21);
        bytes memory proof = _credential(21, 21, 11, 0);
        vm.etch(_member(21), abi.encodePacked(hex"ef0100", address(ledger)));
        assertEq(_join(_credentials, 11, proof), 6);
        registry.setOwner(_member(21), address(new SignerWallet(_member(15))));
        assertEq(_join(_credentials, 12, _credential(21, 15, 12, 0)), 7);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function tryJoin(address module, uint256 key) external {
        _join(IAdmission(module), key, "");
    }

    function _leaf(uint256 key) private view returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(_coop, _member(key)))));
    }

    function _invite(bytes32 root) private {
        _appoint(_invitations, 9, true);
        vm.prank(_coop);
        _invitations.setInvitations(root);
    }

    function _askForSponsors(uint8 count) private {
        _appoint(_sponsors, 9, true);
        vm.prank(_coop);
        _sponsors.setSponsorship(count, 0);
    }

    function _vouch(
        uint256 applicant,
        uint256 sponsor,
        uint256 lastNumber
    ) private view returns (ISponsorAdmission.Vouch memory) {
        bytes32 digest = _sponsors.vouchDigest(_coop, _member(applicant), lastNumber, _validUntil());
        return ISponsorAdmission.Vouch(_member(sponsor), _validUntil(), signatureOf(_key(sponsor), digest));
    }

    function _vouches(ISponsorAdmission.Vouch memory vouch) private pure returns (bytes memory) {
        ISponsorAdmission.Vouch[] memory vouches = new ISponsorAdmission.Vouch[](1);
        vouches[0] = vouch;
        return abi.encode(vouches);
    }

    function _vouches(
        ISponsorAdmission.Vouch memory first,
        ISponsorAdmission.Vouch memory second
    ) private pure returns (bytes memory) {
        ISponsorAdmission.Vouch[] memory vouches = new ISponsorAdmission.Vouch[](2);
        (vouches[0], vouches[1]) = first.sponsor < second.sponsor ? (first, second) : (second, first);
        return abi.encode(vouches);
    }

    function _expectNoSponsors() private {
        vm.expectPartialRevert(ISponsorAdmission.SponsorAdmission_NotASponsor.selector);
    }
}
