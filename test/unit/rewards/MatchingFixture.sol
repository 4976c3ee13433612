// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {Membership} from "../../../contracts/membership/Membership.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {MatchingRounds} from "../../../contracts/rewards/MatchingRounds.sol";
import {IMatchingRounds} from "../../../contracts/rewards/interfaces/IMatchingRounds.sol";
import {TestBase} from "../Vm.sol";

/// @title MatchingFixture
/// @notice A cooperative whose members register projects and contribute, and a pool that matches them.
abstract contract MatchingFixture is TestBase {
    address internal constant COOPERATIVE = address(0xC00B);
    address internal constant STRANGER = address(0x574a);
    uint48 internal constant NOW = 1_700_000_000;
    uint48 internal constant STARTS = NOW + 7 days;
    uint48 internal constant ENDS = NOW + 21 days;
    uint48 internal constant SETTLES = NOW + 28 days;
    uint128 internal constant POOL = 1000;

    DIDRegistry internal dids;
    Membership internal membership;
    MatchingRounds internal matching;
    HostileToken internal token;
    uint256 internal round;

    function _deploy(uint256 members) internal {
        vm.warp(NOW - 1 days);
        dids = new DIDRegistry();
        membership = new Membership(dids);
        matching = new MatchingRounds(membership);
        token = new HostileToken();
        for (uint256 number = 1; number <= members; ++number) _admit(number);
        vm.warp(NOW);
    }

    function _terms() internal pure returns (IMatchingRounds.Terms memory terms) {
        terms.startsAt = STARTS;
        terms.endsAt = ENDS;
        terms.settlesAt = SETTLES;
        terms.minimum = 1;
        terms.cap = 1000;
        terms.minContributors = 2;
        terms.maxProjects = 3;
        terms.description = "what the round is for";
    }

    function _open(uint128 pool, IMatchingRounds.Terms memory terms) internal {
        token.mint(COOPERATIVE, pool);
        vm.startPrank(COOPERATIVE);
        token.approve(address(matching), pool);
        round = matching.openRound(address(token), pool, terms);
        vm.stopPrank();
    }

    /// @dev A round in which members 1 to `projects` have registered one each, and that has started.
    function _start(uint256 projects) internal {
        _open(POOL, _terms());
        for (uint256 number = 1; number <= projects; ++number) _register(number);
        vm.warp(STARTS);
    }

    function _admit(uint256 key) internal {
        address[] memory admitted = new address[](1);
        admitted[0] = _member(key);
        vm.prank(COOPERATIVE);
        membership.admit(admitted);
    }

    /// @dev First account of the member with this number.
    function _member(uint256 number) internal pure returns (address) {
        return address(uint160(0x1000 + number));
    }

    function _payee(uint256 project) internal pure returns (address) {
        return address(uint160(0x9000 + project));
    }

    function _register(uint256 number) internal returns (uint256) {
        vm.prank(_member(number));
        return matching.register(round, _payee(number), "project");
    }

    function _contribute(uint256 number, uint256 project, uint128 amount) internal {
        _contributeFrom(_member(number), project, amount);
    }

    function _contributeFrom(address account, uint256 project, uint128 amount) internal {
        _fund(account, amount);
        vm.prank(account);
        matching.contribute(round, project, amount);
    }

    function _fund(address account, uint256 amount) internal {
        token.mint(account, amount);
        vm.prank(account);
        token.approve(address(matching), type(uint256).max);
    }

    function _settle(uint256 project) internal {
        vm.prank(STRANGER);
        matching.settle(round, _one(project));
    }

    function _refund(uint256 project, uint256 number) internal {
        vm.prank(STRANGER);
        matching.refund(round, project, _one(number));
    }

    function _owed(address account) internal view returns (uint256) {
        return matching.collectable(address(token), account);
    }

    function _one(uint256 value) internal pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = value;
    }

    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(matching).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    // ----------------------------------------------------------------------------------------- calls that are refused

    function _registerCall() internal view returns (bytes memory) {
        return abi.encodeCall(matching.register, (round, STRANGER, "project"));
    }

    function _contributeCall(uint256 project, uint128 amount) internal view returns (bytes memory) {
        return abi.encodeCall(matching.contribute, (round, project, amount));
    }

    function _settleCall(uint256 project) internal view returns (bytes memory) {
        return abi.encodeCall(matching.settle, (round, _one(project)));
    }

    function _withdrawCall(uint256 project) internal view returns (bytes memory) {
        return abi.encodeCall(matching.withdraw, (round, project));
    }

    function _wrongTime(uint256 from, uint256 until) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMatchingRounds.MatchingRounds_WrongTime.selector, round, from, until);
    }

    function _wrongStatus(uint256 project, IMatchingRounds.Status status) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMatchingRounds.MatchingRounds_WrongStatus.selector, round, project, status);
    }

    function _notAMember(address caller) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IMatchingRounds.MatchingRounds_NotAMember.selector, round, caller);
    }
}
