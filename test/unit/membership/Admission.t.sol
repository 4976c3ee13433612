// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {Hashes} from "@openzeppelin/contracts/utils/cryptography/Hashes.sol";

import {IAdmission} from "../../../contracts/membership/admission/interfaces/IAdmission.sol";
import {ICredentialAdmission} from "../../../contracts/membership/admission/interfaces/ICredentialAdmission.sol";
import {ISponsorAdmission} from "../../../contracts/membership/admission/interfaces/ISponsorAdmission.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {AdmissionFixture} from "./AdmissionFixture.sol";

/// @dev A module that refuses, or tries to write while it is asked.
contract HostileAdmission {
    bool public isWriting;
    uint256 public asked;

    function setWriting(bool writing) external {
        isWriting = writing;
    }

    function admits(address, address, address, bytes calldata) external returns (bool) {
        if (isWriting) ++asked;
        return false;
    }
}

/// @dev Branches: Admission.tree. Members 1 to 5; applicants from 11 on.
contract AdmissionTest is AdmissionFixture {
    // ---------------------------------------------------------------------------------------------------- application

    function test_MEM14_application_isAStanding() public {
        vm.expectEmit(address(membership));
        emit IMembership.MembershipApplied(_coop, _member(11), _member(11), "why");
        vm.startPrank(_member(11));
        membership.applyFor(_coop, _member(11), "why");
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Applied);
        (address did, uint48 appliedAt) = membership.applicationOf(_coop, _member(11));
        assertEq(did, _member(11));
        assertEq(appliedAt, block.timestamp);
        membership.withdrawApplication(_coop);
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.None);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoApplication.selector, _coop, _member(11)));
        membership.withdrawApplication(_coop);
        membership.applyFor(_coop, _member(11), 0);
        vm.stopPrank();
        _admit(_member(11));
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Active);
        vm.warp(block.timestamp + 1);
        vm.startPrank(_member(11));
        membership.resign(_coop);
        // It was answered by the admission.
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Departed);
        vm.warp(block.timestamp + 1);
        membership.applyFor(_coop, _member(11), 0);
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Applied);
        assertEq(token.getVotes(_member(11)), 0);
        vm.stopPrank();
    }

    function test_MEM14_application_onlyByTheOwnerOfTheDid() public {
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_NotTheOwner.selector, _member(11), address(this), _member(11))
        );
        membership.applyFor(_coop, _member(11), 0);
    }

    // ----------------------------------------------------------------------------------------------------- appointment

    function test_MEM15_join_throughAnAppointedModule() public {
        _appoint(_open, 1, false);
        vm.expectEmit(address(membership));
        emit IMembership.MemberAdmitted(_coop, 6, _member(11), _member(11));
        vm.expectEmit(address(membership));
        emit IMembership.AdmittedByModule(_coop, 6, address(_open));
        assertEq(_join(_open, 11, ""), 6);
        assertEq(membership.electorate(_coop), 6);
        (uint32 places, ) = membership.admissionOf(_coop, address(_open));
        assertEq(places, 0);
    }

    function test_MEM15_join_staysWithinTheCap() public {
        _expectNoPlace(_open);
        _join(_open, 11, "");
        _appoint(_open, 2, true);
        _join(_open, 11, "");
        _join(_open, 12, "");
        _expectNoPlace(_open);
        _join(_open, 13, "");
        _appoint(_open, 1, false);
        _join(_open, 13, "");
        _appoint(_open, 5, false);
        _appoint(_open, 0, false);
        _expectNoPlace(_open);
        _join(_open, 14, "");
    }

    function test_MEM15_join_onlyWhereAppointed() public {
        vm.prank(address(0xC0));
        membership.appointAdmission(address(_open), 9, true);
        _expectNoPlace(_open);
        _join(_open, 11, "");
    }

    /// @dev Binding somebody's account without their wish would block their own admission and their new keys.
    function test_MEM15_join_onlyByTheApplicant() public {
        _appoint(_open, 5, true);
        registry.setOwner(_member(12), _member(11));
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_NotTheOwner.selector, _member(12), _member(12), _member(11))
        );
        vm.prank(_member(12));
        membership.join(_coop, address(_open), _member(12), "");
    }

    function test_MEM15_join_moduleCanOnlyAnswer() public {
        HostileAdmission hostile = new HostileAdmission();
        _appoint(IAdmission(address(hostile)), 5, true);
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_NotAdmitted.selector, _coop, address(hostile), _member(11))
        );
        _join(IAdmission(address(hostile)), 11, "");
        hostile.setWriting(true);
        vm.expectRevert();
        this.tryJoin(address(hostile), 11);
        // What it may not do by itself either: its book is not the cooperative's.
        vm.prank(address(hostile));
        membership.admit(_one(_member(12)));
        assertEq(membership.numberOf(_coop, _member(12)), 0);
    }

    function tryJoin(address module, uint256 key) external {
        _join(IAdmission(module), key, "");
    }

    function test_MEM16_doubleAdmission_throughTwoDidsOfOneController() public {
        _appoint(_open, 9, false);
        registry.setOwner(_member(12), _member(11));
        _join(_open, 11, "");
        // A second DID of the same account.
        _expectAlready(_member(11), 6);
        _joinAs(_open, _member(12), 11, "");
        // The same DID under another account.
        registry.setOwner(_member(11), _member(13));
        _expectAlready(_member(11), 6);
        _joinAs(_open, _member(11), 13, "");
        // After the first moved on to a new key, the old one serves no second DID.
        membership.rebind(_coop, 6);
        _expectAlready(_member(13), 6);
        _joinAs(_open, _member(12), 11, "");
        // Nor does it once the first has left.
        vm.prank(_member(13));
        membership.resign(_coop);
        _expectNotReadmitted(_member(12), 6);
        _joinAs(_open, _member(12), 11, "");
        _appoint(_open, 9, true);
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_Tombstoned.selector, _coop, _member(11), uint256(6))
        );
        _joinAs(_open, _member(12), 11, "");
    }

    function test_MEM17_leaveAndRejoin_onlyWhereTheAppointmentSaysSo() public {
        _appoint(_open, 9, false);
        _join(_open, 11, "");
        vm.warp(block.timestamp + 5);
        vm.prank(_member(11));
        membership.resign(_coop);
        _expectNotReadmitted(_member(11), 6);
        _join(_open, 11, "");
        // Neither with another DID of the same account, nor with another account of the same DID.
        registry.setOwner(_member(12), _member(11));
        _expectNotReadmitted(_member(12), 6);
        _joinAs(_open, _member(12), 11, "");
        registry.setOwner(_member(11), _member(13));
        _expectNotReadmitted(_member(11), 6);
        _joinAs(_open, _member(11), 13, "");
        registry.setOwner(_member(11), _member(11));

        _appoint(_open, 9, true);
        vm.warp(block.timestamp + 5);
        assertEq(_join(_open, 11, ""), 7);
        // A new number, and no right from before it.
        assertEq(membership.ballotRight(_coop, _member(11), block.timestamp - 8), 0);
        assertEq(membership.ballotRight(_coop, _member(11), block.timestamp - 1), 0);
    }

    /// @dev Two ballots of one person on one proposal.
    function test_MEM07_leaveAndRejoin_givesNoSecondBallot() public {
        _appoint(_open, 9, true);
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _vote(id, 2, 1);
        vm.startPrank(_member(2));
        membership.resign(_coop);
        membership.join(_coop, address(_open), _member(2), "");
        assertEq(membership.numberOf(_coop, _member(2)), 6);
        vm.expectRevert();
        governor.castVote(id, 1);
        vm.stopPrank();
    }

    function test_MEM17_badStanding_comesBackByVoteOnly() public {
        _appoint(_open, 9, true);
        vm.prank(_coop);
        membership.expel(1);
        _expectNotReadmitted(_member(1), 1);
        _join(_open, 1, "");
        vm.prank(_coop);
        membership.suspend(2, 0);
        vm.prank(_member(2));
        membership.resign(_coop);
        _expectNotReadmitted(_member(2), 2);
        _join(_open, 2, "");
        // By vote, with which the sheet is clean.
        _admit(_member(1));
        vm.prank(_member(1));
        membership.resign(_coop);
        assertEq(_join(_open, 1, ""), 7);
    }

    /// @dev A DID's own past is remembered also when its address has come to serve for another DID.
    function test_MEM17_leaveAndRejoin_notByLendingTheAddress() public {
        _appoint(_open, 9, false);
        _join(_open, 11, "");
        vm.prank(_member(11));
        membership.resign(_coop);
        registry.setOwner(_member(12), _member(11));
        _admit(_member(12));
        registry.setOwner(_member(11), _member(13));
        assertEq(membership.numberOfDid(_coop, _member(11)), 6);
        _expectNotReadmitted(_member(11), 6);
        _joinAs(_open, _member(11), 13, "");
    }

    // ------------------------------------------------------------------------------------------------------ invitations

    function test_MEM18_invitation_admitsWhoIsOnTheList() public {
        _appoint(_invitations, 9, false);
        bytes32[] memory none = new bytes32[](0);
        _expectNotInvited(11);
        _join(_invitations, 11, abi.encode(none));
        bytes32 leaf = _leaf(_coop, 11);
        bytes32 sibling = _leaf(_coop, 12);
        bytes32 root = Hashes.commutativeKeccak256(leaf, sibling);
        vm.prank(_coop);
        _invitations.setInvitations(root);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = sibling;
        _expectNotInvited(13);
        _join(_invitations, 13, abi.encode(proof));
        assertTrue(MerkleProof.verify(proof, root, leaf));
        assertEq(_join(_invitations, 11, abi.encode(proof)), 6);
    }

    function test_MEM18_invitation_doesNotServeAnotherCooperative() public {
        _appoint(_invitations, 9, false);
        vm.prank(_coop);
        _invitations.setInvitations(_leaf(address(0xC0), 11));
        _expectNotInvited(11);
        _join(_invitations, 11, abi.encode(new bytes32[](0)));
    }

    // --------------------------------------------------------------------------------------------------------- sponsors

    function test_MEM19_sponsors_admitTogether() public {
        _askForSponsors(2, 0);
        assertEq(_join(_sponsors, 11, _vouches(11, 1, 2)), 6);
    }

    function test_MEM19_sponsors_tooFewOrTwiceTheSame() public {
        _askForSponsors(2, 0);
        ISponsorAdmission.Vouch[] memory one = new ISponsorAdmission.Vouch[](1);
        one[0] = _vouch(11, 1);
        vm.expectRevert(abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_WrongCount.selector, 1, uint8(2)));
        _join(_sponsors, 11, abi.encode(one));
        bytes memory twice = _vouches(11, 1, 1);
        vm.expectRevert(abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_NotAscending.selector, _member(1)));
        _join(_sponsors, 11, twice);
        // None asked for is not none needed.
        _askForSponsors(0, 0);
        vm.expectRevert(abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_WrongCount.selector, 0, uint8(0)));
        _join(_sponsors, 11, abi.encode(new ISponsorAdmission.Vouch[](0)));
    }

    function test_MEM19_sponsors_suspendedInTheSameBlock() public {
        _askForSponsors(1, 0);
        bytes memory proof = _single(_vouch(11, 1));
        vm.prank(_coop);
        membership.suspend(1, 0);
        _expectNotASponsor(1);
        _join(_sponsors, 11, proof);
    }

    function test_MEM19_sponsors_haveToBeSeasoned() public {
        _askForSponsors(1, 30 days);
        bytes memory proof = _single(_vouch(11, 1));
        _expectNotASponsor(1);
        _join(_sponsors, 11, proof);
        vm.warp(START + 30 days);
        _join(_sponsors, 11, _single(_vouch(11, 1)));
        proof = _single(_vouch(12, 11));
        _expectNotASponsor(11);
        _join(_sponsors, 12, proof);
    }

    function test_MEM19_sponsors_leftBehindKeyVouchesForNobody() public {
        _askForSponsors(1, 0);
        bytes memory proof = _single(_vouch(11, 1));
        registry.setOwner(_member(1), _member(14));
        membership.rebind(_coop, 1);
        _expectNotASponsor(1);
        _join(_sponsors, 11, proof);
    }

    function test_MEM19_sponsors_vouchServesOneAdmission() public {
        _askForSponsors(1, 0);
        bytes memory proof = _single(_vouch(11, 1));
        _join(_sponsors, 11, proof);
        vm.prank(_member(11));
        membership.resign(_coop);
        _expectBadVouch(1);
        _join(_sponsors, 11, proof);
        // For another DID, at another chain, and too late.
        _expectBadVouch(1);
        _join(_sponsors, 12, proof);
        proof = _single(_vouch(12, 1));
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        _expectBadVouch(1);
        _join(_sponsors, 12, proof);
        vm.chainId(chain);
        uint48 deadline = _validUntil();
        vm.warp(deadline + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_Expired.selector, _member(1), deadline)
        );
        _join(_sponsors, 12, proof);
    }

    function test_MEM19_sponsors_areBounded() public {
        vm.expectRevert(
            abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_TooManySponsors.selector, uint8(17), uint8(16))
        );
        _sponsors.setSponsorship(17, 0);
    }

    // ------------------------------------------------------------------------------------------------------ credentials

    function test_MEM20_credential_ofATrustedIssuerAdmits() public {
        _trust(21);
        assertEq(_join(_credentials, 11, _credential(21, 21, 11, 0)), 6);
    }

    function test_MEM20_credential_anyOtherIsRefused() public {
        bytes memory proof = _credential(21, 21, 11, 0);
        _appoint(_credentials, 9, true);
        vm.expectRevert(
            abi.encodeWithSelector(ICredentialAdmission.CredentialAdmission_NotTrusted.selector, _coop, _member(21))
        );
        _join(_credentials, 11, proof);
        _trust(21);
        _expectBadCredential();
        _join(_credentials, 12, proof); // another subject
        bytes memory forged = _credential(21, 22, 11, 0);
        _expectBadCredential();
        _join(_credentials, 11, forged); // another signer
        vm.chainId(block.chainid + 1);
        _expectBadCredential();
        _join(_credentials, 11, proof); // another chain
    }

    function test_MEM20_credential_servesOneAdmission() public {
        _trust(21);
        bytes memory proof = _credential(21, 21, 11, 0);
        _join(_credentials, 11, proof);
        vm.prank(_member(11));
        membership.resign(_coop);
        _expectBadCredential();
        _join(_credentials, 11, proof);
        _join(_credentials, 11, _credential(21, 21, 11, 6));
    }

    function test_MEM20_credential_endsWithTheIssuersKeyItsRevocationAndItsTime() public {
        _trust(21);
        bytes memory proof = _credential(21, 21, 11, 0);
        registry.setOwner(_member(21), _member(22));
        _expectBadCredential();
        _join(_credentials, 11, proof);
        // A deactivated issuer admits nobody.
        registry.setOwner(_member(21), address(0));
        _expectBadCredential();
        _join(_credentials, 11, proof);
        registry.setOwner(_member(21), _member(21));

        uint48 validUntil = uint48(block.timestamp + 1 days);
        bytes32 digest = _credentials.credentialDigest(_member(21), _coop, _member(11), 0, validUntil);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICredentialAdmission.CredentialAdmission_NotTheIssuer.selector,
                _member(21),
                address(this)
            )
        );
        _credentials.revoke(_member(21), digest);
        vm.prank(_member(21));
        _credentials.revoke(_member(21), digest);
        vm.expectRevert(
            abi.encodeWithSelector(ICredentialAdmission.CredentialAdmission_Revoked.selector, _member(21), digest)
        );
        _join(_credentials, 11, proof);

        proof = _credential(21, 21, 12, 0);
        vm.warp(validUntil + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICredentialAdmission.CredentialAdmission_Expired.selector, _member(21), validUntil)
        );
        _join(_credentials, 12, proof);
    }

    // --------------------------------------------------------------------------------------------------------- helpers

    function _admit(address did) private {
        vm.prank(_coop);
        membership.admit(_one(did));
    }

    function _one(address did) private pure returns (address[] memory dids) {
        dids = new address[](1);
        dids[0] = did;
    }

    function _leaf(address cooperative, uint256 key) private pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(cooperative, _member(key)))));
    }

    function _askForSponsors(uint8 count, uint32 seasoning) private {
        _appoint(_sponsors, 9, true);
        vm.prank(_coop);
        _sponsors.setSponsorship(count, seasoning);
    }

    function _vouch(uint256 applicant, uint256 sponsor) private view returns (ISponsorAdmission.Vouch memory vouch) {
        bytes32 digest = _sponsors.vouchDigest(_coop, _member(applicant), 0, _validUntil());
        return ISponsorAdmission.Vouch(_member(sponsor), _validUntil(), signatureOf(_key(sponsor), digest));
    }

    function _single(ISponsorAdmission.Vouch memory vouch) private pure returns (bytes memory) {
        ISponsorAdmission.Vouch[] memory vouches = new ISponsorAdmission.Vouch[](1);
        vouches[0] = vouch;
        return abi.encode(vouches);
    }

    function _vouches(uint256 applicant, uint256 first, uint256 second) private view returns (bytes memory) {
        ISponsorAdmission.Vouch[] memory vouches = new ISponsorAdmission.Vouch[](2);
        (uint256 low, uint256 high) = _member(first) < _member(second) ? (first, second) : (second, first);
        (vouches[0], vouches[1]) = (_vouch(applicant, low), _vouch(applicant, high));
        return abi.encode(vouches);
    }
}
