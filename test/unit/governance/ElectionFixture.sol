// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Elections} from "../../../contracts/governance/Elections.sol";
import {IElections} from "../../../contracts/governance/interfaces/IElections.sol";
import {DIDRegistry} from "../../../contracts/identity/DIDRegistry.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {Membership} from "../../../contracts/membership/Membership.sol";
import {TestBase} from "../Vm.sol";

/// @title ElectionFixture
/// @notice A cooperative of some members, and an office. Nominations and voting take a day each, the term is thirty.
abstract contract ElectionFixture is TestBase {
    uint48 internal constant NOW = 1_700_000_000;
    uint32 internal constant PERIOD = 1 days;
    uint32 internal constant TERM = 30 days;
    bytes32 internal constant OFFICE = keccak256("guardian");
    address internal constant COOPERATIVE = address(0xC00B);
    uint256 internal constant UNIT = 100_000;
    /// @dev More than any count here takes.
    uint256 internal constant ALL = 100_000;

    DIDRegistry internal dids;
    Membership internal membership;
    Elections internal elections;
    uint256 internal election;

    function _deploy(uint256 members) internal {
        vm.warp(NOW - 1 days);
        vm.roll(1_000);
        dids = new DIDRegistry();
        membership = new Membership(dids);
        elections = new Elections(membership);
        for (uint256 number = 1; number <= members; ++number) _admit(_member(number));
        vm.warp(NOW);
    }

    function _admit(address did) internal {
        address[] memory admitted = new address[](1);
        admitted[0] = did;
        vm.prank(COOPERATIVE);
        membership.admit(admitted);
    }

    function _member(uint256 number) internal pure returns (address) {
        return vm.addr(_key(number));
    }

    function _key(uint256 number) internal pure returns (uint256) {
        return 1_000 + number;
    }

    /// @dev The member's DID goes to another account, and the membership with it.
    function _rotate(uint256 number, address account) internal {
        vm.prank(_member(number));
        dids.changeOwner(Did.wrap(_member(number)), account);
        membership.rebind(COOPERATIVE, number);
    }

    // ---------------------------------------------------------------------------------------------------------- acts

    function _terms(IElections.Method method, uint8 seats) internal pure returns (IElections.Terms memory) {
        return IElections.Terms(OFFICE, method, seats, PERIOD, PERIOD, TERM);
    }

    function _open(IElections.Method method, uint8 seats) internal {
        vm.prank(COOPERATIVE);
        election = elections.open(_terms(method, seats));
    }

    /// @dev A ranked election in which members 1 to `candidates` have the places of their numbers.
    function _openRanked(uint8 seats, uint256 candidates) internal {
        _open(IElections.Method.Ranked, seats);
        _standAll(candidates);
    }

    function _openApproval(uint8 seats, uint256 candidates) internal {
        _open(IElections.Method.Approval, seats);
        _standAll(candidates);
    }

    function _standAll(uint256 candidates) internal {
        for (uint256 number = 1; number <= candidates; ++number) _stand(number);
        _toVoting();
    }

    function _stand(uint256 number) internal {
        vm.prank(_member(number));
        elections.stand(election, 0);
    }

    function _second(uint256 number, uint256 candidate) internal {
        vm.prank(_member(number));
        elections.second(election, candidate);
    }

    function _withdraw(uint256 number) internal {
        vm.prank(_member(number));
        elections.withdraw(election);
    }

    function _cast(uint256 number, uint8[] memory choices) internal {
        vm.prank(_member(number));
        elections.castBallot(election, choices);
    }

    /// @dev Members `first` to `last` say the same.
    function _castAll(uint256 first, uint256 last, uint8[] memory choices) internal {
        for (uint256 number = first; number <= last; ++number) _cast(number, choices);
    }

    function _leave(uint256 number) internal {
        vm.prank(_member(number));
        membership.resign(COOPERATIVE);
    }

    function _suspend(uint256 number) internal {
        vm.prank(COOPERATIVE);
        membership.suspend(number, 0);
    }

    function _reinstate(uint256 number) internal {
        vm.prank(COOPERATIVE);
        membership.reinstate(COOPERATIVE, number);
    }

    function _toVoting() internal {
        vm.warp(uint256(elections.electionOf(election).nominationsEnd) + 1);
    }

    function _toCount() internal {
        vm.warp(uint256(elections.electionOf(election).votingEnd) + 1);
    }

    function _countAll() internal {
        _toCount();
        assertTrue(elections.count(election, ALL));
    }

    // --------------------------------------------------------------------------------------------------------- views

    function _expectPhase(IElections.Phase phase) internal view {
        assertEq(uint256(elections.phaseOf(election)), uint256(phase));
    }

    function _holds(uint256 number) internal view returns (bool) {
        (uint256 by, uint48 until) = elections.termOf(COOPERATIVE, OFFICE, number);
        assertTrue((by == 0) == (until == 0));
        return by != 0;
    }

    /// @dev Exactly these hold the office.
    function _expectHolders(uint8[] memory numbers) internal view {
        uint256[] memory holders = elections.holdersOf(COOPERATIVE, OFFICE);
        assertEq(holders.length, numbers.length);
        for (uint256 i; i < holders.length; ++i) {
            assertEq(holders[i], numbers[i]);
            assertTrue(_holds(holders[i]));
        }
    }

    /// @dev Votes of a stage, by place, in units; the first is what was not transferable.
    function _expectVotes(uint256 stage, uint256[] memory expected) internal view {
        uint256[] memory votes = elections.votesAt(election, stage);
        assertEq(votes.length, expected.length);
        for (uint256 place; place < votes.length; ++place) assertEq(votes[place], expected[place]);
    }

    // ------------------------------------------------------------------------------------------------- lists, refusals

    function _list() internal pure returns (uint8[] memory list) {}

    function _list(uint8 a) internal pure returns (uint8[] memory list) {
        list = new uint8[](1);
        list[0] = a;
    }

    function _list(uint8 a, uint8 b) internal pure returns (uint8[] memory list) {
        list = new uint8[](2);
        (list[0], list[1]) = (a, b);
    }

    function _list(uint8 a, uint8 b, uint8 c) internal pure returns (uint8[] memory list) {
        list = new uint8[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    /// @dev The call must fail with exactly this error.
    function _refused(address caller, bytes memory data, bytes memory reason) internal {
        vm.prank(caller);
        // solhint-disable-next-line avoid-low-level-calls
        (bool success, bytes memory result) = address(elections).call(data);
        assertFalse(success);
        assertEq(result, reason);
    }

    function _refusedBallot(uint256 number, uint8[] memory choices, bytes memory reason) internal {
        _refused(_member(number), abi.encodeCall(elections.castBallot, (election, choices)), reason);
    }

    function _refusedStand(uint256 number, bytes memory reason) internal {
        _refused(_member(number), abi.encodeCall(elections.stand, (election, 0)), reason);
    }

    function _refusedSecond(uint256 number, uint256 candidate, bytes memory reason) internal {
        _refused(_member(number), abi.encodeCall(elections.second, (election, candidate)), reason);
    }

    function _refusedWithdraw(address caller, bytes memory reason) internal {
        _refused(caller, abi.encodeCall(elections.withdraw, (election)), reason);
    }

    function _refusedCount(bytes memory reason) internal {
        _refused(address(this), abi.encodeCall(elections.count, (election, ALL)), reason);
    }

    function _noBallotRight(address account) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IElections.Elections_NoBallotRight.selector, election, account);
    }

    function _wrongPhase(IElections.Phase phase) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IElections.Elections_WrongPhase.selector, election, phase);
    }

    function _invalidChoices(uint8[] memory choices) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IElections.Elections_InvalidChoices.selector, election, choices);
    }

    function _notAHolder(uint256 number) internal pure returns (bytes memory) {
        return abi.encodeWithSelector(IElections.Elections_NotAHolder.selector, COOPERATIVE, OFFICE, number);
    }

    /// @dev A refusal about one number.
    function _about(bytes4 selector, uint256 number) internal view returns (bytes memory) {
        return abi.encodeWithSelector(selector, election, number);
    }
}
