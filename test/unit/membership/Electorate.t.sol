// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ElectorateLib} from "../../../contracts/membership/libraries/ElectorateLib.sol";
import {TestBase} from "../Vm.sol";

/// @dev Branches: Electorate.tree.
contract ElectorateTest is TestBase {
    using ElectorateLib for ElectorateLib.Electorate;

    uint256 private constant START = 1_700_000_000;
    address private constant SOMEBODY = address(0xA11);

    ElectorateLib.Electorate private _book;
    uint256[] private _times;
    uint256[] private _counts;

    function setUp() public {
        vm.warp(START);
    }

    function test_MEM10_empty() public view {
        assertEq(_book.head.members, 0);
        assertEq(_book.head.lastNumber, 0);
        assertEq(_book.membersAt(START), 0);
    }

    function test_MEM10_inOneSecondTheLastCounts() public {
        this.seat(SOMEBODY);
        this.list(0);
        this.seat(SOMEBODY);
        this.seat(SOMEBODY);
        this.list(1);
        vm.warp(START + 1);
        this.list(0);
        assertEq(_book.head.members, 0);
        assertEq(_book.head.lastNumber, 3);
        assertEq(_book.membersAt(START + 1), 0);
        assertEq(_book.membersAt(START), 1);
        assertEq(_book.membersAt(START - 1), 0);
    }

    /// @dev An admission writes its seat and the head, whatever there was before: that is what it costs.
    function test_MEM10_admissionsListNothing() public {
        for (uint256 i = 1; i <= 7; ++i) {
            vm.warp(START + i);
            this.seat(address(uint160(i)));
            assertEq(_book.seats[i].account, address(uint160(i)));
        }
        assertEq(_book.head.changes, 0);
        assertEq(_book.changes[0], 0);
        for (uint256 i; i <= 7; ++i) assertEq(_book.membersAt(START + i), i);
    }

    function test_MEM10_threeChangesShareAWord() public {
        this.seat(SOMEBODY);
        for (uint256 i = 1; i <= 7; ++i) {
            vm.warp(START + i);
            this.list(100 + i);
            assertEq(_book.changes[0] == 0, i < 3);
            assertEq(_book.changes[1] == 0, i < 6);
            assertEq(_book.membersAt(START), 1);
            for (uint256 t = 1; t <= i; ++t) assertEq(_book.membersAt(START + t), 100 + t);
        }
        assertEq(_book.changes[2], 0);
    }

    function test_MEM10_fullFieldsKeepApart() public {
        vm.warp(type(uint40).max - 1);
        _book.head.lastNumber = type(uint32).max - 1;
        _book.head.members = type(uint24).max - 1;
        _book.head.changes = type(uint32).max - 1;
        address account = address(type(uint160).max);
        this.seat(account);
        ElectorateLib.Seat memory seat_ = _book.seats[type(uint32).max];
        assertEq(seat_.account, account);
        assertEq(seat_.members, type(uint24).max);
        assertEq(seat_.changes, type(uint32).max - 1);
        vm.warp(type(uint40).max);
        this.list(type(uint24).max - 1);
        assertEq(_book.membersAt(type(uint40).max), type(uint24).max - 1);
        assertEq(_book.membersAt(type(uint40).max - 1), type(uint24).max);
        assertEq(_book.head.lastNumber, type(uint32).max);
        assertEq(_book.seats[type(uint32).max].account, account);
    }

    function test_MEM10_moreThanFitsReverts() public {
        vm.expectRevert();
        this.list(type(uint24).max + uint256(1));
        _book.head.members = type(uint24).max;
        vm.expectRevert();
        this.seat(SOMEBODY);
        _book.head.members = 0;
        _book.head.lastNumber = type(uint32).max;
        vm.expectRevert();
        this.seat(SOMEBODY);
        _book.head.lastNumber = 0;
        vm.warp(uint256(type(uint40).max) + 1);
        vm.expectRevert();
        this.list(1);
        vm.expectRevert();
        this.seat(SOMEBODY);
    }

    /// @dev Any history of admissions and changes, several in a second too, looked up at every second, against lists.
    function testFuzz_MEM10_answersLikeAList(uint256 seed) public {
        uint256 time = START;
        uint256 steps = seed % 60;
        for (uint256 i; i < steps; ++i) {
            seed = uint256(keccak256(abi.encode(seed)));
            time += seed % 3;
            vm.warp(time);
            if ((seed >> 8) % 2 == 0) this.seat(SOMEBODY);
            else this.list(uint16(seed >> 16));
            _times.push(time);
            _counts.push(_book.head.members);
        }
        for (uint256 t = START - 1; t <= time + 1; ++t) {
            uint256 expected;
            for (uint256 i; i < steps && _times[i] <= t; ++i) expected = _counts[i];
            assertEq(_book.membersAt(t), expected);
        }
    }

    function list(uint256 count) external {
        _book.list(count);
    }

    function seat(address account) external {
        ElectorateLib.Head memory head = _book.head;
        _book.seat(head, account);
        _book.head = head;
    }
}
