// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IOffices} from "../../../contracts/governance/interfaces/IOffices.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Branches: Guardian.tree. Member 7 is the guardian, by election 1.
contract GuardianTest is CooperativeFixture {
    bytes32 private constant GUARDIAN = keccak256("guardian");
    uint256 private constant MEMBERS = 7;
    uint48 private constant TERM = uint48(START + 365 days);

    function setUp() public {
        _deploy();
        _found(MEMBERS, _ordinary(), _constitutional());
        offices.appoint(GUARDIAN, 7, 1, TERM);
    }

    // ---------------------------------------------------------------------------------------- what it may do

    function test_GSW01_cancels_pending() public {
        uint256 proposalId = _proposeSet(1);
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.GuardianCancelled(proposalId, 7, 1, "A key was stolen.");
        vm.expectEmit(address(governor));
        emit IGovernor.ProposalCanceled(proposalId);
        assertEq(_cancelSet(7, 1), proposalId);
        _expectState(proposalId, IGovernor.ProposalState.Canceled);
    }

    function test_GSW01_cancels_active_andNoBallotCountsAfter() public {
        uint256 proposalId = _proposeSet(1);
        _toVoting(proposalId);
        _vote(proposalId, 1, 1);
        _cancelSet(7, 1);
        _expectState(proposalId, IGovernor.ProposalState.Canceled);
        vm.prank(_member(2));
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        governor.castVote(proposalId, 1);
    }

    function test_GSW01_cancels_queued_inTheLastSecond() public {
        uint256 proposalId = _pass(1);
        vm.warp(governor.proposalEta(proposalId) + 7 days);
        _expectState(proposalId, IGovernor.ProposalState.Queued);
        _cancelSet(7, 1);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(1);
        assertEq(ledger.value(), 0);
    }

    function test_GSW01_cancels_notExpired() public {
        uint256 proposalId = _pass(1);
        vm.warp(governor.proposalEta(proposalId) + 7 days + 1);
        _expectUnexpected(proposalId, IGovernor.ProposalState.Expired);
        _cancelSet(7, 1);
    }

    function test_GSW01_cancels_notExecuted() public {
        uint256 proposalId = _pass(1);
        _toEta(proposalId);
        _executeSet(1);
        _expectUnexpected(proposalId, IGovernor.ProposalState.Executed);
        _cancelSet(7, 1);
    }

    function test_GSW01_cancels_notDefeated() public {
        uint256 proposalId = _proposeSet(1);
        vm.warp(governor.proposalDeadline(proposalId) + 1);
        _expectUnexpected(proposalId, IGovernor.ProposalState.Defeated);
        _cancelSet(7, 1);
    }

    function test_GSW01_cancels_notTwice() public {
        uint256 proposalId = _proposeSet(1);
        _cancelSet(7, 1);
        _expectUnexpected(proposalId, IGovernor.ProposalState.Canceled);
        _cancelSet(7, 1);
    }

    function test_GSW01_cancels_notUnknown() public {
        vm.expectPartialRevert(IGovernor.GovernorNonexistentProposal.selector);
        _cancelSet(7, 1);
    }

    function test_GSW01_reason_isNeeded() public {
        _proposeSet(1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set(1);
        vm.prank(_member(7));
        vm.expectRevert(ICooperativeGovernor.Governor_NoReason.selector);
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "");
    }

    // ------------------------------------------------------------------------------------------------ who it is

    function test_GSW01_guardian_isNobodyElse() public {
        _proposeSet(1);
        _expectNotTheGuardian(_member(1));
        _cancelSet(1, 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set(1);
        address stranger = vm.addr(5);
        vm.prank(stranger);
        _expectNotTheGuardian(stranger);
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "I want it.");
    }

    function test_GSW01_guardian_holdsAnotherOffice() public {
        offices.appoint(keccak256("board"), 6, 2, TERM);
        _proposeSet(1);
        _expectNotTheGuardian(_member(6));
        _cancelSet(6, 1);
    }

    function test_GSW01_guardian_untilItsTermEnds() public {
        vm.warp(TERM - 2);
        uint256 proposalId = _proposeSet(1);
        vm.warp(TERM);
        _expectNotTheGuardian(_member(7));
        _cancelSet(7, 1);
        vm.warp(TERM - 1); // about to be replaced
        _cancelSet(7, 1);
        _expectState(proposalId, IGovernor.ProposalState.Canceled);
    }

    function test_GSW01_guardian_suspended_holdsNothing() public {
        _proposeSet(1);
        vm.prank(address(treasury));
        membership.suspend(7, 0);
        _expectNotTheGuardian(_member(7));
        _cancelSet(7, 1);
    }

    function test_GSW01_guardian_whoLeft_holdsNothing_norAfterReturn() public {
        _proposeSet(1);
        vm.prank(_member(7));
        membership.resign(address(treasury));
        _expectNotTheGuardian(_member(7));
        _cancelSet(7, 1);
        address[] memory dids = new address[](1);
        dids[0] = _member(7);
        vm.prank(address(treasury));
        membership.admit(dids); // as number 8
        _expectNotTheGuardian(_member(7));
        _cancelSet(7, 1);
    }

    function test_GSW01_guardian_withAnotherKey_isTheNewKeyAlone() public {
        uint256 proposalId = _proposeSet(1);
        registry.setOwner(_member(7), vm.addr(77));
        membership.rebind(address(treasury), 7);
        _expectNotTheGuardian(_member(7));
        _cancelSet(7, 1);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set(1);
        vm.prank(vm.addr(77));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "Too much.");
        _expectState(proposalId, IGovernor.ProposalState.Canceled);
    }

    // -------------------------------------------------------------------------------------------------- bounds

    function test_GSW02_bound_ofAnElection() public {
        uint256 most = 3;
        for (uint256 value = 1; value <= most; ++value) {
            _proposeSet(value);
            _cancelSet(7, value);
        }
        _proposeSet(most + 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICooperativeGovernor.Governor_CancellationsUsed.selector, uint256(1), most)
        );
        _cancelSet(7, most + 1);
    }

    /// @dev Several seats don't multiply what an election gives.
    function test_GSW02_bound_isSharedByTheGuardiansOfAnElection() public {
        for (uint256 number = 4; number <= 6; ++number) offices.appoint(GUARDIAN, number, 1, TERM);
        for (uint256 number = 4; number <= 6; ++number) {
            _proposeSet(number);
            _cancelSet(number, number);
        }
        _proposeSet(7);
        vm.expectPartialRevert(ICooperativeGovernor.Governor_CancellationsUsed.selector);
        _cancelSet(7, 7);
    }

    function test_GSW02_bound_isNewByAnotherElection() public {
        for (uint256 value = 1; value <= 3; ++value) {
            _proposeSet(value);
            _cancelSet(7, value);
        }
        offices.appoint(GUARDIAN, 7, 2, TERM);
        uint256 proposalId = _proposeSet(4);
        _cancelSet(7, 4);
        _expectState(proposalId, IGovernor.ProposalState.Canceled);
    }

    /// @dev What is refused costs the guardian nothing.
    function test_GSW02_bound_countsWhatWasCancelledAlone() public {
        _proposeSet(1);
        _cancelSet(7, 1);
        _proposeSetAgain(1, "again");
        for (uint256 i; i < 3; ++i) {
            vm.expectPartialRevert(ICooperativeGovernor.Governor_Immune.selector);
            _cancelSetAgain(7, 1, "again");
        }
        _proposeSet(2);
        _cancelSet(7, 2);
        _proposeSet(3);
        _cancelSet(7, 3);
    }

    // ------------------------------------------------------------------------------------------------ immunity

    function test_GSW03_reproposal_isImmune_untilExecuted() public {
        _proposeSet(1);
        _cancelSet(7, 1);
        uint256 immuneUntil = block.timestamp + 60 days;
        vm.warp(immuneUntil);
        uint256 again = _proposeSetAgain(1, "in other words");
        bytes memory immune = abi.encodeWithSelector(ICooperativeGovernor.Governor_Immune.selector, again, immuneUntil);
        vm.expectRevert(immune);
        _cancelSetAgain(7, 1, "in other words");
        _toVoting(again);
        for (uint256 number = 1; number <= 5; ++number) _vote(again, number, 1);
        vm.expectRevert(immune);
        _cancelSetAgain(7, 1, "in other words");
        _toEta(again);
        vm.expectRevert(immune);
        _cancelSetAgain(7, 1, "in other words");
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set(1);
        governor.execute(targets, values, calldatas, keccak256("in other words"));
        assertEq(ledger.value(), 1);
    }

    /// @dev A twin that was proposed before the cancellation is immune too: nobody has to wait for it.
    function test_GSW03_twin_isImmune() public {
        _proposeSet(1);
        _proposeSetAgain(1, "twin");
        _cancelSet(7, 1);
        vm.expectPartialRevert(ICooperativeGovernor.Governor_Immune.selector);
        _cancelSetAgain(7, 1, "twin");
    }

    function test_GSW03_immunity_ends() public {
        _proposeSet(1);
        _cancelSet(7, 1);
        vm.warp(block.timestamp + 60 days + 1);
        uint256 again = _proposeSetAgain(1, "again");
        _cancelSetAgain(7, 1, "again");
        _expectState(again, IGovernor.ProposalState.Canceled);
    }

    /// @dev Neither another guardian nor another election ends it.
    function test_GSW03_immunity_isAgainstEveryGuardian() public {
        _proposeSet(1);
        _cancelSet(7, 1);
        offices.appoint(GUARDIAN, 6, 2, TERM);
        _proposeSetAgain(1, "again");
        vm.expectPartialRevert(ICooperativeGovernor.Governor_Immune.selector);
        _cancelSetAgain(6, 1, "again");
    }

    /// @dev Stated in the specification: what differs by one is another proposal, and counts against the bound.
    function test_GSW03_immunity_isForTheSameActionsAlone() public {
        _proposeSet(1);
        _cancelSet(7, 1);
        uint256 other = _proposeSet(2);
        _cancelSet(7, 2);
        _expectState(other, IGovernor.ProposalState.Canceled);
    }

    // ------------------------------------------------------------------------------- proposals about guardians

    function test_GSW04_about_offices() public {
        _expectAbout(address(offices), abi.encodeCall(IOffices.termOf, (address(treasury), GUARDIAN, 7)));
    }

    function test_GSW04_about_theGovernor() public {
        _expectAbout(address(treasury), abi.encodeCall(ITreasury.setGovernor, (address(governor))));
    }

    function test_GSW04_about_itsMembership() public {
        _expectAbout(address(membership), abi.encodeCall(IMembership.expel, (7)));
        _expectAbout(address(membership), abi.encodeCall(IMembership.suspend, (7, 0)));
        _expectAbout(address(membership), abi.encodeCall(IMembership.giveNotice, (7, bytes32(0))));
    }

    function test_GSW04_about_anotherGuardian() public {
        offices.appoint(GUARDIAN, 6, 1, TERM);
        _expectAbout(address(membership), abi.encodeCall(IMembership.expel, (6)));
    }

    function test_GSW04_about_notOtherMembers() public {
        _expectCancellable(address(membership), abi.encodeCall(IMembership.expel, (1)));
        // The word before the list of DIDs is 32, as a number could be.
        offices.appoint(GUARDIAN, 32, 1, TERM);
        _expectCancellable(address(membership), abi.encodeCall(IMembership.admit, (new address[](1))));
        _expectCancellable(address(membership), abi.encodePacked(IMembership.expel.selector));
    }

    function test_GSW04_about_notTheTreasurysOtherCalls() public {
        _expectCancellable(address(treasury), abi.encodeWithSelector(ITreasury.governor.selector));
    }

    /// @dev An action about guardians beside others would shield these: such a bundle can be cancelled, each alone not.
    function test_GSW04_about_isNoShieldForOtherActions() public {
        address[] memory targets = new address[](2);
        uint256[] memory values = new uint256[](2);
        bytes[] memory calldatas = new bytes[](2);
        (targets[0], calldatas[0]) = (address(membership), abi.encodeCall(IMembership.expel, (7)));
        (targets[1], calldatas[1]) = (address(ledger), abi.encodeCall(Ledger.set, (1)));
        vm.prank(_member(1));
        uint256 proposalId = governor.propose(targets, values, calldatas, "");
        vm.prank(_member(7));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "Two things at once.");
        _expectState(proposalId, IGovernor.ProposalState.Canceled);

        (targets[1], calldatas[1]) = (address(treasury), abi.encodeCall(ITreasury.setGovernor, (address(governor))));
        vm.prank(_member(1));
        proposalId = governor.propose(targets, values, calldatas, "");
        vm.prank(_member(7));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_AboutGuardian.selector, proposalId));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "No.");
    }

    /// @dev What is void under a former governor is beyond the guardian too; the next governor counts afresh.
    function test_GSW02_bound_isOfOneGovernor() public {
        uint256 proposalId = _proposeSet(1);
        CooperativeGovernor next = _newGovernor(policyBook);
        vm.prank(address(treasury));
        treasury.setGovernor(address(next));
        _expectUnexpected(proposalId, IGovernor.ProposalState.Canceled);
        _cancelSet(7, 1);
    }

    // ------------------------------------------------------------------------------------------------- helpers

    function _set(
        uint256 value
    ) private view returns (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) {
        return _single(address(ledger), 0, abi.encodeCall(Ledger.set, (value)));
    }

    function _proposeSetAgain(uint256 value, string memory description) private returns (uint256 proposalId) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set(value);
        vm.prank(_member(1));
        return governor.propose(targets, values, calldatas, description);
    }

    function _cancelSet(uint256 number, uint256 value) private returns (uint256 proposalId) {
        return _cancelSetAgain(number, value, "");
    }

    function _cancelSetAgain(uint256 number, uint256 value, string memory description) private returns (uint256) {
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _set(value);
        vm.prank(_member(number));
        return
            governor.cancelAsGuardian(targets, values, calldatas, keccak256(bytes(description)), "A key was stolen.");
    }

    function _pass(uint256 value) private returns (uint256 proposalId) {
        proposalId = _proposeSet(value);
        _toVoting(proposalId);
        for (uint256 number = 1; number <= 5; ++number) _vote(proposalId, number, 1);
        vm.warp(governor.proposalDeadline(proposalId) + 1);
    }

    function _expectAbout(address target, bytes memory data) private {
        uint256 proposalId = _propose(_member(1), target, 0, data);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, 0, data);
        vm.prank(_member(7));
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_AboutGuardian.selector, proposalId));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "Not me.");
    }

    function _expectCancellable(address target, bytes memory data) private {
        uint256 proposalId = _propose(_member(1), target, 0, data);
        offices.appoint(GUARDIAN, 7, proposalId, TERM);
        (address[] memory targets, uint256[] memory values, bytes[] memory calldatas) = _single(target, 0, data);
        vm.prank(_member(7));
        governor.cancelAsGuardian(targets, values, calldatas, keccak256(""), "Too soon.");
        _expectState(proposalId, IGovernor.ProposalState.Canceled);
    }

    function _expectState(uint256 proposalId, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(proposalId)), uint256(expected));
    }

    function _expectUnexpected(uint256 proposalId, IGovernor.ProposalState current) private {
        uint256 open =
            (1 << uint8(IGovernor.ProposalState.Pending)) |
                (1 << uint8(IGovernor.ProposalState.Active)) |
                (1 << uint8(IGovernor.ProposalState.Queued));
        vm.expectRevert(
            abi.encodeWithSelector(
                IGovernor.GovernorUnexpectedProposalState.selector,
                proposalId,
                current,
                bytes32(open)
            )
        );
    }

    function _expectNotTheGuardian(address account) private {
        vm.expectRevert(abi.encodeWithSelector(ICooperativeGovernor.Governor_NotTheGuardian.selector, account));
    }
}
