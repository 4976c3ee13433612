// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

/// @title Counting
/// @notice The single transferable vote as Scotland's local elections count it (weighted inclusive Gregory, The Scottish
/// Local Government Elections Order 2007, SSI 2007/42, schedule 1, rules 45 to 52), and approval, over ballots in pages.
///
/// A ballot is worth 100,000 units. In stage 1 each goes to its first choice; each later stage moves the ballots of one
/// candidate to whom they name next among those neither elected nor excluded by then. From an elected candidate a ballot
/// worth `w` moves at `w * surplus / votes`, rounded down, from an excluded one at `w`. What is rounded away and what
/// names nobody further is not transferable: all votes of a stage together always make the ballots counted in stage 1.
///
/// No ballot is written to: where one is, and what it is worth, follows from its ranking and from when each candidate
/// was closed and moved. So the order and size of pages can't matter, for each adds to the same sums.
/// @dev Places are 1 to 15. `votes[stage][0]` are those not transferable. There are at most 15 stages, for each after the
/// first moves another candidate and the last one never moves; so stages fit the four bits they have in `closedAt` and
/// `movedAt`, and 15 in `closedAt` also stands for a candidate still open.
library CountLib {
    /// @notice Units that a ballot is worth: the five decimal places of the Order.
    uint256 internal constant UNIT = 100_000;
    /// @notice Blocks from the discovery of a tie to the block whose hash decides it.
    uint256 internal constant LOT_DELAY = 64;

    /// @dev Where the chain keeps hashes of 8191 blocks (EIP-2935).
    address private constant HISTORY = 0x0000F90827F1C53a10cb7A02335B175320002935;

    struct Count {
        uint64 closedAt; // slot 0: last stage in which a candidate receives, four bits a place
        uint64 movedAt; // stage in which the candidate's ballots move on; 0: not yet
        uint16 continuing; // a bit a place: neither elected nor excluded
        uint16 elected;
        uint8 stage; // 0: not begun
        uint8 moving; // whose ballots move in this stage; 0 in the first
        uint32 cursor; // next word of ballots
        uint40 lotBlock; // its hash will be, or was, the seed of lots; 0: no tie yet
        bytes32 seed; // slot 1
        uint64 quota; // slot 2
        mapping(uint256 stage => uint64[16] votes) votes;
    }

    /// @dev What a page needs at hand.
    struct Sheet {
        uint256 closedAt;
        uint256 movedAt;
        uint256 moving;
        uint256[16] kept; // what a ballot keeps of its worth when it moves on from a place: this
        uint256[16] total; // of this
        uint64[16] votes;
    }

    /// @notice Begins, with the places in `candidates` (a bit each).
    function begin(Count storage self, uint256 candidates) internal {
        uint256 closedAt;
        for (uint256 place = 1; place < 16; ++place) {
            if (candidates & (1 << place) != 0) closedAt |= 15 << (place << 2);
        }
        self.closedAt = uint64(closedAt); // 16 times four bits
        self.continuing = uint16(candidates); // bits 1 to 15
        self.stage = 1;
    }

    /// @notice Counts the words of ballots from `cursor` to before `end`: each for one place, or for all that it names.
    function page(
        Count storage self,
        mapping(uint256 index => uint256 word) storage words,
        uint256 end,
        bool isApproval
    ) internal {
        Sheet memory sheet = _sheetOf(self);
        for (uint256 index = self.cursor; index < end; ++index) {
            // Four ballots; the last shift leaves nothing.
            for (uint256 word = words[index]; word != 0; word >>= 64) {
                uint256 ranking = (word >> 4) & ((1 << 60) - 1);
                if (isApproval) _addAll(sheet, ranking);
                else if (ranking != 0) _add(sheet, ranking);
            }
        }
        self.votes[self.stage] = sheet.votes;
        self.cursor = uint32(end); // words are fewer than members, whose numbers have 32 bits
    }

    /// @notice Ends the first stage: the quota of Droop, `floor(ballots / (seats + 1)) + 1`; 0 if there are no ballots.
    function setQuota(Count storage self, uint256 seats) internal {
        uint64[16] memory votes = self.votes[1];
        uint256 sum;
        for (uint256 place = 1; place < 16; ++place) sum += votes[place];
        if (sum != 0) self.quota = uint64((sum / UNIT / (seats + 1) + 1) * UNIT); // 2^32 ballots take 49 bits
    }

    /// @notice Ends a later stage: what the moved candidate lost and nobody received is not transferable.
    function balance(Count storage self) internal {
        uint64[16] memory before = self.votes[self.stage - 1];
        uint64[16] memory votes = self.votes[self.stage];
        uint256 lost;
        for (uint256 place; place < 16; ++place) lost += before[place];
        for (uint256 place = 1; place < 16; ++place) lost -= votes[place]; // ballots never gain
        votes[0] = uint64(lost); // no more than all ballots
        self.votes[self.stage] = votes;
    }

    /// @notice Continuing candidates who have the quota; 0 if there is none.
    function reached(Count storage self) internal view returns (uint256 places) {
        uint64[16] memory votes = self.votes[self.stage];
        uint256 continuing = self.continuing;
        uint256 quota = self.quota;
        if (quota == 0) return 0;
        for (uint256 place = 1; place < 16; ++place) {
            if (continuing & (1 << place) != 0 && votes[place] >= quota) places |= 1 << place;
        }
    }

    /// @notice Elected candidates who have more than the quota and whose surplus has not moved.
    function withSurplus(Count storage self) internal view returns (uint256 places) {
        uint64[16] memory votes = self.votes[self.stage];
        uint256 elected = self.elected;
        uint256 movedAt = self.movedAt;
        uint256 quota = self.quota;
        for (uint256 place = 1; place < 16; ++place) {
            bool isElected = elected & (1 << place) != 0;
            if (isElected && _at(movedAt, place) == 0 && votes[place] > quota) places |= 1 << place;
        }
    }

    /// @notice Those of `places` who have the most votes, or the fewest; of several those who had at the most recent stage
    /// before in which they differed. Who is left never differed.
    function pick(Count storage self, uint256 places, bool isMost) internal view returns (uint256 left) {
        left = places;
        for (uint256 stage = self.stage; stage != 0 && left & (left - 1) != 0; --stage) {
            uint64[16] memory votes = self.votes[stage];
            uint256 best = isMost ? 0 : type(uint256).max;
            uint256 among = left;
            for (uint256 place = 1; place < 16; ++place) {
                if (among & (1 << place) == 0) continue;
                bool isBetter = isMost ? votes[place] > best : votes[place] < best;
                if (isBetter) (best, left) = (votes[place], 1 << place);
                else if (votes[place] == best) left |= 1 << place;
                else left &= ~(1 << place);
            }
        }
    }

    /// @notice Draws one of `places` by the seed.
    function draw(Count storage self, uint256 places) internal view returns (uint256 drawn) {
        bytes32 lowest = bytes32(type(uint256).max);
        for (uint256 place = 1; place < 16; ++place) {
            if (places & (1 << place) == 0) continue;
            bytes32 lot = keccak256(abi.encode(self.seed, self.stage, place));
            if (lot <= lowest) (lowest, drawn) = (lot, 1 << place);
        }
    }

    /// @notice Whether a tie waits for its lot.
    function awaitsLot(Count storage self) internal view returns (bool) {
        return self.lotBlock != 0 && self.seed == 0;
    }

    /// @notice Has a later block decide by lot.
    function callLot(Count storage self) internal {
        self.lotBlock = uint40(block.number + LOT_DELAY); // a trillion blocks
    }

    /// @notice Takes the hash of that block as seed, 0 if the chain knows it no longer.
    function drawSeed(Count storage self) internal returns (bytes32 seed) {
        uint256 lotBlock = self.lotBlock;
        seed = blockhash(lotBlock);
        if (seed == 0) {
            // OpenZeppelin's `Blockhash` would take the data of a revert for a hash
            (bool success, bytes memory answer) = HISTORY.staticcall(abi.encode(lotBlock));
            if (success && answer.length == 32) seed = bytes32(answer);
        }
        self.seed = seed;
    }

    /// @notice Elects the places in `places`.
    function elect(Count storage self, uint256 places) internal {
        self.elected |= uint16(places); // bits 1 to 15
        close(self, places);
    }

    /// @notice Takes places out of the contest: they receive nothing after this stage.
    function close(Count storage self, uint256 places) internal {
        uint256 closedAt = self.closedAt;
        uint256 stage = self.stage;
        for (uint256 place = 1; place < 16; ++place) {
            if (places & (1 << place) == 0) continue;
            closedAt = (closedAt & ~(15 << (place << 2))) | (stage << (place << 2));
        }
        self.closedAt = uint64(closedAt); // 16 times four bits
        self.continuing &= ~uint16(places); // bits 1 to 15
    }

    /// @notice Whether these places, which are even, have no votes.
    function areIdle(Count storage self, uint256 places) internal view returns (bool) {
        return self.votes[self.stage][placeOf(places & (~places + 1))] == 0;
    }

    /// @notice Starts the next stage, in which the ballots of an elected or excluded place, given by its bit, move on.
    function move(Count storage self, uint256 bit) internal {
        uint256 place = placeOf(bit);
        uint256 stage = uint256(self.stage) + 1;
        uint64[16] memory votes = self.votes[self.stage];
        votes[place] = self.elected & bit != 0 ? self.quota : 0;
        self.movedAt |= uint64(stage << (place << 2)); // a place has four bits
        self.votes[stage] = votes;
        self.stage = uint8(stage); // at most 15
        self.moving = uint8(place);
        self.cursor = 0;
    }

    /// @notice Number of places.
    function size(uint256 places) internal pure returns (uint256 count) {
        for (; places != 0; places &= places - 1) ++count;
    }

    /// @notice The place of one bit.
    function placeOf(uint256 bit) internal pure returns (uint256 place) {
        while (bit >> place != 1) ++place;
    }

    function _sheetOf(Count storage self) private view returns (Sheet memory sheet) {
        sheet.closedAt = self.closedAt;
        sheet.movedAt = self.movedAt;
        sheet.moving = self.moving;
        sheet.votes = self.votes[self.stage];
        uint256 elected = self.elected;
        for (uint256 place = 1; place < 16; ++place) {
            uint256 movedAt = _at(sheet.movedAt, place);
            if (movedAt == 0) continue;
            (sheet.kept[place], sheet.total[place]) = (1, 1);
            if (elected & (1 << place) == 0) continue;
            uint256 votes = self.votes[movedAt - 1][place];
            (sheet.kept[place], sheet.total[place]) = (votes - self.quota, votes); // it had more than the quota
        }
    }

    /// @dev Follows one ballot, and adds it where the stage brought it.
    function _add(Sheet memory sheet, uint256 ranking) private pure {
        uint256 closedAt = sheet.closedAt;
        uint256 movedAt = sheet.movedAt;
        uint256 worth = UNIT;
        uint256 stage = 1; // in which the ballot looks for the next to hold it
        uint256 last; // who held it last
        for (; ranking != 0; ranking >>= 4) {
            uint256 place = ranking & 15;
            if (_at(closedAt, place) < stage) continue;
            uint256 moved = _at(movedAt, place);
            if (moved == 0) {
                // Sums stay below the worth of all ballots, which 64 bits hold.
                if (last == sheet.moving) sheet.votes[place] += uint64(worth);
                return;
            }
            worth = (worth * sheet.kept[place]) / sheet.total[place];
            (stage, last) = (moved, place);
        }
    }

    /// @dev Adds a ballot to all candidates whom it approves of.
    function _addAll(Sheet memory sheet, uint256 ranking) private pure {
        for (; ranking != 0; ranking >>= 4) {
            uint256 place = ranking & 15;
            if (_at(sheet.closedAt, place) != 0) sheet.votes[place] += uint64(UNIT); // as in `_add`
        }
    }

    function _at(uint256 nibbles, uint256 place) private pure returns (uint256) {
        return (nibbles >> (place << 2)) & 15;
    }
}
