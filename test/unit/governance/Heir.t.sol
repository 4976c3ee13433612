// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ICooperativeFactory} from "../../../contracts/founding/interfaces/ICooperativeFactory.sol";
import {ITreasury} from "../../../contracts/governance/interfaces/ITreasury.sol";
import {IMembership} from "../../../contracts/membership/interfaces/IMembership.sol";
import {OpenAdmission} from "../../../contracts/membership/admission/OpenAdmission.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {CooperativeFixture} from "./CooperativeFixture.sol";

/// @dev Branches: Heir.tree.
contract HeirTest is CooperativeFixture {
    address private constant HEIR = address(0x4E14);
    uint256 private constant DELAY = 90 days;

    HostileToken private _money;
    address[] private _tokens;

    function setUp() public {
        _deploy();
        ICooperativeFactory.FoundingTerms memory terms = _terms(2, _ordinary(), _constitutional());
        terms.heir = HEIR;
        _useFounded(terms);
        vm.warp(START + 1 days);
        _money = new HostileToken();
        _money.mint(address(treasury), 1_000);
        vm.deal(address(treasury), 5 ether);
        _tokens.push(address(_money));
        _tokens.push(address(0));
    }

    function _leave(uint256 number) private {
        vm.prank(_member(number));
        membership.resign(address(treasury));
    }

    function _expectNotDissolved(address heir, uint256 members, uint256 since) private {
        vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotDissolved.selector, heir, members, since));
        treasury.dissolve(_tokens);
    }

    function test_SPD10_setHeir_onlyByTheTreasuryItself() public {
        assertEq(treasury.heir(), HEIR);
        address[4] memory callers = [address(this), address(governor), _member(1), HEIR];
        for (uint256 i; i < callers.length; ++i) {
            vm.expectRevert(abi.encodeWithSelector(ITreasury.Treasury_NotItself.selector, callers[i]));
            vm.prank(callers[i]);
            treasury.setHeir(callers[i]);
        }
        vm.expectEmit(address(treasury));
        emit ITreasury.HeirSet(address(0xBEEF));
        vm.prank(address(treasury));
        treasury.setHeir(address(0xBEEF));
        assertEq(treasury.heir(), address(0xBEEF));
    }

    function test_SPD10_dissolve_revertsWhileThereAreMembers() public {
        _expectNotDissolved(HEIR, 2, START);
        vm.warp(START + 2 * DELAY);
        _expectNotDissolved(HEIR, 2, START);
        _leave(1);
        vm.warp(START + 4 * DELAY);
        _expectNotDissolved(HEIR, 1, START + 2 * DELAY);
        _leave(2);
        _expectNotDissolved(HEIR, 0, START + 4 * DELAY);
        vm.warp(START + 5 * DELAY - 1);
        _expectNotDissolved(HEIR, 0, START + 4 * DELAY);
    }

    function test_SPD10_dissolve_revertsWithoutAnHeir() public {
        vm.prank(address(treasury));
        treasury.setHeir(address(0));
        _leave(1);
        _leave(2);
        vm.warp(block.timestamp + 10 * DELAY);
        _expectNotDissolved(address(0), 0, START + 1 days);
    }

    function test_SPD11_dissolve_sendsAllToTheHeir() public {
        _leave(1);
        _leave(2);
        vm.warp(block.timestamp + DELAY);
        vm.expectEmit(address(treasury));
        emit ITreasury.Inherited(HEIR, address(_money), 1_000);
        vm.expectEmit(address(treasury));
        emit ITreasury.Inherited(HEIR, address(0), 5 ether);
        vm.prank(address(0xCAFE));
        treasury.dissolve(_tokens);
        assertEq(_money.balanceOf(HEIR), 1_000);
        assertEq(HEIR.balance, 5 ether);
        // And what comes later.
        _money.mint(address(treasury), 3);
        treasury.dissolve(_tokens);
        assertEq(_money.balanceOf(HEIR), 1_003);
    }

    /// @dev Who comes in through a module, or comes back from a suspension, stops it; the time starts anew.
    function test_SPD10_dissolve_aNewMemberStopsIt() public {
        OpenAdmission open = new OpenAdmission();
        vm.prank(address(treasury));
        membership.appointAdmission(address(open), 5, false);
        uint48 until = uint48(block.timestamp + 80 days);
        vm.prank(address(treasury));
        membership.suspend(2, until);
        _leave(1);
        vm.warp(until);
        membership.reinstate(address(treasury), 2);
        vm.warp(until + DELAY);
        _expectNotDissolved(HEIR, 1, until);
        _leave(2);
        vm.warp(until + 2 * DELAY - 1);
        vm.prank(_member(3));
        membership.join(address(treasury), address(open), _member(3), "");
        vm.warp(until + 3 * DELAY);
        _expectNotDissolved(HEIR, 1, until + 2 * DELAY - 1);
    }

    /// @dev An heir that refuses leaves everything where it is; one that calls back gets it once.
    function test_SPD11_dissolve_aHostileHeir() public {
        HostileReceiver receiver = new HostileReceiver();
        vm.prank(address(treasury));
        treasury.setHeir(address(receiver));
        _leave(1);
        _leave(2);
        vm.warp(block.timestamp + DELAY);
        receiver.setRefusing(true);
        vm.expectRevert();
        treasury.dissolve(_tokens);
        assertEq(_money.balanceOf(address(treasury)), 1_000);
        receiver.setRefusing(false);
        receiver.setHook(address(treasury), abi.encodeCall(ITreasury.dissolve, (_tokens)));
        treasury.dissolve(_tokens);
        assertEq(address(receiver).balance, 5 ether);
        assertEq(_money.balanceOf(address(receiver)), 1_000);
    }

    /// @dev What had passed before the last member left is still carried out; whoever comes first.
    function test_SPD10_dissolve_waitsForNoProposal() public {
        uint256 proposalId = _proposeSet(5);
        _toVoting(proposalId);
        _vote(proposalId, 1, 1);
        _vote(proposalId, 2, 1);
        _leave(1);
        _leave(2);
        _toEta(proposalId);
        _executeSet(5);
        assertEq(ledger.value(), 5);
    }

    function test_SPD11_electorateSince_isTheSecondOfTheLastChange() public {
        (uint256 members, uint256 since) = IMembership(address(membership)).electorateSince(address(treasury));
        assertEq(members, 2);
        assertEq(since, START);
        _leave(2);
        (members, since) = membership.electorateSince(address(treasury));
        assertEq(members, 1);
        assertEq(since, START + 1 days);
        (members, since) = membership.electorateSince(address(this));
        assertEq(members + since, 0);
    }
}
