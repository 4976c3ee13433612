// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {CooperativeFactory} from "../../../contracts/founding/CooperativeFactory.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {Elections} from "../../../contracts/governance/Elections.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IElections} from "../../../contracts/governance/interfaces/IElections.sol";
import {MembershipToken} from "../../../contracts/membership/MembershipToken.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Branches: ElectedGuardian.tree. A cooperative votes an election in, elects its guardian, and recalls it.
contract ElectedGuardianTest is CooperativeFixture {
    bytes32 private constant GUARDIAN = keccak256("guardian");
    uint256 private constant MEMBERS = 7;
    uint256 private constant ELECTED = 3;

    Elections private _elections;

    function setUp() public {
        _deploy();
        _elections = new Elections(membership);
        CooperativeGovernor governors = new CooperativeGovernor(
            membership,
            policyBook,
            proxies,
            _elections,
            reputation
        );
        factory = new CooperativeFactory(address(governors), address(new MembershipToken(membership)));
        _found(MEMBERS, _ordinary(), _constitutional());
        IElections.Terms memory terms = IElections.Terms(
            GUARDIAN,
            IElections.Method.Ranked,
            1,
            1 days,
            1 days,
            365 days
        );
        _carryOut(MEMBERS, address(_elections), 0, abi.encodeCall(Elections.open, (terms)));
    }

    function test_ELC15_whoIsElectedCancels() public {
        _proposeSet(1);
        vm.expectPartialRevert(ICooperativeGovernor.Governor_NotTheGuardian.selector);
        _cancel(address(ledger), abi.encodeCall(Ledger.set, (1)));
        _electGuardian();
        uint256 proposalId = _proposeSet(2);
        _cancel(address(ledger), abi.encodeCall(Ledger.set, (2)));
        assertEq(uint256(governor.state(proposalId)), uint256(IGovernor.ProposalState.Canceled));
    }

    /// @dev The guardian can cancel neither its recall nor the election of another.
    function test_ELC15_aVoteRecallsTheGuardian() public {
        _electGuardian();
        bytes memory recall = abi.encodeCall(Elections.recall, (GUARDIAN, ELECTED));
        uint256 proposalId = _propose(_member(1), address(_elections), 0, recall);
        vm.expectPartialRevert(ICooperativeGovernor.Governor_AboutGuardian.selector);
        _cancel(address(_elections), recall);
        _toVoting(proposalId);
        for (uint256 number = 1; number <= MEMBERS; ++number) _vote(proposalId, number, 1);
        _toEta(proposalId);
        _execute(address(_elections), 0, recall);
        _proposeSet(2);
        vm.expectPartialRevert(ICooperativeGovernor.Governor_NotTheGuardian.selector);
        _cancel(address(ledger), abi.encodeCall(Ledger.set, (2)));
    }

    function _electGuardian() private {
        vm.prank(_member(ELECTED));
        _elections.stand(1, 0);
        vm.warp(uint256(_elections.electionOf(1).nominationsEnd) + 1);
        uint8[] memory choices = new uint8[](1);
        choices[0] = 1;
        vm.prank(_member(5));
        _elections.castBallot(1, choices);
        vm.warp(uint256(_elections.electionOf(1).votingEnd) + 1);
        assertTrue(_elections.count(1, 1_000));
    }

    function _cancel(address target, bytes memory data) private {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, 0, data);
        vm.prank(_member(ELECTED));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "A key was stolen.");
    }
}
