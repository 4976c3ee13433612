// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IPolicyBook} from "../../../contracts/governance/interfaces/IPolicyBook.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev Branches: Notice.tree. A cooperative of five that publishes two weeks of notice when it is founded.
contract NoticeTest is CooperativeFixture {
    uint32 private constant PERIOD = 14 days;
    bytes32 private constant CHARGE = "charge";
    address private _coop;
    uint256 private _begin;

    function setUp() public {
        _deploy();
        ICooperativeFactory.FoundingTerms memory terms = _terms(5, _ordinary(), _constitutional());
        terms.calls = new ITreasury.Call[](1);
        terms.calls[0] = ITreasury.Call(address(membership), abi.encodeCall(IMembership.setNoticePeriod, (PERIOD)));
        _useFounded(terms);
        vm.warp(START + 1 days);
        _coop = address(treasury);
        _begin = block.timestamp;
    }

    function test_MEM23_measures_needNotice() public {
        _expectNoNotice();
        _expel();
        _expectNoNotice();
        _suspend();
        _giveNotice();
        _expectRuns(_begin + PERIOD);
        _expel();
        vm.warp(_begin + PERIOD - 1);
        _expectRuns(_begin + PERIOD);
        _suspend();
        vm.warp(_begin + PERIOD);
        _expel();
        assertTrue(membership.standingOf(_coop, _member(1)) == IMembership.Standing.Departed);
    }

    function test_MEM23_notice_servesOneMeasure() public {
        _giveNotice();
        vm.warp(_begin + PERIOD);
        _suspend();
        _expectNoNotice();
        _expel();
        _giveNotice();
        vm.warp(_begin + 2 * PERIOD);
        _expel();
    }

    function test_MEM23_notice_isOverAfterTheWindow() public {
        _giveNotice();
        uint256 until = _begin + PERIOD + membership.NOTICE_WINDOW();
        (uint48 from, uint48 end) = membership.noticeOf(_coop, 1);
        assertEq(from, _begin + PERIOD);
        assertEq(end, until);
        vm.warp(until);
        (from, end) = membership.noticeOf(_coop, 1);
        assertEq(end, 0);
        _expectNoNotice();
        _expel();
        _giveNotice();
    }

    function test_MEM24_notice_cantBeRestartedToStall() public {
        _giveNotice();
        vm.warp(_begin + PERIOD - 1);
        _expectStands(_begin + PERIOD);
        _giveNotice();
        vm.warp(_begin + PERIOD);
        _expectStands(_begin + PERIOD);
        _giveNotice();
        _expel();
    }

    function test_MEM24_notice_isNotStalledByANewKey() public {
        _giveNotice();
        registry.setOwner(_member(1), _member(11));
        membership.rebind(_coop, 1);
        vm.warp(_begin + PERIOD);
        _expel();
        assertTrue(membership.standingOf(_coop, _member(11)) == IMembership.Standing.Departed);
    }

    /// @dev Leaving is always possible, but not to come back through a module with a clean sheet.
    function test_MEM17_notice_isNotEscapedByLeavingAndRejoining() public {
        OpenAdmission open = new OpenAdmission();
        vm.prank(_coop);
        membership.appointAdmission(address(open), 10, true);
        _giveNotice();
        vm.startPrank(_member(1));
        membership.resign(_coop);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotReadmitted.selector, _coop, _member(1), 1));
        membership.join(_coop, address(open), _member(1), "");
        vm.stopPrank();
        // Nor with another key.
        registry.setOwner(_member(1), _member(11));
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotReadmitted.selector, _coop, _member(1), 1));
        vm.prank(_member(11));
        membership.join(_coop, address(open), _member(1), "");
    }

    function test_MEM23_expulsion_byVoteWorksFromNoticeToEnd() public {
        bytes memory notice = abi.encodeCall(IMembership.giveNotice, (1, CHARGE));
        _carryOut(4, address(membership), 0, notice);
        (uint48 from, ) = membership.noticeOf(_coop, 1);
        // Decided while the notice runs, carried out when it has.
        bytes memory expulsion = abi.encodeCall(IMembership.expel, (1));
        uint256 id = _propose(_member(2), address(membership), 0, expulsion);
        _toVoting(id);
        for (uint256 number = 2; number <= 5; ++number) _vote(id, number, 1);
        _toEta(id);
        if (block.timestamp < from) vm.warp(from);
        _execute(address(membership), 0, expulsion);
        assertEq(membership.electorate(_coop), 4);
    }

    function test_MEM24_period_cantBeAbolishedToExpelAtOnce() public {
        _giveNotice();
        vm.startPrank(_coop);
        membership.setNoticePeriod(0);
        assertEq(membership.noticePeriod(_coop), PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoNotice.selector, _coop, 2));
        membership.expel(2);
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_NoticeRuns.selector, _coop, 1, uint48(_begin + PERIOD))
        );
        membership.expel(1);
        vm.warp(_begin + PERIOD);
        assertEq(membership.noticePeriod(_coop), 0);
        membership.expel(2);
        vm.stopPrank();
    }

    function test_MEM24_period_shorterTwiceNeverSkipsTheOneInForce() public {
        vm.startPrank(_coop);
        membership.setNoticePeriod(7 days);
        membership.setNoticePeriod(0);
        vm.warp(_begin + PERIOD - 1);
        assertEq(membership.noticePeriod(_coop), PERIOD);
        vm.warp(_begin + PERIOD);
        assertEq(membership.noticePeriod(_coop), 0);
        membership.setNoticePeriod(30 days);
        assertEq(membership.noticePeriod(_coop), 30 days);
        vm.stopPrank();
    }

    /// @dev A notice that has begun ends when it said.
    function test_MEM24_period_longerOneDoesNotProlongANotice() public {
        _giveNotice();
        vm.prank(_coop);
        membership.setNoticePeriod(90 days);
        vm.warp(_begin + PERIOD);
        _expel();
    }

    function test_MEM24_period_isBounded() public {
        uint32 maximum = membership.MAX_NOTICE();
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoticeTooLong.selector, maximum + 1, maximum));
        membership.setNoticePeriod(maximum + 1);
    }

    function test_MEM25_hearing_isOnRecord() public {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoNotice.selector, _coop, 1));
        vm.prank(_member(1));
        membership.answerNotice(_coop, "answer");
        vm.expectEmit(address(membership));
        emit IMembership.NoticeGiven(
            _coop,
            1,
            CHARGE,
            uint48(_begin + PERIOD),
            uint48(_begin + PERIOD + membership.NOTICE_WINDOW())
        );
        _giveNotice();
        vm.expectEmit(address(membership));
        emit IMembership.NoticeAnswered(_coop, 1, "answer");
        vm.prank(_member(1));
        membership.answerNotice(_coop, "answer");
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotTheMember.selector, _coop, address(this)));
        membership.answerNotice(_coop, "answer");
        vm.prank(_coop);
        membership.withdrawNotice(1);
        vm.warp(_begin + PERIOD);
        _expectNoNotice();
        _expel();
    }

    /// @dev Other cooperatives' notices are theirs.
    function test_MEM23_notice_isOnlyTheCooperativesOwn() public {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, address(this), 1));
        membership.giveNotice(1, CHARGE);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoNotice.selector, address(this), 1));
        membership.withdrawNotice(1);
    }

    function test_GOV03_policy_onlyNoticeMayBeMadeOrdinary() public {
        vm.startPrank(_coop);
        policyBook.setRule(address(membership), IMembership.giveNotice.selector, _unmetered(ORDINARY));
        policyBook.setRule(address(membership), IMembership.withdrawNotice.selector, _unmetered(ORDINARY));
        bytes4[2] memory pinned = [IMembership.setNoticePeriod.selector, IMembership.appointAdmission.selector];
        for (uint256 i; i < pinned.length; ++i) {
            vm.expectRevert(
                abi.encodeWithSelector(IPolicyBook.PolicyBook_Pinned.selector, address(membership), pinned[i])
            );
            policyBook.setRule(address(membership), pinned[i], _unmetered(ORDINARY));
        }
        vm.stopPrank();
    }

    function _giveNotice() private {
        vm.prank(_coop);
        membership.giveNotice(1, CHARGE);
    }

    function _expel() private {
        vm.prank(_coop);
        membership.expel(1);
    }

    function _suspend() private {
        vm.prank(_coop);
        membership.suspend(1, 0);
    }

    function _expectNoNotice() private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoNotice.selector, _coop, 1));
    }

    function _expectRuns(uint256 from) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoticeRuns.selector, _coop, 1, uint48(from)));
    }

    function _expectStands(uint256 from) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoticeStands.selector, _coop, 1, uint48(from)));
    }
}
