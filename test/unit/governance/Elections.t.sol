// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IElections} from "../../../contracts/governance/interfaces/IElections.sol";
import {ElectionFixture} from "./ElectionFixture.sol";

/// @dev Branches: Elections.tree.
contract ElectionsTest is ElectionFixture {
    uint256 private constant MEMBERS = 40;

    function setUp() public {
        _deploy(MEMBERS);
    }

    // ------------------------------------------------------------------------------------------------------- opening

    function test_ELC01_open() public {
        vm.expectEmit(address(elections));
        emit IElections.ElectionOpened(
            1,
            COOPERATIVE,
            OFFICE,
            IElections.Method.Approval,
            3,
            NOW + PERIOD,
            NOW + 2 * PERIOD,
            NOW + 2 * PERIOD + TERM
        );
        _open(IElections.Method.Approval, 3);
        assertEq(election, 1);
        _expectPhase(IElections.Phase.Nomination);
        vm.warp(NOW + PERIOD);
        _expectPhase(IElections.Phase.Nomination);
        vm.warp(NOW + PERIOD + 1);
        _expectPhase(IElections.Phase.Voting);
        vm.warp(NOW + 2 * PERIOD);
        _expectPhase(IElections.Phase.Voting);
        vm.warp(NOW + 2 * PERIOD + 1);
        _expectPhase(IElections.Phase.Counting);
        election = 2;
        _expectPhase(IElections.Phase.None);
    }

    /// @dev What a stranger opens is of a cooperative that has no members, and nobody's office.
    function test_ELC01_aStrangerOpensForNobody() public {
        address stranger = _member(1);
        vm.prank(stranger);
        election = elections.open(_terms(IElections.Method.Ranked, 1));
        _refusedStand(1, _noBallotRight(_member(1)));
        (, uint128 underWay) = elections.officeOf(COOPERATIVE, OFFICE);
        assertEq(uint256(underWay), 0);
        _toCount();
        elections.count(election, ALL);
        assertFalse(_holds(1));
    }

    function test_ELC01_termsThatCannotBe() public {
        IElections.Terms memory terms = _terms(IElections.Method.Ranked, 0);
        _refusedTerms(terms, "seats");
        terms.seats = 16;
        _refusedTerms(terms, "seats");
        terms.seats = 15;
        terms.nominationPeriod = 0;
        _refusedTerms(terms, "nominationPeriod");
        (terms.nominationPeriod, terms.votingPeriod) = (1, 0);
        _refusedTerms(terms, "votingPeriod");
        (terms.votingPeriod, terms.term) = (1, 0);
        _refusedTerms(terms, "term");
        terms.term = 1;
        vm.prank(COOPERATIVE);
        elections.open(terms);
    }

    function test_ELC01_oneAtATimeToAnOffice() public {
        _open(IElections.Method.Ranked, 1);
        bytes memory reason = abi.encodeWithSelector(
            IElections.Elections_UnderWay.selector,
            COOPERATIVE,
            OFFICE,
            election
        );
        _refused(COOPERATIVE, abi.encodeCall(elections.open, _terms(IElections.Method.Ranked, 1)), reason);
        IElections.Terms memory other = _terms(IElections.Method.Ranked, 1);
        other.office = keccak256("board");
        vm.prank(COOPERATIVE);
        elections.open(other);
        _toCount();
        _refused(COOPERATIVE, abi.encodeCall(elections.open, _terms(IElections.Method.Ranked, 1)), reason);
        elections.count(election, ALL);
        _open(IElections.Method.Ranked, 1);
        assertEq(election, 3);
    }

    function test_ELC16_cancel() public {
        _openRanked(1, 2);
        _cast(1, _list(1));
        bytes memory data = abi.encodeCall(elections.cancel, (election));
        bytes4 selector = IElections.Elections_NotTheCooperative.selector;
        _refused(_member(1), data, abi.encodeWithSelector(selector, election, _member(1)));
        vm.expectEmit(address(elections));
        emit IElections.ElectionCancelled(election, COOPERATIVE, OFFICE);
        vm.prank(COOPERATIVE);
        elections.cancel(election);
        _expectPhase(IElections.Phase.Cancelled);
        _refused(COOPERATIVE, data, _wrongPhase(IElections.Phase.Cancelled));
        _refusedBallot(2, _list(1), _wrongPhase(IElections.Phase.Cancelled));
        _toCount();
        _refusedCount(_wrongPhase(IElections.Phase.Cancelled));
        _open(IElections.Method.Ranked, 1);
        _elect(1);
        _refused(COOPERATIVE, abi.encodeCall(elections.cancel, (election)), _wrongPhase(IElections.Phase.Decided));
        // of no election there is no cooperative
        selector = IElections.Elections_NotTheCooperative.selector;
        _refused(COOPERATIVE, abi.encodeCall(elections.cancel, (9)), abi.encodeWithSelector(selector, 9, COOPERATIVE));
    }

    // ---------------------------------------------------------------------------------------------------- candidates

    function test_ELC02_stand() public {
        _open(IElections.Method.Ranked, 1);
        vm.expectEmit(address(elections));
        emit IElections.CandidateStood(election, 7, "hash");
        vm.expectEmit(address(elections));
        emit IElections.CandidatePlaced(election, 7, 1);
        vm.prank(_member(7));
        elections.stand(election, "hash");
        IElections.Candidacy memory candidacy = elections.candidacyOf(election, 7);
        assertEq(uint256(candidacy.seconders), 1);
        assertEq(uint256(candidacy.place), 1);
        assertTrue(candidacy.stands && candidacy.hasSeconded);
        assertEq(elections.paperOf(election)[0], 7);
        _refusedStand(7, _about(IElections.Elections_AlreadyStands.selector, 7));
        _toVoting();
        _refusedStand(8, _wrongPhase(IElections.Phase.Voting));
        _refusedSecond(8, 7, _wrongPhase(IElections.Phase.Voting));
    }

    function test_ELC02_whoMayNotStand() public {
        address late = _member(MEMBERS + 1);
        _leave(3);
        _suspend(4);
        vm.warp(NOW + 1);
        _open(IElections.Method.Ranked, 1);
        _admit(late);
        vm.warp(NOW + 2);
        for (uint256 number = 3; number <= 4; ++number) _refusedStand(number, _noBallotRight(_member(number)));
        _refusedStand(MEMBERS + 1, _noBallotRight(late));
        _refusedStand(99, _noBallotRight(_member(99)));
        _leave(5);
        _refusedStand(5, _noBallotRight(_member(5)));
    }

    function test_ELC04_second() public {
        _open(IElections.Method.Ranked, 1);
        _refusedSecond(2, 1, _about(IElections.Elections_NotACandidate.selector, 1));
        _stand(1);
        vm.expectEmit(address(elections));
        emit IElections.CandidateSeconded(election, 1, 2);
        _second(2, 1);
        assertEq(uint256(elections.candidacyOf(election, 1).seconders), 2);
        _refusedSecond(2, 1, _about(IElections.Elections_AlreadySeconded.selector, 2));
        _refusedSecond(1, 1, _about(IElections.Elections_AlreadySeconded.selector, 1));
        _refusedSecond(99, 1, _noBallotRight(_member(99)));
        // who seconded another stands without a seconder
        _stand(2);
        assertEq(uint256(elections.candidacyOf(election, 2).seconders), 0);
        assertEq(uint256(elections.candidacyOf(election, 2).place), 2);
        _withdraw(1);
        _refusedSecond(3, 1, _about(IElections.Elections_NotACandidate.selector, 1));
    }

    /// @dev Thirty stand for the sake of it; the paper stays short, and two with a seconder get on it.
    function test_ELC03_junkKeepsNobodyOff() public {
        _open(IElections.Method.Ranked, 1);
        for (uint256 number = 1; number <= 30; ++number) _stand(number);
        assertEq(elections.paperOf(election).length, 15);
        assertEq(uint256(elections.candidacyOf(election, 16).place), 0);
        vm.expectEmit(address(elections));
        emit IElections.CandidateDisplaced(election, 15);
        vm.expectEmit(address(elections));
        emit IElections.CandidatePlaced(election, 16, 15);
        _second(31, 16);
        _stand(32);
        assertEq(uint256(elections.candidacyOf(election, 32).place), 0);
        _second(33, 32);
        uint256[] memory paper = elections.paperOf(election);
        assertEq(paper[14], 16);
        assertEq(paper[13], 32);
        assertEq(uint256(elections.candidacyOf(election, 14).place), 0);
        assertEq(uint256(elections.candidacyOf(election, 15).place), 0);
        // and who was displaced comes back with more
        _second(34, 15);
        assertEq(elections.paperOf(election)[12], 15);
    }

    /// @dev Whatever the others do, more than a sixteenth of the members puts a candidate on the paper: here three of 40.
    function testFuzz_ELC03_aSixteenthIsEnough(uint256 random, uint256 moment) public {
        _open(IElections.Method.Ranked, 1);
        moment = bound(moment, 0, MEMBERS);
        for (uint256 i; i < MEMBERS; ++i) {
            if (i == moment) _nominateTheFirst();
            uint256 dice = uint256(keccak256(abi.encode(random, i)));
            if (i < 3) continue;
            uint256 other = 4 + (dice % (MEMBERS - 3));
            if (dice >> 255 == 0 && elections.candidacyOf(election, other).stands) _trySecond(i + 1, other);
            else _tryStand(i + 1);
        }
        if (moment == MEMBERS) _nominateTheFirst();
        uint256 place = elections.candidacyOf(election, 1).place;
        assertTrue(place != 0);
        assertEq(elections.paperOf(election)[place - 1], 1);
    }

    function test_ELC03_aPlaceOfTheWithdrawnIsFree() public {
        _open(IElections.Method.Ranked, 1);
        for (uint256 number = 1; number <= 17; ++number) _stand(number);
        _withdraw(4);
        _refusedStand(4, _about(IElections.Elections_HasWithdrawn.selector, 4));
        _stand(17);
        assertEq(elections.paperOf(election)[3], 17);
        assertEq(uint256(elections.electionOf(election).withdrawn), 0);
        _stand(16);
        assertEq(uint256(elections.candidacyOf(election, 16).place), 0);
        _withdraw(16);
        assertEq(uint256(elections.electionOf(election).withdrawn), 0);
    }

    function test_ELC13_withdraw() public {
        _openRanked(1, 3);
        _castAll(1, 5, _list(2, 1));
        _cast(6, _list(3));
        vm.expectEmit(address(elections));
        emit IElections.CandidateWithdrawn(election, 2);
        _withdraw(2);
        _refusedWithdraw(_member(2), _about(IElections.Elections_NotACandidate.selector, 2));
        _refusedWithdraw(_member(9), _about(IElections.Elections_NotACandidate.selector, 9));
        _refusedWithdraw(_member(99), _about(IElections.Elections_NotACandidate.selector, 0));
        _countAll();
        assertTrue(_holds(1));
        _refusedWithdraw(_member(1), _wrongPhase(IElections.Phase.Decided));
    }

    /// @dev After the end nobody withdraws who has seen the ballots.
    function test_ELC13_notAfterTheEnd() public {
        _openRanked(1, 2);
        _cast(1, _list(1));
        _toCount();
        _leave(1);
        _refusedWithdraw(_member(1), _wrongPhase(IElections.Phase.Counting));
        bytes memory data = abi.encodeCall(elections.strike, (election, 1));
        _refused(address(this), data, _wrongPhase(IElections.Phase.Counting));
        _countAll();
        assertEq(elections.progressOf(election).elected, 1 << 1);
        // the seat is won, and empty
        _expectHolders(_list());
    }

    function test_ELC13_strike() public {
        _openRanked(1, 4);
        _castAll(5, 8, _list(1, 2, 3));
        bytes memory data = abi.encodeCall(elections.strike, (election, 1));
        _refused(address(this), data, _about(IElections.Elections_InStanding.selector, 1));
        _leave(1);
        _suspend(2);
        elections.strike(election, 1);
        elections.strike(election, 2);
        _refused(address(this), data, _about(IElections.Elections_NotACandidate.selector, 1));
        _reinstate(2);
        data = abi.encodeCall(elections.strike, (election, 99));
        _refused(address(this), data, _about(IElections.Elections_NotACandidate.selector, 99));
        _countAll();
        _expectHolders(_list(3));
    }

    /// @dev A candidate with another key is the same candidate; the former account has no say.
    function test_ELC13_anotherKey() public {
        _openRanked(1, 2);
        address next = address(0xBEEF);
        _rotate(1, next);
        _refusedWithdraw(_member(1), _about(IElections.Elections_NotACandidate.selector, 0));
        bytes memory data = abi.encodeCall(elections.strike, (election, 1));
        _refused(address(this), data, _about(IElections.Elections_InStanding.selector, 1));
        vm.prank(next);
        elections.withdraw(election);
    }

    // ------------------------------------------------------------------------------------------------------- ballots

    function test_ELC05_castAndChange() public {
        _openRanked(1, 3);
        vm.expectEmit(address(elections));
        emit IElections.BallotCast(election, _member(9), 9, _list(2, 1));
        _cast(9, _list(2, 1));
        _expectBallot(9, 1, _list(2, 1));
        _refusedBallot(9, _list(2, 1), _about(IElections.Elections_AlreadyCast.selector, 9));
        _cast(9, _list(3));
        _expectBallot(9, 2, _list(3));
        _cast(9, _list(2, 1));
        _cast(9, _list());
        _expectBallot(9, 2, _list());
        _refusedBallot(9, _list(), _about(IElections.Elections_AlreadyCast.selector, 9));
        // the neighbours in the word are as they were
        _expectBallot(8, 0, _list());
        _expectBallot(10, 0, _list());
        assertEq(elections.ballotWords(election, 2, 1)[0], uint256(2) << 64);
    }

    function test_ELC05_atItsTimeOnly() public {
        _open(IElections.Method.Ranked, 1);
        _stand(1);
        vm.warp(NOW + PERIOD);
        _refusedBallot(2, _list(1), _wrongPhase(IElections.Phase.Nomination));
        vm.warp(NOW + PERIOD + 1);
        _cast(2, _list(1));
        vm.warp(NOW + 2 * PERIOD);
        _cast(3, _list(1));
        vm.warp(NOW + 2 * PERIOD + 1);
        _refusedBallot(4, _list(1), _wrongPhase(IElections.Phase.Counting));
        elections.count(election, ALL);
        _refusedBallot(4, _list(1), _wrongPhase(IElections.Phase.Decided));
        ++election;
        _refusedBallot(4, _list(1), _wrongPhase(IElections.Phase.None));
        _refusedCount(_wrongPhase(IElections.Phase.None));
    }

    function test_ELC05_whoMayNotVote() public {
        _suspend(4);
        vm.warp(NOW + 1);
        _open(IElections.Method.Ranked, 1);
        _stand(1);
        _admit(_member(MEMBERS + 1));
        _reinstate(4);
        _toVoting();
        _refusedBallot(MEMBERS + 1, _list(1), _noBallotRight(_member(MEMBERS + 1)));
        _refusedBallot(4, _list(1), _noBallotRight(_member(4)));
        _refusedBallot(99, _list(1), _noBallotRight(_member(99)));
        _suspend(5);
        _refusedBallot(5, _list(1), _noBallotRight(_member(5)));
        _leave(6);
        _refusedBallot(6, _list(1), _noBallotRight(_member(6)));
    }

    /// @dev Nobody votes twice: not by leaving and joining again, not by another key.
    function test_ELC05_oneMemberOneBallot() public {
        _openRanked(1, 2);
        _cast(5, _list(1));
        _leave(5);
        _admit(_member(5));
        _refusedBallot(5, _list(1), _noBallotRight(_member(5)));
        _cast(6, _list(1));
        _rotate(6, address(0xBEEF));
        _refusedBallot(6, _list(2), _noBallotRight(_member(6)));
        vm.prank(address(0xBEEF));
        elections.castBallot(election, _list(2));
        _expectBallot(6, 2, _list(2));
        _cast(7, _list(1));
        _countAll();
        // the ballot of who left stays
        uint256[] memory votes = elections.votesAt(election, 1);
        assertEq(votes[1], 2 * UNIT);
        assertEq(votes[2], UNIT);
    }

    function test_ELC07_ballotsThatCannotBe() public {
        _openRanked(1, 3);
        uint8[] memory tooMany = new uint8[](4);
        (tooMany[0], tooMany[1], tooMany[2], tooMany[3]) = (1, 2, 3, 1);
        _refusedBallot(1, _list(4), _invalidChoices(_list(4)));
        _refusedBallot(1, _list(0), _invalidChoices(_list(0)));
        _refusedBallot(1, _list(1, 0, 2), _invalidChoices(_list(1, 0, 2)));
        _refusedBallot(1, _list(2, 2), _invalidChoices(_list(2, 2)));
        _refusedBallot(1, _list(255, 1), _invalidChoices(_list(255, 1)));
        _refusedBallot(1, tooMany, _invalidChoices(tooMany));
        _refusedBallot(1, new uint8[](1_000), _invalidChoices(new uint8[](1_000)));
        _expectBallot(1, 0, _list());
    }

    function testFuzz_ELC07_whatWasCastIsKept(uint8[] memory choices, uint256 number) public {
        number = bound(number, 1, MEMBERS);
        _openRanked(1, 15);
        bool isValid = choices.length < 16;
        for (uint256 i; isValid && i < choices.length; ++i) {
            choices[i] = uint8(bound(choices[i], 1, 15));
            for (uint256 j; j < i; ++j) if (choices[i] == choices[j]) isValid = false;
        }
        if (isValid) {
            _cast(number, choices);
            _expectBallot(number, 1, choices);
        } else {
            _refusedBallot(number, choices, _invalidChoices(choices));
        }
    }

    // ------------------------------------------------------------------------------------------------------- offices

    function test_ELC15_terms() public {
        _open(IElections.Method.Ranked, 1);
        _elect(3);
        uint48 end = NOW + 2 * PERIOD + TERM;
        (uint256 by, uint48 until) = elections.termOf(COOPERATIVE, OFFICE, 3);
        assertEq(by, election);
        assertEq(uint256(until), end);
        assertFalse(_holds(1));
        assertFalse(_holds(0));
        assertFalse(_holds(99));
        (by, ) = elections.termOf(address(this), OFFICE, 3);
        assertEq(by, 0);
        vm.warp(end - 1);
        assertTrue(_holds(3));
        vm.warp(end);
        assertFalse(_holds(3));
        _expectHolders(_list());
        vm.prank(_member(3));
        vm.expectPartialRevert(IElections.Elections_NotAHolder.selector);
        elections.resign(COOPERATIVE, OFFICE);
    }

    function test_ELC15_aLateCountMakesNoLongerTerm() public {
        _openRanked(1, 1);
        _cast(1, _list(1));
        vm.warp(NOW + 2 * PERIOD + TERM);
        elections.count(election, ALL);
        assertFalse(_holds(1));
    }

    function test_ELC15_theNextElectionReplaces() public {
        _open(IElections.Method.Approval, 2);
        _stand(1);
        _stand(2);
        _toVoting();
        _cast(1, _list(1, 2));
        _countAll();
        _expectHolders(_list(1, 2));
        _open(IElections.Method.Ranked, 1);
        _stand(2);
        _toVoting();
        _expectHolders(_list(1, 2));
        _cast(1, _list(1));
        _countAll();
        _expectHolders(_list(2));
    }

    function test_ELC14_anElectionOfNobodyLeavesTheOffice() public {
        _open(IElections.Method.Ranked, 1);
        _elect(3);
        _open(IElections.Method.Ranked, 1);
        _toVoting();
        _countAll();
        _expectHolders(_list(3));
    }

    function test_ELC15_onlyMembersInStandingHoldOffice() public {
        _open(IElections.Method.Ranked, 1);
        _elect(3);
        _suspend(3);
        assertFalse(_holds(3));
        _reinstate(3);
        assertTrue(_holds(3));
        _rotate(3, address(0xBEEF));
        assertTrue(_holds(3));
        vm.prank(address(0xBEEF));
        membership.resign(COOPERATIVE);
        assertFalse(_holds(3));
        _admit(address(0xBEEF));
        assertFalse(_holds(3));
        assertFalse(_holds(MEMBERS + 1));
    }

    function test_ELC15_resign() public {
        _open(IElections.Method.Ranked, 1);
        _elect(3);
        bytes memory data = abi.encodeCall(elections.resign, (COOPERATIVE, OFFICE));
        _refused(_member(4), data, _notAHolder(4));
        _refused(_member(99), data, _notAHolder(0));
        vm.expectEmit(address(elections));
        emit IElections.OfficeVacated(election, 3, false);
        vm.prank(_member(3));
        elections.resign(COOPERATIVE, OFFICE);
        assertFalse(_holds(3));
        _refused(_member(3), data, _notAHolder(3));
    }

    function test_ELC15_recall() public {
        _open(IElections.Method.Ranked, 1);
        _elect(3);
        vm.prank(address(this));
        vm.expectPartialRevert(IElections.Elections_NotAHolder.selector);
        elections.recall(OFFICE, 3);
        _refused(COOPERATIVE, abi.encodeCall(elections.recall, (OFFICE, 2)), _notAHolder(2));
        vm.expectEmit(address(elections));
        emit IElections.OfficeVacated(election, 3, true);
        vm.prank(COOPERATIVE);
        elections.recall(OFFICE, 3);
        assertFalse(_holds(3));
    }

    function test_clockIsInSeconds() public view {
        assertEq(uint256(elections.clock()), NOW);
        assertEq(elections.CLOCK_MODE(), "mode=timestamp");
        assertEq(address(elections.MEMBERSHIP()), address(membership));
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    /// @dev The member is the only one who stands, with one ballot.
    function _elect(uint256 number) private {
        _stand(number);
        _toVoting();
        _cast(1, _list(1));
        _countAll();
    }

    function _nominateTheFirst() private {
        _stand(1);
        _second(2, 1);
        _second(3, 1);
    }

    function _trySecond(uint256 number, uint256 candidate) private {
        if (!elections.candidacyOf(election, number).hasSeconded) _second(number, candidate);
    }

    function _tryStand(uint256 number) private {
        if (!elections.candidacyOf(election, number).stands) _stand(number);
    }

    function _refusedTerms(IElections.Terms memory terms, string memory field) private {
        bytes memory reason = abi.encodeWithSelector(IElections.Elections_InvalidTerms.selector, field);
        _refused(COOPERATIVE, abi.encodeCall(elections.open, (terms)), reason);
    }

    function _expectBallot(uint256 number, uint256 nonce, uint8[] memory choices) private view {
        (uint256 next, uint8[] memory kept) = elections.ballotOf(election, number);
        assertEq(next, nonce);
        assertEq(abi.encode(kept), abi.encode(choices));
    }
}
