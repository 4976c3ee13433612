// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {ITaskRewards} from "../../../contracts/learning/interfaces/ITaskRewards.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {RewardsFixture} from "./RewardsFixture.sol";

contract TaskClaimsTest is RewardsFixture {
    // 1,000,000,007 * 6,500 * 2 / (10,000 * 4), rounded down
    uint256 private constant POOL = 325_000_002;

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 5, 3);
    }

    function _firstPeriod() private {
        _settle(_scores(300, 120, -40));
        _settle(_scores(200, -20, 10));
    }

    function _closePeriods(uint256 periods) private {
        for (uint256 i; i < periods; ++i) _firstPeriod();
    }

    function _refusesPeriod(uint256 period, uint256 from) private {
        bytes4 selector = ITaskRewards.LearningTasks_NotClaimable.selector;
        vm.expectRevert(abi.encodeWithSelector(selector, task, period, from));
    }

    // --------------------------------------------------------------------------------------------------- what is paid

    function test_PAY01_PAY02_aPeriodIsSharedByPositiveScores() public {
        _firstPeriod();
        (uint256 pool, uint256 positive, uint256 divisor, uint256 from) = tasks.periodOf(task, 0);
        assertEq(pool, POOL);
        assertEq(positive, 600);
        assertEq(divisor, 600);
        assertEq(from, block.timestamp + APPEAL);
        vm.warp(from);
        assertEq(_claim(_client(0), 1), (POOL * 500) / 600);
        assertEq(_claim(_client(1), 1), (POOL * 100) / 600);
        assertEq(_claim(_client(2), 1), 0);
        assertEq(token.balanceOf(_client(0)), 270_833_335);
        assertEq(token.balanceOf(_client(1)), 54_166_667);
    }

    function test_PAY01_theTreasuryHasItsShareOfSettledRounds() public {
        _firstPeriod();
        uint256 share = (uint256(REWARD) * 500 * 2) / (10_000 * 4);
        assertEq(_claim(TREASURY, 0), share);
        assertEq(token.balanceOf(TREASURY), share);
        _void();
        assertEq(_claim(TREASURY, 0), 0);
    }

    /// @dev Little merit buys little of the pool: the divisor is never below `minimumScore`.
    function test_PAY02_fewPointsEarnLittle() public {
        _settle(_scores(7, 0, -5));
        _settle(_scores(0, 0, -5));
        vm.warp(block.timestamp + APPEAL);
        assertEq(_claim(_client(0), 1), (POOL * 7) / 100);
        uint256 seats = 2 * 3 * ((uint256(REWARD) * 1000) / (10_000 * 4 * 3));
        assertEq(_owed(), (POOL * 7) / 100 + (uint256(REWARD) * 500 * 2) / 40_000 + seats);
    }

    /// @dev Nobody did any good: nothing is paid, and nothing is stuck.
    function test_PAY02_aPeriodWithoutMeritPaysNobody() public {
        _settle(_scores(-1, 0, -5));
        _settle(_scores(-1, 0, -5));
        vm.warp(block.timestamp + APPEAL);
        for (uint256 i; i < 3; ++i) assertEq(_claim(_client(i), 1), 0);
        (uint256 pay, uint256 all) = tasks.shareOf(task, _client(0));
        assertEq(pay + all, 0);
    }

    /// @dev A debt counts once: it is worked off in the next period, and not again in the one after it.
    function test_PAY02_aDebtIsCarriedOnce() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = 3;
        terms.periodRounds = 1;
        task = _open(terms);
        _joinAll(3, 5, 3);
        _settle(_scores(100, 100, -40));
        _settle(_scores(100, 100, 140));
        _settle(_scores(100, 100, 100));
        assertEq(tasks.balanceOf(task, 2, 0), -40);
        assertEq(tasks.balanceOf(task, 2, 1), 100);
        assertEq(tasks.balanceOf(task, 2, 2), 100);
        vm.warp(block.timestamp + APPEAL);
        (uint256 pool, , , ) = tasks.periodOf(task, 1);
        assertEq(_claim(_client(2), 7), 2 * ((pool * 100) / 300));
    }

    /// @dev 2^17 clients with the highest score that a period can have: nothing overflows on the way.
    function testFuzz_PAY02_payIsThePlainRule(uint96 reward, uint16[8] memory scores, uint8 rounds) public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.reward = uint96(bound(reward, 1, type(uint96).max));
        terms.rounds = uint16(bound(rounds, 1, 3));
        terms.periodRounds = 1;
        terms.retries = 0;
        task = _open(terms);
        _joinAll(8, 5, 3);
        int256[] memory values = new int256[](8);
        for (uint256 i; i < 8; ++i) values[i] = int256(uint256(scores[i])) - 20_000;
        _settle(values);
        vm.warp(block.timestamp + APPEAL);

        uint256 sum;
        for (uint256 i; i < 8; ++i) if (values[i] > 0) sum += uint256(values[i]);
        uint256 pool = (uint256(terms.reward) * 6500) / (10_000 * uint256(terms.rounds));
        uint256 total;
        for (uint256 i; i < 8; ++i) {
            uint256 due = values[i] <= 0 ? 0 : (pool * uint256(values[i])) / (sum < 100 ? 100 : sum);
            assertEq(_claim(_client(i), 1), due);
            (uint256 pay, uint256 all) = tasks.shareOf(task, _client(i));
            assertEq(pay, due);
            assertEq(all, (pool * sum) / (sum < 100 ? 100 : sum));
            total += due;
        }
        assertLe(total, pool);
        assertLe(_owed(), terms.reward);
    }

    function test_PAY02_theHighestScoresOverflowNothing() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.reward = type(uint96).max;
        task = _open(terms);
        _joinAll(3, 5, 3);
        int256 most = type(int32).max;
        _settle(_scores(most, most, -most));
        _settle(_scores(0, 0, 0));
        vm.warp(block.timestamp + APPEAL);
        (uint256 pool, uint256 positive, , ) = tasks.periodOf(task, 0);
        assertEq(pool, (uint256(type(uint96).max) * 6500 * 2) / 40_000);
        assertEq(positive, 2 * uint256(most));
        assertEq(_claim(_client(0), 1), pool / 2);
        assertEq(_claim(_client(1), 1), pool / 2);
    }

    // ------------------------------------------------------------------------------------------------- when it is paid

    function test_PAY04_aRunningPeriodIsNotPaid() public {
        _settle(_scores(300, 120, -40));
        _refusesPeriod(0, 0);
        _claim(_client(0), 1);
        _refusesPeriod(223, 0);
        _claim(_client(0), 1 << 223);
    }

    function test_PAY04_noPeriodIsPaidBeforeItsAppealsAreOver() public {
        _firstPeriod();
        uint256 from = block.timestamp + APPEAL;
        _refusesPeriod(0, from);
        _claim(_client(0), 1);
        (uint256 earned, uint256 claimable) = tasks.earningsOf(task, _client(0));
        assertEq(earned, (POOL * 500) / 600);
        assertEq(claimable, 0);
        vm.warp(from - 1);
        _refusesPeriod(0, from);
        _claim(_client(0), 1);
        vm.warp(from);
        (, claimable) = tasks.earningsOf(task, _client(0));
        assertEq(_claim(_client(0), 1), claimable);
    }

    /// @dev One period of a claim that is not over keeps the others where they are: nothing is half claimed.
    function test_PAY04_aClaimWithAnOpenPeriodChangesNothing() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        _refusesPeriod(1, 0);
        _claim(_client(0), 3);
        assertEq(_claim(_client(0), 1), (POOL * 500) / 600);
    }

    // --------------------------------------------------------------------------------------------------- once, to whom

    function test_PAY05_eachPeriodIsPaidOnce() public {
        _closePeriods(2);
        vm.warp(block.timestamp + APPEAL);
        uint256[] memory items = new uint256[](4);
        for (uint256 i; i < 3; ++i) items[i] = _item(task, 1);
        items[3] = _item(task, 3);
        uint256 paid = tasks.claimFor(items, _client(0));
        (uint256 earned, uint256 claimable) = tasks.earningsOf(task, _client(0));
        assertEq(paid, earned);
        assertEq(claimable, 0);
        assertEq(token.balanceOf(_client(0)), earned);
        assertEq(_claim(_client(0), 3), 0);
        assertEq(token.balanceOf(_client(0)), earned);
    }

    function test_PAY05_eachPeriodIsPaidOnceInAnyOrder() public {
        _closePeriods(2);
        vm.warp(block.timestamp + APPEAL);
        uint256 second = _claim(_client(0), 2);
        assertEq(_claim(_client(0), 2), 0);
        uint256 first = _claim(_client(0), 3);
        assertEq(_claim(_client(0), 1), 0);
        (uint256 earned, ) = tasks.earningsOf(task, _client(0));
        assertEq(first + second, earned);
    }

    function test_PAY05_aSeatIsPaidOnce() public {
        uint256 seat = tasks.payAuditor(task, _auditor(0), 3, 4);
        assertEq(seat, (((uint256(REWARD) * 2000) / (10_000 * 6 * 5)) * 3) / 4);
        assertEq(_claim(_auditor(0), 0), seat);
        assertEq(_claim(_auditor(0), 0), 0);
        uint256 more = tasks.payAuditor(task, _auditor(0), 1, 4);
        assertEq(_claim(_auditor(0), 0), more);
        assertEq(token.balanceOf(_auditor(0)), seat + more);
    }

    /// @dev Tasks, periods and roles in one call, in whatever tokens.
    function test_PAY05_oneCallPaysForEverything() public {
        _closePeriods(2);
        TaskId first = task;
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.startsAt = uint40(block.timestamp + 10);
        terms.token = address(0);
        terms.auditorStake = 1;
        task = _open(terms);
        // the client of one task audits the other
        vm.deal(_client(0), 1);
        vm.prank(_client(0));
        vault.deposit{value: 1}(address(tasks), address(0), 1);
        tasks.join(task, ILearningTasks.Role.Auditor, _client(0), _numberOf(_client(0)));
        uint256 seat = tasks.payAuditor(task, _client(0), 1, 1);
        vm.warp(block.timestamp + APPEAL);

        uint256[] memory items = new uint256[](2);
        items[0] = _item(first, 3);
        items[1] = _item(task, 0);
        (uint256 earned, ) = tasks.earningsOf(first, _client(0));
        vm.prank(_client(0));
        assertEq(tasks.claim(items), earned + seat);
        assertEq(token.balanceOf(_client(0)), earned);
        assertEq(_client(0).balance, seat);
    }

    function test_PAY05_anybodyMayClaimForAnAccount() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        vm.prank(STRANGER);
        tasks.claimFor(_items(1), _client(0));
        assertEq(token.balanceOf(_client(0)), (POOL * 500) / 600);
        assertEq(token.balanceOf(STRANGER), 0);
    }

    function test_PAY05_aStrangerHasNothingToDirect() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        bytes4 selector = ILearningTasks.LearningTasks_WrongRole.selector;
        bytes memory reason = abi.encodeWithSelector(
            selector,
            task,
            STRANGER,
            ILearningTasks.Role.None,
            ILearningTasks.Role.Client
        );
        vm.startPrank(STRANGER);
        vm.expectRevert(reason);
        tasks.claimTo(_items(1), STRANGER);
        assertEq(tasks.claimTo(_items(0), STRANGER), 0);
        vm.stopPrank();
        // an auditor has the id of a client, and not its pay
        vm.expectPartialRevert(selector);
        vm.prank(_auditor(0));
        tasks.claimTo(_items(1), _auditor(0));
    }

    function test_PAY05_anAccountDirectsItsOwnPay() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        vm.expectEmit(address(tasks));
        emit ITaskRewards.RewardClaimed(task, _client(0), address(0x99), 1, (POOL * 500) / 600);
        vm.prank(_client(0));
        tasks.claimTo(_items(1), address(0x99));
        assertEq(token.balanceOf(address(0x99)), (POOL * 500) / 600);
    }

    function test_PAY05_anUnknownTaskPaysNobody() public {
        task = TaskId.wrap(99);
        assertEq(_claim(_client(0), 0), 0);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_WrongRole.selector);
        _claim(_client(0), 1);
    }

    // --------------------------------------------------------------------------------------------------- hostile money

    function test_RWD03_aTokenThatReentersIsPaidOnce() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        token.setHook(address(tasks), abi.encodeCall(tasks.claimFor, (_items(1), _client(0))));
        _claim(_client(0), 1);
        token.setHook(address(0), "");
        assertEq(token.balanceOf(_client(0)), (POOL * 500) / 600);
        assertEq(_remaining(), REWARD - (POOL * 500) / 600);
    }

    function test_RWD03_aRecipientThatReentersIsPaidOnce() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.token = address(0);
        terms.auditorStake = 1;
        task = _open(terms);
        HostileReceiver auditor = new HostileReceiver();
        vm.deal(address(auditor), 1);
        auditor.act(address(vault), 1, abi.encodeCall(vault.deposit, (address(tasks), address(0), 1)));
        tasks.join(task, ILearningTasks.Role.Auditor, address(auditor), 77);
        uint256 earned = tasks.payAuditor(task, address(auditor), 1, 1);
        auditor.setHook(address(tasks), abi.encodeCall(tasks.claimFor, (_items(0), address(auditor))));
        _claim(address(auditor), 0);
        assertEq(address(auditor).balance, earned);
        assertEq(_remaining(), REWARD - earned);
    }

    function test_RWD03_aBlockedRecipientHarmsItselfAlone() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        token.setBlocked(_client(0));
        vm.expectRevert(abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, _client(0)));
        _claim(_client(0), 1);
        assertEq(_claim(_client(1), 1), (POOL * 100) / 600);
        vm.prank(_client(0));
        assertEq(tasks.claimTo(_items(1), address(0x99)), (POOL * 500) / 600);
    }

    function test_RWD03_aTokenThatFailsPaysLater() public {
        _firstPeriod();
        vm.warp(block.timestamp + APPEAL);
        token.setFailing(true);
        vm.expectRevert();
        _claim(_client(0), 1);
        token.setFailing(false);
        assertEq(_claim(_client(0), 1), (POOL * 500) / 600);
    }

    // ---------------------------------------------------------------------------------------------- how it is noted

    /// @dev The first and last of a pair of periods, and one of another pool: all are paid from what was noted or from
    /// the period itself, and by the same rule.
    function testFuzz_PAY05_anySetOfPeriodsIsPaid(uint256 seed, uint8 count) public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = 6;
        terms.periodRounds = 1;
        terms.retries = 1;
        task = _open(terms);
        _joinAll(3, 5, 3);
        uint256 settled = bound(count, 1, 6);
        for (uint256 i; i < settled; ++i) _settle(_scores(int256(seed % 500) - 100, 50, int256(i)));
        vm.warp(block.timestamp + APPEAL);
        uint256 due;
        uint256 periods = uint256(keccak256(abi.encode(seed))) & ((1 << settled) - 1);
        for (uint256 i; i < settled; ++i) {
            if ((periods >> i) & 1 == 0) continue;
            (uint256 pool, , uint256 divisor, ) = tasks.periodOf(task, i);
            int256 balance = tasks.balanceOf(task, 0, i);
            if (balance > 0) due += (pool * uint256(balance)) / divisor;
        }
        if (periods != 0) assertEq(_claim(_client(0), periods), due);
        (uint256 earned, uint256 claimable) = tasks.earningsOf(task, _client(0));
        assertEq(claimable, earned - due);
        assertEq(_claim(_client(0), (1 << settled) - 1), earned - due);
    }

    /// @dev In the year 2106 seconds outgrow what is noted for claims.
    function test_PAY05_periodsThatCantBeNotedArePaid() public {
        vm.warp(uint256(type(uint32).max) - 2500);
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.startsAt = uint40(block.timestamp + 10);
        terms.periodRounds = 1;
        task = _open(terms);
        _joinAll(3, 5, 3);
        for (uint256 i; i < 4; ++i) _settle(_scores(300, 100, 0));
        (uint256 pool, , , uint256 first) = tasks.periodOf(task, 0);
        (, , , uint256 last) = tasks.periodOf(task, 3);
        assertLe(first, type(uint32).max);
        assertGe(last, uint256(type(uint32).max) + 1);
        vm.warp(last);
        assertEq(_claim(_client(0), 15), 4 * ((pool * 3) / 4));
        assertEq(_claim(_client(0), 15), 0);
    }

    function test_PAY01_aTaskThatClosesWithinAPeriodPaysForItsRounds() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.rounds = 9;
        terms.periodRounds = 3;
        terms.retries = 0;
        task = _open(terms);
        _joinAll(3, 5, 3);
        for (uint256 i; i < 4; ++i) _settle(_scores(300, 100, 0));
        _void();
        assertTrue(_isClosed());
        (uint256 whole, , , ) = tasks.periodOf(task, 0);
        (uint256 part, , , uint256 from) = tasks.periodOf(task, 1);
        assertEq(whole, (uint256(REWARD) * 6500 * 3) / 90_000);
        assertEq(part, (uint256(REWARD) * 6500) / 90_000);
        vm.warp(from);
        assertEq(_claim(_client(0), 3), (whole * 900) / 1200 + (part * 300) / 400);
    }
}
