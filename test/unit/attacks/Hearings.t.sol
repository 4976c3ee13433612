// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {CooperativeFixture} from "../governance/CooperativeFixture.sol";

/// @dev Measures without a hearing, and members who slip away from one. Two weeks of notice.
contract HearingsTest is CooperativeFixture {
    uint32 private constant PERIOD = 14 days;
    address private _coop;
    OpenAdmission private _open;
    uint256 private _begin;

    function setUp() public {
        _deploy();
        _found(5, _ordinary(), _constitutional());
        _coop = address(treasury);
        _open = new OpenAdmission();
        vm.startPrank(_coop);
        membership.setNoticePeriod(PERIOD);
        membership.appointAdmission(address(_open), 9, true);
        vm.stopPrank();
        _begin = block.timestamp;
    }

    /// @dev What was taken back serves nothing, however long it had run; the next one runs in full.
    function test_MEM24_aNoticeThatWasWithdrawnServesNothing() public {
        vm.startPrank(_coop);
        membership.giveNotice(1, "charge");
        vm.warp(_begin + PERIOD);
        membership.withdrawNotice(1);
        _expectNoNotice(1);
        membership.expel(1);
        membership.giveNotice(1, "again");
        _expectRuns(1, _begin + 2 * PERIOD);
        membership.suspend(1, 0);
        vm.warp(_begin + 2 * PERIOD);
        membership.expel(1);
        vm.stopPrank();
    }

    /// @dev A suspension uses the notice up: no expulsion rides on it, and none on another member's.
    function test_MEM23_oneNoticeIsNotTwoMeasures() public {
        vm.startPrank(_coop);
        membership.giveNotice(1, "charge");
        vm.warp(_begin + PERIOD);
        _expectNoNotice(2);
        membership.expel(2);
        membership.suspend(1, uint48(block.timestamp + 1));
        vm.warp(block.timestamp + 1);
        membership.reinstate(_coop, 1);
        _expectNoNotice(1);
        membership.suspend(1, 0);
        _expectNoNotice(1);
        membership.expel(1);
        vm.stopPrank();
    }

    /// @dev Leaving with a new key, under another DID of the old one, or with both: out is out.
    function test_MEM17_nobodyShedsANoticeWithAKey() public {
        vm.prank(_coop);
        membership.giveNotice(1, "charge");
        registry.setOwner(_member(1), _member(11));
        membership.rebind(_coop, 1);
        vm.prank(_member(11));
        membership.resign(_coop);
        registry.setOwner(_member(21), _member(11));
        _expectNotReadmitted(_member(21));
        _join(_member(21), 11);
        registry.setOwner(_member(1), _member(12));
        _expectNotReadmitted(_member(1));
        _join(_member(1), 12);
        registry.setOwner(_member(22), _member(1));
        _expectNotReadmitted(_member(22));
        _join(_member(22), 1);
    }

    /// @dev Once it is over, or taken back, a notice taints nobody.
    function test_MEM17_aNoticeThatIsOverTaintsNobody() public {
        vm.startPrank(_coop);
        membership.giveNotice(1, "charge");
        membership.giveNotice(2, "charge");
        membership.withdrawNotice(2);
        vm.stopPrank();
        vm.prank(_member(2));
        membership.resign(_coop);
        assertEq(_join(_member(2), 2), 6);
        vm.warp(_begin + PERIOD + membership.NOTICE_WINDOW());
        vm.prank(_member(1));
        membership.resign(_coop);
        assertEq(_join(_member(1), 1), 7);
    }

    /// @dev A notice belongs to one membership: who was let back in by vote is heard anew.
    function test_MEM23_aNoticeDoesNotFollowIntoANewMembership() public {
        vm.prank(_coop);
        membership.giveNotice(1, "charge");
        vm.prank(_member(1));
        membership.resign(_coop);
        address[] memory dids = new address[](1);
        dids[0] = _member(1);
        vm.startPrank(_coop);
        assertEq(membership.admit(dids), 6);
        vm.warp(_begin + PERIOD);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, _coop, 1));
        membership.expel(1);
        _expectNoNotice(6);
        membership.expel(6);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoNotice.selector, _coop, 6));
        vm.prank(_member(1));
        membership.answerNotice(_coop, "answer");
    }

    /// @dev Shortening and lengthening in turn never brings a notice period forward.
    function testFuzz_MEM24_noPeriodIsShorterThanTheOneInForce(uint256 seed) public {
        vm.startPrank(_coop);
        for (uint256 i; i < 12; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            uint256 inForce = membership.noticePeriod(_coop);
            uint256 changedAt = block.timestamp;
            membership.setNoticePeriod(uint32(uint256(uint64(seed)) % (90 days + 1)));
            assertGe(membership.noticePeriod(_coop), inForce);
            vm.warp(changedAt + (inForce == 0 ? 0 : inForce - 1));
            assertGe(membership.noticePeriod(_coop), inForce);
            vm.warp(changedAt + (uint256(uint64(seed >> 64)) % 100 days));
        }
        vm.stopPrank();
    }

    function _join(address did, uint256 key) private returns (uint256) {
        vm.prank(_member(key));
        return membership.join(_coop, address(_open), did, "");
    }

    function _expectNoNotice(uint256 number) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NoNotice.selector, _coop, number));
    }

    function _expectRuns(uint256 number, uint256 from) private {
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_NoticeRuns.selector, _coop, number, uint48(from))
        );
    }

    function _expectNotReadmitted(address did) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotReadmitted.selector, _coop, did, 1));
    }
}
