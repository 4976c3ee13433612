// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {PolicyLib} from "../../../contracts/governance/libraries/PolicyLib.sol";
import {CooperativeFixture} from "./CooperativeFixture.sol";

/// @dev Branches: ConsentDecisions.tree. A circle of seven that decides by consent.
contract ConsentDecisionsTest is CooperativeFixture {
    uint8 private constant YES = 1;
    uint8 private constant NO = 0;
    uint8 private constant OBJECTION = 3;

    function setUp() public {
        _deploy();
        IPolicyBook.Policy memory constitutional = _consent(_constitutional());
        (constitutional.approvalNumerator, constitutional.approvalDenominator) = (2, 3);
        _found(7, _consent(_ordinary()), constitutional);
    }

    /// @dev The worked example of the specification.
    function test_GSW11_consent_oneYesAndNoObjection() public {
        uint256 id = _open(1);
        _vote(id, 1, YES);
        _expectAtEnd(id, IGovernor.ProposalState.Queued);
        _toEta(id);
        _executeSet(1);
        assertEq(ledger.value(), 1);
    }

    function test_GSW11_consent_oneObjectionDefeatsAllOthers() public {
        uint256 id = _open(1);
        for (uint256 number = 1; number <= 6; ++number) _vote(id, number, YES);
        _vote(id, 7, OBJECTION);
        _expectAtEnd(id, IGovernor.ProposalState.Defeated);
    }

    function test_GSW11_consent_anObjectionIsTakenBack() public {
        uint256 id = _open(1);
        _vote(id, 1, YES);
        _vote(id, 7, OBJECTION);
        _vote(id, 7, NO); // concerns, and no objection
        _expectAtEnd(id, IGovernor.ProposalState.Queued);
    }

    function test_GSW11_consent_ofNobodyIsNone() public {
        uint256 id = _open(1);
        for (uint256 number = 1; number <= 7; ++number) _vote(id, number, 2);
        _expectAtEnd(id, IGovernor.ProposalState.Defeated);
    }

    /// @dev An objection in the last second gives the others time to meet it.
    function test_GSW11_consent_aLateObjectionExtends() public {
        uint256 id = _open(1);
        _vote(id, 1, YES);
        uint256 deadline = governor.proposalDeadline(id);
        vm.warp(deadline);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalExtended(id, uint64(deadline + 12 hours));
        _vote(id, 7, OBJECTION);
    }

    /// @dev Whoever is above a class that one can block can be blocked by one: no class is easier than a lower one.
    function test_GSW11_consent_holdsForTheClassesAbove() public {
        IPolicyBook.Policy memory constitutional = _constitutional();
        vm.prank(address(treasury));
        vm.expectRevert(
            abi.encodeWithSelector(IPolicyBook.PolicyBook_NotMonotone.selector, ORDINARY, CONSTITUTIONAL, "veto")
        );
        policyBook.setPolicy(CONSTITUTIONAL, constitutional);
    }

    function testFuzz_GSW11_consent_upTo255Members(uint256 members, uint256 yes) public pure {
        members = bound(members, 2, 255);
        yes = bound(yes, 1, members - 1);
        uint256 word = PolicyLib.pack(_consent(_ordinary()));
        assertTrue(PolicyLib.qualifies(word, 0, yes, 0, 0, members) && PolicyLib.approves(word, yes, 0));
        assertFalse(PolicyLib.qualifies(word, 0, yes, 0, 1, members));
    }

    /// @dev The fraction is of eight bits: one of 256 is less than it.
    function test_GSW11_consent_above255Members_takesTwo() public pure {
        uint256 word = PolicyLib.pack(_consent(_ordinary()));
        assertTrue(PolicyLib.qualifies(word, 0, 255, 0, 1, 256));
        assertFalse(PolicyLib.qualifies(word, 0, 254, 0, 2, 256));
    }

    /// @dev Approval of 0/1 with at least one yes, no quorum, and one objection of up to 255.
    function _consent(IPolicyBook.Policy memory policy) private pure returns (IPolicyBook.Policy memory) {
        (policy.approvalNumerator, policy.approvalDenominator, policy.strict) = (0, 1, false);
        (policy.quorumNumerator, policy.quorumDenominator) = (0, 1);
        (policy.vetoNumerator, policy.vetoDenominator) = (1, 255);
        policy.lateWindow = 12 hours;
        return policy;
    }

    function _open(uint256 value) private returns (uint256 id) {
        id = _proposeSet(value);
        _toVoting(id);
    }

    function _expectAtEnd(uint256 id, IGovernor.ProposalState expected) private {
        vm.warp(governor.proposalDeadline(id) + 1);
        assertEq(uint256(governor.state(id)), uint256(expected));
    }
}
