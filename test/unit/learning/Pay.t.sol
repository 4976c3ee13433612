// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {HostileReceiver} from "../../../contracts/mocks/HostileReceiver.sol";
import {HostileToken} from "../../../contracts/mocks/HostileToken.sol";
import {ReputationStub} from "../../../contracts/mocks/ReputationStub.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract PayTest is LearningFixture {
    function setUp() public {
        _deploy();
        task = _open(_terms());
    }

    /// @dev One round in which client i of three gets the score that all auditors give it.
    function _runScores(int16 a, int16 b, int16 c) private {
        _run(3, _unanimous(abi.encodePacked(a, b, c), 5));
    }

    function _void() private {
        _enter(ILearningRounds.Phase.AuditCommit);
        rounds.finishRound(task);
    }

    function _claim(address account) private returns (uint256) {
        return rounds.claim(_ids(), account);
    }

    /// @dev Pool of `settled` rounds of the default terms.
    function _pool(uint256 settled) private pure returns (uint256) {
        return (uint256(REWARD) * 7000 * settled) / (10_000 * 4);
    }

    // ---------------------------------------------------------------------------------------------------- client pay

    function test_RWD03_clientsShareAPeriodByTheirPositiveScores() public {
        _joinAll(3, 5, 3);
        _runScores(300, 100, -40);
        assertEq(_earned(_client(0)), 0); // the period runs
        _runScores(300, -30, 0);
        assertEq(_earned(_client(0)), (_pool(2) * 600) / 670);
        assertEq(_earned(_client(1)), (_pool(2) * 70) / 670);
        assertEq(_earned(_client(2)), 0);
    }

    function test_RWD04_aDebtIsCarriedOver() public {
        _joinAll(3, 5, 3);
        _runScores(300, 100, -40);
        _runScores(300, 100, 0);
        assertEq(rounds.scoreOf(task, _client(0)), 0);
        assertEq(rounds.scoreOf(task, _client(2)), -40);
        _runScores(200, 100, 30);
        assertEq(rounds.scoreOf(task, _client(2)), -10);
        _runScores(200, 100, 60);
        assertEq(_earned(_client(2)), (_pool(2) * 50) / 650);
    }

    function test_RWD03_aPeriodOfLittleContributionPaysLess() public {
        _joinAll(3, 5, 3);
        _runScores(20, 30, 0);
        _runScores(0, 0, 0);
        assertEq(_earned(_client(0)), (_pool(2) * 20) / 100);
        assertEq(_earned(_client(1)), (_pool(2) * 30) / 100);
    }

    function test_RWD03_aPeriodWithoutContributionGoesBack() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 4; ++i) _runScores(-1, ABSENT, 0);
        assertEq(_earned(_client(0)) + _earned(_client(1)) + _earned(_client(2)), 0);
        uint256 paid = 5 * _earned(_auditor(0)) + 3 * _earned(_aggregator(0));
        assertEq(rounds.refund(task), REWARD - paid);
    }

    function test_RWD05_aPartialPeriodPaysForItsSettledRounds() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 3; ++i) _runScores(200, 100, 100);
        for (uint256 i; i < 3; ++i) _void();
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.Closed);
        assertEq(_earned(_client(0)), _pool(2) / 2 + _pool(1) / 2);
    }

    /// @dev A round that was scored but not settled counts in the scores of its period, not in its pool.
    function test_RWD05_aScoredVoidRoundCountsForItsClients() public {
        _joinAll(3, 5, 3);
        bytes[] memory vectors = _unanimous(abi.encodePacked(int16(400), int16(0), int16(0)), 5);
        _updates(3);
        _audits(vectors);
        _score(vectors);
        _enter(ILearningRounds.Phase.Challenge);
        rounds.finishRound(task);
        _runScores(100, 100, 0);
        _runScores(100, 100, 0);
        assertEq(_earned(_client(0)), (_pool(2) * 600) / 800);
    }

    function test_RWD05_aTaskThatSettledNothingPaysNoClient() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 3; ++i) {
            bytes[] memory vectors = _unanimous(_flat(100, 3), 5);
            _updates(3);
            _audits(vectors);
            _score(vectors);
            _enter(ILearningRounds.Phase.Challenge);
            rounds.finishRound(task);
        }
        assertEq(_earned(_client(0)), 0);
        assertEq(_claim(_client(0)), 0);
        assertEq(rounds.refund(task), REWARD - 5 * _earned(_auditor(0)));
    }

    /// @dev Against an own account of scores, periods and debts.
    function testFuzz_RWD03_pay(int16[3][4] memory scores, uint32 minimumScore) public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.minimumScore = minimumScore == 0 ? 1 : minimumScore;
        task = _open(terms);
        _joinAll(3, 5, 3);
        int256[3] memory balance;
        uint256[3] memory expected;
        for (uint256 period; period < 2; ++period) {
            for (uint256 r = 2 * period; r < 2 * period + 2; ++r) {
                _runScores(scores[r][0], scores[r][1], scores[r][2]);
                for (uint256 i; i < 3; ++i) if (scores[r][i] != ABSENT) balance[i] += scores[r][i];
            }
            uint256 positive;
            for (uint256 i; i < 3; ++i) if (balance[i] > 0) positive += uint256(balance[i]);
            uint256 divisor = positive > terms.minimumScore ? positive : terms.minimumScore;
            for (uint256 i; i < 3; ++i) {
                if (balance[i] <= 0) continue;
                expected[i] += (_pool(2) * uint256(balance[i])) / divisor;
                balance[i] = 0;
            }
        }
        uint256 paid = 5 * _earned(_auditor(0)) + 3 * _earned(_aggregator(0));
        for (uint256 i; i < 3; ++i) {
            assertEq(_earned(_client(i)), expected[i]);
            paid += expected[i];
        }
        uint256 refunded = rounds.refund(task);
        assertLe(paid + refunded, REWARD);
        assertGe(paid + refunded + 2 * 2, REWARD); // less than one unit a client and period stays
    }

    // -------------------------------------------------------------------------------------------------------- claims

    function test_RWD09_claimsOnceForManyTasks() public {
        TaskId[] memory ids = new TaskId[](3);
        ids[0] = ids[2] = task;
        _joinAll(3, 5, 3);
        for (uint256 i; i < 4; ++i) _runScores(100, 100, 100);
        vm.warp(START - 1000);
        task = ids[1] = _open(_terms());
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        uint256 expected = 3 * (_pool(2) / 3);
        assertEq(rounds.claim(ids, _client(0)), expected);
        assertEq(token.balanceOf(_client(0)), expected);
        assertEq(rounds.claim(ids, _client(0)), 0);
        (uint256 earned, uint256 claimable) = rounds.earningsOf(task, _client(0));
        assertEq(earned, _pool(2) / 3);
        assertEq(claimable, 0);
    }

    function test_RWD09_claimsTwiceAcrossPeriods() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        assertEq(_claim(_client(0)), _pool(2) / 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        assertEq(_claim(_client(0)), _pool(2) / 3);
    }

    function test_RWD09_anAccountDirectsItsPay() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        TaskId[] memory ids = _ids();
        assertEq(rounds.claimTo(ids, address(this)), 0); // the caller has earned nothing
        vm.prank(_client(0));
        rounds.claimTo(ids, address(0xcafe));
        assertEq(token.balanceOf(address(0xcafe)), _pool(2) / 3);
    }

    function test_RWD10_aBlockedRecipientHurtsOnlyItself() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        token.setBlocked(_client(0));
        _refused(
            address(this),
            abi.encodeCall(rounds.claim, (_ids(), _client(0))),
            abi.encodeWithSelector(HostileToken.HostileToken_Blocked.selector, _client(0))
        );
        assertEq(_claim(_client(1)), _pool(2) / 3);
        TaskId[] memory ids = _ids();
        vm.prank(_client(0)); // and it has a way out
        assertEq(rounds.claimTo(ids, address(0xcafe)), _pool(2) / 3);
    }

    function test_RWD10_aReenteringTokenIsPaidOnce() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        token.setHook(address(rounds), abi.encodeCall(rounds.claim, (_ids(), _client(0))));
        assertEq(_claim(_client(0)), _pool(2) / 3);
        assertEq(token.balanceOf(_client(0)), _pool(2) / 3);
    }

    // ------------------------------------------------------------------------------------------------ native currency

    function _nativeTask() private returns (HostileReceiver receiver) {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.token = address(0);
        receiver = new HostileReceiver();
        task = _openFor(address(receiver), terms);
        _admit(address(receiver));
        receiver.act(address(rounds), 0, abi.encodeCall(rounds.join, (task, ILearningRounds.Role.Client)));
        _join(_client(1), ILearningRounds.Role.Client);
        _join(_client(2), ILearningRounds.Role.Client);
        _joinAll(0, 5, 3);
        for (uint256 i; i < 2; ++i) {
            bytes[] memory vectors = _unanimous(_flat(100, 3), 5);
            _enter(ILearningRounds.Phase.Commit);
            bytes32 commitment = rounds.updateCommitment(task, _round(), address(receiver), _update(address(receiver)));
            receiver.act(address(rounds), 0, abi.encodeCall(rounds.commitUpdate, (task, commitment)));
            _commitUpdate(_client(1));
            _commitUpdate(_client(2));
            _enter(ILearningRounds.Phase.Reveal);
            rounds.revealUpdate(task, address(receiver), _update(address(receiver)));
            rounds.revealUpdate(task, _client(1), _update(_client(1)));
            rounds.revealUpdate(task, _client(2), _update(_client(2)));
            _audits(vectors);
            _score(vectors);
            _aggregates(_agree(3));
            _finish();
        }
    }

    function test_RWD10_aRefusingRecipientHurtsOnlyItself() public {
        HostileReceiver receiver = _nativeTask();
        receiver.setRefusing(true);
        _refused(
            address(this),
            abi.encodeCall(rounds.claim, (_ids(), address(receiver))),
            abi.encodeWithSelector(HostileReceiver.HostileReceiver_Refused.selector)
        );
        assertEq(_claim(_client(1)), _pool(2) / 3);
        assertEq(_client(1).balance, _pool(2) / 3);
        receiver.setRefusing(false);
        assertEq(_claim(address(receiver)), _pool(2) / 3);
    }

    function test_RWD10_aReenteringRecipientIsPaidOnce() public {
        HostileReceiver receiver = _nativeTask();
        receiver.setHook(address(rounds), abi.encodeCall(rounds.claim, (_ids(), address(receiver))));
        assertEq(_claim(address(receiver)), _pool(2) / 3);
        assertEq(address(receiver).balance, _pool(2) / 3);
        receiver.setHook(address(rounds), abi.encodeCall(rounds.claim, (_ids(), _client(1))));
        assertEq(_claim(_client(2)), _pool(2) / 3);
    }

    /// @dev An owner that takes no money, or vanished, stops nobody's pay.
    function test_RWD11_anOwnerThatRefusesStopsNobody() public {
        HostileReceiver owner = _nativeTask();
        owner.setRefusing(true);
        for (uint256 i; i < 3; ++i) _void();
        _refused(
            address(this),
            abi.encodeCall(rounds.refund, (task)),
            abi.encodeWithSelector(HostileReceiver.HostileReceiver_Refused.selector)
        );
        assertEq(_claim(_client(1)), _pool(2) / 3);
        owner.setRefusing(false);
        rounds.refund(task);
    }

    // -------------------------------------------------------------------------------------------------- void and refund

    function test_RWD11_aTaskThatNeverRanIsRefundedInFull() public {
        for (uint256 i; i < 3; ++i) {
            bytes memory reason = abi.encodeWithSelector(ILearningRounds.LearningRounds_NotClosed.selector, task);
            _refused(address(this), abi.encodeCall(rounds.refund, (task)), reason);
            _void();
        }
        assertEq(rounds.refund(task), REWARD);
        assertEq(token.balanceOf(COOPERATIVE), REWARD);
        bytes memory again = abi.encodeWithSelector(ILearningRounds.LearningRounds_AlreadyRefunded.selector, task);
        _refused(address(this), abi.encodeCall(rounds.refund, (task)), again);
    }

    function test_RWD11_refundLeavesEveryClaimPayable() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 4; ++i) _runScores(101, 57, 33);
        uint256 paid = rounds.refund(task);
        for (uint256 i; i < 3; ++i) paid += _claim(_client(i));
        for (uint256 i; i < 5; ++i) paid += _claim(_auditor(i));
        for (uint256 i; i < 3; ++i) paid += _claim(_aggregator(i));
        (, uint256 left) = escrow.accountOf(address(rounds), TaskId.unwrap(task));
        assertEq(paid + left, REWARD);
        assertLe(left, 4);
    }

    // ----------------------------------------------------------------------------------------------------------- stakes

    function test_STK08_releasesStakesOnceClosed() public {
        _joinAll(3, 5, 3);
        bytes memory data = abi.encodeCall(rounds.releaseStake, (task, _auditor(0)));
        _refused(address(this), data, abi.encodeWithSelector(ILearningRounds.LearningRounds_NotClosed.selector, task));
        _updates(3);
        _enter(ILearningRounds.Phase.AggregateCommit);
        rounds.finishRound(task); // every auditor was silent
        _void();
        _void();
        rounds.releaseStake(task, _auditor(0));
        (uint256 free, uint256 locked) = vault.stakeOf(address(rounds), address(token), _auditor(0));
        assertEq(free, STAKE - 300);
        assertEq(locked, 0);
        bytes4 selector = ILearningRounds.LearningRounds_NothingToRelease.selector;
        _refused(address(this), data, abi.encodeWithSelector(selector, task, _auditor(0)));
        data = abi.encodeCall(rounds.releaseStake, (task, _client(0)));
        _refused(address(this), data, abi.encodeWithSelector(selector, task, _client(0)));
        data = abi.encodeCall(rounds.releaseStake, (task, address(7)));
        _refused(address(this), data, abi.encodeWithSelector(selector, task, address(7)));
    }

    // ------------------------------------------------------------------------------------------------------- reputation

    function test_RWD12_recordsReputationForWhatWasEarned() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        uint256 earned = _earned(_client(0));
        assertEq(rounds.recordReputation(task, _client(0)), (earned * 1e6) / REWARD);
        assertEq(
            reputation.lastEvidence(),
            keccak256(abi.encode(block.chainid, address(rounds), task, _client(0), earned))
        );
        assertEq(rounds.recordReputation(task, _client(0)), 0);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        rounds.recordReputation(task, _client(0));
        rounds.recordReputation(task, _auditor(0));
        rounds.recordReputation(task, _aggregator(0));
        bytes32 category = keccak256("contribution");
        assertEq(reputation.scoreOf(COOPERATIVE, category, _did(_client(0))), (_earned(_client(0)) * 1e6) / REWARD);
        category = keccak256("auditing");
        assertEq(reputation.scoreOf(COOPERATIVE, category, _did(_auditor(0))), (_earned(_auditor(0)) * 1e6) / REWARD);
        category = keccak256("aggregation");
        assertEq(
            reputation.scoreOf(COOPERATIVE, category, _did(_aggregator(0))),
            (_earned(_aggregator(0)) * 1e6) / REWARD
        );
        assertEq(_claim(_client(0)), _earned(_client(0))); // recording pays nothing and costs nothing
    }

    function test_RWD12_aRefusedRecordCanBeTriedAgain() public {
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        reputation.setRefusing(true);
        _refused(
            address(this),
            abi.encodeCall(rounds.recordReputation, (task, _client(0))),
            abi.encodeWithSelector(ReputationStub.ReputationStub_Refused.selector)
        );
        reputation.setRefusing(false);
        assertTrue(rounds.recordReputation(task, _client(0)) != 0);
    }

    function test_RWD12_nobodyRecordsWithoutEarning() public {
        assertEq(rounds.recordReputation(task, address(7)), 0);
    }

    /// @dev Whoever opens a task for money of its own can't farm standing in a cooperative with it.
    function test_RWD12_aTaskOfAStrangerGivesNoReputation() public {
        task = _openFor(address(0xfa), _terms());
        _joinAll(3, 5, 3);
        for (uint256 i; i < 2; ++i) _runScores(100, 100, 100);
        _refused(
            address(this),
            abi.encodeCall(rounds.recordReputation, (task, _client(0))),
            abi.encodeWithSelector(
                ILearningRounds.LearningRounds_ForeignTask.selector,
                task,
                address(0xfa),
                COOPERATIVE
            )
        );
    }
}
