// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {Did} from "../../../contracts/identity/types/Did.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {MatchingLib} from "../../../contracts/rewards/libraries/MatchingLib.sol";
import {IMatchingRounds} from "../../../contracts/rewards/interfaces/IMatchingRounds.sol";
import {IPullPayments} from "../../../contracts/rewards/interfaces/IPullPayments.sol";
import {MatchingFixture} from "./MatchingFixture.sol";

contract MatchingRoundsTest is MatchingFixture {
    function setUp() public {
        _deploy(6);
    }

    function _invalid(IMatchingRounds.Terms memory terms, string memory term, uint256 value) private {
        bytes memory reason = abi.encodeWithSelector(IMatchingRounds.MatchingRounds_InvalidTerms.selector, term, value);
        _refused(COOPERATIVE, abi.encodeCall(matching.openRound, (address(token), POOL, terms)), reason);
    }

    // -------------------------------------------------------------------------------------------------------- opening

    function test_GRT11_aRoundIsFundedInFull() public {
        token.mint(COOPERATIVE, POOL);
        vm.startPrank(COOPERATIVE);
        token.approve(address(matching), POOL);
        vm.expectEmit(address(matching));
        emit IMatchingRounds.MatchingRoundOpened(
            1,
            COOPERATIVE,
            address(token),
            POOL,
            STARTS,
            ENDS,
            SETTLES,
            1,
            1000,
            2,
            3,
            "what the round is for"
        );
        round = matching.openRound(address(token), POOL, _terms());
        vm.stopPrank();
        assertEq(matching.totalHeld(address(token)), POOL);
        assertEq(matching.roundOf(round).snapshot, NOW - 1);
        assertEq(matching.roundCount(), 1);
    }

    function test_GRT11_termsOutOfTheirBoundsAreRefused() public {
        IMatchingRounds.Terms memory terms = _terms();
        terms.startsAt = NOW;
        _invalid(terms, "startsAt", NOW);
        terms = _terms();
        terms.endsAt = STARTS;
        _invalid(terms, "endsAt", STARTS);
        terms = _terms();
        terms.settlesAt = ENDS - 1;
        _invalid(terms, "settlesAt", ENDS - 1);
        terms = _terms();
        terms.minimum = 0;
        _invalid(terms, "minimum", 0);
        terms.minimum = 1001;
        _invalid(terms, "cap", 1000);
        terms = _terms();
        terms.minContributors = 0;
        _invalid(terms, "minContributors", 0);
        terms = _terms();
        terms.maxProjects = 0;
        _invalid(terms, "maxProjects", 0);
        terms = _terms();
        terms.description = "";
        _invalid(terms, "description", 0);
        bytes memory reason = abi.encodeWithSelector(IPullPayments.PullPayments_NoAmount.selector);
        _refused(COOPERATIVE, abi.encodeCall(matching.openRound, (address(token), 0, _terms())), reason);
    }

    /// @dev Whoever closed a round before it is opened would keep its pool.
    function test_GRT11_nobodyClosesARoundBeforeItIsOpened() public {
        bytes4 selector = IMatchingRounds.MatchingRounds_NoSuchRound.selector;
        bytes memory call = abi.encodeCall(matching.settle, (1, new uint256[](0)));
        _refused(STRANGER, call, abi.encodeWithSelector(selector, 1));
        call = abi.encodeCall(matching.settle, (0, new uint256[](0)));
        _refused(STRANGER, call, abi.encodeWithSelector(selector, 0));
    }

    // ---------------------------------------------------------------------------------------------------- registering

    function test_GRT12_membersRegisterOneProjectEach() public {
        _open(POOL, _terms());
        vm.expectEmit(address(matching));
        emit IMatchingRounds.ProjectRegistered(round, 1, 1, _payee(1), "project");
        assertEq(_register(1), 1);
        assertEq(matching.projectBy(round, 1), 1);
        bytes4 selector = IMatchingRounds.MatchingRounds_AlreadyRegistered.selector;
        _refused(_member(1), _registerCall(), abi.encodeWithSelector(selector, round, 1, 1));
        _refused(STRANGER, _registerCall(), _notAMember(STRANGER));
        _refused(
            _member(2),
            abi.encodeCall(matching.register, (round, address(0), "project")),
            abi.encodeWithSelector(IMatchingRounds.MatchingRounds_NoPayee.selector)
        );
        _refused(
            _member(2),
            abi.encodeCall(matching.register, (round, STRANGER, "")),
            abi.encodeWithSelector(IMatchingRounds.MatchingRounds_InvalidCid.selector, "")
        );
        vm.warp(STARTS);
        _refused(_member(2), _registerCall(), _wrongTime(0, STARTS));
    }

    function test_GRT12_thereAreAsManyProjectsAsTheTermsSay() public {
        _open(POOL, _terms());
        for (uint256 number = 1; number <= 3; ++number) _register(number);
        bytes4 selector = IMatchingRounds.MatchingRounds_NoPlaceLeft.selector;
        _refused(_member(4), _registerCall(), abi.encodeWithSelector(selector, round, 3));
        // a place that is given up is free again, for others
        vm.prank(_member(1));
        matching.withdraw(round, 1);
        bytes4 already = IMatchingRounds.MatchingRounds_AlreadyRegistered.selector;
        _refused(_member(1), _registerCall(), abi.encodeWithSelector(already, round, 1, 1));
        assertEq(_register(4), 4);
    }

    // --------------------------------------------------------------------------------------------------- contributing

    function test_GRT13_membersContributeWhileTheRoundRuns() public {
        _open(POOL, _terms());
        _register(1);
        _fund(_member(2), 100);
        vm.warp(STARTS - 1);
        _refused(_member(2), _contributeCall(1, 10), _wrongTime(STARTS, ENDS));
        vm.warp(STARTS);
        vm.prank(_member(2));
        vm.expectEmit(address(matching));
        emit IMatchingRounds.ContributionMade(round, 1, 2, _member(2), 10, 10);
        matching.contribute(round, 1, 10);
        vm.warp(ENDS);
        _refused(_member(2), _contributeCall(1, 10), _wrongTime(STARTS, ENDS));
        _refused(STRANGER, _contributeCall(1, 10), _wrongTime(STARTS, ENDS));
        assertEq(matching.contributionOf(round, 1, 2), 10);
    }

    function test_GRT13_onlyMembersAndLiveProjects() public {
        _start(1);
        _fund(STRANGER, 100);
        _refused(STRANGER, _contributeCall(1, 10), _notAMember(STRANGER));
        _refused(_member(2), _contributeCall(2, 10), _wrongStatus(2, IMatchingRounds.Status.None));
    }

    function test_GRT13_dustAndMoreThanTheCapAreRefused() public {
        IMatchingRounds.Terms memory terms = _terms();
        terms.minimum = 10;
        terms.cap = 100;
        _open(POOL, terms);
        _register(1);
        vm.warp(STARTS);
        bytes4 selector = IMatchingRounds.MatchingRounds_TooLittle.selector;
        _refused(_member(2), _contributeCall(1, 9), abi.encodeWithSelector(selector, 9, 10));
        _contribute(2, 1, 60);
        selector = IMatchingRounds.MatchingRounds_TooMuch.selector;
        _refused(_member(2), _contributeCall(1, 41), abi.encodeWithSelector(selector, 101, 100));
        _refused(
            _member(2),
            _contributeCall(1, type(uint128).max),
            abi.encodeWithSelector(selector, 60 + uint256(type(uint128).max), 100)
        );
        _contribute(2, 1, 40);
        assertEq(matching.contributionOf(round, 1, 2), 100);
    }

    /// @dev Whoever splits a gift counts as if it was given at once, once.
    function test_GRT13_aMemberCountsOnceAProject() public {
        _start(2);
        for (uint256 i; i < 10; ++i) _contribute(3, 1, 10);
        _contribute(4, 1, 100);
        _contribute(3, 2, 100);
        _contribute(4, 2, 100);
        IMatchingRounds.Project memory split = matching.projectOf(round, 1);
        IMatchingRounds.Project memory whole = matching.projectOf(round, 2);
        assertEq(split.contributors, 2);
        assertEq(split.roots, whole.roots);
        assertEq(split.contributed, whole.contributed);
        assertEq(matching.matchOf(round, 1), 200);
    }

    function test_GRT13_whoWasExpelledContributesNoMore() public {
        _start(1);
        _contribute(2, 1, 100);
        _contribute(3, 1, 100);
        vm.prank(COOPERATIVE);
        membership.expel(2);
        _fund(_member(2), 100);
        _refused(_member(2), _contributeCall(1, 1), _notAMember(_member(2)));
        // what was given in standing counts, as a ballot does
        assertEq(matching.matchOf(round, 1), 200);
        vm.warp(SETTLES);
        _settle(1);
        assertEq(_owed(_payee(1)), 400);
    }

    function test_GRT13_whoLeavesAndComesBackContributesNoSecondTime() public {
        _start(1);
        _contribute(2, 1, 100);
        vm.prank(_member(2));
        membership.resign(COOPERATIVE);
        _admit(2);
        assertEq(membership.numberOf(COOPERATIVE, _member(2)), 7);
        vm.warp(STARTS + 1);
        _fund(_member(2), 100);
        _refused(_member(2), _contributeCall(1, 100), _notAMember(_member(2)));
    }

    /// @dev The account changes, the number stays, and with it what was given.
    function test_GRT13_aNewKeyIsNoNewContributor() public {
        _start(1);
        _contribute(2, 1, 900);
        vm.prank(_member(2));
        dids.changeOwner(Did.wrap(_member(2)), STRANGER);
        membership.rebind(COOPERATIVE, 2);
        _fund(_member(2), 100);
        _refused(_member(2), _contributeCall(1, 1), _notAMember(_member(2)));
        _contributeFrom(STRANGER, 1, 100);
        assertEq(matching.projectOf(round, 1).contributors, 1);
        bytes4 selector = IMatchingRounds.MatchingRounds_TooMuch.selector;
        _refused(STRANGER, _contributeCall(1, 1), abi.encodeWithSelector(selector, 1001, 1000));
    }

    /// @dev Nobody is admitted into a round that is open.
    function test_GRT13_whoIsAdmittedLaterDoesNotContribute() public {
        _open(POOL, _terms());
        _admit(7); // in the same second
        _refused(_member(7), _registerCall(), _notAMember(_member(7)));
        _register(1);
        vm.warp(STARTS);
        _refused(_member(7), _contributeCall(1, 1), _notAMember(_member(7)));
    }

    // ------------------------------------------------------------------------------------------------------- matching

    /// @dev The example of docs/spec.md.
    function test_GRT14_theWorkedExample() public {
        _start(3);
        _contribute(1, 1, 100);
        _contribute(2, 1, 100);
        _contribute(3, 1, 100);
        _contribute(4, 1, 100);
        _contribute(5, 2, 225);
        _contribute(6, 2, 25);
        _contribute(6, 3, 900);
        IMatchingRounds.Round memory state = matching.roundOf(round);
        assertEq(state.ideal, 1200 + 150);
        vm.warp(SETTLES);
        uint256[] memory all = new uint256[](3);
        (all[0], all[1], all[2]) = (3, 1, 2);
        matching.settle(round, all);
        assertEq(_owed(_payee(1)), 400 + 888);
        assertEq(_owed(_payee(2)), 250 + 111);
        assertEq(_owed(_payee(3)), 0);
        assertEq(_owed(COOPERATIVE), 1);
        _refund(3, 6);
        assertEq(_owed(_member(6)), 900);
    }

    function test_GRT14_aPoolThatSufficesIsNotUsedUp() public {
        _start(1);
        _contribute(1, 1, 100);
        _contribute(2, 1, 100);
        vm.warp(SETTLES);
        _settle(1);
        assertEq(_owed(_payee(1)), 400);
        assertEq(_owed(COOPERATIVE), POOL - 200);
    }

    function test_GRT14_oneGiftIsMatchedWithNothing() public {
        IMatchingRounds.Terms memory terms = _terms();
        terms.minContributors = 1;
        _open(POOL, terms);
        _register(1);
        vm.warp(STARTS);
        _contribute(1, 1, 999);
        assertEq(matching.matchOf(round, 1), 0);
    }

    /// @dev The largest amounts there are: neither square nor sum nor share overflows.
    function test_GRT14_theLargestAmountsFit() public {
        IMatchingRounds.Terms memory terms = _terms();
        terms.cap = type(uint128).max;
        _open(type(uint128).max, terms);
        _register(1);
        _register(2);
        vm.warp(STARTS);
        uint128 quarter = type(uint128).max / 4;
        for (uint256 number = 3; number <= 6; ++number) {
            _contribute(number, 1, quarter);
            _contribute(number, 2, quarter);
        }
        vm.warp(SETTLES);
        _settle(1);
        _settle(2);
        // equal projects, each with three times what was given, from a pool that has less
        assertEq(_owed(_payee(1)), _owed(_payee(2)));
        assertEq(_owed(_payee(1)), 4 * uint256(quarter) + type(uint128).max / 2);
        assertEq(_owed(COOPERATIVE), 1);
        // 2^24 members with 2^128 - 1 each would still fit
        uint256 most = MatchingLib.root(type(uint128).max) << 24;
        assertGe(type(uint128).max, most);
        assertGe(MatchingLib.ideal(most, 0), uint256(type(uint128).max) << 47);
    }

    /// @dev Shares are rounded down, whatever was given, and add up to no more than the pool.
    function testFuzz_GRT15_noMoreThanThePoolIsPaid(uint128 pool, uint128[9] memory gifts) public {
        pool = uint128(bound(pool, 1, 1e30));
        IMatchingRounds.Terms memory terms = _terms();
        terms.cap = type(uint128).max;
        _open(pool, terms);
        for (uint256 number = 1; number <= 3; ++number) _register(number);
        vm.warp(STARTS);
        uint256 given;
        for (uint256 i; i < 9; ++i) {
            uint128 gift = uint128(bound(gifts[i], 1, 1e30));
            _contribute(1 + (i % 6), 1 + (i / 3), gift);
            given += gift;
        }
        vm.warp(SETTLES);
        uint256 paid;
        for (uint256 i = 1; i <= 3; ++i) {
            uint256 expected = matching.matchOf(round, i);
            _settle(i);
            uint256 project = _owed(_payee(i)) - matching.projectOf(round, i).contributed;
            assertEq(project, expected); // settling one changes no other's match
            paid += project;
        }
        assertLe(paid, pool);
        assertEq(_owed(COOPERATIVE), pool - paid);
        assertEq(paid, matching.roundOf(round).matched);
        // all is owed, to the unit
        assertEq(matching.totalHeld(address(token)), given + pool);
    }

    // ------------------------------------------------------------------------------------------- settling, refunding

    function test_GRT16_anybodySettlesEachProjectOnce() public {
        _start(2);
        _contribute(1, 1, 100);
        _contribute(2, 1, 100);
        vm.warp(SETTLES - 1);
        _refused(STRANGER, _settleCall(1), _wrongTime(SETTLES, type(uint256).max));
        vm.warp(SETTLES);
        vm.expectEmit(address(matching));
        emit IMatchingRounds.ProjectSettled(round, 1, 200, 200);
        _settle(1);
        _refused(STRANGER, _settleCall(1), _wrongStatus(1, IMatchingRounds.Status.Settled));
        assertEq(_owed(COOPERATIVE), 0); // one is left
        _settle(2);
        assertEq(_owed(COOPERATIVE), POOL - 200);
        matching.settle(round, new uint256[](0)); // nothing more
        assertEq(_owed(COOPERATIVE), POOL - 200);
    }

    function test_GRT16_aRoundWithoutProjectsReturnsItsPool() public {
        _open(POOL, _terms());
        vm.warp(SETTLES);
        vm.prank(STRANGER);
        vm.expectEmit(address(matching));
        emit IMatchingRounds.MatchingRoundClosed(round, POOL);
        matching.settle(round, new uint256[](0));
        assertEq(matching.collect(address(token), COOPERATIVE), POOL);
    }

    function test_GRT17_aProjectWithTooFewContributorsIsRefunded() public {
        _start(2);
        _contribute(3, 1, 70);
        _contribute(3, 1, 30); // twice, and still one
        bytes memory call = abi.encodeCall(matching.refund, (round, 1, _one(3)));
        _refused(STRANGER, call, _wrongStatus(1, IMatchingRounds.Status.Live));
        vm.warp(SETTLES);
        vm.expectEmit(address(matching));
        emit IMatchingRounds.ProjectVoided(round, 1, 1);
        _settle(1);
        vm.expectEmit(address(matching));
        emit IMatchingRounds.ContributionRefunded(round, 1, 3, _member(3), 100);
        _refund(1, 3);
        _refund(1, 3); // passed over
        _refund(1, 4);
        assertEq(_owed(_member(3)), 100);
        assertEq(_owed(_payee(1)), 0);
    }

    function test_GRT17_aProjectThatWasWithdrawnIsRefunded() public {
        _start(2);
        _contribute(3, 1, 100);
        _contribute(4, 1, 100);
        _contribute(3, 2, 100);
        _contribute(4, 2, 100);
        bytes4 selector = IMatchingRounds.MatchingRounds_NotTheOwner.selector;
        _refused(_member(2), _withdrawCall(1), abi.encodeWithSelector(selector, round, 1, _member(2)));
        vm.prank(_member(1));
        vm.expectEmit(address(matching));
        emit IMatchingRounds.ProjectWithdrawn(round, 1, _member(1));
        matching.withdraw(round, 1);
        assertEq(matching.roundOf(round).ideal, 200); // the other's alone
        _fund(_member(5), 100);
        _refused(_member(5), _contributeCall(1, 100), _wrongStatus(1, IMatchingRounds.Status.Withdrawn));
        _refused(_member(1), _withdrawCall(1), _wrongStatus(1, IMatchingRounds.Status.Withdrawn));
        uint256[] memory numbers = new uint256[](3);
        (numbers[0], numbers[1], numbers[2]) = (3, 4, 3);
        matching.refund(round, 1, numbers);
        assertEq(_owed(_member(3)), 100);
        assertEq(_owed(_member(4)), 100);
        // once out, there is nothing to settle or to give back again
        vm.warp(SETTLES);
        _refused(STRANGER, _settleCall(1), _wrongStatus(1, IMatchingRounds.Status.Withdrawn));
        _refund(1, 3);
        assertEq(_owed(_member(3)), 100);
        _settle(2);
        assertEq(matching.totalHeld(address(token)), 400 + POOL);
    }

    function test_GRT17_theCooperativeWithdrawsUntilItSettles() public {
        _start(2);
        vm.warp(ENDS);
        _refused(_member(1), _withdrawCall(1), _wrongTime(0, ENDS));
        vm.warp(SETTLES - 1);
        vm.prank(COOPERATIVE);
        matching.withdraw(round, 1);
        vm.warp(SETTLES);
        _refused(COOPERATIVE, _withdrawCall(2), _wrongTime(0, SETTLES));
    }

    /// @dev The money is the member's: it follows the number to its new account, and stays with who left.
    function test_GRT17_aRefundGoesToTheMembersAccount() public {
        _start(1);
        _contribute(2, 1, 100);
        _contribute(3, 1, 100);
        vm.prank(_member(2));
        dids.changeOwner(Did.wrap(_member(2)), STRANGER);
        membership.rebind(COOPERATIVE, 2);
        vm.prank(_member(3));
        membership.resign(COOPERATIVE);
        vm.prank(COOPERATIVE);
        matching.withdraw(round, 1);
        _refund(1, 2);
        _refund(1, 3);
        assertEq(_owed(STRANGER), 100);
        assertEq(_owed(_member(2)), 0);
        assertEq(_owed(_member(3)), 100);
    }

    // ----------------------------------------------------------------------------------------------- hostile parties

    function test_GRT18_aTokenThatTakesAFeeIsRefused() public {
        _start(1);
        token.setFee(1);
        _fund(_member(2), 100);
        bytes4 selector = IPullPayments.PullPayments_WrongAmountReceived.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(token), 9, 10);
        _refused(_member(2), _contributeCall(1, 10), reason);
        assertEq(matching.projectOf(round, 1).contributors, 0);
    }

    function test_GRT18_aTokenContributesNothingWhileItIsTaken() public {
        _start(1);
        token.setHook(address(matching), _contributeCall(1, 10));
        _contribute(2, 1, 10);
        assertFalse(token.hookSucceeded());
        assertEq(token.balanceOf(address(matching)), matching.totalHeld(address(token)));
    }

    /// @dev A payee that the token blocks, or that refuses, keeps neither the round from closing nor others from theirs.
    function test_GRT18_aPayeeThatIsBlockedStallsNobody() public {
        _start(2);
        for (uint256 project = 1; project <= 2; ++project) {
            _contribute(3, project, 100);
            _contribute(4, project, 100);
        }
        token.setBlocked(_payee(1));
        vm.warp(SETTLES);
        _settle(1);
        _settle(2);
        assertEq(matching.collect(address(token), _payee(2)), 400);
        assertEq(matching.collect(address(token), COOPERATIVE), POOL - 400);
        bytes memory call = abi.encodeCall(matching.collect, (address(token), _payee(1)));
        _refused(STRANGER, call, abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, _payee(1)));
    }

    function test_GRT18_nativeCurrency() public {
        HostileReceiver payee = new HostileReceiver();
        vm.deal(COOPERATIVE, POOL);
        vm.prank(COOPERATIVE);
        round = matching.openRound{value: POOL}(address(0), POOL, _terms());
        vm.prank(_member(1));
        matching.register(round, address(payee), "project");
        vm.warp(STARTS);
        for (uint256 number = 1; number <= 2; ++number) {
            vm.deal(_member(number), 100);
            vm.prank(_member(number));
            matching.contribute{value: 100}(round, 1, 100);
        }
        bytes memory reason = abi.encodeWithSelector(IPullPayments.PullPayments_WrongValue.selector, 0, 100);
        _refused(_member(3), _contributeCall(1, 100), reason);
        vm.warp(SETTLES);
        _settle(1);
        bytes memory collect = abi.encodeCall(matching.collect, (address(0), address(payee)));
        payee.setHook(address(matching), collect);
        matching.collect(address(0), address(payee));
        assertFalse(payee.hookSucceeded());
        assertEq(address(payee).balance, 400);
        assertEq(address(matching).balance, matching.totalHeld(address(0)));
    }

    /// @dev Two members who agree take from the pool what they please within the cap: membership and cap are all there is.
    function test_GRT18_friendsAreMatchedLikeAnybody() public {
        _start(1);
        _contribute(1, 1, 1000); // the owner of the project, to themself
        _contribute(2, 1, 1000);
        vm.warp(SETTLES);
        _settle(1);
        assertEq(_owed(_payee(1)), 2000 + POOL);
    }
}
