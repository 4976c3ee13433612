// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title How many members a cooperative had when
/// @notice Checkpoints of 64 bits: second 40 | members 24. The newest three live in the head word with the last member
/// number, so that most changes write one word, and move out three at a time.
/// @dev head: full words 32 | last number 32 | checkpoint before the one before, the one before, the newest.
/// A full word: nothing 64 | oldest checkpoint, the next, the newest.
library ElectorateLib {
    struct Electorate {
        uint256 head;
        mapping(uint256 index => uint256 word) words;
    }

    uint256 private constant LANE = 64;
    uint256 private constant LANES = 3 * LANE;
    uint256 private constant LANES_MASK = (1 << LANES) - 1;

    /// @notice Members now.
    function members(Electorate storage self) internal view returns (uint256) {
        return uint24(self.head); // cuts one field out of the word
    }

    /// @notice Last member number given, 0 if none.
    function lastNumber(Electorate storage self) internal view returns (uint256) {
        return uint32(self.head >> LANES); // cuts one field out of the word
    }

    /// @notice Members at the end of a second that has passed.
    function membersAt(Electorate storage self, uint256 timepoint) internal view returns (uint256 count) {
        uint256 head = self.head;
        bool isFound;
        (isFound, count) = _find(head & LANES_MASK, timepoint);
        if (isFound) return count;
        // The last full word that begins at or before the time; what is asked for is mostly recent.
        uint256 low;
        uint256 high = head >> (LANES + 32);
        while (low < high) {
            uint256 middle = (low + high) / 2;
            uint256 oldest = self.words[middle] >> (2 * LANE + 24);
            if (oldest > timepoint) high = middle;
            else low = middle + 1;
        }
        if (low != 0) (, count) = _find(self.words[low - 1], timepoint);
    }

    /// @notice Records the members and the last number as of now. Changes within one second make one checkpoint.
    function record(Electorate storage self, uint256 count, uint256 number) internal {
        uint256 head = self.head;
        uint256 lanes = head & LANES_MASK;
        uint256 words = head >> (LANES + 32);
        uint256 time = SafeCast.toUint40(block.timestamp);
        uint256 lane = (time << 24) | SafeCast.toUint24(count);
        if (uint64(lanes) >> 24 == time) {
            lanes = ((lanes >> LANE) << LANE) | lane;
        } else if (lanes >> (2 * LANE) == 0) {
            lanes = (lanes << LANE) | lane;
        } else {
            self.words[words] = lanes;
            ++words;
            lanes = lane;
        }
        // A word takes three different seconds to fill: 32 bits of them are four centuries of a change every second.
        self.head = (words << (LANES + 32)) | (uint256(SafeCast.toUint32(number)) << LANES) | lanes;
    }

    /// @dev The newest checkpoint of a word at or before a time; an empty lane is none.
    function _find(uint256 lanes, uint256 timepoint) private pure returns (bool isFound, uint256 count) {
        for (; lanes != 0; lanes >>= LANE) {
            uint256 time = uint64(lanes) >> 24; // cuts one field out of the word
            if (time <= timepoint) return (true, uint24(lanes));
        }
    }
}
