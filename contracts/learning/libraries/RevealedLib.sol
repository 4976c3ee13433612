// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {TaskState} from "../types/TaskState.sol";

/// @title Which updates of the running round count
/// @notice A bit for each client id, 240 a word above the number of their round in the lowest 16 bits: a word of
/// another round says that nobody in it has revealed, so that nothing is ever cleared. 240 ids are 30 whole cells.
library RevealedLib {
    uint256 private constant IDS = 240;
    uint256 private constant CELLS = 30;
    uint256 private constant ROUND_BITS = 16;
    uint256 private constant ROUND_MASK = 0xffff;

    /// @notice Updates that were found to count and are not noted yet, all in one word.
    struct Pending {
        uint256 index;
        uint256 bits;
    }

    /// @notice Notes that the update of a client counts.
    function add(TaskState storage task, uint256 round, uint256 id) internal {
        _add(task, round, id / IDS, _bit(id));
    }

    /// @notice The same of one of many, who mostly share a word: what is pending is noted with `flush`.
    function addLater(TaskState storage task, uint256 round, uint256 id, Pending memory pending) internal {
        uint256 index = id / IDS;
        if (index != pending.index) {
            flush(task, round, pending);
            (pending.index, pending.bits) = (index, 0);
        }
        pending.bits |= _bit(id);
    }

    /// @notice Notes what is pending.
    function flush(TaskState storage task, uint256 round, Pending memory pending) internal {
        if (pending.bits != 0) _add(task, round, pending.index, pending.bits);
    }

    /// @notice Notes that an update that counted does not any more.
    function remove(TaskState storage task, uint256 id) internal {
        task.revealed[id / IDS] &= ~_bit(id);
    }

    /// @notice Notes that updates of a cell that counted were found absent, and count no more.
    /// @param bits bit i is the client of lane i.
    function removeAbsent(TaskState storage task, uint256 round, uint256 cell, uint256 bits) internal {
        uint256 word = task.absent[cell / CELLS];
        if (word & ROUND_MASK != round) word = round;
        uint256 shifted = bits << (ROUND_BITS + ((cell % CELLS) << 3));
        task.absent[cell / CELLS] = word | shifted;
        task.revealed[cell / CELLS] &= ~shifted;
    }

    /// @notice The clients of a cell whose updates count: bit i is the client of lane i.
    function ofCell(TaskState storage task, uint256 round, uint256 cell) internal view returns (uint256 bits) {
        uint256 word = task.revealed[cell / CELLS];
        if (word & ROUND_MASK != round) return 0;
        return (word >> (ROUND_BITS + ((cell % CELLS) << 3))) & 0xff;
    }

    /// @notice The same, with updates that a panel found absent.
    function auditedIn(TaskState storage task, uint256 round, uint256 cell) internal view returns (uint256 bits) {
        bits = ofCell(task, round, cell);
        uint256 word = task.absent[cell / CELLS];
        if (word & ROUND_MASK == round) bits |= (word >> (ROUND_BITS + ((cell % CELLS) << 3))) & 0xff;
    }

    /// @notice Updates of the round that count. Reads a word for each 240 of the task's `clients`, of which there are
    /// at most 61,440: 256 words.
    function count(TaskState storage task, uint256 round, uint256 clients) internal view returns (uint256 total) {
        for (uint256 i; i * IDS < clients; ++i) {
            uint256 word = task.revealed[i];
            if (word & ROUND_MASK == round) total += _ones(word >> ROUND_BITS);
        }
    }

    /// @param bits above those of the round.
    function _add(TaskState storage task, uint256 round, uint256 index, uint256 bits) private {
        uint256 word = task.revealed[index];
        if (word & ROUND_MASK != round) word = round;
        task.revealed[index] = word | bits;
    }

    function _bit(uint256 id) private pure returns (uint256) {
        return (1 << ROUND_BITS) << (id % IDS);
    }

    /// @dev Bits set in a word of less than 255: sums of neighbours of 1, 2 and 4 bits, then all bytes at once.
    function _ones(uint256 x) private pure returns (uint256) {
        unchecked {
            // no field is smaller than the sum that it takes; the product overflows above its highest byte alone
            x -= (x >> 1) & (type(uint256).max / 3);
            x = (x & (type(uint256).max / 5)) + ((x >> 2) & (type(uint256).max / 5));
            x = (x + (x >> 4)) & (type(uint256).max / 17);
            return (x * (type(uint256).max / 255)) >> 248;
        }
    }
}
