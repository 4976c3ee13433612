// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {Vm} from "../Vm.sol";
import {PanelFixture} from "./PanelFixture.sol";

/// @dev Fourteen clients in two cells: one panel of five, of eleven auditors.
contract PanelsTest is PanelFixture {
    TaskId private constant TASK = TaskId.wrap(7);
    uint256 private constant SEAT_PAY = (uint256(REWARD) * 2000) / (10_000 * 6 * 5);

    function setUp() public {
        _open(_terms(), 14, 11);
        _start(1, 0);
    }

    function _balance(uint256 client) private view returns (int256) {
        return harness.balanceOf(0, client);
    }

    function _refused(bytes memory openings, bytes4 selector) private {
        vm.expectPartialRevert(selector);
        harness.settle(0, openings);
    }

    // -------------------------------------------------------------------------------------------------------- medians

    function test_PAN04_theMedianJoinsTheBalanceAndAccuracyPays() public {
        _revealFlat(0, _five(100, 95, 120, 110, 111));
        _toSettle();
        _settle(0);
        address[] memory seats = harness.seatsOf(0);
        for (uint256 id; id < 14; ++id) assertEq(_balance(id), 110);
        assertEq(_balance(14), 0);
        assertEq(harness.positive(0), 14 * 110);
        uint256[5] memory earned = [SEAT_PAY, 0, SEAT_PAY, SEAT_PAY, SEAT_PAY];
        for (uint256 i; i < 5; ++i) assertEq(harness.earnedBy(seats[i]), earned[i]);
        assertEq(harness.owed(), 4 * SEAT_PAY);
        assertTrue(harness.anyScored());
        assertEq(harness.aggregatedIn(0), 0xff);
        assertEq(harness.aggregatedIn(1), 0x3f);
        assertEq(harness.aggregatedIn(2), 0);
    }

    function test_PAN04_pay_isInProportionToAccurateScores() public {
        address[] memory seats = harness.seatsOf(0);
        _revealFlat(0, _five(7, 7, 7, 7, 7));
        int256[] memory scores = _flat(7);
        (scores[0], scores[5], scores[13]) = (18, 17, ABSENT);
        _reveal(seats[4], _encode(0, scores));
        _toSettle();
        _settle(0);
        assertEq(harness.earnedBy(seats[0]), SEAT_PAY);
        assertEq(harness.earnedBy(seats[4]), (SEAT_PAY * 12) / 14);
    }

    function test_PAN05_one_two_silent_takeTheLowerMedianOfWhatIsThere() public {
        int256[] memory four = new int256[](4);
        (four[0], four[1], four[2], four[3]) = (40, 10, 30, 20);
        _revealFlat(0, four);
        _toSettle();
        _settle(0);
        assertEq(_balance(3), 20);
        setUp();
        int256[] memory three = new int256[](3);
        (three[0], three[1], three[2]) = (40, 10, 30);
        _revealFlat(0, three);
        _toSettle();
        _settle(0);
        assertEq(_balance(3), 30);
    }

    function test_PAN05_three_silent_voidThePanelAndAreSlashed() public {
        address[] memory seats = harness.seatsOf(0);
        int256[] memory two = new int256[](2);
        (two[0], two[1]) = (40, 10);
        _revealFlat(0, two);
        _toSettle();
        _settle(0);
        assertEq(_balance(3), 0);
        assertEq(harness.balancesOf(0, 0), 0);
        assertEq(harness.positive(0), 0);
        assertEq(harness.owed(), 0);
        assertFalse(harness.anyScored());
        assertEq(harness.aggregatedIn(0), 0);
        for (uint256 i; i < 5; ++i) assertEq(harness.stakeOf(seats[i]), i < 2 ? STAKE : STAKE - PENALTY);
        assertEq(vault.collectable(address(0), SLASHED_TO), 3 * PENALTY);
    }

    /// @dev A liar moves the median no further than to the next honest score.
    function testFuzz_PAN06_oneLiarStaysWithinTheHonestRange(int16[4] memory honest, int16 lie, uint256 seat) public {
        int256 low = type(int16).max;
        int256 high = type(int16).min;
        seat = bound(seat, 0, 4);
        int256[] memory scores = new int256[](5);
        for (uint256 i; i < 4; ++i) {
            int256 score = honest[i] == ABSENT ? int256(0) : honest[i];
            if (score < low) low = score;
            if (score > high) high = score;
            scores[i < seat ? i : i + 1] = score;
        }
        scores[seat] = lie;
        _revealFlat(0, scores);
        _toSettle();
        _settle(0);
        assertTrue(_balance(0) >= low && _balance(0) <= high);
    }

    // --------------------------------------------------------------------------------------- panels that say nothing

    function test_PAN07_anAllZeroPanelEarnsNothing() public {
        _revealFlat(0, _five(0, 0, 0, 0, 0));
        _toSettle();
        _settle(0);
        assertEq(harness.owed(), 0);
        assertEq(harness.earnedBy(harness.seatsOf(0)[0]), 0);
        // it was settled all the same: nobody is excluded
        assertEq(harness.aggregatedIn(0), 0xff);
        assertTrue(harness.anyScored());
    }

    function test_PAN07_aPanelThatFindsEverythingAbsentEarnsNothing() public {
        _revealFlat(0, _five(ABSENT, ABSENT, ABSENT, 50, 50));
        _toSettle();
        _settle(0);
        assertEq(harness.owed(), 0);
        assertEq(_balance(0), 0);
        assertEq(harness.aggregatedIn(0), 0);
    }

    function test_PAN07_aConstantEarnsOnlyWhatIsNearTheMedian() public {
        address[] memory seats = harness.seatsOf(0);
        for (uint256 i; i < 4; ++i) {
            int256[] memory honest = new int256[](14);
            for (uint256 id; id < 14; ++id) honest[id] = int256(id * 20);
            _reveal(seats[i], _encode(0, honest));
        }
        _reveal(seats[4], _encode(0, _flat(40)));
        _toSettle();
        _settle(0);
        assertEq(harness.earnedBy(seats[0]), SEAT_PAY);
        assertEq(harness.earnedBy(seats[4]), SEAT_PAY / 14);
    }

    // --------------------------------------------------------------------------------------------------------- ghosts

    /// @dev A whole panel in collusion scores an update that nobody revealed, and one that was struck.
    function test_PAN08_ghostsHaveNoScore() public {
        setUpWithGhosts();
        _revealFlat(0, _five(9000, 9000, 9000, 9000, 9000));
        _toSettle();
        _settle(0);
        assertEq(_balance(3), 0);
        assertEq(_balance(9), 0);
        assertEq(_balance(4), 9000);
        assertEq(harness.positive(0), 12 * 9000);
        assertEq(harness.aggregatedIn(0), 0xff ^ (1 << 3));
        assertEq(harness.aggregatedIn(1), 0x3f ^ (1 << 1));
    }

    /// @dev What is said of ghosts, absence included, is neither paid nor missed.
    function test_PAN08_ghostsDontCountForAuditors() public {
        setUpWithGhosts();
        address[] memory seats = harness.seatsOf(0);
        for (uint256 i; i < 5; ++i) {
            int256[] memory scores = _flat(5);
            (scores[3], scores[9]) = i < 3 ? (ABSENT, ABSENT) : (int256(5), int256(5));
            scores[0] = i == 0 ? int256(500) : int256(5);
            _reveal(seats[i], _encode(0, scores));
        }
        _toSettle();
        _settle(0);
        assertEq(harness.earnedBy(seats[0]), (SEAT_PAY * 11) / 12);
        for (uint256 i = 1; i < 5; ++i) assertEq(harness.earnedBy(seats[i]), SEAT_PAY);
    }

    function setUpWithGhosts() private {
        _open(_terms(), 14, 11);
        _startWithout(1, 0, 3);
        harness.strikeUpdate(9);
    }

    function test_PAN08_aRevealOfAnEarlierRoundIsAGhost() public {
        _revealFlat(0, _five(10, 10, 10, 10, 10));
        _toSettle();
        _settle(0);
        _startWithout(2, 1, 3);
        _revealFlat(0, _five(10, 10, 10, 10, 10));
        _toSettle();
        _settle(0);
        assertEq(_balance(3), 10);
        assertEq(_balance(4), 20);
    }

    /// @dev An update that most auditors can't have has no score and is not aggregated.
    function test_PAN09_absentUpdatesAreNotAggregated() public {
        address[] memory seats = harness.seatsOf(0);
        for (uint256 i; i < 5; ++i) {
            int256[] memory scores = _flat(5);
            if (i < 3) scores[2] = ABSENT;
            if (i < 2) scores[10] = ABSENT;
            _reveal(seats[i], _encode(0, scores));
        }
        _toSettle();
        _settle(0);
        assertEq(_balance(2), 0);
        assertEq(_balance(10), 5);
        assertEq(harness.aggregatedIn(0), 0xff ^ (1 << 2));
        assertEq(harness.aggregatedIn(1), 0x3f);
        // absence is only close to absence, a score only to a score
        assertEq(harness.earnedBy(seats[0]), (SEAT_PAY * 13) / 14);
        assertEq(harness.earnedBy(seats[2]), SEAT_PAY);
        assertEq(harness.earnedBy(seats[4]), (SEAT_PAY * 13) / 14);
    }

    function test_PAN09_theLowestScoreIsNotNearAbsence() public {
        int256 lowest = -32_767;
        _revealFlat(0, _five(lowest, lowest, lowest, ABSENT, ABSENT));
        _toSettle();
        _settle(0);
        assertEq(_balance(0), lowest);
        address[] memory seats = harness.seatsOf(0);
        assertEq(harness.earnedBy(seats[0]), SEAT_PAY);
        assertEq(harness.earnedBy(seats[4]), 0);
    }

    // ------------------------------------------------------------------------------------------------ over the rounds

    function test_PAN10_debtsGoIntoTheNextPeriodAndProfitsDont() public {
        int256[2] memory said = [int256(-300), int256(200)];
        address[] memory seats = harness.seatsOf(0);
        int256[] memory scores = _flat(said[1]);
        scores[6] = said[0];
        for (uint256 i; i < 5; ++i) _reveal(seats[i], _encode(0, scores));
        _toSettle();
        _settle(0);
        assertEq(harness.positive(0), 13 * 200);
        // the first round of the second period
        _start(2, 2);
        _revealFlat(0, _five(20, 20, 20, 20, 20));
        _toSettle();
        _settle(0);
        assertEq(harness.balanceOf(0, 6), -300);
        assertEq(harness.balanceOf(1, 6), -280);
        assertEq(harness.balanceOf(1, 5), 20);
        assertEq(harness.positive(1), 13 * 20);
        assertEq(harness.positive(0), 13 * 200);
        // excluded, as long as the score in the period is below -50
        assertEq(harness.aggregatedIn(0), 0xff ^ (1 << 6));
        _start(3, 3);
        _revealFlat(0, _five(230, 230, 230, 230, 230));
        _toSettle();
        _settle(0);
        assertEq(harness.balanceOf(1, 6), -50);
        assertEq(harness.aggregatedIn(0), 0xff);
    }

    function test_PAN10_aFallTakesFromThePositiveSum() public {
        _revealFlat(0, _five(100, 100, 100, 100, 100));
        _toSettle();
        _settle(0);
        _start(2, 1);
        _revealFlat(0, _five(-130, -130, -130, -130, -130));
        _toSettle();
        _settle(0);
        assertEq(_balance(0), -30);
        assertEq(harness.positive(0), 0);
        _start(3, 1);
        _revealFlat(0, _five(-32_767, -32_767, -32_767, -32_767, -32_767));
        _toSettle();
        _settle(0);
        assertEq(_balance(13), -32_797);
        assertEq(harness.positive(0), 0);
    }

    // ------------------------------------------------------------------------------------------------ what is refused

    function test_PAN11_refusesOtherSeatsThanThoseOfThePanel() public {
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        _toSettle();
        address[] memory seats = harness.seatsOf(0);
        bytes memory openings = _openings(0);
        uint256 item = 36 + harness.vectorLength();
        bytes memory first = _part(openings, 0, item);
        bytes memory second = _part(openings, item, 2 * item);
        bytes memory rest = _part(openings, 2 * item, openings.length);
        bytes4 wrongSeat = ILearningTasks.LearningTasks_WrongSeat.selector;
        _refused(bytes.concat(second, first, rest), wrongSeat);
        _refused(bytes.concat(first, first, rest), wrongSeat);
        for (uint256 i; i < 11; ++i) {
            if (_auditor(i) == seats[0]) continue;
            _refused(bytes.concat(bytes20(_auditor(i)), _part(openings, 20, openings.length)), wrongSeat);
        }
        address stranger = address(0xbad);
        _refused(
            bytes.concat(bytes20(stranger), _part(openings, 20, openings.length)),
            ILearningTasks.LearningTasks_WrongRole.selector
        );
        harness.settle(0, openings);
    }

    function test_PAN11_refusesVectorsThatWereNotRevealed() public {
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        _toSettle();
        bytes memory openings = _openings(0);
        uint256 item = 36 + harness.vectorLength();
        bytes4 mismatch = ILearningTasks.LearningTasks_CommitmentMismatch.selector;
        // each byte of salt and vector is bound
        for (uint256 i = 20; i < item; i += 7) {
            openings[i] ^= 0x01;
            _refused(openings, mismatch);
            openings[i] ^= 0x01;
        }
        // the vector of another seat
        bytes memory stolen = bytes.concat(
            _part(openings, 0, 36),
            _part(openings, item + 36, 2 * item),
            _part(openings, item, openings.length)
        );
        _refused(stolen, mismatch);
        harness.settle(0, openings);
    }

    /// @dev With the same seed in both rounds, so that everybody has the seat of before.
    function test_PAN11_refusesAVectorOfAnotherRound() public {
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        bytes memory earlier = _openings(0);
        bytes32 seed = harness.panels().seed;
        _start(2, 0);
        harness.draw(seed);
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        address first = harness.seatsOf(0)[0];
        _reveal(first, _encode(0, _flat(9)));
        _toSettle();
        _refused(earlier, ILearningTasks.LearningTasks_CommitmentMismatch.selector);
        _settle(0);
        assertEq(_balance(0), 4);
    }

    function test_PAN11_refusesTheVectorsOfAnotherPanel() public {
        _open(_terms(), 32, 11);
        _start(1, 0);
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        _revealFlat(1, _five(6, 7, 8, 9, 10));
        _toSettle();
        bytes memory ofOne = _openings(1);
        _refused(ofOne, ILearningTasks.LearningTasks_WrongSeat.selector);
        harness.settle(1, ofOne);
        _settle(0);
        uint256[] memory cells = harness.cellsOf(1);
        assertEq(_balance(cells[0] * 8), 8);
    }

    /// @dev A commitment that was not revealed in its phase is silence, and its vector comes too late.
    function test_PAN11_refusesTheVectorOfAnAuditorWhoDidNotReveal() public {
        int256[] memory four = new int256[](4);
        (four[0], four[1], four[2], four[3]) = (1, 2, 3, 4);
        _revealFlat(0, four);
        address late = harness.seatsOf(0)[4];
        bytes memory vector = _encode(0, _flat(5));
        harness.commitScores(late, harness.commitmentOf(1, ILearningTasks.ScoresOpening(late, SALT, vector)));
        _toSettle();
        bytes memory openings = _openings(0);
        _refused(bytes.concat(openings, SALT, vector), ILearningTasks.LearningTasks_InvalidOpenings.selector);
        harness.settle(0, openings);
        assertEq(harness.stakeOf(late), STAKE - PENALTY);
    }

    /// @dev Leaving out a vector that was revealed slashes nobody: it reverts.
    function test_PAN11_refusesToLeaveOutWhatWasRevealed() public {
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        _toSettle();
        bytes memory openings = _openings(0);
        bytes memory without = bytes.concat(
            _part(openings, 0, 20),
            _part(openings, 36 + harness.vectorLength(), openings.length)
        );
        _refused(without, ILearningTasks.LearningTasks_CommitmentMismatch.selector);
        bytes4 invalid = ILearningTasks.LearningTasks_InvalidOpenings.selector;
        _refused(_part(openings, 0, openings.length - 1), invalid);
        _refused(bytes.concat(openings, hex"00"), invalid);
        _refused("", invalid);
    }

    function test_PAN11_refusesASecondSettlement() public {
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        _toSettle();
        bytes memory openings = _openings(0);
        harness.settle(0, openings);
        _refused(openings, ILearningTasks.LearningTasks_AlreadySettled.selector);
    }

    function test_PAN11_refusesOtherPhasesAndPanels() public {
        _revealFlat(0, _five(1, 2, 3, 4, 5));
        bytes memory openings = _openings(0);
        vm.warp(block.timestamp + 69);
        _refused(openings, ILearningTasks.LearningTasks_WrongPhase.selector);
        vm.warp(block.timestamp + 1);
        vm.expectPartialRevert(ILearningTasks.LearningTasks_NoSuchPanel.selector);
        harness.settle(1, openings);
        vm.warp(block.timestamp + 60);
        _refused(openings, ILearningTasks.LearningTasks_WrongPhase.selector);
        vm.warp(block.timestamp - 1);
        harness.settle(0, openings);
    }

    function test_PAN11_refusesARoundWithoutASeed() public {
        harness.start(2, 0);
        vm.warp(block.timestamp + 100 + 90 + 80 + 70);
        _refused("", ILearningTasks.LearningTasks_NotDrawn.selector);
    }

    function test_PAN03_refusesVectorsOfAnotherLength() public {
        address auditor = harness.seatsOf(0)[0];
        for (uint256 length; length <= 96; length += 16) {
            if (length == harness.vectorLength()) continue;
            ILearningTasks.ScoresOpening memory opening = ILearningTasks.ScoresOpening(
                auditor,
                SALT,
                new bytes(length)
            );
            vm.expectRevert(
                abi.encodeWithSelector(ILearningTasks.LearningTasks_InvalidVector.selector, TASK, 1, length, 32)
            );
            harness.revealScores(opening);
        }
    }

    function _part(bytes memory all, uint256 from, uint256 to) private pure returns (bytes memory part) {
        part = new bytes(to - from);
        for (uint256 i; i < part.length; ++i) part[i] = all[from + i];
    }

    // -------------------------------------------------------------------------------------------------------- silence

    function test_PAN12_eachMissIsSlashedAndTheThirdJails() public {
        address[] memory seats;
        uint16 round = 1;
        address silent;
        for (uint256 misses; misses < 3; ++misses) {
            // the auditor who was silent first stays silent whenever it has a seat
            while (true) {
                if (round != 1) _start(round, 0);
                seats = harness.seatsOf(0);
                if (silent == address(0)) silent = seats[2];
                if (_has(seats, silent)) break;
                ++round;
            }
            for (uint256 i; i < 5; ++i) if (seats[i] != silent) _reveal(seats[i], _encode(0, _flat(5)));
            _toSettle();
            assertEq(vault.jailedUntil(address(harness), silent), 0);
            _settle(0);
            // 1,000, of which 400 go twice, and then what is left: slashing never reverts for want of stake
            assertEq(
                harness.stakeOf(silent),
                misses == 0
                    ? 600
                    : misses == 1
                        ? 200
                        : 0
            );
            assertEq(harness.missesOf(silent), misses + 1);
            ++round;
        }
        assertEq(vault.jailedUntil(address(harness), silent), block.timestamp + 90 days);
        assertEq(vault.collectable(address(0), SLASHED_TO), STAKE);
        // silent once more, with nothing left
        do {
            _start(++round, 0);
            seats = harness.seatsOf(0);
        } while (!_has(seats, silent));
        for (uint256 i; i < 5; ++i) if (seats[i] != silent) _reveal(seats[i], _encode(0, _flat(5)));
        _toSettle();
        _settle(0);
        assertEq(harness.missesOf(silent), 3);
        assertEq(vault.jailedUntil(address(harness), silent), block.timestamp + 90 days);
        assertEq(vault.collectable(address(0), SLASHED_TO), STAKE);
    }

    function _has(address[] memory list, address account) private pure returns (bool) {
        for (uint256 i; i < list.length; ++i) if (list[i] == account) return true;
        return false;
    }

    // --------------------------------------------------------------------------------------------------------- events

    function test_PAN13_saysMediansInTheLayoutOfVectors() public {
        setUpWithGhosts();
        _revealFlat(0, _five(5, 5, 5, 5, 5));
        _toSettle();
        bytes memory openings = _openings(0);
        vm.recordLogs();
        harness.settle(0, openings);
        Vm.Log[] memory logs = vm.getRecordedLogs();
        assertEq(logs[0].topics[0], ILearningTasks.PanelSettled.selector);
        assertEq(logs[0].topics[1], bytes32(uint256(7)));
        assertEq(logs[0].topics[3], bytes32(0));
        (uint256 updates, bytes memory medians) = abi.decode(logs[0].data, (uint256, bytes));
        assertEq(updates, 12);
        int256[] memory expected = _flat(5);
        (expected[3], expected[9]) = (ABSENT, ABSENT);
        assertEq(medians, _encode(0, expected));
        assertEq(logs.length, 6);
        for (uint256 i = 1; i < 6; ++i) {
            assertEq(logs[i].topics[0], ILearningTasks.AuditorRewarded.selector);
            (uint256 accurate, uint256 amount) = abi.decode(logs[i].data, (uint256, uint256));
            assertEq(accurate, 12);
            assertEq(amount, SEAT_PAY);
        }
    }
}
