// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ElectionFixture} from "../governance/ElectionFixture.sol";

/// @dev Who tries to change a count once voting is over.
contract CountsTest is ElectionFixture {
    /// @dev The worked example, counted word by word while voters and candidates leave, are suspended, come back under other
    /// numbers and move to other accounts in between.
    function test_ELC10_membersWhoComeAndGoMoveNoVote() public {
        _deploy(10);
        _openRanked(2, 3);
        _castAll(1, 5, _list(1, 3));
        _cast(6, _list(1, 2));
        _castAll(7, 9, _list(2));
        _cast(10, _list(3));
        _toCount();
        assertFalse(elections.count(election, 1));
        for (uint256 number = 4; number <= 6; ++number) _leave(number);
        assertFalse(elections.count(election, 1));
        for (uint256 number = 4; number <= 6; ++number) _admit(_member(number));
        _suspend(7);
        _rotate(10, vm.addr(77));
        _leave(1); // elected all the same, and holds nothing
        for (uint256 pages; !elections.count(election, 1); ++pages) {
            if (pages == 1) _reinstate(7);
            assertLe(pages, 20);
        }
        uint256[] memory votes = new uint256[](4);
        (votes[1], votes[2], votes[3]) = (6 * UNIT, 3 * UNIT, UNIT);
        _expectVotes(1, votes);
        (votes[0], votes[1], votes[2], votes[3]) = (2, 4 * UNIT, 333_333, 266_665);
        _expectVotes(2, votes);
        _expectHolders(_list(2));
        assertEq(elections.electionOf(election).holders, 6); // places 1 and 2
        _admit(_member(1));
        vm.warp(block.timestamp + 1);
        _expectHolders(_list(2)); // as another member
    }
}
