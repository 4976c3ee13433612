// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {CredentialAdmission} from "../../../contracts/membership/admission/CredentialAdmission.sol";
import {InvitationAdmission} from "../../../contracts/membership/admission/InvitationAdmission.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {SponsorAdmission} from "../../../contracts/membership/admission/SponsorAdmission.sol";
import {IAdmission} from "../../../contracts/membership/admission/interfaces/IAdmission.sol";
import {ICredentialAdmission} from "../../../contracts/membership/admission/interfaces/ICredentialAdmission.sol";
import {IInvitationAdmission} from "../../../contracts/membership/admission/interfaces/IInvitationAdmission.sol";
import {ISponsorAdmission} from "../../../contracts/membership/admission/interfaces/ISponsorAdmission.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev A cooperative of five and the modules that admit to it. Applicants from 11 on.
abstract contract AdmissionFixture is CooperativeFixture {
    address internal _coop;
    OpenAdmission internal _open;
    InvitationAdmission internal _invitations;
    SponsorAdmission internal _sponsors;
    CredentialAdmission internal _credentials;

    function setUp() public {
        _deploy();
        _found(5, _ordinary(), _constitutional());
        _coop = address(treasury);
        _open = new OpenAdmission();
        _invitations = new InvitationAdmission();
        _sponsors = new SponsorAdmission(membership);
        _credentials = new CredentialAdmission(membership, IDIDRegistry(address(registry)));
    }

    function _validUntil() internal view returns (uint48) {
        return uint48(block.timestamp + 1 days);
    }

    function _appoint(IAdmission module, uint32 cap, bool readmits) internal {
        vm.prank(_coop);
        membership.appointAdmission(address(module), cap, readmits);
    }

    function _join(IAdmission module, uint256 key, bytes memory proof) internal returns (uint256) {
        return _joinAs(module, _member(key), key, proof);
    }

    function _joinAs(IAdmission module, address did, uint256 key, bytes memory proof) internal returns (uint256) {
        vm.prank(_member(key));
        return membership.join(_coop, address(module), did, proof);
    }

    function _trust(uint256 issuer) internal {
        _appoint(_credentials, 9, true);
        vm.prank(_coop);
        _credentials.trustIssuer(_member(issuer), true);
    }

    function _credential(
        uint256 issuer,
        uint256 signer,
        uint256 applicant,
        uint256 lastNumber
    ) internal view returns (bytes memory) {
        bytes32 digest = _credentials.credentialDigest(
            _member(issuer),
            _coop,
            _member(applicant),
            lastNumber,
            _validUntil()
        );
        return abi.encode(_member(issuer), _validUntil(), signatureOf(_key(signer), digest));
    }

    function _expectNoPlace(IAdmission module) internal {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoPlaceLeft.selector, _coop, address(module)));
    }

    function _expectAlready(address account, uint256 number) internal {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_AlreadyMember.selector, _coop, account, number));
    }

    function _expectNotReadmitted(address did, uint256 number) internal {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotReadmitted.selector, _coop, did, number));
    }

    function _expectNotInvited(uint256 key) internal {
        vm.expectRevert(
            abi.encodeWithSelector(IInvitationAdmission.InvitationAdmission_NotInvited.selector, _coop, _member(key))
        );
    }

    function _expectNotASponsor(uint256 key) internal {
        vm.expectRevert(
            abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_NotASponsor.selector, _coop, _member(key))
        );
    }

    function _expectBadVouch(uint256 key) internal {
        vm.expectRevert(abi.encodeWithSelector(ISponsorAdmission.SponsorAdmission_BadSignature.selector, _member(key)));
    }

    function _expectBadCredential() internal {
        vm.expectRevert(
            abi.encodeWithSelector(ICredentialAdmission.CredentialAdmission_BadSignature.selector, _member(21))
        );
    }
}
