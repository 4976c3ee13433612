// SPDX-License-Identifier: Apache-2.0
pragma solidity ^0.8.28;

import {ILearningTasks} from "../interfaces/ILearningTasks.sol";
import {ClaimLib} from "./ClaimLib.sol";

/// @title Terms of learning tasks
/// @notice Bounds of what a task may be.
library TaskTermsLib {
    /// @dev So that a bitmap of panels is one word.
    uint256 internal constant MAX_PANELS = 240;
    /// @dev So that settling a panel of eleven auditors stays far below 2,000,000 gas, its calldata included.
    uint256 internal constant MAX_PANEL_CELLS = 32;
    uint256 internal constant CELL = 8;
    uint256 internal constant MAX_CLIENTS = MAX_PANELS * MAX_PANEL_CELLS * CELL;
    /// @dev So that a bitmap of aggregators has 16 bits.
    uint256 internal constant MAX_AGGREGATORS = 16;
    uint256 internal constant MIN_SEATS = 3;
    uint256 internal constant MAX_SEATS = 11;
    uint256 internal constant MAX_LEAF_CELLS = 4;
    /// @dev Cells of a lowest node that takes a trimmed mean or median: it needs at least 16 children to hold.
    uint256 internal constant MIN_ROBUST_CELLS = 2;
    uint256 internal constant MAX_SCORE = 32_767;
    uint256 internal constant SHARES = 10_000;
    /// @dev A bond has this part of the stake of a seat: more than an opening costs, less than disproving saves.
    uint256 internal constant BOND_PART = 32;

    /// @notice Reverts with the first term that is out of bounds.
    function check(ILearningTasks.TaskTerms calldata terms) internal view {
        _check(terms.cooperative != address(0), "cooperative", 0);
        _check(terms.reward != 0, "reward", 0);
        // the bond of an appeal, eleven seats for three at most and part of a stake, has 96 bits
        _check(terms.schedule.appeal == 0 || terms.reward <= type(uint96).max / 4, "reward", terms.reward);
        _check(terms.startsAt > block.timestamp, "startsAt", terms.startsAt);
        _checkSchedule(terms.schedule);
        _checkAggregation(terms.aggregation);
        _checkRounds(terms);
        _checkPlaces(terms);
        _checkPay(terms);
        _checkStakes(terms);
        bool gated = terms.reputationCategory != 0;
        _check(gated == (terms.minimumReputation != 0), "minimumReputation", terms.minimumReputation);
        // what is told is counted for data that are used under a consent
        _check(terms.microRho == 0 || terms.consentPurpose != 0, "microRho", terms.microRho);
        _check(terms.initialRoot != 0, "initialRoot", 0);
        _check(terms.initialModel.digest != 0, "initialModel", 0);
        _check(terms.manifest.digest != 0, "manifest", 0);
    }

    /// @notice Clients that so many auditors can score: each panel has its seats, and no panel more than its cells.
    function capacityOf(uint256 auditors, uint256 panelSeats, uint256 maxClients) internal pure returns (uint256) {
        uint256 scored = (auditors / panelSeats) * MAX_PANEL_CELLS * CELL;
        return scored < maxClients ? scored : maxClients;
    }

    function _checkSchedule(ILearningTasks.Schedule calldata schedule) private pure {
        _check(schedule.commit != 0, "schedule.commit", 0);
        _check(schedule.reveal != 0, "schedule.reveal", 0);
        _check(schedule.auditCommit != 0, "schedule.auditCommit", 0);
        _check(schedule.auditReveal != 0, "schedule.auditReveal", 0);
        _check(schedule.settle != 0, "schedule.settle", 0);
        _check(schedule.aggregateCommit != 0, "schedule.aggregateCommit", 0);
        _check(schedule.aggregateReveal != 0, "schedule.aggregateReveal", 0);
        _check(schedule.challenge != 0, "schedule.challenge", 0);
        _check(schedule.longChallenge >= schedule.challenge, "schedule.longChallenge", schedule.longChallenge);
        // an appeal of the last second ends before anything can be claimed or refunded
        uint256 needed = uint256(schedule.auditCommit) + schedule.auditReveal + schedule.settle;
        _check(schedule.appeal == 0 || schedule.appeal >= needed, "schedule.appeal", schedule.appeal);
    }

    function _checkAggregation(ILearningTasks.Aggregation calldata rule) private pure {
        _check(rule.parameters != 0, "aggregation.parameters", 0);
        _check(rule.sampleCap != 0, "aggregation.sampleCap", 0);
        _check(rule.clipNorm != 0, "aggregation.clipNorm", 0);
        // below half of the children at each end, so that some are left
        bool trimmed = rule.combining == ILearningTasks.Combining.TrimmedMean;
        _check(trimmed ? rule.trim != 0 && rule.trim < 128 : rule.trim == 0, "aggregation.trim", rule.trim);
        uint256 fewest = rule.combining == ILearningTasks.Combining.Mean ? 1 : MIN_ROBUST_CELLS;
        bool leaf = rule.leafCells >= fewest && rule.leafCells <= MAX_LEAF_CELLS;
        _check(leaf, "aggregation.leafCells", rule.leafCells);
    }

    function _checkRounds(ILearningTasks.TaskTerms calldata terms) private pure {
        uint256 rounds = terms.rounds;
        uint256 periodRounds = terms.periodRounds;
        _check(rounds != 0, "rounds", 0);
        bool even = periodRounds != 0 && rounds % periodRounds == 0 && rounds / periodRounds <= ClaimLib.MAX_PERIODS;
        _check(even, "periodRounds", periodRounds);
        // attempts are numbered in 16 bits; accumulated scores stay below 2^31
        _check(rounds + terms.retries < type(uint16).max, "retries", terms.retries);
    }

    function _checkPlaces(ILearningTasks.TaskTerms calldata terms) private pure {
        uint256 maxClients = terms.maxClients;
        _check(maxClients != 0 && maxClients <= MAX_CLIENTS, "maxClients", maxClients);
        uint256 panelSeats = terms.panelSeats;
        bool odd = panelSeats >= MIN_SEATS && panelSeats <= MAX_SEATS && panelSeats % 2 == 1;
        _check(odd, "panelSeats", panelSeats);
        _check(terms.panelCells != 0 && terms.panelCells <= MAX_PANEL_CELLS, "panelCells", terms.panelCells);
        uint256 minAuditors = terms.minAuditors;
        _check(minAuditors > panelSeats && minAuditors <= terms.maxAuditors, "minAuditors", minAuditors);
        uint256 minClients = terms.minClients;
        bool scored = minClients != 0 && minClients <= capacityOf(minAuditors, panelSeats, maxClients);
        _check(scored, "minClients", minClients);
        uint256 aggregators = terms.aggregators;
        _check(aggregators != 0 && aggregators <= MAX_AGGREGATORS, "aggregators", aggregators);
        uint256 quorum = terms.aggregatorQuorum;
        // a majority: no two answers have one
        _check(quorum <= aggregators && 2 * quorum > aggregators, "aggregatorQuorum", quorum);
    }

    function _checkPay(ILearningTasks.TaskTerms calldata terms) private pure {
        uint256 shares = terms.auditorShare;
        _check(shares <= SHARES, "auditorShare", terms.auditorShare);
        _check((shares += terms.aggregatorShare) <= SHARES, "aggregatorShare", terms.aggregatorShare);
        _check(shares + terms.treasuryShare <= SHARES, "treasuryShare", terms.treasuryShare);
        _check(terms.minimumScore != 0, "minimumScore", 0);
        _check(terms.slashRecipient != address(0), "slashRecipient", 0);
    }

    /// @dev A panel has at most as many clients as the task, and eight a cell. The seats that can move its median are
    /// two of three, or three of five, or of more where some are silent; each loses a stake, for at most what a period pays.
    /// The scores of all its rounds add up, and those of void ones.
    function _checkStakes(ILearningTasks.TaskTerms calldata terms) private pure {
        uint256 shares = SHARES - terms.auditorShare - terms.aggregatorShare - terms.treasuryShare;
        // below 2^126, and what can be moved below 2^40: no product overflows
        uint256 pool = (uint256(terms.reward) * shares * terms.periodRounds) / (SHARES * terms.rounds);
        uint256 clients = MAX_PANEL_CELLS * CELL;
        if (terms.maxClients < clients) clients = terms.maxClients;
        uint256 movable = clients * MAX_SCORE * (uint256(terms.periodRounds) + terms.retries);
        if (movable < terms.minimumScore) pool = (pool * movable) / terms.minimumScore;
        uint256 stake = terms.auditorStake;
        uint256 movers = terms.panelSeats == MIN_SEATS ? 2 : 3;
        _check(stake != 0 && movers * stake >= pool, "auditorStake", stake);
        _check(terms.aggregatorStake != 0, "aggregatorStake", 0);
        _check(3 * uint256(terms.missPenalty) >= stake, "missPenalty", terms.missPenalty);
    }

    function _check(bool valid, string memory term, uint256 value) private pure {
        if (!valid) revert ILearningTasks.LearningTasks_InvalidTerms(term, value);
    }
}
