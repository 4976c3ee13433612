// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IConsentRegistry} from "../../../contracts/identity/interfaces/IConsentRegistry.sol";
import {ConsentId} from "../../../contracts/identity/types/ConsentId.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {ConsentFixture} from "./ConsentFixture.sol";

contract ConsentRegistryTest is ConsentFixture {
    address private constant STRANGER = address(0xBAD);

    function setUp() public {
        _deploy();
    }

    function test_CNS01_grantsForOnePurposeOneGranteeAndOneHash() public {
        _grant(END);
        Did did = Did.wrap(subject);
        assertTrue(_isLive());
        assertFalse(registry.isGranted(did, GRANTEE, DATA, "research", NOW));
        assertFalse(registry.isGranted(did, GRANTEE, keccak256("other data"), PURPOSE, NOW));
        assertFalse(registry.isGranted(did, STRANGER, DATA, PURPOSE, NOW));
        assertFalse(registry.isGranted(Did.wrap(STRANGER), GRANTEE, DATA, PURPOSE, NOW));
    }

    function test_CNS01_isLiveFromItsSecondToTheOneBeforeItsExpiry() public {
        _grant(END);
        ConsentId id = registry.idOf(_scope());
        assertFalse(registry.isLive(id, NOW - 1));
        assertTrue(registry.isLive(id, NOW));
        assertTrue(registry.isLive(id, END - 1));
        assertFalse(registry.isLive(id, END));
        assertFalse(registry.isLive(id, type(uint256).max));
    }

    function test_CNS01_nothingIsGrantedUnasked(Did did, address grantee, bytes32 data, uint256 timepoint) public view {
        assertFalse(registry.isGranted(did, grantee, data, PURPOSE, timepoint));
    }

    function test_CNS03_revokesInTheSameSecond() public {
        _grant(END);
        _revoke();
        assertFalse(_isLive());
    }

    /// @dev The record says when it was live, also after it ended.
    function test_CNS01_remembersWhenTheLastGrantWasLive() public {
        _grant(END);
        vm.warp(NOW + 100);
        _revoke();
        ConsentId id = registry.idOf(_scope());
        assertTrue(registry.isLive(id, NOW + 99));
        assertFalse(registry.isLive(id, NOW + 100));
    }

    function test_CNS03_revokingWhatHasExpiredDoesNotLengthenIt() public {
        _grant(END);
        vm.warp(END + 5);
        _revoke();
        assertFalse(registry.isLive(registry.idOf(_scope()), END));
    }

    function test_CNS04_grantsAgainAfterRevocationUnderNewTerms() public {
        _grant(END);
        _revoke();
        vm.warp(NOW + 10);
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(subject);
        registry.grant(scope, keccak256("terms, version 2"), END + 5);
        IConsentRegistry.Consent memory consent = registry.consentOf(registry.idOf(scope));
        assertEq(consent.termsHash, keccak256("terms, version 2"));
        assertEq(uint256(consent.version), 3);
        assertEq(uint256(consent.grantedAt), NOW + 10);
        assertEq(uint256(consent.expiresAt), END + 5);
    }

    function test_CNS04_shortensAGrant() public {
        _grant(END);
        _grant(NOW + 10);
        assertFalse(registry.isLive(registry.idOf(_scope()), NOW + 10));
    }

    function test_CNS04_announcesGrantAndRevocation() public {
        IConsentRegistry.Scope memory scope = _scope();
        ConsentId id = registry.idOf(scope);
        vm.expectEmit(address(registry));
        emit IConsentRegistry.ConsentGranted(id, Did.wrap(subject), GRANTEE, DATA, PURPOSE, TERMS, 1, END);
        _grant(END);
        vm.expectEmit(address(registry));
        emit IConsentRegistry.ConsentRevoked(id, Did.wrap(subject), GRANTEE, DATA, PURPOSE, 2);
        _revoke();
    }

    function test_CNS02_onlyTheSubjectGrantsAndRevokes() public {
        _refused(STRANGER, abi.encodeCall(registry.grant, (_scope(), TERMS, END)), _notSubject(STRANGER));
        _refused(GRANTEE, abi.encodeCall(registry.grant, (_scope(), TERMS, END)), _notSubject(GRANTEE));
        _grant(END);
        _refused(STRANGER, abi.encodeCall(registry.revoke, (_scope())), _notSubject(STRANGER));
        assertTrue(_isLive());
    }

    function test_CNS01_refusesAGrantThatIsOverAlready() public {
        bytes memory reason = abi.encodeWithSelector(
            IConsentRegistry.ConsentRegistry_AlreadyExpired.selector,
            NOW,
            NOW
        );
        _refused(subject, abi.encodeCall(registry.grant, (_scope(), TERMS, NOW)), reason);
    }

    // ----------------------------------------------------------------------------------------------------- authority

    /// @dev Authority is read now: the thief of a rotated key has nothing left to say.
    function test_CNS02_theNewOwnerOfAnIdentitySpeaksForIt() public {
        (address heir, ) = makeAccount("heir");
        _grant(END);
        vm.prank(subject);
        dids.changeOwner(Did.wrap(subject), heir);
        _refused(subject, abi.encodeCall(registry.grant, (_scope(), TERMS, END)), _notSubject(subject));
        _refused(subject, abi.encodeCall(registry.revoke, (_scope())), _notSubject(subject));
        assertTrue(_isLive());
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(heir);
        registry.revoke(scope);
        assertFalse(_isLive());
    }

    function test_CNS02_aDeactivatedIdentityGrantsNothing() public {
        vm.prank(subject);
        dids.changeOwner(Did.wrap(subject), address(0));
        _refused(subject, abi.encodeCall(registry.grant, (_scope(), TERMS, END)), _notSubject(subject));
    }

    function test_CNS02_anybodyRevokesForADeactivatedIdentity() public {
        _grant(END);
        vm.prank(subject);
        dids.changeOwner(Did.wrap(subject), address(0));
        IConsentRegistry.Scope memory scope = _scope();
        vm.prank(STRANGER);
        registry.revoke(scope);
        assertFalse(_isLive());
    }

    // ------------------------------------------------------------------------------------------- erasure and residency

    function test_CNS09_recordsARequestForErasure() public {
        vm.expectEmit(address(registry));
        emit IConsentRegistry.ErasureRequested(Did.wrap(subject), GRANTEE, DATA);
        vm.prank(subject);
        registry.requestErasure(Did.wrap(subject), GRANTEE, DATA);
        _refused(
            STRANGER,
            abi.encodeCall(registry.requestErasure, (Did.wrap(subject), GRANTEE, DATA)),
            _notSubject(STRANGER)
        );
    }

    function test_CNS09_recordsWhereDataMayBeKept() public {
        vm.expectEmit(address(registry));
        emit IConsentRegistry.ResidencyTagged(Did.wrap(subject), DATA, "EU");
        vm.prank(subject);
        registry.tagResidency(Did.wrap(subject), DATA, "EU");
        _refused(
            STRANGER,
            abi.encodeCall(registry.tagResidency, (Did.wrap(subject), DATA, bytes32("EU"))),
            _notSubject(STRANGER)
        );
    }

    // -------------------------------------------------------------------------------------------------- batch, limits

    function test_CNS10_answersAPageAtOnce() public {
        _grant(END);
        IConsentRegistry.Scope[] memory scopes = new IConsentRegistry.Scope[](3);
        for (uint256 i; i < 3; ++i) scopes[i] = _scope();
        scopes[1].purpose = "research";
        bool[] memory granted = registry.areGranted(scopes, NOW);
        assertEq(granted.length, 3);
        assertTrue(granted[0]);
        assertFalse(granted[1]);
        assertTrue(granted[2]);
        assertFalse(registry.areGranted(scopes, END)[0]);
        assertEq(registry.areGranted(new IConsentRegistry.Scope[](0), NOW).length, 0);
    }

    /// @dev The clock at its limit: the last second that 48 bits name.
    function test_CNS11_theClockAtItsLimit() public {
        vm.warp(type(uint48).max - 1);
        _grant(type(uint48).max);
        assertTrue(_isLive());
        vm.warp(type(uint48).max);
        assertFalse(_isLive());
        bytes memory reason = abi.encodeWithSelector(
            IConsentRegistry.ConsentRegistry_AlreadyExpired.selector,
            type(uint48).max,
            type(uint48).max
        );
        _refused(subject, abi.encodeCall(registry.grant, (_scope(), TERMS, type(uint48).max)), reason);
        vm.warp(uint256(type(uint48).max) + 1);
        _revoke();
        assertFalse(_isLive());
    }

    /// @dev Live exactly from the last grant to the earlier of expiry and revocation.
    function test_CNS01_liveWithinItsBounds(uint48 length, uint48 revokedAfter, uint48 askedAfter) public {
        length = uint48(bound(length, 1, 1000 days));
        revokedAfter = uint48(bound(revokedAfter, 0, 2000 days));
        askedAfter = uint48(bound(askedAfter, 0, 2000 days));
        _grant(NOW + length);
        vm.warp(uint256(NOW) + revokedAfter);
        _revoke();
        bool expected = askedAfter < length && askedAfter < revokedAfter;
        assertEq(registry.isLive(registry.idOf(_scope()), uint256(NOW) + askedAfter), expected);
    }
}
