// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ElectorateLib} from "../../../contracts/membership/libraries/ElectorateLib.sol";
import {TestBase} from "../Vm.sol";

/// @dev Branches: Electorate.tree.
contract ElectorateTest is TestBase {
    using ElectorateLib for ElectorateLib.Electorate;

    uint256 private constant START = 1_700_000_000;

    ElectorateLib.Electorate private _book;
    uint256[] private _times;
    uint256[] private _counts;

    function setUp() public {
        vm.warp(START);
    }

    function test_empty() public view {
        assertEq(_book.members(), 0);
        assertEq(_book.lastNumber(), 0);
        assertEq(_book.membersAt(START), 0);
    }

    function test_changesInOneSecondMakeOneCheckpoint() public {
        _book.record(7, 7);
        _book.record(6, 7);
        _book.record(8, 9);
        assertEq(_book.members(), 8);
        assertEq(_book.lastNumber(), 9);
        assertEq(_book.membersAt(START), 8);
        assertEq(_book.membersAt(START - 1), 0);
        assertEq(_book.words[0], 0);
    }

    function test_threeCheckpointsShareAWord() public {
        for (uint256 i = 1; i <= 3; ++i) {
            vm.warp(START + i);
            _book.record(i, i);
        }
        assertEq(_book.words[0], 0);
        vm.warp(START + 4);
        _book.record(4, 4);
        assertTrue(_book.words[0] != 0);
        assertEq(_book.words[1], 0);
        for (uint256 i; i <= 4; ++i) assertEq(_book.membersAt(START + i), i);
    }

    function test_fullFieldsKeepApart() public {
        vm.warp(type(uint40).max);
        _book.record(type(uint24).max, type(uint32).max);
        assertEq(_book.members(), type(uint24).max);
        assertEq(_book.lastNumber(), type(uint32).max);
        assertEq(_book.membersAt(type(uint40).max), type(uint24).max);
        assertEq(_book.membersAt(type(uint40).max - 1), 0);
    }

    function test_moreThanFitsReverts() public {
        vm.expectRevert();
        this.record(type(uint24).max + uint256(1), 1);
        vm.expectRevert();
        this.record(1, type(uint32).max + uint256(1));
        vm.warp(uint256(type(uint40).max) + 1);
        vm.expectRevert();
        this.record(1, 1);
    }

    /// @dev Any history, looked up at every second, against plain arrays.
    function testFuzz_answersLikeAList(uint256 seed) public {
        uint256 time = START;
        uint256 changes = seed % 40;
        for (uint256 i; i < changes; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += seed % 4;
            vm.warp(time);
            uint256 count = uint24(seed >> 8);
            _book.record(count, i);
            _times.push(time);
            _counts.push(count);
        }
        for (uint256 t = START - 1; t <= time + 1; ++t) {
            uint256 expected;
            for (uint256 i; i < changes && _times[i] <= t; ++i) expected = _counts[i];
            assertEq(_book.membersAt(t), expected);
        }
    }

    function record(uint256 count, uint256 number) external {
        _book.record(count, number);
    }
}
