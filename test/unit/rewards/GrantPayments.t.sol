// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {IGrants} from "../../../contracts/rewards/interfaces/IGrants.sol";
import {IPullPayments} from "../../../contracts/rewards/interfaces/IPullPayments.sol";
import {GrantsFixture} from "./GrantsFixture.sol";

/// @dev Money in and out of `PullPayments`, with the milestones of a grant between.
contract GrantPaymentsTest is GrantsFixture {
    function setUp() public {
        _deploy();
    }

    function _openCall() private view returns (bytes memory) {
        return abi.encodeCall(grants.openGrant, (address(token), AMOUNT, _terms()));
    }

    function _earn() private {
        _openAccepted();
        _deliver(0);
        _approve(REVIEWER, 0);
    }

    function _collectCall(address account) private view returns (bytes memory) {
        return abi.encodeCall(grants.collect, (address(token), account));
    }

    function test_GRT01_aTokenThatTakesAFeeIsRefused() public {
        token.mint(COOPERATIVE, AMOUNT);
        vm.prank(COOPERATIVE);
        token.approve(address(grants), AMOUNT);
        token.setFee(1);
        bytes4 selector = IPullPayments.PullPayments_WrongAmountReceived.selector;
        _refused(COOPERATIVE, _openCall(), abi.encodeWithSelector(selector, address(token), AMOUNT - 1, AMOUNT));
        token.setFee(0);
        token.setFailing(true);
        selector = SafeERC20.SafeERC20FailedOperation.selector;
        _refused(COOPERATIVE, _openCall(), abi.encodeWithSelector(selector, address(token)));
    }

    function test_GRT01_nativeCurrencyMatches() public {
        vm.deal(COOPERATIVE, 2 * AMOUNT);
        bytes4 selector = IPullPayments.PullPayments_WrongValue.selector;
        bytes memory call = abi.encodeCall(grants.openGrant, (address(0), AMOUNT, _terms()));
        _refused(COOPERATIVE, call, abi.encodeWithSelector(selector, 0, AMOUNT));
        vm.prank(COOPERATIVE);
        vm.expectRevert(abi.encodeWithSelector(selector, 1, 0));
        grants.openGrant{value: 1}(address(token), AMOUNT, _terms());
        vm.prank(COOPERATIVE);
        grant = grants.openGrant{value: AMOUNT}(address(0), AMOUNT, _terms());
        vm.prank(COOPERATIVE);
        grants.stop(grant);
        grants.collect(address(0), COOPERATIVE);
        assertEq(COOPERATIVE.balance, 2 * AMOUNT);
    }

    function test_GRT09_nothingIsCollectedTwice() public {
        _earn();
        grants.collect(address(token), RECIPIENT);
        bytes4 selector = IPullPayments.PullPayments_NothingToCollect.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(token), RECIPIENT);
        _refused(RECIPIENT, _collectCall(RECIPIENT), reason);
        _refused(RECIPIENT, abi.encodeCall(grants.collectTo, (address(token), STRANGER)), reason);
        // nor approved, and so owed, twice
        _refused(REVIEWER, _approveCall(0), _wrongStatus(0, IGrants.Status.Approved));
        _refused(COOPERATIVE, _approveCall(0), _wrongStatus(0, IGrants.Status.Approved));
        _refused(REVIEWER, _rejectCall(0), _wrongStatus(0, IGrants.Status.Approved));
    }

    function test_GRT09_nothingIsPaidOnceItWasTakenBack() public {
        _openAccepted();
        vm.warp(_deadline(0));
        _deliver(0);
        _reject(COOPERATIVE, 0);
        vm.warp(_deadline(0) + 1);
        grants.reclaim(grant, 0);
        _refused(RECIPIENT, _deliverCall(0), _wrongStatus(0, IGrants.Status.Reclaimed));
        _refused(COOPERATIVE, _approveCall(0), _wrongStatus(0, IGrants.Status.Reclaimed));
        bytes4 selector = IPullPayments.PullPayments_NothingToCollect.selector;
        bytes memory reason = abi.encodeWithSelector(selector, address(token), RECIPIENT);
        _refused(RECIPIENT, _collectCall(RECIPIENT), reason);
    }

    function test_GRT10_aRecipientThatTheTokenBlocksTakesItElsewhere() public {
        _earn();
        token.setBlocked(RECIPIENT);
        bytes4 selector = HostileToken.HostileToken_Blocked.selector;
        _refused(STRANGER, _collectCall(RECIPIENT), abi.encodeWithSelector(selector, RECIPIENT));
        // and holds nobody else up
        vm.prank(COOPERATIVE);
        grants.stop(grant);
        grants.collect(address(token), COOPERATIVE);
        assertEq(token.balanceOf(COOPERATIVE), 500);
        vm.prank(RECIPIENT);
        vm.expectEmit(address(grants));
        emit IPullPayments.PaymentCollected(address(token), RECIPIENT, STRANGER, 100);
        grants.collectTo(address(token), STRANGER);
        assertEq(token.balanceOf(STRANGER), 100);
    }

    /// @dev A token that blocks the Treasury keeps no grant from being stopped.
    function test_GRT10_aBlockedTreasuryStillStops() public {
        _openAccepted();
        token.setBlocked(COOPERATIVE);
        vm.prank(COOPERATIVE);
        grants.stop(grant);
        _refused(RECIPIENT, _deliverCall(0), abi.encodeWithSelector(IGrants.Grants_Stopped.selector, grant));
    }

    function test_GRT10_aReenteringRecipientIsPaidOnce() public {
        HostileReceiver recipient = new HostileReceiver();
        IGrants.Terms memory terms = _terms();
        terms.recipient = address(recipient);
        vm.deal(COOPERATIVE, AMOUNT);
        vm.prank(COOPERATIVE);
        grant = grants.openGrant{value: AMOUNT}(address(0), AMOUNT, terms);
        recipient.act(address(grants), 0, _acceptCall());
        for (uint256 i; i < 2; ++i) {
            recipient.act(address(grants), 0, _deliverCall(i));
            _approve(REVIEWER, i);
        }
        bytes memory collect = abi.encodeCall(grants.collect, (address(0), address(recipient)));
        recipient.setHook(address(grants), collect);
        grants.collect(address(0), address(recipient));
        assertFalse(recipient.hookSucceeded());
        assertEq(address(recipient).balance, 300);
        assertEq(address(grants).balance, grants.totalHeld(address(0)));
        // one that refuses keeps its claim
        recipient.act(address(grants), 0, _deliverCall(2));
        _approve(REVIEWER, 2);
        recipient.setRefusing(true);
        _refused(STRANGER, collect, abi.encodeWithSelector(HostileReceiver.HostileReceiver_Refused.selector));
        assertEq(grants.collectable(address(0), address(recipient)), 300);
    }

    /// @dev One delivery of a token can't be counted for two grants, nor collected on the way in.
    function test_GRT10_aTokenOpensNothingWhileItIsTaken() public {
        _earn();
        token.setHook(address(grants), _openCall());
        _open(_terms());
        assertFalse(token.hookSucceeded());
        token.setHook(address(grants), _collectCall(RECIPIENT));
        _open(_terms());
        assertFalse(token.hookSucceeded());
        assertEq(token.balanceOf(address(grants)), grants.totalHeld(address(token)));
    }

    /// @dev What is owed in one token says nothing about another.
    function test_GRT09_aWorthlessTokenPaysOnlyItself() public {
        _openAccepted();
        HostileToken worthless = new HostileToken();
        worthless.mint(STRANGER, AMOUNT);
        vm.startPrank(STRANGER);
        worthless.approve(address(grants), AMOUNT);
        uint256 own = grants.openGrant(address(worthless), AMOUNT, _terms());
        grants.stop(own);
        assertEq(grants.collect(address(worthless), STRANGER), AMOUNT);
        vm.stopPrank();
        bytes4 selector = IPullPayments.PullPayments_NothingToCollect.selector;
        _refused(STRANGER, _collectCall(STRANGER), abi.encodeWithSelector(selector, address(token), STRANGER));
        assertEq(token.balanceOf(address(grants)), AMOUNT);
    }
}
