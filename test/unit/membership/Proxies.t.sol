// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IProxies} from "../../../contracts/membership/interfaces/IProxies.sol";
import {ProxyFixture} from "./ProxyFixture.sol";

/// @dev Branches: Proxies.tree.
contract ProxiesTest is ProxyFixture {
    uint8 private constant PAY = 2;

    function setUp() public {
        _deploy(8);
    }

    // -------------------------------------------------------------------------------------------------------- limits

    function test_PRX01_withoutLimitsNobodyNamesAProxy() public {
        address other = address(0xC0FFEE);
        address[] memory both = new address[](2);
        (both[0], both[1]) = (_member(1), _member(2));
        vm.prank(other);
        membership.admit(both);
        bytes memory data = abi.encodeCall(proxies.nameProxy, (other, _naming(ALL, 2)));
        _refused(_member(1), data, abi.encodeWithSelector(IProxies.Proxies_InvalidExpiry.selector, END, NOW));
        // a duration alone gives nobody a seat
        vm.prank(other);
        proxies.setLimits(0, 0, DURATION);
        IProxies.Naming memory naming = _naming(ALL, 2);
        naming.passes = 0;
        vm.prank(_member(1));
        proxies.nameProxy(other, naming);
        _refused(_member(2), abi.encodeCall(proxies.accept, (other, 1, ALL, 0)), _noSuchSeat(0, 0));
    }

    function test_PRX01_aCooperativeSetsItsOwnLimitsOnly() public {
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyLimitsSet(address(this), 9, 8, 7);
        proxies.setLimits(9, 8, 7);
        (uint16 held, uint8 passes, uint32 duration) = proxies.limitsOf(COOPERATIVE);
        assertTrue(held == HELD && passes == PASSES && duration == DURATION);
        (held, passes, duration) = proxies.limitsOf(address(this));
        assertTrue(held == 9 && passes == 8 && duration == 7);
    }

    function test_PRX01_booksOfCooperativesAreApart() public {
        address other = address(0xC0FFEE);
        address[] memory both = new address[](2);
        (both[0], both[1]) = (_member(1), _member(2));
        vm.startPrank(other);
        membership.admit(both);
        proxies.setLimits(HELD, PASSES, DURATION);
        vm.stopPrank();
        _give(1, ALL, 2, 0);
        assertEq(proxies.holderOf(other, 1, ALL, NOW), 0);
        _refused(
            _member(2),
            abi.encodeCall(proxies.accept, (other, 1, ALL, 0)),
            abi.encodeWithSelector(IProxies.Proxies_NotOffered.selector, other, 1, ALL, 2)
        );
    }

    // -------------------------------------------------------------------------------------------------------- naming

    function test_PRX02_namingAnnouncesAndAcceptingHolds() public {
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyNamed(COOPERATIVE, 1, 2, ALL, END, PASSES, 1);
        _name(1, ALL, 2);
        vm.warp(NOW + 5);
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyAccepted(COOPERATIVE, 1, 2, ALL, 2, 0);
        _accept(2, 1, ALL, 2);
        IProxies.Proxy memory proxy = proxies.proxyOf(COOPERATIVE, 1, ALL);
        assertTrue(proxy.holder == 2 && proxy.offeredTo == 0 && proxy.since == NOW + 5 && proxy.until == END);
        assertTrue(proxy.seat == 2 && proxy.passes == PASSES && proxy.passed == 0 && proxy.version == 1);
        assertEq(_holder(1, ALL), 2);
        assertEq(_principal(2, 2), 1);
    }

    function test_PRX02_onlyMembersInStandingName() public {
        _refusedNaming(9, _naming(ALL, 2), _notInStanding(_member(9)));
        vm.prank(COOPERATIVE);
        membership.suspend(1, 0);
        _refusedNaming(1, _naming(ALL, 2), _notInStanding(_member(1)));
        vm.prank(_member(3));
        membership.resign(COOPERATIVE);
        _refusedNaming(3, _naming(ALL, 2), _notInStanding(_member(3)));
    }

    function test_PRX02_onlyAnotherMemberIsNamed() public {
        _refusedNaming(1, _naming(ALL, 1), _invalidHolder(1, 1));
        _refusedNaming(1, _naming(ALL, 0), _invalidHolder(1, 0));
        // whoever is admitted next is not the one meant
        _refusedNaming(1, _naming(ALL, 9), _invalidHolder(1, 9));
    }

    function test_PRX02_topicsAreTheClassesAndAll() public {
        for (uint8 topic; topic < 8; ++topic) _name(1, topic, 2);
        bytes memory reason = abi.encodeWithSelector(IProxies.Proxies_UnknownTopic.selector, 8);
        _refusedNaming(1, _naming(8, 2), reason);
        reason = abi.encodeWithSelector(IProxies.Proxies_UnknownTopic.selector, 254);
        _refusedNaming(1, _naming(254, 2), reason);
        // in a topic that does not exist the proxy for all counts, as in one nobody has named a proxy for
        _give(1, ALL, 3, 0);
        assertEq(_holder(1, 200), 3);
    }

    function test_PRX02_theExpiryIsWithinTheDuration() public {
        IProxies.Naming memory naming = _naming(ALL, 2);
        naming.until = NOW;
        _refusedNaming(1, naming, _invalidExpiry(NOW));
        naming.until = NOW + DURATION + 1;
        _refusedNaming(1, naming, _invalidExpiry(naming.until));
        naming.until = type(uint48).max;
        _refusedNaming(1, naming, _invalidExpiry(naming.until));
        naming.until = NOW + DURATION;
        vm.prank(_member(1));
        proxies.nameProxy(COOPERATIVE, naming);
        // a shorter duration binds those that are named from then on
        _setLimits(HELD, PASSES, 1 days);
        _accept(2, 1, ALL, 0);
        vm.warp(NOW + DURATION - 1);
        assertEq(_holder(1, ALL), 2);
        vm.warp(NOW + DURATION);
        assertEq(_holder(1, ALL), 0);
    }

    function test_PRX02_namingAnewEndsTheOneBefore() public {
        _give(1, ALL, 2, 0);
        _name(1, ALL, 3);
        assertEq(_holder(1, ALL), 0);
        assertEq(_principal(2, 0), 0);
        assertEq(uint256(proxies.proxyOf(COOPERATIVE, 1, ALL).version), 2);
        _refusedAccept(2, 1, ALL, 0, _notOffered(1, ALL, 2));
        _accept(3, 1, ALL, 0);
        assertEq(_holder(1, ALL), 3);
    }

    // ------------------------------------------------------------------------------------------ acceptance and seats

    function test_PRX03_whatIsNotAcceptedDoesNotCount() public {
        _name(1, ALL, 2);
        assertEq(_holder(1, ALL), 0);
        assertFalse(_counts(2, 1, ALL, NOW));
    }

    function test_PRX03_onlyWhoWasNamedAcceptsInTime() public {
        _name(1, ALL, 2);
        _refusedAccept(3, 1, ALL, 0, _notOffered(1, ALL, 3));
        _refusedAccept(1, 1, ALL, 0, _notOffered(1, ALL, 1));
        _refusedAccept(2, 1, PAY, 0, _notOffered(1, PAY, 2));
        _refusedAccept(2, 3, ALL, 0, _notOffered(3, ALL, 2));
        vm.warp(END);
        _refusedAccept(2, 1, ALL, 0, _notOffered(1, ALL, 2));
    }

    function test_PRX03_onlyMembersInStandingAccept() public {
        _name(1, ALL, 2);
        vm.prank(COOPERATIVE);
        membership.suspend(2, 0);
        _refusedAccept(2, 1, ALL, 0, _notInStanding(_member(2)));
    }

    /// @dev However many name somebody, their seats stay free until they wish otherwise.
    function test_PRX03_strangersFillNoSeats() public {
        for (uint256 principal = 3; principal <= 8; ++principal) _name(principal, ALL, 2);
        IProxies.Seat[] memory seats = proxies.seatsOf(COOPERATIVE, 2, 0, HELD);
        for (uint256 i; i < HELD; ++i) assertEq(seats[i].principal, 0);
        _give(1, ALL, 2, 0);
        _drop(2, 3, ALL);
        _refusedAccept(2, 3, ALL, 1, _notOffered(3, ALL, 2));
    }

    function test_PRX04_aMemberHoldsAsManyAsThereAreSeats() public {
        _give(1, ALL, 2, 0);
        _give(1, PAY, 2, 1);
        _give(3, ALL, 2, 2);
        _name(4, ALL, 2);
        _refusedAccept(2, 4, ALL, 3, _noSuchSeat(3, HELD));
        _refusedAccept(2, 4, ALL, 0, _seatTaken(0, 1, ALL));
        _refusedAccept(2, 4, ALL, 1, _seatTaken(1, 1, PAY));
        _refusedAccept(2, 4, ALL, 2, _seatTaken(2, 3, ALL));
        IProxies.Seat[] memory seats = proxies.seatsOf(COOPERATIVE, 2, 1, 2);
        assertEq(seats.length, 2);
        assertTrue(seats[0].principal == 1 && seats[0].topic == PAY);
        assertTrue(seats[1].principal == 3 && seats[1].topic == ALL);
    }

    function test_PRX04_aSeatIsFreeOnceItsProxyIsOver() public {
        _give(1, ALL, 2, 0);
        _revoke(1, ALL);
        _give(3, ALL, 2, 0);
        _name(3, ALL, 4);
        _give(5, ALL, 2, 0);
        _drop(2, 5, ALL);
        _give(6, ALL, 2, 0);
        vm.warp(END);
        assertEq(_principal(2, 0), 0);
        vm.prank(_member(7));
        proxies.nameProxy(COOPERATIVE, IProxies.Naming(ALL, 2, END + 1, 0));
        _accept(2, 7, ALL, 0);
        assertEq(_principal(2, 0), 7);
    }

    /// @dev A proxy that came back to a holder is in the seat it was accepted in, not in the one it had before.
    function test_PRX04_whoComesBackTakesASeatAnew() public {
        _give(1, ALL, 2, 0);
        _revoke(1, ALL);
        _give(3, ALL, 2, 0);
        _name(1, ALL, 2);
        _refusedAccept(2, 1, ALL, 0, _seatTaken(0, 3, ALL));
        _accept(2, 1, ALL, 1);
        assertEq(_principal(2, 0), 3);
        assertEq(_principal(2, 1), 1);
        // its former seat does not mistake it for still being there
        _drop(2, 3, ALL);
        assertEq(_principal(2, 0), 0);
    }

    /// @dev The seat that a proxy had before its renewal names it still, and is free for another.
    function test_PRX04_aRenewedProxyLeavesItsFormerSeat() public {
        _give(1, ALL, 2, 0);
        _give(1, ALL, 2, 1);
        assertEq(_principal(2, 0), 0);
        assertEq(_principal(2, 1), 1);
        _give(3, ALL, 2, 0);
        assertEq(_principal(2, 0), 3);
    }

    function test_PRX04_aLowerLimitBindsAtOnce() public {
        _give(1, ALL, 2, 0);
        _give(3, ALL, 2, 2);
        _setLimits(2, PASSES, DURATION);
        assertEq(_holder(1, ALL), 2);
        assertEq(_holder(3, ALL), 0);
        assertFalse(_counts(2, 3, ALL, NOW));
        _name(4, ALL, 2);
        _refusedAccept(2, 4, ALL, 2, _noSuchSeat(2, 2));
        // a higher one lets it count again: nobody took it back
        _setLimits(HELD, PASSES, DURATION);
        assertEq(_holder(3, ALL), 2);
    }

    function test_seats_areAnsweredByPages() public {
        _setLimits(type(uint16).max, 0, DURATION);
        vm.prank(_member(1));
        proxies.nameProxy(COOPERATIVE, IProxies.Naming(ALL, 2, END, 0));
        _accept(2, 1, ALL, type(uint16).max - 1);
        IProxies.Seat[] memory seats = proxies.seatsOf(COOPERATIVE, 2, type(uint16).max - 1, 100);
        assertEq(seats.length, 2);
        assertEq(seats[0].principal, 1);
        assertEq(seats[1].principal, 0);
        assertEq(proxies.seatsOf(COOPERATIVE, 2, 0, 0).length, 0);
    }

    // -------------------------------------------------------------------------------------------------------- topics

    function test_PRX05_theTopicsProxyBeatsTheOneForAll() public {
        _give(1, PAY, 3, 0);
        _give(1, ALL, 2, 0);
        assertEq(_holder(1, PAY), 3);
        assertEq(_holder(1, 3), 2);
        assertTrue(_counts(3, 1, PAY, NOW));
        assertFalse(_counts(2, 1, PAY, NOW));
        assertTrue(_counts(2, 1, 3, NOW));
        assertFalse(_counts(3, 1, 3, NOW));
        // one that is merely offered beats nothing
        _name(1, 3, 4);
        assertEq(_holder(1, 3), 2);
    }

    function test_PRX05_theOneForAllCountsWhereTheTopicsIsOver() public {
        vm.prank(_member(1));
        proxies.nameProxy(COOPERATIVE, IProxies.Naming(PAY, 3, NOW + 1 days, 0));
        _accept(3, 1, PAY, 0);
        _give(1, ALL, 2, 0);
        vm.warp(NOW + 1 days - 1);
        assertEq(_holder(1, PAY), 3);
        vm.warp(NOW + 1 days);
        assertEq(_holder(1, PAY), 2);
        _give(1, PAY, 4, 0);
        assertEq(_holder(1, PAY), 4);
        _revoke(1, PAY);
        assertEq(_holder(1, PAY), 2);
        _revoke(1, ALL);
        assertEq(_holder(1, PAY), 0);
    }

    /// @dev Whoever gave a topic to one trusts nobody else with it, also while that one can't act.
    function test_PRX05_aHolderWhoCannotActIsNotReplaced() public {
        _give(1, ALL, 2, 0);
        _give(1, PAY, 3, 0);
        vm.prank(COOPERATIVE);
        membership.suspend(3, 0);
        assertFalse(_counts(2, 1, PAY, NOW));
        assertFalse(_counts(3, 1, PAY, NOW));
    }

    // ------------------------------------------------------------------------------------------------------ snapshot

    function test_PRX06_aProxyAcceptedAfterTheSnapshotDoesNotCount() public {
        _name(1, ALL, 2);
        vm.warp(NOW + 100);
        _accept(2, 1, ALL, 0);
        assertFalse(_counts(2, 1, ALL, NOW + 99));
        assertTrue(_counts(2, 1, ALL, NOW + 100));
    }

    /// @dev A second after the snapshot a member can't lend the vote to somebody else, nor a holder hand it on.
    function test_PRX06_noneMovesBetweenHoldersDuringAVote() public {
        _give(1, ALL, 2, 0);
        _give(3, ALL, 2, 1);
        _give(4, ALL, 2, 2);
        uint256 snapshot = NOW + 10;
        vm.warp(snapshot + 1);
        _give(1, ALL, 5, 0);
        _passOn(2, 3, ALL, 5);
        _accept(5, 3, ALL, 1);
        // not even away and back
        _give(4, ALL, 2, 0);
        for (uint256 holder = 2; holder <= 5; holder += 3) {
            assertFalse(_counts(holder, 1, ALL, snapshot));
            assertFalse(_counts(holder, 3, ALL, snapshot));
            assertFalse(_counts(holder, 4, ALL, snapshot));
        }
        assertTrue(_counts(5, 1, ALL, snapshot + 1));
    }

    /// @dev The principal turned to another holder: the one for all, who held all along, has no say in it any more.
    function test_PRX06_aTopicsProxyAcceptedAfterTheSnapshotSilencesTheOneForAll() public {
        _give(1, ALL, 2, 0);
        vm.warp(NOW + 10);
        _give(1, PAY, 3, 0);
        assertFalse(_counts(2, 1, PAY, NOW));
        assertFalse(_counts(3, 1, PAY, NOW));
    }

    function test_PRX06_anExpiredProxyDoesNotCount() public {
        _give(1, ALL, 2, 0);
        vm.warp(END - 1);
        assertTrue(_counts(2, 1, ALL, NOW));
        vm.warp(END);
        assertFalse(_counts(2, 1, ALL, NOW));
        assertEq(proxies.holderOf(COOPERATIVE, 1, ALL, NOW), 0);
    }

    function test_PRX06_ofATimeToComeItSaysWhatHoldsIfNothingHappens() public {
        _give(1, ALL, 2, 0);
        assertEq(proxies.holderOf(COOPERATIVE, 1, ALL, END - 1), 2);
        assertEq(proxies.holderOf(COOPERATIVE, 1, ALL, END), 0);
        assertEq(proxies.holderOf(COOPERATIVE, 1, ALL, NOW - 1), 0);
    }

    // -------------------------------------------------------------------------------------------------------- ending

    function test_PRX07_thePrincipalRevokesAtOnce() public {
        _give(1, ALL, 2, 0);
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyRevoked(COOPERATIVE, 1, ALL, 2);
        _revoke(1, ALL);
        assertEq(_holder(1, ALL), 0);
        assertFalse(_counts(2, 1, ALL, NOW));
        _refusedPassOn(2, 1, 3, _notHeld(1, ALL, 2));
    }

    function test_PRX07_anOfferIsRevokedToo() public {
        _name(1, ALL, 2);
        _revoke(1, ALL);
        _refusedAccept(2, 1, ALL, 0, _notOffered(1, ALL, 2));
        _give(1, ALL, 2, 0);
        _passOn(2, 1, ALL, 3);
        _revoke(1, ALL);
        _refusedAccept(3, 1, ALL, 0, _notOffered(1, ALL, 3));
    }

    function test_PRX07_aSuspendedMemberRevokesAndDrops() public {
        _give(1, ALL, 2, 0);
        _give(3, ALL, 2, 1);
        vm.startPrank(COOPERATIVE);
        membership.suspend(1, 0);
        membership.suspend(2, 0);
        vm.stopPrank();
        _revoke(1, ALL);
        _drop(2, 3, ALL);
        assertEq(_holder(1, ALL), 0);
        assertEq(_holder(3, ALL), 0);
    }

    function test_PRX07_theHolderGivesBack() public {
        _give(1, ALL, 2, 0);
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyDropped(COOPERATIVE, 1, 2, ALL);
        _drop(2, 1, ALL);
        assertEq(_holder(1, ALL), 0);
        _refused(_member(2), abi.encodeCall(proxies.drop, (COOPERATIVE, 1, ALL)), _notHeld(1, ALL, 2));
        _refused(_member(3), abi.encodeCall(proxies.drop, (COOPERATIVE, 1, ALL)), _notHeld(1, ALL, 3));
    }

    function test_PRX07_strangersEndNothing() public {
        _give(1, ALL, 2, 0);
        bytes memory reason = abi.encodeWithSelector(IProxies.Proxies_NotAMember.selector, COOPERATIVE, _member(9));
        _refused(_member(9), abi.encodeCall(proxies.revoke, (COOPERATIVE, ALL)), reason);
        _refused(_member(9), abi.encodeCall(proxies.drop, (COOPERATIVE, 1, ALL)), reason);
        // another member's revocation is about their own
        _revoke(3, ALL);
        assertEq(_holder(1, ALL), 2);
    }

    // ------------------------------------------------------------------------------------------------------- passing

    function test_PRX08_theHolderPassesOn() public {
        _give(1, ALL, 2, 0);
        vm.warp(NOW + 10);
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyPassedOn(COOPERATIVE, 1, 2, 3, ALL);
        _passOn(2, 1, ALL, 3);
        assertEq(_holder(1, ALL), 2);
        assertTrue(_counts(2, 1, ALL, NOW));
        vm.expectEmit(address(proxies));
        emit IProxies.ProxyAccepted(COOPERATIVE, 1, 3, ALL, 1, 1);
        _accept(3, 1, ALL, 1);
        assertEq(_holder(1, ALL), 3);
        assertEq(_principal(2, 0), 0);
        assertEq(_principal(3, 1), 1);
        assertEq(uint256(proxies.proxyOf(COOPERATIVE, 1, ALL).until), END);
        // who passed it on has no say in it any more
        _refused(_member(2), abi.encodeCall(proxies.drop, (COOPERATIVE, 1, ALL)), _notHeld(1, ALL, 2));
        _refusedPassOn(2, 1, 4, _notHeld(1, ALL, 2));
    }

    function test_PRX08_asOftenAsPrincipalAndCooperativeAllow() public {
        bytes memory reason = abi.encodeWithSelector(IProxies.Proxies_TooManyPasses.selector, 2, 1);
        _refusedNaming(1, IProxies.Naming(ALL, 2, END, 2), reason);
        // the principal allows none
        vm.prank(_member(1));
        proxies.nameProxy(COOPERATIVE, IProxies.Naming(ALL, 2, END, 0));
        _accept(2, 1, ALL, 0);
        _refusedPassOn(2, 1, 3, _notToBePassedOn(1, 0));
        // both allow two
        _setLimits(HELD, 2, DURATION);
        vm.prank(_member(1));
        proxies.nameProxy(COOPERATIVE, IProxies.Naming(ALL, 2, END, 2));
        _accept(2, 1, ALL, 0);
        _passOn(2, 1, ALL, 3);
        _accept(3, 1, ALL, 0);
        _passOn(3, 1, ALL, 4);
        _accept(4, 1, ALL, 0);
        _refusedPassOn(4, 1, 5, _notToBePassedOn(1, 2));
        assertEq(_holder(1, ALL), 4);
    }

    function test_PRX08_aLowerLimitBindsAtOnce() public {
        _give(1, ALL, 2, 0);
        _give(5, ALL, 2, 1);
        _passOn(2, 1, ALL, 3);
        _accept(3, 1, ALL, 0);
        _passOn(2, 5, ALL, 3);
        _setLimits(HELD, 0, DURATION);
        assertEq(_holder(1, ALL), 0);
        assertEq(_holder(5, ALL), 2);
        _refusedAccept(3, 5, ALL, 1, _notToBePassedOn(5, 0));
        _refusedPassOn(2, 5, 4, _notToBePassedOn(5, 0));
    }

    /// @dev Round and round: each turn is one of those allowed, and nobody ever holds their own.
    function test_PRX08_circlesEnd() public {
        _setLimits(HELD, 2, DURATION);
        vm.prank(_member(1));
        proxies.nameProxy(COOPERATIVE, IProxies.Naming(ALL, 2, END, 2));
        _accept(2, 1, ALL, 0);
        _refusedPassOn(2, 1, 1, _invalidHolder(1, 1));
        _refusedPassOn(2, 1, 2, _invalidHolder(1, 2));
        _refusedPassOn(2, 1, 99, _invalidHolder(1, 99));
        _passOn(2, 1, ALL, 3);
        _accept(3, 1, ALL, 0);
        _passOn(3, 1, ALL, 2);
        _accept(2, 1, ALL, 1);
        assertEq(_holder(1, ALL), 2);
        _refusedPassOn(2, 1, 3, _notToBePassedOn(1, 2));
        // two who name each other cast each other's ballots; that is all
        _give(2, ALL, 1, 0);
        assertTrue(_counts(1, 2, ALL, NOW) && _counts(2, 1, ALL, NOW));
        assertFalse(_counts(1, 1, ALL, NOW));
    }

    /// @dev Friends who collect for one holder don't lift them above their seats.
    function test_PRX08_passingOnDoesNotEvadeTheLimit() public {
        _setLimits(2, 1, DURATION);
        _give(1, ALL, 2, 0);
        _give(3, ALL, 2, 1);
        _give(4, ALL, 5, 0);
        _give(6, ALL, 5, 1);
        _passOn(5, 4, ALL, 2);
        _refusedAccept(2, 4, ALL, 0, _seatTaken(0, 1, ALL));
        _refusedAccept(2, 4, ALL, 1, _seatTaken(1, 3, ALL));
        _refusedAccept(2, 4, ALL, 2, _noSuchSeat(2, 2));
        assertEq(_holder(4, ALL), 5);
    }

    function test_PRX08_whoIsOfferedOneMayRefuse() public {
        _give(1, ALL, 2, 0);
        _passOn(2, 1, ALL, 3);
        _drop(3, 1, ALL);
        assertEq(_holder(1, ALL), 2);
        _refusedAccept(3, 1, ALL, 0, _notOffered(1, ALL, 3));
        // an offer is exchanged for another, and ends with what the holder gives back
        _passOn(2, 1, ALL, 3);
        _passOn(2, 1, ALL, 4);
        _refusedAccept(3, 1, ALL, 0, _notOffered(1, ALL, 3));
        _drop(2, 1, ALL);
        _refusedAccept(4, 1, ALL, 0, _notOffered(1, ALL, 4));
    }

    function test_PRX08_anExpiredProxyIsNotPassedOn() public {
        _give(1, ALL, 2, 0);
        _passOn(2, 1, ALL, 3);
        vm.warp(END);
        _refusedPassOn(2, 1, 4, _notHeld(1, ALL, 2));
        _refusedAccept(3, 1, ALL, 0, _notOffered(1, ALL, 3));
    }

    function test_PRX08_aSuspendedHolderPassesNothingOn() public {
        _give(1, ALL, 2, 0);
        vm.prank(COOPERATIVE);
        membership.suspend(2, 0);
        _refusedPassOn(2, 1, 3, _notInStanding(_member(2)));
    }

    // ------------------------------------------------------------------------------------------------------ standing

    function test_PRX09_withoutStandingOfBothItDoesNotCount() public {
        _give(1, ALL, 2, 0);
        vm.warp(NOW + 10);
        vm.prank(COOPERATIVE);
        membership.suspend(1, 0);
        assertFalse(_counts(2, 1, ALL, NOW));
        vm.warp(NOW + 20);
        vm.startPrank(COOPERATIVE);
        membership.reinstate(COOPERATIVE, 1);
        assertTrue(_counts(2, 1, ALL, NOW));
        assertFalse(_counts(2, 1, ALL, NOW + 15));
        membership.suspend(2, 0);
        vm.stopPrank();
        assertFalse(_counts(2, 1, ALL, NOW));
        assertFalse(_counts(2, 1, ALL, NOW + 20));
    }

    function test_PRX09_standingIsAskedForEarlierThanHolding() public {
        _give(1, ALL, 2, 0);
        uint256[] memory principals = new uint256[](2);
        (principals[0], principals[1]) = (1, 3);
        uint256 joined = NOW - 1 days;
        assertEq(proxies.ballotRights(COOPERATIVE, _member(2), ALL, joined, NOW, principals)[0], 1);
        assertEq(proxies.ballotRights(COOPERATIVE, _member(2), ALL, joined, NOW, principals)[1], 0);
        assertEq(proxies.ballotRights(COOPERATIVE, _member(2), ALL, joined - 1, NOW, principals)[0], 0);
        assertEq(proxies.ballotRights(COOPERATIVE, _member(2), ALL, joined, NOW - 1, principals)[0], 0);
    }

    /// @dev Seasoned once, suspended at the snapshot, and in standing again.
    function test_PRX09_standingIsAskedForAtTheSnapshotToo() public {
        _give(1, ALL, 2, 0);
        _give(3, ALL, 4, 0);
        uint256[] memory principals = new uint256[](1);
        for (uint256 holder = 2; holder <= 4; holder += 2) {
            uint256 suspended = holder == 2 ? 1 : 4; // a principal, a holder
            principals[0] = holder - 1;
            vm.warp(NOW + 10 * holder);
            vm.prank(COOPERATIVE);
            membership.suspend(suspended, 0);
            uint256 snapshot = block.timestamp;
            vm.warp(snapshot + 5);
            vm.prank(COOPERATIVE);
            membership.reinstate(COOPERATIVE, suspended);
            address account = _member(holder);
            assertEq(proxies.ballotRights(COOPERATIVE, account, ALL, NOW, snapshot - 1, principals)[0], holder - 1);
            assertEq(proxies.ballotRights(COOPERATIVE, account, ALL, NOW, snapshot, principals)[0], 0);
        }
    }

    function test_PRX09_whoJoinsAgainHasNone() public {
        _give(1, ALL, 2, 0);
        _give(3, ALL, 4, 0);
        vm.warp(NOW + 1);
        vm.prank(_member(1));
        membership.resign(COOPERATIVE);
        vm.prank(_member(4));
        membership.resign(COOPERATIVE);
        assertFalse(_counts(2, 1, ALL, NOW));
        _admit(1);
        _admit(4);
        for (uint256 principal; principal < 11; ++principal) {
            assertEq(_right(_member(2), principal, ALL, block.timestamp), 0);
            assertEq(_right(_member(4), principal, ALL, block.timestamp), 0);
        }
        // under the new number they start afresh, and their former seats are nobody's
        _name(4, ALL, 2);
        _refused(_member(4), abi.encodeCall(proxies.drop, (COOPERATIVE, 3, ALL)), _notHeld(3, ALL, 10));
        assertEq(uint256(proxies.proxyOf(COOPERATIVE, 10, ALL).version), 1);
    }

    function test_PRX09_aChangeOfKeyKeepsBoth() public {
        _give(1, ALL, 2, 0);
        address principal = _member(101);
        address holder = _member(102);
        _rotate(1, principal);
        _rotate(2, holder);
        assertEq(_right(holder, 1, ALL, NOW), 1);
        // the accounts left behind are nobody's
        assertEq(_right(_member(2), 1, ALL, NOW), 0);
        bytes memory reason = abi.encodeWithSelector(IProxies.Proxies_NotAMember.selector, COOPERATIVE, _member(1));
        _refused(_member(1), abi.encodeCall(proxies.revoke, (COOPERATIVE, ALL)), reason);
        _refusedNaming(1, _naming(ALL, 3), _notInStanding(_member(1)));
        vm.prank(principal);
        proxies.revoke(COOPERATIVE, ALL);
        assertEq(_holder(1, ALL), 0);
    }

    // -------------------------------------------------------------------------------------------------------- others

    function test_multicall_handsInSeveralAtOnce() public {
        _name(1, ALL, 2);
        _name(3, ALL, 2);
        bytes[] memory calls = new bytes[](2);
        calls[0] = abi.encodeCall(proxies.accept, (COOPERATIVE, 1, ALL, 0));
        calls[1] = abi.encodeCall(proxies.accept, (COOPERATIVE, 3, ALL, 1));
        vm.prank(_member(2));
        proxies.multicall(calls);
        assertTrue(_holder(1, ALL) == 2 && _holder(3, ALL) == 2);
    }

    /// @dev Whatever topics were given to whom in whatever order, the topic's holder answers, else the one for all.
    function testFuzz_PRX05_precedence(uint256 seed) public {
        uint256[] memory expected = new uint256[](8);
        uint256 general;
        uint16[] memory seats = new uint16[](9);
        _setLimits(20, 0, DURATION);
        for (uint256 i; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint8 topic = uint8(seed % 9);
            uint256 holder = 2 + ((seed >> 8) % 7);
            if (topic == 8) topic = ALL;
            bool isGiven = (seed >> 16) % 3 != 0;
            if (isGiven) {
                vm.prank(_member(1));
                proxies.nameProxy(COOPERATIVE, IProxies.Naming(topic, uint32(holder), END, 0));
                _accept(holder, 1, topic, seats[holder]);
                ++seats[holder];
            } else {
                _revoke(1, topic);
                holder = 0;
            }
            if (topic == ALL) general = holder;
            else expected[topic] = holder;
        }
        for (uint8 topic; topic < 8; ++topic) {
            assertEq(_holder(1, topic), expected[topic] == 0 ? general : expected[topic]);
        }
        assertEq(_holder(1, ALL), general);
    }

    function _invalidExpiry(uint256 until) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_InvalidExpiry.selector, until, NOW + DURATION);
    }
}
