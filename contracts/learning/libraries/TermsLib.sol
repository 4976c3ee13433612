// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningRounds} from "../interfaces/ILearningRounds.sol";

/// @title TermsLib
/// @notice Bounds of what a task may be.
library TermsLib {
    uint256 internal constant MAX_CLIENTS = 256;
    uint256 internal constant MAX_SEATS = 15;
    uint256 internal constant MIN_REVEALED_AUDITS = 3;
    uint256 internal constant MAX_CID_LENGTH = 96;

    /// @notice Reverts with the first term that is out of bounds.
    function check(ILearningRounds.TaskTerms calldata terms) internal view {
        _check(terms.cooperative != address(0), "cooperative", 0);
        _check(terms.reward != 0, "reward", 0);
        _check(terms.startsAt > block.timestamp, "startsAt", terms.startsAt);
        _checkSchedule(terms.schedule);
        _checkRounds(terms);
        _checkSeats(terms);
        _checkPay(terms);
        _check(terms.initialRoot != 0, "initialRoot", 0);
        _check(isCid(terms.initialModel), "initialModel", terms.initialModel.length);
        _check(isCid(terms.manifest), "manifest", terms.manifest.length);
    }

    /// @notice Whether `cid` may be a CID: neither empty nor longer than 96 bytes.
    function isCid(bytes calldata cid) internal pure returns (bool) {
        return cid.length != 0 && cid.length <= MAX_CID_LENGTH;
    }

    function _checkSchedule(ILearningRounds.Schedule calldata schedule) private pure {
        uint256 commit = schedule.commit;
        // the order of commitments is kept in 24 bits
        _check(commit != 0 && commit <= type(uint24).max, "schedule.commit", commit);
        _check(schedule.reveal != 0, "schedule.reveal", 0);
        _check(schedule.auditCommit != 0, "schedule.auditCommit", 0);
        _check(schedule.auditReveal != 0, "schedule.auditReveal", 0);
        _check(schedule.aggregateCommit != 0, "schedule.aggregateCommit", 0);
        _check(schedule.aggregateReveal != 0, "schedule.aggregateReveal", 0);
    }

    function _checkRounds(ILearningRounds.TaskTerms calldata terms) private pure {
        uint256 rounds = terms.rounds;
        uint256 periodRounds = terms.periodRounds;
        _check(rounds != 0, "rounds", 0);
        _check(periodRounds != 0 && rounds % periodRounds == 0, "periodRounds", periodRounds);
        // attempts are numbered in 16 bits
        _check(rounds + terms.retries <= type(uint16).max, "retries", terms.retries);
    }

    function _checkSeats(ILearningRounds.TaskTerms calldata terms) private pure {
        uint256 maxClients = terms.maxClients;
        _check(maxClients != 0 && maxClients <= MAX_CLIENTS, "maxClients", maxClients);
        _check(terms.minClients != 0 && terms.minClients <= maxClients, "minClients", terms.minClients);
        // one silent seat must not void a round: a median and a quorum are reached without it
        _check(terms.auditors > MIN_REVEALED_AUDITS && terms.auditors <= MAX_SEATS, "auditors", terms.auditors);
        uint256 aggregators = terms.aggregators;
        uint256 quorum = terms.aggregatorQuorum;
        _check(aggregators != 0 && aggregators <= MAX_SEATS, "aggregators", aggregators);
        _check(quorum < aggregators && 2 * quorum > aggregators, "aggregatorQuorum", quorum);
    }

    function _checkPay(ILearningRounds.TaskTerms calldata terms) private pure {
        _check(terms.auditorShare <= 10_000, "auditorShare", terms.auditorShare);
        _check(uint256(terms.auditorShare) + terms.aggregatorShare <= 10_000, "aggregatorShare", terms.aggregatorShare);
        _check(terms.minimumScore != 0, "minimumScore", 0);
        _check(terms.slashRecipient != address(0), "slashRecipient", 0);
    }

    function _check(bool valid, string memory term, uint256 value) private pure {
        if (!valid) revert ILearningRounds.LearningRounds_InvalidTerms(term, value);
    }
}
