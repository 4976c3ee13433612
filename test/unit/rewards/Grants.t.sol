// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IGrants} from "../../../contracts/rewards/interfaces/IGrants.sol";
import {IPullPayments} from "../../../contracts/rewards/interfaces/IPullPayments.sol";
import {GrantsFixture} from "./GrantsFixture.sol";

contract GrantsTest is GrantsFixture {
    bytes32 private constant BOARD = keccak256("board");

    function setUp() public {
        _deploy();
    }

    function _invalid(IGrants.Terms memory terms, string memory term, uint256 value) private {
        bytes memory reason = abi.encodeWithSelector(IGrants.Grants_InvalidTerms.selector, term, value);
        _refused(COOPERATIVE, abi.encodeCall(grants.openGrant, (address(token), AMOUNT, terms)), reason);
    }

    // ------------------------------------------------------------------------------------------------------- offering

    function test_GRT01_aGrantIsFundedInFull() public {
        token.mint(COOPERATIVE, AMOUNT);
        vm.startPrank(COOPERATIVE);
        token.approve(address(grants), AMOUNT);
        vm.expectEmit(address(grants));
        emit IGrants.GrantOpened(
            1,
            COOPERATIVE,
            RECIPIENT,
            address(token),
            AMOUNT,
            REVIEWER,
            bytes32(0),
            ACCEPT_BY,
            REVIEW,
            DECISION,
            "what is to be done"
        );
        for (uint256 i; i < 3; ++i) {
            vm.expectEmit(address(grants));
            emit IGrants.MilestoneSet(1, i, 100 * (i + 1), _deadline(i));
        }
        grant = grants.openGrant(address(token), AMOUNT, _terms());
        vm.stopPrank();
        assertEq(grant, 1);
        assertEq(grants.grantCount(), 1);
        assertEq(token.balanceOf(address(grants)), AMOUNT);
        assertEq(grants.totalHeld(address(token)), AMOUNT);
        IGrants.Grant memory stored = grants.grantOf(grant);
        assertEq(stored.cooperative, COOPERATIVE);
        assertEq(stored.recipient, RECIPIENT);
        assertEq(stored.reviewer, REVIEWER);
        assertEq(stored.token, address(token));
        assertEq(stored.milestones, 3);
        assertFalse(stored.accepted);
    }

    function test_GRT01_anAmountThatIsNotTheSumIsRefused() public {
        bytes memory reason = abi.encodeWithSelector(IGrants.Grants_InvalidTerms.selector, "amount", 599);
        _refused(COOPERATIVE, abi.encodeCall(grants.openGrant, (address(token), 599, _terms())), reason);
    }

    function test_GRT01_termsOutOfTheirBoundsAreRefused() public {
        IGrants.Terms memory terms = _terms();
        terms.recipient = address(0);
        _invalid(terms, "recipient", 0);
        terms.recipient = COOPERATIVE;
        _invalid(terms, "recipient", uint160(COOPERATIVE));
        terms = _terms();
        terms.acceptBy = NOW;
        _invalid(terms, "acceptBy", NOW);
        terms = _terms();
        terms.reviewPeriod = 0;
        _invalid(terms, "reviewPeriod", 0);
        terms.reviewer = address(0);
        terms.reviewPeriod = 1;
        _invalid(terms, "reviewPeriod", 1);
        terms = _terms();
        terms.office = BOARD;
        _invalid(terms, "office", uint256(BOARD));
        terms = _terms();
        terms.decisionPeriod = 0;
        _invalid(terms, "decisionPeriod", 0);
        terms = _terms();
        terms.description = "";
        _invalid(terms, "description", 0);
        terms.description = new bytes(97);
        _invalid(terms, "description", 97);
        terms = _terms();
        terms.milestones[1].amount = 0;
        _invalid(terms, "milestones.amount", 1);
        terms = _terms();
        terms.milestones[2].deadline = ACCEPT_BY;
        _invalid(terms, "milestones.deadline", 2);
        terms.milestones = new IGrants.Milestone[](0);
        _invalid(terms, "milestones", 0);
        terms.milestones = new IGrants.Milestone[](17);
        _invalid(terms, "milestones", 17);
    }

    /// @dev Who delivers would decide.
    function test_GRT04_aReviewerIsNeitherTheRecipientNorTheCooperative() public {
        IGrants.Terms memory terms = _terms();
        terms.reviewer = RECIPIENT;
        _invalid(terms, "reviewer", uint160(RECIPIENT));
        terms.reviewer = COOPERATIVE;
        _invalid(terms, "reviewer", uint160(COOPERATIVE));
    }

    // ------------------------------------------------------------------------------------------------------ accepting

    function test_GRT02_theRecipientAloneAcceptsAndOnce() public {
        grant = _open(_terms());
        bytes4 selector = IGrants.Grants_NotTheRecipient.selector;
        _refused(REVIEWER, _acceptCall(), abi.encodeWithSelector(selector, grant, REVIEWER, RECIPIENT));
        vm.warp(ACCEPT_BY);
        vm.prank(RECIPIENT);
        vm.expectEmit(address(grants));
        emit IGrants.GrantAccepted(grant);
        grants.accept(grant);
        _refused(RECIPIENT, _acceptCall(), abi.encodeWithSelector(IGrants.Grants_AlreadyAccepted.selector, grant));
    }

    function test_GRT02_anAcceptanceIsNoneOfAnotherGrant() public {
        _openAccepted();
        grant = _open(_terms());
        _refused(RECIPIENT, _deliverCall(0), abi.encodeWithSelector(IGrants.Grants_NotAccepted.selector, grant));
    }

    function test_GRT02_whatNobodyAcceptsGoesBack() public {
        grant = _open(_terms());
        vm.warp(ACCEPT_BY);
        _refused(STRANGER, _reclaimCall(0), _notReclaimable(0));
        vm.warp(ACCEPT_BY + 1);
        _refused(RECIPIENT, _acceptCall(), _tooLate(ACCEPT_BY));
        for (uint256 i; i < 3; ++i) {
            assertTrue(grants.isReclaimable(grant, i));
            vm.prank(STRANGER);
            grants.reclaim(grant, i);
        }
        assertEq(grants.collectable(address(token), COOPERATIVE), AMOUNT);
        _refused(RECIPIENT, _acceptCall(), _tooLate(ACCEPT_BY));
    }

    // ----------------------------------------------------------------------------------------------------- delivering

    function test_GRT03_theRecipientAloneDeliversByTheDeadline() public {
        _openAccepted();
        bytes4 selector = IGrants.Grants_NotTheRecipient.selector;
        _refused(STRANGER, _deliverCall(0), abi.encodeWithSelector(selector, grant, STRANGER, RECIPIENT));
        vm.warp(_deadline(0));
        vm.expectEmit(address(grants));
        emit IGrants.MilestoneDelivered(grant, 0, keccak256(WORK), _deadline(0) + REVIEW + DECISION, WORK);
        _deliver(0);
        _is(0, IGrants.Status.Delivered);
        vm.warp(_deadline(1) + 1);
        _refused(RECIPIENT, _deliverCall(1), _tooLate(_deadline(1)));
    }

    function test_GRT03_aDeliveryIsNotReplacedWhileItIsDecided() public {
        _openAccepted();
        _deliver(0);
        vm.warp(NOW + REVIEW + DECISION);
        _refused(RECIPIENT, _deliverCall(0), _wrongStatus(0, IGrants.Status.Delivered));
        vm.warp(NOW + REVIEW + DECISION + 1);
        _deliver(0); // nobody decided, and there is time left
    }

    function test_GRT03_contentIsACid() public {
        _openAccepted();
        bytes4 selector = IGrants.Grants_InvalidCid.selector;
        _refused(RECIPIENT, abi.encodeCall(grants.deliver, (grant, 0, "")), abi.encodeWithSelector(selector, ""));
        bytes memory long = new bytes(97);
        _refused(RECIPIENT, abi.encodeCall(grants.deliver, (grant, 0, long)), abi.encodeWithSelector(selector, long));
    }

    function test_GRT03_thereAreNoOtherMilestones() public {
        _openAccepted();
        bytes memory reason = abi.encodeWithSelector(IGrants.Grants_NoSuchMilestone.selector, grant, 3);
        _refused(RECIPIENT, _deliverCall(3), reason);
        _refused(REVIEWER, _approveCall(3), reason);
        _refused(STRANGER, _reclaimCall(3), reason);
        assertFalse(grants.isReclaimable(grant, 3));
    }

    // ------------------------------------------------------------------------------------------------------- deciding

    function test_GRT04_aReviewerApprovesAndTheRecipientIsOwed() public {
        _openAccepted();
        _deliver(1);
        vm.warp(NOW + REVIEW);
        vm.expectEmit(address(grants));
        emit IGrants.MilestoneApproved(grant, 1, keccak256(WORK), REVIEWER);
        vm.expectEmit(address(grants));
        emit IPullPayments.PaymentOwed(address(token), RECIPIENT, 200);
        _approve(REVIEWER, 1);
        assertEq(grants.collectable(address(token), RECIPIENT), 200);
        vm.prank(STRANGER);
        assertEq(grants.collect(address(token), RECIPIENT), 200);
        assertEq(token.balanceOf(RECIPIENT), 200);
        assertEq(grants.totalHeld(address(token)), 400);
    }

    function test_GRT04_whatWasNotDeliveredIsNotApproved() public {
        _openAccepted();
        _refused(REVIEWER, _approveCall(0), _wrongStatus(0, IGrants.Status.Open));
        _refused(COOPERATIVE, _approveCall(0), _wrongStatus(0, IGrants.Status.Open));
        bytes memory empty = abi.encodeCall(grants.approve, (grant, 0, bytes32(0)));
        _refused(COOPERATIVE, empty, _wrongStatus(0, IGrants.Status.Open));
    }

    function test_GRT04_nobodyElseDecides() public {
        _openAccepted();
        _deliver(0);
        bytes4 selector = IGrants.Grants_NotADecider.selector;
        _refused(STRANGER, _approveCall(0), abi.encodeWithSelector(selector, grant, STRANGER));
        _refused(RECIPIENT, _approveCall(0), abi.encodeWithSelector(selector, grant, RECIPIENT));
        _refused(RECIPIENT, _rejectCall(0), abi.encodeWithSelector(selector, grant, RECIPIENT));
    }

    function test_GRT04_withoutReviewerTheCooperativeDecides() public {
        IGrants.Terms memory terms = _terms();
        terms.reviewer = address(0);
        terms.reviewPeriod = 0;
        grant = _open(terms);
        vm.prank(RECIPIENT);
        grants.accept(grant);
        _deliver(0);
        bytes4 selector = IGrants.Grants_NotADecider.selector;
        _refused(REVIEWER, _approveCall(0), abi.encodeWithSelector(selector, grant, REVIEWER));
        _approve(COOPERATIVE, 0);
    }

    function test_GRT04_whoHoldsTheOfficeThenReviews() public {
        IGrants.Terms memory terms = _terms();
        terms.reviewer = address(0);
        terms.office = BOARD;
        grant = _open(terms);
        vm.prank(RECIPIENT);
        grants.accept(grant);
        _deliver(0);
        _deliver(1);
        membership.admit(COOPERATIVE, REVIEWER, REVIEWER);
        bytes4 selector = IGrants.Grants_NotADecider.selector;
        _refused(REVIEWER, _approveCall(0), abi.encodeWithSelector(selector, grant, REVIEWER));
        offices.appoint(BOARD, 1, 1, NOW + 1 days);
        _refused(STRANGER, _approveCall(0), abi.encodeWithSelector(selector, grant, STRANGER));
        _approve(REVIEWER, 0);
        vm.warp(NOW + 1 days); // the term is over
        _refused(REVIEWER, _approveCall(1), abi.encodeWithSelector(selector, grant, REVIEWER));
        _approve(COOPERATIVE, 1);
    }

    /// @dev Who is elected to the office later decides about others' work, with no key about their own.
    function test_GRT04_aRecipientInOfficeDoesNotReview() public {
        IGrants.Terms memory terms = _terms();
        terms.reviewer = address(0);
        terms.office = BOARD;
        grant = _open(terms);
        vm.prank(RECIPIENT);
        grants.accept(grant);
        _deliver(0);
        membership.admit(COOPERATIVE, RECIPIENT, RECIPIENT);
        offices.appoint(BOARD, 1, 1, NOW + 1 days);
        bytes4 selector = IGrants.Grants_NotADecider.selector;
        _refused(RECIPIENT, _approveCall(0), abi.encodeWithSelector(selector, grant, RECIPIENT));
    }

    /// @dev The recipient delivers something else between a decision and its transaction.
    function test_GRT05_aDecisionNamesItsContent() public {
        _openAccepted();
        _deliver(0);
        _reject(REVIEWER, 0);
        vm.prank(RECIPIENT);
        grants.deliver(grant, 0, "other");
        bytes4 selector = IGrants.Grants_OtherContent.selector;
        bytes memory reason = abi.encodeWithSelector(selector, grant, 0, keccak256(WORK), keccak256("other"));
        _refused(COOPERATIVE, _approveCall(0), reason);
        _refused(REVIEWER, _rejectCall(0), reason);
    }

    function test_GRT05_aRejectionHasAReason() public {
        _openAccepted();
        _deliver(0);
        bytes memory silent = abi.encodeCall(grants.reject, (grant, 0, keccak256(WORK), ""));
        _refused(REVIEWER, silent, abi.encodeWithSelector(IGrants.Grants_NoReason.selector, grant, 0));
        vm.expectEmit(address(grants));
        emit IGrants.MilestoneRejected(grant, 0, keccak256(WORK), REVIEWER, "not what was asked for");
        _reject(REVIEWER, 0);
        _refused(REVIEWER, _approveCall(0), _wrongStatus(0, IGrants.Status.Rejected));
        _deliver(0); // once more
        _approve(REVIEWER, 0);
    }

    function test_GRT05_theCooperativeOverrulesTheReviewer() public {
        _openAccepted();
        vm.warp(_deadline(0));
        _deliver(0);
        vm.warp(_deadline(0) + REVIEW);
        _reject(REVIEWER, 0);
        // the deadline has passed, and what can be overruled is not taken back
        vm.warp(_deadline(0) + REVIEW + DECISION);
        _refused(STRANGER, _reclaimCall(0), _notReclaimable(0));
        _approve(COOPERATIVE, 0);
        assertEq(grants.collectable(address(token), RECIPIENT), 100);
    }

    function test_GRT05_aRejectionByTheCooperativeIsFinal() public {
        _openAccepted();
        vm.warp(_deadline(0));
        _deliver(0);
        _reject(REVIEWER, 0);
        _reject(COOPERATIVE, 0);
        vm.warp(_deadline(0) + 1);
        vm.prank(STRANGER);
        grants.reclaim(grant, 0);
        _is(0, IGrants.Status.Reclaimed);
    }

    // -------------------------------------------------------------------------------------------------------- silence

    function test_GRT06_aSilentReviewerLeavesItToTheCooperative() public {
        _openAccepted();
        _deliver(0);
        vm.warp(NOW + REVIEW + 1);
        _refused(REVIEWER, _approveCall(0), _tooLate(NOW + REVIEW));
        _refused(REVIEWER, _rejectCall(0), _tooLate(NOW + REVIEW));
        _approve(COOPERATIVE, 0);
        assertEq(grants.collectable(address(token), RECIPIENT), 100);
    }

    function test_GRT06_silencePaysNobodyAndStallsNothing() public {
        _openAccepted();
        vm.warp(_deadline(0));
        _deliver(0);
        uint48 end = _deadline(0) + REVIEW + DECISION;
        vm.warp(end);
        _refused(STRANGER, _reclaimCall(0), _notReclaimable(0));
        vm.warp(end + 1);
        assertEq(grants.collectable(address(token), RECIPIENT), 0);
        vm.prank(STRANGER);
        grants.reclaim(grant, 0);
        assertEq(grants.collectable(address(token), COOPERATIVE), 100);
        _refused(COOPERATIVE, _approveCall(0), _wrongStatus(0, IGrants.Status.Reclaimed));
    }

    function test_GRT06_aLateVoteCountsUntilItIsReclaimed() public {
        _openAccepted();
        vm.warp(_deadline(0));
        _deliver(0);
        vm.warp(_deadline(0) + 365 days);
        _approve(COOPERATIVE, 0);
        assertEq(grants.collectable(address(token), RECIPIENT), 100);
    }

    /// @dev Somebody who delivered early is not punished for others' silence before the deadline.
    function test_GRT06_whatIsUndecidedIsNotReclaimedBeforeItsDeadline() public {
        _openAccepted();
        _deliver(2);
        vm.warp(_deadline(2));
        _refused(STRANGER, _reclaimCall(2), _notReclaimable(2));
        _deliver(2);
    }

    // ------------------------------------------------------------------------------------------------------ returning

    function test_GRT07_whatIsNotDeliveredGoesBackByAnybody() public {
        _openAccepted();
        vm.warp(_deadline(0));
        _refused(STRANGER, _reclaimCall(0), _notReclaimable(0));
        vm.warp(_deadline(0) + 1);
        vm.expectEmit(address(grants));
        emit IGrants.MilestoneReclaimed(grant, 0, 100);
        vm.prank(STRANGER);
        grants.reclaim(grant, 0);
        _refused(RECIPIENT, _deliverCall(0), _wrongStatus(0, IGrants.Status.Reclaimed));
        _refused(STRANGER, _reclaimCall(0), _notReclaimable(0));
        vm.prank(STRANGER);
        assertEq(grants.collect(address(token), COOPERATIVE), 100);
        assertEq(token.balanceOf(COOPERATIVE), 100);
    }

    function test_GRT07_whatWasApprovedStaysTheRecipients() public {
        _openAccepted();
        _deliver(0);
        _approve(REVIEWER, 0);
        vm.warp(_deadline(2) + 365 days);
        _refused(STRANGER, _reclaimCall(0), _notReclaimable(0));
        vm.prank(COOPERATIVE);
        grants.stop(grant);
        assertEq(grants.collectable(address(token), RECIPIENT), 100);
        assertEq(grants.collectable(address(token), COOPERATIVE), 500);
    }

    function test_GRT08_theCooperativeStopsAGrant() public {
        _openAccepted();
        _deliver(0);
        _approve(REVIEWER, 0);
        _deliver(1);
        bytes memory call = abi.encodeCall(grants.stop, (grant));
        bytes4 selector = IGrants.Grants_NotTheCooperative.selector;
        _refused(REVIEWER, call, abi.encodeWithSelector(selector, grant, REVIEWER, COOPERATIVE));
        vm.prank(COOPERATIVE);
        vm.expectEmit(address(grants));
        emit IGrants.GrantStopped(grant);
        grants.stop(grant);
        // the third was not delivered, the second is decided first
        assertEq(grants.collectable(address(token), COOPERATIVE), 300);
        bytes memory stopped = abi.encodeWithSelector(IGrants.Grants_Stopped.selector, grant);
        _refused(RECIPIENT, _deliverCall(2), stopped);
        _refused(COOPERATIVE, call, stopped);
        _refused(STRANGER, _reclaimCall(1), _notReclaimable(1));
        _approve(REVIEWER, 1);
        assertEq(grants.collectable(address(token), RECIPIENT), 300);
    }

    function test_GRT08_afterAStopARejectionIsTheEnd() public {
        _openAccepted();
        _deliver(1);
        vm.startPrank(COOPERATIVE);
        grants.reject(grant, 1, keccak256(WORK), "not what was asked for");
        grants.stop(grant); // in one proposal
        vm.stopPrank();
        assertEq(grants.collectable(address(token), COOPERATIVE), AMOUNT);
        _is(1, IGrants.Status.Reclaimed);
    }

    function test_GRT08_aGrantThatWasStoppedIsNotAccepted() public {
        grant = _open(_terms());
        vm.prank(COOPERATIVE);
        grants.stop(grant);
        assertEq(grants.collectable(address(token), COOPERATIVE), AMOUNT);
        _refused(RECIPIENT, _acceptCall(), abi.encodeWithSelector(IGrants.Grants_Stopped.selector, grant));
    }

    /// @dev Whatever happens to a milestone and when: its amount ends with one of the two, once.
    function testFuzz_GRT09_everyAmountEndsSomewhereOnce(uint256 seed) public {
        _openAccepted();
        for (uint256 step; step < 24; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(block.timestamp + (seed % 8 days));
            uint256 index = (seed >> 32) % 3;
            address[4] memory callers = [RECIPIENT, REVIEWER, COOPERATIVE, STRANGER];
            bytes[6] memory calls = [
                _deliverCall(index),
                _approveCall(index),
                _rejectCall(index),
                _reclaimCall(index),
                abi.encodeCall(grants.collect, (address(token), RECIPIENT)),
                (seed >> 96) % 8 == 0 ? abi.encodeCall(grants.stop, (grant)) : _deliverCall(index)
            ];
            vm.prank(callers[(seed >> 48) % 4]);
            // solhint-disable-next-line avoid-low-level-calls
            (bool success, ) = address(grants).call(calls[(seed >> 64) % 6]);
            success; // refused or not: the sum is right
        }
        uint256 undecided;
        for (uint256 i; i < 3; ++i) if (uint256(_status(i)) < 3) undecided += 100 * (i + 1);
        uint256 owed = grants.collectable(address(token), RECIPIENT) + grants.collectable(address(token), COOPERATIVE);
        assertEq(undecided + owed + token.balanceOf(RECIPIENT), AMOUNT);
        assertEq(undecided + owed, grants.totalHeld(address(token)));
        // and nothing stalls: in the end all that is not owed goes back
        vm.warp(block.timestamp + 365 days);
        for (uint256 i; i < 3; ++i) if (uint256(_status(i)) < 3) grants.reclaim(grant, i);
        owed = grants.collectable(address(token), RECIPIENT) + grants.collectable(address(token), COOPERATIVE);
        assertEq(owed, grants.totalHeld(address(token)));
    }
}
