// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {IElections} from "../../contracts/governance/interfaces/IElections.sol";
import {ElectionFixture} from "../unit/governance/ElectionFixture.sol";

/// @dev Execution alone, as in Operations.t.sol. Each test measures one call with nothing of it read before: what a
/// transaction of its own would find.
contract ElectionGas is ElectionFixture {
    uint256 private constant BALLOTS = 10_000;
    uint256 private constant WORDS = BALLOTS / 4 + 1;
    /// @dev Units of work a page: four thousand ballots, or the end of a stage and fewer.
    uint256 private constant PAGE = 1_000;
    uint256 private constant ELECTIONS_SLOT = 4;
    uint256 private constant BALLOTS_SLOT = 7;
    uint256 private constant MOST = 10_000_000;

    uint256 private _large;

    function setUp() public {
        _deploy(20);
        _openRanked(5, 15);
        _large = election;
        _fill();
        vm.prank(COOPERATIVE);
        election = elections.open(IElections.Terms("other", IElections.Method.Ranked, 5, 10 * PERIOD, PERIOD, TERM));
        _stand(1);
    }

    function test_gasOfOpening() public {
        vm.prank(COOPERATIVE);
        elections.open(IElections.Terms("third", IElections.Method.Ranked, 5, PERIOD, PERIOD, TERM));
        vm.snapshotGasLastCall("elections", "open");
    }

    function test_gasOfStanding() public {
        _stand(2);
        vm.snapshotGasLastCall("elections", "stand");
    }

    function test_gasOfSeconding() public {
        _second(2, 1);
        vm.snapshotGasLastCall("elections", "second");
    }

    function test_gasOfTheFirstInAWord() public {
        _castLarge(16);
        vm.snapshotGasLastCall("elections", "castBallot.firstInWord");
    }

    function test_gasOfTheNext() public {
        _castLarge(15);
        vm.snapshotGasLastCall("elections", "castBallot.next");
    }

    /// @dev Ten thousand ballots for fifteen candidates, all pages of a count.
    function test_ELC17_gasOfPages() public {
        election = _large;
        _toCount();
        elections.count(_large, PAGE);
        vm.snapshotGasLastCall("elections", "count.thousandUnits");
        uint256 most;
        for (bool isDecided; !isDecided;) {
            uint256 before = gasleft();
            isDecided = elections.count(_large, PAGE);
            uint256 used = before - gasleft();
            if (used > most) most = used;
        }
        // in a transaction of its own nothing has been read before: 2,000 more a word
        assertLe(most + PAGE * 2_000, MOST);
        assertEq(elections.progressOf(_large).stage, 14);
        assertEq(elections.holdersOf(COOPERATIVE, OFFICE).length, 5);
    }

    function _castLarge(uint256 number) private {
        election = _large;
        vm.warp(uint256(elections.electionOf(_large).votingEnd));
        _cast(number, _list(1, 2, 3));
    }

    /// @dev Ballots of ten choices each of ten thousand members, put where the contract keeps them; none of members 16 to 19.
    function _fill() private {
        bytes32 outer = keccak256(abi.encode(_large, BALLOTS_SLOT));
        for (uint256 index; index < WORDS; ++index) {
            uint256 word;
            for (uint256 lane; lane < 4; ++lane) {
                uint256 number = index * 4 + lane;
                if (number == 0 || number == 15 || number > BALLOTS) continue;
                word |= ((_ranking(number) << 4) | 1) << (lane * 64);
            }
            if (index != 4) vm.store(address(elections), keccak256(abi.encode(index, outer)), bytes32(word));
        }
        bytes32 slot = bytes32(uint256(keccak256(abi.encode(_large, ELECTIONS_SLOT))) + 2);
        vm.store(address(elections), slot, vm.load(address(elections), slot) | bytes32(BALLOTS << 120));
        assertEq(uint256(elections.electionOf(_large).highest), BALLOTS);
        (, uint8[] memory choices) = elections.ballotOf(_large, BALLOTS);
        assertEq(choices.length, 10);
    }

    /// @dev Ten of fifteen, the first few named first more often.
    function _ranking(uint256 number) private pure returns (uint256 ranking) {
        uint256 dice = uint256(keccak256(abi.encode(number)));
        uint256 seen;
        for (uint256 i; i < 10; ++i) {
            uint256 place = 1 + (((dice & 0xff) * ((dice >> 8) & 0xff) * 15) >> 16);
            while (seen & (1 << place) != 0) place = 1 + (place % 15);
            seen |= 1 << place;
            ranking |= place << (4 * i);
            dice >>= 16;
        }
    }
}
