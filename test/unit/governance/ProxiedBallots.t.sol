// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGovernor} from "@openzeppelin/contracts/governance/IGovernor.sol";

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {CooperativeGovernor} from "../../../contracts/governance/CooperativeGovernor.sol";
import {ICooperativeGovernor} from "../../../contracts/governance/interfaces/ICooperativeGovernor.sol";
import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {IProxies} from "../../../contracts/membership/interfaces/IProxies.sol";
import {CooperativeFixture} from "./CooperativeFixture.sol";

/// @dev Branches: ProxiedBallots.tree. Of 70 members, two words of ballots; 9 holds most proxies.
contract ProxiedBallotsTest is CooperativeFixture {
    bytes32 private constant BALLOT = keccak256("Ballot(uint256 proposalId,uint8 support,address voter,uint256 nonce)");
    uint256 private constant MEMBERS = 70;
    uint32 private constant HOLDER = 9;
    uint8 private constant ALL = type(uint8).max;
    uint8 private constant NO = 0;
    uint8 private constant YES = 1;

    address private _coop;
    uint16 private _seats;
    // By member number, as the governor keeps it.
    uint8[71] private _expected;

    function setUp() public {
        _deploy();
        IPolicyBook.Policy memory ordinary = _ordinary();
        ordinary.lateWindow = 1 hours;
        IPolicyBook.Policy memory constitutional = _constitutional();
        constitutional.lateWindow = 1 hours;
        constitutional.strict = true; // above whatever the ordinary class is given
        _found(MEMBERS, ordinary, constitutional);
        _coop = address(treasury);
        _setLimits(_coop, 100, 1);
    }

    // ------------------------------------------------------------------------------------------- counting

    function test_GOV28_castProxied_countsForEachPrincipal() public {
        _give(2, ALL, HOLDER);
        _give(3, ORDINARY, HOLDER);
        _give(64, ALL, HOLDER);
        uint256 id = _open();
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProxiedBallotsCast(id, _member(HOLDER), YES, _list(3, 64, 2));
        assertEq(_cast(id, HOLDER, YES, _list(3, 64, 2)), 3);
        _expectVotes(id, 0, 3, 0);
        uint256[] memory principals = _list(3, 64, 2);
        for (uint256 i; i < principals.length; ++i) {
            assertEq(governor.ballotOf(id, principals[i]), 2);
            assertFalse(governor.hasVoted(id, _member(principals[i])));
            assertEq(governor.ballotNonce(id, _member(principals[i])), 0);
        }
        assertFalse(governor.hasVoted(id, _member(HOLDER)));
        assertEq(governor.ballotOf(id, HOLDER), 0);
    }

    function test_GOV28_castProxied_takesEverySupport() public {
        for (uint256 principal = 1; principal <= 4; ++principal) _give(principal, ALL, HOLDER);
        uint256 id = _open();
        for (uint8 support; support < 4; ++support) {
            _cast(id, HOLDER, support, _list(uint256(support) + 1));
            assertEq(governor.ballotOf(id, uint256(support) + 1), uint256(support) + 1);
        }
        _expectVotes(id, 2, 1, 1);
        assertEq(governor.proposalVetoes(id), 1);
        vm.expectRevert(IGovernor.GovernorInvalidVoteType.selector);
        _cast(id, HOLDER, 4, _list(5));
    }

    /// @dev The worked example of the specification.
    function test_GOV28_castProxied_passesAProposal() public {
        for (uint256 principal = 10; principal < 33; ++principal) _give(principal, ALL, HOLDER);
        uint256 id = _open();
        uint256[] memory principals = new uint256[](23);
        for (uint256 i; i < 23; ++i) principals[i] = 10 + i;
        _cast(id, HOLDER, YES, principals);
        _vote(id, HOLDER, YES);
        _vote(id, 10, NO);
        _expectVotes(id, 1, 23, 0);
        vm.warp(governor.proposalDeadline(id) + 1);
        assertTrue(governor.state(id) == IGovernor.ProposalState.Queued);
    }

    function test_GOV28_topic_isTheClassOfTheProposal() public {
        _give(2, ALL, HOLDER);
        _give(2, ORDINARY, 8);
        _give(3, CONSTITUTIONAL, HOLDER);
        _give(4, 3, HOLDER); // another class
        uint256 ordinary = _open();
        uint256 constitutional = _propose(_member(1), address(ledger), 0, "");
        vm.warp(block.timestamp + 2 hours);
        _refused(ordinary, HOLDER, _list(2, 3, 4));
        assertEq(_cast(ordinary, 8, YES, _list(2)), 1);
        _refused(constitutional, 8, _list(2));
        assertEq(_cast(constitutional, HOLDER, YES, _list(2, 3, 4)), 2);
        assertEq(governor.ballotOf(constitutional, 4), 0);
    }

    function test_GOV28_topic_staysWhenTheClassIsDecidedAnew() public {
        _give(2, ORDINARY, HOLDER);
        uint256 id = _open();
        vm.startPrank(_coop);
        policyBook.setPolicy(ORDINARY, _ordinary());
        policyBook.setPolicy(CONSTITUTIONAL, _constitutional());
        policyBook.setRule(address(ledger), ledger.set.selector, _unmetered(CONSTITUTIONAL));
        vm.stopPrank();
        assertEq(_cast(id, HOLDER, YES, _list(2)), 1);
    }

    // ---------------------------------------------------------------------------------- who may cast whose

    function test_GOV28_castProxied_needsTheProxySinceBeforeTheProposal() public {
        _name(2, ALL, HOLDER, 1);
        _give(3, ALL, HOLDER);
        // In the second of the proposal, and later: bought for this vote.
        _accept(HOLDER, 2, ALL);
        vm.warp(block.timestamp + 1);
        _name(4, ALL, HOLDER, 1);
        _accept(HOLDER, 4, ALL);
        uint256 id = _proposeSet(5);
        _toVoting(id);
        _give(5, ALL, HOLDER);
        assertEq(_cast(id, HOLDER, YES, _list(2, 3, 4, 5)), 2);
        assertEq(governor.ballotOf(id, 4), 0);
        assertEq(governor.ballotOf(id, 5), 0);
    }

    function test_GOV28_castProxied_refusesWhatEnded() public {
        _give(2, ALL, HOLDER);
        _give(3, ALL, HOLDER);
        _give(4, ALL, HOLDER);
        vm.prank(_member(5));
        proxies.nameProxy(_coop, IProxies.Naming(ALL, HOLDER, uint48(block.timestamp + 3 hours), 0));
        _accept(HOLDER, 5, ALL);
        vm.warp(block.timestamp + 1);
        uint256 id = _open();
        vm.prank(_member(2));
        proxies.revoke(_coop, ALL);
        vm.prank(_member(HOLDER));
        proxies.drop(_coop, 3, ALL);
        // Named and accepted anew: another proxy.
        _give(4, ALL, HOLDER);
        vm.warp(START + 1 days + 4 hours);
        _refused(id, HOLDER, _list(2, 3, 4, 5));
    }

    function test_GOV28_castProxied_refusesWhatWasPassedOnMidVote() public {
        _give(2, ALL, HOLDER);
        _give(3, ALL, HOLDER);
        vm.prank(_member(HOLDER));
        proxies.passOn(_coop, 3, ALL, 8);
        _accept(8, 3, ALL);
        vm.warp(block.timestamp + 1);
        uint256 id = _open();
        vm.prank(_member(HOLDER));
        proxies.passOn(_coop, 2, ALL, 8);
        _accept(8, 2, ALL);
        // 2's counts for nobody in this vote, 3's for whom it was passed on to before.
        _refused(id, HOLDER, _list(2, 3));
        assertEq(_cast(id, 8, YES, _list(2, 3)), 1);
        assertEq(governor.ballotOf(id, 2), 0);
    }

    function test_GOV28_castProxied_obeysTheLimitsOfNow() public {
        _give(2, ALL, HOLDER);
        _give(3, ALL, 7);
        vm.prank(_member(7));
        proxies.passOn(_coop, 3, ALL, HOLDER);
        _accept(HOLDER, 3, ALL);
        vm.warp(block.timestamp + 1);
        uint256 id = _open();
        _setLimits(_coop, 100, 0);
        _refused(id, HOLDER, _list(3));
        _setLimits(_coop, 0, 1);
        _refused(id, HOLDER, _list(2, 3));
        _setLimits(_coop, 100, 1);
        assertEq(_cast(id, HOLDER, YES, _list(2, 3)), 2);
    }

    /// @dev Two who name each other, and a circle of three: every ballot is cast once, by who holds its proxy.
    function test_GOV28_castProxied_followsNoChain() public {
        _give(2, ALL, 3);
        _give(3, ALL, 2);
        _give(4, ALL, 5);
        _give(5, ALL, 6);
        _give(6, ALL, 4);
        uint256 id = _open();
        assertEq(_cast(id, 2, YES, _list(2, 3, 4, 5, 6)), 1);
        assertEq(_cast(id, 3, NO, _list(2, 3, 4, 5, 6)), 1);
        assertEq(_cast(id, 4, YES, _list(2, 3, 4, 5, 6)), 1);
        assertEq(governor.ballotOf(id, 3), 2);
        assertEq(governor.ballotOf(id, 2), 1);
        assertEq(governor.ballotOf(id, 6), 2);
        assertEq(governor.ballotOf(id, 4), 0);
        _expectVotes(id, 1, 2, 0);
    }

    function test_GOV28_castProxied_isOfOneCooperative() public {
        _give(2, ALL, HOLDER);
        uint256 id = _open();
        // The same people, another cooperative, proxies of its own.
        CooperativeGovernor first = governor;
        ICooperativeFactory.FoundingTerms memory terms = _terms(MEMBERS, _ordinary(), _constitutional());
        terms.salt = bytes32(uint256(1));
        _useFounded(terms);
        _setLimits(address(treasury), 100, 1);
        vm.warp(block.timestamp + 1);
        uint256 other = _open();
        _refused(other, HOLDER, _list(2));
        assertEq(other, id); // the same actions, so the same number
        governor = first;
        assertEq(_cast(id, HOLDER, YES, _list(2)), 1);
    }

    function test_GOV28_castProxied_refusesStrangers() public {
        _give(2, ALL, HOLDER);
        uint256 id = _open();
        _refused(id, MEMBERS + 1, _list(2));
        _refused(id, 2, _list(2)); // one's own by proxy
        _refused(id, 3, _list(2));
        _refused(id, HOLDER, new uint256[](0));
        _refused(id, HOLDER, _list(0, HOLDER, MEMBERS + 1, type(uint256).max));
    }

    function test_GOV28_castProxied_isForActiveProposals() public {
        _give(2, ALL, HOLDER);
        uint256 id = _proposeSet(5);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _cast(id, HOLDER, YES, _list(2));
        vm.warp(governor.proposalDeadline(id) + 1);
        vm.expectPartialRevert(IGovernor.GovernorUnexpectedProposalState.selector);
        _cast(id, HOLDER, YES, _list(2));
        vm.warp(governor.proposalDeadline(id));
        assertEq(_cast(id, HOLDER, YES, _list(2)), 1);
    }

    // ------------------------------------------------------------------------------------------- standing

    function test_GOV28_standing_ofPrincipalsNowAndAtTheSnapshot() public {
        for (uint256 principal = 2; principal <= 6; ++principal) _give(principal, ALL, HOLDER);
        vm.prank(_coop);
        membership.suspend(5, 0);
        vm.warp(block.timestamp + 1);
        uint256 id = _open();
        vm.prank(_member(2));
        membership.resign(_coop);
        vm.startPrank(_coop);
        membership.expel(3);
        membership.suspend(4, 0);
        membership.reinstate(_coop, 5);
        vm.stopPrank();
        vm.warp(block.timestamp + 1);
        assertEq(_cast(id, HOLDER, YES, _list(2, 3, 4, 5, 6)), 1);
        assertEq(governor.ballotOf(id, 6), 2);
        vm.prank(_coop);
        membership.reinstate(_coop, 4);
        assertEq(_cast(id, HOLDER, YES, _list(2, 3, 4, 5, 6)), 1);
        assertEq(governor.ballotOf(id, 4), 2);
    }

    function test_GOV28_standing_whoLeftAndCameBackLeftItBehind() public {
        _give(2, ALL, HOLDER);
        _give(3, ALL, HOLDER);
        uint256 id = _open();
        _cast(id, HOLDER, YES, _list(2));
        vm.prank(_member(2));
        membership.resign(_coop);
        vm.prank(_member(3));
        membership.resign(_coop);
        _admit(_member(2));
        _admit(_member(3));
        // The ballot cast stays, as one's own would; no second one, by old number or new.
        _refused(id, HOLDER, _list(2, 3, MEMBERS + 1, MEMBERS + 2));
        vm.expectPartialRevert(ICooperativeGovernor.Governor_NoBallotRight.selector);
        _vote(id, 2, NO);
        _expectVotes(id, 0, 1, 0);
    }

    function test_GOV28_standing_ofHolders() public {
        _give(2, ALL, HOLDER);
        uint256 id = _open();
        vm.prank(_coop);
        membership.suspend(HOLDER, 0);
        _refused(id, HOLDER, _list(2));
        vm.prank(_coop);
        membership.reinstate(_coop, HOLDER);
        assertEq(_cast(id, HOLDER, YES, _list(2)), 1);
        vm.prank(_coop);
        membership.suspend(HOLDER, 0);
        vm.warp(block.timestamp + 1);
        uint256 next = _proposeSet(6);
        _toVoting(next);
        vm.prank(_coop);
        membership.reinstate(_coop, HOLDER);
        // Without standing when the proposal was made.
        _refused(next, HOLDER, _list(2));
    }

    function test_GOV28_standing_followsBothThroughAChangeOfKey() public {
        _give(2, ALL, HOLDER);
        _give(3, ALL, HOLDER);
        uint256 id = _open();
        _rotate(2, 102);
        _rotate(HOLDER, 109);
        _refused(id, HOLDER, _list(2, 3));
        assertEq(_cast(id, 109, YES, _list(2, 3)), 2);
        // The key left behind has no ballot; the new one replaces what was cast.
        vm.expectPartialRevert(ICooperativeGovernor.Governor_NoBallotRight.selector);
        _vote(id, 2, NO);
        _vote(id, 102, NO);
        _expectVotes(id, 1, 1, 0);
    }

    function test_GOV28_standing_ofASeasonedClass() public {
        vm.startPrank(_coop);
        IPolicyBook.Policy memory policy = _constitutional();
        policy.lateWindow = 1 hours;
        policy.seasoning = 10 days;
        policyBook.setPolicy(CONSTITUTIONAL, policy);
        policy = _ordinary();
        policy.seasoning = 10 days;
        policyBook.setPolicy(ORDINARY, policy);
        vm.stopPrank();
        _admit(_member(71));
        _give(71, ALL, HOLDER);
        _give(2, ALL, HOLDER);
        _give(3, ALL, 71);
        vm.warp(START + 10 days + 1 hours);
        uint256 id = _open();
        _refused(id, 71, _list(3));
        assertEq(_cast(id, HOLDER, YES, _list(2, 71)), 1);
        vm.warp(START + 12 days);
        id = _proposeSet(6);
        _toVoting(id);
        assertEq(_cast(id, HOLDER, YES, _list(2, 71)), 2);
        assertEq(_cast(id, 71, YES, _list(3)), 1);
    }

    // ------------------------------------------------------------------------------------- one ballot each

    function test_GOV29_proxied_neverReplacesABallot() public {
        _give(2, ALL, HOLDER);
        _give(3, ALL, HOLDER);
        _give(4, ALL, HOLDER);
        uint256 id = _open();
        _vote(id, 2, NO);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](1);
        ballots[0] = _signed(id, 3, NO, false);
        governor.castVotesBySig(id, ballots);
        assertEq(_cast(id, HOLDER, YES, _list(2, 3, 4)), 1);
        _expectVotes(id, 2, 1, 0);
        // Nor its own: sent again, or with another support.
        _refused(id, HOLDER, _list(2, 3, 4));
        _expectVotes(id, 2, 1, 0);
        vm.prank(_member(HOLDER));
        vm.expectPartialRevert(ICooperativeGovernor.Governor_NoProxiedBallot.selector);
        governor.castProxied(id, NO, _list(4));
    }

    function test_GOV29_proxied_countsADuplicateOnce() public {
        _give(2, ALL, HOLDER);
        _give(65, ALL, HOLDER);
        uint256 id = _open();
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProxiedBallotsCast(id, _member(HOLDER), YES, _list(2, 65));
        assertEq(_cast(id, HOLDER, YES, _list(2, 2, 65, 2, 65)), 2);
        _expectVotes(id, 0, 2, 0);
    }

    function test_GOV29_ownBallot_replacesTheProxied() public {
        for (uint256 principal = 2; principal <= 5; ++principal) _give(principal, ALL, HOLDER);
        uint256 id = _open();
        _cast(id, HOLDER, YES, _list(2, 3, 4, 5));
        _vote(id, 2, YES); // even if it says the same
        assertTrue(governor.hasVoted(id, _member(2)));
        assertEq(governor.ballotOf(id, 2), 6);
        ICooperativeGovernor.SignedBallot memory signed = _signed(id, 3, NO, false);
        governor.castVoteBySig(id, NO, _member(3), signed.signature);
        // In one batch, the ballot and its change.
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](3);
        ballots[0] = _signed(id, 4, NO, false);
        ballots[1] = _signed(id, 4, 2, true);
        ballots[2] = _signed(id, 5, 3, true); // the change alone
        assertEq(governor.castVotesBySig(id, ballots), 3);
        _expectVotes(id, 2, 1, 1);
        assertEq(governor.proposalVetoes(id), 1);
        assertEq(governor.ballotNonce(id, _member(5)), 2);
        _refused(id, HOLDER, _list(2, 3, 4, 5));
    }

    /// @dev What the principal signed before the holder acted, and somebody kept, still replaces the holder's.
    function test_GOV29_ownBallot_isNotOutrun() public {
        _give(2, ALL, HOLDER);
        uint256 id = _open();
        ICooperativeGovernor.SignedBallot memory signed = _signed(id, 2, NO, false);
        _cast(id, HOLDER, YES, _list(2));
        governor.castVoteBySig(id, NO, _member(2), signed.signature);
        _expectVotes(id, 1, 0, 0);
    }

    // ------------------------------------------------------------------------------------------ late turn

    function test_GOV30_lateTurn_isJudgedForAllTogether() public {
        for (uint256 principal = 30; principal < 60; ++principal) _give(principal, ALL, HOLDER);
        uint256 id = _open();
        uint256 end = governor.proposalDeadline(id);
        for (uint256 number = 1; number <= 24; ++number) _vote(id, number, YES);
        vm.warp(end);
        uint256[] memory few = new uint256[](24);
        for (uint256 i; i < 24; ++i) few[i] = 30 + i;
        vm.expectEmit(address(governor));
        emit ICooperativeGovernor.ProposalExtended(id, uint64(end + 1 hours));
        _cast(id, HOLDER, NO, few);
        assertEq(governor.proposalDeadline(id), end + 1 hours);
        // Once in all.
        vm.warp(end + 1 hours);
        _cast(id, HOLDER, YES, _list(54, 55));
        assertEq(governor.proposalDeadline(id), end + 1 hours);
    }

    function test_GOV30_lateTurn_needsATurn() public {
        _give(2, ALL, HOLDER);
        uint256 id = _open();
        uint256 end = governor.proposalDeadline(id);
        for (uint256 number = 20; number <= 50; ++number) _vote(id, number, YES);
        vm.warp(end);
        _cast(id, HOLDER, NO, _list(2));
        assertEq(governor.proposalDeadline(id), end);
    }

    // -------------------------------------------------------------------------------------------- tallies

    /// @dev Any ballots by anybody in any order: own, signed, in batches and by proxy, good and bad, against a count by
    /// hand, and against the policy worked out by hand at 1/3, 1/2 and 2/3, reached or exceeded.
    function testFuzz_GOV17_mixedBallots(uint256 seed) public {
        IPolicyBook.Policy memory policy = _ordinary();
        (policy.approvalNumerator, policy.approvalDenominator) = (uint8(1 + (seed % 2)), uint8(2 + (seed % 2)));
        if (seed % 3 == 0) (policy.approvalNumerator, policy.approvalDenominator) = (1, 3);
        policy.strict = (seed >> 8) % 2 == 0;
        policy.quorumDenominator = 30; // of 70 members, three have to vote
        vm.prank(_coop);
        policyBook.setPolicy(ORDINARY, policy);
        for (uint256 principal = 62; principal < 66; ++principal) _give(principal, ALL, HOLDER);
        _give(65, ORDINARY, 61);
        _give(66, ORDINARY, 61);
        uint256 id = _open();

        for (uint256 step; step < 16; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 kind = (seed >> 16) % 4;
            if (kind == 0) _castAnyOwn(id, seed);
            else if (kind == 1) _castAnyBatch(id, seed);
            else _castAnyProxied(id, seed, kind == 2);
        }

        uint256[5] memory counts;
        for (uint256 number = 61; number < 68; ++number) {
            uint8 ballot = _expected[number];
            assertEq(governor.ballotOf(id, number), ballot);
            assertEq(governor.hasVoted(id, _member(number)), ballot > 4);
            ++counts[ballot == 0 ? 4 : (ballot - 1) % 4];
        }
        _expectVotes(id, counts[0] + counts[3], counts[1], counts[2]);
        assertEq(governor.proposalVetoes(id), counts[3]);
        uint256 reached = counts[1] * policy.approvalDenominator;
        uint256 needed = (counts[0] + counts[1] + counts[3]) * policy.approvalNumerator;
        bool passes = counts[1] != 0 && counts[4] <= 4 && (policy.strict ? reached > needed : reached >= needed);
        vm.warp(governor.proposalDeadline(id) + 1);
        assertTrue(governor.state(id) == (passes ? IGovernor.ProposalState.Queued : IGovernor.ProposalState.Defeated));
    }

    function _castAnyOwn(uint256 id, uint256 dice) private {
        uint256 number = 61 + (dice % 7);
        uint8 support = uint8((dice >> 8) % 4);
        if (_repeats(number, support)) vm.expectPartialRevert(IGovernor.GovernorAlreadyCastVote.selector);
        else _expected[number] = (_expected[number] > 4 ? 9 : 5) + support;
        _vote(id, number, support);
    }

    function _castAnyBatch(uint256 id, uint256 dice) private {
        uint8 support = uint8((dice >> 8) % 4);
        ICooperativeGovernor.SignedBallot[] memory ballots = new ICooperativeGovernor.SignedBallot[](3);
        for (uint256 i; i < 3; ++i) {
            uint256 number = 61 + ((dice >> (24 + 8 * i)) % 7);
            bool isChange = (dice >> (48 + i)) % 2 == 0;
            ballots[i] = _signed(id, number, support, isChange);
            if (_expected[number] > (isChange ? 8 : 4) || _repeats(number, support)) continue;
            _expected[number] = (isChange ? 9 : 5) + support;
        }
        governor.castVotesBySig(id, ballots);
    }

    function _castAnyProxied(uint256 id, uint256 dice, bool isFirstHolder) private {
        uint8 support = uint8((dice >> 8) % 4);
        uint256[] memory principals = new uint256[](4);
        uint256 counted;
        for (uint256 i; i < 4; ++i) {
            uint256 number = 61 + ((dice >> (24 + 8 * i)) % 7);
            principals[i] = number;
            bool isHeld = isFirstHolder ? number > 61 && number < 65 : number == 65 || number == 66;
            if (!isHeld || _expected[number] != 0) continue;
            _expected[number] = 1 + support;
            ++counted;
        }
        uint256 holder = isFirstHolder ? HOLDER : 61;
        if (counted == 0) _refused(id, holder, principals);
        else assertEq(_cast(id, holder, support, principals), counted);
    }

    /// @dev Whether the member's own ballot says this already.
    function _repeats(uint256 number, uint8 support) private view returns (bool) {
        return _expected[number] > 4 && (_expected[number] - 1) % 4 == support;
    }

    // -------------------------------------------------------------------------------------------- helpers

    function _setLimits(address cooperative, uint16 held, uint8 passes) private {
        vm.prank(cooperative);
        proxies.setLimits(held, passes, 90 days);
    }

    function _name(uint256 principal, uint8 topic, uint256 holder, uint8 passes) private {
        vm.prank(_member(principal));
        proxies.nameProxy(_coop, IProxies.Naming(topic, uint32(holder), uint48(block.timestamp + 30 days), passes));
    }

    /// @dev In a seat that nothing else of the test takes.
    function _accept(uint256 holder, uint256 principal, uint8 topic) private {
        vm.prank(_member(holder));
        proxies.accept(_coop, principal, topic, _seats);
        ++_seats;
    }

    /// @dev Named and accepted, a second ago.
    function _give(uint256 principal, uint8 topic, uint256 holder) private {
        _name(principal, topic, holder, 1);
        _accept(holder, principal, topic);
        vm.warp(block.timestamp + 1);
    }

    function _open() private returns (uint256 id) {
        id = _proposeSet(5);
        _toVoting(id);
    }

    function _cast(
        uint256 id,
        uint256 holder,
        uint8 support,
        uint256[] memory principals
    ) private returns (uint256 counted) {
        vm.prank(_member(holder));
        return governor.castProxied(id, support, principals);
    }

    function _refused(uint256 id, uint256 holder, uint256[] memory principals) private {
        vm.expectRevert(
            abi.encodeWithSelector(ICooperativeGovernor.Governor_NoProxiedBallot.selector, id, _member(holder))
        );
        _cast(id, holder, YES, principals);
    }

    function _admit(address did) private {
        address[] memory dids = new address[](1);
        dids[0] = did;
        vm.prank(_coop);
        membership.admit(dids);
        vm.warp(block.timestamp + 1);
    }

    /// @dev To the account of another key, which is nobody's.
    function _rotate(uint256 number, uint256 key) private {
        registry.setOwner(_member(number), _member(key));
        membership.rebind(_coop, number);
    }

    function _signed(
        uint256 id,
        uint256 number,
        uint8 support,
        bool isChange
    ) private view returns (ICooperativeGovernor.SignedBallot memory) {
        address voter = _member(number);
        bytes32 structHash = keccak256(abi.encode(BALLOT, id, support, voter, uint256(isChange ? 1 : 0)));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(
            _key(number),
            typedDigest("Artel Governor", address(governor), structHash)
        );
        bytes memory signature = abi.encodePacked(r, s, v);
        return ICooperativeGovernor.SignedBallot(abi.encodePacked(voter), support, isChange, signature);
    }

    function _expectVotes(uint256 id, uint256 no, uint256 yes, uint256 abstain) private view {
        (uint256 againstVotes, uint256 forVotes, uint256 abstainVotes) = governor.proposalVotes(id);
        assertEq(againstVotes, no);
        assertEq(forVotes, yes);
        assertEq(abstainVotes, abstain);
    }

    function _list(uint256 a) private pure returns (uint256[] memory list) {
        list = new uint256[](1);
        list[0] = a;
    }

    function _list(uint256 a, uint256 b) private pure returns (uint256[] memory list) {
        list = new uint256[](2);
        (list[0], list[1]) = (a, b);
    }

    function _list(uint256 a, uint256 b, uint256 c) private pure returns (uint256[] memory list) {
        list = new uint256[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }

    function _list(uint256 a, uint256 b, uint256 c, uint256 d) private pure returns (uint256[] memory list) {
        list = new uint256[](4);
        (list[0], list[1], list[2], list[3]) = (a, b, c, d);
    }

    function _list(uint256 a, uint256 b, uint256 c, uint256 d, uint256 e) private pure returns (uint256[] memory list) {
        list = new uint256[](5);
        (list[0], list[1], list[2], list[3], list[4]) = (a, b, c, d, e);
    }
}
