// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../../../contracts/learning/interfaces/ILearningRounds.sol";
import {ScoreLib} from "../../../contracts/learning/libraries/ScoreLib.sol";
import {Vm} from "../Vm.sol";
import {LearningFixture} from "./LearningFixture.sol";

contract AuditsTest is LearningFixture {
    uint256 private constant SEAT_PAY = (uint256(REWARD) * 2000) / (10_000 * 6 * 5);

    function setUp() public {
        _deploy();
        task = _open(_terms());
        _joinAll(3, 5, 3);
    }

    function _vector(int16 a, int16 b, int16 c) private pure returns (bytes memory) {
        return abi.encodePacked(a, b, c);
    }

    function _scoreData(ILearningRounds.ScoresOpening[] memory openings) private view returns (bytes memory) {
        return abi.encodeCall(rounds.scoreRound, (task, openings));
    }

    // --------------------------------------------------------------------------------------------- commit and reveal

    function test_LRN07_onlyAuditorsCommitAndOnce() public {
        _updates(3);
        _enter(ILearningRounds.Phase.AuditCommit);
        bytes memory data = abi.encodeCall(rounds.commitScores, (task, SALT));
        ILearningRounds.Role auditor = ILearningRounds.Role.Auditor;
        _refused(_client(0), data, _wrongRole(_client(0), ILearningRounds.Role.Client, auditor));
        vm.prank(_auditor(0));
        rounds.commitScores(task, SALT);
        _refused(_auditor(0), data, _inRound(ILearningRounds.LearningRounds_AlreadyCommitted.selector, _auditor(0)));
    }

    function test_LRN11_refusesAVectorOfTheWrongLength() public {
        _updates(3);
        _enter(ILearningRounds.Phase.AuditReveal);
        for (uint256 n = 2; n < 5; n += 2) {
            ILearningRounds.ScoresOpening memory opening = _scoresOf(_auditor(0), _flat(1, n));
            _refused(
                address(this),
                abi.encodeCall(rounds.revealScores, (task, opening)),
                abi.encodeWithSelector(ILearningRounds.LearningRounds_WrongVectorLength.selector, 2 * n, 6)
            );
        }
    }

    /// @dev Copying another auditor's hash gives a commitment that can't be opened.
    function test_LRN07_refusesACopiedCommitment() public {
        _updates(3);
        _enter(ILearningRounds.Phase.AuditCommit);
        bytes memory vector = _flat(1, 3);
        bytes32 commitment = rounds.scoresCommitment(task, 1, _scoresOf(_auditor(0), vector));
        vm.prank(_auditor(1));
        rounds.commitScores(task, commitment);
        _enter(ILearningRounds.Phase.AuditReveal);
        bytes memory reason = _inRound(ILearningRounds.LearningRounds_CommitmentMismatch.selector, _auditor(1));
        _refused(_auditor(1), abi.encodeCall(rounds.revealScores, (task, _scoresOf(_auditor(1), vector))), reason);
        ILearningRounds.Role client = ILearningRounds.Role.Client;
        reason = _wrongRole(_client(0), client, ILearningRounds.Role.Auditor);
        _refused(_auditor(1), abi.encodeCall(rounds.revealScores, (task, _scoresOf(_client(0), vector))), reason);
    }

    function test_LRN07_revealsOnce() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_flat(1, 3), 1);
        _audits(vectors);
        _refused(
            _auditor(0),
            abi.encodeCall(rounds.revealScores, (task, _scoresOf(_auditor(0), vectors[0]))),
            _inRound(ILearningRounds.LearningRounds_AlreadyRevealed.selector, _auditor(0))
        );
        assertEq(rounds.roundState(task).audits, 1);
    }

    function test_LRN06_commitmentFormula() public view {
        ILearningRounds.ScoresOpening memory opening = _scoresOf(_auditor(0), _flat(1, 3));
        bytes32 expected = keccak256(
            abi.encode(
                keccak256("artel.scores.v1"),
                block.chainid,
                address(rounds),
                task,
                uint256(1),
                _auditor(0),
                keccak256(opening.scores),
                opening.salt
            )
        );
        assertEq(rounds.scoresCommitment(task, 1, opening), expected);
    }

    // --------------------------------------------------------------------------------------------------- scoreRound

    /// @dev The event carries the medians and the inclusions; of four vectors the lower middle counts.
    function test_LRN10_takesLowerMedians() public {
        _updates(3);
        bytes[] memory vectors = new bytes[](5);
        vectors[0] = _vector(10, -50, ABSENT);
        vectors[1] = _vector(30, -51, 5);
        vectors[3] = _vector(20, -51, ABSENT); // seat 2 is silent
        vectors[4] = _vector(40, 900, 7);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        vm.recordLogs();
        rounds.scoreRound(task, _openings(vectors));
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics[0], ILearningRounds.RoundScored.selector);
        assertEq(logs[0].emitter, address(rounds));
        (bytes memory medians, uint256 included) = abi.decode(logs[0].data, (bytes, uint256));
        assertEq(medians, _vector(20, -51, ABSENT));
        assertEq(included, 1);
        assertEq(rounds.scoreOf(task, _client(0)), 20);
        assertEq(rounds.scoreOf(task, _client(1)), -51);
        assertEq(rounds.scoreOf(task, _client(2)), 0);
    }

    function test_LRN12_includesFromMinusTheExclusionScoreOn() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_vector(-50, -51, 0), 3);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        vm.recordLogs();
        rounds.scoreRound(task, _openings(vectors));
        (, uint256 included) = abi.decode(vm.getRecordedLogs()[0].data, (bytes, uint256));
        assertEq(included, 5);
    }

    /// @dev What was contributed before counts, and so does what was harmed, across pay periods.
    function test_LRN12_includesByTheScoresOfAllRounds() public {
        _run(3, _unanimous(_vector(100, -40, 10), 3));
        _run(3, _unanimous(_vector(0, 0, 0), 3));
        _updates(3);
        bytes[] memory vectors = _unanimous(_vector(-150, -11, -61), 3);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        vm.recordLogs();
        rounds.scoreRound(task, _openings(vectors));
        (, uint256 included) = abi.decode(vm.getRecordedLogs()[0].data, (bytes, uint256));
        assertEq(included, 1);
    }

    function test_LRN10_ignoresScoresOfClientsWithoutAnUpdate() public {
        _updates(2);
        bytes[] memory vectors = _unanimous(_vector(1, 2, 900), 5);
        _audits(vectors);
        _score(vectors);
        assertEq(rounds.scoreOf(task, _client(2)), 0);
    }

    function test_RWD06_paysAuditorsByAccuracy() public {
        _updates(3);
        bytes[] memory vectors = new bytes[](5);
        vectors[0] = _vector(100, 200, 300);
        vectors[1] = _vector(110, 190, 300); // at epsilon
        vectors[2] = _vector(111, 189, 300); // beyond it, twice
        vectors[3] = _vector(100, 200, ABSENT);
        vectors[4] = _vector(-900, 5000, 0);
        _audits(vectors);
        _score(vectors);
        assertEq(_earned(_auditor(0)), SEAT_PAY);
        assertEq(_earned(_auditor(1)), SEAT_PAY);
        assertEq(_earned(_auditor(2)), SEAT_PAY / 3);
        assertEq(_earned(_auditor(3)), (SEAT_PAY * 2) / 3);
        assertEq(_earned(_auditor(4)), 0);
    }

    function test_RWD06_paysForAgreeingOnAbsence() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_vector(100, 0, ABSENT), 5);
        vectors[4] = _vector(100, 0, -32767);
        _audits(vectors);
        _score(vectors);
        assertEq(_earned(_auditor(0)), SEAT_PAY);
        assertEq(_earned(_auditor(4)), (SEAT_PAY * 2) / 3);
    }

    function test_RWD06_anAllZeroPanelEarnsNothing() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_vector(0, ABSENT, 0), 5);
        _audits(vectors);
        _score(vectors);
        for (uint256 i; i < 5; ++i) assertEq(_earned(_auditor(i)), 0);
    }

    function test_LRN11_needsEveryVectorOnceAndInOrder() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_flat(9, 3), 4);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        ILearningRounds.ScoresOpening[] memory all = _openings(vectors);
        bytes4 selector = ILearningRounds.LearningRounds_VectorsMissing.selector;

        ILearningRounds.ScoresOpening[] memory some = new ILearningRounds.ScoresOpening[](3);
        for (uint256 i; i < 3; ++i) some[i] = all[i];
        _refused(address(this), _scoreData(some), abi.encodeWithSelector(selector, 3, 4));

        all[3] = all[2]; // a duplicate
        _refused(address(this), _scoreData(all), abi.encodeWithSelector(selector, 3, 4));

        all = _openings(vectors);
        (all[0], all[1]) = (all[1], all[0]); // another order
        _refused(address(this), _scoreData(all), abi.encodeWithSelector(selector, 0, 4));
    }

    function test_LRN11_refusesForeignVectors() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_flat(9, 3), 3);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        ILearningRounds.ScoresOpening[] memory openings = _openings(vectors);
        openings[2].auditor = _client(0);
        bytes memory reason = _wrongRole(_client(0), ILearningRounds.Role.Client, ILearningRounds.Role.Auditor);
        _refused(address(this), _scoreData(openings), reason);

        openings = _openings(vectors);
        openings[1].scores = _flat(10, 3);
        reason = _inRound(ILearningRounds.LearningRounds_CommitmentMismatch.selector, _auditor(1));
        _refused(address(this), _scoreData(openings), reason);

        openings = _openings(vectors);
        openings[2].auditor = _auditor(3); // has a seat, but revealed nothing
        reason = _inRound(ILearningRounds.LearningRounds_CommitmentMismatch.selector, _auditor(3));
        _refused(address(this), _scoreData(openings), reason);
    }

    /// @dev An auditor who committed but did not reveal can't be slipped in for one who did.
    function test_LRN11_refusesVectorsThatWereNotRevealed() public {
        _updates(3);
        _enter(ILearningRounds.Phase.AuditCommit);
        for (uint256 i; i < 5; ++i) {
            bytes32 commitment = rounds.scoresCommitment(task, 1, _scoresOf(_auditor(i), _flat(9, 3)));
            vm.prank(_auditor(i));
            rounds.commitScores(task, commitment);
        }
        _enter(ILearningRounds.Phase.AuditReveal);
        for (uint256 i = 1; i < 4; ++i) rounds.revealScores(task, _scoresOf(_auditor(i), _flat(9, 3)));
        _enter(ILearningRounds.Phase.AggregateCommit);
        bytes4 selector = ILearningRounds.LearningRounds_VectorsMissing.selector;
        bytes[] memory vectors = _unanimous(_flat(9, 3), 3);
        _refused(address(this), _scoreData(_openings(vectors)), abi.encodeWithSelector(selector, 0, 3));
    }

    function test_LRN11_scoresOnce() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_flat(9, 3), 3);
        _audits(vectors);
        _score(vectors);
        _refused(
            address(this),
            _scoreData(_openings(vectors)),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_AlreadyScored.selector, task, 1)
        );
    }

    function test_LRN11_needsThreeVectors() public {
        _updates(3);
        bytes[] memory vectors = _unanimous(_flat(9, 3), 2);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        _refused(
            address(this),
            _scoreData(_openings(vectors)),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_TooFewAudits.selector, 2, 3)
        );
    }

    function test_LRN11_needsEnoughUpdates() public {
        _updates(1);
        bytes[] memory vectors = _unanimous(_flat(9, 3), 3);
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        _refused(
            address(this),
            _scoreData(_openings(vectors)),
            abi.encodeWithSelector(ILearningRounds.LearningRounds_TooFewUpdates.selector, 1, 2)
        );
    }

    /// @dev The largest round there can be fits a transaction of 2^24 gas (EIP-7825).
    function test_LRN13_theLargestRoundCanBeScored() public {
        ILearningRounds.TaskTerms memory terms = _terms();
        terms.auditors = 15;
        terms.maxClients = 256;
        task = _open(terms);
        _joinLargest();
        _updates(256);
        bytes[] memory vectors = new bytes[](15);
        for (uint256 i; i < 15; ++i) vectors[i] = _flat(int16(uint16(1000 - i)), 256); // the worst order to sort
        _audits(vectors);
        _enter(ILearningRounds.Phase.AggregateCommit);
        ILearningRounds.ScoresOpening[] memory openings = _openings(vectors);
        uint256 before = gasleft();
        rounds.scoreRound(task, openings);
        uint256 used = before - gasleft();
        // a transaction of its own pays for calldata (at most 40 gas a byte) and for storage that is warm here
        assertLe(used + 21_000 + 15 * 640 * 40 + (256 + 4 * 15 + 30) * 2100, 1 << 24);
        assertEq(rounds.scoreOf(task, _client(255)), 993);
    }

    function _joinLargest() private {
        for (uint256 i; i < 256; ++i) _join(_client(i), ILearningRounds.Role.Client);
        for (uint256 i; i < 15; ++i) _join(_auditor(i), ILearningRounds.Role.Auditor);
    }

    // ---------------------------------------------------------------------------------------------------- libraries

    /// @dev The lower median of n values has at least (n + 1) / 2 values at or below it, and n / 2 + 1 at or above.
    function testFuzz_LRN10_lowerMedian(int16[15] memory values, uint256 n) public pure {
        n = bound(n, 1, 15);
        int256[] memory copy = new int256[](n);
        for (uint256 i; i < n; ++i) copy[i] = values[i];
        int256 median = ScoreLib.lowerMedian(copy);

        // selection by counting, no sort
        int256 expected = type(int256).max;
        for (uint256 i; i < n; ++i) {
            uint256 atMost;
            for (uint256 j; j < n; ++j) if (values[j] <= values[i]) ++atMost;
            if (atMost >= (n + 1) / 2 && values[i] < expected) expected = values[i];
        }
        assertEq(median, expected);
        for (uint256 i = 1; i < n; ++i) assertTrue(copy[i - 1] <= copy[i]);
    }

    function testFuzz_LRN11_vectorsSurviveTheRoundTrip(int16[] memory scores) public pure {
        bytes memory vector = _encode(scores);
        int256[] memory read = new int256[](scores.length);
        for (uint256 i; i < scores.length; ++i) {
            read[i] = ScoreLib.scoreAt(vector, i);
            assertEq(read[i], scores[i]);
        }
        assertEq(ScoreLib.encode(read), vector);
    }

    function testFuzz_RWD06_isAccurate(int16 score, int16 median, uint16 epsilon) public pure {
        bool accurate = ScoreLib.isAccurate(score, median, epsilon);
        if (score == ABSENT || median == ABSENT) assertEq(accurate, score == median);
        else
            assertEq(
                accurate,
                score <= int256(median) + int256(uint256(epsilon)) && score >= int256(median) - int256(uint256(epsilon))
            );
    }
}
