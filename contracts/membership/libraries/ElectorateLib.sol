// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @title Who has which number in a cooperative, and how many members it had when
/// @notice An admission writes a word for its number anyway: the account takes 160 bits of it, the electorate from that
/// second on the rest. Changes that admit nobody are listed, three a word, the last two in the head until their word is
/// full. So an admission writes no word for the electorate but the head, and most other changes write only the head.
library ElectorateLib {
    using ElectorateLib for Electorate;

    struct Head {
        uint32 lastNumber; // slot 0
        uint32 changes; // listed so far
        uint64 older; // the first change of the word that is not full yet
        uint64 newer; // its second
        uint40 since; // second of the last admission or change
        uint24 members; // since then
    }

    struct Seat {
        address account; // slot 0
        uint40 since; // second of the admission
        uint24 members; // from then on
        uint32 changes; // listed before
    }

    struct Electorate {
        Head head;
        mapping(uint256 number => Seat seat) seats;
        mapping(uint256 index => uint256 word) changes; // each change: second 40 | members 24
    }

    uint256 private constant LANE = 64;

    /// @notice Gives an account the next number. The head is written by the caller, once for all that it seats.
    function seat(Electorate storage self, Head memory head, address account) internal returns (uint256 number) {
        number = ++head.lastNumber;
        head.since = SafeCast.toUint40(block.timestamp);
        self.seats[number] = Seat(account, head.since, ++head.members, head.changes);
    }

    /// @notice Lists that there are `count` members from now on.
    function list(Electorate storage self, uint256 count) internal {
        Head memory head = self.head;
        head.members = SafeCast.toUint24(count);
        head.since = SafeCast.toUint40(block.timestamp);
        uint64 change = (uint64(head.since) << 24) | head.members;
        uint256 lane = head.changes % 3;
        if (lane == 0) head.older = change;
        else if (lane == 1) head.newer = change;
        else {
            self.changes[head.changes / 3] =
                (uint256(head.older) << (2 * LANE)) |
                (uint256(head.newer) << LANE) |
                change;
        }
        // Who leaves had a number, and of those there are no more than this counts; a cooperative's own measures would
        // have to fill every block for months.
        ++head.changes;
        self.head = head;
    }

    /// @notice The last number given by the end of a second, 0 if there was none yet.
    function lastNumberAt(Electorate storage self, uint256 timepoint) internal view returns (uint256 number) {
        // Looked for from the end: most questions are of late.
        uint256 high = self.head.lastNumber;
        number = high;
        if (timepoint >= self.head.since) return number;
        for (uint256 step = 1; self.seats[number].since > timepoint; step *= 2) {
            high = number - 1;
            number = high > step ? high - step : 0;
        }
        while (number < high) {
            uint256 middle = (number + high + 1) / 2;
            if (self.seats[middle].since > timepoint) high = middle - 1;
            else number = middle;
        }
    }

    /// @notice Members at the end of a second that has passed.
    function membersAt(Electorate storage self, uint256 timepoint) internal view returns (uint256 count) {
        if (timepoint >= self.head.since) return self.head.members;
        Head memory head = self.head;
        uint256 number = self.lastNumberAt(timepoint);
        count = self.seats[number].members;
        // The last change by then that was listed before the next number was given.
        uint256 low = self.seats[number].changes;
        uint256 high = number < head.lastNumber ? self.seats[number + 1].changes : head.changes;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            uint64 change = _change(self, head, middle);
            if (change >> 24 > timepoint) high = middle;
            else (low, count) = (middle + 1, uint24(change)); // cuts one field out of the change
        }
    }

    function _change(Electorate storage self, Head memory head, uint256 index) private view returns (uint64) {
        uint256 lane = index % 3;
        if (index / 3 == head.changes / 3) return lane == 0 ? head.older : head.newer;
        return uint64(self.changes[index / 3] >> ((2 - lane) * LANE)); // cuts one change out of the word
    }
}
