// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {PolicyLib} from "../libraries/PolicyLib.sol";
import {WeighingLib} from "../libraries/WeighingLib.sol";

/// @notice A proposal in one word, lowest bits first:
///
/// against 24 | for 24 | abstain 24 | veto 24 | electorate 24 | created 33 | weighted 1 | voting delay 23 | voting period 23 |
/// policy version 16 | proposer's member number 24 | late window in minutes 12 | seasoned 1 | extended 1 |
/// executed 1 | cancelled 1
///
/// Delay and period are kept beside the time of creation, instead of start and end, because a voter's standing is
/// read at the second before creation: so a ballot needs no look at the policy.
type Proposal is uint256;

using ProposalLib for Proposal global;

/// @title Reading and writing proposal words
/// @dev Casts cut one field out of the word. `PolicyLib` bounds delay, period and late window to their fields, and
/// timestamps fit 33 bits until the year 2242; sums and products of fields are far below 2^256, so they are unchecked.
library ProposalLib {
    /// @notice Largest electorate and member number that fit.
    uint256 internal constant MAX_COUNT = type(uint24).max;

    uint256 private constant COUNT_BITS = 24;
    uint256 private constant ELECTORATE = 96;
    uint256 private constant CREATED = 120;
    uint256 private constant WEIGHTED = 1 << 153;
    uint256 private constant DELAY = 154;
    uint256 private constant PERIOD = 177;
    uint256 private constant VERSION = 200;
    uint256 private constant PROPOSER = 216;
    uint256 private constant LATE = 240;
    uint256 private constant SEASONED = 1 << 252;
    uint256 private constant EXTENDED = 1 << 253;
    uint256 private constant EXECUTED = 1 << 254;
    uint256 private constant CANCELLED = 1 << 255;
    uint256 private constant PHASE_MASK = PolicyLib.MAX_PHASE;

    /// @notice A proposal made at `created` under a packed policy. The caller checks that both counts fit.
    function create(
        uint256 created,
        uint256 electorate_,
        uint256 proposerNumber,
        uint256 version_,
        uint256 policy
    ) internal pure returns (Proposal) {
        uint256 word = (electorate_ << ELECTORATE) | (created << CREATED) | (version_ << VERSION);
        word |= uint256(PolicyLib.votingDelay(policy)) << DELAY;
        word |= uint256(PolicyLib.votingPeriod(policy)) << PERIOD;
        word |= proposerNumber << PROPOSER;
        word |= uint256(PolicyLib.lateUnits(policy)) << LATE;
        if (PolicyLib.seasoning(policy) != 0) word |= SEASONED;
        if (PolicyLib.isWeighted(policy)) word |= WEIGHTED;
        return Proposal.wrap(word);
    }

    /// @notice Whether there is a proposal.
    function exists(Proposal self) internal pure returns (bool) {
        return Proposal.unwrap(self) != 0;
    }

    /// @notice Ballots of one support (0 against, 1 for, 2 abstain, 3 veto).
    function count(Proposal self, uint256 support) internal pure returns (uint256) {
        return uint24(Proposal.unwrap(self) >> (support * COUNT_BITS));
    }

    /// @notice Members who could decide when the proposal was made.
    function electorate(Proposal self) internal pure returns (uint256) {
        return uint24(Proposal.unwrap(self) >> ELECTORATE);
    }

    /// @notice Second in which the proposal was made.
    function createdAt(Proposal self) internal pure returns (uint256) {
        return (Proposal.unwrap(self) >> CREATED) & ((1 << 33) - 1);
    }

    /// @notice Last second before voting.
    function start(Proposal self) internal pure returns (uint256) {
        unchecked {
            return self.createdAt() + ((Proposal.unwrap(self) >> DELAY) & PHASE_MASK);
        }
    }

    /// @notice Last second of voting.
    function end(Proposal self) internal pure returns (uint256 time) {
        unchecked {
            time = self.start() + ((Proposal.unwrap(self) >> PERIOD) & PHASE_MASK);
            if (self.isExtended()) time += self.lateWindow();
        }
    }

    /// @notice Whether ballots are taken now.
    function isActive(Proposal self) internal view returns (bool) {
        return block.timestamp > self.start() && block.timestamp <= self.end() && !self.isCancelled();
    }

    /// @notice Policy version that decides.
    function version(Proposal self) internal pure returns (uint256) {
        return uint16(Proposal.unwrap(self) >> VERSION);
    }

    /// @notice Member number of the proposer.
    function proposer(Proposal self) internal pure returns (uint256) {
        return uint24(Proposal.unwrap(self) >> PROPOSER);
    }

    /// @notice Seconds before the end in which a ballot that turns the outcome extends voting by as much.
    function lateWindow(Proposal self) internal pure returns (uint256) {
        unchecked {
            return ((Proposal.unwrap(self) >> LATE) & ((1 << 12) - 1)) * PolicyLib.LATE_UNIT;
        }
    }

    /// @notice Whether the policy asks for seasoning.
    function isSeasoned(Proposal self) internal pure returns (bool) {
        return Proposal.unwrap(self) & SEASONED != 0;
    }

    /// @notice Whether ballots weigh differently.
    function isWeighted(Proposal self) internal pure returns (bool) {
        return Proposal.unwrap(self) & WEIGHTED != 0;
    }

    /// @notice Whether voting was extended.
    function isExtended(Proposal self) internal pure returns (bool) {
        return Proposal.unwrap(self) & EXTENDED != 0;
    }

    /// @notice Whether the actions were carried out.
    function isExecuted(Proposal self) internal pure returns (bool) {
        return Proposal.unwrap(self) & EXECUTED != 0;
    }

    /// @notice Whether the proposer withdrew it.
    function isCancelled(Proposal self) internal pure returns (bool) {
        return Proposal.unwrap(self) & CANCELLED != 0;
    }

    /// @notice The proposal with some ballots more of `support`.
    /// @dev Counts never exceed the electorate, which fits, so a field never runs into the next.
    function add(Proposal self, uint256 support, uint256 ballots) internal pure returns (Proposal) {
        unchecked {
            return Proposal.wrap(Proposal.unwrap(self) + (ballots << (support * COUNT_BITS)));
        }
    }

    /// @notice The proposal with one ballot less of `support`, of which it has at least one.
    function remove(Proposal self, uint256 support) internal pure returns (Proposal) {
        unchecked {
            return Proposal.wrap(Proposal.unwrap(self) - (1 << (support * COUNT_BITS)));
        }
    }

    /// @notice The proposal with its late extension.
    function extend(Proposal self) internal pure returns (Proposal) {
        return Proposal.wrap(Proposal.unwrap(self) | EXTENDED);
    }

    /// @notice The proposal after execution.
    function execute(Proposal self) internal pure returns (Proposal) {
        return Proposal.wrap(Proposal.unwrap(self) | EXECUTED);
    }

    /// @notice The proposal after withdrawal.
    function cancel(Proposal self) internal pure returns (Proposal) {
        return Proposal.wrap(Proposal.unwrap(self) | CANCELLED);
    }

    /// @notice Whether the ballots so far pass a packed policy.
    /// @param tallies what the ballots weigh (see `WeighingLib`), where they do.
    function passes(Proposal self, uint256 policy, uint256 tallies) internal pure returns (bool) {
        uint256 no = self.count(0);
        uint256 yes = self.count(1);
        uint256 veto = self.count(3);
        if (!PolicyLib.qualifies(policy, no, yes, self.count(2), veto, self.electorate())) return false;
        if (self.isWeighted()) {
            no = WeighingLib.tallyOf(tallies, 0);
            yes = WeighingLib.tallyOf(tallies, 1);
            veto = WeighingLib.tallyOf(tallies, 3);
        }
        return PolicyLib.approves(policy, yes, no + veto);
    }
}
