// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {ReputationStub} from "../../../contracts/mocks/ReputationStub.sol";
import {IRewardEscrow} from "../../../contracts/rewards/interfaces/IRewardEscrow.sol";
import {IStakeVault} from "../../../contracts/rewards/interfaces/IStakeVault.sol";
import {RewardsFixture} from "./RewardsFixture.sol";

/// @dev What is left when the work is done: refund, sweep, stakes, reputation, shares.
contract TaskMoneyTest is RewardsFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 5, 3);
    }

    function _close() private {
        for (uint256 i; i < 4; ++i) {
            tasks.payAuditor(task, _auditor(i), 2, 3);
            _settle(_scores(300, 101, -40));
        }
    }

    function _claimAll() private returns (uint256 paid) {
        for (uint256 i; i < 3; ++i) paid += _claim(_client(i), 3) + _claim(_aggregator(i), 0);
        for (uint256 i; i < 5; ++i) paid += _claim(_auditor(i), 0);
        paid += _claim(TREASURY, 0);
    }

    function _expectTooEarly(uint256 from) private {
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_TooEarly.selector, task, from));
    }

    // --------------------------------------------------------------------------------------------------------- refund

    function test_PAY07_theOwnerGetsExactlyWhatNobodyEarned() public {
        _close();
        _afterAppeals();
        uint256 owed = _owed();
        vm.expectEmit(address(tasks));
        emit ITaskRewards.TaskRefunded(task, COOPERATIVE, REWARD - owed);
        vm.prank(STRANGER);
        assertEq(tasks.refund(task), REWARD - owed);
        assertEq(token.balanceOf(COOPERATIVE), REWARD - owed);
        assertEq(_remaining(), owed);
    }

    /// @dev The owner can't take what is owed: not early, not twice, and the claims that are open stay payable.
    function test_PAY07_aRefundLeavesWhatIsOwed() public {
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_NotClosed.selector, task));
        tasks.refund(task);
        _close();
        // what nobody earned may still be found owed
        uint256 from = block.timestamp + APPEAL;
        vm.warp(from - 1);
        _expectTooEarly(from);
        tasks.refund(task);
        vm.warp(from);
        uint256 refunded = tasks.refund(task);
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_NothingToRefund.selector, task));
        tasks.refund(task);
        uint256 paid = _claimAll();
        // less than a unit for each of three clients and two periods is dust
        assertLe(paid + refunded, REWARD);
        assertGe(paid + refunded + 6, REWARD);
        assertEq(_remaining(), REWARD - paid - refunded);
    }

    function test_PAY07_voidRoundsRefundTheWholeReward() public {
        for (uint256 i; i < 3; ++i) _void();
        _afterAppeals();
        assertEq(tasks.refund(task), REWARD);
        assertEq(_remaining(), 0);
    }

    /// @dev A round that is void after its panels were scored pays their auditors, and the rest goes back.
    function test_PAY07_aVoidRoundThatWasScoredPaysItsAuditors() public {
        uint256 paid;
        for (uint256 i; i < 3; ++i) {
            _score(_scores(300, 101, -40));
            paid += tasks.payAuditor(task, _auditor(i), 1, 1);
            vm.warp(tasks.startOf(task, ILearningTasks.Phase.Challenge));
            tasks.finishRound(task, _answer(0));
        }
        assertTrue(_isClosed());
        _afterAppeals();
        assertEq(tasks.refund(task), REWARD - paid);
        // its medians were noted in a period that never settled a round, so that they are worth nothing
        vm.expectPartialRevert(ITaskRewards.LearningTasks_NotClaimable.selector);
        _claim(_client(0), 1);
    }

    function test_PAY07_aBlockedOwnerStopsNobodyElse() public {
        _close();
        _afterAppeals();
        token.setBlocked(COOPERATIVE);
        vm.expectRevert(abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, COOPERATIVE));
        tasks.refund(task);
        assertGe(_claimAll(), 1);
        token.setBlocked(address(0));
        tasks.refund(task);
    }

    function test_PAY07_aTokenThatReentersIsRefundedOnce() public {
        _close();
        _afterAppeals();
        uint256 due = REWARD - _owed();
        token.setHook(address(tasks), abi.encodeCall(tasks.refund, (task)));
        assertEq(tasks.refund(task), due);
        assertFalse(token.hookSucceeded());
        assertEq(token.balanceOf(COOPERATIVE), due);
    }

    // ---------------------------------------------------------------------------------------------------------- sweep

    function test_PAY08_whatNobodyClaimedGoesToTheTreasuryAfterAYear() public {
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_NotClosed.selector, task));
        tasks.sweep(task);
        _close();
        uint256 from = block.timestamp + APPEAL + 365 days;
        assertEq(tasks.CLAIM_TIME(), 365 days);
        _afterAppeals();
        tasks.refund(task);
        vm.warp(from - 1);
        _expectTooEarly(from);
        tasks.sweep(task);
        // claims are open until the last second
        uint256 paid = _claim(_client(0), 3);
        vm.warp(from);
        uint256 left = _remaining();
        vm.expectEmit(address(tasks));
        emit ITaskRewards.TaskSwept(task, TREASURY, left);
        assertEq(tasks.sweep(task), left);
        assertEq(token.balanceOf(TREASURY), left);
        assertEq(token.balanceOf(_client(0)), paid);
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_NothingToSweep.selector, task));
        tasks.sweep(task);
    }

    /// @dev After a sweep nothing of this task is paid, and nothing of another's.
    function test_PAY08_afterASweepNothingIsPaid() public {
        _close();
        vm.warp(block.timestamp + APPEAL + 365 days);
        tasks.sweep(task);
        vm.expectPartialRevert(IRewardEscrow.RewardEscrow_Insufficient.selector);
        _claim(_client(0), 3);
        vm.expectPartialRevert(IRewardEscrow.RewardEscrow_Insufficient.selector);
        tasks.refund(task);
        assertEq(token.balanceOf(TREASURY), REWARD);
    }

    function test_PAY08_dustIsSwept() public {
        _close();
        _afterAppeals();
        uint256 refunded = tasks.refund(task);
        uint256 paid = _claimAll();
        uint256 dust = REWARD - refunded - paid;
        assertGe(dust, 1);
        vm.warp(block.timestamp + 365 days);
        assertEq(tasks.sweep(task), dust);
    }

    // --------------------------------------------------------------------------------------------------------- stakes

    /// @dev Stake can't leave while it may have to answer: not in a round, not in Challenge, not before the last appeals.
    function test_PAY14_noStakeLeavesMidChallenge() public {
        address suspect = _aggregator(0);
        _score(_scores(300, 101, -40));
        _agree(1, 3);
        _enter(ILearningTasks.Phase.Challenge);
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_NotClosed.selector, task));
        tasks.releaseStake(task, suspect);
        vm.expectPartialRevert(IStakeVault.StakeVault_InsufficientFree.selector);
        vm.prank(suspect);
        vault.withdraw(address(tasks), address(token), STAKE, suspect);
        tasks.disprove(task, 1, 1, uint40(block.timestamp + 60));
        assertEq(vault.collectable(address(token), TREASURY), STAKE - STAKE / 4);
        (uint256 free, uint256 locked) = vault.stakeOf(address(tasks), address(token), suspect);
        assertEq(free + locked, 0);
    }

    function test_PAY14_stakeIsFreeWhenTheLastAppealsAreOver() public {
        _close();
        uint256 from = block.timestamp + APPEAL;
        vm.warp(from - 1);
        _expectTooEarly(from);
        tasks.releaseStake(task, _auditor(1));
        vm.warp(from);
        vm.prank(STRANGER);
        tasks.releaseStake(task, _auditor(1));
        (uint256 free, uint256 locked) = vault.stakeOf(address(tasks), address(token), _auditor(1));
        assertEq(free, STAKE);
        assertEq(locked, 0);
        bytes4 selector = ITaskRewards.LearningTasks_NothingToRelease.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, task, _auditor(1)));
        tasks.releaseStake(task, _auditor(1));
    }

    function test_PAY14_onlyTheHolderOfASeatHasItsStakeReleased() public {
        _close();
        vm.warp(block.timestamp + APPEAL);
        bytes4 selector = ITaskRewards.LearningTasks_NothingToRelease.selector;
        // an id is not a seat: the client and the stranger have that of an aggregator
        vm.expectRevert(abi.encodeWithSelector(selector, task, _client(1)));
        tasks.releaseStake(task, _client(1));
        vm.expectRevert(abi.encodeWithSelector(selector, task, STRANGER));
        tasks.releaseStake(task, STRANGER);
    }

    /// @dev One stake answers for one seat. The second task needs a stake of its own, and a slash in one leaves the other.
    function test_PAY14_stakeServesOneTask() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        task = _open(terms);
        uint256 number = _numberOf(_auditor(0));
        vm.expectPartialRevert(IStakeVault.StakeVault_InsufficientFree.selector);
        tasks.join(task, ILearningTasks.Role.Auditor, _auditor(0), number);
        _join(_auditor(0), ILearningTasks.Role.Auditor);
        for (uint256 i; i < 3; ++i) tasks.missAudit(task, 0);
        (, uint256 locked) = vault.stakeOf(address(tasks), address(token), _auditor(0));
        assertEq(locked, STAKE);
    }

    function test_PAY13_theJailedTakeNoSeat() public {
        for (uint256 i; i < 3; ++i) tasks.missAudit(task, 0);
        task = _open(_terms());
        _deposit(_auditor(0), STAKE);
        uint256 number = _numberOf(_auditor(0));
        vm.expectPartialRevert(IStakeVault.StakeVault_Jailed.selector);
        tasks.join(task, ILearningTasks.Role.Auditor, _auditor(0), number);
        vm.warp(block.timestamp + 90 days);
        tasks.join(task, ILearningTasks.Role.Auditor, _auditor(0), number);
    }

    // ----------------------------------------------------------------------------------------------------- reputation

    function _points(address account, bytes32 category) private view returns (uint256) {
        return reputation.scoreOf(COOPERATIVE, category, _did(account));
    }

    function test_PAY15_whatWasEarnedIsRecordedOnce() public {
        _close();
        vm.warp(block.timestamp + APPEAL);
        (uint256 earned, ) = tasks.earningsOf(task, _client(0));
        uint256 points = (earned * 1e6) / REWARD;
        uint256 number = _numberOf(_client(0));
        assertEq(tasks.recordReputation(task, _client(0), number), points);
        assertEq(_points(_client(0), keccak256("contribution")), points);
        bytes4 selector = ITaskRewards.LearningTasks_NothingToRecord.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, task, _client(0)));
        tasks.recordReputation(task, _client(0), number);
        // it is another matter whether it was paid
        assertEq(_claim(_client(0), 3), earned);
        vm.expectRevert(abi.encodeWithSelector(selector, task, _client(0)));
        tasks.recordReputation(task, _client(0), number);

        (earned, ) = tasks.earningsOf(task, _auditor(1));
        tasks.recordReputation(task, _auditor(1), _numberOf(_auditor(1)));
        assertEq(_points(_auditor(1), keccak256("auditing")), (earned * 1e6) / REWARD);
        (earned, ) = tasks.earningsOf(task, _aggregator(1));
        tasks.recordReputation(task, _aggregator(1), _numberOf(_aggregator(1)));
        assertEq(_points(_aggregator(1), keccak256("aggregation")), (earned * 1e6) / REWARD);
    }

    function test_PAY15_claimingFirstKeepsTheRecord() public {
        _close();
        vm.warp(block.timestamp + APPEAL);
        uint256 number = _numberOf(_client(0));
        _claim(_client(0), 1);
        assertGe(tasks.recordReputation(task, _client(0), number), 1);
        assertGe(_claim(_client(0), 2), 1);
        assertEq(_claim(_client(0), 3), 0);
    }

    function test_PAY15_onlyFromSettledFacts() public {
        uint256 number = _numberOf(_client(0));
        vm.expectRevert(abi.encodeWithSelector(ITaskRewards.LearningTasks_NotClosed.selector, task));
        tasks.recordReputation(task, _client(0), number);
        _close();
        _expectTooEarly(block.timestamp + APPEAL);
        tasks.recordReputation(task, _client(0), number);
    }

    /// @dev Nobody farms reputation with a task of their own.
    function test_PAY15_ofTheCooperativesOwnTasksAlone() public {
        task = _openFor(STRANGER, _terms());
        _joinAll(3, 5, 3);
        _close();
        vm.warp(block.timestamp + APPEAL);
        uint256 number = _numberOf(_client(0));
        bytes4 selector = ITaskRewards.LearningTasks_ForeignTask.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, task, STRANGER, COOPERATIVE));
        tasks.recordReputation(task, _client(0), number);
    }

    /// @dev The number must be that of the place: neither another's, nor one without a place, nor a role mixed up.
    function test_PAY15_theNumberIsThatOfThePlace() public {
        _close();
        vm.warp(block.timestamp + APPEAL);
        uint256[3] memory others = [_numberOf(_client(1)), _numberOf(STRANGER), _numberOf(_auditor(0))];
        for (uint256 i; i < 3; ++i) {
            bytes4 selector = ITaskRewards.LearningTasks_NotItsPlace.selector;
            vm.expectRevert(abi.encodeWithSelector(selector, task, _client(0), others[i]));
            tasks.recordReputation(task, _client(0), others[i]);
        }
        vm.expectPartialRevert(ITaskRewards.LearningTasks_NotItsPlace.selector);
        tasks.recordReputation(task, STRANGER, others[1]);
    }

    function test_PAY15_whatTheRealmRefusesIsRecordedLater() public {
        _close();
        vm.warp(block.timestamp + APPEAL);
        uint256 number = _numberOf(_client(0));
        reputation.setRefusing(true);
        vm.expectRevert(ReputationStub.ReputationStub_Refused.selector);
        tasks.recordReputation(task, _client(0), number);
        reputation.setRefusing(false);
        assertGe(tasks.recordReputation(task, _client(0), number), 1);
    }

    /// @dev The treasury's part is not work: no seat of its earns points by it.
    function test_PAY15_theTreasurysPartEarnsNoPoints() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.slashRecipient = _auditor(4);
        task = _open(terms);
        _joinAll(3, 5, 3);
        _close();
        vm.warp(block.timestamp + APPEAL);
        (uint256 earned, ) = tasks.earningsOf(task, _auditor(4));
        assertGe(earned, 1);
        uint256 number = _numberOf(_auditor(4));
        vm.expectPartialRevert(ITaskRewards.LearningTasks_NothingToRecord.selector);
        tasks.recordReputation(task, _auditor(4), number);
    }

    // --------------------------------------------------------------------------------------------------------- shares

    function test_PAY17_ownershipFollowsContribution() public {
        (uint256 pay, uint256 ofAll) = tasks.shareOf(task, _client(0));
        assertEq(pay + ofAll, 0);
        _settle(_scores(300, 100, -40));
        _settle(_scores(0, 0, 0));
        (pay, ofAll) = tasks.shareOf(task, _client(0));
        assertEq(ofAll, 325_000_002);
        assertEq(pay, (ofAll * 3) / 4);
        (pay, ) = tasks.shareOf(task, _client(2));
        assertEq(pay, 0);
        // nobody has a share by auditing or by being nobody
        (pay, ) = tasks.shareOf(task, _auditor(0));
        assertEq(pay, 0);
        (pay, ) = tasks.shareOf(task, STRANGER);
        assertEq(pay, 0);
    }

    /// @dev Being paid, refunds and sweeps leave shares as they are.
    function test_PAY17_sharesStay() public {
        _close();
        (uint256 pay, uint256 ofAll) = tasks.shareOf(task, _client(0));
        _afterAppeals();
        tasks.refund(task);
        vm.warp(block.timestamp + APPEAL);
        _claim(_client(0), 3);
        vm.warp(block.timestamp + 365 days);
        tasks.sweep(task);
        (uint256 payNow, uint256 ofAllNow) = tasks.shareOf(task, _client(0));
        assertEq(payNow, pay);
        assertEq(ofAllNow, ofAll);
    }
}
