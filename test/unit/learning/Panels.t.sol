// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../../../contracts/learning/interfaces/ILearningTasks.sol";
import {TaskId} from "../../../contracts/learning/types/TaskId.sol";
import {Vm} from "../Vm.sol";
import {PanelFixture} from "./PanelFixture.sol";

/// @dev Fourteen clients in two cells: one panel of five, of eleven auditors.
contract PanelsTest is PanelFixture {
    TaskId private constant TASK = TaskId.wrap(7);
    // digests of what contract and SDK must agree on
    bytes32 private constant PERMUTED = 0x7748f106615b3bcb99b8171581245a3108d82edb725fc5e91a8e66a4b47bc79a;
    bytes32 private constant DRAWN = 0xd917867e7edfcb9aa66401e32544030cc96ab056cdc0590937b981bc7494081a;
    bytes32 private constant SETTLED = 0xefeca930d434c3bf833b18c036e25e0ba7ced75aa32e406c52d4f83631ddf355;
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

    // ----------------------------------------------------------------------------------------------- who scores whom

    /// @dev The tables that test/sdk/panels.test.ts makes.
    function test_PAN01_permutesAsTheSdk() public view {
        uint256[7] memory sizes = [uint256(1), 2, 3, 7, 97, 600, 1250];
        bytes32 digest;
        for (uint256 i; i < sizes.length; ++i) {
            bool[] memory seen = new bool[](sizes[i]);
            for (uint256 position; position < sizes[i]; ++position) {
                uint256 value = harness.valueAt(keccak256("seed"), sizes[i], position);
                assertFalse(seen[value]);
                seen[value] = true;
                digest = keccak256(abi.encode(digest, value));
            }
        }
        assertEq(digest, PERMUTED);
    }

    function test_PAN02_drawsAndEncodesAsTheSdk() public {
        _open(_terms(), 100, 23);
        harness.start(1, 0);
        harness.draw(keccak256("seed"));
        assertEq(harness.panels().panels, 4);
        bytes32 digest;
        int256[] memory scores = new int256[](100);
        for (uint256 id; id < 100; ++id) scores[id] = id % 9 == 0 ? ABSENT : int256(id * 37) - 1800;
        for (uint256 p; p < 4; ++p) {
            address[] memory seats = harness.seatsOf(p);
            uint256[] memory ids = new uint256[](5);
            for (uint256 s; s < 5; ++s) ids[s] = uint160(seats[s]) - uint160(_auditor(0));
            digest = keccak256(abi.encode(digest, harness.cellsOf(p), ids, _encode(p, scores)));
        }
        assertEq(digest, DRAWN);
    }

    /// @dev Panels cover all cells and differ by one at most; no auditor has two seats.
    function testFuzz_PAN02_panelsAreEvenAndApart(uint24 clients_, uint8 panelCells, uint8 extra, bytes32 seed) public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.panelCells = uint8(bound(panelCells, 1, 32));
        terms.auditorStake = 0;
        uint256 auditors = 6 + bound(extra, 0, 20);
        _open(terms, uint24(bound(clients_, 1, 400)), auditors);
        harness.start(1, 0);
        harness.draw(seed);
        uint256 cells = harness.panels().cells;
        uint256 panels = harness.panels().panels;
        assertEq(cells, (uint256(clients) + 7) / 8);
        uint256 wanted = (cells + terms.panelCells - 1) / terms.panelCells;
        assertEq(panels, wanted < auditors / 5 ? wanted : auditors / 5);
        uint256 cellsSeen;
        uint256 seatsSeen;
        for (uint256 p; p < panels; ++p) {
            uint256[] memory ofPanel = harness.cellsOf(p);
            assertTrue(ofPanel.length == cells / panels || ofPanel.length == (cells + panels - 1) / panels);
            for (uint256 i; i < ofPanel.length; ++i) cellsSeen |= 1 << ofPanel[i];
            address[] memory seats = harness.seatsOf(p);
            for (uint256 i; i < 5; ++i) {
                uint256 bit = 1 << (uint160(seats[i]) - uint160(_auditor(0)));
                assertEq(seatsSeen & bit, 0);
                seatsSeen |= bit;
            }
        }
        assertEq(cellsSeen, (1 << cells) - 1);
    }

    // -------------------------------------------------------------------------------------------------------- medians

    /// @dev Scores by chance, settled as the reference rules of the SDK do (test/sdk/panels.test.ts).
    function test_PAN04_settlesAsTheSdksReference() public {
        bytes32 digest;
        for (uint256 game; game < 6; ++game) {
            ILearningTasks.TaskTerms memory terms = _terms();
            terms.panelCells = 7;
            terms.panelSeats = uint8(3 + 2 * (game % 5));
            terms.epsilon = 3000;
            _open(terms, 53, 12);
            _startWithout(1, 0, game);
            address[] memory seats = harness.seatsOf(0);
            for (uint256 s; s < seats.length; ++s) {
                if (s % 4 == 3) continue;
                int256[] memory scores = new int256[](53);
                for (uint256 id; id < 53; ++id) scores[id] = _chance(game, s, id);
                _reveal(seats[s], _encode(0, scores));
            }
            _toSettle();
            bytes memory openings = _openings(0);
            vm.recordLogs();
            harness.settle(0, openings);
            Vm.Log[] memory logs = vm.getRecordedLogs();
            (uint256 updates, bytes memory medians, , uint256[] memory accurate, ) = abi.decode(
                logs[0].data,
                (uint256, bytes, address[], uint256[], uint256)
            );
            digest = keccak256(abi.encode(digest, updates, medians, accurate));
        }
        assertEq(digest, SETTLED);
    }

    function _chance(uint256 game, uint256 seat, uint256 id) private pure returns (int256) {
        uint256 word = uint256(keccak256(abi.encode(game, seat, id)));
        // one in five absent; a common part of 16 bits for the client, and a distance of 12 bits from it
        if (word % 5 == 0) return ABSENT;
        int256 common = int256(uint256(keccak256(abi.encode(game, id))) % 57_000) - 28_500;
        return common + int256((word >> 8) % 4096) - 2048;
    }

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
        (
            uint256 updates,
            bytes memory medians,
            address[] memory auditors,
            uint256[] memory accurate,
            uint256 seatPay
        ) = abi.decode(logs[0].data, (uint256, bytes, address[], uint256[], uint256));
        assertEq(updates, 12);
        int256[] memory expected = _flat(5);
        (expected[3], expected[9]) = (ABSENT, ABSENT);
        assertEq(medians, _encode(0, expected));
        assertEq(logs.length, 1);
        address[] memory seats = harness.seatsOf(0);
        for (uint256 i; i < 5; ++i) {
            assertEq(auditors[i], seats[i]);
            assertEq(accurate[i], 12);
        }
        assertEq(seatPay, SEAT_PAY);
    }

    // ----------------------------------------------------------------------------------------------------------- size

    /// @dev All slots of a test are touched in one transaction: what is warm here and cold in one of its own, 2,800 gas each
    /// at most, is added for every cell, every seat twice, and 20 more.
    function test_PAN14_theLargestPanelSettlesWithin2000000Gas() public {
        ILearningTasks.TaskTerms memory terms = _terms();
        terms.panelCells = 32;
        terms.panelSeats = 11;
        _open(terms, 256, 12);
        _start(1, 2);
        int256[] memory scores = new int256[](11);
        for (uint256 i; i < 11; ++i) scores[i] = int256((i * 7) % 11);
        _revealFlat(0, scores);
        _toSettle();
        bytes memory openings = _openings(0);
        bytes memory data = abi.encodeCall(harness.settle, (0, openings));
        uint256 before = gasleft();
        harness.settle(0, openings);
        uint256 used = before - gasleft();
        // EIP-7976: calldata is 16 gas a byte beside execution, but all together no less than 64 a byte
        uint256 whole = used + (32 + 2 * 11 + 20) * 2800 + 16 * data.length;
        assertLe(21_000 + (whole > 64 * data.length ? whole : 64 * data.length), 2_000_000);
        assertEq(harness.balanceOf(1, 255), 5);
    }
}
