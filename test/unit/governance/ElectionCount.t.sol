// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IElections} from "../../../contracts/governance/interfaces/IElections.sol";
import {ElectionFixture} from "./ElectionFixture.sol";

/// @dev Branches: ElectionCount.tree. Votes are worked out by hand, in hundred-thousandths of a ballot.
contract ElectionCountTest is ElectionFixture {
    uint256 private constant MEMBERS = 24;
    /// @dev Of random elections, which are many.
    uint256 private constant VOTERS = 14;

    function setUp() public {
        _deploy(MEMBERS);
    }

    // ------------------------------------------------------------------------------------------------- ranked choice

    /// @dev The worked example of docs/spec.md.
    function test_ELC08_workedExample() public {
        _openRanked(2, 3);
        _castAll(1, 5, _list(1, 3));
        _cast(6, _list(1, 2));
        _castAll(7, 9, _list(2));
        _cast(10, _list(3));
        _countAll();
        assertEq(elections.progressOf(election).quota, 4 * UNIT);
        _expectVotes(1, _votes(0, 600_000, 300_000, 100_000));
        _expectVotes(2, _votes(2, 400_000, 333_333, 266_665));
        _expectHolders(_list(1, 2));
    }

    /// @dev Twenty guests choose three of oranges, pears, chocolate, strawberries and sweets: the example that Wikipedia's
    /// "Single transferable vote" had for years. Chocolate, oranges and strawberries win.
    function test_ELC08_publishedExample() public {
        _openRanked(3, 5);
        _castAll(1, 4, _list(1));
        _castAll(5, 6, _list(2, 1));
        _castAll(7, 14, _list(3, 4));
        _castAll(15, 18, _list(3, 5));
        _cast(19, _list(4));
        _cast(20, _list(5));
        _countAll();
        assertEq(elections.progressOf(election).quota, 6 * UNIT);
        _expectVotes(1, _votes(0, 400_000, 200_000, 1_200_000, 100_000, 100_000));
        _expectVotes(2, _votes(0, 400_000, 200_000, 600_000, 500_000, 300_000));
        _expectVotes(3, _votes(0, 600_000, 0, 600_000, 500_000, 300_000));
        _expectHolders(_list(1, 3, 4));
        assertEq(elections.progressOf(election).stage, 3);
    }

    /// @dev A ballot that moved at a part of its worth moves again at a part of that, rounded down each time.
    function test_ELC08_partsOfParts() public {
        _openRanked(3, 4);
        // quota of 13: 4. Candidate 1 has 7, and 3/7 of each ballot move on to candidate 2.
        _castAll(1, 7, _list(1, 2, 3));
        _castAll(8, 10, _list(2, 3));
        _cast(11, _list(3));
        _castAll(12, 13, _list(4));
        _countAll();
        _expectVotes(1, _votes(0, 700_000, 300_000, 100_000, 200_000));
        // 300,000 / 7 = 42,857.1
        _expectVotes(2, _votes(1, 400_000, 599_999, 100_000, 200_000));
        // surplus 199,999 of 599,999: seven ballots at 42,857 * 199,999 / 599,999 = 14,285.6, three at 33,333.2
        _expectVotes(3, _votes(1 + 5, 400_000, 400_000, 299_994, 200_000));
        _expectHolders(_list(1, 2, 3));
    }

    /// @dev Nobody receives who was elected in the stage before, even before their own surplus moved.
    function test_ELC08_surplusesSkipTheElected() public {
        _openRanked(3, 4);
        _castAll(1, 6, _list(1, 2, 3));
        _castAll(7, 11, _list(2, 1, 4));
        _cast(12, _list(3));
        _countAll();
        // quota 4: both elected at once, the larger surplus moves first
        _expectVotes(1, _votes(0, 600_000, 500_000, 100_000, 0));
        _expectVotes(2, _votes(2, 400_000, 500_000, 100_000 + 6 * 33_333, 0));
        _expectHolders(_list(1, 2, 3));
    }

    function test_ELC08_oneSeat() public {
        _openRanked(1, 3);
        _castAll(1, 4, _list(1));
        _castAll(5, 7, _list(2, 3));
        _castAll(8, 9, _list(3, 2));
        _countAll();
        assertEq(elections.progressOf(election).quota, 5 * UNIT);
        // 3 is excluded, its ballots make 2 win; with two left and one seat, 1 is excluded without another stage
        _expectVotes(2, _votes(0, 400_000, 500_000, 0));
        _expectHolders(_list(2));
    }

    function test_ELC08_whatNamesNobodyFurtherIsLost() public {
        _openRanked(2, 3);
        _castAll(1, 8, _list(1));
        _castAll(9, 10, _list(2));
        _cast(11, _list(3, 1));
        _countAll();
        _expectVotes(2, _votes(400_000, 400_000, 200_000, 100_000));
        _expectHolders(_list(1, 2));
    }

    /// @dev Junk without votes costs no stage and no lot, unless a seat is left for it.
    function test_ELC08_whoHasNoVotesGoesAtOnce() public {
        _openRanked(2, 15);
        _castAll(1, 12, _list(5, 6, 7));
        _castAll(13, 15, _list(6));
        _castAll(16, 17, _list(7));
        _countAll();
        _expectHolders(_list(5, 6));
        assertEq(elections.progressOf(election).stage, 2);
        _openRanked(2, 15);
        _castAll(1, 12, _list(5));
        _toCount();
        assertFalse(elections.count(election, ALL));
        assertEq(elections.progressOf(election).lotBlock, block.number + 64);
    }

    // ---------------------------------------------------------------------------------------------------------- ends

    function test_ELC14_moreSeatsThanCandidates() public {
        _openRanked(5, 2);
        _cast(1, _list(1));
        _countAll();
        _expectHolders(_list(1, 2));
    }

    function test_ELC14_noCandidates() public {
        _openRanked(1, 0);
        _cast(1, _list());
        _refusedBallot(2, _list(1), _invalidChoices(_list(1)));
        _countAll();
        _expectHolders(_list());
        (uint128 current, uint128 underWay) = elections.officeOf(COOPERATIVE, OFFICE);
        assertEq(uint256(current), 0);
        assertEq(uint256(underWay), 0);
    }

    function test_ELC14_withoutValidBallotsNobodyIsElected() public {
        for (uint8 method; method < 2; ++method) {
            _open(IElections.Method(method), 2);
            _standAll(2);
            _cast(1, _list());
            _countAll();
            _expectPhase(IElections.Phase.Decided);
            assertEq(elections.progressOf(election).elected, 0);
        }
    }

    function test_ELC14_ballotsForTheWithdrawnAloneAreNotValid() public {
        _openRanked(1, 2);
        _cast(1, _list(2));
        _cast(2, _list(2, 1));
        _cast(3, _list(2));
        _withdraw(2);
        _countAll();
        assertEq(elections.progressOf(election).quota, UNIT);
        _expectVotes(1, _votes(0, 100_000, 0));
        _expectHolders(_list(1));
    }

    // ---------------------------------------------------------------------------------------------------------- ties

    /// @dev Even when somebody has to go: who had fewer votes at the stage before goes.
    function test_ELC11_earlierStagesBreakTies() public {
        _openRanked(1, 4);
        _castAll(1, 6, _list(1));
        _castAll(7, 10, _list(2));
        _castAll(11, 13, _list(3));
        _cast(14, _list(4, 3));
        _countAll();
        // 4 goes first and makes 3 even with 2, who was ahead before: 3 goes
        _expectVotes(2, _votes(0, 600_000, 400_000, 400_000, 0));
        _expectVotes(3, _votes(400_000, 600_000, 400_000, 0, 0));
        assertTrue(_holds(1));
    }

    function test_ELC11_aLotIsOfALaterBlock() public {
        _tie();
        vm.expectEmit(address(elections));
        emit IElections.LotCalled(election, block.number + 64);
        assertFalse(elections.count(election, ALL));
        uint256 lotBlock = block.number + 64;
        bytes memory pending = abi.encodeWithSelector(IElections.Elections_LotPending.selector, election, lotBlock);
        _refusedCount(pending);
        vm.roll(lotBlock);
        _refusedCount(pending);
        vm.roll(lotBlock + 1);
        vm.setBlockhash(lotBlock, "seed");
        vm.expectEmit(address(elections));
        emit IElections.LotDrawn(election, "seed");
        assertTrue(elections.count(election, ALL));
        assertEq(elections.holdersOf(COOPERATIVE, OFFICE).length, 1);
    }

    /// @dev Either may win, as the hash has it, and whoever counts has no say.
    function testFuzz_ELC11_theHashAloneDecides(bytes32 seed) public {
        vm.assume(seed != 0);
        _tie();
        elections.count(election, ALL);
        uint256 lotBlock = elections.progressOf(election).lotBlock;
        vm.roll(lotBlock + 1 + (uint256(seed) % 250));
        vm.setBlockhash(lotBlock, seed);
        vm.prank(_member(1 + (uint256(seed) % MEMBERS)));
        elections.count(election, ALL);
        // drawn to be excluded
        bool isFirst = keccak256(abi.encode(seed, 2, 1)) < keccak256(abi.encode(seed, 2, 2));
        assertTrue(_holds(isFirst ? 2 : 1));
    }

    function test_ELC11_aHashThatIsForgottenIsReplaced() public {
        _tie();
        elections.count(election, ALL);
        uint256 lotBlock = elections.progressOf(election).lotBlock;
        vm.roll(lotBlock + 9_000);
        elections.count(election, ALL);
        assertEq(elections.progressOf(election).seed, bytes32(0));
        assertEq(elections.progressOf(election).lotBlock, lotBlock + 9_064);
        vm.roll(lotBlock + 9_065);
        vm.setBlockhash(lotBlock + 9_064, "seed");
        assertTrue(elections.count(election, ALL));
    }

    /// @dev The chain's history of hashes (EIP-2935) is asked for what the opcode has forgotten.
    function test_ELC11_aHashOutOfTheHistory() public {
        _tie();
        elections.count(election, ALL);
        uint256 lotBlock = elections.progressOf(election).lotBlock;
        vm.roll(lotBlock + 300);
        // a contract that answers a word with its triple
        vm.etch(0x0000F90827F1C53a10cb7A02335B175320002935, hex"5f356003025f5260205ff3");
        assertTrue(elections.count(election, ALL));
        assertEq(elections.progressOf(election).seed, bytes32(3 * lotBlock));
    }

    /// @dev No lot is needed where all who are even get a seat.
    function test_ELC11_approvalDrawsForTheLastSeatsOnly() public {
        _openApproval(2, 4);
        _castAll(1, 4, _list(1, 2));
        _castAll(5, 8, _list(4));
        _cast(9, _list(1, 3));
        _toCount();
        assertFalse(elections.count(election, ALL));
        assertEq(elections.progressOf(election).elected, 1 << 1);
        uint256 lotBlock = elections.progressOf(election).lotBlock;
        vm.roll(lotBlock + 1);
        vm.setBlockhash(lotBlock, "seed");
        assertTrue(elections.count(election, ALL));
        bool isSecond = keccak256(abi.encode(bytes32("seed"), 1, 2)) < keccak256(abi.encode(bytes32("seed"), 1, 4));
        assertTrue(_holds(isSecond ? 2 : 4));
        assertEq(elections.holdersOf(COOPERATIVE, OFFICE).length, 2);
    }

    // ------------------------------------------------------------------------------------------------------ approval

    function test_ELC12_approval() public {
        _openApproval(2, 4);
        _castAll(1, 3, _list(1, 2));
        _castAll(4, 6, _list(3, 1));
        _castAll(7, 8, _list(2, 3));
        _cast(9, _list(3));
        _countAll();
        _expectVotes(1, _votes(0, 600_000, 500_000, 600_000, 0));
        _expectHolders(_list(1, 3));
    }

    function test_ELC12_nobodyIsElectedWithoutApproval() public {
        _openApproval(3, 4);
        _cast(1, _list(2));
        _cast(2, _list(2, 4));
        _countAll();
        _expectHolders(_list(2, 4));
    }

    // --------------------------------------------------------------------------------------------------------- pages

    function test_ELC10_workIsBounded() public {
        _openRanked(2, 3);
        _castAll(1, 24, _list(1, 2));
        _toCount();
        for (uint256 i = 1; i <= 6; ++i) {
            elections.count(election, 1);
            assertEq(elections.progressOf(election).cursor, i);
        }
        elections.count(election, 0);
        assertEq(elections.progressOf(election).cursor, 6);
        // seven words: the last of them ends the stage
        elections.count(election, 1);
        assertEq(elections.progressOf(election).stage, 2);
    }

    /// @dev Any ballots, seats and pages: the same result as in one call; no vote is made or lost, nobody is elected who was
    /// not to be.
    function testFuzz_ELC09_ELC10_pagesDoNotMatter(
        uint256 random,
        uint8 seats,
        uint8 candidates,
        bool isApproval
    ) public {
        seats = uint8(bound(seats, 1, 6));
        candidates = uint8(bound(candidates, 1, 15));
        IElections.Method method = isApproval ? IElections.Method.Approval : IElections.Method.Ranked;
        _openAs(method, seats, candidates, random, bytes32("one"));
        uint256 first = election;
        _openAs(method, seats, candidates, random, bytes32("other"));
        _toCount();
        uint256 lotBlock = block.number + 64;
        while (!elections.count(first, ALL)) _passLot(lotBlock);
        vm.roll(lotBlock - 64);
        for (uint256 i; !_isCounted(); ++i) {
            uint256 work = 1 + (uint256(keccak256(abi.encode(random, "page", i))) % 9);
            elections.count(election, work);
            if (elections.progressOf(election).lotBlock == lotBlock) _passLot(lotBlock);
        }
        _expectSame(first, election);
        _expectSound(seats, candidates, isApproval);
    }

    // ------------------------------------------------------------------------------------------------------- helpers

    function _tie() private {
        _openRanked(1, 3);
        _castAll(1, 4, _list(1));
        _castAll(5, 8, _list(2));
        _cast(9, _list(3));
        _toCount();
        // candidate 3 goes first, then 1 and 2 have been even in every stage
    }

    function _openAs(IElections.Method method, uint8 seats, uint8 candidates, uint256 random, bytes32 office) private {
        vm.warp(NOW);
        vm.prank(COOPERATIVE);
        election = elections.open(IElections.Terms(office, method, seats, PERIOD, PERIOD, TERM));
        _standAll(candidates);
        for (uint256 number = 1; number <= VOTERS; ++number) {
            uint256 dice = uint256(keccak256(abi.encode(random, number)));
            _cast(number, _choices(dice, candidates));
        }
    }

    /// @dev Some places in an order that the dice have; the front ones more often first.
    function _choices(uint256 dice, uint256 candidates) private pure returns (uint8[] memory choices) {
        uint8[] memory places = new uint8[](candidates);
        for (uint256 i; i < candidates; ++i) places[i] = uint8(i + 1);
        uint256 length = dice % (candidates + 1);
        choices = new uint8[](length);
        for (uint256 i; i < length; ++i) {
            dice = uint256(keccak256(abi.encode(dice)));
            uint256 among = candidates - i;
            uint256 picked = i + (dice % (1 + ((dice >> 128) % among)));
            (choices[i], places[picked]) = (places[picked], places[i]);
        }
    }

    function _passLot(uint256 lotBlock) private {
        vm.roll(lotBlock + 1);
        vm.setBlockhash(lotBlock, "the same for both");
    }

    function _isCounted() private view returns (bool) {
        return elections.phaseOf(election) == IElections.Phase.Decided;
    }

    function _expectSame(uint256 first, uint256 other) private view {
        IElections.Progress memory a = elections.progressOf(first);
        IElections.Progress memory b = elections.progressOf(other);
        assertEq(a.elected, b.elected);
        assertEq(a.stage, b.stage);
        for (uint256 stage = 1; stage <= a.stage; ++stage) {
            uint256[] memory votes = elections.votesAt(first, stage);
            uint256[] memory others = elections.votesAt(other, stage);
            for (uint256 place; place < votes.length; ++place) assertEq(votes[place], others[place]);
        }
    }

    function _expectSound(uint256 seats, uint256 candidates, bool isApproval) private view {
        IElections.Progress memory progress = elections.progressOf(election);
        uint256 elected;
        for (uint256 place = 1; place < 16; ++place) elected += (progress.elected >> place) & 1;
        assertLe(elected, seats);
        assertEq(progress.elected >> (candidates + 1), 0);
        if (isApproval || progress.quota == 0) return;
        assertEq(elected, seats < candidates ? seats : candidates);
        uint256 sum = _sum(elections.votesAt(election, 1));
        assertEq(progress.quota, (sum / UNIT / (seats + 1) + 1) * UNIT);
        for (uint256 stage = 2; stage <= progress.stage; ++stage) {
            assertEq(_sum(elections.votesAt(election, stage)), sum);
        }
    }

    function _sum(uint256[] memory votes) private pure returns (uint256 sum) {
        for (uint256 place; place < votes.length; ++place) sum += votes[place];
    }

    function _votes(uint256 lost, uint256 a, uint256 b) private pure returns (uint256[] memory votes) {
        votes = new uint256[](3);
        (votes[0], votes[1], votes[2]) = (lost, a, b);
    }

    function _votes(uint256 lost, uint256 a, uint256 b, uint256 c) private pure returns (uint256[] memory votes) {
        votes = new uint256[](4);
        (votes[0], votes[1], votes[2], votes[3]) = (lost, a, b, c);
    }

    function _votes(
        uint256 lost,
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 d
    ) private pure returns (uint256[] memory votes) {
        votes = new uint256[](5);
        (votes[0], votes[1], votes[2], votes[3], votes[4]) = (lost, a, b, c, d);
    }

    function _votes(
        uint256 lost,
        uint256 a,
        uint256 b,
        uint256 c,
        uint256 d,
        uint256 e
    ) private pure returns (uint256[] memory votes) {
        votes = new uint256[](6);
        (votes[0], votes[1], votes[2], votes[3], votes[4], votes[5]) = (lost, a, b, c, d, e);
    }
}
