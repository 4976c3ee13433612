// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {Membership} from "../../../contracts/membership/Membership.sol";
import {Proxies} from "../../../contracts/membership/Proxies.sol";
import {IProxies} from "../../../contracts/membership/interfaces/IProxies.sol";
import {TestBase} from "../Vm.sol";

/// @title ProxyFixture
/// @notice A cooperative of some members, who may hold three proxies each, passed on once, for thirty days.
abstract contract ProxyFixture is TestBase {
    uint48 internal constant NOW = 1_700_000_000;
    uint48 internal constant END = NOW + 10 days;
    uint16 internal constant HELD = 3;
    uint8 internal constant PASSES = 1;
    uint32 internal constant DURATION = 30 days;
    uint8 internal constant ALL = type(uint8).max;
    address internal constant COOPERATIVE = address(0xC00B);

    DIDRegistry internal dids;
    Membership internal membership;
    Proxies internal proxies;

    function _deploy(uint256 members) internal {
        vm.warp(NOW - 1 days);
        dids = new DIDRegistry();
        membership = new Membership(dids);
        proxies = new Proxies(membership);
        for (uint256 number = 1; number <= members; ++number) _admit(number);
        vm.warp(NOW);
        _setLimits(HELD, PASSES, DURATION);
    }

    function _admit(uint256 key) internal {
        address[] memory admitted = new address[](1);
        admitted[0] = _member(key);
        vm.prank(COOPERATIVE);
        membership.admit(admitted);
    }

    function _setLimits(uint16 held, uint8 passes, uint32 duration) internal {
        vm.prank(COOPERATIVE);
        proxies.setLimits(held, passes, duration);
    }

    /// @dev First account of the member with this number; its private key is `_key`.
    function _member(uint256 number) internal pure returns (address) {
        return vm.addr(_key(number));
    }

    function _key(uint256 number) internal pure returns (uint256) {
        return 1_000 + number;
    }

    // ---------------------------------------------------------------------------------------------------------- acts

    function _naming(uint8 topic, uint256 holder) internal pure returns (IProxies.Naming memory) {
        return IProxies.Naming(topic, uint32(holder), END, PASSES);
    }

    function _name(uint256 principal, uint8 topic, uint256 holder) internal {
        vm.prank(_member(principal));
        proxies.nameProxy(COOPERATIVE, _naming(topic, holder));
    }

    function _accept(uint256 holder, uint256 principal, uint8 topic, uint16 seat) internal {
        vm.prank(_member(holder));
        proxies.accept(COOPERATIVE, principal, topic, seat);
    }

    /// @dev Named and accepted.
    function _give(uint256 principal, uint8 topic, uint256 holder, uint16 seat) internal {
        _name(principal, topic, holder);
        _accept(holder, principal, topic, seat);
    }

    function _passOn(uint256 holder, uint256 principal, uint8 topic, uint256 next) internal {
        vm.prank(_member(holder));
        proxies.passOn(COOPERATIVE, principal, topic, uint32(next));
    }

    function _drop(uint256 holder, uint256 principal, uint8 topic) internal {
        vm.prank(_member(holder));
        proxies.drop(COOPERATIVE, principal, topic);
    }

    function _revoke(uint256 principal, uint8 topic) internal {
        vm.prank(_member(principal));
        proxies.revoke(COOPERATIVE, topic);
    }

    // --------------------------------------------------------------------------------------------------------- views

    function _holder(uint256 principal, uint8 topic) internal view returns (uint256) {
        return proxies.holderOf(COOPERATIVE, principal, topic, block.timestamp);
    }

    /// @dev Whether a governor would take the principal's ballot from the holder's first account.
    function _counts(uint256 holder, uint256 principal, uint8 topic, uint256 snapshot) internal view returns (bool) {
        return _right(_member(holder), principal, topic, snapshot) == principal;
    }

    function _right(
        address holder,
        uint256 principal,
        uint8 topic,
        uint256 snapshot
    ) internal view returns (uint256 number) {
        uint256[] memory principals = new uint256[](1);
        principals[0] = principal;
        return proxies.ballotRights(COOPERATIVE, holder, topic, snapshot, snapshot, principals)[0];
    }

    function _principal(uint256 holder, uint16 seat) internal view returns (uint256) {
        return proxies.seatsOf(COOPERATIVE, holder, seat, 1)[0].principal;
    }

    // -------------------------------------------------------------------------------------------------------- errors

    /// @dev The call must fail with exactly this error.
    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(proxies).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _refusedNaming(uint256 principal, IProxies.Naming memory naming, bytes memory reason) internal {
        _refused(_member(principal), abi.encodeCall(proxies.nameProxy, (COOPERATIVE, naming)), reason);
    }

    function _refusedAccept(uint256 holder, uint256 principal, uint8 topic, uint16 seat, bytes memory reason) internal {
        bytes memory data = abi.encodeCall(proxies.accept, (COOPERATIVE, principal, topic, seat));
        _refused(_member(holder), data, reason);
    }

    function _refusedPassOn(uint256 holder, uint256 principal, uint256 next, bytes memory reason) internal {
        bytes memory data = abi.encodeCall(proxies.passOn, (COOPERATIVE, principal, ALL, uint32(next)));
        _refused(_member(holder), data, reason);
    }

    function _invalidHolder(uint256 principal, uint256 holder) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_InvalidHolder.selector, COOPERATIVE, principal, holder);
    }

    function _notOffered(uint256 principal, uint8 topic, uint256 member) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_NotOffered.selector, COOPERATIVE, principal, topic, member);
    }

    function _notHeld(uint256 principal, uint8 topic, uint256 member) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_NotHeld.selector, COOPERATIVE, principal, topic, member);
    }

    function _notToBePassedOn(uint256 principal, uint256 passed) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_NotToBePassedOn.selector, COOPERATIVE, principal, ALL, passed);
    }

    function _notInStanding(address account) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_NotInStanding.selector, COOPERATIVE, account);
    }

    function _seatTaken(uint16 seat, uint256 principal, uint8 topic) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_SeatTaken.selector, seat, principal, topic);
    }

    function _noSuchSeat(uint16 seat, uint16 held) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IProxies.Proxies_NoSuchSeat.selector, seat, held);
    }

    /// @dev The member's DID goes to another account, and the membership with it.
    function _rotate(uint256 number, address account) internal {
        vm.prank(_member(number));
        dids.changeOwner(Did.wrap(_member(number)), account);
        membership.rebind(COOPERATIVE, number);
    }
}
