// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";

/// @title How a reward is divided
/// @notice All amounts round down. There are never more than `rounds + retries` attempts and never more than `rounds` of them
/// settle, so that all parts together are at most the reward.
library PoolLib {
    uint256 private constant BASIS = 10_000;

    /// @notice Most that a seat on a panel can earn in a round.
    /// @param seats on all panels of the round, not 0.
    function auditorSeat(ILearningTasks.TaskTerms storage terms, uint256 seats) internal view returns (uint256) {
        uint256 attempts = uint256(terms.rounds) + terms.retries;
        return (uint256(terms.reward) * terms.auditorShare) / (BASIS * attempts * seats);
    }

    /// @notice What an aggregator's seat earns for a round that settles with its answer.
    /// @param aggregators who joined, not 0.
    function aggregatorSeat(
        ILearningTasks.TaskTerms storage terms,
        uint256 aggregators
    ) internal view returns (uint256) {
        return (uint256(terms.reward) * terms.aggregatorShare) / (BASIS * terms.rounds * aggregators);
    }

    /// @notice What clients share of a period in which `settled` rounds settled, and what the treasury has of it.
    function period(
        ILearningTasks.TaskTerms storage terms,
        uint256 settled
    ) internal view returns (uint256 pool, uint256 treasury) {
        uint256 treasuryShare = terms.treasuryShare;
        // the shares add up to at most BASIS, as was checked at opening; 96 + 14 + 16 bits
        uint256 share = BASIS - terms.auditorShare - terms.aggregatorShare - treasuryShare;
        uint256 part = uint256(terms.reward) * settled;
        uint256 whole = BASIS * terms.rounds;
        return ((part * share) / whole, (part * treasuryShare) / whole);
    }
}
