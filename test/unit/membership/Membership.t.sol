// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IDIDRegistry} from "../../../contracts/identity/interfaces/IDIDRegistry.sol";
import {Membership} from "../../../contracts/membership/Membership.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {TestBase} from "../Vm.sol";
import {OwnerRegistry} from "../governance/CooperativeFixture.sol";

/// @dev Branches: Membership.tree. The test contract is the cooperative.
contract MembershipTest is TestBase {
    uint256 private constant START = 1_700_000_000;
    address private constant ALICE = address(0xA11CE);
    address private constant BOB = address(0xB0B);
    address private constant CAROL = address(0xCA401);

    OwnerRegistry private _registry;
    Membership private _membership;
    address private _coop;

    function setUp() public {
        vm.warp(START);
        _registry = new OwnerRegistry();
        _membership = new Membership(IDIDRegistry(address(_registry)));
        _coop = address(this);
    }

    function test_MEM02_admit_numbersMembersInOrder() public {
        assertEq(_membership.admit(_list(ALICE, BOB)), 1);
        assertEq(_admit(CAROL), 3);
        assertEq(_membership.accountOf(_coop, 2), BOB);
        assertEq(_membership.numberOf(_coop, CAROL), 3);
        assertEq(_membership.didOf(_coop, 1), ALICE);
        assertEq(_membership.electorate(_coop), 3);
        assertTrue(_membership.standingOf(_coop, ALICE) == IMembership.Standing.Active);
        assertTrue(_membership.standingOf(_coop, address(1)) == IMembership.Standing.None);
    }

    function test_MEM04_admit_bindsTheOwnerOfTheDid() public {
        _registry.setOwner(ALICE, BOB);
        vm.expectEmit(address(_membership));
        emit IMembership.MemberAdmitted(_coop, 1, BOB, ALICE);
        _admit(ALICE);
        assertEq(_membership.accountOf(_coop, 1), BOB);
        assertEq(_membership.didOf(_coop, 1), ALICE);
    }

    function test_MEM01_admit_keepsCooperativesApart() public {
        _admit(ALICE);
        vm.prank(BOB);
        _membership.admit(_one(CAROL));
        assertEq(_membership.electorate(BOB), 1);
        assertEq(_membership.numberOf(BOB, CAROL), 1);
        assertEq(_membership.numberOf(BOB, ALICE), 0);
    }

    function test_MEM04_admit_revertsForADeactivatedDid() public {
        _registry.setOwner(ALICE, address(0));
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_DeactivatedDid.selector, ALICE));
        _admit(ALICE);
    }

    function test_MEM03_admit_revertsForAMember() public {
        _admit(ALICE);
        _expectAlreadyMember(ALICE, 1);
        _admit(ALICE);
    }

    function test_MEM03_admit_revertsForASuspendedMember() public {
        _admit(ALICE);
        _membership.suspend(1, 0);
        _expectAlreadyMember(ALICE, 1);
        _admit(ALICE);
    }

    function test_MEM03_admit_revertsForASecondDidOfAnAccount() public {
        _admit(ALICE);
        _registry.setOwner(BOB, ALICE);
        _expectAlreadyMember(ALICE, 1);
        _admit(BOB);
    }

    function test_MEM03_admit_revertsForADidWhoseOwnerChanged() public {
        _admit(ALICE);
        _registry.setOwner(ALICE, BOB);
        _expectAlreadyMember(ALICE, 1);
        _admit(ALICE);
    }

    function test_MEM03_admit_revertsForADidWhoseOwnerChangedTwice() public {
        _registry.setOwner(ALICE, BOB);
        _admit(ALICE);
        _registry.setOwner(ALICE, CAROL);
        _expectAlreadyMember(BOB, 1);
        _admit(ALICE);
        _registry.setOwner(ALICE, ALICE);
        _expectAlreadyMember(BOB, 1);
        _admit(ALICE);
    }

    function test_MEM03_admit_acceptsADidWhoseAddressServesAnother() public {
        // Bob's account stands for Alice's DID; Bob's own DID has moved on to Carol.
        _registry.setOwner(ALICE, BOB);
        _admit(ALICE);
        _registry.setOwner(BOB, CAROL);
        assertEq(_admit(BOB), 2);
    }

    function test_MEM05_admit_revertsAboveTheBatch() public {
        address[] memory dids = new address[](_membership.MAX_BATCH() + 1);
        for (uint160 i; i < dids.length; ++i) dids[i] = address(i + 1);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_BatchTooLarge.selector, dids.length, 200));
        _membership.admit(dids);
    }

    function test_MEM11_admit_countsFromItsSecondOn() public {
        _admit(ALICE);
        assertEq(_membership.ballotRight(_coop, ALICE, START), 1);
        assertEq(_membership.ballotRight(_coop, ALICE, START - 1), 0);
        vm.warp(START + 1);
        assertEq(_membership.pastStanding(_coop, ALICE, START), 1);
        assertEq(_membership.pastElectorate(_coop, START), 1);
        assertEq(_membership.pastElectorate(_coop, START - 1), 0);
    }

    function test_MEM06_leave_endsStandingAtOnce() public {
        _admit(ALICE);
        vm.warp(START + 10);
        vm.prank(ALICE);
        _membership.resign(_coop);
        assertTrue(_membership.standingOf(_coop, ALICE) == IMembership.Standing.Departed);
        assertEq(_membership.electorate(_coop), 0);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 9), 0);
        vm.warp(START + 11);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 9), 1);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 10), 0);
        assertEq(_membership.accountOf(_coop, 1), ALICE);
    }

    function test_MEM06_leave_isPossibleWhileSuspended() public {
        _admit(ALICE);
        _membership.suspend(1, 0);
        vm.prank(ALICE);
        _membership.resign(_coop);
        assertEq(_membership.electorate(_coop), 0);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, _coop, 1));
        _membership.reinstate(_coop, 1);
    }

    function test_MEM06_leave_revertsForOthers() public {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotTheMember.selector, _coop, ALICE));
        vm.prank(ALICE);
        _membership.resign(_coop);
    }

    function test_MEM06_leave_revertsTwice() public {
        _admit(ALICE);
        vm.startPrank(ALICE);
        _membership.resign(_coop);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotTheMember.selector, _coop, ALICE));
        _membership.resign(_coop);
        vm.stopPrank();
    }

    function test_MEM07_rejoin_givesANewNumberAndForfeitsThePast() public {
        _admit(ALICE);
        vm.warp(START + 10);
        vm.prank(ALICE);
        _membership.resign(_coop);
        vm.warp(START + 20);
        assertEq(_admit(ALICE), 2);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 5), 0);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 20), 2);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, _coop, 1));
        _membership.expel(1);
    }

    function test_MEM01_expel_endsStanding() public {
        _admit(ALICE);
        _membership.expel(1);
        assertTrue(_membership.standingOf(_coop, ALICE) == IMembership.Standing.Departed);
        assertEq(_membership.electorate(_coop), 0);
    }

    function test_MEM01_expel_revertsForAStranger() public {
        _admit(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, BOB, 1));
        vm.prank(BOB);
        _membership.expel(1);
    }

    function test_MEM01_expel_revertsForNumberZero() public {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_NotAMember.selector, _coop, 0));
        _membership.expel(0);
    }

    function test_MEM08_suspend_takesStandingAway() public {
        _admit(ALICE);
        vm.warp(START + 10);
        _membership.suspend(1, uint48(START + 20));
        assertTrue(_membership.standingOf(_coop, ALICE) == IMembership.Standing.Suspended);
        assertEq(_membership.electorate(_coop), 0);
        // The announced end alone gives nothing back.
        vm.warp(START + 30);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 5), 0);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 25), 0);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 9), 1);
    }

    function test_MEM08_suspend_revertsTwiceOrForAPastEnd() public {
        _admit(ALICE);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_CannotSuspend.selector, _coop, 1, uint48(START)));
        _membership.suspend(1, uint48(START));
        vm.expectRevert(
            abi.encodeWithSelector(IMembership.Membership_CannotSuspend.selector, _coop, 1, type(uint48).max)
        );
        _membership.suspend(1, type(uint48).max);
        _membership.suspend(1, 0);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_CannotSuspend.selector, _coop, 1, uint48(0)));
        _membership.suspend(1, 0);
    }

    function test_MEM09_reinstate_byAnybodyAfterTheEnd() public {
        _admit(ALICE);
        vm.warp(START + 10);
        _membership.suspend(1, uint48(START + 20));
        vm.warp(START + 19);
        _expectCannotReinstate(START + 20);
        vm.prank(BOB);
        _membership.reinstate(_coop, 1);
        vm.warp(START + 25);
        vm.prank(BOB);
        _membership.reinstate(_coop, 1);
        assertEq(_membership.electorate(_coop), 1);
        vm.warp(START + 26);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 25), 1);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 24), 0);
        assertEq(_membership.ballotRight(_coop, ALICE, START + 9), 1);
    }

    function test_MEM09_reinstate_byTheCooperativeAtAnyTime() public {
        _admit(ALICE);
        _membership.suspend(1, 0);
        vm.warp(START + 1);
        _expectCannotReinstate(0);
        vm.prank(ALICE);
        _membership.reinstate(_coop, 1);
        _membership.reinstate(_coop, 1);
        assertTrue(_membership.standingOf(_coop, ALICE) == IMembership.Standing.Active);
        _expectCannotReinstate(START + 1);
        _membership.reinstate(_coop, 1);
    }

    function test_MEM08_secondSuspension_keepsTheEarlierStart() public {
        _admit(ALICE);
        vm.warp(START + 10);
        _membership.suspend(1, 0);
        vm.warp(START + 20);
        _membership.reinstate(_coop, 1);
        vm.warp(START + 30);
        vm.expectEmit(address(_membership));
        emit IMembership.MemberSuspended(_coop, 1, ALICE, uint48(START + 10), 0);
        _membership.suspend(1, 0);
        vm.warp(START + 40);
        _membership.reinstate(_coop, 1);
        vm.warp(START + 41);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 25), 0);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 9), 1);
        assertEq(_membership.pastStanding(_coop, ALICE, START + 40), 1);
    }

    function test_MEM11_pastReads_revertForThePresent() public {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_FutureLookup.selector, START, uint48(START)));
        _membership.pastElectorate(_coop, START);
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_FutureLookup.selector, START, uint48(START)));
        _membership.pastStanding(_coop, ALICE, START);
    }

    /// @dev After any history, the electorate is the number of accounts in standing now, and at any past second at
    /// least the number of those that still read as having had it.
    function testFuzz_MEM10_electorateAndStandingNeverDiverge(uint256 seed) public {
        uint256 accounts = 5;
        for (uint256 step; step < 40; ++step) {
            seed = uint256(keccak256(abi.encode(seed)));
            vm.warp(START + step + 1 + (seed % 2));
            _act(seed >> 8, _account(uint8(seed) % accounts));
            uint256 active;
            for (uint256 i; i < accounts; ++i) {
                if (_membership.standingOf(_coop, _account(i)) == IMembership.Standing.Active) ++active;
            }
            assertEq(_membership.electorate(_coop), active);
            _expectPages(accounts, START + ((seed >> 128) % (step + 3)), START + ((seed >> 192) % (step + 3)));
        }
        uint256 end = START + 60;
        vm.warp(end);
        for (uint256 t = START; t < end; ++t) {
            uint256 standing;
            for (uint256 i; i < accounts; ++i) standing += _membership.pastStanding(_coop, _account(i), t);
            assertLe(standing, _membership.pastElectorate(_coop, t));
        }
    }

    /// @dev What pages of accounts and of numbers say is what each account says.
    function _expectPages(uint256 count, uint256 since, uint256 timepoint) private view {
        address[] memory accounts = new address[](count);
        for (uint256 i; i < count; ++i) accounts[i] = _account(i);
        uint256[] memory rights = _membership.ballotRights(_coop, accounts, timepoint);
        uint256[] memory numbers = new uint256[](50); // more than were given
        uint256[] memory expected = new uint256[](50);
        for (uint256 i; i < 50; ++i) numbers[i] = i;
        for (uint256 i; i < count; ++i) {
            assertEq(rights[i], _membership.ballotRight(_coop, accounts[i], timepoint));
            if (_membership.ballotRight(_coop, accounts[i], since) == rights[i]) expected[rights[i]] = rights[i];
        }
        uint256[] memory standing = _membership.numbersInStanding(_coop, numbers, since, timepoint);
        for (uint256 i; i < 50; ++i) assertEq(standing[i], expected[i]);
    }

    function _act(uint256 dice, address account) private {
        IMembership.Standing standing = _membership.standingOf(_coop, account);
        uint256 number = _membership.numberOf(_coop, account);
        if (standing == IMembership.Standing.None || standing == IMembership.Standing.Departed) {
            _admit(account);
        } else if (dice % 3 == 0) {
            vm.prank(account);
            _membership.resign(_coop);
        } else if (dice % 3 == 1) {
            _membership.expel(number);
        } else if (standing == IMembership.Standing.Active) {
            _membership.suspend(number, 0);
        } else {
            _membership.reinstate(_coop, number);
        }
    }

    function _account(uint256 index) private pure returns (address) {
        return address(uint160(0x1000 + index));
    }

    function _expectAlreadyMember(address account, uint256 number) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_AlreadyMember.selector, _coop, account, number));
    }

    function _expectCannotReinstate(uint256 until) private {
        vm.expectRevert(abi.encodeWithSelector(IMembership.Membership_CannotReinstate.selector, _coop, 1, until));
    }

    function _admit(address did) private returns (uint256) {
        return _membership.admit(_one(did));
    }

    function _one(address did) private pure returns (address[] memory dids) {
        dids = new address[](1);
        dids[0] = did;
    }

    function _list(address first, address second) private pure returns (address[] memory dids) {
        dids = new address[](2);
        (dids[0], dids[1]) = (first, second);
    }
}
