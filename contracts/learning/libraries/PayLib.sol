// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../interfaces/ILearningRounds.sol";
import {Period} from "../types/LearningTask.sol";

/// @title PayLib
/// @notice Who is paid what. All amounts round down, so that what is paid never exceeds the reward:
///
/// - clients share `reward * clientShare * periodRounds / rounds` a period; with `retries` void rounds and a task
///   that closes early, only the settled rounds count;
/// - each auditor's and aggregator's seat can earn `reward * share / (rounds + retries) / seats` an attempt, and there
///   are never more than `rounds + retries` attempts.
library PayLib {
    uint256 internal constant BASIS = 10_000;

    /// @notice Most that an auditor's seat can earn in a round.
    function auditorSeat(ILearningRounds.TaskTerms storage terms) internal view returns (uint256) {
        return _seat(terms, terms.auditorShare, terms.auditors);
    }

    /// @notice What an aggregator's seat earns in a settled round.
    function aggregatorSeat(ILearningRounds.TaskTerms storage terms) internal view returns (uint256) {
        return _seat(terms, terms.aggregatorShare, terms.aggregators);
    }

    /// @notice Pool of a period of which `settled` rounds were settled.
    function pool(ILearningRounds.TaskTerms storage terms, uint256 settled) internal view returns (uint256) {
        uint256 share = BASIS - terms.auditorShare - terms.aggregatorShare;
        // 128 + 14 + 16 bits
        return (uint256(terms.reward) * share * settled) / (BASIS * terms.rounds);
    }

    /// @notice What a positive `score` in a closed period is worth.
    function clientPay(Period memory period, uint256 score) internal pure returns (uint256) {
        // a period without a pool may have no divisor either
        if (period.pool == 0) return 0;
        return (uint256(period.pool) * score) / period.divisor;
    }

    function _seat(
        ILearningRounds.TaskTerms storage terms,
        uint256 share,
        uint256 seats
    ) private view returns (uint256) {
        uint256 attempts = uint256(terms.rounds) + terms.retries;
        return (uint256(terms.reward) * share) / (BASIS * attempts * seats);
    }
}
