// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {Vm} from "../Vm.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract FinishTest is LearningFixture {
    uint256 private constant SEAT_PAY = (uint256(REWARD) * 1000) / (10_000 * 6 * 3);

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(6, 5, 3);
    }

    function _finishData() private view returns (bytes memory) {
        return abi.encodeCall(rounds.finishRound, (task));
    }

    function _notFinishable(ILearningRounds.Phase phase) private view returns (bytes memory) {
        return abi.encodeWithSelector(ILearningRounds.LearningRounds_NotFinishable.selector, task, _round(), phase);
    }

    /// @dev Not a second before `phase`, but at its first one, and with this outcome.
    function _voidsAt(ILearningRounds.Phase phase, ILearningRounds.Outcome outcome) private {
        vm.warp(rounds.phaseStart(task, phase) - 1);
        _refused(address(this), _finishData(), _notFinishable(ILearningRounds.Phase(uint8(phase) - 1)));
        _enter(phase);
        _voids(outcome);
    }

    function _voids(ILearningRounds.Outcome outcome) private {
        ILearningRounds.RoundState memory before = rounds.roundState(task);
        vm.expectEmit(address(rounds));
        emit ILearningRounds.RoundVoided(task, before.round, outcome);
        rounds.finishRound(task);
        ILearningRounds.RoundState memory state = rounds.roundState(task);
        assertEq(state.modelRoot, before.modelRoot);
        assertEq(state.voided, before.voided + 1);
    }

    function _voteOn(bytes32 a, bytes32 b, bytes32 c) private pure returns (bytes32[] memory roots) {
        roots = new bytes32[](3);
        (roots[0], roots[1], roots[2]) = (a, b, c);
    }

    function _scored() private {
        bytes[] memory vectors = _unanimous(_flat(100, 6), 5);
        _updates(6);
        _audits(vectors);
        _score(vectors);
    }

    // ------------------------------------------------------------------------------------------------- too few updates

    function test_LRN15_waitingCantBeFinished() public {
        vm.warp(START - 1);
        _refused(address(this), _finishData(), _notFinishable(ILearningRounds.Phase.Waiting));
    }

    function test_LRN16_zeroClients() public {
        _enter(ILearningRounds.Phase.Commit);
        _voidsAt(ILearningRounds.Phase.AuditCommit, ILearningRounds.Outcome.TooFewUpdates);
        for (uint256 i; i < 5; ++i) assertEq(_locked(_auditor(i)), STAKE);
    }

    function test_STK04_tooFewUpdatesSlashesNobodyHoweverLate() public {
        _updates(1);
        _audits(_unanimous(_flat(1, 6), 3));
        _enter(ILearningRounds.Phase.Finishing);
        _voids(ILearningRounds.Outcome.TooFewUpdates);
        for (uint256 i; i < 5; ++i) assertEq(_locked(_auditor(i)), STAKE);
        for (uint256 i; i < 3; ++i) assertEq(_locked(_aggregator(i)), STAKE);
    }

    /// @dev Late or silent clients: 1, a third, all but one, all of six.
    function test_LRN16_silentClients() public {
        uint256[4] memory silent = [uint256(1), 2, 5, 6];
        for (uint256 i; i < 4; ++i) {
            uint256 updates = 6 - silent[i];
            if (updates < 2) {
                _updates(updates);
                _voidsAt(ILearningRounds.Phase.AuditCommit, ILearningRounds.Outcome.TooFewUpdates);
            } else {
                _run(updates, _unanimous(_flat(100, 6), 5));
                assertEq(rounds.roundState(task).settled, i + 1);
            }
        }
    }

    // -------------------------------------------------------------------------------------------------- too few audits

    /// @dev Silent auditors: 1, a third, all but one, all of five. Below three reveals the round is void.
    function test_LRN16_LRN18_STK04_silentAuditors() public {
        uint256[4] memory silent = [uint256(1), 2, 4, 5];
        uint256 misses;
        for (uint256 i; i < 4; ++i) {
            bytes[] memory vectors = _unanimous(_flat(100, 6), 5);
            for (uint256 j; j < silent[i]; ++j) vectors[j] = "";
            _updates(6);
            _audits(vectors);
            if (silent[i] > 2) {
                _voidsAt(ILearningRounds.Phase.AggregateCommit, ILearningRounds.Outcome.TooFewAudits);
            } else {
                _score(vectors);
                _aggregates(_agree(3));
                _finish();
            }
            ++misses;
            assertEq(_locked(_auditor(0)), _left(misses)); // silent every time
        }
        assertEq(rounds.roundState(task).settled, 2);
        assertEq(rounds.roundState(task).voided, 2);
        assertEq(_locked(_auditor(4)), STAKE - 300); // silent in the last round only
        assertEq(vault.collectable(address(token), SLASHED_TO), 1000 + 900 + 600 + 600 + 300);
    }

    function _left(uint256 misses) private pure returns (uint256) {
        return 300 * misses > STAKE ? 0 : STAKE - 300 * misses;
    }

    function test_LRN16_tooFewAuditsIsCertainAfterAuditReveal() public {
        _updates(6);
        _audits(_unanimous(_flat(100, 6), 2));
        _voidsAt(ILearningRounds.Phase.AggregateCommit, ILearningRounds.Outcome.TooFewAudits);
        assertEq(_locked(_auditor(1)), STAKE);
        assertEq(_locked(_auditor(2)), STAKE - 300);
        assertEq(_locked(_aggregator(0)), STAKE);
        assertEq(_earned(_auditor(0)), 0);
    }

    function test_LRN16_noAuditorEverJoined() public {
        task = _open(_terms());
        for (uint256 i; i < 2; ++i) _join(_client(i), ILearningRounds.Role.Client);
        _updates(2);
        _voidsAt(ILearningRounds.Phase.AggregateCommit, ILearningRounds.Outcome.TooFewAudits);
    }

    function test_STK04_aPenaltyAboveTheStakeTakesWhatIsThere() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.missPenalty = type(uint128).max;
        task = _open(terms);
        _joinAll(2, 5, 3);
        for (uint256 i; i < 2; ++i) {
            _updates(2);
            _enter(ILearningRounds.Phase.Finishing);
            rounds.finishRound(task);
            assertEq(_round(), i + 2);
        }
        assertEq(_locked(_auditor(0)), STAKE); // of the other task
        assertEq(vault.collectable(address(token), SLASHED_TO), 5 * STAKE);
    }

    // ---------------------------------------------------------------------------------------------------- no agreement

    function test_LRN14_threeRootsDontAgree() public {
        _scored();
        _aggregates(_voteOn("a", "b", "c"));
        _voidsAt(ILearningRounds.Phase.Challenge, ILearningRounds.Outcome.NoAgreement);
        for (uint256 i; i < 3; ++i) {
            assertEq(_locked(_aggregator(i)), STAKE);
            assertEq(_earned(_aggregator(i)), 0);
        }
        assertTrue(_earned(_auditor(0)) != 0); // a void round still pays its auditors
    }

    function test_LRN14_equalRootsOfOtherContentDontAgree() public {
        _scored();
        _commitAggregate(0, MODEL, "one");
        _commitAggregate(1, MODEL, "two");
        _enter(ILearningRounds.Phase.AggregateReveal);
        rounds.revealAggregate(task, _aggregator(0), MODEL, "one", SALT);
        rounds.revealAggregate(task, _aggregator(1), MODEL, "two", SALT);
        _voidsAt(ILearningRounds.Phase.Challenge, ILearningRounds.Outcome.NoAgreement);
    }

    function test_RWD07_aMinorityRootEarnsNothing() public {
        _scored();
        _aggregates(_voteOn("evil", MODEL, MODEL));
        _finish();
        assertEq(rounds.roundState(task).modelRoot, MODEL);
        assertEq(_earned(_aggregator(0)), 0);
        assertEq(_earned(_aggregator(1)), SEAT_PAY);
        assertEq(_earned(_aggregator(2)), SEAT_PAY);
    }

    function test_LRN16_silentAggregators() public {
        _scored();
        _aggregates(_voteOn(MODEL, 0, MODEL)); // 1 of 3
        _finish();
        assertEq(_locked(_aggregator(1)), STAKE - 300);
        assertEq(_locked(_aggregator(0)), STAKE);
        _scored();
        _aggregates(_voteOn(MODEL, 0, 0)); // 2 of 3
        _enter(ILearningRounds.Phase.Challenge);
        rounds.finishRound(task);
        assertEq(_locked(_aggregator(1)), STAKE - 600);
        assertEq(_locked(_aggregator(2)), STAKE - 300);
        _scored(); // all
        _enter(ILearningRounds.Phase.Challenge);
        rounds.finishRound(task);
        assertEq(_locked(_aggregator(0)), STAKE - 300);
        assertEq(rounds.roundState(task).settled, 1);
        assertEq(rounds.roundState(task).voided, 2);
    }

    /// @dev Answers of an earlier round don't count in a later one.
    function test_LRN14_oldAnswersDontCount() public {
        _scored();
        _aggregates(_voteOn(MODEL, "b", "c"));
        _enter(ILearningRounds.Phase.Challenge);
        rounds.finishRound(task);
        _scored();
        _aggregates(_voteOn(0, MODEL, 0));
        _enter(ILearningRounds.Phase.Challenge);
        _voids(ILearningRounds.Outcome.NoAgreement);
    }

    // ----------------------------------------------------------------------------------- scoring late, or not at all

    function _scoredAt(uint256 secondsIntoAggregateCommit) private {
        bytes[] memory vectors = _unanimous(_flat(100, 6), 5);
        _updates(6);
        _audits(vectors);
        vm.warp(rounds.phaseStart(task, ILearningRounds.Phase.AggregateCommit) + secondsIntoAggregateCommit);
        rounds.scoreRound(task, _openings(vectors));
    }

    /// @dev AggregateCommit lasts 60 s: scored in second 30 half of it is left, and a silent aggregator pays.
    function test_STK05_aggregatorsOweAnAnswerIfHalfTheirTimeIsLeft() public {
        _scoredAt(30);
        _enter(ILearningRounds.Phase.Challenge);
        rounds.finishRound(task);
        assertEq(_locked(_aggregator(0)), STAKE - 300);
    }

    /// @dev Nobody can have aggregators slashed by scoring in the last second.
    function test_STK05_lateScoringCostsAggregatorsNothing() public {
        uint256[2] memory seconds_ = [uint256(31), 59];
        for (uint256 i; i < 2; ++i) {
            _scoredAt(seconds_[i]);
            _enter(ILearningRounds.Phase.Challenge);
            rounds.finishRound(task);
            for (uint256 j; j < 3; ++j) assertEq(_locked(_aggregator(j)), STAKE);
        }
    }

    function test_STK05_lateScoringDoesNotExcuseWhoCommitted() public {
        _scoredAt(59);
        _commitAggregate(1, MODEL, "next");
        _enter(ILearningRounds.Phase.Challenge);
        rounds.finishRound(task);
        assertEq(_locked(_aggregator(0)), STAKE);
        assertEq(_locked(_aggregator(1)), STAKE - 300);
    }

    function test_LRN16_aRoundThatNobodyScoresIsVoid() public {
        _updates(6);
        _audits(_unanimous(_flat(100, 6), 4));
        _voidsAt(ILearningRounds.Phase.Challenge, ILearningRounds.Outcome.NoAgreement);
        assertEq(_locked(_auditor(0)), STAKE);
        assertEq(_locked(_auditor(4)), STAKE - 300);
        for (uint256 i; i < 3; ++i) assertEq(_locked(_aggregator(i)), STAKE);
    }

    function test_RWD06_scoringAfterAggregationStillPaysAuditors() public {
        bytes[] memory vectors = _unanimous(_flat(100, 6), 5);
        _updates(6);
        _audits(vectors);
        _enter(ILearningRounds.Phase.Finishing);
        rounds.scoreRound(task, _openings(vectors));
        _voids(ILearningRounds.Outcome.NoAgreement);
        assertTrue(_earned(_auditor(0)) != 0);
        assertEq(_locked(_aggregator(0)), STAKE);
    }

    // ------------------------------------------------------------------------------------------------------ aggregators

    function test_LRN14_aggregatorsNeedAScoredRound() public {
        _updates(6);
        _audits(_unanimous(_flat(100, 6), 5));
        _enter(ILearningRounds.Phase.AggregateCommit);
        _refused(
            _aggregator(0),
            abi.encodeCall(rounds.commitAggregate, (task, SALT)),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_NotScored.selector, task, 1)
        );
    }

    function test_LRN07_onlyAggregatorsCommitAndOnce() public {
        _scored();
        bytes memory data = abi.encodeCall(rounds.commitAggregate, (task, SALT));
        ILearningRounds.Role aggregator = ILearningRounds.Role.Aggregator;
        _refused(_auditor(0), data, _wrongRole(_auditor(0), ILearningRounds.Role.Auditor, aggregator));
        _commitAggregate(0, MODEL, "next");
        bytes4 selector = ILearningRounds.LearningRounds_AlreadyCommitted.selector;
        _refused(_aggregator(0), data, _inRound(selector, _aggregator(0)));
    }

    function _revealData(uint256 i, bytes32 root, bytes memory cid) private view returns (bytes memory) {
        return abi.encodeCall(rounds.revealAggregate, (task, _aggregator(i), root, cid, SALT));
    }

    function test_LRN07_LRN08_refusesBadReveals() public {
        _scored();
        _commitAggregate(0, MODEL, "next");
        bytes32 commitment = rounds.aggregateCommitment(task, 1, _aggregator(0), MODEL, "next", SALT);
        vm.prank(_aggregator(1)); // copies it
        rounds.commitAggregate(task, commitment);
        _enter(ILearningRounds.Phase.AggregateReveal);
        bytes4 mismatch = ILearningRounds.LearningRounds_CommitmentMismatch.selector;
        _refused(_aggregator(1), _revealData(1, MODEL, "next"), _inRound(mismatch, _aggregator(1)));
        _refused(_aggregator(2), _revealData(2, MODEL, "next"), _inRound(mismatch, _aggregator(2)));
        _refused(_aggregator(0), _revealData(0, "other", "next"), _inRound(mismatch, _aggregator(0)));
        bytes4 invalid = ILearningRounds.LearningRounds_InvalidContent.selector;
        _refused(_aggregator(0), _revealData(0, 0, "next"), abi.encodeWithSelector(invalid, bytes32(0), 4));
        _refused(_aggregator(0), _revealData(0, MODEL, ""), abi.encodeWithSelector(invalid, MODEL, 0));
        rounds.revealAggregate(task, _aggregator(0), MODEL, "next", SALT);
        bytes4 again = ILearningRounds.LearningRounds_AlreadyRevealed.selector;
        _refused(_aggregator(0), _revealData(0, MODEL, "next"), _inRound(again, _aggregator(0)));
    }

    function test_LRN06_commitmentFormula() public view {
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("artel.aggregate.v1"),
                block.chainid,
                address(rounds),
                task,
                uint256(1),
                _aggregator(0),
                MODEL,
                keccak256("next"),
                SALT
            )
        );
        assertEq(rounds.aggregateCommitment(task, 1, _aggregator(0), MODEL, "next", SALT), expected);
    }

    // ---------------------------------------------------------------------------------------------------------- settling

    function test_LRN15_settles() public {
        _scored();
        _aggregates(_agree(3));
        _enter(ILearningRounds.Phase.Finishing);
        vm.recordLogs();
        rounds.finishRound(task);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs.length, 5); // three rewards, settled, started
        assertEq(logs[3].topics[0], ILearningRounds.RoundSettled.selector);
        (bytes32 root, bytes memory model) = abi.decode(logs[3].data, (bytes32, bytes));
        assertEq(root, MODEL);
        assertEq(model, "next");
        ILearningRounds.RoundState memory state = rounds.roundState(task);
        assertEq(state.round, 2);
        assertEq(state.updates, 0);
        assertEq(state.audits, 0);
        assertFalse(state.scored);
        assertEq(state.modelRoot, MODEL);
    }

    function test_LRN15_anAgreedRoundWaitsForTheChallenge() public {
        _scored();
        _aggregates(_agree(3));
        _enter(ILearningRounds.Phase.Challenge);
        _refused(address(this), _finishData(), _notFinishable(ILearningRounds.Phase.Challenge));
    }

    function test_LRN17_closesAfterItsRounds() public {
        for (uint256 i; i < 4; ++i) _run(6, _unanimous(_flat(100, 6), 5));
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.Closed);
        _refused(address(this), _finishData(), _notFinishable(ILearningRounds.Phase.Closed));
        bytes memory data = abi.encodeCall(rounds.commitUpdate, (task, SALT));
        _refused(_client(0), data, _wrongPhase(ILearningRounds.Phase.Closed, ILearningRounds.Phase.Commit));
        data = abi.encodeCall(rounds.scoreRound, (task, new ILearningRounds.ScoresOpening[](0)));
        _refused(_client(0), data, _wrongPhase(ILearningRounds.Phase.Closed, ILearningRounds.Phase.AggregateCommit));
    }

    function test_LRN17_closesAfterTooManyVoidRounds() public {
        for (uint256 i; i < 3; ++i) {
            assertTrue(rounds.phaseOf(task) != ILearningRounds.Phase.Closed);
            _enter(ILearningRounds.Phase.AuditCommit);
            rounds.finishRound(task);
        }
        assertTrue(rounds.phaseOf(task) == ILearningRounds.Phase.Closed);
        assertEq(rounds.roundState(task).voided, 3);
    }
}
