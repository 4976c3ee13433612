// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {AccessManager} from "@openzeppelin/contracts/access/manager/AccessManager.sol";
import {IAccessManaged} from "@openzeppelin/contracts/access/manager/IAccessManaged.sol";
import {IAccessManager} from "@openzeppelin/contracts/access/manager/IAccessManager.sol";
import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";
import {Clones} from "@openzeppelin/contracts/proxy/Clones.sol";

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {PolicyBook} from "../../../contracts/governance/PolicyBook.sol";
import {Treasury} from "../../../contracts/governance/Treasury.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {Did} from "../../../contracts/identity/types/Did.sol";
import {InvitationAdmission} from "../../../contracts/membership/admission/InvitationAdmission.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {IInvitationAdmission} from "../../../contracts/membership/admission/interfaces/IInvitationAdmission.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {IReputation} from "../../../contracts/reputation/interfaces/IReputation.sol";
import {CategoryId} from "../../../contracts/reputation/types/CategoryId.sol";
import {CooperativeFixture, Ledger} from "./CooperativeFixture.sol";

/// @dev Each module that a cooperative can exchange, exchanged by its vote while it is in use. Branches: Upgrades.tree.
contract UpgradesTest is CooperativeFixture {
    CategoryId private constant LEARNING = CategoryId.wrap(keccak256("learning"));

    address[] private _targets;
    bytes[] private _calldatas;

    function setUp() public {
        _deploy();
        _found(7, _ordinary(), _constitutional());
    }

    // ---------------------------------------------------------------------------------------------------- governor

    function test_CHG01_governor_isReplacedWithEverybodyAndEverythingInPlace() public {
        vm.deal(address(treasury), 1 ether);
        CooperativeGovernor former = governor;
        CooperativeGovernor next = _nextGovernor(policyBook);
        uint256 replacing = _propose(
            _member(1),
            address(treasury),
            0,
            abi.encodeCall(ITreasury.setGovernor, (address(next)))
        );
        uint256 open = _proposeSet(1);
        _toVoting(replacing);
        for (uint256 number = 1; number <= 7; ++number) {
            _vote(replacing, number, 1);
            _vote(open, number, 1);
        }
        uint256 version = policyBook.currentVersion(address(treasury), ORDINARY);
        _toEta(replacing);
        uint256 active = _proposeSet(2);
        _toVoting(active);
        _vote(active, 1, 1);
        _execute(address(treasury), 0, abi.encodeCall(ITreasury.setGovernor, (address(next))));

        // Void: what had passed, and what was being voted on. The record of what was done stays.
        _expectState(replacing, IGovernor.ProposalState.Executed);
        _expectState(open, IGovernor.ProposalState.Canceled);
        _expectState(active, IGovernor.ProposalState.Canceled);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _executeSet(1);
        // In place: members, their standing and its past, token, money, policies and rules.
        governor = next;
        assertEq(membership.electorate(address(treasury)), 7);
        assertEq(governor.getVotes(_member(7), START), 1);
        assertEq(governor.token(), former.token());
        assertEq(address(treasury).balance, 1 ether);
        assertEq(policyBook.currentVersion(address(treasury), ORDINARY), version);
        // And it decides: the same proposal anew, with ballots of its own.
        uint256 anew = _proposeSet(1);
        assertEq(anew, open);
        assertEq(governor.proposalElectorate(anew), 7);
        (uint256 decides, ) = governor.proposalPolicy(anew);
        assertEq(decides, version);
        assertFalse(governor.hasVoted(anew, _member(1)));
        _toVoting(anew);
        for (uint256 number = 1; number <= 4; ++number) _vote(anew, number, 1);
        _toEta(anew);
        _executeSet(1);
        assertEq(ledger.value(), 1);
    }

    /// @dev Pins follow the governor: neither a rule for the next one that was made in time, nor one for the former that
    /// is possible now, lowers anything.
    function test_CHG01_governor_isConstitutionalOnceItGoverns() public {
        CooperativeGovernor former = governor;
        CooperativeGovernor next = _nextGovernor(policyBook);
        bytes4 cancel = IGovernor.cancel.selector;
        vm.prank(address(treasury));
        policyBook.setRule(address(next), cancel, _unmetered(ORDINARY));
        _carryOut(7, address(treasury), 0, abi.encodeCall(ITreasury.setGovernor, (address(next))));
        bytes memory data = abi.encodePacked(cancel, new bytes(128));
        assertEq(policyBook.classOf(address(treasury), address(next), 0, data), CONSTITUTIONAL);
        vm.prank(address(treasury));
        vm.expectRevert(abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, address(next), cancel));
        policyBook.setRule(address(next), cancel, _unmetered(ORDINARY));
        vm.expectRevert(
            abi.encodeWithSelector(ITreasury.Treasury_NotTheGovernor.selector, address(former), address(next))
        );
        vm.prank(address(former));
        treasury.execute(1, CONSTITUTIONAL, policyBook, new address[](0), new uint256[](0), new bytes[](0));
    }

    // ---------------------------------------------------------------------------------------------------- policies

    function test_CHG02_policy_isReplacedForWhatIsProposedLater() public {
        IPolicyBook.Policy memory longer = _ordinary();
        longer.votingPeriod = 5 days;
        longer.approvalNumerator = 2;
        longer.approvalDenominator = 3;
        longer.strict = false;
        bytes memory data = abi.encodeCall(IPolicyBook.setPolicy, (ORDINARY, longer));
        uint256 replacing = _propose(_member(1), address(policyBook), 0, data);
        _agree(replacing);
        uint256 open = _proposeSet(1);
        _execute(address(policyBook), 0, data);
        uint256 later = _proposeSet(2);
        assertEq(governor.proposalDeadline(open) - governor.proposalSnapshot(open), 3 days);
        assertEq(governor.proposalDeadline(later) - governor.proposalSnapshot(later), 5 days);
        _toVoting(later);
        for (uint256 number = 1; number <= 7; ++number) {
            _vote(open, number, number <= 4 ? 1 : 0);
            _vote(later, number, number <= 4 ? 1 : 0);
        }
        _toEta(later);
        _expectState(open, IGovernor.ProposalState.Queued); // four of seven are more than half
        _expectState(later, IGovernor.ProposalState.Defeated); // and less than two thirds
        _executeSet(1);
    }

    /// @dev The book itself is exchanged with the governor that reads it: the next book is written in the same decision,
    /// before the next governor takes over.
    function test_CHG02_policyBook_isReplacedTogetherWithTheGovernor() public {
        PolicyBook nextBook = new PolicyBook(membership);
        CooperativeGovernor next = _nextGovernor(nextBook);
        IPolicyBook.Policy memory ordinary = _ordinary();
        ordinary.votingPeriod = 1 days;
        _add(address(nextBook), abi.encodeCall(IPolicyBook.setPolicy, (CONSTITUTIONAL, _constitutional())));
        _add(address(nextBook), abi.encodeCall(IPolicyBook.setPolicy, (ORDINARY, ordinary)));
        _add(
            address(nextBook),
            abi.encodeCall(IPolicyBook.setRule, (address(ledger), Ledger.set.selector, _unmetered(ORDINARY)))
        );
        _add(address(treasury), abi.encodeCall(ITreasury.setGovernor, (address(next))));
        _carryOutAdded();

        governor = next;
        uint256 id = _proposeSet(1);
        assertEq(governor.proposalDeadline(id) - governor.proposalSnapshot(id), 1 days);
        _agree(id);
        _executeSet(1);
        // The former book is still there, and asked by nobody; the next pins itself.
        vm.prank(address(treasury));
        policyBook.setRule(address(ledger), Ledger.refuse.selector, _unmetered(ORDINARY));
        uint256 constitutional = _propose(_member(1), address(ledger), 0, abi.encodeCall(Ledger.refuse, ()));
        (uint256 version, ) = governor.proposalPolicy(constitutional);
        assertEq(version, nextBook.currentVersion(address(treasury), CONSTITUTIONAL));
        vm.prank(address(treasury));
        vm.expectPartialRevert(IPolicyBook.PolicyBook_Pinned.selector);
        nextBook.setRule(address(nextBook), IPolicyBook.setRule.selector, _unmetered(ORDINARY));
    }

    // --------------------------------------------------------------------------------------------------- admission

    function test_CHG03_admission_isReplacedWithoutTouchingMembers() public {
        OpenAdmission former = new OpenAdmission();
        InvitationAdmission next = new InvitationAdmission();
        vm.prank(address(treasury));
        membership.appointAdmission(address(former), 5, false);
        vm.prank(_member(8));
        membership.join(address(treasury), address(former), _member(8), "");

        // a list of one: its leaf is the root
        bytes32 list = keccak256(bytes.concat(keccak256(abi.encode(address(treasury), _member(10)))));
        _add(address(membership), abi.encodeCall(IMembership.appointAdmission, (address(former), 0, false)));
        _add(address(membership), abi.encodeCall(IMembership.appointAdmission, (address(next), 3, false)));
        _add(address(next), abi.encodeCall(IInvitationAdmission.setInvitations, (list)));
        _carryOutAdded();

        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_NoPlaceLeft.selector, address(treasury), address(former))
        );
        vm.prank(_member(9));
        membership.join(address(treasury), address(former), _member(9), "");
        vm.prank(_member(10));
        assertEq(
            membership.join(address(treasury), address(next), _member(10), abi.encode(new bytes32[](0))),
            9 // the number after the last that the former gave
        );
        assertEq(membership.numberOf(address(treasury), _member(8)), 8);
        vm.warp(block.timestamp + 1);
        uint256 id = _proposeSet(1);
        _toVoting(id);
        _vote(id, 8, 1);
    }

    // ------------------------------------------------------------------------------------- steward, reputation

    function test_CHG04_steward_handsTheNetworkOnByVote() public {
        AccessManager manager = AccessManager(reputation.authority());
        reputation.addCategory(LEARNING, 90 days);
        uint64 admin = manager.ADMIN_ROLE();
        manager.grantRole(admin, address(treasury), 0);
        manager.renounceRole(admin, address(this));
        (Treasury former, CooperativeGovernor formerGovernor) = (treasury, governor);
        vm.prank(address(former));
        reputation.appointIssuer(LEARNING, address(this), 100, 100);
        reputation.award(address(former), LEARNING, Did.wrap(_member(1)), 10, "");

        ICooperativeFactory.FoundingTerms memory terms = _terms(3, _ordinary(), _constitutional());
        terms.salt = keccak256("the next steward");
        _useFounded(terms);
        (Treasury next, CooperativeGovernor nextGovernor) = (treasury, governor);
        (treasury, governor) = (former, formerGovernor);
        vm.warp(block.timestamp + 1);
        _add(address(manager), abi.encodeCall(IAccessManager.grantRole, (admin, address(next), 0)));
        _add(address(manager), abi.encodeCall(IAccessManager.revokeRole, (admin, address(former))));
        _carryOutAdded();

        CategoryId care = CategoryId.wrap(keccak256("care"));
        vm.expectRevert(abi.encodeWithSelector(IAccessManaged.AccessManagedUnauthorized.selector, address(former)));
        vm.prank(address(former));
        reputation.addCategory(care, 1 days);
        (treasury, governor) = (next, nextGovernor);
        _carryOut(3, address(reputation), 0, abi.encodeCall(IReputation.addCategory, (care, 1 days)));
        assertEq(reputation.categoryOf(care), 1 days);
        // Realms obey their cooperatives, before and after: no issuer, cap or score moved.
        assertEq(reputation.categoryOf(LEARNING), 90 days);
        reputation.award(address(former), LEARNING, Did.wrap(_member(1)), 10, "");
        assertGe(reputation.scoreOf(address(former), LEARNING, Did.wrap(_member(1))), 18); // it fades
    }

    function test_CHG05_issuer_isReplacedAndItsRecordStays() public {
        reputation.addCategory(LEARNING, 90 days);
        (address former, address next) = (address(0xF0), address(0xF1));
        Did subject = Did.wrap(_member(1));
        vm.prank(address(treasury));
        reputation.appointIssuer(LEARNING, former, 1_000, 0);
        vm.prank(former);
        reputation.award(address(treasury), LEARNING, subject, 1_000, "");

        _add(address(reputation), abi.encodeCall(IReputation.revokeIssuer, (LEARNING, former)));
        _add(address(reputation), abi.encodeCall(IReputation.appointIssuer, (LEARNING, next, 500, 0)));
        _carryOutAdded();
        uint96 score = reputation.scoreOf(address(treasury), LEARNING, subject);
        assertGe(score, 900);
        vm.expectPartialRevert(IReputation.Reputation_NotIssuer.selector);
        vm.prank(former);
        reputation.award(address(treasury), LEARNING, subject, 1, "");
        vm.prank(next);
        reputation.award(address(treasury), LEARNING, subject, 500, "");
        assertEq(reputation.scoreOf(address(treasury), LEARNING, subject), score + 500);
    }

    // ----------------------------------------------------------------------------------------------------- helpers

    /// @dev As anybody makes one for a cooperative: a clone with its treasury and its token.
    function _nextGovernor(PolicyBook book) private returns (CooperativeGovernor) {
        CooperativeGovernor implementation = _newGovernor(book);
        bytes memory arguments = abi.encode(address(treasury), address(token));
        return CooperativeGovernor(Clones.cloneWithImmutableArgs(address(implementation), arguments));
    }

    function _add(address target, bytes memory data) private {
        _targets.push(target);
        _calldatas.push(data);
    }

    /// @dev What was added, as one decision of all members.
    function _carryOutAdded() private {
        uint256[] memory values = new uint256[](_targets.length);
        vm.prank(_member(1));
        uint256 id = governor.propose(_targets, values, _calldatas, "");
        _agree(id);
        governor.execute(_targets, values, _calldatas, keccak256(""));
    }

    function _agree(uint256 id) private {
        _toVoting(id);
        for (uint256 number = 1; number <= 7; ++number) _vote(id, number, 1);
        _toEta(id);
    }

    function _expectState(uint256 id, IGovernor.ProposalState expected) private view {
        assertEq(uint256(governor.state(id)), uint256(expected));
    }
}
